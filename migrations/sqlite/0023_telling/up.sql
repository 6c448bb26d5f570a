-- What citizens are told. topic: 1 results, 2 what was mended. span: 2026-09 of a month, plan/period of a reporting period. facts: JSON
-- of the published figures that it is made of. state, of the newest version: 1 draft, 2 approved, 3 published. out_version: the
-- version that everybody reads, or NULL. Days are civil days: first and last publication, read aloud, sent to the city, accepted there.
CREATE TABLE IF NOT EXISTS telling (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  number INTEGER NOT NULL,
  topic INTEGER NOT NULL,
  span TEXT NOT NULL,
  facts TEXT NOT NULL,
  state INTEGER NOT NULL,
  version INTEGER NOT NULL,
  approved_by TEXT NOT NULL,
  out_version INTEGER,
  made_day INTEGER NOT NULL,
  published_day INTEGER,
  updated_day INTEGER,
  broadcast_day INTEGER,
  sent_day INTEGER,
  accepted_day INTEGER,
  PRIMARY KEY (unit_id, number)
) STRICT, WITHOUT ROWID;

-- Every version of the texts of a telling, and who wrote it; only added to.
CREATE TABLE IF NOT EXISTS telling_version (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  item TEXT NOT NULL,
  broadcast TEXT NOT NULL,
  city_title TEXT NOT NULL,
  city TEXT NOT NULL,
  by_name TEXT NOT NULL,
  on_day INTEGER NOT NULL,
  PRIMARY KEY (unit_id, number, version)
) STRICT, WITHOUT ROWID;
