DROP TABLE IF EXISTS survey_cell;
DROP TABLE IF EXISTS survey_drawn;
DROP TABLE IF EXISTS survey_frame_unit;
DROP TABLE IF EXISTS survey_frame;
ALTER TABLE survey_round DROP COLUMN IF EXISTS fields;
