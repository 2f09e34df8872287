DROP TRIGGER stock_amount;
DROP INDEX movements_article ON movements;
