-- What an office writes in a period's report, part by part. Every revision is kept; the newest is used. An empty body: the program's own
-- sentences again. Figures stand in it as tokens. Instants are milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS report_text (
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  part TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  user_name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (plan, period, part, revision)
) STRICT, WITHOUT ROWID;

-- Charts put into an annex of a period's report, of one version of its frozen figures. body: chart and table as JSON.
CREATE TABLE IF NOT EXISTS report_chart (
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  version INTEGER NOT NULL,
  number INTEGER NOT NULL,
  heading TEXT NOT NULL,
  sentence TEXT NOT NULL,
  body TEXT NOT NULL,
  user_name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (plan, period, version, number)
) STRICT, WITHOUT ROWID;

-- Addresses of pages of exploring that somebody keeps under a name.
CREATE TABLE IF NOT EXISTS saved_view (
  user_id INTEGER NOT NULL REFERENCES staff_user (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;
