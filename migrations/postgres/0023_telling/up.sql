-- What citizens are told. topic: 1 results, 2 what was mended. span: 2026-09 of a month, plan/period of a reporting period. facts: JSON
-- of the published figures that it is made of. state, of the newest version: 1 draft, 2 approved, 3 published. out_version: the
-- version that everybody reads, or NULL. Days are civil days: first and last publication, read aloud, sent to the city, accepted there.
CREATE TABLE IF NOT EXISTS telling (
  unit_id int4 NOT NULL REFERENCES unit (id),
  number int4 NOT NULL,
  topic int2 NOT NULL,
  span text NOT NULL,
  facts text NOT NULL,
  state int2 NOT NULL,
  version int4 NOT NULL,
  approved_by text NOT NULL,
  out_version int4,
  made_day int4 NOT NULL,
  published_day int4,
  updated_day int4,
  broadcast_day int4,
  sent_day int4,
  accepted_day int4,
  PRIMARY KEY (unit_id, number)
);

-- Every version of the texts of a telling, and who wrote it; only added to.
CREATE TABLE IF NOT EXISTS telling_version (
  unit_id int4 NOT NULL REFERENCES unit (id),
  number int4 NOT NULL,
  version int4 NOT NULL,
  title text NOT NULL,
  item text NOT NULL,
  broadcast text NOT NULL,
  city_title text NOT NULL,
  city text NOT NULL,
  by_name text NOT NULL,
  on_day int4 NOT NULL,
  PRIMARY KEY (unit_id, number, version)
);
