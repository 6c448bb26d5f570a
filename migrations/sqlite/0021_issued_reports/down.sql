DROP TRIGGER IF EXISTS issued_file_no_delete;
DROP TRIGGER IF EXISTS issued_file_no_update;
DROP TABLE IF EXISTS issued_file;
DROP TRIGGER IF EXISTS issued_report_no_delete;
DROP TRIGGER IF EXISTS issued_report_no_update;
DROP TABLE IF EXISTS issued_report;
