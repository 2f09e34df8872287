CREATE TABLE books (id INTEGER);
-- café
