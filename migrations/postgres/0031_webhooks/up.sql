-- Addresses of other programs that are told of events. events: words with blanks between. secret: what messages are signed with, so it
-- cannot be a hash. last_sent_ms, last_failed_ms, last_reason: how the last tries ended. ended_ms: when somebody ended it, or NULL.
CREATE TABLE IF NOT EXISTS webhook (
  id int4 NOT NULL PRIMARY KEY,
  unit_id int4 NOT NULL REFERENCES unit (id),
  name text COLLATE "C" NOT NULL,
  url text NOT NULL,
  events text NOT NULL,
  secret bytea NOT NULL,
  made_by text NOT NULL,
  made_ms int8 NOT NULL,
  ended_ms int8,
  last_sent_ms int8,
  last_failed_ms int8,
  last_reason text NOT NULL DEFAULT ''
);
-- Events on their way to an address, gone once they were taken. object: what changed; events of one object go in the order of number.
-- unit_id: whose event it is. data: identifiers and counts, never words of a citizen. created_ms: of a complaint no finer than the hour.
-- failed_ms: when it was given up, or NULL.
CREATE TABLE IF NOT EXISTS webhook_event (
  webhook_id int4 NOT NULL REFERENCES webhook (id),
  object text COLLATE "C" NOT NULL,
  number int4 NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  unit_id int4 NOT NULL REFERENCES unit (id),
  data text NOT NULL,
  created_ms int8 NOT NULL,
  due_ms int8 NOT NULL,
  lease_ms int8 NOT NULL,
  tries int4 NOT NULL,
  failed_ms int8,
  reason text NOT NULL DEFAULT '',
  PRIMARY KEY (webhook_id, object, number, id)
);
