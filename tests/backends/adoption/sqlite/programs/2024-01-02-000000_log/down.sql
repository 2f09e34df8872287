DROP TRIGGER stock_log;
DROP TABLE log;
