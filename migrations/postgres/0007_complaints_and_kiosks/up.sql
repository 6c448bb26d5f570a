-- Whether a tablet at the counter may answer for a point (mode 2, kiosk).
ALTER TABLE service_point ADD COLUMN IF NOT EXISTS kiosk boolean NOT NULL DEFAULT false;

-- Complaints and suggestions. No key, attempt or time in common with answers: day is the civil day, random is made of
-- what the page was opened with, reference_hash is SHA-256 of what the citizen keeps. kind: 1 complaint, 2 suggestion.
-- state: 1 received.
CREATE TABLE IF NOT EXISTS complaint (
  unit_id int4 NOT NULL REFERENCES unit (id),
  day int4 NOT NULL,
  random int8 NOT NULL,
  reference_hash bytea NOT NULL,
  kind int2 NOT NULL,
  state int2 NOT NULL,
  words text NOT NULL,
  PRIMARY KEY (unit_id, day, random)
);

CREATE UNIQUE INDEX IF NOT EXISTS complaint_reference ON complaint (reference_hash);

-- How to reach who wrote the complaint with the same key, where they want to be reached.
CREATE TABLE IF NOT EXISTS complaint_contact (
  unit_id int4 NOT NULL,
  day int4 NOT NULL,
  random int8 NOT NULL,
  contact text NOT NULL,
  PRIMARY KEY (unit_id, day, random),
  FOREIGN KEY (unit_id, day, random) REFERENCES complaint (unit_id, day, random)
);
