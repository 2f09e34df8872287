CREATE INDEX movements_article ON movements (lower(article)) WHERE amount > 0;
ALTER TABLE stock ADD CONSTRAINT stock_name CHECK (article <> ';');
