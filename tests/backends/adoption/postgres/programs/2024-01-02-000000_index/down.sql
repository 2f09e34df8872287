ALTER TABLE stock DROP CONSTRAINT stock_name;
DROP INDEX movements_article;
