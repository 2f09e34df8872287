CREATE SCHEMA "audit";

ALTER SCHEMA "old" RENAME TO "older";

CREATE EXTENSION "pgcrypto";

CREATE EXTENSION "citext" SCHEMA "audit" VERSION '1.6';

CREATE TYPE "mood" AS ENUM ('sad', 'ok', 'happy');

ALTER TYPE "mood" RENAME VALUE 'ok' TO 'fine';

ALTER TYPE "mood" RENAME TO "feeling";

CREATE DOMAIN "email" AS varchar(320) DEFAULT 'x@y' NOT NULL CHECK (VALUE LIKE '%@%') CONSTRAINT "filled" CHECK (VALUE <> '');

CREATE SEQUENCE "numbers" AS bigint INCREMENT BY -10 START WITH 1000 OWNED BY "users"."id";

ALTER SEQUENCE "numbers" CACHE 50;

ALTER SEQUENCE "numbers" RENAME TO "more_numbers";

CREATE VIEW "adults" AS  SELECT users.id,
    users.name
   FROM users
  WHERE users.age >= 18;

CREATE MATERIALIZED VIEW "stored" ("one") AS SELECT 1;

CREATE OR REPLACE VIEW "names" AS SELECT name, 1 FROM users;

ALTER VIEW "names" RENAME TO "people";

ALTER MATERIALIZED VIEW "stored" RENAME TO "kept";

UPDATE users SET active = true;

CLUSTER users;

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.at = now();
	RETURN NEW;
END
$$;
