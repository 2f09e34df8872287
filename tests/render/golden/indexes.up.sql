CREATE INDEX "ix_users_phone" ON "users" ("phone");

CREATE UNIQUE INDEX "ix_users_email" ON "users" ((lower(email)) DESC NULLS LAST, "id" ASC) INCLUDE ("name") NULLS NOT DISTINCT WHERE deleted_at IS NULL;

CREATE INDEX CONCURRENTLY "ix_posts_tags" ON "posts" USING "gin" ("tags") WITH ("fastupdate" = 'off');

CREATE INDEX "ix_names" ON "users" ("name" COLLATE "C" "text_pattern_ops", "at" DESC NULLS FIRST);

DROP INDEX "ix_old";

DROP INDEX CONCURRENTLY "ix_b";

ALTER INDEX "ix_phone" RENAME TO "ix_users_phone";
