//! Schemas, and what is in them; extensions.

use migrate_core::prelude::*;

use super::{cases, nothing};

fn audit(op: &mut Operations<'_>) -> Result<()> {
    op.create_schema("audit")
}

// on MySQL and MariaDB a schema is a database of the whole server: see `mysql::alter`
cases! { on_each_that_undoes:
    create_schema: nothing, |op| {
        op.create_schema("audit")?;
        op.create_table(
            table(ObjectName::qualified("audit", "users"))
                .column(column("id", Integer).primary_key())
                .column(column("of", Integer).nullable()
                    .references(ObjectName::qualified("audit", "users"), "id"))
                .comment("in a schema"))?;
        op.create_index(index("ix_of").on(ObjectName::qualified("audit", "users"), ["of"]))?;
        op.rename_index(ObjectName::qualified("audit", "users"), "ix_of", "ix_users_of")?;
        op.add_column(ObjectName::qualified("audit", "users"), column("a", Integer).nullable())?;
        op.rename_table(ObjectName::qualified("audit", "users"), "people")
    };
    rename_schema: audit, |op| op.rename_schema("audit", "journal");
    drop_schema: audit, |op| op.drop_schema("audit");
}

cases! {
    create_extension: nothing, |op| op.create_extension(extension("pg_trgm").schema("public"));
}
