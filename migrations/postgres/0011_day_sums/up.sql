-- The released tallies of a unit and civil day added up over modes and writers, see src/db/day_sums.rs: how many sheets each
-- sum has, and the sums. Both empty: the tallies themselves are to be read. A row for every unit and day with a released tally.
CREATE TABLE IF NOT EXISTS day_sum (
  unit_id int4 NOT NULL,
  day int4 NOT NULL,
  counts bytea NOT NULL,
  sums bytea NOT NULL,
  PRIMARY KEY (unit_id, day)
);

INSERT INTO day_sum (unit_id, day, counts, sums)
SELECT DISTINCT unit_id, day, ''::bytea, ''::bytea FROM tally WHERE released
ON CONFLICT DO NOTHING;
