-- only a remark, which diesel runs as it is
SET @nothing = 1;
