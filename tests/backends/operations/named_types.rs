//! Enum types and domains: created, used, changed, dropped.

use migrate_core::prelude::*;

use super::{cases, nothing};

fn moods(op: &mut Operations<'_>) -> Result<()> {
    op.create_enum(enum_type("mood", ["sad", "it's ok"]))
}

cases! {
    create_enum: nothing, |op| {
        moods(op)?;
        op.create_table(table("people").column(column("mood", Type::named("mood")).default("sad")))
    };
    drop_enum: moods, |op| op.drop_enum(enum_type("mood", ["sad", "it's ok"]));
    rename_enum: moods, |op| op.rename_enum("mood", "feeling");
    rename_enum_value: moods, |op| op.alter_enum("mood", rename_value("sad", "blue"));
    add_enum_value: moods, |op| op.alter_enum("mood", add_value("happy"));
    add_enum_value_before_another: moods, |op| op.alter_enum("mood", add_value("blue").before("it's ok"));
    add_enum_value_after_another: moods, |op| op.alter_enum("mood", add_value("it's 'fine'").after("sad"));
    add_enum_value_if_not_exists: moods, |op| {
        op.alter_enum("mood", add_value("sad").if_not_exists())?;
        op.alter_enum("mood", add_value("happy").if_not_exists())
    };
    drop_enum_if_exists: moods, |op| op.drop_enum_if_exists("mood");
    drop_domain_if_exists: nothing, |op| op.drop_domain_if_exists("short");
    create_domain: nothing, |op| {
        op.create_domain(domain("positive", Integer).not_null().default(1)
            .constraint(check("VALUE > 0").named("above_zero")))?;
        op.create_table(table("sizes").column(column("size", Type::named("positive"))))
    };
    drop_domain: |op| op.create_domain(domain("short", VarChar(10)).collate("C")),
        |op| op.drop_domain(domain("short", VarChar(10)).collate("C"));
}
