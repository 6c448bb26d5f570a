-- Drafts of questionnaires: what is edited on pages until it is published or thrown away. based_on: the published version it began
-- from, 0 for none. content: the questionnaire as JSON, with whatever faults it still has. remarks: what a file held that could not be
-- taken, a line each. revision: one more each time it is kept.
CREATE TABLE IF NOT EXISTS form_draft (
  id INTEGER NOT NULL PRIMARY KEY,
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  code TEXT NOT NULL,
  based_on INTEGER NOT NULL,
  content TEXT NOT NULL,
  remarks TEXT NOT NULL,
  revision INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
