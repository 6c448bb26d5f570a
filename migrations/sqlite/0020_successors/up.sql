-- The point that goes on with the work of a retired one: codes on walls open it from the day on which the old one is retired.
ALTER TABLE service_point ADD COLUMN successor_unit_id INTEGER REFERENCES unit (id);
ALTER TABLE service_point ADD COLUMN successor_point_id INTEGER;
-- Points that were added together have the same batch, so that a table brought by mistake can be taken back.
ALTER TABLE service_point ADD COLUMN batch INTEGER;

-- Whether a field of service was added or renamed on a page: the seeds leave it alone.
ALTER TABLE field ADD COLUMN own INTEGER NOT NULL DEFAULT 0;

-- Names that a unit had before: until_day is the last day of the name.
CREATE TABLE IF NOT EXISTS unit_name (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  number INTEGER NOT NULL,
  until_day INTEGER NOT NULL,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  PRIMARY KEY (unit_id, number)
) STRICT, WITHOUT ROWID;
