PRAGMA foreign_keys = OFF;
CREATE INDEX jobs_state ON jobs (state);
CREATE INDEX jobs_retries ON jobs (retries);
PRAGMA foreign_keys = ON;
