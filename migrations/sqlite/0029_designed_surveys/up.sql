-- Designed surveys: docs/decisions/0041-designed-surveys.md. Nothing of answers refers to these tables: an answer stands at the point of its
-- cell, and a cell holds ten answered numbers or more. state: 1 the frame is there, 2 drawn, 3 cells are made. design: how people were
-- drawn, JSON. result: weights and estimates as of the closing of the round, JSON.
CREATE TABLE IF NOT EXISTS survey_frame (
  round_id INTEGER NOT NULL PRIMARY KEY REFERENCES survey_round (id),
  file_name TEXT NOT NULL,
  state INTEGER NOT NULL,
  design TEXT NOT NULL,
  result TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The frame: numbers of its own, never names. place: in the order of stratum, group and cluster.
CREATE TABLE IF NOT EXISTS survey_frame_unit (
  round_id INTEGER NOT NULL REFERENCES survey_frame (round_id),
  place INTEGER NOT NULL,
  number TEXT NOT NULL,
  stratum TEXT NOT NULL,
  group_name TEXT NOT NULL,
  cluster TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (round_id, place)
) STRICT, WITHOUT ROWID;

-- Who was drawn. sheet: the number of the sheet they are given. probability: in digits that lose nothing. standing: 1 drawn, 2 a substitute, 3 a substitute that was called in.
-- outcome: a final disposition, 0 while there is none. calls: how often they were called on.
CREATE TABLE IF NOT EXISTS survey_drawn (
  round_id INTEGER NOT NULL REFERENCES survey_frame (round_id),
  sheet INTEGER NOT NULL,
  place INTEGER NOT NULL,
  probability TEXT NOT NULL,
  standing INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (round_id, sheet)
) STRICT, WITHOUT ROWID;

-- Cells: what an answer is known by, each with a point of the round for itself. body: strata, groups, clusters, sheets and sums of 1/pi, JSON.
CREATE TABLE IF NOT EXISTS survey_cell (
  round_id INTEGER NOT NULL REFERENCES survey_round (id),
  cell INTEGER NOT NULL,
  unit_id INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (round_id, cell)
) STRICT, WITHOUT ROWID;

-- Codes of the fields that a round asks about, joined by commas; empty for all of the questionnaire's.
ALTER TABLE survey_round ADD COLUMN fields TEXT NOT NULL DEFAULT '';
