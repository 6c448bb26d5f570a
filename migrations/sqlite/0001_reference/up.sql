-- Reference tables: small, written by staff and commands, on every node of a distributed engine.

CREATE TABLE IF NOT EXISTS meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- kind: 1 city, 2 ward, 3 commune, 4 office, 5 one-stop centre, 6 health station, 7 school, 8 other.
-- Days count from 1970-01-01; valid_to is the last day.
CREATE TABLE IF NOT EXISTS unit (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  parent_id INTEGER REFERENCES unit (id),
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  successor_id INTEGER REFERENCES unit (id),
  CHECK (valid_to >= valid_from)
) STRICT;

CREATE TABLE IF NOT EXISTS field (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  place INTEGER NOT NULL
) STRICT;

-- A published version never changes: no statement of the program updates this table.
CREATE TABLE IF NOT EXISTS form (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  version INTEGER NOT NULL,
  hash TEXT NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  published_on INTEGER NOT NULL,
  UNIQUE (code, version)
) STRICT;

CREATE TABLE IF NOT EXISTS plan (
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  hash TEXT NOT NULL,
  content TEXT NOT NULL,
  seeded_on INTEGER NOT NULL,
  PRIMARY KEY (key, revision)
) STRICT, WITHOUT ROWID;

-- channel: 1 counter, 2 online. retired_on is the first day without answers.
CREATE TABLE IF NOT EXISTS service_point (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  id INTEGER NOT NULL,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  form_code TEXT NOT NULL,
  channel INTEGER NOT NULL,
  opened_on INTEGER NOT NULL,
  retired_on INTEGER,
  PRIMARY KEY (unit_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS point_field (
  unit_id INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  field_id INTEGER NOT NULL REFERENCES field (id),
  place INTEGER NOT NULL,
  PRIMARY KEY (unit_id, point_id, field_id),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS point_code (
  code TEXT NOT NULL PRIMARY KEY,
  unit_id INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  issued_on INTEGER NOT NULL,
  retired_on INTEGER,
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS point_code_point ON point_code (unit_id, point_id);
