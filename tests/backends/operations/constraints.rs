//! Constraints of existing tables: added, renamed, validated, dropped.

use migrate_core::prelude::*;
use migrate_core::schema::Match;

use super::{cases, nothing};

/// Two tables without constraints other than a key.
fn rooms(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("rooms")
            .column(column("id", Integer).primary_key())
            .column(column("name", VarChar(50)).nullable())
            .column(column("floor", Integer)),
    )?;
    op.create_table(
        table("bookings")
            .column(column("number", Integer))
            .column(column("room", Integer).nullable())
            .column(column("guests", Integer).default(1)),
    )
}

/// A table with a range of time in each row.
fn talks(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("talks")
            .column(column("room", Type::Range(RangeOf::Integer)))
            .column(column("during", Type::Range(RangeOf::Timestamptz))),
    )
}

cases! {
    add_primary_key: rooms, |op| op.add_constraint("bookings", primary_key(["number"]).named("pk_bookings"));
    add_unique: rooms, |op| op.add_constraint("rooms", unique(["name", "floor"]).named("uq_rooms"));
    add_check: rooms, |op| op.add_constraint("bookings", check("guests > 0").named("ck_guests"));
    add_foreign_key: rooms, |op| op.add_constraint("bookings",
        foreign_key(["room"]).references("rooms", ["id"]).on_delete(SetNull).on_update(Cascade).named("fk_room"));
    drop_unnamed_constraints: |op| {
        rooms(op)?;
        op.add_constraint("bookings", primary_key(["number", "guests"]))?;
        op.add_constraint("rooms", unique(["floor", "name"]))?;
        op.add_constraint("bookings", foreign_key(["room"]).references("rooms", ["id"]))
    }, |op| {
        op.drop_constraint("bookings", foreign_key(["room"]).references("rooms", ["id"]))?;
        op.drop_constraint("rooms", unique(["floor", "name"]))?;
        op.drop_constraint("bookings", primary_key(["number", "guests"]))
    };
    add_unique_that_waits: rooms, |op| op.add_constraint(
        "rooms", unique(["floor"]).named("uq_floor").initially_deferred());
    add_foreign_key_that_waits: rooms, |op| op.add_constraint("bookings",
        foreign_key(["room"]).references("rooms", ["id"]).named("fk_room").initially_deferred());
    add_unique_where_nulls_are_alike: rooms, |op| op.add_constraint(
        "rooms", unique(["name"]).named("uq_name").nulls_not_distinct());
    add_unique_with_included_columns: rooms, |op| op.add_constraint(
        "rooms", unique(["name"]).named("uq_name").include(["floor"]));
    add_foreign_key_with_match: rooms, |op| op.add_constraint("bookings",
        foreign_key(["room"]).references("rooms", ["id"]).named("fk_room").match_type(Match::Full));
    add_check_not_valid: rooms, |op| op.add_constraint(
        "bookings", check("guests > 0").named("ck_guests").not_valid());
    add_foreign_key_not_valid: rooms, |op| op.add_constraint("bookings",
        foreign_key(["room"]).references("rooms", ["id"]).named("fk_room").not_valid());
    add_check_that_is_not_inherited: rooms, |op| op.add_constraint(
        "bookings", check("guests > 0").named("ck_guests").no_inherit());
    exclude_rows: talks, |op| op.add_constraint("talks",
        exclude([("room", "&&"), ("during", "&&")]).using("gist").named("ex_talks")
            .filter("NOT isempty(during)"));
    drop_constraint: |op| {
        rooms(op)?;
        op.add_constraint("rooms", unique(["name"]).named("uq_name"))
    }, |op| op.drop_constraint("rooms", unique(["name"]).named("uq_name"));
    drop_check: |op| op.create_table(
        table("t").column(column("a", Integer)).constraint(check("a > 0").named("ck_a"))),
        |op| op.drop_constraint("t", check("a > 0").named("ck_a"));
    rename_constraint: |op| {
        rooms(op)?;
        op.add_constraint("rooms", unique(["name"]).named("uq_name"))
    }, |op| op.rename_constraint("rooms", "uq_name", "uq_rooms_name");
    validate_check: |op| {
        rooms(op)?;
        op.add_constraint("bookings", check("guests > 0").named("ck_guests").not_valid())
    }, |op| op.validate_constraint("bookings", "ck_guests");
    validate_foreign_key: |op| {
        rooms(op)?;
        op.add_constraint("bookings",
            foreign_key(["room"]).references("rooms", ["id"]).named("fk_room").not_valid())
    }, |op| op.validate_constraint("bookings", "fk_room");
    add_foreign_key_that_sets_a_default: rooms, |op| op.add_constraint("bookings",
        foreign_key(["room"]).references("rooms", ["id"]).on_delete(SetDefault).named("fk_room"));
    add_foreign_key_that_restricts: rooms, |op| op.add_constraint("bookings",
        foreign_key(["room"]).references("rooms", ["id"]).on_delete(Restrict).on_update(NoAction).named("fk_room"));
    add_constraints_without_names: rooms, |op| {
        op.add_constraint("rooms", unique(["floor"]))?;
        op.add_constraint("bookings", check("guests > 0"))?;
        op.add_constraint("bookings", foreign_key(["room"]).references("rooms", ["id"]))
    };
    drop_primary_key: |op| op.create_table(
        table("t").column(column("a", Integer)).constraint(primary_key(["a"]).named("pk_t"))),
        |op| op.drop_constraint("t", primary_key(["a"]).named("pk_t"));
    drop_foreign_key: |op| {
        rooms(op)?;
        op.add_constraint("bookings", foreign_key(["room"]).references("rooms", ["id"]).named("fk_room"))
    }, |op| op.drop_constraint("bookings", foreign_key(["room"]).references("rooms", ["id"]).named("fk_room"));
    drop_constraint_if_exists: |op| {
        rooms(op)?;
        op.add_constraint("rooms", unique(["name"]).named("uq_name"))
    }, |op| op.drop_constraint_if_exists("rooms", unique(["name"]).named("uq_name"));
    rename_foreign_key: |op| {
        rooms(op)?;
        op.add_constraint("bookings", foreign_key(["room"]).references("rooms", ["id"]).named("fk_room"))
    }, |op| op.rename_constraint("bookings", "fk_room", "fk_bookings_room");
    create_table_with_an_exclusion: nothing, |op| op.create_table(
        table("talks").column(column("during", Type::Range(RangeOf::Timestamptz)))
            .constraint(exclude([("during", "&&")]).using("gist").named("ex_talks")));
    create_table_with_named_constraints: nothing, |op| op.create_table(
        table("t").column(column("a", Integer)).column(column("b", Integer))
            .constraint(primary_key(["a"]).named("the_key"))
            .constraint(unique(["b"]).named("the_other"))
            .constraint(check("a < b").named("the_order")));
}
