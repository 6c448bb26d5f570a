-- Keys of programs: the hash of the secret, never the secret. role: as in staff_user. used_day: the civil day of the last use, or NULL.
-- revoked_ms: when somebody ended it before its time, or NULL.
CREATE TABLE IF NOT EXISTS api_token (
  token_hash bytea NOT NULL PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  role text NOT NULL,
  unit_id int4 NOT NULL REFERENCES unit (id),
  made_by text NOT NULL,
  made_ms int8 NOT NULL,
  expires_ms int8 NOT NULL,
  used_day int4,
  revoked_ms int8
);
CREATE UNIQUE INDEX IF NOT EXISTS api_token_name ON api_token (unit_id, name);
