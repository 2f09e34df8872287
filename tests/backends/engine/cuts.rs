//! A connection that is lost during a run: within a revision, and between two of them. The lock is
//! lost with it, which the run notices before it begins anything else.

use std::time::Duration;

use migrate_core::engine::backend::{BackendKind, LockRequest, Session};
use migrate_core::migrator::Event;
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, History, Migrator};

use super::applied;
use crate::backend::{TestBackend, on_each_server};
use crate::histories::{Run, history, irreversible, reversible};

/// A table, a revision with this body, and one more.
fn three(middle: Run) -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        irreversible("b", &["a"], middle),
        irreversible("c", &["b"], |op| op.bulk_insert("t", ["n"], [[3]])),
    ])
}

fn insert(op: &mut Operations<'_>) -> Result<()> {
    op.bulk_insert("t", ["n"], [[2]])
}

/// The statement that kills a connection.
fn cut<B: TestBackend>(connection: &str) -> String {
    match B::KIND {
        BackendKind::Postgres => format!("SELECT pg_terminate_backend({connection})"),
        _ => format!("KILL {connection}"),
    }
}

/// The server's id of a connection.
fn number<B: TestBackend>(session: &mut dyn Session) -> String {
    let own = match B::KIND {
        BackendKind::Postgres => "pg_backend_pid()",
        _ => "CONNECTION_ID()",
    };
    let query = format!("SELECT CAST({own} AS {}) AS text", B::TEXT);
    session.texts(&query).unwrap().remove(0)
}

/// Whether the lock is free, as the lock holder's connection is lost.
fn is_free<B: TestBackend>(place: &B::Place) -> bool {
    let mut session = B::session(place);
    let request = &mut LockRequest {
        timeout: Duration::from_secs(2),
        on_wait: &mut |_| {},
    };
    session.lock(request).is_ok()
}

fn in_the_middle_of_a_revision_it_leaves_nothing_of_it<B: TestBackend>() {
    let history = three(|op| {
        insert(op)?;
        op.bulk_insert("t", ["n"], [[4]])
    });
    let place = B::place();
    let mut session = B::session(&place);
    let number = number::<B>(session.as_mut());
    let error = Migrator::new(&history)
        .on_event(|event| match event {
            Event::Statement { sql, .. } if sql.contains("(2)") => {
                B::session(&place).execute(&cut::<B>(&number)).unwrap();
                assert!(is_free::<B>(&place));
            }
            _ => {}
        })
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revision);
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert_eq!(failure.revision, "b");
    assert!(failure.undone, "{failure}");
    assert_eq!(failure.report.current, ["a"]);
    assert!(is_free::<B>(&place));
    let mut session = B::session(&place);
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), [""; 0]);
    // again, with a body that succeeds
    let fixed = three(insert);
    Migrator::new(&fixed)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["2", "3"]);
}

fn between_two_revisions_the_next_is_not_begun<B: TestBackend>() {
    for outside in [false, true] {
        let mut revisions = vec![reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        })];
        let next = irreversible("b", &["a"], insert);
        revisions.push(match outside {
            true => next.without_transaction(),
            false => next,
        });
        let history = history(revisions);
        let place = B::place();
        let mut session = B::session(&place);
        let number = number::<B>(session.as_mut());
        let error = Migrator::new(&history)
            .on_event(|event| {
                if let Event::Finished { .. } = event {
                    B::session(&place).execute(&cut::<B>(&number)).unwrap();
                    // the server takes its time
                    assert!(is_free::<B>(&place));
                }
            })
            .upgrade(session.as_mut(), "head")
            .unwrap_err();
        let Error::Revision(failure) = error else {
            panic!("{error}")
        };
        assert_eq!(failure.revision, "b", "{failure}");
        assert!(failure.undone, "{failure}");
        assert_eq!(failure.report.current, ["a"], "where things stand");
        let mut session = B::session(&place);
        assert_eq!(applied(&history, session.as_mut()), ["a"]);
        assert_eq!(B::of_rows(session.as_mut(), "n", "t"), [""; 0]);
    }
}

on_each_server! {
    in_the_middle_of_a_revision_it_leaves_nothing_of_it
    between_two_revisions_the_next_is_not_begun
}
