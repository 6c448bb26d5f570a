-- Second factor, one-time links, the audit log, letters that wait. Instants are milliseconds since 1970-01-01 UTC.

-- totp_step: the last step of 30 s whose code was used; -1 while the secret is not confirmed yet.
ALTER TABLE staff_user ADD COLUMN IF NOT EXISTS email text;
ALTER TABLE staff_user ADD COLUMN IF NOT EXISTS totp_secret bytea;
ALTER TABLE staff_user ADD COLUMN IF NOT EXISTS totp_step int8;
ALTER TABLE staff_user ADD COLUMN IF NOT EXISTS successor_id int4;

-- stage: 1 signed in, 2 a code is asked, 3 a second factor must be set up first. agent: browser and system, in words.
ALTER TABLE session ADD COLUMN IF NOT EXISTS stage int2 NOT NULL DEFAULT 1;
ALTER TABLE session ADD COLUMN IF NOT EXISTS agent text NOT NULL DEFAULT '';

-- hash: SHA-256 of a code of 120 random bits.
CREATE TABLE IF NOT EXISTS recovery_code (
  user_id int4 NOT NULL REFERENCES staff_user (id),
  hash bytea NOT NULL,
  PRIMARY KEY (user_id, hash)
);

-- hash: SHA-256 of the secret in the address. purpose: 1 invitation, 2 reset.
CREATE TABLE IF NOT EXISTS one_time_link (
  hash bytea NOT NULL PRIMARY KEY,
  purpose int2 NOT NULL,
  user_id int4 NOT NULL REFERENCES staff_user (id),
  expires_ms int8 NOT NULL
);

-- Append-only. hash: SHA-256 over the row and the hash before it, see docs/security.md.
CREATE TABLE IF NOT EXISTS audit (
  number int8 NOT NULL PRIMARY KEY,
  at_ms int8 NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  unit text NOT NULL,
  object text NOT NULL,
  outcome text NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL
);

CREATE OR REPLACE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$;
CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to();

-- key: what the letter is about, so that it is written once. message_id: the same however often it is sent.
-- due_ms: not before then. lease_ms: somebody is sending it until then. sent_ms: taken by the mail server.
CREATE TABLE IF NOT EXISTS outbox (
  key text COLLATE "C" NOT NULL PRIMARY KEY,
  message_id text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  created_ms int8 NOT NULL,
  due_ms int8 NOT NULL,
  lease_ms int8 NOT NULL,
  tries int4 NOT NULL,
  sent_ms int8,
  failed_ms int8
);
