ALTER TABLE authors ADD COLUMN family TEXT;
UPDATE authors SET family = substr(name, 1, 3), name = name || ' the ' || id;
CREATE VIEW shelf AS SELECT books.title, authors.family FROM books JOIN authors ON authors.id = books.author_id;
