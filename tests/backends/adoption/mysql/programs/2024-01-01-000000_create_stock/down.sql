DROP PROCEDURE count_down;
DROP FUNCTION half;
DROP VIEW empty_stock;
DROP TABLE movements;
DROP TABLE stock;
