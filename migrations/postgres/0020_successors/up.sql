-- The point that goes on with the work of a retired one: codes on walls open it from the day on which the old one is retired.
ALTER TABLE service_point ADD COLUMN IF NOT EXISTS successor_unit_id int4 REFERENCES unit (id);
ALTER TABLE service_point ADD COLUMN IF NOT EXISTS successor_point_id int4;
-- Points that were added together have the same batch, so that a table brought by mistake can be taken back.
ALTER TABLE service_point ADD COLUMN IF NOT EXISTS batch int4;

-- Whether a field of service was added or renamed on a page: the seeds leave it alone.
ALTER TABLE field ADD COLUMN IF NOT EXISTS own boolean NOT NULL DEFAULT false;

-- Names that a unit had before: until_day is the last day of the name.
CREATE TABLE IF NOT EXISTS unit_name (
  unit_id int4 NOT NULL REFERENCES unit (id),
  number int4 NOT NULL,
  until_day int4 NOT NULL,
  name_vi text NOT NULL,
  name_en text NOT NULL,
  PRIMARY KEY (unit_id, number)
);
