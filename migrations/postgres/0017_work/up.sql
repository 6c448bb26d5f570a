-- What is done about what citizens say. Days are civil days.

-- A ward's own list of themes, a line a theme; none: the program's.
CREATE TABLE IF NOT EXISTS theme_list (
  unit_id int4 NOT NULL PRIMARY KEY REFERENCES unit (id),
  words text NOT NULL
);

-- Remedies of a ward. source: 1 weak criterion (plan/period/field/item), 2 theme (its name), 3 complaint (its number), 4 dialogue
-- (its number), 5 by hand. state: 1 planned, 2 under way, 3 done, 4 dropped.
CREATE TABLE IF NOT EXISTS remedy (
  unit_id int4 NOT NULL REFERENCES unit (id),
  number int4 NOT NULL,
  source int2 NOT NULL,
  source_of text NOT NULL,
  said text NOT NULL,
  work text NOT NULL,
  person text NOT NULL,
  office_id int4,
  duty text NOT NULL,
  due_day int4 NOT NULL,
  result text NOT NULL,
  authority text NOT NULL,
  state int2 NOT NULL,
  note text NOT NULL,
  made_day int4 NOT NULL,
  done_day int4,
  published_day int4,
  evidence_name text NOT NULL,
  evidence bytea,
  PRIMARY KEY (unit_id, number)
);

-- Dialogues of a unit, planned or held. state: 1 planned, 2 held, 3 called off.
CREATE TABLE IF NOT EXISTS dialogue (
  unit_id int4 NOT NULL REFERENCES unit (id),
  number int4 NOT NULL,
  on_day int4 NOT NULL,
  state int2 NOT NULL,
  topic text NOT NULL,
  place text NOT NULL,
  led_by text NOT NULL,
  by_head boolean NOT NULL,
  people int4 NOT NULL,
  asked text NOT NULL,
  answered text NOT NULL,
  PRIMARY KEY (unit_id, number)
);

-- How far a task of a plan is; task: the first 16 hexadecimal digits of SHA-256 over its clause and title. state: 1 not begun,
-- 2 under way, 3 done, 4 falls away.
CREATE TABLE IF NOT EXISTS plan_task (
  plan text NOT NULL,
  task text NOT NULL,
  state int2 NOT NULL,
  note text NOT NULL,
  on_day int4 NOT NULL,
  by_name text NOT NULL,
  product_name text NOT NULL,
  product bytea,
  PRIMARY KEY (plan, task)
);
