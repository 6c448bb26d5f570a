DROP TABLE IF EXISTS unit_name;
ALTER TABLE field DROP COLUMN IF EXISTS own;
ALTER TABLE service_point DROP COLUMN IF EXISTS batch;
ALTER TABLE service_point DROP COLUMN IF EXISTS successor_point_id;
ALTER TABLE service_point DROP COLUMN IF EXISTS successor_unit_id;
