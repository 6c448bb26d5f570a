DROP INDEX IF EXISTS complaint_by_random;
DROP INDEX IF EXISTS complaint_by_lead;
DROP INDEX IF EXISTS complaint_by_desk;
DROP INDEX IF EXISTS complaint_by_reference;
CREATE UNIQUE INDEX IF NOT EXISTS complaint_reference ON complaint (reference_hash);
DROP INDEX IF EXISTS complaint_of_unit;
