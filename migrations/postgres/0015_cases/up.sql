-- Complaints move: what they are about, how they came (channel: 1 page, 2 in person, 3 telephone, 4 letter, 5 iHanoi), who
-- receives (desk) and answers (lead) them, by when, the answer, what is published of it. Days are civil days; no instant.
-- subject: 1 procedure, 2 rules, 3 attitude, 4 harassment, 5 facilities, 6 praise, 7 other.
-- state: 1 received, 2 accepted, 3 assigned, 4 drafted, 5 approved, 6 published, 7 private, 8 rated, 9 closed, 10 reopened,
-- 11 forwarded, 12 merged, 13 refused.
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS subject int2;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS channel int2 NOT NULL DEFAULT 1;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS outside_number text NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS point_id int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS field_id int2;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS about_unit_id int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS desk_unit_id int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS lead_unit_id int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS due_day int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS waiting_since int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS answer text NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS decided_day int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS was_late boolean NOT NULL DEFAULT false;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS outcome text NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS published_day int4;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS published_words text NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS published_answer text NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS rating int2;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS reopened int2 NOT NULL DEFAULT 0;

-- Where news of the case may be sent; empty where nobody asked for it.
ALTER TABLE complaint_contact ADD COLUMN IF NOT EXISTS news text NOT NULL DEFAULT '';

-- Offices that help the one that answers.
CREATE TABLE IF NOT EXISTS complaint_helper (
  unit_id int4 NOT NULL,
  day int4 NOT NULL,
  random int8 NOT NULL,
  helper_unit_id int4 NOT NULL REFERENCES unit (id),
  PRIMARY KEY (unit_id, day, random, helper_unit_id),
  FOREIGN KEY (unit_id, day, random) REFERENCES complaint (unit_id, day, random)
);

-- What was done to a case, numbered within it. by_name is the name of a user, empty for the citizen and the program.
-- deed: 1 accept, 2 forward, 3 merge, 4 refuse, 5 assign, 6 draft, 7 give back, 8 approve, 9 publish, 10 keep private,
-- 11 rate, 12 reopen, 13 close, 14 extend, 15 ask, 16 say, 17 note, 18 sort, 19 receive.
CREATE TABLE IF NOT EXISTS complaint_step (
  unit_id int4 NOT NULL,
  day int4 NOT NULL,
  random int8 NOT NULL,
  number int4 NOT NULL,
  on_day int4 NOT NULL,
  deed int2 NOT NULL,
  by_name text NOT NULL,
  words text NOT NULL,
  PRIMARY KEY (unit_id, day, random, number),
  FOREIGN KEY (unit_id, day, random) REFERENCES complaint (unit_id, day, random)
);

-- A ward's own rules of the days of its answers.
CREATE TABLE IF NOT EXISTS complaint_rule (
  unit_id int4 NOT NULL PRIMARY KEY REFERENCES unit (id),
  answer_days int4 NOT NULL,
  extension_days int4 NOT NULL,
  close_days int4 NOT NULL
);
