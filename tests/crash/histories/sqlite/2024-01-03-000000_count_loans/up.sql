CREATE TABLE counters (name TEXT NOT NULL, loans INTEGER NOT NULL);
INSERT INTO counters SELECT 'all; of them', count(*) FROM loans;
CREATE TRIGGER loans_are_counted AFTER INSERT ON loans
BEGIN
    UPDATE counters SET loans = loans + 1;
    UPDATE books SET lent = CASE WHEN lent THEN 1 ELSE 1 END WHERE id = new.book_id;
END;
INSERT INTO loans (book_id, reader, since) SELECT id, 'nobody', '2020-02-02' FROM books;
