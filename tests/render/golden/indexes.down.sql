ALTER INDEX "ix_users_phone" RENAME TO "ix_phone";

CREATE INDEX CONCURRENTLY "ix_b" ON "users" ("b");

CREATE UNIQUE INDEX "ix_old" ON "users" ("old");

DROP INDEX "ix_names";

DROP INDEX CONCURRENTLY "ix_posts_tags";

DROP INDEX "ix_users_email";

DROP INDEX "ix_users_phone";
