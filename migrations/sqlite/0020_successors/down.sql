DROP TABLE IF EXISTS unit_name;
ALTER TABLE field DROP COLUMN own;
ALTER TABLE service_point DROP COLUMN batch;
ALTER TABLE service_point DROP COLUMN successor_point_id;
ALTER TABLE service_point DROP COLUMN successor_unit_id;
