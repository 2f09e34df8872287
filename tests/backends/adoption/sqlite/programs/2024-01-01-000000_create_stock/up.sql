CREATE TABLE stock (
  article TEXT PRIMARY KEY NOT NULL,
  "end" TEXT DEFAULT 'a;b',
  amount INTEGER NOT NULL CHECK (amount >= 0)
) WITHOUT ROWID;
CREATE TABLE movements (id INTEGER PRIMARY KEY, article TEXT NOT NULL, amount INTEGER NOT NULL, kind TEXT);

/* keeps the stock; in one place */
CREATE TRIGGER movements_in AFTER INSERT ON movements WHEN NEW.amount <> 0
BEGIN
  INSERT INTO stock (article, amount) VALUES (NEW.article, 0) ON CONFLICT DO NOTHING;
  UPDATE stock SET amount = amount + NEW.amount WHERE article = NEW.article;
  UPDATE movements SET kind = CASE WHEN NEW.amount > 0 THEN 'in;' ELSE 'out;' END WHERE id = NEW.id;
END;

CREATE VIEW empty_stock AS SELECT article FROM stock WHERE amount = 0;
INSERT INTO movements (article, amount) VALUES ('bolt', 7), ('nut', 3);
INSERT INTO movements (article, amount) VALUES ('bolt', -2);
