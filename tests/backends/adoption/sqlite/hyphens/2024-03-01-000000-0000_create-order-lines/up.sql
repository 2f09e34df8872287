CREATE TABLE order_lines (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  line INTEGER NOT NULL,
  article TEXT NOT NULL,
  PRIMARY KEY (order_id, line)
);
