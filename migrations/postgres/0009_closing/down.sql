DROP TABLE IF EXISTS closing_part;
DROP TABLE IF EXISTS closing_step;
DROP FUNCTION IF EXISTS closings_are_only_added_to();
