-- The released tallies of a unit and civil day added up over modes and writers, see src/db/day_sums.rs: how many sheets each
-- sum has, and the sums. Both empty: the tallies themselves are to be read. A row for every unit and day with a released tally.
CREATE TABLE IF NOT EXISTS day_sum (
  unit_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  counts BLOB NOT NULL,
  sums BLOB NOT NULL,
  PRIMARY KEY (unit_id, day)
) STRICT, WITHOUT ROWID;

INSERT INTO day_sum (unit_id, day, counts, sums)
SELECT DISTINCT unit_id, day, x'', x'' FROM tally WHERE released = 1
ON CONFLICT DO NOTHING;
