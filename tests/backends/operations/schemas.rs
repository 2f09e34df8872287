//! Schemas and their contents; extensions.

use migrate_core::prelude::*;

use super::{cases, nothing};

/// The name of a schema for this test alone: on MySQL and MariaDB it is a database of the whole
/// server.
fn own(op: &Operations<'_>, name: &str) -> String {
    match op.backend() {
        #[cfg(feature = "servers")]
        BackendKind::Mysql | BackendKind::Mariadb => {
            format!("{name}{}", crate::mysql::catalogue::mine())
        }
        _ => name.to_owned(),
    }
}

fn audit(op: &mut Operations<'_>) -> Result<()> {
    op.create_schema(own(op, "audit"))
}

fn audit_with_a_table(op: &mut Operations<'_>) -> Result<()> {
    audit(op)?;
    let name = ObjectName::qualified(own(op, "audit"), "users");
    op.create_table(table(name).column(column("id", Integer).primary_key()))
}

cases! {
    create_schema: nothing, |op| {
        let audit = own(op, "audit");
        let users = ObjectName::qualified(audit.as_str(), "users");
        op.create_schema(audit.as_str())?;
        op.create_table(
            table(users.clone())
                .column(column("id", Integer).primary_key())
                .column(column("of", Integer).nullable().references(users.clone(), "id"))
                .comment("in a schema"))?;
        op.add_column(users.clone(), column("a", Integer).nullable())?;
        op.create_index(index("ix_a").on(users.clone(), ["a"]))?;
        op.rename_index(users.clone(), "ix_a", "ix_users_a")?;
        op.rename_table(users, "people")
    };
    create_schema_if_not_exists: audit, |op| op.create_schema_if_not_exists(own(op, "audit"));
    rename_schema: audit, |op| op.rename_schema(own(op, "audit"), own(op, "journal"));
    drop_schema: audit, |op| op.drop_schema(own(op, "audit"));
    drop_schema_if_exists: audit, |op| op.drop_schema_if_exists(own(op, "audit"));
    drop_schema_with_all_in_it: audit_with_a_table, |op| op.drop_schema_cascade(own(op, "audit"));
    create_extension: nothing, |op| op.create_extension(extension("pg_trgm").schema("public"));
    create_extension_if_not_exists: |op| op.create_extension("pg_trgm"),
        |op| op.create_extension(extension("pg_trgm").if_not_exists());
    drop_extension: |op| op.create_extension("pg_trgm"), |op| op.drop_extension("pg_trgm");
    drop_extension_if_exists: nothing, |op| op.drop_extension_if_exists("pg_trgm");
}
