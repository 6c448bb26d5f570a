-- What is done about what citizens say. Days are civil days.

-- A ward's own list of themes, a line a theme; none: the program's.
CREATE TABLE IF NOT EXISTS theme_list (
  unit_id INTEGER NOT NULL PRIMARY KEY REFERENCES unit (id),
  words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Remedies of a ward. source: 1 weak criterion (plan/period/field/item), 2 theme (its name), 3 complaint (its number), 4 dialogue
-- (its number), 5 by hand. state: 1 planned, 2 under way, 3 done, 4 dropped.
CREATE TABLE IF NOT EXISTS remedy (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  number INTEGER NOT NULL,
  source INTEGER NOT NULL,
  source_of TEXT NOT NULL,
  said TEXT NOT NULL,
  work TEXT NOT NULL,
  person TEXT NOT NULL,
  office_id INTEGER,
  duty TEXT NOT NULL,
  due_day INTEGER NOT NULL,
  result TEXT NOT NULL,
  authority TEXT NOT NULL,
  state INTEGER NOT NULL,
  note TEXT NOT NULL,
  made_day INTEGER NOT NULL,
  done_day INTEGER,
  published_day INTEGER,
  evidence_name TEXT NOT NULL,
  evidence BLOB,
  PRIMARY KEY (unit_id, number)
) STRICT, WITHOUT ROWID;

-- Dialogues of a unit, planned or held. state: 1 planned, 2 held, 3 called off.
CREATE TABLE IF NOT EXISTS dialogue (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  number INTEGER NOT NULL,
  on_day INTEGER NOT NULL,
  state INTEGER NOT NULL,
  topic TEXT NOT NULL,
  place TEXT NOT NULL,
  led_by TEXT NOT NULL,
  by_head INTEGER NOT NULL,
  people INTEGER NOT NULL,
  asked TEXT NOT NULL,
  answered TEXT NOT NULL,
  PRIMARY KEY (unit_id, number)
) STRICT, WITHOUT ROWID;

-- How far a task of a plan is; task: the first 16 hexadecimal digits of SHA-256 over its clause and title. state: 1 not begun,
-- 2 under way, 3 done, 4 falls away.
CREATE TABLE IF NOT EXISTS plan_task (
  plan TEXT NOT NULL,
  task TEXT NOT NULL,
  state INTEGER NOT NULL,
  note TEXT NOT NULL,
  on_day INTEGER NOT NULL,
  by_name TEXT NOT NULL,
  product_name TEXT NOT NULL,
  product BLOB,
  PRIMARY KEY (plan, task)
) STRICT, WITHOUT ROWID;
