DROP TABLE IF EXISTS survey_round_office;
DROP TABLE IF EXISTS survey_round;
