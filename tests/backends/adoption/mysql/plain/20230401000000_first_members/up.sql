INSERT INTO members (name, email) VALUES ('Ada; Countess', 'ada@example.com');
INSERT INTO members (name, email) VALUES ('Grace "Amazing" Hopper', 'grace@example.com'); -- the second; and last
INSERT INTO loans (member_id, title) SELECT id, 'It''s; a title' FROM members WHERE email = 'ada@example.com';
