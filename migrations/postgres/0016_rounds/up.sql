-- Survey rounds: docs/decisions/0030-survey-rounds.md. unit_id: the plan's unit. form_id: the version that is printed. quota: valid
-- sheets wanted. selection: 1 drawn by a sampling plan, 2 not. closed_on: 0 while it goes on.
CREATE TABLE IF NOT EXISTS survey_round (
  id int4 NOT NULL PRIMARY KEY,
  unit_id int4 NOT NULL REFERENCES unit (id),
  plan text COLLATE "C" NOT NULL,
  clause text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  form_id int4 NOT NULL REFERENCES form (id),
  quota int4 NOT NULL,
  selection int2 NOT NULL,
  first_day int4 NOT NULL,
  last_day int4 NOT NULL,
  closed_on int4 NOT NULL
);

-- The offices of a round. point_id: the round's own point there, so that its sheets are told from all others by their point; no number
-- of a sheet stands beside an answer. first_number, last_number: the numbers printed on its sheets. collected, refused: counted by hand.
CREATE TABLE IF NOT EXISTS survey_round_office (
  round_id int4 NOT NULL REFERENCES survey_round (id),
  unit_id int4 NOT NULL REFERENCES unit (id),
  point_id int4 NOT NULL,
  first_number int4 NOT NULL,
  last_number int4 NOT NULL,
  collected int4 NOT NULL,
  refused int4 NOT NULL,
  PRIMARY KEY (round_id, unit_id)
);
