ALTER TABLE "users" RENAME CONSTRAINT "users_email_key" TO "uq_email";

ALTER TABLE "users" ADD CONSTRAINT "uq_ab" UNIQUE ("a", "b");

ALTER TABLE "bookings" DROP CONSTRAINT "ex_names";

ALTER TABLE "bookings" DROP CONSTRAINT "ex_bookings";

ALTER TABLE "roles" DROP CONSTRAINT "ck_level";

ALTER TABLE "app"."roles" DROP CONSTRAINT "fk_roles_member";

ALTER TABLE "users" DROP CONSTRAINT "uq_email";

ALTER TABLE "users" DROP CONSTRAINT "users_pkey";
