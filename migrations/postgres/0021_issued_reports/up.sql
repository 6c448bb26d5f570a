-- Reports that went out as documents of the office, after their period was approved; a corrected document is a further issue. Only added
-- to. details: number, symbol, day, signer, recipients, drafting office as JSON. Instants are milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS issued_report (
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  issue int4 NOT NULL,
  details text NOT NULL,
  user_id int4 NOT NULL REFERENCES staff_user (id),
  user_name text NOT NULL,
  at_ms int8 NOT NULL,
  PRIMARY KEY (plan, period, version, issue)
);

-- Its files: the clean document, and the signed one as it was scanned. hash: SHA-256 of the content; body: the content, deflated.
CREATE TABLE IF NOT EXISTS issued_file (
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  issue int4 NOT NULL,
  name text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (plan, period, version, issue, name)
);

CREATE OR REPLACE FUNCTION issued_documents_are_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'issued documents are only added to'; END $$;
CREATE OR REPLACE TRIGGER issued_report_no_change BEFORE UPDATE OR DELETE ON issued_report
FOR EACH ROW EXECUTE FUNCTION issued_documents_are_only_added_to();
CREATE OR REPLACE TRIGGER issued_file_no_change BEFORE UPDATE OR DELETE ON issued_file
FOR EACH ROW EXECUTE FUNCTION issued_documents_are_only_added_to();
