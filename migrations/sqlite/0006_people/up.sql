-- Second factor, one-time links, the audit log, letters that wait. Instants are milliseconds since 1970-01-01 UTC.

-- totp_step: the last step of 30 s whose code was used; -1 while the secret is not confirmed yet.
ALTER TABLE staff_user ADD COLUMN email TEXT;
ALTER TABLE staff_user ADD COLUMN totp_secret BLOB;
ALTER TABLE staff_user ADD COLUMN totp_step INTEGER;
ALTER TABLE staff_user ADD COLUMN successor_id INTEGER;

-- stage: 1 signed in, 2 a code is asked, 3 a second factor must be set up first. agent: browser and system, in words.
ALTER TABLE session ADD COLUMN stage INTEGER NOT NULL DEFAULT 1;
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';

-- hash: SHA-256 of a code of 120 random bits.
CREATE TABLE IF NOT EXISTS recovery_code (
  user_id INTEGER NOT NULL REFERENCES staff_user (id),
  hash BLOB NOT NULL,
  PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- hash: SHA-256 of the secret in the address. purpose: 1 invitation, 2 reset.
CREATE TABLE IF NOT EXISTS one_time_link (
  hash BLOB NOT NULL PRIMARY KEY,
  purpose INTEGER NOT NULL,
  user_id INTEGER NOT NULL REFERENCES staff_user (id),
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only. hash: SHA-256 over the row and the hash before it, see docs/security.md.
CREATE TABLE IF NOT EXISTS audit (
  number INTEGER NOT NULL PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  unit TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;

-- key: what the letter is about, so that it is written once. message_id: the same however often it is sent.
-- due_ms: not before then. lease_ms: somebody is sending it until then. sent_ms: taken by the mail server.
CREATE TABLE IF NOT EXISTS outbox (
  key TEXT NOT NULL PRIMARY KEY,
  message_id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  lease_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  sent_ms INTEGER,
  failed_ms INTEGER
) STRICT;
