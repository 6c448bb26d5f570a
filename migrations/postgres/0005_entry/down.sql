DROP TABLE IF EXISTS entry_sheet;
DROP TABLE IF EXISTS entry_batch;
