-- Outlines of reports that offices made, a DOCX each; the newest of a plan is in force. An empty body: the report's own layout
-- again. user_name: empty for a file in the folder of plans. at_ms: milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS outline (
  plan TEXT NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  hash BLOB NOT NULL,
  body BLOB NOT NULL,
  user_name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (plan, number)
) STRICT;
