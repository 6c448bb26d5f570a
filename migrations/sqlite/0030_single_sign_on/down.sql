DROP TABLE IF EXISTS single_sign_on;
