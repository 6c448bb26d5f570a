DROP TABLE IF EXISTS complaint_contact;
DROP TABLE IF EXISTS complaint;
ALTER TABLE service_point DROP COLUMN kiosk;
