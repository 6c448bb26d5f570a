-- A reference of 128 random bits is unique by chance; the key that holds it is one within a unit, so that the table can be spread by unit.

CREATE UNIQUE INDEX IF NOT EXISTS complaint_of_unit ON complaint (unit_id, reference_hash);
DROP INDEX IF EXISTS complaint_reference;
CREATE INDEX IF NOT EXISTS complaint_by_reference ON complaint (reference_hash);

-- Whose they are: asked for by every page of staff who handle them.
CREATE INDEX IF NOT EXISTS complaint_by_desk ON complaint (desk_unit_id);
CREATE INDEX IF NOT EXISTS complaint_by_lead ON complaint (lead_unit_id);
CREATE INDEX IF NOT EXISTS complaint_by_random ON complaint (random);
