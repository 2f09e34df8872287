CREATE TABLE stock (article VARCHAR(50) PRIMARY KEY, amount INT NOT NULL, `end` VARCHAR(10) DEFAULT 'a;b') COMMENT = 'what there is; it\'s counted';
CREATE TABLE movements (id INT PRIMARY KEY AUTO_INCREMENT, article VARCHAR(50) NOT NULL, amount INT NOT NULL, kind ENUM('in', 'out;'));
# keeps the stock; in one place
CREATE TRIGGER movements_kind BEFORE INSERT ON movements FOR EACH ROW
  SET NEW.kind = CASE WHEN NEW.amount > 0 THEN 'in' ELSE 'out;' END;
CREATE TRIGGER movements_book AFTER INSERT ON movements FOR EACH ROW
BEGIN
  INSERT INTO stock (article, amount) VALUES (NEW.article, 0) ON DUPLICATE KEY UPDATE amount = amount;
  IF NEW.amount <> 0 THEN
    UPDATE stock SET amount = amount + NEW.amount WHERE article = NEW.article;
  END IF;
END;

CREATE FUNCTION half(n INT) RETURNS INT DETERMINISTIC RETURN IF(n % 2 = 0, n DIV 2, n);
CREATE PROCEDURE count_down(IN n INT)
outer_block: BEGIN
  DECLARE left_over INT DEFAULT n;
  again: WHILE left_over > 0 DO
    CASE left_over WHEN 1 THEN SET left_over = 0; ELSE SET left_over = left_over - 1; END CASE;
  END WHILE again;
  REPEAT SET left_over = left_over + 1; UNTIL left_over > 3 END REPEAT;
END outer_block;
CREATE VIEW empty_stock AS SELECT article FROM stock WHERE amount = 0;
INSERT INTO movements (article, amount) VALUES ('bolt', 7), ('nut', 3);
INSERT INTO movements (article, amount) VALUES ('bolt', -2);
CALL count_down(3);
