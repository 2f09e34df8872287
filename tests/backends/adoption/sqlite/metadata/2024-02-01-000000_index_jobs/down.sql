DROP INDEX jobs_retries;
DROP INDEX jobs_state;
