//! The platform's first tables.

use migrate_core::prelude::*;

/// Initial schema
#[revision(id = "001_initial_schema", down_revision = None, reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    let id = || column("id", Integer).primary_key().autoincrement();
    let user = || column("user_id", Integer).references("users", "id").on_delete(Cascade);
    op.create_table(
        table("users")
            .column(id())
            .column(column("email", VarChar(255)).unique())
            .column(column("full_name", VarChar(255)).nullable())
            .column(column("is_active", Bool).default(true)),
    )?;
    op.create_table(table("roles").column(id()).column(column("name", VarChar(64)).unique()))?;
    op.create_table(
        table("user_roles")
            .column(user())
            .column(column("role_id", Integer).references("roles", "id"))
            .primary_key(["user_id", "role_id"]),
    )?;
    op.create_table(
        table("activities")
            .column(id())
            .column(user())
            .column(column("app_name", VarChar(255)))
            .column(column("happened_at", Timestamp)),
    )?;
    op.create_index(index("ix_activities_user").on("activities", ["user_id", "happened_at"]))?;
    op.create_table(
        table("activity_features")
            .column(id())
            .column(column("activity_id", Integer).references("activities", "id").on_delete(Cascade))
            .column(column("category", VarChar(64))),
    )?;
    op.create_table(
        table("anomalies")
            .column(id())
            .column(user())
            .column(column("severity", Double))
            .column(column("description", Text)),
    )?;
    op.create_table(
        table("process_notes")
            .column(id())
            .column(user())
            .column(column("note", Text)),
    )?;
    op.create_table(
        table("tasks")
            .column(id())
            .column(user())
            .column(column("process_note_id", Integer).nullable().references("process_notes", "id"))
            .column(column("title", VarChar(255)))
            .column(column("status", VarChar(32)).default("open")),
    )?;
    op.create_table(
        table("user_settings")
            .column(user().primary_key())
            .column(column("settings", Text).default("{}")),
    )?;
    op.create_table(
        table("notifications")
            .column(id())
            .column(user())
            .column(column("task_id", Integer).nullable().references("tasks", "id"))
            .column(column("text", Text)),
    )?;
    op.create_table(
        table("jobs")
            .column(id())
            .column(user())
            .column(column("title", VarChar(255))),
    )
}
