-- Designed surveys: docs/decisions/0041-designed-surveys.md. Nothing of answers refers to these tables: an answer stands at the point of its
-- cell, and a cell holds ten answered numbers or more. state: 1 the frame is there, 2 drawn, 3 cells are made. design: how people were
-- drawn, JSON. result: weights and estimates as of the closing of the round, JSON.
CREATE TABLE IF NOT EXISTS survey_frame (
  round_id int4 NOT NULL PRIMARY KEY REFERENCES survey_round (id),
  file_name text COLLATE "C" NOT NULL,
  state int2 NOT NULL,
  design text COLLATE "C" NOT NULL,
  result text COLLATE "C" NOT NULL
);

-- The frame: numbers of its own, never names. place: in the order of stratum, group and cluster.
CREATE TABLE IF NOT EXISTS survey_frame_unit (
  round_id int4 NOT NULL REFERENCES survey_frame (round_id),
  place int4 NOT NULL,
  number text COLLATE "C" NOT NULL,
  stratum text COLLATE "C" NOT NULL,
  group_name text COLLATE "C" NOT NULL,
  cluster text COLLATE "C" NOT NULL,
  size int4 NOT NULL,
  PRIMARY KEY (round_id, place)
);

-- Who was drawn. sheet: the number of the sheet they are given. probability: in digits that lose nothing. standing: 1 drawn, 2 a substitute, 3 a substitute that was called in.
-- outcome: a final disposition, 0 while there is none. calls: how often they were called on.
CREATE TABLE IF NOT EXISTS survey_drawn (
  round_id int4 NOT NULL REFERENCES survey_frame (round_id),
  sheet int4 NOT NULL,
  place int4 NOT NULL,
  probability text COLLATE "C" NOT NULL,
  standing int2 NOT NULL,
  outcome int2 NOT NULL,
  calls int2 NOT NULL,
  PRIMARY KEY (round_id, sheet)
);

-- Cells: what an answer is known by, each with a point of the round for itself. body: strata, groups, clusters, sheets and sums of 1/pi, JSON.
CREATE TABLE IF NOT EXISTS survey_cell (
  round_id int4 NOT NULL REFERENCES survey_round (id),
  cell int4 NOT NULL,
  unit_id int4 NOT NULL,
  point_id int4 NOT NULL,
  name text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  PRIMARY KEY (round_id, cell)
);

-- Codes of the fields that a round asks about, joined by commas; empty for all of the questionnaire's.
ALTER TABLE survey_round ADD COLUMN IF NOT EXISTS fields text COLLATE "C" NOT NULL DEFAULT '';
