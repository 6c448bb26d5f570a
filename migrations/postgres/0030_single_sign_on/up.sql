-- Single sign-on: docs/decisions/0042-single-sign-on.md. One row for an account that may be, or is, opened by an account of a provider.
-- subject: the provider's name for the person; none while an administrator has allowed it and nobody has come yet.
-- closed_ms: since when the provider gives this person no right here; the account opens in no other way either until it is unbound.
CREATE TABLE IF NOT EXISTS single_sign_on (
  user_id int4 NOT NULL PRIMARY KEY REFERENCES staff_user (id),
  issuer text COLLATE "C" NOT NULL,
  subject text COLLATE "C",
  allowed_ms int8 NOT NULL,
  bound_ms int8,
  closed_ms int8,
  UNIQUE (issuer, subject)
);
