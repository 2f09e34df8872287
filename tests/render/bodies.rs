//! What golden files are rendered from: every operation, in the forms that a generated revision
//! has.

use migrate_core::engine::backend;
use migrate_core::engine::execute::Collect;
use migrate_core::prelude::*;
use migrate_core::schema::{Identity, Match, Value};

use crate::random;

pub(crate) fn tables(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("teams")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("name", VarChar(80)).unique().check("name <> ''")),
    )?;
    op.create_table(
        table("members")
            .column(
                column("team", Integer)
                    .references("teams", "id")
                    .on_delete(Cascade),
            )
            .column(column("person", Integer))
            .column(column("since", Date).default_sql("CURRENT_DATE"))
            .column(
                column("twice", Integer)
                    .nullable()
                    .generated_stored("person * 2"),
            )
            .primary_key(["team", "person"])
            .unique(["person", "since"])
            .check("team <> person")
            .constraint(check("since > '2020-01-01'").named("ck_members_since"))
            .strict()
            .without_rowid(),
    )?;
    op.rename_table("old", "older")?;
    op.add_column(
        "teams",
        column("lead", Integer).nullable().constraint(
            foreign_key(["lead"])
                .references("members", ["person"])
                .named("fk_teams_lead"),
        ),
    )?;
    op.drop_column("teams", column("motto", Text).nullable().collate("NOCASE"))?;
    op.rename_column("teams", "lead", "leader")
}

pub(crate) fn changes(op: &mut Operations<'_>) -> Result<()> {
    op.comment_on_table("users", comment("who \"ever\" signed up").was(None))?;
    op.comment_on_table("jobs", no_comment().was(Some("to do")))?;
    op.alter_column(
        "users",
        alter("age")
            .set_type(BigInt)
            .set_default(0)
            .set_not_null()
            .was(column("age", Integer).nullable()),
    )?;
    op.alter_column(
        ObjectName::qualified("audit", "users"),
        alter("born")
            .set_type(Date)
            .using("born::date")
            .using_back("born::text")
            .drop_default()
            .set_comment("day")
            .was(
                column("born", Text)
                    .default_sql("now()::text")
                    .comment("moment"),
            ),
    )?;
    op.alter_column(
        "users",
        alter("id")
            .set_identity_options(Identity::default().always().start(100).no_cycle())
            .was(column("id", BigInt)),
    )?;
    op.alter_column(
        "users",
        alter("id")
            .drop_identity()
            .was(column("id", BigInt).identity_always()),
    )?;
    op.alter_column("users", alter("n").set_identity().was(column("n", BigInt)))?;
    op.alter_column(
        "users",
        alter("name")
            .set_collation("C")
            .drop_comment()
            .was(column("name", Text).comment("x")),
    )?;
    op.alter_column(
        "users",
        alter("g")
            .drop_generated()
            .was(column("g", Text).generated_stored("upper(name)")),
    )
}

pub(crate) fn indexes(op: &mut Operations<'_>) -> Result<()> {
    op.create_index(index("ix_users_phone").on("users", ["phone"]))?;
    op.create_index(
        index("ix_users_email")
            .on(
                "users",
                [
                    expression("lower(email)").descending().nulls_last(),
                    asc("id"),
                ],
            )
            .unique()
            .filter("deleted_at IS NULL")
            .include(["name"])
            .nulls_not_distinct(),
    )?;
    op.create_index(
        index("ix_posts_tags")
            .on("posts", ["tags"])
            .using("gin")
            .with("fastupdate", "off")
            .concurrently(),
    )?;
    op.create_index(index("ix_names").on(
        "users",
        [
            key("name").collate("C").operator_class("text_pattern_ops"),
            desc("at").nulls_first(),
        ],
    ))?;
    op.drop_index("ix_old")
        .was(index("ix_old").on("users", ["old"]).unique())?;
    op.drop_index("ix_b")
        .concurrently()
        .was(index("ix_b").on("users", ["b"]))?;
    op.rename_index("users", "ix_phone", "ix_users_phone")
}

pub(crate) fn constraints(op: &mut Operations<'_>) -> Result<()> {
    op.add_constraint(
        "users",
        primary_key(["id"]).include(["name"]).named("users_pkey"),
    )?;
    op.add_constraint(
        "users",
        unique(["email"])
            .nulls_not_distinct()
            .deferrable()
            .named("uq_email"),
    )?;
    op.add_constraint(
        ObjectName::qualified("app", "roles"),
        foreign_key(["team", "person"])
            .references(ObjectName::qualified("app", "members"), ["team", "person"])
            .on_delete(SetNull)
            .on_update(Restrict)
            .match_type(Match::Full)
            .initially_deferred()
            .not_valid()
            .named("fk_roles_member"),
    )?;
    op.add_constraint(
        "roles",
        check("\"Level\" > 0").no_inherit().named("ck_level"),
    )?;
    op.add_constraint(
        "bookings",
        exclude([("room", "="), ("during", "&&")])
            .using("gist")
            .filter("active")
            .named("ex_bookings"),
    )?;
    op.add_constraint(
        "bookings",
        exclude([(key("room"), "="), (expression("lower(name)"), "=")]).named("ex_names"),
    )?;
    op.drop_constraint("users", unique(["a", "b"]).named("uq_ab"))?;
    op.rename_constraint("users", "uq_email", "users_email_key")
}

pub(crate) fn objects(op: &mut Operations<'_>) -> Result<()> {
    op.create_schema("audit")?;
    op.rename_schema("old", "older")?;
    op.create_extension("pgcrypto")?;
    op.create_extension(extension("citext").schema("audit").version("1.6"))?;
    op.create_enum(enum_type("mood", ["sad", "ok", "happy"]))?;
    op.alter_enum("mood", rename_value("ok", "fine"))?;
    op.rename_enum("mood", "feeling")?;
    op.create_domain(
        domain("email", VarChar(320))
            .not_null()
            .default("x@y")
            .check("VALUE LIKE '%@%'")
            .constraint(check("VALUE <> ''").named("filled")),
    )?;
    op.create_sequence(
        sequence("numbers")
            .of_type(BigInt)
            .start(1000)
            .increment(-10)
            .owned_by("users", "id"),
    )?;
    op.alter_sequence(
        sequence("numbers")
            .cache(50)
            .was(sequence("numbers").cache(1)),
    )?;
    op.rename_sequence("numbers", "more_numbers")?;
    op.create_view(view(
        "adults",
        " SELECT users.id,\n    users.name\n   FROM users\n  WHERE users.age >= 18",
    ))?;
    op.create_view(view("stored", "SELECT 1").columns(["one"]).materialized())?;
    op.replace_view(view("names", "SELECT name, 1 FROM users").was("SELECT name FROM users"))?;
    op.rename_view("names", "people")?;
    op.rename_materialized_view("stored", "kept")?;
    op.execute(sql("UPDATE users SET active = true").undone_by("UPDATE users SET active = false"))?;
    op.execute(sql_for(BackendKind::Postgres, "CLUSTER users").undone_by(""))?;
    op.execute(
        sql("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n\tNEW.at = now();\n\tRETURN NEW;\nEND\n$$")
            .undone_by("DROP FUNCTION touch()"),
    )
}

pub(crate) fn options(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("users")
            .column(
                column("id", BigInt.unsigned())
                    .primary_key()
                    .autoincrement(),
            )
            .column(column("state", Type::one_of(["open", "done", "it's"])).default("open"))
            .column(column("rights", Type::some_of(["read", "write"])))
            .column(
                column("changed", Timestamp.precision(3))
                    .default_sql("CURRENT_TIMESTAMP(3)")
                    .on_update_sql("CURRENT_TIMESTAMP(3)"),
            )
            .column(
                column("name", VarChar(80))
                    .collate("utf8mb4_bin")
                    .comment("her name"),
            )
            .constraint(check("json_valid(`name`)").of_column("name").named("name"))
            .comment("people")
            .engine("InnoDB")
            .charset("utf8mb4")
            .collate("utf8mb4_unicode_ci")
            .suffix("ROW_FORMAT=DYNAMIC"),
    )?;
    op.create_index(
        index("ix_title")
            .on("posts", [key("title").prefix(40)])
            .using("fulltext"),
    )
}

pub(crate) fn drops(op: &mut Operations<'_>) -> Result<()> {
    op.drop_table(
        table("users")
            .column(column("id", Integer).primary_key())
            .unlogged()
            .with("fillfactor", 70),
    )?;
    op.create_table(table("old").column(column("id", Integer)).if_not_exists())?;
    op.drop_table("forgotten")?;
    op.drop_view(view("adults", "SELECT 1"))?;
    op.drop_materialized_view(view("stored", "SELECT 1").materialized())?;
    op.drop_sequence(sequence("numbers").start(5))?;
    op.drop_enum(enum_type("mood", ["ok"]))?;
    op.drop_domain(domain("email", Text))?;
    op.drop_column(
        "users",
        column("mood", Type::named(ObjectName::qualified("audit", "mood"))),
    )?;
    op.alter_enum("state", add_value("new").after("old"))?;
    op.drop_extension("citext")?;
    op.validate_constraint("users", "ck")?;
    op.drop_schema("audit")?;
    op.drop_table_if_exists("gone")?;
    op.drop_constraint_if_exists("users", "uq")?;
    op.drop_primary_key("users")?;
    op.drop_index("ix").on("users")
}

pub(crate) fn values(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("values_of_all_kinds")
            .column(column("a", Integer).default(-5))
            .column(column("b", BigInt).default(5_000_000_000_i64))
            .column(column("c", Double).default(1.5))
            .column(column("d", Bool).default(true))
            .column(column("e", Text).default("it's \"so\" \\ \t 名前"))
            .column(column("f", Binary).default(Vec::from(b"\x00\xff\"")))
            .column(column("g", Text).nullable().default(None::<&str>))
            .column(column("h", Text).default(sql("lower('A')"))),
    )?;
    op.bulk_insert("values_of_all_kinds", ["a", "e"], [(1, "x"), (2, "y")])?;
    op.bulk_insert(
        "values_of_all_kinds",
        ["a", "e"],
        [
            vec![Value::from(1), Value::Null],
            vec![Value::from(2), Value::from("y")],
        ],
    )
}

/// Every type that the backend has.
pub(crate) fn types(op: &mut Operations<'_>) -> Result<()> {
    let rules = backend::rules(op.backend()).unwrap();
    for ty in random::plain_types() {
        let mut collect = Collect::new(rules);
        let add = |op: &mut Operations<'_>| op.add_column("t", column("c", ty.clone()));
        if add(&mut collect.operations()).is_ok() {
            add(op)?;
        }
    }
    if op.backend() == BackendKind::Postgres {
        op.add_column("t", column("c", Text.array()))?;
    }
    op.add_column("t", column("c", Time.precision(2)))
}

/// What only some databases need, by the names of the indexes.
pub(crate) fn kinds(op: &mut Operations<'_>) -> Result<()> {
    op.create_index(index("only_a").on("users", ["email"]))?;
    op.create_index(
        index("only_a_name_that_is_long_enough_for_several_lines").on("users", ["email", "name"]),
    )?;
    op.create_index(index("ix").on("users", ["email"]))?;
    op.create_index(index("both_a").on("users", ["email"]))?;
    op.create_index(index("only_b").on("users", ["email"]))
}

pub(crate) fn many(op: &mut Operations<'_>) -> Result<()> {
    let names: Vec<String> = (0..20).map(|number| format!("t{number}")).collect();
    for name in &names {
        op.create_table(table(name.as_str()).column(column("id", Integer).primary_key()))?;
    }
    op.create_table(table("table").column(column("id", Integer).primary_key()))?;
    for name in &names {
        op.create_index(index(format!("ix_{name}")).on(name.as_str(), ["id"]))?;
        op.add_column(name.as_str(), column("next", Integer).nullable())?;
    }
    op.create_view(view("v", "SELECT 1"))?;
    op.create_index(index("ix").on("t0", ["next"]))
}
