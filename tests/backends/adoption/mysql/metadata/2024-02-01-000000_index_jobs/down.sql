DROP INDEX jobs_retries ON jobs;
DROP INDEX jobs_state ON jobs;
