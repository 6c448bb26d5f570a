DROP TABLE IF EXISTS declared_field;
