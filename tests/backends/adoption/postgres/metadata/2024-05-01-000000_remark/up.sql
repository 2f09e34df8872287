-- only a remark, which diesel runs as it is
SELECT 1;
