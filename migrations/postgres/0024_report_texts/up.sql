-- What an office writes in a period's report, part by part. Every revision is kept; the newest is used. An empty body: the program's own
-- sentences again. Figures stand in it as tokens. Instants are milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS report_text (
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  part text COLLATE "C" NOT NULL,
  revision int4 NOT NULL,
  body text NOT NULL,
  user_name text NOT NULL,
  at_ms int8 NOT NULL,
  PRIMARY KEY (plan, period, part, revision)
);

-- Charts put into an annex of a period's report, of one version of its frozen figures. body: chart and table as JSON.
CREATE TABLE IF NOT EXISTS report_chart (
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  number int4 NOT NULL,
  heading text NOT NULL,
  sentence text NOT NULL,
  body text NOT NULL,
  user_name text NOT NULL,
  at_ms int8 NOT NULL,
  PRIMARY KEY (plan, period, version, number)
);

-- Addresses of pages of exploring that somebody keeps under a name.
CREATE TABLE IF NOT EXISTS saved_view (
  user_id int4 NOT NULL REFERENCES staff_user (id),
  name text COLLATE "C" NOT NULL,
  address text NOT NULL,
  at_ms int8 NOT NULL,
  PRIMARY KEY (user_id, name)
);
