DROP TABLE IF EXISTS telling_version;
DROP TABLE IF EXISTS telling;
