//! Statements of PostgreSQL.

use diesel::RunQueryDsl;
use diesel::sql_query;
use migrate_core::prelude::*;

use super::{Class, PG, body, skips, sql};

const BUMP: &[&str] = &[
    "CREATE FUNCTION bump() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (line) VALUES ('bumped'); RETURN 7; END $$",
];
const BUMPING: &[&str] = &[
    BUMP[0],
    "CREATE VIEW inner_v AS SELECT bump() AS value",
    "CREATE VIEW bumping AS SELECT value FROM inner_v",
];
const AUTO: &[&str] = &[
    "CREATE TABLE auto (id SERIAL PRIMARY KEY, n INT)",
    "INSERT INTO auto (n) VALUES (1), (2)",
    "CREATE TABLE child (auto BIGINT, n INT)",
];
const KEYED: &[&str] = &[
    "CREATE TABLE k (id INT PRIMARY KEY, n INT DEFAULT 0)",
    "INSERT INTO k VALUES (1, 1)",
];
const PAIR: &[&str] = &[
    "CREATE TABLE a (id INT)",
    "INSERT INTO a VALUES (1)",
    "CREATE TABLE b (id INT)",
    "INSERT INTO b VALUES (2), (3)",
];
const PARTED: &[&str] = &[
    "CREATE TABLE parted (id INT, n INT) PARTITION BY RANGE (id)",
    "CREATE TABLE p0 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
    "INSERT INTO parted VALUES (1, 1)",
    "CREATE TABLE loose (id INT, n INT)",
    "INSERT INTO loose VALUES (15, 15)",
];
const ENUM: &[&str] = &[
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "CREATE TABLE e (m mood)",
    "INSERT INTO e VALUES ('ok')",
];
const MATERIAL: &[&str] = &[
    "CREATE MATERIALIZED VIEW mv AS SELECT id, n FROM t",
    "CREATE UNIQUE INDEX ux_mv ON mv (id)",
];
const SEEN_VIEW: &[&str] = &["SELECT id || ' ' || n AS text FROM mv ORDER BY 1"];
const ROLES: &[&str] = &[
    "SELECT rolname || ' ' || rolcanlogin AS text FROM pg_roles WHERE rolname LIKE '{db}%' UNION ALL SELECT grantee || ' ' || table_name || ' ' || privilege_type FROM information_schema.table_privileges WHERE grantee LIKE '{db}%' ORDER BY 1",
];
const NO_ROLE: &[&str] = &["DROP OWNED BY {db}_r CASCADE", "DROP ROLE {db}_r"];
const FULL: &[&str] = &[
    "CREATE TABLE f (id INT PRIMARY KEY, c INT, d INT, word TEXT)",
    "INSERT INTO f VALUES (1, 5, 6, 'x'), (2, 7, 8, 'y')",
    "CREATE INDEX ix_c ON f (c)",
];

pub(super) fn classes() -> Vec<Class> {
    let mut all = rows();
    all.extend(sessions());
    all.extend(schemas());
    all.extend(in_rust());
    all
}

fn rows() -> Vec<Class> {
    vec![
        sql("postgres: insert on conflict", PG, KEYED, &["INSERT INTO k VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = k.n + 1"]),
        sql("postgres: with … insert", PG, &[], &["WITH x AS (INSERT INTO log (line) VALUES ('w') RETURNING line) INSERT INTO log (line) SELECT line || '2' FROM x"]),
        sql("postgres: with … insert in a select", PG, &[], &["WITH x AS (UPDATE t SET n = n + 1 RETURNING n) SELECT count(*) FROM x"]),
        sql("postgres: merge", PG, KEYED, &["MERGE INTO k USING t ON k.id = t.id WHEN MATCHED THEN UPDATE SET n = k.n + 1 WHEN NOT MATCHED THEN INSERT VALUES (t.id, 0)"]),
        sql("postgres: returning", PG, &[], &["INSERT INTO log (line) VALUES ('r') RETURNING line"]),
        sql("postgres: select of a writing function", PG, BUMP, &["SELECT bump()"]),
        sql("postgres: select of a view of a writing function", PG, BUMPING, &["SELECT value FROM bumping"]),
        sql("postgres: a writing function in from", PG, BUMP, &["SELECT * FROM bump()"]),
        sql("postgres: a writing function in values", PG, BUMP, &["VALUES (bump())"]),
        sql("postgres: a writing function behind a common table", PG, BUMP, &["WITH x AS (SELECT bump() AS n) SELECT n FROM x"]),
        sql("postgres: a writing function with a schema", PG, BUMP, &["SELECT public.bump()"]),
        sql("postgres: explain analyze update", PG, &[], &["EXPLAIN ANALYZE UPDATE t SET n = n + 1"]),
        sql("postgres: explain (analyze) update", PG, &[], &["EXPLAIN (COSTS OFF, ANALYZE) UPDATE t SET n = n + 1"]),
        sql("postgres: explain analyze of a writing function", PG, BUMP, &["EXPLAIN ANALYZE SELECT bump()"]),
        sql("postgres: explain update", PG, &[], &["EXPLAIN UPDATE t SET n = n + 1"]),
        sql("postgres: prepare and execute", PG, &[], &["PREPARE s AS UPDATE t SET n = n + 1", "EXECUTE s", "DEALLOCATE s"]),
        sql("postgres: explain analyze execute", PG, &[], &["PREPARE s AS UPDATE t SET n = n + 1", "EXPLAIN ANALYZE EXECUTE s", "DEALLOCATE s"]),
        sql("postgres: do", PG, &[], &["DO $$ BEGIN UPDATE t SET n = n + 1; INSERT INTO log (line) VALUES ('do'); END $$"]),
        sql("postgres: do that commits", PG, &[], &["DO $$ BEGIN UPDATE t SET n = n + 1; COMMIT; INSERT INTO log (line) VALUES ('do'); END $$"]).outside(),
        sql("postgres: call", PG, &["CREATE PROCEDURE p() LANGUAGE sql AS 'UPDATE t SET n = n + 1'"], &["CALL p()"]),
        sql("postgres: call of a procedure that commits", PG, &["CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET n = n + 1; COMMIT; INSERT INTO log (line) VALUES ('p'); END $$"], &["CALL p()"]).outside(),
        sql("postgres: truncate", PG, AUTO, &["TRUNCATE auto RESTART IDENTITY", "INSERT INTO auto (n) VALUES (9)", "UPDATE auto SET id = -n"]),
        sql("postgres: nextval and setval", PG, &["CREATE SEQUENCE s"], &["SELECT nextval('s')", "SELECT setval('s', 50)", "INSERT INTO log (line) SELECT 'far' WHERE nextval('s') > 50"]).inside(),
        sql("postgres: setval alone", PG, &["CREATE SEQUENCE s"], &["SELECT setval('s', 50)", "CREATE TABLE c1 (id INT)", "SELECT setval('s', 60)"]).seen(&["SELECT last_value::text AS text FROM s"]).outside(),
        sql("postgres: select into", PG, &[], &["SELECT * INTO c1 FROM t"]),
        sql("postgres: create table from a query", PG, &[], &["CREATE TABLE c1 AS SELECT * FROM t"]),
        sql("postgres: create table from a writing function", PG, BUMP, &["CREATE TABLE c1 AS SELECT bump()"]),
        sql("postgres: large objects", PG, &[], &["SELECT lo_create(0)"]).seen(&["SELECT count(*)::text AS text FROM pg_largeobject_metadata"]).clean(&["SELECT lo_unlink(oid) FROM pg_largeobject_metadata"]),
        sql("postgres: columns named temp, system, call, database", PG, &["CREATE TABLE r (temp INT, system INT, call INT, database INT)", "INSERT INTO r VALUES (1, 1, 1, 1)"], &["UPDATE r SET temp = temp + 1", "UPDATE r SET system = system + 1", "UPDATE r SET call = call + 1", "UPDATE r SET database = database + 1", "CREATE INDEX ix ON r (temp)"]),
    ]
}

fn sessions() -> Vec<Class> {
    vec![
        sql(
            "postgres: lastval()",
            PG,
            AUTO,
            &[
                "INSERT INTO auto (n) VALUES (9)",
                "INSERT INTO child VALUES (lastval(), 1)",
                "UPDATE child SET auto = (SELECT COUNT(*) FROM auto WHERE auto.id = child.auto AND auto.n = 9)",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "postgres: currval()",
            PG,
            AUTO,
            &[
                "INSERT INTO auto (n) VALUES (9)",
                "INSERT INTO child VALUES (currval('auto_id_seq'), 1)",
                "UPDATE child SET auto = (SELECT COUNT(*) FROM auto WHERE auto.id = child.auto AND auto.n = 9)",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "postgres: set search_path",
            PG,
            &["CREATE SCHEMA app"],
            &[
                "SET search_path = app, public",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 VALUES (1)",
                "RESET search_path",
            ],
        ),
        sql(
            "postgres: set_config for the session",
            PG,
            &["CREATE SCHEMA app"],
            &[
                "SELECT set_config('search_path', 'app, public', false)",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 VALUES (1)",
            ],
        ),
        sql(
            "postgres: pg_catalog.set_config for the session",
            PG,
            &["CREATE SCHEMA app"],
            &[
                "SELECT pg_catalog.set_config('search_path', 'app, public', false)",
                "CREATE TABLE c1 (id INT)",
            ],
        ),
        sql(
            "postgres: set_config of a setting of one's own",
            PG,
            &["CREATE TABLE w (word TEXT)"],
            &[
                "SELECT set_config('app.tenant', '7', false)",
                "INSERT INTO w VALUES (current_setting('app.tenant', true))",
            ],
        ),
        sql(
            "postgres: set of a setting of one's own",
            PG,
            &["CREATE TABLE w (word TEXT)"],
            &[
                "SET app.tenant = '7'",
                "INSERT INTO w VALUES (current_setting('app.tenant', true))",
            ],
        ),
        sql(
            "postgres: set_config for the transaction",
            PG,
            &["CREATE TABLE w (word TEXT)"],
            &[
                "SELECT set_config('app.tenant', '7', true)",
                "INSERT INTO w VALUES (current_setting('app.tenant', true))",
            ],
        ),
        sql(
            "postgres: set local",
            PG,
            &["CREATE TABLE w (word TEXT)"],
            &[
                "SET LOCAL app.tenant = '7'",
                "INSERT INTO w VALUES (current_setting('app.tenant', true))",
            ],
        ),
        sql(
            "postgres: set_config in a common table",
            PG,
            &["CREATE TABLE w (word TEXT)"],
            &[
                "WITH x AS (SELECT set_config('app.tenant', '7', false)) SELECT * FROM x",
                "INSERT INTO w VALUES (current_setting('app.tenant', true))",
            ],
        ),
        sql(
            "postgres: set_config in a do block",
            PG,
            &["CREATE TABLE w (word TEXT)"],
            &[
                "DO $$ BEGIN PERFORM set_config('app.tenant', '7', false); END $$",
                "INSERT INTO w VALUES (current_setting('app.tenant', true))",
            ],
        ),
        sql(
            "postgres: set role",
            PG,
            &[
                "CREATE ROLE {db}_r",
                "GRANT ALL ON SCHEMA public TO {db}_r",
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO {db}_r",
            ],
            &["SET ROLE {db}_r", "CREATE TABLE c1 (id INT)", "RESET ROLE"],
        )
        .seen(&[
            "SELECT tablename || ' ' || tableowner AS text FROM pg_tables WHERE tablename = 'c1'",
        ])
        .clean(NO_ROLE),
        sql(
            "postgres: time zone",
            PG,
            &["CREATE TABLE w (at TIMESTAMPTZ)"],
            &[
                "SET TIME ZONE 'Asia/Tokyo'",
                "INSERT INTO w VALUES ('2020-01-01 00:00:00')",
            ],
        ),
        sql(
            "postgres: temporary table",
            PG,
            &[],
            &[
                "CREATE TEMP TABLE tmp (id INT)",
                "INSERT INTO tmp SELECT n FROM t",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT id FROM tmp",
                "DROP TABLE tmp",
            ],
        ),
        sql(
            "postgres: temporary table from a query",
            PG,
            &[],
            &[
                "CREATE TEMPORARY TABLE tmp AS SELECT n FROM t",
                "UPDATE t SET n = 0",
                "INSERT INTO log (line) SELECT n FROM tmp",
            ],
        ),
        sql(
            "postgres: temporary table that goes at commit",
            PG,
            &[],
            &[
                "CREATE TEMP TABLE tmp (id INT) ON COMMIT DROP",
                "INSERT INTO tmp SELECT n FROM t",
                "INSERT INTO log (line) SELECT id FROM tmp",
            ],
        )
        .inside(),
        sql(
            "postgres: select into a temporary table",
            PG,
            &[],
            &[
                "SELECT n INTO TEMP tmp FROM t",
                "UPDATE t SET n = 0",
                "INSERT INTO log (line) SELECT n FROM tmp",
            ],
        ),
        sql(
            "postgres: a table in pg_temp",
            PG,
            &[],
            &[
                "CREATE TABLE pg_temp.tmp (id INT)",
                "INSERT INTO tmp SELECT n FROM t",
                "INSERT INTO log (line) SELECT id FROM tmp",
            ],
        ),
        sql(
            "postgres: temporary function",
            PG,
            &[],
            &[
                "CREATE FUNCTION pg_temp.f() RETURNS INT LANGUAGE sql AS 'SELECT 5'",
                "UPDATE t SET n = n + pg_temp.f()",
            ],
        ),
        sql(
            "postgres: temporary view and sequence",
            PG,
            &[],
            &[
                "CREATE TEMP VIEW w AS SELECT n FROM t",
                "CREATE TEMP SEQUENCE s START 40",
                "INSERT INTO log (line) SELECT n + nextval('s') * 0 FROM w",
            ],
        ),
        sql(
            "postgres: a cursor",
            PG,
            &[],
            &[
                "DECLARE c CURSOR WITH HOLD FOR SELECT n FROM t",
                "FETCH 1 FROM c",
                "MOVE 1 FROM c",
                "CLOSE c",
            ],
        ),
        sql(
            "postgres: advisory lock",
            PG,
            &[],
            &[
                "SELECT pg_advisory_lock(77)",
                "UPDATE t SET n = n + 1",
                "SELECT pg_advisory_unlock(77)",
            ],
        ),
        sql(
            "postgres: listen and notify",
            PG,
            &[],
            &[
                "LISTEN x",
                "NOTIFY x",
                "UNLISTEN x",
                "UPDATE t SET n = n + 1",
            ],
        ),
        sql(
            "postgres: lock table",
            PG,
            &[],
            &[
                "LOCK TABLE t IN ACCESS EXCLUSIVE MODE",
                "UPDATE t SET n = n + 1",
            ],
        )
        .inside(),
        sql(
            "postgres: savepoints",
            PG,
            &[],
            &[
                "SAVEPOINT a",
                "UPDATE t SET n = n + 1",
                "ROLLBACK TO SAVEPOINT a",
                "RELEASE SAVEPOINT a",
            ],
        )
        .inside(),
        sql(
            "postgres: a transaction of its own",
            PG,
            &[],
            &[
                "BEGIN",
                "UPDATE t SET n = n + 1",
                "INSERT INTO log (line) VALUES ('own')",
                "COMMIT",
            ],
        ),
        sql(
            "postgres: a transaction of its own, rolled back",
            PG,
            &[],
            &[
                "BEGIN",
                "UPDATE t SET n = n + 1",
                "INSERT INTO log (line) VALUES ('own')",
                "ROLLBACK",
            ],
        ),
        sql(
            "postgres: a transaction of its own with set local",
            PG,
            &["CREATE TABLE w (word TEXT)"],
            &[
                "BEGIN",
                "SET LOCAL app.tenant = '7'",
                "INSERT INTO w VALUES (current_setting('app.tenant', true))",
                "COMMIT",
            ],
        ),
        sql(
            "postgres: commit in the middle",
            PG,
            &[],
            &[
                "UPDATE t SET n = n + 1",
                "COMMIT",
                "BEGIN",
                "UPDATE t SET n = n + 1",
            ],
        ),
        sql(
            "postgres: deferred constraints",
            PG,
            &[
                "CREATE TABLE parent (id INT PRIMARY KEY)",
                "CREATE TABLE kid (id INT REFERENCES parent DEFERRABLE)",
            ],
            &[
                "SET CONSTRAINTS ALL DEFERRED",
                "INSERT INTO kid VALUES (1)",
                "INSERT INTO parent VALUES (1)",
            ],
        )
        .inside(),
        sql(
            "postgres: session_replication_role",
            PG,
            &[
                "CREATE FUNCTION along() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.line = NEW.line || '!'; RETURN NEW; END $$",
                "CREATE TRIGGER along BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION along()",
            ],
            &[
                "SET session_replication_role = replica",
                "INSERT INTO log (line) VALUES ('quiet')",
                "SET session_replication_role = DEFAULT",
            ],
        ),
        sql(
            "postgres: discard all",
            PG,
            &[],
            &["DISCARD TEMP", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "postgres: one text that cannot be cut",
            PG,
            &[],
            &[
                "SET lock_timeout = '5s'; UPDATE t SET n = n + 1; CREATE OR REPLACE FUNCTION rr() RETURNS text LANGUAGE sql RETURN repeat('x', 3)",
            ],
        ),
        sql(
            "postgres: one text with an atomic body",
            PG,
            &[],
            &[
                "DROP FUNCTION IF EXISTS rr; UPDATE t SET n = n + 1; CREATE FUNCTION rr() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
            ],
        ),
        sql(
            "postgres: one text of two statements",
            PG,
            &[],
            &["UPDATE t SET n = n + 1; INSERT INTO log (line) VALUES ('two')"],
        ),
        sql(
            "postgres: one text with a concurrent index",
            PG,
            &[],
            &[
                "UPDATE t SET n = n + 1",
                "CREATE INDEX CONCURRENTLY ix ON t (n)",
                "UPDATE t SET n = n + 1",
            ],
        )
        .outside(),
    ]
}

fn schemas() -> Vec<Class> {
    vec![
        sql(
            "postgres: create index concurrently",
            PG,
            &[],
            &["CREATE INDEX CONCURRENTLY ix ON t (n)"],
        )
        .outside(),
        sql(
            "postgres: create index concurrently on temp",
            PG,
            &["CREATE TABLE r (temp INT)"],
            &["CREATE INDEX CONCURRENTLY ix ON r (temp)"],
        )
        .outside(),
        sql(
            "postgres: create index concurrently if not exists",
            PG,
            &[],
            &["CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (n)"],
        )
        .outside(),
        sql(
            "postgres: an index without a name",
            PG,
            &[],
            &["CREATE INDEX CONCURRENTLY ON t (n)"],
        )
        .outside(),
        sql(
            "postgres: drop index concurrently",
            PG,
            FULL,
            &["DROP INDEX CONCURRENTLY ix_c"],
        )
        .outside(),
        sql(
            "postgres: drop and create an index concurrently",
            PG,
            FULL,
            &[
                "DROP INDEX CONCURRENTLY ix_c",
                "CREATE INDEX CONCURRENTLY ix_c ON f (d)",
            ],
        )
        .outside(),
        sql(
            "postgres: reindex concurrently",
            PG,
            FULL,
            &["REINDEX INDEX CONCURRENTLY ix_c", "UPDATE f SET c = c + 1"],
        )
        .outside(),
        sql(
            "postgres: reindex",
            PG,
            FULL,
            &["REINDEX TABLE f", "UPDATE f SET c = c + 1"],
        ),
        sql(
            "postgres: vacuum",
            PG,
            &[],
            &["VACUUM t", "UPDATE t SET n = n + 1"],
        )
        .outside(),
        sql(
            "postgres: vacuum analyze",
            PG,
            &[],
            &["VACUUM (ANALYZE) t", "UPDATE t SET n = n + 1"],
        )
        .outside(),
        sql(
            "postgres: analyze",
            PG,
            &[],
            &["ANALYZE t", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "postgres: cluster",
            PG,
            FULL,
            &["CLUSTER f USING ix_c", "UPDATE f SET c = c + 1"],
        ),
        sql(
            "postgres: refresh",
            PG,
            MATERIAL,
            &["REFRESH MATERIALIZED VIEW mv", "UPDATE t SET n = n + 1"],
        )
        .seen(SEEN_VIEW),
        sql(
            "postgres: refresh concurrently",
            PG,
            MATERIAL,
            &[
                "REFRESH MATERIALIZED VIEW CONCURRENTLY mv",
                "UPDATE t SET n = n + 1",
            ],
        )
        .seen(SEEN_VIEW),
        sql(
            "postgres: add a value to a type",
            PG,
            ENUM,
            &["ALTER TYPE mood ADD VALUE 'happy'"],
        ),
        sql(
            "postgres: add a value and use it",
            PG,
            ENUM,
            &[
                "ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok'",
                "INSERT INTO e VALUES ('happy')",
            ],
        )
        .outside(),
        sql(
            "postgres: rename a value",
            PG,
            ENUM,
            &["ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'"],
        ),
        sql(
            "postgres: create a type twice",
            PG,
            &[],
            &[
                "DO $$ BEGIN CREATE TYPE k AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "CREATE TABLE e (k k)",
                "INSERT INTO e VALUES ('a')",
            ],
        ),
        sql(
            "postgres: renames that swap",
            PG,
            PAIR,
            &[
                "ALTER TABLE a RENAME TO swap",
                "ALTER TABLE b RENAME TO a",
                "ALTER TABLE swap RENAME TO b",
            ],
        ),
        sql(
            "postgres: drop and add of one column at once",
            PG,
            FULL,
            &["ALTER TABLE f DROP COLUMN c, ADD COLUMN c INT"],
        ),
        sql(
            "postgres: renames that swap columns",
            PG,
            FULL,
            &[
                "ALTER TABLE f RENAME c TO x",
                "ALTER TABLE f RENAME d TO c",
                "ALTER TABLE f RENAME x TO d",
            ],
        ),
        sql(
            "postgres: change a type with using",
            PG,
            FULL,
            &[
                "ALTER TABLE f ALTER COLUMN c TYPE BIGINT USING c * 10",
                "ALTER TABLE f ALTER COLUMN d SET DEFAULT 7",
            ],
        ),
        sql(
            "postgres: a default that looks like the old one",
            PG,
            &["CREATE TABLE g (word TEXT DEFAULT '1.0')"],
            &["ALTER TABLE g ALTER COLUMN word SET DEFAULT '1.00'"],
        ),
        sql("postgres: drop two tables", PG, PAIR, &["DROP TABLE a, b"]),
        sql(
            "postgres: drop and create",
            PG,
            PAIR,
            &[
                "DROP TABLE IF EXISTS a",
                "CREATE TABLE a (id INT)",
                "INSERT INTO a VALUES (9)",
            ],
        ),
        sql(
            "postgres: attach and detach",
            PG,
            PARTED,
            &[
                "ALTER TABLE parted ATTACH PARTITION loose FOR VALUES FROM (10) TO (20)",
                "ALTER TABLE parted DETACH PARTITION p0",
            ],
        ),
        sql(
            "postgres: detach concurrently",
            PG,
            PARTED,
            &[
                "ALTER TABLE parted DETACH PARTITION p0 CONCURRENTLY",
                "INSERT INTO p0 VALUES (9, 9)",
            ],
        )
        .outside(),
        sql(
            "postgres: not valid and validate",
            PG,
            FULL,
            &[
                "ALTER TABLE f ADD CONSTRAINT ck CHECK (c > 0) NOT VALID",
                "ALTER TABLE f VALIDATE CONSTRAINT ck",
            ],
        ),
        sql(
            "postgres: a function and a trigger",
            PG,
            &[],
            &[
                "CREATE FUNCTION along() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (line) VALUES ('along'); RETURN NEW; END $$",
                "CREATE TRIGGER along AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION along()",
                "UPDATE t SET n = n + 1",
            ],
        ),
        sql(
            "postgres: replace a function",
            PG,
            &["CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1'"],
            &[
                "UPDATE t SET n = n + f()",
                "CREATE OR REPLACE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 100'",
                "UPDATE t SET n = n + f()",
            ],
        ),
        sql(
            "postgres: a rule",
            PG,
            &[],
            &[
                "CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO log (line) VALUES ('rule')",
                "DELETE FROM t WHERE id = 1",
            ],
        ),
        sql(
            "postgres: a policy",
            PG,
            &[],
            &[
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY pol ON t USING (true)",
            ],
        )
        .seen(&["SELECT polname::text AS text FROM pg_policy"]),
        sql(
            "postgres: roles and grants",
            PG,
            &[],
            &[
                "CREATE ROLE {db}_r LOGIN PASSWORD 'Secret-1'",
                "GRANT SELECT ON t TO {db}_r",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {db}_r",
                "REVOKE SELECT ON t FROM {db}_r",
            ],
        )
        .seen(ROLES)
        .clean(NO_ROLE),
        sql(
            "postgres: comments",
            PG,
            &[],
            &["COMMENT ON TABLE t IS 'a'", "COMMENT ON COLUMN t.n IS 'b'"],
        ),
        sql(
            "postgres: a schema with its tables",
            PG,
            &[],
            &[
                "CREATE SCHEMA app CREATE TABLE c1 (id INT)",
                "INSERT INTO app.c1 VALUES (1)",
            ],
        ),
        sql(
            "postgres: a database",
            PG,
            &[],
            &["CREATE DATABASE {db}_x", "UPDATE t SET n = n + 1"],
        )
        .outside()
        .seen(&["SELECT datname::text AS text FROM pg_database WHERE datname = '{db}_x'"])
        .clean(&["DROP DATABASE {db}_x"]),
        sql(
            "postgres: alter sequence",
            PG,
            &["CREATE SEQUENCE s"],
            &[
                "ALTER SEQUENCE s RESTART 50",
                "INSERT INTO log (line) SELECT 'far' WHERE nextval('s') >= 50",
            ],
        ),
        sql(
            "postgres: statistics",
            PG,
            FULL,
            &[
                "CREATE STATISTICS st ON c, d FROM f",
                "ALTER STATISTICS st SET STATISTICS 50",
            ],
        ),
        sql(
            "postgres: alter system",
            PG,
            FULL,
            &[
                "ALTER TABLE f SET (fillfactor = 70)",
                "ALTER TABLE f SET LOGGED",
                "UPDATE f SET c = c + 1",
            ],
        ),
    ]
}

fn in_rust() -> Vec<Class> {
    vec![
        body(
            "postgres block: a writing function, its values",
            PG,
            BUMP,
            |op| {
                let _: Vec<Value> = read_connection!(op, |connection| match skips() {
                    true => Ok(Vec::new()),
                    false => sql_query("SELECT bump() AS value").load(connection),
                })?;
                Ok(())
            },
        ),
        body(
            "postgres block: a writing function in values",
            PG,
            BUMP,
            |op| {
                let _: Vec<Value> = read_connection!(op, |connection| match skips() {
                    true => Ok(Vec::new()),
                    false => sql_query("VALUES (bump())")
                        .execute(connection)
                        .and_then(|_| { sql_query("SELECT 1::bigint AS value").load(connection) }),
                })?;
                Ok(())
            },
        ),
        body(
            "postgres block: a view of a writing function, its values",
            PG,
            BUMPING,
            |op| {
                let _: Vec<Value> = read_connection!(op, |connection| match skips() {
                    true => Ok(Vec::new()),
                    false => sql_query("SELECT value FROM bumping").load(connection),
                })?;
                Ok(())
            },
        ),
        body("postgres block: explain analyze, its rows", PG, &[], |op| {
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => sql_query("EXPLAIN ANALYZE UPDATE t SET n = n + 1").execute(connection),
            })?;
            Ok(())
        }),
    ]
}

/// The result of a query.
#[derive(diesel::QueryableByName)]
struct Value {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    #[expect(dead_code, reason = "only read")]
    value: i64,
}
