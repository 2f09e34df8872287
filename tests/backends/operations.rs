//! Every operation: it is applied and the catalogue shows exactly its effect; it is reversed and
//! the catalogue is as before.

mod alter;
mod columns;
mod comments;
mod constraints;
mod indexes;
mod more_columns;
mod named_types;
mod names;
mod rows;
mod schemas;
mod sequences;
mod special_indexes;
mod tables;
mod types;
mod views;

use migrate_core::engine::execute::{Collect, Transactional};
use std::path::Path;

use migrate_core::engine::backend::Session;
use migrate_core::error::OperationError;
use migrate_core::prelude::*;

use crate::backend::{TestBackend, difference};
use crate::{probes, scripts};

pub(crate) type Body = fn(&mut Operations<'_>) -> Result<()>;

/// An operation under test.
pub(crate) struct Case {
    /// Its name, and the name of the file that records its effects: `effects/BACKEND/NAME.txt`.
    pub(crate) name: &'static str,
    /// Its setup.
    pub(crate) before: Body,
    /// The operations.
    pub(crate) change: Body,
}

/// Generates a test for each backend of each case: `name: before, change;`.
macro_rules! cases {
    ($($name:ident: $before:expr, $change:expr;)*) => {
        crate::operations::cases! { on_each_backend: $($name: $before, $change;)* }
    };
    ($on:ident: $($name:ident: $before:expr, $change:expr;)*) => {
        $(fn $name<B: crate::backend::TestBackend>() {
            crate::operations::check::<B>(&crate::operations::Case {
                name: stringify!($name),
                before: $before,
                change: $change,
            });
        })*
        crate::backend::$on! { $($name)* }
    };
}
use cases;

/// Applies a case, checks, reverses it, and checks again.
pub(crate) fn check<B: TestBackend>(case: &Case) {
    let place = B::place();
    let mut session = B::session(&place);
    if let Err(error) = run(session.as_mut(), case.before) {
        // then the subject of the case cannot exist either, and is usually refused with a message
        // of its own
        let own = run(session.as_mut(), case.change).err();
        let refused = own
            .filter(|own| is_refusal(own) && !own.to_string().ends_with("which is not there"))
            .unwrap_or(error);
        return compare::<B>(case, Some(refused), &[]);
    }
    let before = B::catalogue(session.as_mut());

    let changed = run(session.as_mut(), case.change);
    let after = B::catalogue(session.as_mut());
    let works = changed.is_ok();
    let mut effect = difference(&before, &after);
    if works {
        effect.extend(reversed(session.as_mut(), case));
        let restored = B::catalogue(session.as_mut());
        if !effect.iter().any(|line| line.starts_with(IRREVERSIBLE)) {
            assert_eq!(difference(&before, &restored), [""; 0]);
        }
        B::tidy(session.as_mut());
        effect.extend(scripts::check::<B>(case));
        effect.extend(probes::check::<B>(case));
    }
    compare::<B>(case, changed.err(), &effect);
}

/// The prefix of a line that says why a case is irreversible.
const IRREVERSIBLE: &str = "reverse: ";

/// Reverses a case, or returns why it is irreversible.
fn reversed(session: &mut dyn Session, case: &Case) -> Option<String> {
    for operation in collected(session, case.change).iter().rev() {
        let reverse = match operation.reverse() {
            Ok(reverse) => reverse,
            Err(irreversible) => return Some(format!("{IRREVERSIBLE}{irreversible}")),
        };
        if let Ok(again) = reverse.reverse() {
            assert_eq!(again.reverse().unwrap(), reverse, "{operation}");
        }
        let mut run = Transactional::new(session);
        let mut op = run.operations();
        op.apply(reverse).unwrap();
        run.finish().unwrap();
    }
    None
}

fn is_refusal(error: &RevisionError) -> bool {
    matches!(error.downcast_ref(), Some(OperationError::Unsupported(_)))
}

/// Compares the outcome with the case's file. `SNAPSHOTS=overwrite` writes the file.
fn compare<B: TestBackend>(case: &Case, refused: Option<RevisionError>, effect: &[String]) {
    let said = match refused {
        None => "works".to_owned(),
        Some(error) => match error.downcast_ref() {
            Some(OperationError::Unsupported(unsupported)) => {
                format!("refused: {unsupported}\nhelp: {}", unsupported.help)
            }
            _ => panic!("{}: {error}", case.name),
        },
    };
    let lines: Vec<&str> = std::iter::once(said.as_str())
        .chain(effect.iter().map(String::as_str))
        .collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("backends/effects")
        .join(B::NAME)
        .join(format!("{}.txt", case.name));
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(
        snapbox::Data::text(B::lasting(&lines.join("\n")) + "\n").raw(),
        snapbox::Data::read_from(&file, Some(snapbox::data::DataFormat::Text)).raw(),
    );
}

pub(crate) fn run(session: &mut dyn Session, body: Body) -> Result<()> {
    let mut run = Transactional::new(session);
    let mut op = run.operations();
    body(&mut op)?;
    run.finish()
}

pub(crate) fn collected(
    session: &mut dyn Session,
    body: Body,
) -> Vec<migrate_core::operation::Operation> {
    let mut collect = Collect::new(session.backend());
    let mut op = collect.operations();
    body(&mut op).unwrap();
    collect.into_operations()
}

/// A table for cases that need one.
pub(crate) fn users(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("users")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("name", VarChar(80)))
            .column(column("email", VarChar(320)).nullable()),
    )?;
    op.bulk_insert(
        "users",
        ["id", "name", "email"],
        [(1, "Ada", Some("ada@example.com")), (2, "Grace", None)],
    )
}

/// The setup of a case without one.
pub(crate) fn nothing(_op: &mut Operations<'_>) -> Result<()> {
    Ok(())
}
