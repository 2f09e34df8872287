CREATE TABLE `User` (id INTEGER PRIMARY KEY, `Name` TEXT, `a b` TEXT, `type` TEXT, `table` TEXT, `quo"te` TEXT, `größe` TEXT, `2nd` INT, `__x` ENUM('a'));
CREATE TABLE `type` (id INTEGER PRIMARY KEY, `type` INTEGER, FOREIGN KEY (`type`) REFERENCES `User`(id));
CREATE TABLE `a-b` (id INTEGER PRIMARY KEY, `fn` INTEGER, FOREIGN KEY (`fn`) REFERENCES `type`(id));
CREATE VIEW looks AS SELECT 1 AS one;
