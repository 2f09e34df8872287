-- May fail on the rows that are there, which is said in words that are longer than a line of code is.
-- SELECT 1
ALTER TABLE "users" ADD CONSTRAINT "users_pkey" PRIMARY KEY ("id") INCLUDE ("name");

-- May fail on the rows that are there, which is said in words that are longer than a line of code is.
-- SELECT 1
ALTER TABLE "users" ADD CONSTRAINT "uq_email" UNIQUE NULLS NOT DISTINCT ("email") DEFERRABLE INITIALLY IMMEDIATE;

-- May fail on the rows that are there, which is said in words that are longer than a line of code is.
-- SELECT 1
ALTER TABLE "app"."roles" ADD CONSTRAINT "fk_roles_member" FOREIGN KEY ("team", "person") REFERENCES "app"."members" ("team", "person") MATCH FULL ON DELETE SET NULL ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED NOT VALID;

-- May fail on the rows that are there, which is said in words that are longer than a line of code is.
-- SELECT 1
ALTER TABLE "roles" ADD CONSTRAINT "ck_level" CHECK ("Level" > 0) NO INHERIT;

-- May fail on the rows that are there, which is said in words that are longer than a line of code is.
-- SELECT 1
ALTER TABLE "bookings" ADD CONSTRAINT "ex_bookings" EXCLUDE USING "gist" ("room" WITH =, "during" WITH &&) WHERE (active);

-- May fail on the rows that are there, which is said in words that are longer than a line of code is.
-- SELECT 1
ALTER TABLE "bookings" ADD CONSTRAINT "ex_names" EXCLUDE ("room" WITH =, (lower(name)) WITH =);

ALTER TABLE "users" DROP CONSTRAINT "uq_ab";

ALTER TABLE "users" RENAME CONSTRAINT "uq_email" TO "users_email_key";
