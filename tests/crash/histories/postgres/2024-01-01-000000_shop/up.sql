CREATE EXTENSION IF NOT EXISTS plpgsql;
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customers (
    id SERIAL PRIMARY KEY,
    email VARCHAR(60) NOT NULL UNIQUE,
    settings JSONB NOT NULL DEFAULT '{}',
    joined TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE orders (
    id UUID PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,
    state state NOT NULL,
    cents BIGINT NOT NULL CHECK (cents >= 0),
    tags TEXT[] NOT NULL DEFAULT '{}'
);
