CREATE TYPE kind AS ENUM ('in', 'out;');
CREATE TABLE stock (article TEXT PRIMARY KEY, amount INTEGER NOT NULL CHECK (amount >= 0));
CREATE TABLE movements (id SERIAL PRIMARY KEY, article TEXT NOT NULL, amount INTEGER NOT NULL, kind kind);

/* keeps the stock; /* in one */ place */
CREATE FUNCTION book() RETURNS trigger LANGUAGE plpgsql AS $book$
BEGIN
  NEW.kind := CASE WHEN NEW.amount > 0 THEN 'in' ELSE 'out;' END;
  INSERT INTO stock (article, amount) VALUES (NEW.article, NEW.amount)
    ON CONFLICT (article) DO UPDATE SET amount = stock.amount + EXCLUDED.amount;
  EXECUTE $$SELECT 1;$$;
  RETURN NEW;
END;
$book$;
CREATE TRIGGER movements_book BEFORE INSERT ON movements FOR EACH ROW EXECUTE FUNCTION book();

CREATE FUNCTION half(n INTEGER) RETURNS INTEGER LANGUAGE SQL IMMUTABLE
BEGIN ATOMIC
  SELECT 1;
  SELECT CASE WHEN n % 2 = 0 THEN n / 2 ELSE n END;
END;

CREATE RULE no_delete AS ON DELETE TO movements DO INSTEAD (SELECT 1; SELECT 2);
CREATE VIEW empty_stock AS SELECT article FROM stock WHERE amount = 0;
COMMENT ON TABLE stock IS E'what there is;\nit\'s counted';
DO $$ BEGIN IF half(4) <> 2 THEN RAISE EXCEPTION 'no; half'; END IF; END $$;
INSERT INTO movements (article, amount) VALUES ('bolt', 7), ('nut', 3);
INSERT INTO movements (article, amount) VALUES ('bolt', 2);
