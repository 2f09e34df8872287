CREATE INDEX jobs_state ON jobs (state);
CREATE INDEX jobs_retries ON jobs (retries);
