ALTER TABLE posts ADD COLUMN title VARCHAR(20) NOT NULL DEFAULT '' AFTER user_id, MODIFY likes INT NOT NULL DEFAULT 0;
UPDATE posts SET title = LEFT(body, 6), likes = likes * 2;
CREATE INDEX ix_posts_title ON posts (title(10));
