//! Cancelled runs: the running statement ends, what can be undone is, and the next run resumes.

use migrate_core::error::Cause;
use migrate_core::migrator::Event;
use migrate_core::prelude::*;
use migrate_core::{CancelToken, Error, ErrorKind, History, Migrator};

use super::applied;
use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, irreversible, reversible};

/// A table, two rows in one revision, one more in another.
fn rows() -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        irreversible("b", &["a"], |op| {
            op.bulk_insert("t", ["n"], [[1]])?;
            op.bulk_insert("t", ["n"], [[2]])
        }),
        irreversible("c", &["b"], |op| op.bulk_insert("t", ["n"], [[3]])),
    ])
}

/// Runs it, and cancels at this event.
fn stopped_at<B: TestBackend>(place: &B::Place, at: fn(&Event<'_>) -> bool) -> Error {
    let stop = CancelToken::new();
    let asks = stop.clone();
    Migrator::new(&rows())
        .stop(&stop)
        .on_event(move |event| {
            if at(event) {
                asks.request();
            }
        })
        .upgrade(B::session(place).as_mut(), "head")
        .unwrap_err()
}

/// The next run does the rest.
fn resumes<B: TestBackend>(place: &B::Place) {
    let mut session = B::session(place);
    Migrator::new(&rows())
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["1", "2", "3"]);
}

fn cancelled_between_two_operations_the_revision_is_rolled_back<B: TestBackend>() {
    let place = B::place();
    let error = stopped_at::<B>(
        &place,
        |event| matches!(event, Event::Statement { sql, .. } if sql.contains("(1)")),
    );
    assert_eq!(error.kind(), ErrorKind::Stopped);
    let Error::Revision(failure) = &error else {
        panic!("{error}")
    };
    assert!(
        matches!(failure.cause, Cause::Stopped { cancelled: None }),
        "{failure}"
    );
    assert!(
        failure.undone && failure.operation.is_none() && failure.statement.is_none(),
        "{failure}"
    );
    assert_eq!(failure.report.current, ["a"]);
    let mut session = B::session(&place);
    assert_eq!(applied(&rows(), session.as_mut()), ["a"]);
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), [""; 0]);
    resumes::<B>(&place);
}

fn a_revision_whose_last_operation_is_done_is_committed<B: TestBackend>() {
    let place = B::place();
    let error = stopped_at::<B>(
        &place,
        |event| matches!(event, Event::Statement { sql, .. } if sql.contains("(2)")),
    );
    let Error::Stopped { next, report } = &error else {
        panic!("{error}")
    };
    assert_eq!(error.kind(), ErrorKind::Stopped);
    assert_eq!((next.as_str(), report.steps.len()), ("c", 2));
    assert_eq!(report.current, ["b"]);
    assert_eq!(applied(&rows(), B::session(&place).as_mut()), ["a", "b"]);
    resumes::<B>(&place);
}

fn cancelled_before_the_lock_nothing_begins<B: TestBackend>() {
    let place = B::place();
    let stop = CancelToken::new();
    stop.request();
    let error = Migrator::new(&rows())
        .stop(&stop)
        .upgrade(B::session(&place).as_mut(), "head")
        .unwrap_err();
    assert!(
        matches!(&error, Error::Stopped { next, .. } if next == "a"),
        "{error}"
    );
    assert!(!stop.is_at_work());
    assert!(!stop.cancel(), "there is nothing to end");
    assert_eq!(applied(&rows(), B::session(&place).as_mut()), [""; 0]);
    resumes::<B>(&place);
}

on_each_backend! {
    cancelled_between_two_operations_the_revision_is_rolled_back
    a_revision_whose_last_operation_is_done_is_committed
    cancelled_before_the_lock_nothing_begins
}

#[cfg(feature = "servers")]
mod running {
    use std::sync::mpsc;
    use std::thread;
    use std::time::{Duration, Instant};

    use migrate_core::engine::backend::BackendKind;

    use super::*;
    use crate::backend::on_each_server;

    fn a_statement_is_ended_over_another_connection<B: TestBackend>() {
        let history = history(vec![
            reversible("a", &[], |op| {
                op.create_table(table("t").column(column("n", Integer).primary_key()))
            }),
            irreversible("b", &["a"], |op| {
                op.bulk_insert("t", ["n"], [[1]])?;
                op.execute(match op.backend() {
                    BackendKind::Postgres => "SELECT pg_sleep(60)",
                    _ => {
                        "SELECT COUNT(*) FROM information_schema.collations AS a, information_schema.collations AS b, \
                          information_schema.collations AS c, information_schema.collations AS d"
                    }
                })
            }),
        ]);
        let place = B::place();
        let stop = CancelToken::new();
        let mut session = B::session(&place);
        let start = Instant::now();
        let error = thread::scope(|scope| {
            let (begins, begun) = mpsc::channel();
            let asks = stop.clone();
            scope.spawn(move || {
                begun.recv().unwrap();
                thread::sleep(Duration::from_millis(300)); // the long one runs by now
                assert!(asks.is_at_work());
                asks.request();
                thread::sleep(Duration::from_millis(300));
                assert!(asks.cancel());
            });
            Migrator::new(&history)
                .stop(&stop)
                .on_event(move |event| {
                    if matches!(event, Event::Statement { sql, .. } if sql.contains("(1)")) {
                        begins.send(()).unwrap();
                    }
                })
                .upgrade(session.as_mut(), "head")
                .unwrap_err()
        });
        assert!(start.elapsed() < Duration::from_secs(20));
        assert_eq!(error.kind(), ErrorKind::Stopped, "{error}");
        let Error::Revision(failure) = &error else {
            panic!("{error}")
        };
        assert!(
            matches!(&failure.cause, Cause::Stopped { cancelled: Some(said) } if !said.is_empty()),
            "{failure}"
        );
        assert!(failure.undone && failure.statement.is_some(), "{failure}");
        assert_eq!(applied(&history, session.as_mut()), ["a"]);
        assert_eq!(B::of_rows(session.as_mut(), "n", "t"), [""; 0]);
    }

    fn no_more_is_tried<B: TestBackend>() {
        let place = B::place();
        let history = rows();
        Migrator::new(&history)
            .upgrade(B::session(&place).as_mut(), "a")
            .unwrap();
        let mut other = B::session(&place);
        other.execute("BEGIN").unwrap();
        other.execute("INSERT INTO t VALUES (1)").unwrap();
        let stop = CancelToken::new();
        let asks = stop.clone();
        let start = Instant::now();
        let error = Migrator::new(&history)
            .stop(&stop)
            .statement_lock_timeout(Duration::from_secs(1))
            .on_event(move |event| {
                if let Event::Retrying { number, .. } = event {
                    assert_eq!(*number, 1);
                    asks.request();
                }
            })
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(5));
        let Error::Revision(failure) = &error else {
            panic!("{error}")
        };
        assert!(failure.undone, "{failure}");
        other.execute("ROLLBACK").unwrap();
        resumes::<B>(&place);
    }

    on_each_server! {
        a_statement_is_ended_over_another_connection
        no_more_is_tried
    }
}
