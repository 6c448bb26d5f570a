-- Closed periods. Both tables are only added to. Instants are milliseconds since 1970-01-01 UTC.

-- deed: 1 checked and frozen, 2 approved, 3 published, 4 returned before publishing, 5 reopened after it.
-- hash: of what was frozen (deeds 1, 2, 4), of that and of the files (3, 5), see docs/statistics.md.
CREATE TABLE IF NOT EXISTS closing_step (
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  version INTEGER NOT NULL,
  number INTEGER NOT NULL,
  deed INTEGER NOT NULL,
  user_id INTEGER NOT NULL REFERENCES staff_user (id),
  user_name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (plan, period, version, number)
) STRICT, WITHOUT ROWID;

-- What was frozen, and the files. hash: SHA-256 of the content; body: the content, deflated.
CREATE TABLE IF NOT EXISTS closing_part (
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  hash BLOB NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (plan, period, version, name)
) STRICT;

CREATE TRIGGER IF NOT EXISTS closing_step_no_update BEFORE UPDATE ON closing_step
BEGIN SELECT RAISE(ABORT, 'closed periods are only added to'); END;
CREATE TRIGGER IF NOT EXISTS closing_step_no_delete BEFORE DELETE ON closing_step
BEGIN SELECT RAISE(ABORT, 'closed periods are only added to'); END;

CREATE TRIGGER IF NOT EXISTS closing_part_no_update BEFORE UPDATE ON closing_part
BEGIN SELECT RAISE(ABORT, 'closed periods are only added to'); END;
CREATE TRIGGER IF NOT EXISTS closing_part_no_delete BEFORE DELETE ON closing_part
BEGIN SELECT RAISE(ABORT, 'closed periods are only added to'); END;
