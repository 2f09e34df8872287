DROP VIEW empty_stock;
DROP TRIGGER movements_in;
DROP TABLE movements;
DROP TABLE stock;
