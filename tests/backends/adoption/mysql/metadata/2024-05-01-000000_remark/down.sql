-- nothing to undo
SET @nothing = 1;
