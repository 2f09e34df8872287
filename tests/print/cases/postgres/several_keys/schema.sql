CREATE SCHEMA app; CREATE SCHEMA "Other-1";
CREATE TYPE app.mood AS ENUM ('a'); CREATE TYPE public.state AS ENUM ('b');
CREATE TABLE public.users (id SERIAL PRIMARY KEY, state state NOT NULL);
CREATE TABLE app.users (id SERIAL PRIMARY KEY, mood app.mood, state state, name VARCHAR(9));
CREATE TABLE app.posts (id SERIAL PRIMARY KEY, user_id INTEGER REFERENCES app.users, "public" INTEGER REFERENCES public.users, "fn" INTEGER);
CREATE TABLE "Other-1"."Mixed Case" (id SERIAL PRIMARY KEY, mood app.mood);
