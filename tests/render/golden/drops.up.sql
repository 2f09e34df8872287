DROP TABLE "users";

CREATE TABLE IF NOT EXISTS "old" (
  "id" integer NOT NULL
);

DROP TABLE "forgotten";

DROP VIEW "adults";

DROP MATERIALIZED VIEW "stored";

DROP SEQUENCE "numbers";

DROP TYPE "mood";

DROP DOMAIN "email";

-- Loses the values of `users.mood`.
ALTER TABLE "users" DROP COLUMN "mood";

ALTER TYPE "state" ADD VALUE 'new' AFTER 'old';

DROP EXTENSION "citext";

ALTER TABLE "users" VALIDATE CONSTRAINT "ck";

DROP SCHEMA "audit";

DROP TABLE IF EXISTS "gone";

ALTER TABLE "users" DROP CONSTRAINT IF EXISTS "uq";

DO $migrate0$
DECLARE
  found text;
BEGIN
  SELECT k.conname INTO found FROM pg_catalog.pg_constraint AS k
     WHERE k.conrelid = pg_catalog.to_regclass('"users"') AND k.contype = 'p'
     ORDER BY k.oid LIMIT 1;
  IF found IS NULL THEN RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = 'no such constraint of `users`'; END IF;
  EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', '"users"', found);
END
$migrate0$;

DROP INDEX "ix";
