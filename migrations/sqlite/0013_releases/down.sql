DROP TABLE IF EXISTS voiding_release;
DROP TABLE IF EXISTS kept_share;
CREATE TABLE tally_before (
  unit_id INTEGER NOT NULL,
  released INTEGER NOT NULL,
  day INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  field_id INTEGER NOT NULL,
  form_id INTEGER NOT NULL,
  series INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  respondent INTEGER NOT NULL,
  suspect INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (unit_id, released, day, point_id, field_id, form_id, series, mode, respondent, suspect, slot)
) STRICT, WITHOUT ROWID;
DROP TABLE tally;
ALTER TABLE tally_before RENAME TO tally;
ALTER TABLE sheet DROP COLUMN release_id;
