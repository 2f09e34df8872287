-- Not reverted: PostgreSQL cannot compute `g`, which exists

ALTER TABLE "users" ALTER COLUMN "name" TYPE text;
COMMENT ON COLUMN "users"."name" IS 'x';

ALTER TABLE "users" ALTER COLUMN "n" DROP IDENTITY;

ALTER TABLE "users" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY;

ALTER TABLE "users" ALTER COLUMN "id" DROP IDENTITY;

ALTER TABLE "audit"."users" ALTER COLUMN "born" DROP DEFAULT, ALTER COLUMN "born" TYPE text USING born::text, ALTER COLUMN "born" SET DEFAULT now()::text;
COMMENT ON COLUMN "audit"."users"."born" IS 'moment';

ALTER TABLE "users" ALTER COLUMN "age" DROP DEFAULT, ALTER COLUMN "age" TYPE integer, ALTER COLUMN "age" DROP NOT NULL;

COMMENT ON TABLE "jobs" IS 'to do';

COMMENT ON TABLE "users" IS NULL;
