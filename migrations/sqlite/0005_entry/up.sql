-- Paper sheets on their way in: keyed once, keyed again, compared, then stored among the answers and deleted here.
-- state: 1 first keying, 2 second keying, 3 compared. Instants are milliseconds since 1970-01-01 UTC.

CREATE TABLE IF NOT EXISTS entry_batch (
  id INTEGER NOT NULL PRIMARY KEY,
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  point_id INTEGER NOT NULL,
  form_id INTEGER NOT NULL REFERENCES form (id),
  state INTEGER NOT NULL,
  first_by INTEGER NOT NULL REFERENCES staff_user (id),
  second_by INTEGER REFERENCES staff_user (id),
  created_ms INTEGER NOT NULL
) STRICT;

-- pass: 1 or 2. place: the sheet's place in the pile, from 1. answers, demographics: as in sheet.
CREATE TABLE IF NOT EXISTS entry_sheet (
  batch_id INTEGER NOT NULL REFERENCES entry_batch (id),
  pass INTEGER NOT NULL,
  place INTEGER NOT NULL,
  day INTEGER NOT NULL,
  field_id INTEGER NOT NULL REFERENCES field (id),
  respondent INTEGER NOT NULL,
  answers BLOB NOT NULL,
  demographics BLOB NOT NULL,
  comment TEXT,
  PRIMARY KEY (batch_id, pass, place)
) STRICT, WITHOUT ROWID;
