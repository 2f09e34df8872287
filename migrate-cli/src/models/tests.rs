//! Declarations as a person writes them, on the ground of what is there.

use migrate_core::BackendKind;
use migrate_core::op;
use migrate_core::schema::{Column, Constraint, Index, Schema, Table, Type};
use migrate_models::{Models, TableKey, read_file};

use super::{Ground, Names, PrintSchema, adopted, schema_of};

fn models(text: &str) -> Models {
    let (models, problems) = Models::resolve(vec![read_file("schema.rs", text, "migrate_core")]);
    assert_eq!(problems, [], "{text}");
    models
}

fn table(name: &str, columns: &[(&str, Type)]) -> Table {
    let mut table = Table::new(name);
    for (name, ty) in columns {
        table.columns.push(Column::new(*name, ty.clone()));
    }
    table.constraints.push(op::primary_key(["id"]).into());
    table
}

fn schema(tables: Vec<Table>) -> Schema {
    let mut schema = Schema::empty();
    schema.tables = tables;
    schema.sort();
    schema
}

/// What `ask` says on the ground of a schema.
fn on<T>(kind: BackendKind, before: &Schema, ask: impl FnOnce(Ground<'_>) -> T) -> T {
    let config = PrintSchema::default();
    let names = Names::default();
    ask(Ground {
        kind,
        before,
        config: &config,
        current: if kind == BackendKind::Postgres {
            "public"
        } else {
            ""
        },
        renames: &[],
        drops: &[],
        only: &[],
        keeps: false,
        names: &names,
        docs: false,
    })
}

#[test]
fn a_row_number_is_never_null_on_sqlite() {
    let mut users = table("users", &[("id", Type::Integer)]);
    users.columns[0].nullable = true; // INTEGER PRIMARY KEY
    let before = schema(vec![users]);
    for library in ["diesel", "migrate_core"] {
        for ty in ["Integer", "Nullable<Integer>"] {
            let text = format!("{library}::table! {{ users (id) {{ id -> {ty}, }} }}");
            let declared = on(BackendKind::Sqlite, &before, |ground| {
                schema_of(&models(&text), ground)
            });
            assert_eq!(declared, Ok((before.clone(), Vec::new())), "{text}");
        }
    }
}

#[test]
fn labels_are_not_asked_for_of_a_type_that_is_there() {
    let text = "pub mod sql_types {
            #[derive(diesel::sql_types::SqlType)]
            #[diesel(postgres_type(name = \"ltree\"))]
            pub struct Ltree;
        }
        diesel::table! {
            use diesel::sql_types::*;
            use super::sql_types::Ltree;
            paths (id) { id -> Integer, path -> Ltree, }
        }";
    let columns = [("id", Type::Integer), ("path", Type::named("ltree"))];
    let before = schema(vec![table("paths", &columns)]);
    let of = |before: &Schema| {
        let (_, notes) = on(BackendKind::Postgres, before, |ground| {
            schema_of(&models(text), ground).expect("a declaration")
        });
        notes
    };
    assert_eq!(of(&before), [""; 0]);
    assert_eq!(of(&schema(Vec::new())).len(), 1);
}

#[test]
fn what_is_closed_does_not_name_what_the_source_does_not_declare() {
    let columns = ["id", "team_id", "old"].map(|name| (name, Type::Integer));
    let mut users = table("users", &columns);
    let key = op::foreign_key(["team_id"])
        .references("teams", ["id"])
        .named("fk");
    users.constraints.push(Constraint::from(key));
    let mut before = schema(vec![users, table("teams", &[("id", Type::Integer)])]);
    for (name, column) in [("ix_old", "old"), ("ix_team", "team_id")] {
        let index = Index::new(name, "users", vec![column.into()]);
        before.indexes.push(index);
    }
    let source = models("diesel::table! { users (id) { id -> Integer, team_id -> Integer, } }");
    let (found, mut unsaid) = on(BackendKind::Postgres, &before, |ground| {
        adopted(&source, &[], ground)
    });
    unsaid.sort();
    assert_eq!(
        unsaid,
        [
            "`fk` of `users`: no model declares the table `teams`",
            "`ix_old` of `users`: no model declares its column `old`",
        ]
    );
    let [users] = found.tables.as_slice() else {
        panic!("{found:?}");
    };
    let of_table = |one: &TableKey| matches!(one, TableKey::Index(_) | TableKey::ForeignKey(_));
    assert!(!users.attributes.iter().any(|one| of_table(&one.key)));
    let on_team = &users.columns[1].attributes;
    assert_eq!(on_team.len(), 1, "the index: {on_team:?}");
}

#[test]
fn a_second_key_of_a_column_is_said_of_the_table_and_names_are_those_of_the_source() {
    let columns = ["id", "team"].map(|name| (name, Type::Integer));
    let mut users = table("users", &columns);
    for name in ["fk_a", "fk_b"] {
        let key = op::foreign_key(["team"])
            .references("teams", ["id"])
            .named(name);
        users.constraints.push(Constraint::from(key));
    }
    let before = schema(vec![users, table("teams", &[("id", Type::Integer)])]);
    let source = models(
        "diesel::table! { users (id) { id -> Integer, #[sql_name = \"team\"] team_id -> Integer, } }
        diesel::table! { teams (id) { id -> Integer, } }",
    );
    let (found, unsaid) = on(BackendKind::Postgres, &before, |ground| {
        adopted(&source, &["users".to_owned()], ground)
    });
    assert_eq!(unsaid, [""; 0]);
    let users = &found.tables[0];
    assert_eq!(users.columns[1].rust_name, "team_id");
    assert_eq!(users.columns[1].attributes.len(), 1);
    let of_table = |one: &TableKey| matches!(one, TableKey::ForeignKey(_));
    assert!(users.attributes.iter().any(|one| of_table(&one.key)));
}
