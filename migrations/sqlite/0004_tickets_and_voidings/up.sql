-- One row a one-time code that was printed. hash: HMAC-SHA-256 of the code under a key that is kept outside the database; key_id
-- tells that key from another. issued_month: first day of the month of issue. last_day: last civil day of an answer
-- with it. used: an answer came with it. Not when, and nothing leads to the sheet.
CREATE TABLE IF NOT EXISTS ticket (
  unit_id INTEGER NOT NULL,
  hash BLOB NOT NULL,
  point_id INTEGER NOT NULL,
  key_id BLOB NOT NULL,
  issued_month INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (unit_id, hash),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id),
  CHECK (length(hash) = 32),
  CHECK (length(key_id) = 8)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS ticket_point ON ticket (unit_id, point_id, issued_month);

-- Sheets of a point and of days that count no more, all or the flagged ones only; the sheets themselves stay as they are.
-- sheets: how many stopped counting. A voiding that was undone stays in the list. Instants are milliseconds
-- since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS voiding (
  unit_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  from_day INTEGER NOT NULL,
  to_day INTEGER NOT NULL,
  suspects_only INTEGER NOT NULL,
  sheets INTEGER NOT NULL,
  reason TEXT NOT NULL,
  done_by TEXT NOT NULL,
  done_ms INTEGER NOT NULL,
  undone_reason TEXT,
  undone_by TEXT,
  undone_ms INTEGER,
  PRIMARY KEY (unit_id, number),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id),
  CHECK (to_day >= from_day)
) STRICT, WITHOUT ROWID;
