-- Paper sheets on their way in: keyed once, keyed again, compared, then stored among the answers and deleted here.
-- state: 1 first keying, 2 second keying, 3 compared. Instants are milliseconds since 1970-01-01 UTC.

CREATE TABLE IF NOT EXISTS entry_batch (
  id int4 NOT NULL PRIMARY KEY,
  unit_id int4 NOT NULL REFERENCES unit (id),
  point_id int4 NOT NULL,
  form_id int4 NOT NULL REFERENCES form (id),
  state int2 NOT NULL,
  first_by int4 NOT NULL REFERENCES staff_user (id),
  second_by int4 REFERENCES staff_user (id),
  created_ms int8 NOT NULL
);

-- pass: 1 or 2. place: the sheet's place in the pile, from 1. answers, demographics: as in sheet.
CREATE TABLE IF NOT EXISTS entry_sheet (
  batch_id int4 NOT NULL REFERENCES entry_batch (id),
  pass int2 NOT NULL,
  place int4 NOT NULL,
  day int4 NOT NULL,
  field_id int2 NOT NULL REFERENCES field (id),
  respondent int2 NOT NULL,
  answers bytea NOT NULL,
  demographics bytea NOT NULL,
  comment text,
  PRIMARY KEY (batch_id, pass, place)
);
