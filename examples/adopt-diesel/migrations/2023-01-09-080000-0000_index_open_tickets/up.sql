CREATE INDEX tickets_open ON tickets (customer_id) WHERE NOT closed;
