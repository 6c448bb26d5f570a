-- People who sign in. Instants are milliseconds since 1970-01-01 UTC.

CREATE TABLE IF NOT EXISTS staff_user (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  created_ms INTEGER NOT NULL,
  retired_ms INTEGER
) STRICT;

-- token_hash: SHA-256 of the cookie's token.
CREATE TABLE IF NOT EXISTS session (
  token_hash BLOB NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES staff_user (id),
  created_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS session_of_user ON session (user_id);
