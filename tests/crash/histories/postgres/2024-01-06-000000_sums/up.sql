CREATE MATERIALIZED VIEW sums AS SELECT customer_id, sum(cents) AS cents FROM orders GROUP BY customer_id;
ALTER TABLE customers ADD COLUMN total BIGINT NOT NULL DEFAULT 0;
UPDATE customers SET total = sums.cents FROM sums WHERE sums.customer_id = customers.id;
