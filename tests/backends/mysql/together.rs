//! Statements that are sent in one message with the records before them and the ends of their
//! transaction: what fails is named as when each is sent by itself, the journal is the same, and
//! what a lost connection leaves is settled by the next run.

use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::{Access, Session, connect};
use migrate_core::error::Cause;
use migrate_core::migrator::Event;
use migrate_core::prelude::*;
use migrate_core::{Error, History, Migrator, Revision};
use migrate_tests::distance::Distance;

use super::on_both;
use crate::backend::TestBackend;
use crate::batched::{around, known, of_body, of_text, of_up_to_date};
use crate::engine::applied;
use crate::engine::failures::past_the_operations;
use crate::histories::{Run, history, irreversible};

const NO_TWO: &str = "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW \
    BEGIN IF NEW.n = 2 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no two'; END IF; END";

/// A trigger on the journal that refuses one kind of row.
const NO_INTENT: &str = "CREATE TRIGGER g BEFORE INSERT ON __migrate_journal FOR EACH ROW \
    BEGIN IF NEW.event = 'intent' AND NEW.revision = 'b' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no intent'; END IF; END";

const NO_RECORD: &str = "CREATE TRIGGER g BEFORE INSERT ON __diesel_schema_migrations FOR EACH ROW \
    BEGIN IF NEW.version = 'b' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no record'; END IF; END";

fn new_table(op: &mut Operations<'_>, name: &str) -> Result<()> {
    op.create_table(table(name).column(column("n", Integer).primary_key()))
}

/// Bodies that fail, each with what is prepared before.
fn failing() -> Vec<(Revision, &'static str)> {
    let bodies: Vec<(Run, &'static str)> = vec![
        // the only statement, and the first, one in the middle, the last; of each kind
        (|op| new_table(op, "t"), ""),
        (|op| op.execute("INSERT INTO t (n) VALUES (1), (1)"), ""),
        (
            |op| {
                new_table(op, "t")?;
                new_table(op, "u")
            },
            "",
        ),
        (
            |op| {
                op.bulk_insert("t", ["n"], [[1], [2]])?;
                op.create_table(table("other").column(column("a", Text).comment("ü 'quoted'")))?;
                op.bulk_insert("t", ["n"], [[3], [1]])?;
                op.drop_table("other")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                op.bulk_insert("u", ["n"], [[1]])?;
                new_table(op, "v")?;
                op.bulk_insert("v", ["n"], [[1]])?;
                op.bulk_insert("u", ["n"], [[1]])?;
                new_table(op, "w")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                new_table(op, "v")?;
                op.bulk_insert("v", ["n"], [[1]])?;
                new_table(op, "u")
            },
            "",
        ),
        (
            |op| {
                op.bulk_insert("t", ["n"], [[1]])?;
                op.add_column("t", column("o", Integer).nullable())?;
                op.execute("UPDATE t SET ö = 1 -- with a comment")
            },
            "",
        ),
        // what cannot be read: its message ends with the statement
        (|op| op.execute("CREATE TABLE u (a int,)"), ""),
        (|op| op.execute("UPDATE t SET"), ""),
        (
            |op| {
                op.execute("INSERT INTO t (n) VALUES (1)")?;
                op.execute("CREATE TABLE u (a int,)")?;
                op.execute("INSERT INTO t (n) VALUES (2)")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                op.execute("INSERT INTO t\n\nVALUES (1;2)")?;
                op.execute("INSERT INTO t (n) VALUES (2)")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                op.execute("UPDATE u SET n = = 1 # a comment")?;
                op.execute("INSERT INTO t (n) VALUES (2)")
            },
            "",
        ),
        (
            |op| {
                op.execute("INSERT INTO t VALUES (1, 'no number')")?;
                op.execute("INSERT INTO t VALUES (1")
            },
            "",
        ),
        // several statements in one text
        (
            |op| {
                new_table(op, "u")?;
                op.execute("INSERT INTO t (n) VALUES (1); INSERT INTO nowhere VALUES (1)")
            },
            "",
        ),
        // what a body does with an error of its own
        (
            |op| {
                op.execute("INSERT INTO t (n) VALUES (1)")?;
                Err(RevisionError::message("a reason of my own"))
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                op.execute("INSERT INTO t (n) VALUES (1)")?;
                Err(RevisionError::message("a reason of my own"))
            },
            "",
        ),
        (
            |op| {
                op.execute("INSERT INTO nowhere VALUES (1)")?;
                Err(RevisionError::message("a reason of my own"))
            },
            "",
        ),
        (
            |op| {
                op.execute("DROP TABLE nowhere")?;
                panic!("after it")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                panic!("after it")
            },
            "",
        ),
        (
            |op| {
                op.execute("INSERT INTO nowhere VALUES (1)")?;
                op.execute("COMMIT")
            },
            "",
        ),
        // before a block that needs the outcome, and behind it
        (
            |op| {
                new_table(op, "u")?;
                op.execute("INSERT INTO nowhere VALUES (1)")?;
                past_the_operations(op, "SELECT 1")
            },
            "",
        ),
        (
            |op| {
                op.execute("INSERT INTO t (n) VALUES (1)")?;
                past_the_operations(op, "INSERT INTO t (n) VALUES (5)")?;
                new_table(op, "u")?;
                op.execute("INSERT INTO t (n) VALUES (1)")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                past_the_operations(op, "COMMIT")?;
                new_table(op, "v")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                past_the_operations(op, "nonsense")
            },
            "",
        ),
        // settings that give texts another meaning
        (
            |op| {
                op.execute("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'")?;
                op.execute("CREATE TABLE \"u\" (\"n\" int)")?;
                op.execute("INSERT INTO \"u\" VALUES (1)")?;
                op.execute("INSERT INTO \"nowhere\" VALUES (1)")
            },
            "",
        ),
        (
            |op| {
                new_table(op, "u")?;
                op.execute("SET autocommit = 0")?;
                op.execute("INSERT INTO u VALUES (1)")?;
                op.execute("INSERT INTO nowhere VALUES (1)")
            },
            "",
        ),
        // what the last statement left
        (
            |op| {
                op.execute("INSERT INTO numbered VALUES (NULL)")?;
                op.execute("INSERT INTO t (n) VALUES (LAST_INSERT_ID())")?;
                op.execute("INSERT INTO t (n) VALUES (LAST_INSERT_ID())")
            },
            "CREATE TABLE numbered (id int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 7",
        ),
        (
            |op| {
                op.execute("INSERT INTO numbered VALUES (NULL)")?;
                new_table(op, "u")?;
                op.execute("INSERT INTO t (n) VALUES (LAST_INSERT_ID())")
            },
            "CREATE TABLE numbered (id int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 7",
        ),
        // rows that no rollback restores
        (
            |op| {
                op.execute("INSERT INTO t (n) VALUES (1)")?;
                op.execute("INSERT INTO diary VALUES (1)")?;
                op.execute("INSERT INTO diary VALUES (2), (1)")
            },
            "CREATE TABLE diary (n int PRIMARY KEY) ENGINE = MyISAM",
        ),
        (
            |op| {
                op.execute("CREATE TABLE u (n int PRIMARY KEY) ENGINE = MyISAM")?;
                op.execute("INSERT INTO u VALUES (1)")?;
                op.execute("INSERT INTO u VALUES (2), (1)")
            },
            "",
        ),
        // a program that fails inside
        (
            |op| {
                op.execute("INSERT INTO t (n) VALUES (1)")?;
                op.execute("INSERT INTO t (n) VALUES (2)")?;
                op.execute("INSERT INTO t (n) VALUES (3)")
            },
            NO_TWO,
        ),
        // the record before a statement, and that of the revision
        (|op| new_table(op, "u"), NO_INTENT),
        (
            |op| {
                op.execute("INSERT INTO t (n) VALUES (1)")?;
                new_table(op, "u")
            },
            NO_INTENT,
        ),
        (|op| op.execute("INSERT INTO t (n) VALUES (1)"), NO_RECORD),
        (|op| new_table(op, "u"), NO_RECORD),
        (
            |op| {
                new_table(op, "u")?;
                op.execute("INSERT INTO t (n) VALUES (1)")
            },
            NO_RECORD,
        ),
    ];
    let texts = [
        // the lines of an SQL file
        "INSERT INTO t (n) VALUES (1);\n\n-- a comment; and more\nINSERT INTO t (n)\nVALUES (2),\n  (ä);\nSELECT 1",
        "-- first\nCREATE TABLE u (a int);\nINSERT INTO t (n) VALUES (1);\n\nINSERT INTO t (n) VALUES (1)",
        "CREATE TABLE u (a int);\nINSERT INTO t\nVALUES (2;\nSELECT 1",
        "CREATE TABLE u (a int);\n\nCREATE TABLE v\n  (a int,,);\nSELECT 1",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\nDELIMITER ;\nINSERT INTO t (n) VALUES (1);\nDROP TABLE nowhere",
    ];
    let bodies = bodies.into_iter();
    let bodies = bodies.map(|(run, prepare)| (of_body(run), prepare));
    bodies
        .chain(texts.map(|text| (of_text(text), "")))
        .collect()
}

fn what_fails_is_named_as_when_each_statement_is_sent_by_itself<B: TestBackend>() {
    for (number, (revision, prepare)) in failing().into_iter().enumerate() {
        let history = around(revision);
        let apart = known::<B>(&history, prepare, false, |_| {});
        assert_eq!(apart.current, ["a"], "{number}: {apart:?}");
        let together = known::<B>(&history, prepare, true, |_| {});
        assert_eq!(together, apart, "case {number}");
    }
}

/// The journal without times, and the rows of a table.
fn left<B: TestBackend>(history: &History, together: bool) -> (Vec<String>, Vec<String>) {
    let place = B::place();
    let mut session = B::session(&place);
    let migrator = match together {
        true => Migrator::new(history),
        false => Migrator::new(history).on_event(|_: &Event<'_>| {}),
    };
    migrator.upgrade(session.as_mut(), "head").unwrap();
    migrator.downgrade(session.as_mut(), "a").unwrap();
    migrator.upgrade(session.as_mut(), "head").unwrap();
    let wrong = "micros IS NULL <> (event = 'intent') OR micros > 60000000 OR micros < 0";
    let wrong = format!("__migrate_journal WHERE {wrong}");
    assert_eq!(B::of_rows(session.as_mut(), "id", &wrong), [""; 0]);
    let shown = "CONCAT_WS(' ', LPAD(id, 3, '0'), revision, direction, event, step, statement, hash, operation, query, from_version)";
    let journal = B::of_rows(session.as_mut(), shown, "__migrate_journal");
    let journal = journal.iter().map(|row| B::lasting(row)).collect();
    (journal, B::of_rows(session.as_mut(), "n", "t"))
}

fn the_journal_is_that_of_statements_by_themselves<B: TestBackend>() {
    use crate::histories::with_downgrade;

    let body: Run = |op| {
        op.execute("INSERT INTO t (n) VALUES (1)")?;
        op.execute("INSERT INTO t (n) VALUES (2)")?;
        new_table(op, "u")?;
        op.bulk_insert("u", ["n"], [[1], [2]])?;
        op.execute("UPDATE u SET n = n + 10")?;
        op.create_index(index("ix_u").on("u", ["n"]))?;
        op.add_column("u", column("m", Integer).nullable())?;
        op.execute("CREATE VIEW v AS SELECT n FROM u")?;
        op.execute("DROP VIEW v")?;
        op.execute("CREATE TABLE numbered (id int AUTO_INCREMENT PRIMARY KEY)")?;
        op.execute("INSERT INTO numbered VALUES (NULL)")?;
        op.execute("INSERT INTO t (n) VALUES (50 + LAST_INSERT_ID())")?;
        op.drop_table("numbered")?;
        op.bulk_insert("t", ["n"], [[3]])
    };
    let down: Run = |op| {
        op.execute("DELETE FROM t WHERE n < 100")?;
        op.drop_table("u")
    };
    let history = around(with_downgrade("b", &["a"], body, down));
    assert_eq!(
        left::<B>(&history_with_downgrades(&history), true),
        left::<B>(&history_with_downgrades(&history), false)
    );
}

/// The last revision of [`around`] has no downgrade.
fn history_with_downgrades(all: &History) -> History {
    let revisions = all.revisions().take(2);
    history(revisions.copied().collect())
}

/// Runs something while another session holds a lock, once a statement of the run waits for it.
fn while_locked<B: TestBackend>(
    place: &B::Place,
    lock: &str,
    history: &History,
    then: impl FnOnce(&mut dyn Session, &str),
) -> Result<(), Error> {
    let mut other = B::session(place);
    other.execute(lock).unwrap();
    thread::scope(|scope| {
        let run = scope.spawn(|| {
            Migrator::new(history)
                .statement_lock_timeout(Duration::from_secs(60))
                .upgrade(B::session(place).as_mut(), "head")
                .map(drop)
        });
        let mut looks = B::session(place);
        let start = Instant::now();
        let waiting = "SELECT CAST(id AS CHAR) AS text FROM information_schema.processlist \
             WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command = 'Query' AND time >= 2";
        let id = loop {
            assert!(start.elapsed() < Duration::from_secs(60), "nothing waits");
            // MySQL fails to list a statement with a character of four bytes, of any test
            match looks.texts(waiting).unwrap_or_default().pop() {
                Some(id) => break id,
                None => thread::sleep(Duration::from_millis(20)),
            }
        };
        then(looks.as_mut(), &id);
        while looks.texts(waiting).is_ok_and(|ids| ids.contains(&id)) {
            thread::sleep(Duration::from_millis(20));
        }
        other.execute("ROLLBACK").unwrap();
        run.join().unwrap()
    })
}

/// Locks under which a change of the schema waits, and under which the journal, and the row of the
/// version table, wait to be written.
const CHANGE: &str = "BEGIN; SELECT * FROM t";
const JOURNAL: &str = "BEGIN; SELECT * FROM __migrate_journal WHERE id > 1 FOR UPDATE";
const VERSION: &str = "BEGIN; INSERT INTO __diesel_schema_migrations (version) VALUES ('b')";

fn one_table_more() -> History {
    around(of_body(|op| {
        op.execute("INSERT INTO t (n) VALUES (1)")?;
        new_table(op, "u")
    }))
}

/// The server ends the connection at each place where it can wait in a message.
fn what_a_lost_connection_leaves_is_settled_by_the_next_run<B: TestBackend>() {
    let change = around(of_body(|op| {
        op.execute("INSERT INTO t (n) VALUES (1)")?;
        op.add_column("t", column("o", Integer).nullable())
    }));
    let first = around(of_body(|op| {
        op.execute("INSERT INTO t (n) VALUES (1)")?;
        op.add_column("t", column("o", Integer).nullable())?;
        new_table(op, "u")
    }));
    let table = one_table_more();
    for (history, lock, tables) in [
        // in the change of the schema, which is the last or not; in the row before it; behind it,
        // at the end of the revision
        (&change, CHANGE, 1),
        (&first, CHANGE, 2),
        (&table, JOURNAL, 2),
        (&table, VERSION, 2),
    ] {
        let place = B::place();
        Migrator::new(history)
            .upgrade(B::session(&place).as_mut(), "a")
            .unwrap();
        let error = while_locked::<B>(&place, lock, history, |looks, id| {
            looks.execute(&format!("KILL {id}")).unwrap();
        })
        .unwrap_err();
        let Error::Revision(failure) = error else {
            panic!("{error}")
        };
        assert_eq!(failure.revision, "b", "{failure}");
        assert!(!failure.undone, "{lock}: {failure}");
        if std::ptr::eq(history, &first) {
            let added = "add column `o` to `t`";
            assert_eq!(failure.operation.as_deref(), Some(added), "{failure}");
        }
        let mut session = B::session(&place);
        assert_eq!(applied(history, session.as_mut()), ["a"]);
        Migrator::new(history)
            .upgrade(session.as_mut(), "head")
            .unwrap();
        assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["1", "100"]);
        assert_eq!(B::tables(session.as_mut()), tables, "{lock}");
    }
}

/// What ends the statement behind a change of the schema is not an error of that change.
fn a_change_before_an_interrupted_record_is_not_run_again<B: TestBackend>() {
    let history = one_table_more();
    let place = B::place();
    Migrator::new(&history)
        .upgrade(B::session(&place).as_mut(), "a")
        .unwrap();
    let error = while_locked::<B>(&place, VERSION, &history, |looks, id| {
        looks.execute(&format!("KILL QUERY {id}")).unwrap();
    })
    .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(matches!(failure.cause, Cause::Record(_)), "{failure}");
    assert_eq!(
        failure.kept,
        ["execute `INSERT INTO t (n) VALUES (1)`", "create table `u`"]
    );
    let partial = failure.partial.as_ref().unwrap();
    assert_eq!(partial.finished.len(), 2, "{partial:?}");
    assert_eq!(partial.open, None);
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["1", "100"]);
}

/// Texts that are longer than what the server accepts at once are sent in parts.
fn a_message_is_not_longer_than_the_server_accepts<B: TestBackend>() {
    let place = B::place();
    let history = around(of_body(|op| {
        for number in 0..200 {
            let text = "ä".repeat(20_000);
            op.execute(format!(
                "INSERT INTO long_texts VALUES ({number}, '{text}')"
            ))?;
        }
        new_table(op, "u")
    }));
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    session
        .execute("CREATE TABLE long_texts (n int, text longtext)")
        .unwrap();
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(
        B::of_rows(session.as_mut(), "sum(length(text))", "long_texts"),
        ["8000000"]
    );
}

/// The round trips of an upgrade of this history.
fn round_trips<B: TestBackend>(history: &History) -> u64 {
    let place = B::place();
    let distance = Distance::before(B::url(&place).as_secret_str(), Duration::ZERO);
    let mut session = connect(&distance.url().parse().unwrap(), Access::Write).unwrap();
    Migrator::new(history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    drop(session);
    distance.traffic().round_trips
}

/// diesel waits three times for each message: it allows several statements, sends them, and forbids
/// that again.
const MESSAGE: u64 = 3;

fn a_change_of_the_schema_takes_one_message<B: TestBackend>() {
    let chain = |count| round_trips::<B>(&migrate_tests::chain::of_sql(count));
    differ(|| chain(24), || chain(8), 16 * MESSAGE);
    // with several operations
    let body: Run = |op| {
        op.create_table(
            table("u")
                .column(column("id", Integer).primary_key())
                .column(column("name", VarChar(20)).comment("a name")),
        )?;
        op.create_index(index("ix_u").on("u", ["name"]))?;
        op.bulk_insert("u", ["id", "name"], [(1, "Ada")])?;
        op.execute("UPDATE u SET name = 'Grace'")?;
        op.drop_table("u")
    };
    let many = history(vec![
        irreversible("a", &[], body),
        irreversible("b", &["a"], body),
    ]);
    let one = history(vec![irreversible("a", &[], body)]);
    let of = |history| move || round_trips::<B>(history);
    differ(of(&many), of(&one), 3 * MESSAGE);
}

/// Two counts differ by so much. A table without transactions that another test has at that moment
/// costs one more query.
fn differ(more: impl Fn() -> u64, less: impl Fn() -> u64, expected: u64) {
    let differences: Vec<u64> = (0..5)
        .map(|_| more() - less())
        .take_while(|difference| *difference != expected)
        .collect();
    assert!(differences.len() < 5, "{differences:?}, not {expected}");
}

/// A query is prepared and executed; the `up` of the command line sends two of them.
fn a_database_that_is_up_to_date_costs_two_round_trips_after_connecting<B: TestBackend>() {
    assert_eq!(of_up_to_date::<B>(), [2, 2, 2, 2, 2]);
}

on_both! {
    a_database_that_is_up_to_date_costs_two_round_trips_after_connecting
    what_fails_is_named_as_when_each_statement_is_sent_by_itself
    the_journal_is_that_of_statements_by_themselves
    what_a_lost_connection_leaves_is_settled_by_the_next_run
    a_change_before_an_interrupted_record_is_not_run_again
    a_message_is_not_longer_than_the_server_accepts
    a_change_of_the_schema_takes_one_message
}
