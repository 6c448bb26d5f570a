-- Fields that a plan's owner declared to be without cases in a period, with the reason that stands on the report. unit_id: the unit of
-- the plan. Instants are milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS declared_field (
  unit_id INTEGER NOT NULL REFERENCES unit (id),
  plan TEXT NOT NULL,
  period TEXT NOT NULL,
  field_id INTEGER NOT NULL REFERENCES field (id),
  reason TEXT NOT NULL,
  declared_by TEXT NOT NULL,
  declared_ms INTEGER NOT NULL,
  PRIMARY KEY (unit_id, plan, period, field_id)
) STRICT, WITHOUT ROWID;
