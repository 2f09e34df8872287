-- shelves
CREATE TABLE shelves (id INTEGER);
