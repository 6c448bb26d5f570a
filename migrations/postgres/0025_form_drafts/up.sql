-- Drafts of questionnaires: what is edited on pages until it is published or thrown away. based_on: the published version it began
-- from, 0 for none. content: the questionnaire as JSON, with whatever faults it still has. remarks: what a file held that could not be
-- taken, a line each. revision: one more each time it is kept.
CREATE TABLE IF NOT EXISTS form_draft (
  id int4 NOT NULL PRIMARY KEY,
  unit_id int4 NOT NULL REFERENCES unit (id),
  code text COLLATE "C" NOT NULL,
  based_on int4 NOT NULL,
  content text NOT NULL,
  remarks text NOT NULL,
  revision int4 NOT NULL,
  made_by text NOT NULL,
  made_ms int8 NOT NULL,
  changed_by text NOT NULL,
  changed_ms int8 NOT NULL
);
