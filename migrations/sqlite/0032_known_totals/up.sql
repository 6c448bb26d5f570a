-- What weights of a sample are calibrated to beside its frame: totals by sex, age, field, JSON; empty where none are known.
ALTER TABLE survey_frame ADD COLUMN totals TEXT NOT NULL DEFAULT '';
