-- until_ms: after it a letter says what is not true any more, and is not sent. refusals: how often the mail server refused it for
-- good. reason: why it was given up, a word of the program's; empty while it waits or once it was sent.
ALTER TABLE outbox ADD COLUMN until_ms INTEGER;
ALTER TABLE outbox ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN reason TEXT NOT NULL DEFAULT '';
-- Which letters a person wants; no row: all. choice: 1 all, 2 what is due only, 3 none but those about the account itself.
CREATE TABLE IF NOT EXISTS letter_choice (
  user_id INTEGER NOT NULL PRIMARY KEY REFERENCES staff_user (id),
  choice INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
