-- Sheets enter shown figures in releases of ten or more, formed once and kept: docs/decisions/0028-kept-releases.md.
-- release_id: the release of a sheet or a tally; 0 waits (or was released before there were releases).
ALTER TABLE sheet ADD COLUMN release_id INTEGER NOT NULL DEFAULT 0;

CREATE TABLE tally_by_release (
  unit_id INTEGER NOT NULL,
  released INTEGER NOT NULL,
  day INTEGER NOT NULL,
  point_id INTEGER NOT NULL,
  field_id INTEGER NOT NULL,
  form_id INTEGER NOT NULL,
  series INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  respondent INTEGER NOT NULL,
  suspect INTEGER NOT NULL,
  release_id INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (unit_id, released, day, point_id, field_id, form_id, series, mode, respondent, suspect, release_id, slot)
) STRICT, WITHOUT ROWID;
INSERT INTO tally_by_release
SELECT unit_id, released, day, point_id, field_id, form_id, series, mode, respondent, suspect, 0, slot, body FROM tally;
DROP TABLE tally;
ALTER TABLE tally_by_release RENAME TO tally;

-- What a release holds of each unit. root_id: the unit whose figures count the release whole. pool: what its sheets have in
-- common. first_day, last_day: of all its sheets. mixed: it holds flagged and other sheets. scope_id: the unit whose figures, and
-- those of the units above, count this share; part_first, part_last: the days of the part it is counted with; cut_day: when
-- that was decided, 0 not yet.
CREATE TABLE kept_share (
  unit_id INTEGER NOT NULL,
  release_id INTEGER NOT NULL,
  root_id INTEGER NOT NULL,
  pool TEXT NOT NULL,
  sheets INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  mixed INTEGER NOT NULL,
  scope_id INTEGER NOT NULL,
  part_first INTEGER NOT NULL,
  part_last INTEGER NOT NULL,
  cut_day INTEGER NOT NULL,
  PRIMARY KEY (unit_id, release_id)
) STRICT, WITHOUT ROWID;

-- The releases that a voiding takes out, whole.
CREATE TABLE voiding_release (
  unit_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  release_id INTEGER NOT NULL,
  PRIMARY KEY (unit_id, number, release_id)
) STRICT, WITHOUT ROWID;

-- They name releases now.
UPDATE day_sum SET counts = x'', sums = x'';
