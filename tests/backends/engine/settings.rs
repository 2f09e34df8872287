//! Each revision begins with the settings that the connection had when the run began, so that one
//! run of many revisions leaves what many runs of one leave; and a borrowed connection is given
//! back unchanged.

use diesel::connection::SimpleConnection;
use migrate_core::engine::backend::{BackendKind, Session};
use migrate_core::prelude::*;
use migrate_core::{History, Migrator, with_connection};

use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, irreversible};

/// What a revision changes, and what shows it: an expression for a row of `probe`.
type Case = (&'static str, &'static str);

fn cases(kind: BackendKind) -> &'static [Case] {
    match kind {
        BackendKind::Sqlite => &[
            (
                "PRAGMA recursive_triggers = 1",
                "(SELECT recursive_triggers FROM pragma_recursive_triggers)",
            ),
            ("PRAGMA case_sensitive_like = 1", "'a' LIKE 'A'"),
            (
                "PRAGMA foreign_keys = 0",
                "(SELECT foreign_keys FROM pragma_foreign_keys)",
            ),
            (
                "PRAGMA ignore_check_constraints = 1",
                "(SELECT ignore_check_constraints FROM pragma_ignore_check_constraints)",
            ),
            (
                "PRAGMA writable_schema = 1",
                "(SELECT writable_schema FROM pragma_writable_schema)",
            ),
            (
                "PRAGMA legacy_alter_table = 1",
                "(SELECT legacy_alter_table FROM pragma_legacy_alter_table)",
            ),
            (
                "PRAGMA secure_delete = 1",
                "(SELECT secure_delete FROM pragma_secure_delete)",
            ),
            (
                "PRAGMA busy_timeout = 17",
                "(SELECT timeout = 17 FROM pragma_busy_timeout)",
            ),
            (
                "ATTACH ':memory:' AS other",
                "(SELECT count(*) FROM pragma_database_list WHERE name = 'other')",
            ),
            (
                "CREATE TEMP TABLE shadow (a)",
                "(SELECT count(*) FROM shadow)",
            ),
            (
                "CREATE TEMP VIEW seen AS SELECT 1",
                "(SELECT count(*) FROM sqlite_temp_master)",
            ),
            (
                "CREATE TEMP TRIGGER told AFTER INSERT ON probe BEGIN INSERT INTO shadow VALUES (1); END",
                "(SELECT count(*) FROM shadow)",
            ),
        ],
        BackendKind::Postgres => &[
            (
                "SET search_path TO pg_catalog",
                "current_setting('search_path')",
            ),
            (
                "SELECT pg_catalog.set_config('search_path', '', false)",
                "current_setting('search_path')",
            ),
            ("SET ROLE pg_monitor", "current_user"),
            (
                "SET SESSION AUTHORIZATION pg_monitor",
                "session_user || current_user",
            ),
            ("SET TIME ZONE 'CET'", "current_setting('timezone')"),
            ("SET work_mem = '5MB'", "current_setting('work_mem')"),
            (
                "SET app.tenant = '7'",
                "coalesce(current_setting('app.tenant', true), '')",
            ),
            (
                "DO $$ BEGIN PERFORM set_config('work_mem', '5MB', false); END $$",
                "current_setting('work_mem')",
            ),
            (
                "SET session_replication_role = replica",
                "current_setting('session_replication_role')",
            ),
            (
                "SET default_transaction_isolation = serializable",
                "current_setting('transaction_isolation')",
            ),
            (
                "CREATE TEMP TABLE shadow (a int)",
                "(SELECT count(*) FROM shadow)",
            ),
            (
                "CREATE TEMP SEQUENCE numbers",
                "coalesce(CAST(to_regclass('pg_temp.numbers') AS text), '')",
            ),
            (
                "PREPARE p AS SELECT 1",
                "(SELECT count(*) FROM pg_prepared_statements WHERE from_sql)",
            ),
        ],
        _ => &[
            (
                "USE information_schema",
                "DATABASE() = 'information_schema'",
            ),
            ("SET sql_mode = ''", "@@sql_mode"),
            (
                "/*!40101 SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO' */",
                "@@sql_mode",
            ),
            ("SET @v = 5", "IFNULL(@v, 'none')"),
            ("SELECT 5 INTO @v", "IFNULL(@v, 'none')"),
            (
                "SET foreign_key_checks = 0, unique_checks = 0",
                "CONCAT(@@foreign_key_checks, @@unique_checks)",
            ),
            (
                "SET NAMES latin1",
                "CONCAT(@@character_set_client, @@character_set_results, @@collation_connection)",
            ),
            (
                "SET collation_connection = 'utf8mb4_bin'",
                "@@collation_connection",
            ),
            ("SET time_zone = '+05:00'", "@@time_zone"),
            (
                "SET SESSION TRANSACTION READ ONLY, ISOLATION LEVEL SERIALIZABLE",
                "@@transaction_isolation",
            ),
            ("SET group_concat_max_len = 10", "@@group_concat_max_len"),
            ("SET timestamp = 100", "UNIX_TIMESTAMP() = 100"),
            (
                "CREATE TEMPORARY TABLE shadow (a INT)",
                "(SELECT COUNT(*) FROM shadow)",
            ),
            (
                "PREPARE p FROM 'SET sql_mode = '''''; EXECUTE p",
                "@@sql_mode",
            ),
        ],
    }
}

fn change(op: &mut Operations<'_>) -> Result<()> {
    let sql = op.argument("change").unwrap_or_default().to_owned();
    match op.argument("way") {
        Some("block") => with_connection!(op, |connection| connection.batch_execute(&sql)),
        _ => op.execute(sql),
    }
}

fn probe(op: &mut Operations<'_>) -> Result<()> {
    let expression = op.argument("probe").unwrap_or_default();
    let text = match op.backend() {
        BackendKind::Sqlite | BackendKind::Postgres => "TEXT",
        _ => "CHAR",
    };
    op.execute(format!(
        "INSERT INTO probe SELECT CAST({expression} AS {text})"
    ))
}

/// A revision that sets up the cases, one that changes something, and one that checks.
fn looking(outside: bool) -> History {
    let change = irreversible("b", &["a"], change);
    history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("probe").column(column("v", VarChar(500))))?;
            op.create_table(table("shadow").column(column("a", Integer)))?;
            op.bulk_insert("shadow", ["a"], [(1,)])
        }),
        if outside {
            change.without_transaction()
        } else {
            change
        },
        irreversible("c", &["b"], probe),
    ])
}

/// What the last revision saw, after so many runs.
fn seen<B: TestBackend>(case: Case, way: &str, targets: &[&str]) -> Option<Vec<String>> {
    let history = looking(way == "outside");
    let expression = match B::KIND {
        BackendKind::Mariadb => case.1.replace("transaction_isolation", "tx_isolation"),
        _ => case.1.to_owned(),
    };
    let migrator = Migrator::new(&history)
        .argument("change", case.0)
        .argument("probe", expression)
        .argument("way", way);
    let place = B::place();
    for target in targets {
        let mut session = B::session(&place);
        match migrator.upgrade(session.as_mut(), target) {
            Ok(_) => {}
            // some settings are refused inside a transaction
            Err(_) if way != "outside" && B::KIND == BackendKind::Sqlite => return None,
            Err(error) => panic!("{case:?}, {way}: {error}"),
        }
    }
    Some(B::of_rows(B::session(&place).as_mut(), "v", "probe"))
}

fn one_run_of_many_equals_many_runs_of_one<B: TestBackend>() {
    for case in cases(B::KIND) {
        for way in ["inside", "outside", "block"] {
            if way == "block" && case.0.contains("PREPARE") {
                continue; // what the driver sends is prepared already
            }
            let apart = seen::<B>(*case, way, &["a", "b", "c"]);
            let together = seen::<B>(*case, way, &["c"]);
            assert_eq!(together, apart, "{case:?}, {way}");
            assert!(apart.is_none_or(|rows| rows.len() == 1), "{case:?}, {way}");
        }
    }
}

fn settings_of_a_borrowed_connection_count<B: TestBackend>() {
    let (set, look): (&str, &str) = match B::KIND {
        BackendKind::Sqlite => (
            "PRAGMA recursive_triggers = 1; PRAGMA case_sensitive_like = 1; CREATE TEMP TABLE mine (a)",
            "(SELECT recursive_triggers || ('a' LIKE 'A') || (SELECT count(*) FROM mine) FROM pragma_recursive_triggers)",
        ),
        BackendKind::Postgres => (
            "SET work_mem = '6MB'; SET ROLE pg_monitor; RESET ROLE; SET app.tenant = '8'; CREATE TEMP TABLE mine (a int); SET TIME ZONE 'CET'",
            "current_setting('work_mem') || current_setting('app.tenant') || current_setting('timezone') \
             || (SELECT count(*) FROM mine)",
        ),
        _ => (
            "SET @mine = 8; SET sql_mode = 'ANSI_QUOTES'; SET time_zone = '+03:00'; CREATE TEMPORARY TABLE mine (a INT)",
            "CONCAT(@mine + 1, @@sql_mode, @@time_zone, (SELECT COUNT(*) FROM mine))",
        ),
    };
    let change = match B::KIND {
        BackendKind::Sqlite => "PRAGMA recursive_triggers = 0; CREATE TEMP TABLE theirs (a)",
        BackendKind::Postgres => {
            "SET work_mem = '5MB'; SET app.tenant = '7'; SET TIME ZONE 'UTC'; CREATE TEMP TABLE theirs (a int)"
        }
        _ => {
            "SET @mine = 7, sql_mode = '', time_zone = '+01:00'; CREATE TEMPORARY TABLE theirs (a INT)"
        }
    };
    let history = looking(false);
    let place = B::place();
    let mut connection = B::connection(&place);
    connection.batch_execute(set).unwrap();
    let text = |connection: &mut B::Connection| {
        use migrate_core::engine::backend::MigrateConnection;
        let query = format!("SELECT CAST({look} AS {}) AS text", B::TEXT);
        connection.with_session(|session: &mut dyn Session| session.texts(&query).unwrap())
    };
    let before = text(&mut connection);
    Migrator::new(&history)
        .argument("change", change)
        .argument("probe", look)
        .upgrade(&mut connection, "head")
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(text(&mut connection), before);
    assert_eq!(
        B::of_rows(B::session(&place).as_mut(), "v", "probe"),
        before
    );
    let again = match B::KIND {
        BackendKind::Postgres => "CREATE TEMP TABLE theirs (a int)",
        BackendKind::Sqlite => "CREATE TEMP TABLE theirs (a)",
        _ => "CREATE TEMPORARY TABLE theirs (a INT)",
    };
    connection.batch_execute(again).unwrap();
}

on_each_backend! {
    one_run_of_many_equals_many_runs_of_one
    settings_of_a_borrowed_connection_count
}
