-- What the night and the timer look for: what waits, anywhere; the releases of one root; letters that are due; people of a unit.
CREATE INDEX IF NOT EXISTS tally_waiting ON tally (unit_id, day) WHERE NOT released;
CREATE INDEX IF NOT EXISTS kept_share_root ON kept_share (root_id);
CREATE INDEX IF NOT EXISTS kept_share_release ON kept_share (release_id);
CREATE INDEX IF NOT EXISTS voiding_release_release ON voiding_release (release_id);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_ms) WHERE sent_ms IS NULL AND failed_ms IS NULL;
CREATE INDEX IF NOT EXISTS staff_user_unit ON staff_user (unit_id);

-- How many sheets a unit's day had when its rows were last written anew, in no order of arrival. Of the last days only.
CREATE TABLE IF NOT EXISTS order_done (
  unit_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  sheets INTEGER NOT NULL,
  PRIMARY KEY (unit_id, day)
) STRICT, WITHOUT ROWID;
