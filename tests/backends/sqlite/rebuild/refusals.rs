//! What prevents a table rebuild: nothing of it runs.

use migrate_core::prelude::*;

use super::fixture::{self, ALL};
use super::{database, migrate, texts};
use crate::histories::Run;

#[test]
fn each_refusal_says_why_and_changes_nothing() {
    let cases: [(Run, &str); 13] = [
        (|op| op.drop_column("orders", "customer"), "is over it"),
        (
            |op| {
                op.drop_index("ix_partial").on("orders")?;
                op.drop_index("ix_expression").on("orders")?;
                op.alter_column("orders", alter("loose").set_default(1))?;
                op.drop_column("orders", "total")
            },
            "`twice` is computed from it",
        ),
        (
            |op| {
                op.drop_index("ix_partial").on("orders")?;
                op.drop_column("orders", "state")
            },
            "is about other columns too",
        ),
        (|op| op.drop_column("orders", "nmae"), "no such column"),
        (
            |op| op.alter_column("orders", alter("nmae").set_not_null()),
            "the table's columns are `id`, `number`",
        ),
        (
            |op| op.drop_constraint("orders", "ck_nothing"),
            "the table's named constraints are `fk_customer`, `uq_code`, `ck_state`",
        ),
        (
            |op| op.drop_constraint("no_orders", "ck"),
            "which is not there",
        ),
        (
            |op| op.add_constraint("orders", migrate_core::op::check("total > (1")),
            "cannot parse its CREATE TABLE statement",
        ),
        (
            |op| op.add_constraint("orders", migrate_core::op::check("nowhere > 1")),
            "no such column: nowhere",
        ),
        (
            |op| op.alter_column("orders", alter("boss").set_not_null()),
            "NOT NULL constraint failed",
        ),
        (
            |op| {
                op.execute("UPDATE orders SET loose = 1")?;
                op.add_constraint("orders", unique(["loose"]).named("u"))
            },
            "UNIQUE constraint failed: orders.loose",
        ),
        (
            |op| op.alter_column("orders", alter("note").set_comment("c")),
            "cannot keep a comment on `note`",
        ),
        (
            |op| {
                op.execute("CREATE VIEW loosely AS SELECT loose FROM orders")?;
                op.alter_column("orders", alter("note").drop_default())?;
                op.drop_column("orders", "loose")
            },
            "the schema would be broken: error in view loosely",
        ),
    ];
    for (number, (body, message)) in cases.into_iter().enumerate() {
        let mut session = database();
        let session = session.as_mut();
        fixture::make(session);
        let before = (texts(session), fixture::values(session, ALL));
        let error = migrate(session, body).unwrap_err().to_string();
        assert!(error.contains(message), "{number}: {error}");
        assert_eq!((texts(session), fixture::values(session, ALL)), before);
    }
}
