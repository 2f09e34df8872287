//! Statements that are sent in one message with the ends of their transaction: what fails is named
//! as when each is sent by itself, and nothing else is different. An observer of a run makes it
//! send each by itself.

use migrate_core::error::Cause;
use migrate_core::migrator::Event;
use migrate_core::prelude::*;
use migrate_core::{Error, History, Migrator, Revision};
use migrate_tests::distance::Distance;

use super::Postgres;
use crate::backend::TestBackend;
use crate::batched::{around, known, of_body, of_text, of_up_to_date};
use crate::engine::applied;
use crate::histories::{Run, history, irreversible};

fn no_locks(session: &mut dyn migrate_core::engine::backend::Session) {
    let locks = session.texts(
        "SELECT CAST(pid AS text) AS text FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    assert_eq!(locks.unwrap(), [""; 0], "no lock is left");
}

#[test]
fn what_fails_is_named_as_when_each_statement_is_sent_by_itself() {
    let cases: Vec<(Revision, &str)> = vec![
        // the first, one in the middle, the last; of one operation, and of several
        (
            of_body(|op| op.create_table(table("t").column(column("n", Integer)))),
            "",
        ),
        (
            of_body(|op| {
                op.bulk_insert("t", ["n"], [[1], [2]])?;
                op.create_table(table("other").column(column("a", Text).comment("ü 'quoted'")))?;
                op.bulk_insert("t", ["n"], [[3], [1]])?;
                op.drop_table("other")
            }),
            "",
        ),
        (
            of_body(|op| {
                op.bulk_insert("t", ["n"], [[1]])?;
                op.add_column("t", column("o", Integer).nullable())?;
                op.execute("UPDATE t SET ö = 1 -- with a comment")
            }),
            "",
        ),
        // a statement that cannot be read, behind one that fails, and alone
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1, 'no number')")?;
                op.execute("INSERT INTO t VALUES (1")
            }),
            "",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                op.execute("CREATE TABLE u (a int,)")
            }),
            "",
        ),
        // what a body does with an error of its own
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                Err(RevisionError::message("a reason of my own"))
            }),
            "",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO nowhere VALUES (1)")?;
                Err(RevisionError::message("a reason of my own"))
            }),
            "",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO nowhere VALUES (1)")?;
                panic!("after it")
            }),
            "",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                panic!("after it")
            }),
            "",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO nowhere VALUES (1)")?;
                op.execute("COMMIT")
            }),
            "",
        ),
        // before a block that needs the outcome, and behind it
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                op.execute("INSERT INTO nowhere VALUES (1)")?;
                crate::engine::failures::past_the_operations(op, "SELECT 1")
            }),
            "",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                crate::engine::failures::past_the_operations(op, "SELECT 1")?;
                op.execute("INSERT INTO t VALUES (2)")?;
                op.execute("INSERT INTO t VALUES (1)")
            }),
            "",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                crate::engine::failures::past_the_operations(op, "nonsense")
            }),
            "",
        ),
        // the lines of an SQL file
        (
            of_text(
                "INSERT INTO t VALUES (1);\n\n-- a comment; and more\nINSERT INTO t\nVALUES (2),\n  (ä);\nSELECT 1",
            ),
            "",
        ),
        (
            of_text("-- first\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1)"),
            "",
        ),
        (
            of_text("INSERT INTO t VALUES (1);\nINSERT INTO t\nVALUES (2;\nSELECT 1"),
            "",
        ),
        // at the commit, and in the record of the revision
        (
            of_body(|op| {
                op.execute("INSERT INTO d VALUES (1)")?;
                op.execute("INSERT INTO d VALUES (2)")
            }),
            "CREATE TABLE d (a integer REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)",
        ),
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                op.execute("ALTER TABLE __diesel_schema_migrations ADD CHECK (version <> 'b')")
            }),
            "",
        ),
        // a program that fails inside
        (
            of_body(|op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                op.execute("INSERT INTO t VALUES (2)")?;
                op.execute("INSERT INTO t VALUES (3)")
            }),
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.n = 2 THEN RAISE EXCEPTION ''no %'', NEW.n; END IF; RETURN NEW; END'; \
             CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        ),
    ];
    for (number, (revision, prepare)) in cases.into_iter().enumerate() {
        let history = around(revision);
        let apart = known::<Postgres>(&history, prepare, false, no_locks);
        assert_eq!(apart.current, ["a"], "{number}: {apart:?}");
        let together = known::<Postgres>(&history, prepare, true, no_locks);
        assert_eq!(together, apart, "case {number}");
    }
}

#[test]
fn a_lock_timeout_is_one_and_is_named() {
    let revision = of_body(|op| {
        op.execute("INSERT INTO t VALUES (1)")?;
        op.execute("UPDATE u SET a = 2")?;
        op.execute("INSERT INTO t VALUES (2)")
    });
    let history = around(revision);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    session.execute("CREATE TABLE u (a int)").unwrap();
    session.execute("INSERT INTO u VALUES (1)").unwrap();
    let mut other = Postgres::session(&place);
    other.execute("BEGIN; UPDATE u SET a = 3").unwrap();
    let error = Migrator::new(&history)
        .statement_lock_timeout(std::time::Duration::from_millis(100))
        .lock_retries(1)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(
        failure.lock_conflict.is_some() && failure.undone,
        "{failure}"
    );
    assert_eq!(failure.statement.as_deref(), Some("UPDATE u SET a = 2"));
    other.execute("ROLLBACK").unwrap();
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(
        Postgres::of_rows(session.as_mut(), "n", "t"),
        ["1", "100", "2"]
    );
}

#[test]
fn an_answer_that_is_lost_says_so_and_the_next_run_finds_out() {
    // the server ends the connection in the middle of the message
    let revision = of_body(|op| {
        op.execute("INSERT INTO t VALUES (1)")?;
        op.execute("INSERT INTO t VALUES (2)")
    });
    let history = around(revision);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    session
        .execute(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.n = 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END'; \
             CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        )
        .unwrap();
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(
        matches!(failure.cause, Cause::CommitUnknown(_)),
        "{failure}"
    );
    assert_eq!(
        (failure.undone, failure.report.current.as_slice()),
        (false, &["a".to_owned()][..])
    );
    let mut session = Postgres::session(&place);
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    assert_eq!(Postgres::of_rows(session.as_mut(), "n", "t"), [""; 0]);
    session.execute("DROP TRIGGER g ON t").unwrap();
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(
        Postgres::of_rows(session.as_mut(), "n", "t"),
        ["1", "100", "2"]
    );
}

#[test]
fn what_cannot_be_committed_is_run_once() {
    let revision = of_body(|op| {
        op.execute("INSERT INTO d VALUES (1, nextval('runs'))")?;
        op.execute("INSERT INTO d VALUES (2, nextval('runs'))")
    });
    let history = around(revision);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    session
        .execute("CREATE SEQUENCE runs; CREATE TABLE d (a integer REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED, run bigint)")
        .unwrap();
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(matches!(failure.cause, Cause::Commit(_)), "{failure}");
    assert!(failure.undone, "{failure}");
    // a sequence is not rolled back
    let session = session.as_mut();
    assert_eq!(Postgres::of_rows(session, "last_value", "runs"), ["2"]);
    let locks = "pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    assert_eq!(Postgres::of_rows(session, "objid", locks), [""; 0]);
}

#[test]
fn without_the_lock_nothing_is_begun() {
    let history = around(of_body(|op| {
        op.execute("INSERT INTO t VALUES (1)")?;
        op.execute("INSERT INTO t VALUES (2)")
    }));
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    session
        .execute(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_unlock_all(); RETURN NEW; END'; \
             CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        )
        .unwrap();
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert_eq!(failure.revision, "c", "{failure}");
    assert!(
        matches!(failure.cause, Cause::Begin(_)) && failure.undone,
        "{failure}"
    );
    assert_eq!(applied(&history, session.as_mut()), ["a", "b"]);
}

#[test]
fn the_journal_has_the_time_that_the_server_took() {
    let history = around(of_body(|op| op.execute("INSERT INTO t VALUES (1)")));
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    session
        .execute(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END'; \
             CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        )
        .unwrap();
    let migrator = Migrator::new(&history);
    migrator.upgrade(session.as_mut(), "b").unwrap();
    let log = migrator.log(session.as_mut()).unwrap();
    let micros = log.last().unwrap().micros.unwrap();
    assert!((300_000..10_000_000).contains(&micros), "{micros}");
}

/// The round trips of an upgrade of this history.
fn round_trips(history: &History, observed: bool) -> u64 {
    let place = Postgres::place();
    let distance = Distance::before(place.url(), std::time::Duration::ZERO);
    let url = distance.url().parse().unwrap();
    let mut session =
        migrate_core::engine::backend::connect(&url, migrate_core::engine::backend::Access::Write)
            .unwrap();
    let migrator = Migrator::new(history);
    let migrator = match observed {
        true => migrator.on_event(|_: &Event<'_>| {}),
        false => migrator,
    };
    migrator.upgrade(session.as_mut(), "head").unwrap();
    drop(session);
    distance.traffic().round_trips
}

#[test]
fn a_revision_takes_one_round_trip() {
    let chain = |count| round_trips(&migrate_tests::chain::of_sql(count), false);
    assert_eq!(chain(24) - chain(8), 16);
    let observed = |count| round_trips(&migrate_tests::chain::of_sql(count), true);
    assert_eq!(observed(24) - observed(8), 48);
    // with several operations, too
    let body: Run = |op| {
        op.create_table(
            table("u")
                .column(column("id", Integer).primary_key())
                .column(column("name", Text).comment("a name")),
        )?;
        op.create_index(index("ix_u").on("u", ["name"]))?;
        op.bulk_insert("u", ["id", "name"], [(1, "Ada")])?;
        op.drop_table("u")
    };
    let many = history(vec![
        irreversible("a", &[], body),
        irreversible("b", &["a"], body),
    ]);
    let one = history(vec![irreversible("a", &[], body)]);
    assert_eq!(round_trips(&many, false) - round_trips(&one, false), 1);
    // a block needs an answer: what is before it goes with the beginning of the transaction
    let block: Run = |op| {
        op.create_table(table("u").column(column("id", Integer).primary_key()))?;
        op.create_index(index("ix_u").on("u", ["id"]))?;
        op.drop_table("u")?;
        crate::engine::failures::past_the_operations(op, "SELECT 1")
    };
    let with = history(vec![
        irreversible("a", &[], body),
        irreversible("b", &["a"], block),
    ]);
    // begin and three operations, the settings before a block, the block, the end; two more give
    // the settings back
    assert_eq!(round_trips(&with, false) - round_trips(&one, false), 6);
}

#[test]
fn a_database_that_is_up_to_date_costs_two_round_trips_after_connecting() {
    let trips = of_up_to_date::<Postgres>();
    assert_eq!(trips, [2, 2, 2, 2, 2]);
}

#[test]
fn the_holder_of_the_lock_is_shown_by_status() {
    let place = Postgres::place();
    let history = migrate_tests::chain::of_sql(1);
    let mut holds = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(holds.as_mut(), "head")
        .unwrap();
    let mut looks = Postgres::session(&place);
    let migrator = Migrator::new(&history);
    migrator.status(looks.as_mut()).unwrap();
    assert_eq!(looks.holder().unwrap(), None);
    let request = &mut migrate_core::engine::backend::LockRequest {
        timeout: std::time::Duration::ZERO,
        on_wait: &mut |_| {},
    };
    holds.lock(request).unwrap();
    // what is read together, and what is asked by itself
    let alone = looks.holder().unwrap().unwrap();
    migrator.status(looks.as_mut()).unwrap();
    let together = looks.holder().unwrap().unwrap();
    assert!(Postgres::is_this_process(&together), "{together:?}");
    assert_eq!(together, alone);
}

/// A run whose second statement takes so long; it is cancelled while it runs.
fn cancelled_in(seconds: u32, cancels: bool) -> (Error, Vec<String>) {
    use std::thread;
    use std::time::Duration;

    let history = around(of_body(|op| {
        op.execute("INSERT INTO t VALUES (1)")?;
        op.execute("INSERT INTO t VALUES (2)")?;
        op.execute("INSERT INTO t VALUES (3)")
    }));
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    session
        .execute(&format!(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.n = 2 THEN PERFORM pg_sleep({seconds}); END IF; RETURN NEW; END'; \
             CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
        ))
        .unwrap();
    let stop = migrate_core::CancelToken::new();
    let error = thread::scope(|scope| {
        let asks = stop.clone();
        let place = &place;
        scope.spawn(move || {
            let mut looks = Postgres::session(place);
            let sleeps = "SELECT 'x' AS text FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
            while looks.texts(sleeps).unwrap().is_empty() {
                thread::sleep(Duration::from_millis(20));
            }
            asks.request();
            assert!(!cancels || asks.cancel());
        });
        Migrator::new(&history)
            .stop(&stop)
            .upgrade(session.as_mut(), "head")
            .unwrap_err()
    });
    let applied = applied(&history, session.as_mut());
    (error, applied)
}

#[test]
fn a_cancelled_statement_is_named_and_what_is_only_stopped_completes() {
    let (error, applied) = cancelled_in(60, true);
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(
        matches!(failure.cause, Cause::Stopped { cancelled: Some(_) }) && failure.undone,
        "{failure}"
    );
    assert_eq!(
        failure.statement.as_deref(),
        Some("INSERT INTO t VALUES (2)")
    );
    assert_eq!(applied, ["a"]);

    let (error, applied) = cancelled_in(1, false);
    assert!(
        matches!(&error, Error::Stopped { next, .. } if next == "c"),
        "{error}"
    );
    assert_eq!(applied, ["a", "b"]);
}
