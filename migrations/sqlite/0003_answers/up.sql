-- Tables that an engine may distribute by unit_id: every key starts with it, no sequence, no trigger, foreign keys
-- to reference tables only. Nothing here says when or in which order answers came, but the civil day.

-- One row a sheet. series: 1 sample, 2 ticket, 3 open. mode: 1 phone, 2 kiosk, 3 paper, 4 telephone, 5 interview.
-- respondent: 1 person, 2 organisation. channel: 1 counter, 2 online.
-- answers: one byte an item of the questionnaire (0 blank, 1 to 5, 6 not used). demographics: one byte a question
-- (0 blank, else the option's place from 1).
CREATE TABLE IF NOT EXISTS sheet (
  unit_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  random INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  form_id INTEGER NOT NULL REFERENCES form (id),
  field_id INTEGER NOT NULL REFERENCES field (id),
  series INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  respondent INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  suspect INTEGER NOT NULL,
  answers BLOB NOT NULL,
  demographics BLOB NOT NULL,
  PRIMARY KEY (unit_id, day, random),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id)
) STRICT, WITHOUT ROWID;

-- The free comment of the sheet with the same key.
CREATE TABLE IF NOT EXISTS comment (
  unit_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  random INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (unit_id, day, random)
) STRICT, WITHOUT ROWID;

-- The ledger of attempts, kept 30 days. hash: SHA-256 of the attempt. tag: what was sent, keyed by the attempt.
-- Nothing in it leads to the sheet.
CREATE TABLE IF NOT EXISTS attempt (
  unit_id INTEGER NOT NULL,
  hash BLOB NOT NULL,
  tag BLOB NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (unit_id, hash),
  CHECK (length(hash) = 32),
  CHECK (length(tag) = 16)
) STRICT, WITHOUT ROWID;

-- Sums over sheets, see src/index/tally.rs. released: whether shown figures count it. slot: the writer that keeps it.
-- released stands early in the key so that the few rows that wait are found without passing the others.
CREATE TABLE IF NOT EXISTS tally (
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
