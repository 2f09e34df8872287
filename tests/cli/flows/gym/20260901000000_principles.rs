//! The gym's first tables.

use migrate_core::prelude::*;

/// Create principles and scenarios
#[revision(id = "20260901000000", down_revision = None, reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("principles")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("title", VarChar(200))),
    )?;
    op.create_table(
        table("scenarios")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("principle_id", Integer).references("principles", "id").on_delete(Cascade))
            .column(column("txt", Text)),
    )
}
