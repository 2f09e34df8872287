CREATE TABLE tickets (
  id INTEGER NOT NULL PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  title TEXT NOT NULL,
  closed BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX tickets_customer ON tickets (customer_id);
