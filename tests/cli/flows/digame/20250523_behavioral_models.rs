//! Models of what people do.

use migrate_core::prelude::*;

/// Behavioral models
#[revision(
    id = "20250523_behavioral_models",
    down_revision = "001_initial_schema",
    downgrade = downgrade
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("behavioral_models")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("user_id", Integer).references("users", "id").on_delete(Cascade))
            .column(column("name", VarChar(100)))
            .column(column("silhouette", Double).nullable()),
    )?;
    op.create_table(
        table("behavioral_patterns")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("model_id", Integer).references("behavioral_models", "id").on_delete(Cascade))
            .column(column("label", Integer)),
    )?;
    op.create_index(index("ix_behavioral_models_user").on("behavioral_models", ["user_id"]))
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.drop_table("behavioral_patterns")?;
    op.drop_table("behavioral_models")
}
