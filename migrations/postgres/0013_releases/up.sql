-- Sheets enter shown figures in releases of ten or more, formed once and kept: docs/decisions/0028-kept-releases.md.
-- release_id: the release of a sheet or a tally; 0 waits (or was released before there were releases).
ALTER TABLE sheet ADD COLUMN release_id int4 NOT NULL DEFAULT 0;

CREATE TABLE tally_by_release (
  unit_id int4 NOT NULL,
  released boolean NOT NULL,
  day int4 NOT NULL,
  point_id int4 NOT NULL,
  field_id int2 NOT NULL,
  form_id int4 NOT NULL,
  series int2 NOT NULL,
  mode int2 NOT NULL,
  respondent int2 NOT NULL,
  suspect boolean NOT NULL,
  release_id int4 NOT NULL,
  slot int2 NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (unit_id, released, day, point_id, field_id, form_id, series, mode, respondent, suspect, release_id, slot)
) WITH (fillfactor = 70);
INSERT INTO tally_by_release
SELECT unit_id, released, day, point_id, field_id, form_id, series, mode, respondent, suspect, 0, slot, body FROM tally;
DROP TABLE tally;
ALTER TABLE tally_by_release RENAME TO tally;
ALTER TABLE tally RENAME CONSTRAINT tally_by_release_pkey TO tally_pkey;

-- What a release holds of each unit. root_id: the unit whose figures count the release whole. pool: what its sheets have in
-- common. first_day, last_day: of all its sheets. mixed: it holds flagged and other sheets. scope_id: the unit whose figures, and
-- those of the units above, count this share; part_first, part_last: the days of the part it is counted with; cut_day: when
-- that was decided, 0 not yet.
CREATE TABLE kept_share (
  unit_id int4 NOT NULL,
  release_id int4 NOT NULL,
  root_id int4 NOT NULL,
  pool text NOT NULL,
  sheets int4 NOT NULL,
  first_day int4 NOT NULL,
  last_day int4 NOT NULL,
  mixed boolean NOT NULL,
  scope_id int4 NOT NULL,
  part_first int4 NOT NULL,
  part_last int4 NOT NULL,
  cut_day int4 NOT NULL,
  PRIMARY KEY (unit_id, release_id)
);

-- The releases that a voiding takes out, whole.
CREATE TABLE voiding_release (
  unit_id int4 NOT NULL,
  number int4 NOT NULL,
  release_id int4 NOT NULL,
  PRIMARY KEY (unit_id, number, release_id)
);

-- They name releases now.
UPDATE day_sum SET counts = ''::bytea, sums = ''::bytea;
