-- Numbers that come in files. Months and days count from 1970-01-01; a month is its first day.

-- Cases handled. point_id: 0 for the unit as a whole; a field's month of a unit is said by points or as a whole, never both.
CREATE TABLE IF NOT EXISTS volume (
  unit_id int4 NOT NULL REFERENCES unit (id),
  field_id int2 NOT NULL REFERENCES field (id),
  month int4 NOT NULL,
  point_id int4 NOT NULL,
  cases int8 NOT NULL,
  PRIMARY KEY (unit_id, field_id, month, point_id)
);

-- Earlier and official figures of others. index_kind: 1 sipas, 2 procedures, 3 public services, 4 policy. field_id: 0 for
-- all fields. period: as in plans, 2025-year, 2026-q1. value: share in millionths.
CREATE TABLE IF NOT EXISTS outside_figure (
  unit_id int4 NOT NULL REFERENCES unit (id),
  index_kind int2 NOT NULL,
  field_id int2 NOT NULL,
  period text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  value int4 NOT NULL,
  respondents int4,
  PRIMARY KEY (unit_id, index_kind, field_id, period, source)
);

-- Files that were taken in. kind: 1 volumes, 2 answers, 3 figures. hash: SHA-256 of the rows in one spelling and order.
CREATE TABLE IF NOT EXISTS import_file (
  kind int2 NOT NULL,
  hash bytea NOT NULL,
  name text NOT NULL,
  row_count int4 NOT NULL,
  done_by text NOT NULL,
  done_ms int8 NOT NULL,
  PRIMARY KEY (kind, hash)
);
