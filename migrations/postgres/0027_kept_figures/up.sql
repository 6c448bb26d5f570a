-- Figures of periods as they were computed last, for pages that show many wards: a row a plan's period. `inputs` is the hash of
-- what they were made of; another hash says that they are to be made anew. Nothing rests on this table: it is filled again.

CREATE TABLE IF NOT EXISTS kept_figure (
  unit_id int4 NOT NULL,
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  inputs bytea NOT NULL,
  figures text NOT NULL,
  on_day int4 NOT NULL,
  PRIMARY KEY (unit_id, plan, period)
);
