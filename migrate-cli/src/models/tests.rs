//! Declarations as a person writes them, on the ground of what is there.

use migrate_core::BackendKind;
use migrate_core::engine::diff::Rename;
use migrate_core::op;
use migrate_core::schema::{Column, Constraint, DefaultValue, Index, Schema, Table, Type, Value};
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

#[test]
fn a_table_that_a_macro_may_declare_does_not_go() {
    let text = "migrate_core::table! { users (id) { id -> Integer, } }
        macro_rules! lookup { ($t:ident) => { diesel::table! { $t (id) { id -> Integer, } } } }
        lookup!(tags);";
    let id = [("id", Type::Integer)];
    let tables = ["users", "tags", "kinds"].map(|name| table(name, &id));
    let before = schema(tables.to_vec());
    let problems = on(BackendKind::Sqlite, &before, |ground| {
        schema_of(&models(text), ground).unwrap_err()
    });
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "schema.rs:3:9: the macro `lookup!` may declare `tags`: it is not read, and what no model declares is dropped",
            "schema.rs:2:22: the macro `lookup!` may declare `kinds`: it is not read, and what no model declares is dropped",
        ]
    );
    let drops = ["tags", "kinds"].map(str::to_owned);
    let (left, _) = on(BackendKind::Sqlite, &before, |ground| {
        let answered = Ground {
            drops: &drops,
            ..ground
        };
        schema_of(&models(text), answered).unwrap()
    });
    assert_eq!(left.tables.len(), 1);
    // beside open tables nothing goes, and nothing is refused
    let open = text.replace("migrate_core", "diesel");
    let (left, _) = on(BackendKind::Sqlite, &before, |ground| {
        schema_of(&models(&open), ground).unwrap()
    });
    assert_eq!(left.tables.len(), 3);
}

#[test]
fn what_an_open_table_keeps_follows_names_that_are_swapped() {
    let mut one = table(
        "one",
        &[("id", Type::Integer), ("a", Type::Text), ("b", Type::Text)],
    );
    let number = DefaultValue::Value(Value::Integer(1));
    one.columns[1].default = Some(number.clone());
    one.constraints.push(op::unique(["a"]).named("uq").into());
    let mut other = table("other", &[("id", Type::Integer), ("one_id", Type::Integer)]);
    let key = op::foreign_key(["one_id"]).references("one", ["id"]);
    other.constraints.push(key.into());
    let before = schema(vec![one, other]);
    let renames = |texts: &[&str]| -> Vec<Rename> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    };
    let left = |text: &str, renames: &[Rename]| {
        on(BackendKind::Sqlite, &before, |ground| {
            schema_of(&models(text), Ground { renames, ..ground })
                .unwrap()
                .0
        })
    };
    let text = "diesel::table! { one (id) { id -> Integer, a -> Text, b -> Text, } }
        diesel::table! { other (id) { id -> Integer, one_id -> Integer, } }";
    let columns = left(text, &renames(&["one.a:b", "one.b:a"]));
    let swapped = columns.table(&"one".into()).unwrap();
    let default = |name: &str| {
        let mut columns = swapped.columns.iter();
        columns
            .find(|column| column.name == name)
            .unwrap()
            .default
            .clone()
    };
    assert_eq!((default("a"), default("b")), (None, Some(number)));
    let unique = swapped.constraints.iter().find_map(|one| match one {
        Constraint::Unique(key) => Some(key.columns.clone()),
        _ => None,
    });
    assert_eq!(unique, Some(vec!["b".to_owned()]));

    // a new column with the old name of another one begins empty
    let columns = left(
        "diesel::table! { one (id) { id -> Integer, a -> Text, b -> Text, } }",
        &renames(&["one.a:b"]),
    );
    let table = columns.table(&"one".into()).unwrap();
    assert!(table.columns[1].default.is_some() != table.columns[2].default.is_some());

    let text = "diesel::table! { other (id) { id -> Integer, a -> Text, b -> Text, } }
        diesel::table! { one (id) { id -> Integer, one_id -> Integer, } }";
    let tables = left(text, &renames(&["one:other", "other:one"]));
    let swapped = tables.table(&"one".into()).unwrap();
    let refers_to = swapped.constraints.iter().find_map(|one| match one {
        Constraint::ForeignKey(key) => Some(key.table.to_string()),
        _ => None,
    });
    assert_eq!(refers_to.as_deref(), Some("other"));
    let other = tables.table(&"other".into()).unwrap();
    assert!(other.constraints.iter().any(|one| one.name() == Some("uq")));
}

#[test]
fn a_length_that_is_written_is_compared_and_a_row_number_is_no_column() {
    let columns = [
        ("id", Type::Integer),
        ("name", Type::VarChar(80)),
        ("said", Type::Text),
    ];
    let before = schema(vec![table("users", &columns)]);
    let ty = |text: &str, column: usize| {
        on(BackendKind::Sqlite, &before, |ground| {
            let (schema, _) = schema_of(&models(text), ground).unwrap();
            schema.tables[0].columns[column].ty.clone()
        })
    };
    let text = |length: u32, ty: &str| {
        format!(
            "diesel::table! {{ users (id) {{ id -> Integer, #[max_length = {length}] name -> {ty}, #[max_length = 9] said -> Text, }} }}"
        )
    };
    assert_eq!(ty(&text(80, "Varchar"), 1), Type::VarChar(80));
    assert_eq!(ty(&text(100, "Varchar"), 1), Type::VarChar(100));
    // a text has no length
    assert_eq!(ty(&text(80, "Text"), 2), Type::Text);

    let mut keyless = table("lines", &[("a", Type::Text)]);
    keyless.constraints.clear();
    let before = schema(vec![keyless]);
    for (no_key, library) in [
        ("", "diesel"),
        ("", "migrate_core"),
        ("#[migrate(no_primary_key)]", "migrate_core"),
    ] {
        let text = format!(
            "{library}::table! {{ {no_key} lines (rowid) {{ rowid -> Integer, a -> Text, }} }}"
        );
        let declared = on(BackendKind::Sqlite, &before, |ground| {
            schema_of(&models(&text), ground)
        });
        let (declared, _) = declared.unwrap();
        assert_eq!(declared, before, "{text}");
    }
    let text = "diesel::table! { lines (rowid) { rowid -> Integer, a -> Text, } }";
    let (adopted, _) = on(BackendKind::Sqlite, &before, |ground| {
        adopted(&models(text), &[], ground)
    });
    assert_eq!(adopted.tables[0].key, ["rowid"]);
}

#[test]
fn an_open_table_does_not_say_whether_rows_were_checked() {
    let constraints = "#[migrate_core::migrate(check(\"id > 0\", name = ck OPTION))]
        #[migrate_core::migrate(foreign_key([boss], users(id), name = fk OPTION))]";
    let declared = |library: &str, option: &str, before: &Schema| {
        let text = format!(
            "{library}::table! {{ {} users (id) {{ id -> Integer, boss -> Integer, }} }}",
            constraints.replace("OPTION", option)
        );
        let declared = on(BackendKind::Postgres, before, |ground| {
            schema_of(&models(&text), ground)
        });
        declared.unwrap().0
    };
    let valid = declared("migrate_core", "", &Schema::empty());
    let unchecked = declared("migrate_core", ", not_valid", &Schema::empty());
    for constraint in &unchecked.tables[0].constraints {
        assert!(match constraint {
            Constraint::Check(check) => check.not_valid,
            Constraint::ForeignKey(key) => key.not_valid,
            _ => true,
        });
    }
    assert_ne!(valid, unchecked);
    assert_eq!(declared("migrate_core", "", &unchecked), valid);
    assert_eq!(declared("diesel", "", &unchecked), unchecked);
    assert_eq!(declared("diesel", "", &valid), valid);
    let closed = on(BackendKind::Postgres, &unchecked, |ground| {
        super::closed(ground, "migrate_core")
    });
    let (text, unsaid) = closed;
    assert_eq!(unsaid, [""; 0]);
    assert!(
        text.contains("check(\"id > 0\", name = ck, not_valid)"),
        "{text}"
    );
    assert!(
        text.contains("references(users.id, name = fk, not_valid)"),
        "{text}"
    );
}
