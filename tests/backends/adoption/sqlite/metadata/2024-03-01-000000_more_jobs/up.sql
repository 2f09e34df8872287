INSERT INTO jobs (state, retries) VALUES ('new', 1);
INSERT INTO jobs (state) VALUES ('done');
