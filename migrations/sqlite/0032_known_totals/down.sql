ALTER TABLE survey_frame DROP COLUMN totals;
