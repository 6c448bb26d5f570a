DROP TABLE IF EXISTS letter_choice;
ALTER TABLE outbox DROP COLUMN reason;
ALTER TABLE outbox DROP COLUMN refusals;
ALTER TABLE outbox DROP COLUMN until_ms;
