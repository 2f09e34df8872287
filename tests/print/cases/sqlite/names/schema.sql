CREATE TABLE "User" (id INTEGER PRIMARY KEY, "Name" TEXT, "a b" TEXT, "2nd" TEXT, "größe" TEXT, "type" TEXT, "table" TEXT, "columns" TEXT, is_nullable TEXT, "__x" TEXT, "_y" TEXT, "a--b" TEXT, "quo""te" TEXT, "quo""te#" TEXT);
CREATE TABLE "type" (id INTEGER PRIMARY KEY, "type" TEXT, same TEXT);
CREATE TABLE same (id INTEGER PRIMARY KEY, same TEXT, type_id INTEGER REFERENCES "type"(id));
CREATE TABLE "uses" (id INTEGER PRIMARY KEY, "type" INTEGER REFERENCES "type", "fn" INTEGER REFERENCES same);
CREATE TABLE "with-dash" (id INTEGER PRIMARY KEY);
CREATE TABLE __hidden (id INTEGER PRIMARY KEY);
CREATE TABLE "table" (id INTEGER PRIMARY KEY, "self" INTEGER REFERENCES "User");
