DROP VIEW empty_stock;
DROP TABLE movements;
DROP TABLE stock;
DROP FUNCTION half(INTEGER);
DROP FUNCTION book();
DROP TYPE kind;
