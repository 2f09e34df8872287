CREATE INDEX movements_article ON movements (article);
-- a body of statements without a block: where it ends is for the server to say
CREATE TRIGGER stock_amount BEFORE UPDATE ON stock FOR EACH ROW IF NEW.amount < 0 THEN SET NEW.amount = 0; END IF;
