//! What must not be repeated without asking: a text that cannot be split for certain, and
//! statements that look harmless by their first words. A run that failed or was interrupted ends as
//! an undisturbed one, or stops and asks.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use migrate_core::engine::backend::{BackendKind, Session};
use migrate_core::migrator::{Abandon, Event};
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{Error, History, Migrator, Revision, read_connection};

use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, irreversible};

/// A revision with this text.
fn of_text(id: &'static str, parents: &'static [&'static str], sql: &str) -> Revision {
    Revision::new(
        id,
        parents,
        "A text.",
        "migrations/a/up.sql",
        1,
        Body::sql(sql.to_owned().leak()),
        Downgrade::Irreversible,
    )
}

/// A revision with a transaction and without one.
fn both(revision: &Revision) -> [Revision; 2] {
    [*revision, revision.without_transaction()]
}

/// A text for this database whose statement ends are uncertain, and which begins with a repeatable
/// statement.
fn uncertain(kind: BackendKind) -> &'static [&'static str] {
    match kind {
        BackendKind::Postgres => &[
            "SET lock_timeout = '5s'; CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             CREATE OR REPLACE FUNCTION reps() RETURNS text RETURN repeat('x', 3);",
        ],
        BackendKind::Mysql | BackendKind::Mariadb => &[
            "SET NAMES utf8mb4; CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             DROP TRIGGER IF EXISTS fill;
             CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 0; END IF;",
            "CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             DROP TRIGGER IF EXISTS fill;
             CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 0; END IF;",
            "DROP FUNCTION IF EXISTS reps; CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             CREATE FUNCTION reps() RETURNS TEXT DETERMINISTIC RETURN REPEAT('x', 3);",
        ],
        _ => &[],
    }
}

fn an_unsplit_text_is_not_repeated_after_a_failure<B: TestBackend>() {
    for start in uncertain(B::KIND) {
        for transaction in [true, false] {
            if transaction && B::KIND == BackendKind::Postgres {
                continue; // all of it is undone
            }
            let place = B::place();
            let mut session = B::session(&place);
            let text = |sql: &str| {
                let [inside, outside] = both(&of_text("a", &[], sql));
                history(vec![if transaction { inside } else { outside }])
            };
            let broken = text(&format!("{start} INSERT INTO nowhere VALUES (1);"));
            for _ in 0..3 {
                let error = Migrator::new(&broken)
                    .upgrade(session.as_mut(), "head")
                    .unwrap_err();
                let Error::Revision(failure) = &error else {
                    continue; // it asks
                };
                assert!(
                    !failure.undone || !failure.kept.is_empty(),
                    "{start}: {error}"
                );
            }
            let fixed = text(start);
            let again = Migrator::new(&fixed).upgrade(session.as_mut(), "head");
            let rows = match B::tables(session.as_mut()) {
                0 => Vec::new(), // PostgreSQL runs such a text whole or not at all
                _ => B::of_rows(session.as_mut(), "n", "counters"),
            };
            assert!(rows.len() < 2, "{start}: {rows:?}, {again:?}");
            assert!(again.is_err() || rows == ["1"], "{start}: {rows:?}");
        }
    }
}

/// A way to run a history to its end.
fn up(history: &History, session: &mut dyn Session) -> Result<(), Error> {
    Migrator::new(history).upgrade(session, "head").map(drop)
}

/// Runs a history, and leaves it at a boundary as if the process had died. Returns whether it came
/// that far.
fn cut(history: &History, session: &mut dyn Session, at: usize) -> bool {
    let seen = Cell::new(0);
    let migrator = Migrator::new(history).on_event(|event| {
        if let Event::Failpoint { .. } = event {
            seen.set(seen.get() + 1);
            if seen.get() == at {
                resume_unwind(Box::new(Abandon));
            }
        }
    });
    let ran = catch_unwind(AssertUnwindSafe(|| migrator.upgrade(session, "head")));
    match ran {
        Ok(report) => {
            report.unwrap();
            false
        }
        Err(_) => true,
    }
}

/// The setup of every case: a table of one row, and on a server a function that changes it.
fn start(kind: BackendKind) -> Revision {
    let table = "CREATE TABLE t (n INT); INSERT INTO t VALUES (1);";
    let function = match kind {
        BackendKind::Postgres => {
            "CREATE FUNCTION bump() RETURNS int LANGUAGE sql AS 'UPDATE t SET n = n + 1 RETURNING n';"
        }
        BackendKind::Mysql | BackendKind::Mariadb => {
            "CREATE FUNCTION bump() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN UPDATE t SET n = n + 1; RETURN 1; END;"
        }
        _ => "",
    };
    let views = match function.is_empty() {
        true => "",
        false => {
            "CREATE VIEW bumping AS SELECT bump() AS n; CREATE VIEW \"over It\" AS SELECT n FROM bumping;
             CREATE VIEW plain AS SELECT CAST(max(n) + 1 AS CHAR(9)) AS word, count(*) - 1 AS n FROM t WHERE coalesce(n, 0) > 0;
             CREATE VIEW over_plain AS SELECT a.n FROM plain a JOIN plain b ON a.n = b.n;"
        }
    };
    let views = match kind {
        BackendKind::Postgres => views.replace("bump()", "bump()::bigint"),
        _ => views.replace('"', "`"),
    };
    of_text("a", &[], &format!("{table}{function}{views}"))
}

/// Interrupts a revision at its boundaries and runs it again: each time the rows of a table are
/// those of an undisturbed run, or it asks. Returns how often it was equal and how often it asked.
#[track_caller]
fn nothing_is_silent<B: TestBackend>(revision: &Revision, table: &str) -> (usize, usize) {
    let base = history(vec![start(B::KIND)]);
    let whole = history(vec![start(B::KIND), *revision]);
    let rows = |place: &B::Place| B::of_rows(B::session(place).as_mut(), "n", table);
    let undisturbed = B::place();
    up(&whole, B::session(&undisturbed).as_mut()).unwrap();
    let expected = rows(&undisturbed);
    let (mut equal, mut asked) = (0, 0);
    // `crash traps` does it at each of them
    let stride = if B::KIND == BackendKind::Sqlite { 1 } else { 3 };
    for at in (1..).step_by(stride) {
        let place = B::place();
        up(&base, B::session(&place).as_mut()).unwrap();
        if !cut(&whole, B::session(&place).as_mut(), at) {
            break;
        }
        match up(&whole, B::session(&place).as_mut()) {
            Ok(()) => {
                assert_eq!(rows(&place), expected, "cut at {at}");
                equal += 1;
            }
            Err(error) => {
                let help = error.help().unwrap_or_default().typed("cargo migrate");
                assert!(
                    help.contains("cargo migrate resolve"),
                    "cut at {at}: {error}"
                );
                asked += 1;
            }
        }
    }
    assert!(equal > 0, "it asked {asked} times");
    (equal, asked)
}

/// Statements that change rows and begin like something harmless.
fn harmless_looking(kind: BackendKind) -> &'static [&'static str] {
    match kind {
        BackendKind::Postgres => &[
            "EXPLAIN ANALYZE UPDATE t SET n = n + 1",
            "EXPLAIN (COSTS off, ANALYZE) SELECT bump()",
            "SELECT bump()",
            "WITH a AS (UPDATE t SET n = n + 1 RETURNING n) SELECT * FROM a",
        ],
        BackendKind::Mysql => &[
            "SET @a = bump()",
            "SELECT bump()",
            "EXPLAIN ANALYZE SELECT bump()",
        ],
        BackendKind::Mariadb => &[
            "SET @a = bump()",
            "SET STATEMENT max_statement_time = 100 FOR UPDATE t SET n = n + 1",
            "ANALYZE UPDATE t SET n = n + 1",
            "ANALYZE FORMAT=JSON INSERT INTO t VALUES (5)",
        ],
        _ => &["WITH a AS (SELECT 1) UPDATE t SET n = n + 1"],
    }
}

fn harmless_looking_statements_are_not_repeated<B: TestBackend>() {
    for statement in harmless_looking(B::KIND) {
        let text = format!(
            "{statement}; CREATE TABLE after1 (a INT); UPDATE t SET n = n + 10; CREATE TABLE after2 (a INT);"
        );
        for revision in both(&of_text("b", &["a"], &text)) {
            let (equal, asked) = nothing_is_silent::<B>(&revision, "t");
            assert!(asked <= equal, "{statement}: {asked} of {equal} asked");
        }
    }
}

/// Two queries that write, the second without a word about it, and two that do not.
const QUERIES: [&str; 4] = [
    "SELECT bump() AS n",
    "SELECT n FROM QUOTEDover ItQUOTED",
    "SELECT CAST(n AS SIGNED) AS n FROM over_plain",
    "SELECT CAST(n AS SIGNED) AS n FROM t",
];

/// A block whose statement is a query, and whose value the journal does not record.
fn of_query<const QUERY: usize>() -> Revision {
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    irreversible("b", &["a"], |op| {
        op.execute("CREATE TABLE before1 (a INT)")?;
        let query = match op.backend() {
            BackendKind::Postgres => QUERIES[QUERY]
                .replace("QUOTED", "\"")
                .replace("SIGNED", "BIGINT")
                .replace("bump()", "bump()::bigint"),
            _ => QUERIES[QUERY]
                .replace("QUOTED", "`")
                .replace("Bumping", "bumping"),
        };
        read_connection!(op, |connection| diesel::RunQueryDsl::load::<Found>(
            diesel::sql_query(query),
            connection
        )
        .map(|found| found.into_iter().map(|found| found.n).collect::<Vec<_>>()))?;
        op.execute("CREATE TABLE after1 (a INT)")?;
        op.execute("CREATE TABLE after2 (a INT)")
    })
}

fn a_query_that_writes_is_not_repeated<B: TestBackend>() {
    if B::KIND == BackendKind::Sqlite {
        return; // it has no functions that write
    }
    for revision in [of_query::<0>(), of_query::<1>()] {
        for revision in both(&revision) {
            nothing_is_silent::<B>(&revision, "t");
        }
    }
    let asked = |revision: Revision| nothing_is_silent::<B>(&revision.without_transaction(), "t").1;
    assert_eq!(asked(of_query::<2>()), asked(of_query::<3>()));
}

/// A table, a column and an index named like the keyword for temporary objects.
fn a_table_of_that_name_is_not_temporary<B: TestBackend>() {
    let text = "DROP TABLE IF EXISTS temp; CREATE TABLE temp (n INT, temporary INT); CREATE INDEX ix ON temp (temporary);
        INSERT INTO temp VALUES (1, 2); CREATE TABLE after1 (temp INT); UPDATE temp SET n = n + 1; CREATE TABLE after2 (a INT);";
    for revision in both(&of_text("b", &["a"], text)) {
        let (_, asked) = nothing_is_silent::<B>(&revision, "temp");
        assert_eq!(asked, 0);
    }
}

fn an_unsplit_text_is_not_repeated_after_a_kill<B: TestBackend>() {
    for start in uncertain(B::KIND) {
        let text = format!("{start} UPDATE counters SET n = n + 1; CREATE TABLE after1 (a INT);");
        for revision in both(&of_text("b", &["a"], &text)) {
            nothing_is_silent::<B>(&revision, "counters");
        }
    }
}

/// Columns named like statements.
fn column_names_cause_no_question<B: TestBackend>() {
    let quoted = |name: &str| match B::KIND {
        BackendKind::Mysql | BackendKind::Mariadb => format!("`{name}`"),
        _ => format!("\"{name}\""),
    };
    let names: Vec<String> = ["database", "savepoint", "vacuum", "attach", "begin"]
        .iter()
        .map(|name| quoted(name))
        .collect();
    let columns = names.join(" INT, ");
    let plain = match B::KIND {
        BackendKind::Mysql | BackendKind::Mariadb => &names[0],
        _ => "database",
    };
    let text = format!(
        "CREATE TABLE odd (n INT, {columns} INT); INSERT INTO odd (n, {plain}) VALUES (1, 2); UPDATE odd SET n = n + {plain};
         CREATE TABLE after1 (a INT); DELETE FROM odd WHERE {} > 5; CREATE TABLE after2 (a INT);",
        names[1]
    );
    for revision in both(&of_text("b", &["a"], &text)) {
        let (_, asked) = nothing_is_silent::<B>(&revision, "odd");
        assert_eq!(asked, 0);
    }
}

/// Statements that leave something on the connection which those after them use; whether a run that
/// resumes can restore it.
fn leaving(kind: BackendKind) -> &'static [(&'static str, bool)] {
    match kind {
        BackendKind::Postgres => &[
            (
                "SELECT set_config('search_path', 'app, public', false); CREATE TABLE made (n INT); CREATE TABLE more (n INT);
                 INSERT INTO app.made VALUES (1); UPDATE t SET n = n + (SELECT n FROM made);",
                true,
            ),
            (
                "CREATE TEMP TABLE tmp (a INT); INSERT INTO tmp VALUES (5); CREATE TABLE after1 (a INT);
                 UPDATE t SET n = n + (SELECT sum(a) FROM tmp); CREATE TABLE after2 (a INT);",
                false,
            ),
            (
                "SELECT set_config('app.by', n::text, false) FROM t; UPDATE t SET n = 7; CREATE TABLE after1 (a INT);
                 UPDATE t SET n = n + current_setting('app.by')::int; CREATE TABLE after2 (a INT);",
                false,
            ),
        ],
        BackendKind::Mysql | BackendKind::Mariadb => &[
            (
                "/*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */; CREATE TABLE after1 (a INT);
                 UPDATE t SET n = n + 10 * @@foreign_key_checks + @OLD; CREATE TABLE after2 (a INT);
                 /*!40014 SET FOREIGN_KEY_CHECKS=@OLD */; UPDATE t SET n = n + 100 * @@foreign_key_checks;",
                true,
            ),
            (
                "SELECT n INTO @x FROM t; ALTER TABLE t ADD c INT; UPDATE t SET n = n + @x; CREATE TABLE after1 (a INT);",
                false,
            ),
            (
                "SET @pos = 0; UPDATE t SET n = (@pos := @pos + 5); ALTER TABLE t ADD c INT; UPDATE t SET n = n + @pos;
                 CREATE TABLE after1 (a INT);",
                false,
            ),
            (
                "SET @sql = (SELECT IF(n = 1, 'UPDATE t SET n = n + 4', 'UPDATE t SET n = n + 40') FROM t); UPDATE t SET n = 2;
                 CREATE TABLE after1 (a INT); PREPARE s FROM @sql; EXECUTE s; DEALLOCATE PREPARE s; CREATE TABLE after2 (a INT);",
                false,
            ),
            (
                "CREATE TEMPORARY TABLE tmp (a INT); INSERT INTO tmp VALUES (5); CREATE TABLE after1 (a INT);
                 UPDATE t SET n = n + (SELECT SUM(a) FROM tmp); CREATE TABLE after2 (a INT);",
                false,
            ),
        ],
        _ => &[(
            "CREATE TEMP TABLE tmp (a INT); INSERT INTO tmp VALUES (5); CREATE TABLE after1 (a INT);
             UPDATE t SET n = n + (SELECT SUM(a) FROM tmp); CREATE TABLE after2 (a INT);",
            false,
        )],
    }
}

fn lost_session_state_is_restored_or_reported<B: TestBackend>() {
    for (text, restorable) in leaving(B::KIND) {
        let text = match B::KIND {
            BackendKind::Postgres => format!("CREATE SCHEMA IF NOT EXISTS app; {text}"),
            _ => (*text).to_owned(),
        };
        for revision in both(&of_text("b", &["a"], &text)) {
            let (_, asked) = nothing_is_silent::<B>(&revision, "t");
            assert!(asked == 0 || !restorable, "{text}");
        }
    }
}

/// The journal generates numbers of its own.
fn a_number_replaced_by_the_journal_is_not_used<B: TestBackend>() {
    let last = match B::KIND {
        BackendKind::Sqlite => "last_insert_rowid()",
        BackendKind::Postgres => "lastval()",
        _ => "LAST_INSERT_ID()",
    };
    let place = B::place();
    let mut session = B::session(&place);
    let id = match B::KIND {
        BackendKind::Sqlite => "INTEGER PRIMARY KEY",
        BackendKind::Postgres => "SERIAL PRIMARY KEY",
        _ => "INT AUTO_INCREMENT PRIMARY KEY",
    };
    let text = |between: &str| {
        format!(
            "CREATE TABLE ids (id {id}, n INT); INSERT INTO ids (n) VALUES (1), (2); {between} INSERT INTO t (n) SELECT {last};"
        )
    };
    let revisions = |text: &str| {
        let [inside, outside] = both(&of_text("b", &["a"], text));
        let transactional = matches!(B::KIND, BackendKind::Sqlite | BackendKind::Postgres);
        history(vec![
            start(B::KIND),
            if transactional { outside } else { inside },
        ])
    };
    let error = up(
        &revisions(&text("CREATE TABLE after1 (a INT);")),
        session.as_mut(),
    )
    .unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("`: it uses the number that the last INSERT gave") && !said.contains("``"),
        "{said}"
    );
    let Error::Revision(failure) = &error else {
        panic!("{error}")
    };
    let help = failure.help().unwrap_or_default().typed("cargo migrate");
    assert!(
        help.starts_with("find the row by a query, or write a revision in Rust, "),
        "{help}"
    );
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["1"]);
}

on_each_backend! {
    lost_session_state_is_restored_or_reported
    a_number_replaced_by_the_journal_is_not_used
    harmless_looking_statements_are_not_repeated
    a_query_that_writes_is_not_repeated
    a_table_of_that_name_is_not_temporary
    an_unsplit_text_is_not_repeated_after_a_kill
    column_names_cause_no_question
    an_unsplit_text_is_not_repeated_after_a_failure
}
