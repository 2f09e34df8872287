//! Tables: created with everything, dropped, renamed.

use migrate_core::prelude::*;

use super::{Case, check, nothing, run, users};
use crate::backend::TestBackend;
use crate::sqlite::Sqlite;

#[test]
fn create_table() {
    check::<Sqlite>(&Case {
        before: users,
        change: |op| {
            op.create_table(
                table("orders")
                    .column(column("id", Integer).primary_key().autoincrement())
                    .column(column("number", VarChar(20)).unique())
                    .column(
                        column("buyer", Integer)
                            .references("users", "id")
                            .on_delete(Cascade),
                    )
                    .column(
                        column("total", Decimal(10, 2))
                            .default(0)
                            .check("total >= 0"),
                    )
                    .column(column("note", Text).nullable())
                    .column(column("placed_at", Timestamp).default_sql("CURRENT_TIMESTAMP"))
                    .column(column("twice", Double).generated("total * 2"))
                    .check("number <> ''"),
            )
        },
        effect: &[
            "+ check number <> ''",
            "+ check total >= 0",
            "+ column orders.buyer INTEGER not null",
            "+ column orders.id INTEGER not null primary key 1",
            "+ column orders.note TEXT",
            "+ column orders.number VARCHAR(20) not null",
            "+ column orders.placed_at TIMESTAMP not null default CURRENT_TIMESTAMP",
            "+ column orders.total DECIMAL(10, 2) not null default 0",
            "+ column orders.twice DOUBLE not null generated 2",
            "+ constraint u on orders(number) unique",
            "+ foreign key orders(buyer) -> users(id) on delete CASCADE on update NO ACTION",
            "+ numbered orders",
            "+ table orders",
        ],
    });
}

#[test]
fn create_table_with_keys_over_several_columns() {
    check::<Sqlite>(&Case {
        before: nothing,
        change: |op| {
            op.create_table(
                table("members")
                    .column(column("team", Integer))
                    .column(column("person", Integer))
                    .column(column("badge", BigInt))
                    .primary_key(["team", "person"])
                    .unique(["badge", "team"]),
            )?;
            op.create_table(
                table("roles")
                    .column(column("team", Integer).nullable())
                    .column(column("person", Integer).nullable())
                    .constraint(
                        foreign_key(["team", "person"])
                            .references("members", ["team", "person"])
                            .on_delete(SetNull)
                            .on_update(Cascade),
                    ),
            )
        },
        effect: &[
            "+ column members.badge BIGINT not null",
            "+ column members.person INTEGER not null primary key 2",
            "+ column members.team INTEGER not null primary key 1",
            "+ column roles.person INTEGER",
            "+ column roles.team INTEGER",
            "+ constraint pk on members(team, person) unique",
            "+ constraint u on members(badge, team) unique",
            "+ foreign key roles(team, person) -> members(team, person) on delete SET NULL on update CASCADE",
            "+ table members",
            "+ table roles",
        ],
    });
}

#[test]
fn drop_table_with_its_definition() {
    check::<Sqlite>(&Case {
        before: |op| op.create_table(table("old").column(column("a", Text).default("x'y"))),
        change: |op| op.drop_table(table("old").column(column("a", Text).default("x'y"))),
        effect: &["- column old.a TEXT not null default 'x''y'", "- table old"],
    });
}

#[test]
fn rename_table() {
    check::<Sqlite>(&Case {
        before: |op| {
            users(op)?;
            let author = column("author", Integer).references("users", "id");
            op.create_table(table("posts").column(author))
        },
        change: |op| op.rename_table("users", "people"),
        effect: &[
            "- column users.email VARCHAR(320)",
            "- column users.id INTEGER not null primary key 1",
            "- column users.name TEXT not null",
            "- foreign key posts(author) -> users(id) on delete NO ACTION on update NO ACTION",
            "- numbered users",
            "- table users",
            "+ column people.email VARCHAR(320)",
            "+ column people.id INTEGER not null primary key 1",
            "+ column people.name TEXT not null",
            "+ foreign key posts(author) -> people(id) on delete NO ACTION on update NO ACTION",
            "+ numbered people",
            "+ table people",
        ],
    });
}

#[test]
fn create_if_not_exists_leaves_what_is_there_alone() {
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    run(session.as_mut(), users).unwrap();
    let before = Sqlite::catalogue(session.as_mut());
    run(session.as_mut(), |op| {
        op.create_table(table("users").column(column("other", Text)).if_not_exists())?;
        op.drop_table_if_exists("missing")
    })
    .unwrap();
    assert_eq!(Sqlite::catalogue(session.as_mut()), before);
}
