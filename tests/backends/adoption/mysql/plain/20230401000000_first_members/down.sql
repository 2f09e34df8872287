DELETE FROM loans;
DELETE FROM members;
