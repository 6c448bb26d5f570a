-- What the early warning saw in the released answers of a ward. kind: 1 field, 2 criterion, 3 point. subject: the field's identifier, or
-- field/criterion, or numbers of unit and point as in 7/3. way: 1 fewer are satisfied, 2 more, 3 no answers any more. No share is kept.
CREATE TABLE IF NOT EXISTS warning (
  unit_id int4 NOT NULL REFERENCES unit (id),
  number int4 NOT NULL,
  kind int2 NOT NULL,
  subject text COLLATE "C" NOT NULL,
  way int2 NOT NULL,
  since_day int4 NOT NULL,
  seen_day int4 NOT NULL,
  raised_day int4 NOT NULL,
  people int4 NOT NULL,
  read_day int4,
  read_by text NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT '',
  PRIMARY KEY (unit_id, number)
);

-- When a ward's answers were last judged, how many things are watched, and days between two false alarms of the whole list; 0 where
-- nothing is tested yet.
CREATE TABLE IF NOT EXISTS warning_watch (
  unit_id int4 PRIMARY KEY REFERENCES unit (id),
  judged_day int4 NOT NULL,
  watched int4 NOT NULL,
  days_between int4 NOT NULL
);
