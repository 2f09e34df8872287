CREATE INDEX CONCURRENTLY ix_orders_cents ON orders (cents);
