VACUUM;
ALTER TABLE loans RENAME TO lendings;
UPDATE counters SET loans = loans + 1;
