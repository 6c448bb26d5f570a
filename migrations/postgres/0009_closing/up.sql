-- Closed periods. Both tables are only added to. Instants are milliseconds since 1970-01-01 UTC.

-- deed: 1 checked and frozen, 2 approved, 3 published, 4 returned before publishing, 5 reopened after it.
-- hash: of what was frozen (deeds 1, 2, 4), of that and of the files (3, 5), see docs/statistics.md.
CREATE TABLE IF NOT EXISTS closing_step (
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  number int4 NOT NULL,
  deed int2 NOT NULL,
  user_id int4 NOT NULL REFERENCES staff_user (id),
  user_name text NOT NULL,
  at_ms int8 NOT NULL,
  reason text NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (plan, period, version, number)
);

-- What was frozen, and the files. hash: SHA-256 of the content; body: the content, deflated.
CREATE TABLE IF NOT EXISTS closing_part (
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  name text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (plan, period, version, name)
);

CREATE OR REPLACE FUNCTION closings_are_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'closed periods are only added to'; END $$;
CREATE OR REPLACE TRIGGER closing_step_no_change BEFORE UPDATE OR DELETE ON closing_step
FOR EACH ROW EXECUTE FUNCTION closings_are_only_added_to();
CREATE OR REPLACE TRIGGER closing_part_no_change BEFORE UPDATE OR DELETE ON closing_part
FOR EACH ROW EXECUTE FUNCTION closings_are_only_added_to();
