SET FOREIGN_KEY_CHECKS = 0;
CREATE TABLE likes (post_id INT UNSIGNED NOT NULL, user_id INT UNSIGNED NOT NULL, PRIMARY KEY (post_id, user_id),
    FOREIGN KEY (post_id) REFERENCES posts (id)) COMMENT = 'who; likes what';
INSERT INTO likes SELECT id, user_id FROM posts;
SET FOREIGN_KEY_CHECKS = 1;
