-- Tables that an engine may distribute by unit_id: every key starts with it, no sequence, no trigger, foreign keys
-- to reference tables only. Nothing here says when or in which order answers came, but the civil day.

-- One row a sheet. series: 1 sample, 2 ticket, 3 open. mode: 1 phone, 2 kiosk, 3 paper, 4 telephone, 5 interview.
-- respondent: 1 person, 2 organisation. channel: 1 counter, 2 online.
-- answers: one byte an item of the questionnaire (0 blank, 1 to 5, 6 not used). demographics: one byte a question
-- (0 blank, else the option's place from 1).
CREATE TABLE IF NOT EXISTS sheet (
  unit_id int4 NOT NULL,
  day int4 NOT NULL,
  random int8 NOT NULL,
  point_id int4 NOT NULL,
  form_id int4 NOT NULL REFERENCES form (id),
  field_id int2 NOT NULL REFERENCES field (id),
  series int2 NOT NULL,
  mode int2 NOT NULL,
  respondent int2 NOT NULL,
  channel int2 NOT NULL,
  suspect boolean NOT NULL,
  answers bytea NOT NULL,
  demographics bytea NOT NULL,
  PRIMARY KEY (unit_id, day, random),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id)
);

-- The free comment of the sheet with the same key.
CREATE TABLE IF NOT EXISTS comment (
  unit_id int4 NOT NULL,
  day int4 NOT NULL,
  random int8 NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (unit_id, day, random)
);

-- The ledger of attempts, kept 30 days. hash: SHA-256 of the attempt. tag: what was sent, keyed by the attempt.
-- Nothing in it leads to the sheet.
CREATE TABLE IF NOT EXISTS attempt (
  unit_id int4 NOT NULL,
  hash bytea NOT NULL,
  tag bytea NOT NULL,
  day int4 NOT NULL,
  PRIMARY KEY (unit_id, hash),
  CHECK (octet_length(hash) = 32),
  CHECK (octet_length(tag) = 16)
);

-- Sums over sheets, see src/index/tally.rs. released: whether shown figures count it. slot: the writer that keeps it.
-- released stands early in the key so that the few rows that wait are found without passing the others.
CREATE TABLE IF NOT EXISTS tally (
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
) WITH (fillfactor = 70);
