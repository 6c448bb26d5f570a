-- Outlines of reports that offices made, a DOCX each; the newest of a plan is in force. An empty body: the report's own layout
-- again. user_name: empty for a file in the folder of plans. at_ms: milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS outline (
  plan text COLLATE "C" NOT NULL,
  number int4 NOT NULL,
  name text NOT NULL,
  hash bytea NOT NULL,
  body bytea NOT NULL,
  user_name text NOT NULL,
  at_ms int8 NOT NULL,
  PRIMARY KEY (plan, number)
);
