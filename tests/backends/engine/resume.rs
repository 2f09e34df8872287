//! Runs that are interrupted wherever a process may die, and resumed.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use migrate_core::journal::Event as Entry;
use migrate_core::migrator::{Abandon, Decision, Event, Report};
use migrate_core::prelude::*;
use migrate_core::revision::Downgrade;
use migrate_core::{Error, History, Migrator, with_connection};

use super::applied;
use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, irreversible, reversible, revision, with_downgrade};

/// Tables, rows and an index; some in a transaction and some not.
fn mixed() -> History {
    history(vec![
        with_downgrade(
            "a",
            &[],
            |op| {
                op.create_table(
                    table("users")
                        .column(column("id", Integer).primary_key())
                        .column(column("name", VarChar(50))),
                )?;
                op.bulk_insert(
                    "users",
                    ["id", "name"],
                    (1..=9).map(|id| (id, format!("n{id}"))),
                )?;
                op.create_index(index("ix_name").on("users", ["name"]))
            },
            |op| {
                op.drop_index("ix_name")
                    .was(index("ix_name").on("users", ["name"]))?;
                op.drop_table("users")
            },
        ),
        reversible("b", &["a"], |op| {
            op.add_column("users", column("visits", Integer).default(0))?;
            op.execute(
                sql("UPDATE users SET visits = visits + 1")
                    .undone_by("UPDATE users SET visits = visits - 1"),
            )?;
            let seen = index("ix_visits").on("users", ["visits"]);
            match op.backend() {
                BackendKind::Postgres => op.create_index(seen.concurrently()),
                _ => op.create_index(seen),
            }
        })
        .without_transaction(),
        with_downgrade(
            "c",
            &["b"],
            |op| {
                with_connection!(op, |connection| diesel::RunQueryDsl::execute(
                    diesel::sql_query("UPDATE users SET visits = visits + 10"),
                    connection
                ))?;
                Ok(())
            },
            |op| op.execute("UPDATE users SET visits = visits - 10"),
        ),
    ])
}

/// Rows that are changed in batches, each in its own transaction.
fn batches() -> History {
    history(vec![
        irreversible("a", &[], |op| {
            op.create_table(
                table("users")
                    .column(column("id", Integer).primary_key())
                    .column(column("visits", Integer).default(0)),
            )?;
            op.bulk_insert("users", ["id"], (1..=7).map(|id| (id,)))
        }),
        irreversible("b", &["a"], |op| {
            op.batches("users", "id").size(3).run(|op, batch| {
                op.execute(format!(
                    "UPDATE users SET visits = visits + 1 WHERE {batch}"
                ))
            })?;
            op.add_column("users", column("more", Integer).nullable())
        })
        .without_transaction(),
    ])
}

/// The contents of a database: its catalogue, its rows, and the applied set.
fn contents<B: TestBackend>(place: &B::Place, history: &History) -> Vec<String> {
    let mut session = B::session(place);
    let session = session.as_mut();
    let mut all: Vec<String> = B::catalogue(session).into_iter().collect();
    if all.iter().any(|fact| fact.starts_with("table users")) {
        let visits = all.iter().any(|fact| fact.contains("users.visits"));
        let value = if visits { "id * 1000 + visits" } else { "id" };
        all.extend(B::of_rows(session, value, "users"));
    }
    all.extend(applied(history, session));
    all
}

/// Runs something, and leaves it at a boundary as if the process had died. Returns whether it came
/// that far.
pub(crate) fn cut<B: TestBackend>(
    place: &B::Place,
    history: &History,
    at: usize,
    run: impl Fn(
        &Migrator<'_>,
        &mut dyn migrate_core::engine::backend::Session,
    ) -> Result<Report, Error>,
) -> bool {
    let seen = Cell::new(0);
    let migrator = Migrator::new(history).on_event(|event| {
        if let Event::Failpoint { .. } = event {
            seen.set(seen.get() + 1);
            if seen.get() == at {
                resume_unwind(Box::new(Abandon));
            }
        }
    });
    let mut session = B::session(place);
    let ran = catch_unwind(AssertUnwindSafe(|| run(&migrator, session.as_mut())));
    match ran {
        Ok(report) => {
            report.unwrap();
            false
        }
        Err(_) => true,
    }
}

type Run =
    fn(&Migrator<'_>, &mut dyn migrate_core::engine::backend::Session) -> Result<Report, Error>;

const UP: Run = |migrator, session| migrator.upgrade(session, "head");
const DOWN: Run = |migrator, session| migrator.downgrade(session, "base");

/// Interrupts `first` at each of its boundaries, in a separate database, and runs `second` there,
/// which must have the same result as both without an interruption.
fn everywhere<B: TestBackend>(history: &History, up: bool, first: Run, second: Run) {
    // `crash boundaries` does it at each of them
    let stride = match B::KIND {
        BackendKind::Sqlite => 1,
        BackendKind::Postgres => 3,
        _ => 7,
    };
    at_each::<B>(history, stride, up, first, second);
}

fn at_each<B: TestBackend>(history: &History, stride: usize, up: bool, first: Run, second: Run) {
    let run = |place: &B::Place, run: Run| {
        let mut session = B::session(place);
        run(&Migrator::new(history), session.as_mut()).unwrap()
    };
    let undisturbed = B::place();
    if up {
        run(&undisturbed, UP);
    }
    run(&undisturbed, first);
    run(&undisturbed, second);
    let expected = contents::<B>(&undisturbed, history);
    for at in (1..).step_by(stride) {
        let place = B::place();
        if up {
            run(&place, UP);
        }
        if !cut::<B>(&place, history, at, first) {
            assert!(at > 8, "{at}");
            return;
        }
        run(&place, second);
        assert_eq!(contents::<B>(&place, history), expected, "cut at {at}");
        let status = Migrator::new(history)
            .status(B::session(&place).as_mut())
            .unwrap();
        assert_eq!(status.partial, None, "cut at {at}");
    }
}

/// A statement that is repeated without knowing its outcome is also reverted without knowing it.
fn an_uncertain_change_resumes_in_either_direction<B: TestBackend>() {
    let altered = history(vec![
        reversible("a", &[], |op| {
            op.create_table(
                table("users")
                    .column(column("id", Integer).primary_key())
                    .column(column("name", VarChar(50)).default("1.0")),
            )
        }),
        reversible("b", &["a"], |op| {
            op.alter_column(
                "users",
                alter("name")
                    .set_default("1.00")
                    .was(column("name", VarChar(50)).default("1.0")),
            )
        }),
    ]);
    at_each::<B>(&altered, 1, false, UP, UP);
    at_each::<B>(&altered, 1, true, DOWN, DOWN);
    // one step back shows how far it came
    at_each::<B>(&altered, 1, false, UP, |migrator, session| {
        migrator.upgrade(session, "head")?;
        migrator.downgrade(session, "-1")
    });
    at_each::<B>(&altered, 1, false, UP, DOWN);
}

fn up_resumes<B: TestBackend>() {
    everywhere::<B>(&mixed(), false, UP, UP);
}

fn batches_resume<B: TestBackend>() {
    everywhere::<B>(&batches(), false, UP, UP);
}

fn down_resumes<B: TestBackend>() {
    everywhere::<B>(&mixed(), true, DOWN, DOWN);
}

fn down_reverts_a_half_applied_revision<B: TestBackend>() {
    everywhere::<B>(&mixed(), false, UP, DOWN);
}

fn up_reapplies_a_half_reverted_revision<B: TestBackend>() {
    everywhere::<B>(&mixed(), true, DOWN, |migrator, session| {
        match migrator.upgrade(session, "head") {
            // rows are gone that no operation restores
            Err(Error::CannotRevert(_)) => {
                migrator.downgrade(session, "-1")?;
                migrator.upgrade(session, "head")
            }
            up => up,
        }
    });
}

/// Interrupts again and again, each time a little later, until it is done.
fn many_interruptions_have_the_same_result<B: TestBackend>() {
    for (history, stride) in [(mixed(), 3), (mixed(), 4), (batches(), 5)] {
        let undisturbed = B::place();
        Migrator::new(&history)
            .upgrade(B::session(&undisturbed).as_mut(), "head")
            .unwrap();
        let place = B::place();
        let mut at = stride;
        let mut cuts = 0;
        while cut::<B>(&place, &history, at, UP) {
            cuts += 1;
            at = 2 + (at * 7 + cuts) % 23; // far enough for some progress, most times
            assert!(cuts < 300, "no progress");
        }
        assert_eq!(
            contents::<B>(&place, &history),
            contents::<B>(&undisturbed, &history)
        );
    }
}

fn a_failed_revision_is_fixed_and_resumed<B: TestBackend>() {
    fn first(op: &mut Operations<'_>) -> Result<()> {
        op.create_table(table("one").column(column("n", Integer)))?;
        op.bulk_insert("one", ["n"], [(1,)])?;
        op.create_table(table("two").column(column("n", Integer)))
    }
    let broken = history(vec![
        irreversible("a", &[], |op| {
            first(op)?;
            op.create_table(table("one").column(column("n", Integer)))
        })
        .without_transaction(),
    ]);
    let fixed = history(vec![
        irreversible("a", &[], |op| {
            first(op)?;
            op.create_table(table("three").column(column("n", Integer)))
        })
        .without_transaction(),
    ]);
    let other = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("one").column(column("m", Integer)))
        })
        .without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let error = Migrator::new(&broken).upgrade(session, "head").unwrap_err();
    assert!(
        error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("cargo migrate down"),
        "{error}"
    );
    let partial = Migrator::new(&broken).status(session).unwrap().partial;
    let partial = partial.unwrap();
    assert_eq!(partial.revision, "a");
    let operations: Vec<_> = partial
        .finished
        .iter()
        .map(|finished| finished.operation.as_str())
        .collect();
    assert_eq!(
        operations,
        [
            "create table `one`",
            "insert 1 row into `one`",
            "create table `two`"
        ]
    );
    assert!(partial.failed.unwrap().contains("one"));

    let error = Migrator::new(&other).upgrade(session, "head").unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("operation 1 was run by an earlier run")
            && said.contains("it was: create table `one`"),
        "{said}"
    );
    Migrator::new(&fixed).upgrade(session, "head").unwrap();
    assert_eq!(B::tables(session), 3);
    assert_eq!(B::of_rows(session, "n", "one"), ["1"]);
    assert_eq!(applied(&fixed, session), ["a"]);
}

/// A revision with a connection block, of which something is committed after the block. It fails
/// once.
fn with_a_block(fails: bool) -> History {
    fn block(op: &mut Operations<'_>) -> Result<()> {
        op.create_table(table("one").column(column("n", Integer)))?;
        read_connection!(op, |connection| diesel::RunQueryDsl::execute(
            diesel::sql_query("INSERT INTO one (n) SELECT 7 WHERE NOT EXISTS (SELECT 1 FROM one)"),
            connection
        )
        .map(|rows| vec![rows]))?; // of a type that the journal does not record
        op.create_table(table("two").column(column("n", Integer)))
    }
    let up: crate::histories::Run = match fails {
        true => |op| {
            block(op)?;
            op.execute("nonsense")
        },
        false => block,
    };
    history(vec![irreversible("a", &[], up).without_transaction()])
}

fn a_block_with_a_recorded_value_is_skipped<B: TestBackend>() {
    fn block(op: &mut Operations<'_>) -> Result<()> {
        op.create_table(table("one").column(column("n", Integer)))?;
        let rows = with_connection!(op, |connection| diesel::RunQueryDsl::execute(
            diesel::sql_query("INSERT INTO one (n) VALUES (7), (8)"),
            connection
        ))?;
        op.execute(format!("INSERT INTO one (n) VALUES ({rows})"))?;
        op.create_table(table("two").column(column("n", Integer)))
    }
    let broken = history(vec![
        irreversible("a", &[], |op| {
            block(op)?;
            op.execute("nonsense")
        })
        .without_transaction(),
    ]);
    let fixed = history(vec![irreversible("a", &[], block).without_transaction()]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let edited = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("one").column(column("n", Integer)))?;
            with_connection!(op, |connection| diesel::RunQueryDsl::execute(
                diesel::sql_query("INSERT INTO one (n) VALUES (7), (9)"),
                connection
            ))
            .map(drop)
        })
        .without_transaction(),
    ]);
    Migrator::new(&broken).upgrade(session, "head").unwrap_err();
    let error = Migrator::new(&edited).upgrade(session, "head").unwrap_err();
    let named = "operation 2 was run by an earlier run, but has changed since: the connection block in line ";
    assert!(error.to_string().contains(named), "{error}");
    assert!(
        error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("resolve a --done")
    );
    Migrator::new(&fixed).upgrade(session, "head").unwrap();
    assert_eq!(B::of_rows(session, "n", "one"), ["2", "7", "8"]);
    assert_eq!(applied(&fixed, session), ["a"]);
}

fn unknown_outcomes_are_asked_about<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let (broken, fixed) = (with_a_block(true), with_a_block(false));
    Migrator::new(&broken).upgrade(session, "head").unwrap_err();
    let migrator = Migrator::new(&fixed);
    let error = migrator.upgrade(session, "head").unwrap_err();
    assert!(
        error
            .to_string()
            .contains(concat!("use the live", " connection")),
        "{error}"
    );
    let help = error.help().unwrap().typed("cargo migrate");
    assert!(
        help.contains("cargo migrate resolve a --not-done"),
        "{help}"
    );

    // a block cannot be skipped when the revision runs again
    let done = migrator.resolve(session, "a", Decision::StepDone);
    assert!(
        matches!(done, Err(Error::NothingToDecide { .. })),
        "{done:?}"
    );
    let other = migrator.resolve(session, "b", Decision::StepNotDone);
    assert!(matches!(other, Err(Error::NotPartial { .. })), "{other:?}");
    migrator
        .resolve(session, "a", Decision::StepNotDone)
        .unwrap();
    migrator.upgrade(session, "head").unwrap();
    assert_eq!(B::of_rows(session, "n", "one"), ["7"]);
    assert_eq!(applied(&fixed, session), ["a"]);
    assert_eq!(migrator.status(session).unwrap().partial, None);
}

fn the_user_resolves_the_whole_revision<B: TestBackend>() {
    for (decision, expected) in [(Decision::Applied, &["a"][..]), (Decision::NotApplied, &[])] {
        let place = B::place();
        let mut session = B::session(&place);
        let session = session.as_mut();
        let broken = with_a_block(true);
        let migrator = Migrator::new(&broken);
        migrator.upgrade(session, "head").unwrap_err();
        migrator.resolve(session, "a", decision).unwrap();
        assert_eq!(applied(&broken, session), expected);
        assert_eq!(migrator.status(session).unwrap().partial, None);
        let log = migrator.log(session).unwrap();
        assert!(log.iter().any(|entry| entry.event == Entry::Resolved));
    }
}

fn a_failed_revision_is_reverted<B: TestBackend>() {
    let broken = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("one").column(column("n", Integer)))
        }),
        revision(
            "b",
            &["a"],
            |op| {
                op.create_table(table("two").column(column("n", Integer)))?;
                op.bulk_insert("two", ["n"], [(1,)])?;
                op.create_index(index("ix").on("two", ["n"]))?;
                op.execute("nonsense")
            },
            Downgrade::Irreversible,
        )
        .without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let migrator = Migrator::new(&broken);
    migrator.upgrade(session, "head").unwrap_err();
    assert_eq!(B::tables(session), 2);
    assert!(matches!(
        migrator.stamp(session, &["head"], false),
        Err(Error::PartialRevision(_))
    ));
    let report = migrator.downgrade(session, "-1").unwrap();
    assert_eq!((report.steps.len(), report.current.len()), (1, 1));
    assert_eq!(B::tables(session), 1);
    assert_eq!(applied(&broken, session), ["a"]);
    let events: Vec<_> = migrator.log(session).unwrap();
    assert_eq!(events.last().unwrap().event, Entry::Reverted);
    assert!(events.iter().any(|entry| entry.event == Entry::Failed));
}

fn irreversible_operations_are_named_before_anything_runs<B: TestBackend>() {
    let broken = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("one").column(column("n", Integer)))?;
            op.execute("INSERT INTO one VALUES (1)")?;
            op.execute("nonsense")
        })
        .without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let migrator = Migrator::new(&broken);
    migrator.upgrade(session, "head").unwrap_err();
    let error = migrator.downgrade(session, "base").unwrap_err();
    assert!(matches!(error, Error::CannotRevert(_)), "{error}");
    assert!(
        error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("cargo migrate resolve a --not-applied"),
        "{error}"
    );
    assert_eq!(B::of_rows(session, "n", "one"), ["1"]);
}

on_each_backend! {
    an_uncertain_change_resumes_in_either_direction
    up_resumes
    batches_resume
    down_resumes
    down_reverts_a_half_applied_revision
    up_reapplies_a_half_reverted_revision
    many_interruptions_have_the_same_result
    a_failed_revision_is_fixed_and_resumed
    a_failed_revision_is_reverted
    a_block_with_a_recorded_value_is_skipped
    unknown_outcomes_are_asked_about
    the_user_resolves_the_whole_revision
    irreversible_operations_are_named_before_anything_runs
}
