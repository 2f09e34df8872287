//! A data migration in diesel's own language: `full_name` becomes `given_name` and `family_name`.
//!
//! The tables are declared here as they are at this revision, not taken from the application, whose
//! models move on.

use diesel::prelude::*;
use migrate_core::prelude::*;

diesel::table! {
    members {
        id -> Integer,
        full_name -> Text,
        given_name -> Text,
        family_name -> Text,
    }
}

/// Split members.full_name into given and family name
#[revision(
    id = "20261116140000",
    down_revision = "20261109083000",
    downgrade = downgrade,
    lossy = ["members.full_name: spaces around a name are not kept"]
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.add_column("members", column("given_name", Text).default(""))?;
    op.add_column("members", column("family_name", Text).default(""))?;

    with_connection!(op, |connection| {
        let people: Vec<(i32, String)> = members::table
            .select((members::id, members::full_name))
            .load(connection)?;
        for (id, full_name) in people {
            let (given, family) = full_name.split_once(' ').unwrap_or((&full_name, ""));
            diesel::update(members::table.find(id))
                .set((
                    members::given_name.eq(given),
                    members::family_name.eq(family),
                ))
                .execute(connection)?;
        }
        QueryResult::Ok(())
    })?;
    op.drop_column("members", "full_name")
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.add_column("members", column("full_name", Text).default(""))?;
    with_connection!(op, |connection| {
        let people: Vec<(i32, String, String)> = members::table
            .select((members::id, members::given_name, members::family_name))
            .load(connection)?;
        for (id, given, family) in people {
            let full_name = format!("{given} {family}");
            diesel::update(members::table.find(id))
                .set(members::full_name.eq(full_name.trim()))
                .execute(connection)?;
        }
        QueryResult::Ok(())
    })?;
    op.drop_column("members", "family_name")?;
    op.drop_column("members", "given_name")?;
    op.alter_column("members", alter("full_name").drop_default())
}
