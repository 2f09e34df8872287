-- Not reverted: drop index `ix` of `users`: cannot be reversed without the definition of what it drops

-- Not reverted: drop the primary key of `users`: cannot be reversed without the definition of what it drops

-- Not reverted: drop constraint `uq` of `users`: cannot be reversed without knowing whether it was there before

-- Not reverted: drop table `gone`: cannot be reversed without knowing whether it was there before

CREATE SCHEMA "audit";

-- Not reverted: validate constraint `ck` of `users`: cannot be reversed without a statement that makes it not valid again, which no server has

-- Not reverted: drop extension `citext`: cannot be reversed without its schema and version, and what used it

-- Not reverted: add value `new` to enum type `state`: cannot be reversed without a statement that removes a value, which no server has

ALTER TABLE "users" ADD COLUMN "mood" "audit"."mood" NOT NULL;

CREATE DOMAIN "email" AS text;

CREATE TYPE "mood" AS ENUM ('ok');

CREATE SEQUENCE "numbers" START WITH 5;

CREATE MATERIALIZED VIEW "stored" AS SELECT 1;

CREATE VIEW "adults" AS SELECT 1;

-- Not reverted: drop table `forgotten`: cannot be reversed without the definition of what it drops

-- Not reverted: create table `old`: cannot be reversed without knowing whether it was there before

CREATE UNLOGGED TABLE "users" (
  "id" integer NOT NULL,
  PRIMARY KEY ("id")
) WITH ("fillfactor" = '70');
