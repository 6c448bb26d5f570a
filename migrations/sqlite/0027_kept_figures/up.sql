-- Figures of periods as they were computed last, for pages that show many wards: a row a plan's period. `inputs` is the hash of
-- what they were made of; another hash says that they are to be made anew. Nothing rests on this table: it is filled again.

CREATE TABLE IF NOT EXISTS kept_figure (
  unit_id INTEGER NOT NULL,
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  inputs BLOB NOT NULL,
  figures TEXT NOT NULL,
  on_day INTEGER NOT NULL,
  PRIMARY KEY (unit_id, plan, period)
) STRICT, WITHOUT ROWID;
