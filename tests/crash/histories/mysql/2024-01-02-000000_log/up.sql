CREATE TABLE log (line VARCHAR(80) NOT NULL);
CREATE TRIGGER posts_are_logged AFTER UPDATE ON posts FOR EACH ROW
BEGIN
    INSERT INTO log VALUES (CONCAT('post; ', NEW.id));
    IF NEW.likes > 200 THEN
        INSERT INTO log VALUES ('popular');
    END IF;
END;
UPDATE posts SET likes = likes + 100;
