SET @nothing = 0;
