//! Up, down, redo, stamp and status, when all goes well.

use std::cell::RefCell;
use std::num::NonZeroU32;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use migrate_core::Migrator;
use migrate_core::engine::backend::{self, Access, BackendKind, LockRequest};
use migrate_core::migrator::Event;
use migrate_graph::Direction;

use super::applied;
use crate::backend::{TestBackend, difference, on_each_backend};
use crate::histories::{history, reversible, row_of, three};

fn up_and_down_have_their_effects<B: TestBackend>() {
    let history = three();
    let migrator = Migrator::new(&history);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let empty = B::catalogue(session);

    let report = migrator.upgrade(session, "b").unwrap();
    let steps: Vec<_> = report
        .steps
        .iter()
        .map(|step| (step.revision.as_str(), step.direction))
        .collect();
    assert_eq!(steps, [("a", Direction::Up), ("b", Direction::Up)]);
    assert_eq!(
        (report.current, report.at_heads),
        (vec!["b".to_owned()], false)
    );
    assert_eq!(report.steps[0].message, "Revision a.");

    let report = migrator.upgrade(session, "head").unwrap();
    assert_eq!(report.steps.len(), 1);
    assert!(report.at_heads);
    assert_eq!(applied(&history, session), ["a", "b", "c"]);
    assert_eq!(
        B::values(session, "SELECT name AS text FROM users ORDER BY id"),
        ["Ada", "Grace"]
    );

    let report = migrator.upgrade(session, "head").unwrap();
    assert!(report.steps.is_empty() && report.at_heads);

    let report = migrator.downgrade(session, "-2").unwrap();
    let steps: Vec<_> = report
        .steps
        .iter()
        .map(|step| (step.revision.as_str(), step.direction))
        .collect();
    assert_eq!(steps, [("c", Direction::Down), ("b", Direction::Down)]);
    migrator.downgrade(session, "base").unwrap();
    assert_eq!(applied(&history, session), [""; 0]);
    assert_eq!(difference(&empty, &B::catalogue(session)), [""; 0]);
}

fn redo_reverts_and_reapplies_the_last_revision<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    let report = Migrator::new(&history)
        .redo(session.as_mut(), NonZeroU32::new(2).unwrap())
        .unwrap();
    let steps: Vec<_> = report
        .steps
        .iter()
        .map(|step| (step.revision.as_str(), step.direction))
        .collect();
    use Direction::{Down, Up};
    assert_eq!(steps, [("c", Down), ("b", Down), ("b", Up), ("c", Up)]);
    assert!(report.at_heads);
    assert_eq!(applied(&history, session.as_mut()), ["a", "b", "c"]);
}

fn stamp_writes_rows_and_runs_nothing<B: TestBackend>() {
    let history = three();
    let migrator = Migrator::new(&history);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let stamped = migrator.stamp(session, &["b"], false).unwrap();
    assert_eq!(
        (stamped.added, stamped.removed),
        (vec!["a".to_owned(), "b".to_owned()], vec![])
    );
    assert_eq!(
        (stamped.current, stamped.at_heads),
        (vec!["b".to_owned()], false)
    );
    assert_eq!(B::catalogue(session).len(), 0);
    let stamped = migrator.stamp(session, &["b"], false).unwrap();
    assert!(stamped.added.is_empty() && stamped.removed.is_empty());
    let stamped = migrator.stamp(session, &["base"], false).unwrap();
    assert_eq!(stamped.removed, ["b", "a"]);
    assert_eq!(applied(&history, session), [""; 0]);
}

fn a_gap_is_closed_by_the_next_upgrade<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    Migrator::new(&history).upgrade(session, "head").unwrap();
    Migrator::new(&history).downgrade(session, "a").unwrap();
    Migrator::new(&history)
        .stamp(session, &["head"], false)
        .unwrap();
    session
        .execute("DELETE FROM __diesel_schema_migrations WHERE version = 'b'")
        .unwrap();
    let report = Migrator::new(&history).upgrade(session, "head").unwrap();
    assert_eq!(report.steps.len(), 1);
    assert_eq!(
        B::values(session, "SELECT name AS text FROM users WHERE id = 1"),
        ["Ada"]
    );
}

fn events_report_progress<B: TestBackend>() {
    let history = three();
    let reported = RefCell::new(Vec::new());
    let migrator = Migrator::new(&history).on_event(|event| {
        reported.borrow_mut().push(match event {
            Event::Started {
                revision,
                number,
                of,
                ..
            } => format!("{} {number}/{of}", revision.id()),
            Event::Finished { step } => format!("{} done", step.revision),
            _ => return,
        });
    });
    let place = B::place();
    migrator.upgrade(B::session(&place).as_mut(), "+2").unwrap();
    assert_eq!(*reported.borrow(), ["a 1/2", "a done", "b 2/2", "b done"]);
}

fn status_reports_everything_and_creates_nothing<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let status = Migrator::new(&history).status(session).unwrap();
    assert_eq!(status.pending, ["a", "b", "c"]);
    assert_eq!(
        (status.heads, status.at_heads),
        (vec!["c".to_owned()], false)
    );
    assert!(status.current.is_empty() && status.applied.is_empty() && status.unknown.is_empty());
    assert_eq!(session.applied().unwrap(), None);

    Migrator::new(&history)
        .stamp(session, &["head"], false)
        .unwrap();
    session
        .execute("DELETE FROM __diesel_schema_migrations WHERE version = 'a'")
        .unwrap();
    session
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('zz'), ('y')")
        .unwrap();
    let mut session = backend::connect(&B::url(&place), Access::Read).unwrap();
    let status = Migrator::new(&history).status(session.as_mut()).unwrap();
    assert_eq!(status.current, ["c"]);
    assert_eq!(status.unknown, ["y", "zz"]);
    assert_eq!(status.gaps, ["a"]);
    assert_eq!(status.pending, ["a"]);
    assert!(!status.at_heads);
    let versions: Vec<_> = status
        .applied
        .iter()
        .map(|row| row.version.as_str())
        .collect();
    assert_eq!(versions, ["b", "c"]);
    assert!(
        status
            .applied
            .iter()
            .all(|row| row.run_on.starts_with("20")),
        "{:?}",
        status.applied
    );
}

/// Counts the statements on a connection.
struct Count(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Instrumentation for Count {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { .. } = event {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    }
}

fn nothing_to_do_takes_few_statements_and_no_lock<B: TestBackend>() {
    let history = row_of(20);
    let place = B::place();
    let mut connection = B::connection(&place);
    let migrator = Migrator::new(&history);
    migrator.upgrade(&mut connection, "head").unwrap();
    let mut holder = B::session(&place);
    holder
        .lock(&mut LockRequest {
            timeout: Duration::ZERO,
            on_wait: &mut |_| {},
        })
        .unwrap();

    let count = std::sync::Arc::default();
    connection.set_instrumentation(Count(std::sync::Arc::clone(&count)));
    let migrator = migrator.lock_timeout(Duration::ZERO);
    let report = migrator.upgrade(&mut connection, "head").unwrap();
    assert!(report.steps.is_empty());
    let counted = || count.swap(0, std::sync::atomic::Ordering::SeqCst);
    // where it is, and both tables by one query or by two
    let few = match B::KIND {
        BackendKind::Sqlite => 3,
        _ => 2,
    };
    assert_eq!(counted(), few);
    assert!(migrator.status(&mut connection).unwrap().at_heads);
    assert_eq!(counted(), few);

    // a database that diesel's own tool created has no journal, and gets none
    connection
        .batch_execute("DROP TABLE __migrate_journal")
        .unwrap();
    counted();
    let report = migrator.upgrade(&mut connection, "head").unwrap();
    assert!(report.steps.is_empty());
    assert!(counted() <= 3);
    assert!(migrator.status(&mut connection).unwrap().at_heads);
    assert!(counted() <= 3);
    assert_eq!(migrator.log(&mut connection).unwrap(), []);
}

fn a_merge_is_redone_with_its_parents<B: TestBackend>() {
    let nothing = |id, parents: &[&str]| reversible(id, parents, |_| Ok(()));
    let history = history(vec![
        nothing("a", &[]),
        nothing("b", &["a"]),
        nothing("c", &["a"]),
        nothing("d", &["b", "c"]),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let migrator = Migrator::new(&history);
    migrator.upgrade(session.as_mut(), "head").unwrap();
    for (number, redone) in [
        (1, &["d", "d"][..]),
        (2, &["d", "c", "c", "d"]),
        (4, &["d", "c", "b", "a", "a", "b", "c", "d"]),
    ] {
        let number = NonZeroU32::new(number).unwrap();
        let report = migrator.redo(session.as_mut(), number).unwrap();
        let steps: Vec<_> = report.steps.iter().map(|step| &step.revision).collect();
        assert_eq!(steps, redone);
        assert!(report.at_heads);
    }
    let too_many = NonZeroU32::new(5).unwrap();
    migrator.redo(session.as_mut(), too_many).unwrap_err();
}

on_each_backend! {
    a_merge_is_redone_with_its_parents
    status_reports_everything_and_creates_nothing
    nothing_to_do_takes_few_statements_and_no_lock
    up_and_down_have_their_effects
    redo_reverts_and_reapplies_the_last_revision
    stamp_writes_rows_and_runs_nothing
    a_gap_is_closed_by_the_next_upgrade
    events_report_progress
}
