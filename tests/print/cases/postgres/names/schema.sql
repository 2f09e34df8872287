CREATE TABLE "User" (id INTEGER PRIMARY KEY, "Name" TEXT, "a b" TEXT, "type" TEXT, "table" TEXT, "quo""te" TEXT, "größe" TEXT);
CREATE TABLE "type" (id INTEGER PRIMARY KEY, "type" INTEGER REFERENCES "User");
CREATE TABLE "a"";drop" (id INTEGER PRIMARY KEY, "fn" INTEGER REFERENCES "type");
CREATE TYPE "my ""Type" AS ENUM ('a');
CREATE TYPE "HTTPServer_v2" AS ENUM ('a');
CREATE TABLE odd (id INTEGER PRIMARY KEY, a "my ""Type", b "HTTPServer_v2");
