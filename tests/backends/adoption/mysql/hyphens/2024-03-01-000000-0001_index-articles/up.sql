CREATE INDEX order_lines_article ON order_lines (article);
