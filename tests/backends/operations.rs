//! Every operation: it is applied and the catalogue shows exactly its effect; it is reversed and the
//! catalogue is as it was.

mod columns;
mod indexes;
mod rows;
mod tables;

use migrate_core::backend::Session;
use migrate_core::prelude::*;

use crate::backend::{TestBackend, difference};

type Body = fn(&mut Operations<'_>) -> Result<()>;

/// An operation under test.
pub(crate) struct Case {
    /// What has to be there first.
    pub(crate) before: Body,
    /// The operations.
    pub(crate) change: Body,
    /// What the catalogue then says that it did not, and the other way round.
    pub(crate) effect: &'static [&'static str],
}

/// Applies a case, looks, reverses it, and looks again.
pub(crate) fn check<B: TestBackend>(case: &Case) {
    let place = B::place();
    let mut session = B::session(&place);
    run(session.as_mut(), case.before).unwrap();
    let before = B::catalogue(session.as_mut());

    run(session.as_mut(), case.change).unwrap();
    let after = B::catalogue(session.as_mut());
    assert_eq!(difference(&before, &after), case.effect);

    for operation in collected(session.as_mut(), case.change).iter().rev() {
        let reverse = operation.reverse().unwrap();
        assert_eq!(
            reverse.reverse().unwrap().reverse().unwrap(),
            reverse,
            "{operation}"
        );
        Operations::running(session.as_mut())
            .apply(reverse)
            .unwrap();
    }
    let restored = B::catalogue(session.as_mut());
    assert_eq!(difference(&before, &restored), [""; 0]);
}

pub(crate) fn run(session: &mut dyn Session, body: Body) -> Result<()> {
    body(&mut Operations::running(session))
}

fn collected(session: &mut dyn Session, body: Body) -> Vec<migrate_core::operation::Operation> {
    let mut op = Operations::collecting(session.backend());
    body(&mut op).unwrap();
    op.into_operations()
}

/// A table for cases that need one.
pub(crate) fn users(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("users")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("name", Text))
            .column(column("email", VarChar(320)).nullable()),
    )?;
    op.bulk_insert(
        "users",
        ["id", "name", "email"],
        [(1, "Ada", Some("ada@example.com")), (2, "Grace", None)],
    )
}

/// No case has anything to do first.
pub(crate) fn nothing(_op: &mut Operations<'_>) -> Result<()> {
    Ok(())
}
