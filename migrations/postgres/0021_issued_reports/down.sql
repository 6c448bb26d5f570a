DROP TABLE IF EXISTS issued_file;
DROP TABLE IF EXISTS issued_report;
DROP FUNCTION IF EXISTS issued_documents_are_only_added_to();
