-- What the early warning saw in the released answers of a ward. kind: 1 field, 2 criterion, 3 point. subject: the field's identifier, or
-- field/criterion, or numbers of unit and point as in 7/3. way: 1 fewer are satisfied, 2 more, 3 no answers any more. No share is kept.
CREATE TABLE IF NOT EXISTS warning (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  way INTEGER NOT NULL,
  since_day INTEGER NOT NULL,
  seen_day INTEGER NOT NULL,
  raised_day INTEGER NOT NULL,
  people INTEGER NOT NULL,
  read_day INTEGER,
  read_by TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (unit_id, number)
) STRICT, WITHOUT ROWID;

-- When a ward's answers were last judged, how many things are watched, and days between two false alarms of the whole list; 0 where
-- nothing is tested yet.
CREATE TABLE IF NOT EXISTS warning_watch (
  unit_id INTEGER PRIMARY KEY REFERENCES unit (id),
  judged_day INTEGER NOT NULL,
  watched INTEGER NOT NULL,
  days_between INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
