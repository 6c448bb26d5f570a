-- Survey rounds: docs/decisions/0030-survey-rounds.md. unit_id: the plan's unit. form_id: the version that is printed. quota: valid
-- sheets wanted. selection: 1 drawn by a sampling plan, 2 not. closed_on: 0 while it goes on.
CREATE TABLE IF NOT EXISTS survey_round (
  id INTEGER NOT NULL PRIMARY KEY,
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  plan TEXT NOT NULL,
  clause TEXT NOT NULL,
  name TEXT NOT NULL,
  form_id INTEGER NOT NULL REFERENCES form (id),
  quota INTEGER NOT NULL,
  selection INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  closed_on INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The offices of a round. point_id: the round's own point there, so that its sheets are told from all others by their point; no number
-- of a sheet stands beside an answer. first_number, last_number: the numbers printed on its sheets. collected, refused: counted by hand.
CREATE TABLE IF NOT EXISTS survey_round_office (
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  point_id INTEGER NOT NULL,
  first_number INTEGER NOT NULL,
  last_number INTEGER NOT NULL,
  collected INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  PRIMARY KEY (round_id, unit_id)
) STRICT, WITHOUT ROWID;
