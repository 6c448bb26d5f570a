DROP TABLE IF EXISTS voiding_release;
DROP TABLE IF EXISTS kept_share;
CREATE TABLE tally_before (
  unit_id int4 NOT NULL,
  released boolean NOT NULL,
  day int4 NOT NULL,
  point_id int4 NOT NULL,
  field_id int2 NOT NULL,
  form_id int4 NOT NULL,
  series int2 NOT NULL,
  mode int2 NOT NULL,
  respondent int2 NOT NULL,
  suspect boolean NOT NULL,
  slot int2 NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (unit_id, released, day, point_id, field_id, form_id, series, mode, respondent, suspect, slot)
);
DROP TABLE tally;
ALTER TABLE tally_before RENAME TO tally;
ALTER TABLE sheet DROP COLUMN release_id;
