-- One row a one-time code that was printed. hash: HMAC-SHA-256 of the code under a key that is kept outside the database; key_id
-- tells that key from another. issued_month: first day of the month of issue. last_day: last civil day of an answer
-- with it. used: an answer came with it. Not when, and nothing leads to the sheet.
CREATE TABLE IF NOT EXISTS ticket (
  unit_id int4 NOT NULL,
  hash bytea NOT NULL,
  point_id int4 NOT NULL,
  key_id bytea NOT NULL,
  issued_month int4 NOT NULL,
  last_day int4 NOT NULL,
  used boolean NOT NULL,
  PRIMARY KEY (unit_id, hash),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id),
  CHECK (octet_length(hash) = 32),
  CHECK (octet_length(key_id) = 8)
);

CREATE INDEX IF NOT EXISTS ticket_point ON ticket (unit_id, point_id, issued_month);

-- Sheets of a point and of days that count no more, all or the flagged ones only; the sheets themselves stay as they are.
-- sheets: how many stopped counting. A voiding that was undone stays in the list. Instants are milliseconds
-- since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS voiding (
  unit_id int4 NOT NULL,
  number int4 NOT NULL,
  point_id int4 NOT NULL,
  from_day int4 NOT NULL,
  to_day int4 NOT NULL,
  suspects_only boolean NOT NULL,
  sheets int4 NOT NULL,
  reason text NOT NULL,
  done_by text NOT NULL,
  done_ms int8 NOT NULL,
  undone_reason text,
  undone_by text,
  undone_ms int8,
  PRIMARY KEY (unit_id, number),
  FOREIGN KEY (unit_id, point_id) REFERENCES service_point (unit_id, id),
  CHECK (to_day >= from_day)
);
