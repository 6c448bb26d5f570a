-- Reference tables: small, written by staff and commands, on every node of a distributed engine.

CREATE TABLE IF NOT EXISTS meta (
  key text COLLATE "C" NOT NULL PRIMARY KEY,
  value text NOT NULL
);

-- kind: 1 city, 2 ward, 3 commune, 4 office, 5 one-stop centre, 6 health station, 7 school, 8 other.
-- Days count from 1970-01-01; valid_to is the last day.
CREATE TABLE IF NOT EXISTS unit (
  id int4 NOT NULL PRIMARY KEY,
  code text COLLATE "C" NOT NULL UNIQUE,
  kind int2 NOT NULL,
  name_vi text NOT NULL,
  name_en text NOT NULL,
  parent_id int4 REFERENCES unit (id),
  valid_from int4 NOT NULL,
  valid_to int4,
  successor_id int4 REFERENCES unit (id),
  CHECK (valid_to >= valid_from)
);

CREATE TABLE IF NOT EXISTS field (
  id int2 NOT NULL PRIMARY KEY,
  code text COLLATE "C" NOT NULL UNIQUE,
  name_vi text NOT NULL,
  name_en text NOT NULL,
  place int2 NOT NULL
);

-- A published version never changes: no statement of the program updates this table.
CREATE TABLE IF NOT EXISTS form (
  id int4 NOT NULL PRIMARY KEY,
  code text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  hash text NOT NULL,
  title text NOT NULL,
  content text NOT NULL,
  published_on int4 NOT NULL,
  UNIQUE (code, version)
);

CREATE TABLE IF NOT EXISTS plan (
  key text COLLATE "C" NOT NULL,
  revision int4 NOT NULL,
  hash text NOT NULL,
  content text NOT NULL,
  seeded_on int4 NOT NULL,
  PRIMARY KEY (key, revision)
);

-- channel: 1 counter, 2 online. retired_on is the first day without answers.
CREATE TABLE IF NOT EXISTS service_point (
  unit_id int4 NOT NULL REFERENCES unit (id),
  id int4 NOT NULL,
  name_vi text NOT NULL,
  name_en text NOT NULL,
  form_code text COLLATE "C" NOT NULL,
  channel int2 NOT NULL,
  opened_on int4 NOT NULL,
  retired_on int4,
  PRIMARY KEY (unit_id, id)
);

CREATE TABLE IF NOT EXISTS point_field (
  unit_id int4 NOT NULL,
  point_id int4 NOT NULL,
  field_id int2 NOT NULL REFERENCES field (id),
  place int2 NOT NULL,
  PRIMARY KEY (unit_id, point_id, field_id),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id)
);

CREATE TABLE IF NOT EXISTS point_code (
  code text COLLATE "C" NOT NULL PRIMARY KEY,
  unit_id int4 NOT NULL,
  point_id int4 NOT NULL,
  issued_on int4 NOT NULL,
  retired_on int4,
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id)
);

CREATE INDEX IF NOT EXISTS point_code_point ON point_code (unit_id, point_id);
