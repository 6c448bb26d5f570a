DROP TABLE IF EXISTS order_done;
DROP INDEX IF EXISTS staff_user_unit;
DROP INDEX IF EXISTS outbox_due;
DROP INDEX IF EXISTS voiding_release_release;
DROP INDEX IF EXISTS kept_share_release;
DROP INDEX IF EXISTS kept_share_root;
DROP INDEX IF EXISTS tally_waiting;
