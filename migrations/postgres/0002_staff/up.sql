-- People who sign in. Instants are milliseconds since 1970-01-01 UTC.

CREATE TABLE IF NOT EXISTS staff_user (
  id int4 NOT NULL PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  display_name text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL,
  unit_id int4 NOT NULL REFERENCES unit (id),
  created_ms int8 NOT NULL,
  retired_ms int8
);

-- token_hash: SHA-256 of the cookie's token.
CREATE TABLE IF NOT EXISTS session (
  token_hash bytea NOT NULL PRIMARY KEY,
  user_id int4 NOT NULL REFERENCES staff_user (id),
  created_ms int8 NOT NULL,
  last_seen_ms int8 NOT NULL,
  expires_ms int8 NOT NULL
);

CREATE INDEX IF NOT EXISTS session_of_user ON session (user_id);
