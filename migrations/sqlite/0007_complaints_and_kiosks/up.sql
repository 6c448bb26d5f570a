-- Whether a tablet at the counter may answer for a point (mode 2, kiosk).
ALTER TABLE service_point ADD COLUMN kiosk INTEGER NOT NULL DEFAULT 0;

-- Complaints and suggestions. No key, attempt or time in common with answers: day is the civil day, random is made of
-- what the page was opened with, reference_hash is SHA-256 of what the citizen keeps. kind: 1 complaint, 2 suggestion.
-- state: 1 received.
CREATE TABLE IF NOT EXISTS complaint (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  day INTEGER NOT NULL,
  random INTEGER NOT NULL,
  reference_hash BLOB NOT NULL,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (unit_id, day, random)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX IF NOT EXISTS complaint_reference ON complaint (reference_hash);

-- How to reach who wrote the complaint with the same key, where they want to be reached.
CREATE TABLE IF NOT EXISTS complaint_contact (
  unit_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  random INTEGER NOT NULL,
  contact TEXT NOT NULL,
  PRIMARY KEY (unit_id, day, random),
  FOREIGN KEY (unit_id, day, random) REFERENCES complaint (unit_id, day, random)
) STRICT, WITHOUT ROWID;
