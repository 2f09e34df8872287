-- nothing to set up
SELECT 1;
