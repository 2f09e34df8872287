CREATE INDEX "only_a" ON "users" ("email");

CREATE INDEX "only_a_name_that_is_long_enough_for_several_lines" ON "users" ("email", "name");

CREATE INDEX "ix" ON "users" ("email");

CREATE INDEX "both_a" ON "users" ("email");

CREATE INDEX "only_b" ON "users" ("email");
