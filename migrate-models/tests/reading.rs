//! What is read from source: declarations in all their forms.

use std::path::Path;

use migrate_models::{
    Action, Attribute, ColumnKey, Deferrable, DieselType, ForeignKey, Literal, Models, PartKey,
    SqlText, Table, TableKey, TypeText, read_file, takes_type,
};

fn models(text: &str) -> Models {
    let (models, problems) = Models::resolve(vec![read_file("schema.rs", text, "migrate_core")]);
    assert_eq!(problems, [], "{text}");
    models
}

fn table(text: &str) -> Table {
    let mut models = models(text);
    assert_eq!(models.tables.len(), 1, "{text}");
    models.tables.remove(0)
}

fn keys<K: Clone>(attributes: &[Attribute<K>]) -> Vec<K> {
    attributes
        .iter()
        .map(|attribute| attribute.key.clone())
        .collect()
}

fn sql(text: &str) -> SqlText {
    SqlText {
        texts: vec![(None, text.to_owned())],
    }
}

const USERS: &str = r#"
use migrate_core::table;

table! {
    use diesel::sql_types::*;
    use crate::sql_types::Mood as UserMood;

    /// People.
    ///
    /// All of them.
    #[migrate(index(ix_users_name, [family_name, desc(given_name).nulls_last().collate("C")]))]
    #[migrate(check("age >= 0", name = ck_users_age), unique([email, age], nulls_not_distinct))]
    #[sql_name = "people"]
    auth.users (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[max_length = 320]
        #[migrate(unique(name = uq), only(mysql, collate = "utf8mb4_bin"))]
        email -> Varchar,
        /// As given.
        #[migrate(default = "")]
        given_name -> Text,
        family_name -> Text,
        age -> Nullable<Integer>,
        #[migrate(ty = Decimal(10, 2), default = 0)]
        balance -> Numeric,
        #[migrate(references(users.id, on_delete = Cascade, initially_deferred))]
        #[sql_name = "boss id"]
        boss_id -> Nullable<Integer>,
        #[migrate(default_sql = (postgres = "now()", sqlite = "CURRENT_TIMESTAMP"))]
        created_at -> Timestamptz,
        r#type -> UserMood,
        tags -> Array<Nullable<Text>>,
    }
}
"#;

#[test]
fn a_closed_table() {
    let users = table(USERS);
    assert!(users.closed);
    assert_eq!(
        (users.schema.as_deref(), &*users.name, &*users.rust_name),
        (Some("auth"), "people", "users")
    );
    assert_eq!((users.place.line, users.place.column), (14, 10));
    assert_eq!(users.place.file, "schema.rs");
    assert_eq!(users.doc.as_deref(), Some("People.\n\nAll of them."));
    assert_eq!(users.key, ["id"]);
    let column = |name: &str| {
        let mut columns = users.columns.iter();
        columns.find(|column| column.rust_name == name).unwrap()
    };
    assert_eq!(keys(&column("id").attributes), [ColumnKey::Autoincrement]);
    let email = column("email");
    assert_eq!(email.max_length, Some(320));
    assert_eq!(
        keys(&email.attributes),
        [
            ColumnKey::Unique {
                name: Some("uq".to_owned())
            },
            ColumnKey::Collate("utf8mb4_bin".to_owned()),
        ]
    );
    assert_eq!(email.attributes[1].only, ["mysql"]);
    assert_eq!(email.attributes[1].place.line, 18);
    assert_eq!(column("given_name").doc.as_deref(), Some("As given."));
    assert!(column("age").nullable);
    assert_eq!(column("age").ty.name, "Integer");
    assert_eq!(
        keys(&column("balance").attributes),
        [
            ColumnKey::Type(TypeText::Named {
                name: "Decimal".to_owned(),
                numbers: vec![10, 2],
                texts: Vec::new(),
                of: None,
                precision: None
            }),
            ColumnKey::Default(Literal::Integer(0)),
        ]
    );
    assert_eq!(column("boss_id").name, "boss id");
    assert_eq!(
        keys(&column("boss_id").attributes),
        [ColumnKey::References(ForeignKey {
            schema: Some("auth".to_owned()),
            table: "people".to_owned(),
            referred: vec!["id".to_owned()],
            on_delete: Some(Action::Cascade),
            deferrable: Some(Deferrable::InitiallyDeferred),
            ..ForeignKey::default()
        })]
    );
    assert_eq!(
        keys(&column("created_at").attributes),
        [ColumnKey::DefaultSql(SqlText {
            texts: vec![
                (Some("postgres".to_owned()), "now()".to_owned()),
                (Some("sqlite".to_owned()), "CURRENT_TIMESTAMP".to_owned()),
            ]
        })]
    );
    assert_eq!(
        column("type").ty.name,
        "Mood",
        "as it is called where it is"
    );
    let text = DieselType {
        name: "Text".to_owned(),
        arguments: Vec::new(),
    };
    let nullable = DieselType {
        name: "Nullable".to_owned(),
        arguments: vec![text],
    };
    assert_eq!(column("tags").ty.arguments, [nullable]);
    let of_table = keys(&users.attributes);
    let [
        TableKey::Index(index),
        TableKey::Check {
            expression, name, ..
        },
        TableKey::Unique(unique),
    ] = of_table.as_slice()
    else {
        panic!("{:?}", users.attributes);
    };
    assert_eq!(index.name, "ix_users_name");
    assert_eq!(
        index.parts[0].key,
        PartKey::Column("family_name".to_owned())
    );
    assert!(index.parts[1].descending);
    assert_eq!(index.parts[1].nulls_first, Some(false));
    assert_eq!(index.parts[1].collate.as_deref(), Some("C"));
    assert_eq!(*expression, sql("age >= 0"));
    assert_eq!(name.as_deref(), Some("ck_users_age"));
    assert_eq!(unique.columns, ["email", "age"]);
    assert!(unique.nulls_not_distinct);
}

#[test]
fn models_survive_json() {
    let models = models(USERS);
    let text = serde_json::to_string(&models).unwrap();
    assert_eq!(serde_json::from_str::<Models>(&text).unwrap(), models);
}

#[test]
fn all_keys_of_a_table() {
    let table = table(
        r#"migrate_core::table! {
            #[migrate(
                index(ix, [expression("lower(name)"), name.prefix(64), name.operator_class("x")],
                    unique, filter = "name <> ''", include = [id], using = btree,
                    with(fillfactor = 70, fastupdate = off), nulls_not_distinct),
                foreign_key([name, id], t(name, id), name = fk, match_type = Full, deferrable),
                exclude(using = gist, [(name, "&&"), (id, "=")], filter = "id > 0", name = ex),
                check("name <> ''", no_inherit, not_valid),
                primary_key(name = pk_t), comment = "c", engine = "InnoDB", charset = "utf8mb4",
                collate = "utf8mb4_bin", strict, without_rowid, unlogged, with(fillfactor = 70),
                suffix = "TABLESPACE x", renamed_from = "old", only(postgres, mysql),
            )]
            t (id) { id -> Integer, name -> Text }
        }"#,
    );
    let words: Vec<String> = table
        .attributes
        .iter()
        .map(|attribute| {
            let debug = format!("{:?}", attribute.key);
            debug.split(['(', ' ', '{']).next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        words.join(" "),
        "Index ForeignKey Exclude Check PrimaryKey Comment Engine Charset Collate Strict \
         WithoutRowid Unlogged With Suffix RenamedFrom Only"
    );
    let TableKey::Index(index) = &table.attributes[0].key else {
        panic!("no index");
    };
    assert_eq!(index.parts[0].key, PartKey::Expression(sql("lower(name)")));
    assert_eq!(index.parts[1].prefix, Some(64));
    assert_eq!(index.parts[2].operator_class.as_deref(), Some("x"));
    assert_eq!(
        index.with,
        [
            ("fillfactor".to_owned(), "70".to_owned()),
            ("fastupdate".to_owned(), "off".to_owned())
        ]
    );
    let TableKey::Exclude(exclude) = &table.attributes[2].key else {
        panic!("no exclusion");
    };
    assert_eq!(exclude.parts[1].1, "=");
    assert_eq!(exclude.name.as_deref(), Some("ex"));
}

#[test]
fn which_tables_are_closed() {
    const BODY: &str = "{ a { id -> Integer } }";
    for (text, closed) in [
        ("migrate_core::table! B", true),
        ("::migrate_core::table! B", true),
        ("use migrate_core::table; table! B", true),
        ("use migrate_core::{prelude::*, table}; table! B", true),
        ("use migrate_core::*; table! B", true),
        ("use migrate_core::table as exact; exact! B", true),
        ("#[macro_use] extern crate migrate_core; table! B", true),
        ("use migrate::table; table! B", true),
        (
            "use migrate_core::table; mod x { use super::*; table! B }",
            true,
        ),
        (
            "use migrate_core::table; mod x { use super::table; table! B }",
            true,
        ),
        ("use migrate_core::table; mod x { table! B }", false),
        ("use migrate_core::prelude::*; table! B", false),
        ("use migrate_core::table; diesel::table! B", false),
        ("use diesel::table; table! B", false),
        ("use diesel::table as declare; declare! B", false),
        ("table! B", false),
        ("diesel::table! B;", false),
    ] {
        let text = text.replace('B', BODY);
        let found = read_file("a.rs", &text, "migrate");
        assert_eq!(found.tables.len(), 1, "{text}");
        assert_eq!(found.tables[0].closed, closed, "{text}");
    }
}

#[test]
fn open_tables_have_attributes_in_three_forms() {
    let table = table(
        "diesel::table! {
            #[cfg_attr(any(), migrate(comment = \"a\"))]
            a (id) {
                #[auto_increment]
                id -> Integer,
                #[migrate_core::migrate(default = 0)]
                b -> Integer,
                #[cfg_attr(false, migrate(default = 1, unique))]
                c -> Integer,
            }
        }",
    );
    assert!(!table.closed);
    let counts: Vec<usize> = table
        .columns
        .iter()
        .map(|column| column.attributes.len())
        .collect();
    assert_eq!((table.attributes.len(), counts), (1, vec![1, 1, 2]));
    assert_eq!(
        keys(&table.columns[0].attributes),
        [ColumnKey::Autoincrement]
    );
}

#[test]
fn views_and_joins() {
    let models = models(
        "diesel::view! { report { total -> BigInt } }
         pub mod inner { pub mod deeper { diesel::table! { posts { id -> Integer } } } }
         diesel::joinable!(posts -> users (user_id));
         diesel::allow_tables_to_appear_in_same_query!(posts, users,);",
    );
    assert_eq!(keys(&models.tables[0].attributes), [TableKey::View]);
    assert_eq!(models.tables[0].key, [""; 0]);
    assert_eq!(models.tables[1].name, "posts");
    let join = &models.joins[0];
    assert_eq!(
        (&*join.child, &*join.parent, &*join.column),
        ("posts", "users", "user_id")
    );
    assert_eq!((join.place.line, join.place.column), (3, 28));
}

#[test]
fn conditions_that_are_databases() {
    let only = |text: &str| -> Option<Vec<String>> {
        let models = models(text);
        let table = models.tables.first()?;
        Some(match keys(&table.attributes).as_slice() {
            [TableKey::Only(only)] => only.clone(),
            _ => Vec::new(),
        })
    };
    const TABLE: &str = "diesel::table! { a { id -> Integer } }";
    let some = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    assert_eq!(
        only(&format!("#[cfg(feature = \"postgres\")] {TABLE}")),
        some(&["postgres"])
    );
    assert_eq!(
        only(&format!(
            "#[cfg(feature = \"mysql\")] mod x {{ pub mod y {{ {TABLE} }} }}"
        )),
        some(&["mysql", "mariadb"])
    );
    assert_eq!(only(&format!("#[cfg(test)] mod tests {{ {TABLE} }}")), None);
    assert_eq!(only(&format!("#[allow(x)] {TABLE}")), some(&[]));
    let models = models(&format!(
        "#[cfg(feature = \"postgres\")] {TABLE} #[cfg(feature = \"sqlite\")] {TABLE}"
    ));
    assert_eq!(models.tables.len(), 2, "one for each database");
}

#[test]
fn enum_types() {
    let models = models(
        r#"
        pub mod sql_types {
            #[derive(diesel::sql_types::SqlType, Clone)]
            #[diesel(postgres_type(name = "mood", schema = "x"))]
            #[migrate_core::migrate(labels("sad", "ok"))]
            pub struct Mood;
            #[derive(diesel::sql_types::SqlType)]
            #[diesel(postgres_type(name = "state"))]
            pub struct State;
            #[derive(SqlType)]
            #[diesel(postgres_type(name = "color"))]
            pub struct Color;
            #[derive(SqlType)]
            #[diesel(postgres_type(name = "size"))]
            pub struct Size;
            #[derive(SqlType)]
            #[diesel(mysql_type(name = "Enum"))]
            pub struct UsersKindEnum;
            pub struct NoType;
        }
        #[derive(Debug, diesel_derive_enum::DbEnum)]
        #[ExistingTypePath = "crate::schema::sql_types::State"]
        #[DbValueStyle = "SCREAMING_SNAKE_CASE"]
        pub enum State { InProgress, #[db_rename = "over"] Done }
        #[derive(DbEnum)]
        #[db_enum(existing_type_path = "crate::schema::sql_types::Color")]
        enum Color { DarkRed, #[db_enum(rename = "b")] Blue }
        #[derive(diesel::types::Enum)]
        #[diesel(sql_type = sql_types::Color)]
        #[diesel(rename_all = "kebab-case")]
        enum OtherColor { DarkRed, #[diesel(rename = "x")] Blue = 3 }
        #[derive(diesel::Enum)]
        #[diesel(sql_type = crate::schema::UsersKindEnum)]
        enum Kind { A, B }
        #[derive(DbEnum)]
        enum OwnType { OneTwo }
        enum NoEnum { A }
        #[cfg_attr(full, derive(DbEnum))]
        #[cfg_attr(full, ExistingTypePath = "crate::schema::sql_types::Size")]
        #[cfg_attr(full, DbValueStyle = "verbatim")]
        #[derive(Clone)]
        pub enum Size { #[default] Small, Large }
        "#,
    );
    let found: Vec<String> = models
        .enums
        .iter()
        .map(|ty| {
            let schema = ty.schema.as_deref().unwrap_or("-");
            let labels = ty.labels.as_ref().map(|labels| labels.join(" "));
            format!("{} {schema} {} {labels:?}", ty.rust_name, ty.name)
        })
        .collect();
    assert_eq!(
        found,
        [
            "Mood x mood Some(\"sad ok\")",
            "State - state Some(\"IN_PROGRESS over\")",
            "Color - color Some(\"dark-red x\")",
            "Size - size Some(\"Small Large\")",
            "UsersKindEnum - users_kind_enum Some(\"A B\")",
            "OwnTypeMapping - own_type Some(\"one_two\")",
        ]
    );
}

#[test]
fn what_is_in_the_middle_of_being_edited_is_read() {
    let text = "use migrate_core::table;
        pub fn half(x: ->) { let = ; }
        struct
        table! { a { id -> Integer } }
        impl for where
        mod m { diesel::table! { b { id -> } } diesel::table! { c { id -> Integer, } } }
        diesel::table! { d (id) with new_syntax { id -> Integer } }
        macro_rules! t { ($x:ident) => { diesel::table! { $x { id -> Integer } } } }
        let x = ";
    let found = read_file("a.rs", text, "migrate_core");
    let names: Vec<&str> = found.tables.iter().map(|table| &*table.name).collect();
    assert_eq!(names, ["a", "c"]);
    let problems: Vec<String> = found
        .problems
        .iter()
        .map(|problem| format!("{} {}", problem.place.line, problem.message))
        .collect();
    assert_eq!(
        problems,
        [
            "6 `table!` of `b` is not read: unexpected end of input, expected identifier",
            "7 `table!` of `d` is not read: expected curly braces",
        ]
    );
    let found = read_file("a.rs", "fn x() {\n diesel::table! { a {", "migrate_core");
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.tables, []);
}

#[test]
fn types_of_one_name_belong_to_their_files() {
    let ty = |name: &str| {
        format!(
            "pub mod sql_types {{ #[derive(SqlType)] #[diesel(postgres_type(name = \"{name}\"))]
            pub struct State; }}
            diesel::table! {{ {name}s {{ id -> Integer, state -> Nullable<State> }} }}"
        )
    };
    let labels = |module: &str, variants: &str| {
        format!(
            "#[derive(DbEnum)] #[ExistingTypePath = \"crate::{module}::schema::sql_types::State\"]
            enum E {{ {variants} }}"
        )
    };
    let files = [
        ("src/billing/schema.rs", ty("bill")),
        ("src/loans/schema.rs", ty("loan")),
        (
            "src/enums.rs",
            labels("loans", "A, B") + &labels("billing", "C"),
        ),
    ];
    let files = files
        .iter()
        .map(|(name, text)| read_file(name, text, "migrate_core"));
    let (models, problems) = Models::resolve(files.collect());
    assert_eq!(problems, []);
    let of = |table: usize| {
        let column = &models.tables[table].columns[1];
        let found = models
            .enum_type(&column.ty.name, &column.place.file, "postgres")
            .unwrap();
        (found.name.clone(), found.labels.clone().unwrap().join(" "))
    };
    assert_eq!(of(0), ("bill".to_owned(), "c".to_owned()));
    assert_eq!(of(1), ("loan".to_owned(), "a b".to_owned()));
}

/// The schemas that diesel's command line printed for the tests of `schema print`.
#[test]
fn what_diesel_prints_has_no_problems() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/print/cases");
    let mut tables = 0;
    for backend in std::fs::read_dir(cases).unwrap() {
        for case in std::fs::read_dir(backend.unwrap().path()).unwrap() {
            let file = case.unwrap().path().join("expected.txt");
            let Ok(text) = std::fs::read_to_string(&file) else {
                continue;
            };
            tables += models(&text).tables.len();
        }
    }
    assert!(tables > 100, "only {tables} tables");
}

#[test]
fn a_column_takes_a_type_that_it_does_not_contradict() {
    let found = table(
        "diesel::table! {
            t (id) { id -> Integer, a -> Text, #[max_length = 50] b -> Varchar, }
        }",
    );
    let char = |length: u32| TypeText::Named {
        name: "Char".to_owned(),
        numbers: vec![length],
        texts: Vec::new(),
        of: None,
        precision: None,
    };
    let columns = found.columns.iter();
    let takes = columns.map(|one| takes_type(one, &char(36), "mysql"));
    assert_eq!(takes.collect::<Vec<_>>(), [false, true, false]);
    // what diesel reads so on one database is wrong on another
    let found = table("diesel::table! { t (id) { id -> BigInt, a -> Bool, b -> Timestamp, } }");
    let plain = |name: &str| TypeText::Named {
        name: name.to_owned(),
        numbers: Vec::new(),
        texts: Vec::new(),
        of: None,
        precision: None,
    };
    for (backend, expected) in [
        ("sqlite", [true, false, true]),
        ("postgres", [false, false, false]),
        ("mysql", [false, true, true]),
    ] {
        let types = ["Integer", "TinyInt", "Timestamptz"];
        let takes =
            (found.columns.iter().zip(types)).map(|(one, ty)| takes_type(one, &plain(ty), backend));
        assert_eq!(takes.collect::<Vec<_>>(), expected, "{backend}");
    }
}

#[test]
fn what_may_declare_tables_and_is_not_read_is_named() {
    let unread = |text: &str| -> Vec<String> {
        let found = models(text).unread.into_iter();
        found
            .map(|one| {
                let place = one.place;
                format!(
                    "{}:{} {} {:?}",
                    place.line, place.column, one.what, one.names
                )
            })
            .collect()
    };
    let maker = "macro_rules! lookup { ($name:ident) => { diesel::table! { $name (id) { id -> Integer, } } } }";
    for (text, expected) in [
        (maker, &["1:14 the macro `lookup!` []"][..]),
        (
            "use migrate_core::table as closed;\nmacro_rules! m { () => {{ closed! { a (id) { id -> Integer, } } }} }",
            &["2:14 the macro `m!` []"],
        ),
        (
            "crate::lookup!(tags, \"kinds\");",
            &["1:8 the macro `lookup!` [\"tags\", \"kinds\"]"],
        ),
        (
            "include!(\"more.rs\");",
            &["1:1 the file in `include!(\"more.rs\")` []"],
        ),
        ("macro_rules! other { () => { vec![1] } }", &[]),
        ("diesel::allow_tables_to_appear_in_same_query!(a, b);", &[]),
    ] {
        assert_eq!(unread(text), expected, "{text}");
    }
    let in_tests =
        format!("#[cfg(test)]\n{maker}\n#[cfg(test)]\nmod tests {{ {maker} lookup!(a); }}");
    assert_eq!(unread(&in_tests), [""; 0]);
}
