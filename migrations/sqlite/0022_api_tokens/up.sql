-- Keys of programs: the hash of the secret, never the secret. role: as in staff_user. used_day: the civil day of the last use, or NULL.
-- revoked_ms: when somebody ended it before its time, or NULL.
CREATE TABLE IF NOT EXISTS api_token (
  token_hash BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  made_by TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  used_day INTEGER,
  revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS api_token_name ON api_token (unit_id, name);
