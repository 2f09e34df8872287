CREATE TABLE parents (id bigint unsigned NOT NULL AUTO_INCREMENT, code varchar(20) NOT NULL, b int NOT NULL, PRIMARY KEY (id), UNIQUE KEY uq_code (code), UNIQUE uq_pref (code(5)), UNIQUE KEY cb (code, b)) COMMENT='it''s \\ x'
//
CREATE TABLE types (
 a tinyint, b tinyint(1), c bool DEFAULT true, d smallint unsigned, e mediumint, f int(11), g int unsigned zerofill, h bigint(20),
 i decimal, j decimal(10,2) unsigned DEFAULT -0.00, k float, l float(7,3), m double, n double(7,3), o char, p char(10), q varchar(20) DEFAULT 'it''s \\ x 😀?', r text, s tinytext, t mediumtext, u longtext,
 v binary, w binary(5) DEFAULT 'ab', x varbinary(5) DEFAULT x'00ff', y blob, z tinyblob, aa mediumblob, ab longblob, ac bit, ad bit(8) DEFAULT b'101', ae date DEFAULT '2020-01-01', af time(3), ag datetime, ah datetime(6) DEFAULT current_timestamp(6) ON UPDATE now(6), ai timestamp NULL, aj year, ak json, al enum('a','it''s','x\\y') DEFAULT 'a', am set('a','b') DEFAULT 'a,b', an geometry, ao point NOT NULL,
 ap varchar(20) CHARACTER SET latin1, aq varchar(20) COLLATE utf8mb4_bin COMMENT 'c''s', ar nchar(3), `as` varchar(20) DEFAULT '', at varchar(10) DEFAULT NULL, au varchar(10) NOT NULL DEFAULT 'NULL', av double DEFAULT 1.50, aw int DEFAULT '7', ax int DEFAULT -1, ay datetime DEFAULT '2020-01-01 00:00:00', az int INVISIBLE, ba int GENERATED ALWAYS AS (f * 2) VIRTUAL, bb varchar(30) GENERATED ALWAYS AS (concat(q, 'it''s \\ x')) STORED COMMENT 'g', bc varchar(20) DEFAULT (concat('a', 'it''s \\ b')), bd text DEFAULT ('x'), be int DEFAULT (1 + 1), bf double DEFAULT 1e300, bg varchar(36) DEFAULT (uuid()), bh double DEFAULT 0
)
//
CREATE TABLE kids (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, parent_id bigint unsigned, code varchar(20) NOT NULL, b int NOT NULL, n int CHECK (n > 0), 
 CONSTRAINT fk_p FOREIGN KEY (parent_id) REFERENCES parents (id), CONSTRAINT fk_c FOREIGN KEY (code) REFERENCES parents (code) ON DELETE CASCADE ON UPDATE RESTRICT, FOREIGN KEY (code, b) REFERENCES parents (code, b) ON DELETE NO ACTION, CONSTRAINT ck_b CHECK (b > 0 AND code <> 'it''s'), CHECK (b < 100),
 FULLTEXT KEY ft (code), KEY ix_desc (b DESC, code), KEY ix_c (n) COMMENT 'index''s') ROW_FORMAT=DYNAMIC
//
CREATE TABLE odd (a int PRIMARY KEY, `b ``x` varchar(10), g point NOT NULL, SPATIAL KEY sp (g), KEY ix_h (a) USING HASH) ENGINE=MyISAM DEFAULT CHARSET=latin1 COMMENT='' MAX_ROWS=100
//
CREATE TABLE mem (a int, KEY h (a) , KEY bt (a) USING BTREE) ENGINE=MEMORY
//
CREATE TABLE part (a int NOT NULL, b date NOT NULL, PRIMARY KEY (a, b)) PARTITION BY RANGE (YEAR(b)) SUBPARTITION BY HASH (a) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (2000) COMMENT = 'old', PARTITION p1 VALUES LESS THAN MAXVALUE)
//
CREATE TABLE part2 (a int NOT NULL, b varchar(10) NOT NULL) PARTITION BY LIST COLUMNS (b) (PARTITION p0 VALUES IN ('a','it''s'), PARTITION p1 VALUES IN ('c'))
//
CREATE TABLE part3 (a int NOT NULL PRIMARY KEY) PARTITION BY KEY () PARTITIONS 4
//
CREATE TABLE part4 (a int NOT NULL PRIMARY KEY) PARTITION BY LINEAR HASH (a + 1) PARTITIONS 3
//
CREATE VIEW v1 AS SELECT id, code AS c, 'it''s' AS t FROM parents WHERE b > 1
//
CREATE SQL SECURITY INVOKER VIEW v2 (x, y) AS SELECT v1.id, kids.n FROM v1 JOIN kids ON kids.parent_id = v1.id
//
CREATE ALGORITHM=MERGE VIEW v3 AS SELECT id FROM parents WHERE b > 1 WITH CASCADED CHECK OPTION
//
CREATE TRIGGER tr BEFORE INSERT ON kids FOR EACH ROW BEGIN IF NEW.n IS NULL THEN SET NEW.n = 1; END IF; END
//
CREATE TRIGGER tr2 BEFORE INSERT ON kids FOR EACH ROW SET NEW.b = 1
//
CREATE FUNCTION fn(a int, b varchar(20)) RETURNS int DETERMINISTIC SQL SECURITY INVOKER COMMENT 'it''s' BEGIN RETURN a + 1; END
//
CREATE PROCEDURE pr(IN a int, OUT b varchar(20)) BEGIN SELECT 1; END
//
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'c' DO DELETE FROM kids
//
CREATE EVENT ev2 ON SCHEDULE AT '2035-01-01 00:00:00' DO BEGIN DELETE FROM kids; END
//
CREATE TABLE numbered (a bigint unsigned, b int, c varchar(10), UNIQUE (b), UNIQUE KEY `d` (a, b DESC), UNIQUE KEY named (c), FOREIGN KEY (a) REFERENCES parents (id) ON DELETE SET NULL, KEY p (c(4)), UNIQUE KEY whole (c(10)))
//
CREATE EVENT ev3 ON SCHEDULE EVERY '1:30' HOUR_MINUTE ENDS '2036-01-01 00:00:00' DO SELECT 1
