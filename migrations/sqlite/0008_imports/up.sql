-- Numbers that come in files. Months and days count from 1970-01-01; a month is its first day.

-- Cases handled. point_id: 0 for the unit as a whole; a field's month of a unit is said by points or as a whole, never both.
CREATE TABLE IF NOT EXISTS volume (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  field_id INTEGER NOT NULL REFERENCES field (id),
  month INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  cases INTEGER NOT NULL,
  PRIMARY KEY (unit_id, field_id, month, point_id)
) STRICT, WITHOUT ROWID;

-- Earlier and official figures of others. index_kind: 1 sipas, 2 procedures, 3 public services, 4 policy. field_id: 0 for
-- all fields. period: as in plans, 2025-year, 2026-q1. value: share in millionths.
CREATE TABLE IF NOT EXISTS outside_figure (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  index_kind INTEGER NOT NULL,
  field_id INTEGER NOT NULL,
  period TEXT NOT NULL,
  source TEXT NOT NULL,
  value INTEGER NOT NULL,
  respondents INTEGER,
  PRIMARY KEY (unit_id, index_kind, field_id, period, source)
) STRICT, WITHOUT ROWID;

-- Files that were taken in. kind: 1 volumes, 2 answers, 3 figures. hash: SHA-256 of the rows in one spelling and order.
CREATE TABLE IF NOT EXISTS import_file (
  kind INTEGER NOT NULL,
  hash BLOB NOT NULL,
  name TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  done_by TEXT NOT NULL,
  done_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, hash)
) STRICT, WITHOUT ROWID;
