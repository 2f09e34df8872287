CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TABLE users (id SERIAL PRIMARY KEY, email citext NOT NULL, more hstore, emails citext[]);
