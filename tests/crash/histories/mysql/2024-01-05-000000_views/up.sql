CREATE VIEW popular AS SELECT id, title FROM posts WHERE likes > 10;
RENAME TABLE log TO lines_of_log;
INSERT INTO lines_of_log SELECT title FROM popular;
CREATE TABLE log (line VARCHAR(80) NOT NULL);
