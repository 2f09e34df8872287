ALTER TABLE members ADD COLUMN phone VARCHAR(20);
UPDATE members SET phone = '' WHERE phone IS NULL;
