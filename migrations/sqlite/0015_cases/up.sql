-- Complaints move: what they are about, how they came (channel: 1 page, 2 in person, 3 telephone, 4 letter, 5 iHanoi), who
-- receives (desk) and answers (lead) them, by when, the answer, what is published of it. Days are civil days; no instant.
-- subject: 1 procedure, 2 rules, 3 attitude, 4 harassment, 5 facilities, 6 praise, 7 other.
-- state: 1 received, 2 accepted, 3 assigned, 4 drafted, 5 approved, 6 published, 7 private, 8 rated, 9 closed, 10 reopened,
-- 11 forwarded, 12 merged, 13 refused.
ALTER TABLE complaint ADD COLUMN subject INTEGER;
ALTER TABLE complaint ADD COLUMN channel INTEGER NOT NULL DEFAULT 1;
ALTER TABLE complaint ADD COLUMN outside_number TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN point_id INTEGER;
ALTER TABLE complaint ADD COLUMN field_id INTEGER;
ALTER TABLE complaint ADD COLUMN about_unit_id INTEGER;
ALTER TABLE complaint ADD COLUMN desk_unit_id INTEGER;
ALTER TABLE complaint ADD COLUMN lead_unit_id INTEGER;
ALTER TABLE complaint ADD COLUMN due_day INTEGER;
ALTER TABLE complaint ADD COLUMN waiting_since INTEGER;
ALTER TABLE complaint ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN decided_day INTEGER;
ALTER TABLE complaint ADD COLUMN was_late INTEGER NOT NULL DEFAULT 0;
ALTER TABLE complaint ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN published_day INTEGER;
ALTER TABLE complaint ADD COLUMN published_words TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN published_answer TEXT NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN rating INTEGER;
ALTER TABLE complaint ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;

-- Where news of the case may be sent; empty where nobody asked for it.
ALTER TABLE complaint_contact ADD COLUMN news TEXT NOT NULL DEFAULT '';

-- Offices that help the one that answers.
CREATE TABLE IF NOT EXISTS complaint_helper (
  unit_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  random INTEGER NOT NULL,
  helper_unit_id INTEGER NOT NULL REFERENCES unit (id),
  PRIMARY KEY (unit_id, day, random, helper_unit_id),
  FOREIGN KEY (unit_id, day, random) REFERENCES complaint (unit_id, day, random)
) STRICT, WITHOUT ROWID;

-- What was done to a case, numbered within it. by_name is the name of a user, empty for the citizen and the program.
-- deed: 1 accept, 2 forward, 3 merge, 4 refuse, 5 assign, 6 draft, 7 give back, 8 approve, 9 publish, 10 keep private,
-- 11 rate, 12 reopen, 13 close, 14 extend, 15 ask, 16 say, 17 note, 18 sort, 19 receive.
CREATE TABLE IF NOT EXISTS complaint_step (
  unit_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  random INTEGER NOT NULL,
  number INTEGER NOT NULL,
  on_day INTEGER NOT NULL,
  deed INTEGER NOT NULL,
  by_name TEXT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (unit_id, day, random, number),
  FOREIGN KEY (unit_id, day, random) REFERENCES complaint (unit_id, day, random)
) STRICT, WITHOUT ROWID;

-- A ward's own rules of the days of its answers.
CREATE TABLE IF NOT EXISTS complaint_rule (
  unit_id INTEGER NOT NULL PRIMARY KEY REFERENCES unit (id),
  answer_days INTEGER NOT NULL,
  extension_days INTEGER NOT NULL,
  close_days INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
