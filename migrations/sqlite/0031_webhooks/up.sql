-- Addresses of other programs that are told of events. events: words with blanks between. secret: what messages are signed with, so it
-- cannot be a hash. last_sent_ms, last_failed_ms, last_reason: how the last tries ended. ended_ms: when somebody ended it, or NULL.
CREATE TABLE IF NOT EXISTS webhook (
  id INTEGER NOT NULL PRIMARY KEY,
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  secret BLOB NOT NULL,
  made_by TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  last_sent_ms INTEGER,
  last_failed_ms INTEGER,
  last_reason TEXT NOT NULL DEFAULT ''
) STRICT;
-- Events on their way to an address, gone once they were taken. object: what changed; events of one object go in the order of number.
-- unit_id: whose event it is. data: identifiers and counts, never words of a citizen. created_ms: of a complaint no finer than the hour.
-- failed_ms: when it was given up, or NULL.
CREATE TABLE IF NOT EXISTS webhook_event (
  webhook_id INTEGER NOT NULL REFERENCES webhook (id),
  object TEXT NOT NULL,
  number INTEGER NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  data TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  lease_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  failed_ms INTEGER,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (webhook_id, object, number, id)
) STRICT, WITHOUT ROWID;
