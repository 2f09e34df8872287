//! Failures of statements that are sent together, compared with those of the same statements sent
//! one by one, and the round trips of a database that is up to date. An observer of a run makes it
//! send each statement by itself.

use migrate_cli::{Exit, Invocation, Surroundings};
use migrate_core::engine::backend::{Access, Session, connect};
use migrate_core::error::RevisionFailure;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{Error, History, Migrator, Revision};

use migrate_tests::distance::Distance;

use crate::backend::TestBackend;
use crate::histories::{Run, history, irreversible, reversible, with_downgrade};

/// A table, then the revision of a test, then one more.
pub(crate) fn around(revision: Revision) -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(
                table("t")
                    .column(column("n", Integer).primary_key())
                    .column(column("m", Integer).nullable()),
            )
        }),
        revision,
        irreversible("c", &["b"], |op| op.bulk_insert("t", ["n"], [[100]])),
    ])
}

pub(crate) fn of_body(run: Run) -> Revision {
    with_downgrade("b", &["a"], run, |_| Ok(()))
}

pub(crate) fn of_text(text: &'static str) -> Revision {
    Revision::new(
        "b",
        &["a"],
        "Revision b.",
        "migrations/b/up.sql",
        1,
        Body::sql(text),
        Downgrade::Irreversible,
    )
}

/// What is known of a failure, and the state after it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Known {
    text: String,
    cause: String,
    operation: Option<String>,
    statement: Option<String>,
    at: (String, u32),
    undone: bool,
    kept: Vec<String>,
    pub(crate) current: Vec<String>,
    tables: usize,
    rows: Vec<String>,
    /// What the journal has of the operations: the places of those that are done, and the open one.
    partial: Option<(Vec<u32>, Option<u32>)>,
    log: Vec<String>,
}

/// The failure of a history, together or one by one. What it leaves is checked.
pub(crate) fn known<B: TestBackend>(
    history: &History,
    prepare: &str,
    together: bool,
    check: fn(&mut dyn Session),
) -> Known {
    let place = B::place();
    let mut session = B::session(&place);
    let migrator = Migrator::new(history);
    migrator.upgrade(session.as_mut(), "a").unwrap();
    if !prepare.is_empty() {
        session.execute(prepare).unwrap();
    }
    let migrator = match together {
        true => Migrator::new(history),
        false => Migrator::new(history).on_event(|_| {}),
    };
    let error = migrator
        .lock_retries(0)
        .statement_lock_timeout(std::time::Duration::from_millis(100))
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    let RevisionFailure {
        cause,
        operation,
        statement,
        file,
        line,
        undone,
        kept,
        report,
        partial,
        ..
    } = &*failure;
    let mut session = B::session(&place);
    check(session.as_mut());
    let log = Migrator::new(history).log(session.as_mut()).unwrap();
    Known {
        text: lasting(&failure.to_string()),
        cause: format!("{:?}", std::mem::discriminant(cause)),
        operation: operation.clone(),
        statement: statement.as_deref().map(lasting),
        at: (file.clone(), *line),
        undone: *undone,
        kept: kept.clone(),
        current: report.current.clone(),
        tables: B::tables(session.as_mut()),
        rows: B::of_rows(session.as_mut(), "n", "t"),
        partial: partial.as_ref().map(|partial| {
            let finished = partial.finished.iter().map(|done| done.step);
            let open = partial.open.as_ref().map(|open| open.step);
            (finished.collect(), open)
        }),
        log: log
            .iter()
            .map(|entry| {
                let detail = entry.detail.as_deref().unwrap_or_default();
                let operation = entry.operation.as_deref().unwrap_or_default();
                let event = entry.event.name();
                lasting(&format!("{} {event} {operation} {detail}", entry.revision))
            })
            .collect(),
    }
}

/// The round trips after connecting, on a database that is up to date: of an upgrade, of its
/// status, and of the commands `status`, `check --database` and `up`, which compares checksums too.
pub(crate) fn of_up_to_date<B: TestBackend>() -> [u64; 5] {
    let history = migrate_tests::chain::of_sql(4);
    let place = B::place();
    Migrator::new(&history)
        .upgrade(B::session(&place).as_mut(), "head")
        .unwrap();
    let url = B::url(&place);
    let distance = Distance::before(url.as_secret_str(), std::time::Duration::ZERO);
    let connect = || connect(&distance.url().parse().unwrap(), Access::Read).unwrap();
    drop(connect());
    let connecting = distance.traffic().round_trips;
    let trips = || distance.traffic().round_trips - connecting;
    let migrator = Migrator::new(&history);
    migrator.upgrade(connect().as_mut(), "head").unwrap();
    let upgrade = trips();
    migrator.status(connect().as_mut()).unwrap();
    let status = trips();
    let command = |arguments: &[&str]| {
        let variable = |name: &str| (name == "DATABASE_URL").then(|| distance.url().into());
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = migrate_cli::run(
            &history,
            Invocation {
                program: "cargo migrate".to_owned(),
                arguments: arguments.iter().map(Into::into).collect(),
                surroundings: Surroundings {
                    directory: "/".into(),
                    variable: &variable,
                },
                out: &mut out,
                err: &mut err,
                scripts: None,
                terminal: false,
            },
        );
        assert_eq!(exit, Exit::Done, "{}", String::from_utf8_lossy(&err));
        trips()
    };
    [
        upgrade,
        status,
        command(&["status"]),
        command(&["check", "--database"]),
        command(&["up"]),
    ]
}

/// A text without the number of the test's database, and without what has the time of the run: what
/// the server says of a row, and a statement that writes one of the journal.
fn lasting(text: &str) -> String {
    let mut text = text;
    for end in ["\n  detail: Failing row contains (b", "detail) VALUES"] {
        text = text.split(end).next().unwrap_or_default();
    }
    let mut parts = text.split("t_backends_");
    let first = parts.next().unwrap_or_default().to_owned();
    let is_number = |character: char| character.is_ascii_digit() || character == '_';
    parts.fold(first, |text, part| {
        text + "t_backends" + part.trim_start_matches(is_number)
    })
}
