//! Revisions that were edited after they were applied: reported, refused on demand, accepted.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use migrate_core::engine::backend::{LockRequest, Session};
use migrate_core::journal::Event;
use migrate_core::migrator::{self, JournalAccess};
use migrate_core::prelude::*;
use migrate_core::{Error, History, Migrator};

use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, reversible};

/// Two revisions, of which the second has this checksum, and a third.
fn written(checksum: u64, third: bool) -> History {
    let table = |id, parents: &[&str], run| reversible(id, parents, run).with_checksum(1);
    let mut revisions = vec![
        table("a", &[], |op: &mut Operations<'_>| {
            op.create_table(table_of("one"))
        }),
        reversible("b", &["a"], |op| op.create_table(table_of("two"))).with_checksum(checksum),
    ];
    if third {
        revisions.push(table("c", &["b"], |op| op.create_table(table_of("three"))));
    }
    history(revisions)
}

fn table_of(name: &str) -> migrate_core::op::TableBuilder {
    table(name).column(column("id", Integer).primary_key())
}

fn edited_revisions_are_reported_until_accepted<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let (before, after) = (written(2, false), written(3, true));
    assert_eq!(Migrator::new(&before).edited(session).unwrap(), []);
    Migrator::new(&before).upgrade(session, "head").unwrap();
    assert_eq!(Migrator::new(&before).edited(session).unwrap(), []);

    let migrator = Migrator::new(&after);
    let status = migrator.status(session).unwrap();
    assert_eq!(status.journal, JournalAccess::Read);
    let [edited] = status.edited.as_slice() else {
        panic!("{:?}", status.edited);
    };
    assert_eq!(edited.revision, "b");
    assert_eq!((edited.recorded.number(), edited.compiled.number()), (2, 3));
    assert!(status.last_run.is_some_and(|run| run.entries.len() == 2));

    let strict = Migrator::new(&after).refuse_edited(true);
    let refused = strict.upgrade(session, "head").unwrap_err();
    assert!(
        matches!(&refused, Error::ChecksumMismatch(edited) if edited.len() == 1),
        "{refused}"
    );
    assert_eq!(B::tables(session), 2);

    let none: [&str; 0] = [];
    assert!(matches!(
        migrator.accept(session, &["c"]),
        Err(Error::NotApplied { .. })
    ));
    assert_eq!(
        migrator.accept(session, &["a"]).unwrap(),
        none,
        "it was not edited"
    );
    assert_eq!(migrator.accept(session, &["b"]).unwrap(), ["b"]);
    assert_eq!(migrator.accept(session, &[]).unwrap(), none);
    assert_eq!(migrator.edited(session).unwrap(), []);
    strict.upgrade(session, "head").unwrap();
    assert_eq!(B::tables(session), 3);

    let log = migrator.log(session).unwrap();
    let reported: Vec<_> = log
        .iter()
        .filter(|entry| entry.event.is_about_a_revision())
        .map(|entry| {
            (
                entry.revision.as_str(),
                entry.event,
                entry.checksum.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        reported,
        [
            ("a", Event::Applied, Some("1-0000000000000001")),
            ("b", Event::Applied, Some("1-0000000000000002")),
            ("b", Event::Accepted, Some("1-0000000000000003")),
            ("c", Event::Applied, Some("1-0000000000000001")),
        ]
    );
}

fn stamp_records_the_compiled_checksum<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let (before, after) = (written(2, false), written(3, false));
    Migrator::new(&before)
        .stamp(session, &["head"], false)
        .unwrap();
    assert_eq!(Migrator::new(&after).edited(session).unwrap().len(), 1);
    Migrator::new(&before)
        .stamp(session, &["a"], false)
        .unwrap();
    assert_eq!(Migrator::new(&after).edited(session).unwrap(), []);
    // recorded by another tool: its checksum is unknown
    let table = session.version_table();
    session
        .execute(&format!("INSERT INTO {table} (version) VALUES ('b')"))
        .unwrap();
    let after = Migrator::new(&after);
    assert_eq!(after.edited(session).unwrap(), []);

    // until it is accepted by name, here without a journal
    let journal = session.journal_table();
    session.execute(&format!("DROP TABLE {journal}")).unwrap();
    let mut fresh = B::session(&place);
    let session = fresh.as_mut();
    let none: [&str; 0] = [];
    assert_eq!(after.accept(session, &[]).unwrap(), none);
    assert_eq!(after.accept(session, &["b"]).unwrap(), ["b"]);
    assert_eq!(after.accept(session, &["b"]).unwrap(), none);
    assert_eq!(after.edited(session).unwrap(), []);
    let edited = Migrator::new(&before).edited(session).unwrap();
    assert_eq!(edited.len(), 1, "{edited:?}");
}

/// What another run accepts while this one waits is not reported any more.
fn the_report_is_of_the_time_of_the_run<B: TestBackend>() {
    let place = B::place();
    let (before, after) = (written(2, false), written(3, true));
    let mut other = B::session(&place);
    let other = other.as_mut();
    Migrator::new(&before).upgrade(other, "head").unwrap();
    let now = written(3, false);
    let edited = |migrator: Migrator<'_>, session: &mut dyn Session| {
        migrator.upgrade(session, "head").unwrap().edited.len()
    };
    assert_eq!(edited(Migrator::new(&now), other), 0, "it was not asked");
    assert_eq!(edited(Migrator::new(&now).report_edited(true), other), 1);
    let request = &mut LockRequest {
        timeout: Duration::ZERO,
        on_wait: &mut |_| {},
    };
    other.lock(request).unwrap();
    let waits = Barrier::new(2);
    let report = thread::scope(|scope| {
        let run = scope.spawn(|| {
            let migrator = Migrator::new(&after).report_edited(true);
            let migrator = migrator.on_event(|event| {
                if let migrator::Event::Waiting { .. } = event {
                    waits.wait();
                }
            });
            migrator.upgrade(B::session(&place).as_mut(), "head")
        });
        waits.wait();
        Migrator::new(&after).accept(other, &["b"]).unwrap(); // and gives the lock back
        run.join().unwrap().unwrap()
    });
    assert_eq!(report.steps.len(), 1);
    assert_eq!(report.edited, []);
}

on_each_backend! {
    the_report_is_of_the_time_of_the_run
    stamp_records_the_compiled_checksum
    edited_revisions_are_reported_until_accepted
}
