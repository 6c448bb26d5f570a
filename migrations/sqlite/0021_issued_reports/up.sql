-- Reports that went out as documents of the office, after their period was approved; a corrected document is a further issue. Only added
-- to. details: number, symbol, day, signer, recipients, drafting office as JSON. Instants are milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS issued_report (
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  version INTEGER NOT NULL,
  issue INTEGER NOT NULL,
  details TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES staff_user (id),
  user_name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (plan, period, version, issue)
) STRICT, WITHOUT ROWID;

-- Its files: the clean document, and the signed one as it was scanned. hash: SHA-256 of the content; body: the content, deflated.
CREATE TABLE IF NOT EXISTS issued_file (
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  version INTEGER NOT NULL,
  issue INTEGER NOT NULL,
  name TEXT NOT NULL,
  hash BLOB NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (plan, period, version, issue, name)
) STRICT;

CREATE TRIGGER IF NOT EXISTS issued_report_no_update BEFORE UPDATE ON issued_report
BEGIN SELECT RAISE(ABORT, 'issued documents are only added to'); END;
CREATE TRIGGER IF NOT EXISTS issued_report_no_delete BEFORE DELETE ON issued_report
BEGIN SELECT RAISE(ABORT, 'issued documents are only added to'); END;
CREATE TRIGGER IF NOT EXISTS issued_file_no_update BEFORE UPDATE ON issued_file
BEGIN SELECT RAISE(ABORT, 'issued documents are only added to'); END;
CREATE TRIGGER IF NOT EXISTS issued_file_no_delete BEFORE DELETE ON issued_file
BEGIN SELECT RAISE(ABORT, 'issued documents are only added to'); END;
