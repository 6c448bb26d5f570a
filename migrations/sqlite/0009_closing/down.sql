DROP TRIGGER IF EXISTS closing_part_no_delete;
DROP TRIGGER IF EXISTS closing_part_no_update;
DROP TABLE IF EXISTS closing_part;
DROP TRIGGER IF EXISTS closing_step_no_delete;
DROP TRIGGER IF EXISTS closing_step_no_update;
DROP TABLE IF EXISTS closing_step;
