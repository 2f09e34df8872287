DROP FUNCTION touch();


UPDATE users SET active = false;

ALTER MATERIALIZED VIEW "kept" RENAME TO "stored";

ALTER VIEW "people" RENAME TO "names";

CREATE OR REPLACE VIEW "names" AS SELECT name FROM users;

DROP MATERIALIZED VIEW "stored";

DROP VIEW "adults";

ALTER SEQUENCE "more_numbers" RENAME TO "numbers";

ALTER SEQUENCE "numbers" CACHE 1;

DROP SEQUENCE "numbers";

DROP DOMAIN "email";

ALTER TYPE "feeling" RENAME TO "mood";

ALTER TYPE "mood" RENAME VALUE 'fine' TO 'ok';

DROP TYPE "mood";

DROP EXTENSION "citext";

DROP EXTENSION "pgcrypto";

ALTER SCHEMA "older" RENAME TO "old";

DROP SCHEMA "audit";
