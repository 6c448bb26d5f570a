-- Fields that a plan's owner declared to be without cases in a period, with the reason that stands on the report. unit_id: the unit of
-- the plan. Instants are milliseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS declared_field (
  unit_id int4 NOT NULL REFERENCES unit (id),
  plan text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  field_id int2 NOT NULL REFERENCES field (id),
  reason text NOT NULL,
  declared_by text NOT NULL,
  declared_ms int8 NOT NULL,
  PRIMARY KEY (unit_id, plan, period, field_id)
);
