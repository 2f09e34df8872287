CREATE TABLE mydb (a int, b point NOT NULL SRID 4326, c varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci, KEY fx ((a + 1)), KEY fx2 ((lower(c)), a DESC), KEY iv (a) INVISIBLE, CONSTRAINT ck CHECK (a > 0) NOT ENFORCED, d json DEFAULT (json_array('it''s')), SPATIAL KEY s1 (b), UNIQUE KEY uf ((a+2)), e json, KEY mv ((CAST(e->'$.a' AS UNSIGNED ARRAY)))) AUTO_INCREMENT=5 KEY_BLOCK_SIZE=8 STATS_PERSISTENT=1
//
CREATE TABLE functional (a int, KEY ((a + 1)))
//
CREATE TABLE ck2 (a int, b varchar(10), CHECK (b in ('x', 'it''s') or a is null), CHECK (b like 'a\\%'), CHECK (b regexp '^[a]'))
//
CREATE TABLE hidden (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL INVISIBLE, c varchar(10) DEFAULT '?x' INVISIBLE COLLATE utf8mb4_bin)
//
CREATE TABLE primary_prefix (a varchar(20) NOT NULL, b int NOT NULL, PRIMARY KEY (a(5), b DESC) COMMENT 'k')
