//! Whole schemas, read from both servers: what is read is what was created, in a fixed number of
//! queries; created again from what was read, it is the same.

use std::collections::BTreeSet;
use std::path::Path;

use migrate_core::engine::backend::{Backend, BackendKind, Scope, Session};
use migrate_core::operation::{Operation, SchemaOperation, SequenceOperation, ViewOperation};
use migrate_core::schema::{
    Check, Column, Constraint, DefaultValue, Index, ObjectName, Schema, Sql, Table, Type, Value,
};
use migrate_tests::servers::Database;

use super::on_both;
use crate::backend::TestBackend;

/// The most statements that an inspection sends.
const STATEMENTS: usize = 8;

fn inspect(session: &mut dyn Session) -> Schema {
    session.inspect(&Scope::current()).unwrap()
}

fn run(session: &mut dyn Session, script: &str) {
    for statement in script.split("\n//").map(str::trim) {
        if !statement.is_empty() {
            session
                .execute(statement)
                .unwrap_or_else(|error| panic!("{error}: {statement}"));
        }
    }
}

/// The statements that create a schema: operations for what they can say, the rest by its texts.
fn statements(schema: &Schema, backend: &dyn Backend) -> Vec<String> {
    let mut operations = Vec::new();
    for name in &schema.schemas {
        operations.push(Operation::Schema(SchemaOperation::Create {
            name: name.clone(),
            if_not_exists: true,
        }));
    }
    for sequence in &schema.sequences {
        operations.push(Operation::Sequence(SequenceOperation::Create {
            sequence: sequence.clone(),
            if_not_exists: false,
        }));
    }
    for table in &schema.tables {
        operations.push(Operation::CreateTable {
            table: table.clone(),
            if_not_exists: false,
        });
    }
    for index in &schema.indexes {
        operations.push(Operation::CreateIndex {
            index: index.clone(),
            if_not_exists: false,
            concurrently: false,
        });
    }
    let mut all: Vec<String> = operations
        .iter()
        .flat_map(|operation| backend.ddl(operation).unwrap())
        .collect();
    let created = |kinds: &[&str]| {
        let others = schema.others.iter();
        others
            .filter(|other| kinds.contains(&other.kind.as_str()))
            .flat_map(|other| other.create.clone().unwrap())
            .collect::<Vec<_>>()
    };
    all.extend(created(&["function", "procedure"]));
    // a view comes after the views that it uses
    let mut views: Vec<(ObjectName, Vec<String>)> = schema
        .views
        .iter()
        .map(|view| {
            let operation = Operation::View(ViewOperation::Create {
                view: view.clone(),
                if_not_exists: false,
            });
            (view.name.clone(), backend.ddl(&operation).unwrap())
        })
        .collect();
    for other in schema.others.iter().filter(|other| other.kind == "view") {
        views.push((other.name.clone(), other.create.clone().unwrap()));
    }
    while !views.is_empty() {
        let waits = |name: &ObjectName| {
            schema.dependencies.iter().any(|one| {
                one.user.kind == "view"
                    && one.user.name == *name
                    && one.used.kind == "view"
                    && views.iter().any(|(other, _)| *other == one.used.name)
            })
        };
        let at = views.iter().position(|(name, _)| !waits(name)).unwrap();
        all.extend(views.remove(at).1);
    }
    let rest: Vec<&str> = schema
        .others
        .iter()
        .map(|other| other.kind.as_str())
        .filter(|kind| !["function", "procedure", "view"].contains(kind))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    all.extend(created(&rest));
    all
}

fn fixture<B: TestBackend>(session: &mut dyn Session) {
    run(session, include_str!("inspect/both.sql"));
    run(
        session,
        match B::KIND {
            BackendKind::Mysql => include_str!("inspect/mysql.sql"),
            _ => include_str!("inspect/mariadb.sql"),
        },
    );
}

fn everything_is_read_and_can_be_created_again<B: TestBackend<Place = Database>>() {
    let place = B::place();
    let mut session = B::session(&place);
    fixture::<B>(session.as_mut());
    session.watch();
    let schema = inspect(session.as_mut());
    let sent = session.watched();
    assert!(sent.len() <= STATEMENTS, "{}", sent.len());
    assert!(
        sent.iter().all(|one| one.sql.starts_with("SELECT")),
        "{sent:?}"
    );

    let backend = session.backend();
    let statements = statements(&schema, backend);
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("backends/mysql/inspect")
        .join(format!("{}.txt", B::NAME));
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(
        snapbox::Data::text(statements.join(";\n") + ";\n").raw(),
        snapbox::Data::read_from(&file, Some(snapbox::data::DataFormat::Text)).raw(),
    );

    let other = B::place();
    let mut copy = B::session(&other);
    copy.execute("SET SESSION foreign_key_checks = 0").unwrap();
    for statement in &statements {
        copy.execute(statement)
            .unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    let again = inspect(copy.as_mut());
    assert_same(&backend.canonical(&schema), &backend.canonical(&again));
}

/// Compares two schemas, and shows the first object that differs.
#[track_caller]
fn assert_same(one: &Schema, other: &Schema) {
    let lines = |schema: &Schema| -> Vec<String> {
        format!("{schema:#?}").lines().map(str::to_owned).collect()
    };
    if one != other {
        let (one, other) = (lines(one), lines(other));
        let at = (0..one.len().max(other.len()))
            .find(|at| one.get(*at) != other.get(*at))
            .unwrap_or_default();
        let from = at.saturating_sub(25);
        let part =
            |lines: &[String]| lines[from.min(lines.len())..(at + 8).min(lines.len())].join("\n");
        panic!("{}\n--- but ---\n{}", part(&one), part(&other));
    }
}

/// The cases of one kind for this server: the statements of both sides.
fn cases<B: TestBackend>(kind: &str) -> Vec<(String, [Vec<String>; 2])> {
    let list = |value: &serde_json::Value| -> Vec<String> {
        let all = value.as_array().unwrap().iter();
        all.map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let cases: Vec<_> = include_str!("../cases.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|case| case["backend"] == "all" || case["backend"] == B::NAME)
        .filter(|case| (case["kind"] == "equal") == (kind == "equal"))
        .map(|case| {
            let sides = [list(&case["before_sql"]), list(&case["after_sql"])];
            (case["id"].as_str().unwrap().to_owned(), sides)
        })
        .collect();
    assert!(cases.len() >= 5, "{}", cases.len());
    cases
}

/// The canonical schemas of both sides of a case.
fn sides<B: TestBackend<Place = Database>>(sides: &[Vec<String>; 2]) -> [Schema; 2] {
    sides.each_ref().map(|side| {
        let place = B::place();
        let mut session = B::session(&place);
        for statement in side {
            session.execute(statement).unwrap();
        }
        let schema = inspect(session.as_mut());
        session.backend().canonical(&schema)
    })
}

fn equal_pairs_are_equal<B: TestBackend<Place = Database>>() {
    for (case, both) in cases::<B>("equal") {
        let [before, after] = sides::<B>(&both);
        assert!(before == after, "{case}: {before:#?}\n{after:#?}");
    }
}

fn different_pairs_differ<B: TestBackend<Place = Database>>() {
    for (case, both) in cases::<B>("diff") {
        let [before, after] = sides::<B>(&both);
        assert!(before != after, "{case}");
    }
}

/// One database with a table, created as it is declared; its schema as it was declared and as it
/// is read.
fn declared<B: TestBackend<Place = Database>>(table: Table) -> [Schema; 2] {
    let place = B::place();
    let mut session = B::session(&place);
    let backend = session.backend();
    let mut declared = Schema::empty();
    let create = Operation::CreateTable {
        table: table.clone(),
        if_not_exists: false,
    };
    declared.tables.push(table);
    for statement in backend.ddl(&create).unwrap() {
        session.execute(&statement).unwrap();
    }
    let read = inspect(session.as_mut());
    [backend.canonical(&declared), backend.canonical(&read)]
}

fn columns(schema: &Schema) -> &[Column] {
    &schema.tables[0].columns
}

fn every_spelling_of_a_type_is_read_as_the_server_keeps_it<B: TestBackend<Place = Database>>() {
    let spellings = [
        "integer",
        "INT",
        "int4",
        "int(5)",
        "int1",
        "int2",
        "int3",
        "middleint",
        "mediumint",
        "int8",
        "bigint(20) unsigned",
        "bool",
        "boolean",
        "tinyint(1)",
        "tinyint",
        "dec",
        "numeric(8)",
        "fixed(8,2)",
        "decimal",
        "decimal(5,1) unsigned",
        "real",
        "double precision",
        "double",
        "float",
        "float(20)",
        "float(30)",
        "float(7,3)",
        "float4",
        "float8",
        "char",
        "character(3)",
        "binary",
        "bit",
        "bit(3)",
        "character varying(9)",
        "char varying(9)",
        "varchar(9)",
        "long varchar",
        "long",
        "long varbinary",
        "year",
        "year(4)",
        "datetime",
        "datetime(0)",
        "datetime(6)",
        "timestamp(3) NULL",
        "time",
        "time(6)",
        "text",
        "tinytext",
        "mediumtext",
        "longtext",
        "blob",
        "enum('b', 'a')",
        "ENUM('it''s')",
        "SET('a','b')",
        "json",
        "geometry",
        "point",
        "int zerofill",
        "varbinary(3)",
        "date",
    ];
    let mut table = Table::new("spellings");
    for (at, spelling) in spellings.iter().enumerate() {
        let plain = spelling.trim_end_matches(" NULL");
        let mut column = Column::new(format!("c{at}"), Type::other(plain));
        column.nullable = true;
        table.columns.push(column);
    }
    if B::KIND == BackendKind::Mysql {
        let mut column = Column::new("national", Type::other("NCHAR(3)"));
        column.nullable = true;
        table.columns.push(column);
    }
    let all = [
        Type::Bool,
        Type::Text,
        Type::Binary,
        Type::Timestamp,
        Type::Timestamptz,
        Type::Uuid,
        Type::Jsonb,
        Type::Time,
        Type::Timestamp.precision(3),
        Type::Float,
        Type::VarChar(3),
        Type::Integer.unsigned(),
        Type::one_of(["a", "b"]),
        Type::Decimal(9, 2),
        Type::Year,
    ];
    for (at, ty) in all.into_iter().enumerate() {
        let mut column = Column::new(format!("v{at}"), ty);
        column.nullable = true;
        table.columns.push(column);
    }
    let names: Vec<String> = spellings.iter().map(|one| (*one).to_owned()).collect();
    let [declared, read] = declared::<B>(table);
    assert_eq!(columns(&declared).len(), columns(&read).len());
    for (at, (one, other)) in columns(&declared).iter().zip(columns(&read)).enumerate() {
        // the server says how wide zeros are filled up, where the table does not
        if names.get(at).is_none_or(|name| name != "int zerofill") {
            assert_eq!(one, other, "{:?}", names.get(at));
        }
    }
}

fn every_literal_is_read_as_the_server_keeps_it<B: TestBackend<Place = Database>>() {
    let value = |value: Value| DefaultValue::Value(value);
    let sql = |text: &str| DefaultValue::Expression(Sql::from(text));
    let defaults = [
        (Type::Integer, value("1".into())),
        (Type::Integer, value(1.0.into())),
        (Type::Integer, value(true.into())),
        (Type::Integer, value((-7).into())),
        (Type::BigInt, value(i64::MIN.into())),
        (
            Type::BigInt.unsigned(),
            value("18446744073709551615".into()),
        ),
        (Type::Decimal(10, 2), value("1".into())),
        (Type::Decimal(10, 2), value(1.5.into())),
        (
            Type::Decimal(30, 20),
            value("1.00000000000000000001".into()),
        ),
        (Type::Double, value("1.50".into())),
        (Type::Double, value(1e300.into())),
        (Type::Double, value((-0.0).into())),
        (Type::Bool, value(false.into())),
        (Type::Bool, value(1.into())),
        (Type::Bit(8), value(0.into())),
        (Type::VarChar(80), value("".into())),
        (
            Type::VarChar(80),
            value("it's \\ \"?\" \u{1f600} é NULL".into()),
        ),
        (Type::VarChar(80), value("NULL".into())),
        (Type::VarChar(80), value("0x41".into())),
        (Type::VarChar(80), value(5.into())),
        (Type::VarChar(80), value(Value::Null)),
        (Type::Text, value("it's\n?".into())),
        (Type::one_of(["a", "it's"]), value("it's".into())),
        (Type::FixedBinary(5), value(b"ab".as_slice().into())),
        (Type::VarBinary(5), value([0_u8, 255].as_slice().into())),
        (Type::Date, value("2026-11-30".into())),
        (Type::Datetime, value("2026-11-30".into())),
        (Type::Datetime, value("2026-11-30 01:02:03.5".into())),
        (Type::Year, value(2026.into())),
        (Type::Timestamptz, sql("now()")),
        (Type::Datetime.precision(0), sql("LOCALTIMESTAMP")),
        (Type::VarChar(36), sql("uuid()")),
        (Type::Integer, sql("1 + 1")),
    ];
    let mut table = Table::new("defaults");
    for (at, (ty, default)) in defaults.into_iter().enumerate() {
        let mut column = Column::new(format!("c{at}"), ty);
        column.nullable = true;
        column.default = Some(default);
        table.columns.push(column);
    }
    let [declared, read] = declared::<B>(table);
    for (one, other) in columns(&declared).iter().zip(columns(&read)) {
        assert_eq!(one, other);
    }
}

fn a_declared_table_is_the_one_that_is_read<B: TestBackend<Place = Database>>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(
        session.as_mut(),
        "CREATE TABLE teams (id int PRIMARY KEY, CHECK (id > 0), n int UNIQUE)\n//
         CREATE TABLE users (id int AUTO_INCREMENT PRIMARY KEY, a int, b varchar(9), \
         FOREIGN KEY (a) REFERENCES teams (id) ON DELETE NO ACTION, UNIQUE KEY (b), KEY ix (a, b)) \
         ENGINE = InnoDB",
    );
    let read = inspect(session.as_mut());
    let backend = session.backend();

    let mut teams = Table::new("teams");
    teams.columns.push(Column::new("id", Type::Integer));
    let mut nullable = Column::new("n", Type::Integer);
    nullable.nullable = true;
    teams.columns.push(nullable.clone());
    let mut users = Table::new("users");
    users.options.engine = Some("InnoDB".to_owned());
    let mut id = nullable.clone();
    id.name = "id".to_owned();
    id.identity = Some(migrate_core::schema::Identity::default());
    let mut a = nullable.clone();
    a.name = "a".to_owned();
    let mut b = nullable;
    b.name = "b".to_owned();
    b.ty = Type::VarChar(9);
    users.columns.extend([id, a, b]);
    let over = |columns: &[&str]| -> Vec<String> {
        columns.iter().map(|column| (*column).to_owned()).collect()
    };
    let primary = || {
        let mut key = migrate_core::schema::PrimaryKey::default();
        key.columns = over(&["id"]);
        Constraint::PrimaryKey(key)
    };
    teams
        .constraints
        .push(Constraint::Check(Check::new("id>0")));
    teams.constraints.push(primary());
    users.constraints.push(primary());
    users.constraints.push(Constraint::ForeignKey(
        migrate_core::schema::ForeignKey::new(over(&["a"]), "teams".into(), Vec::new()),
    ));
    let unique = |table: &str, column: &str| {
        let mut index = Index::new(format!("uq_{table}"), table, vec![column.into()]);
        index.unique = true;
        index.name = column.to_owned();
        index
    };
    let mut declared = Schema::empty();
    declared.server.clone_from(&read.server);
    declared.indexes.push(unique("teams", "n"));
    declared.indexes.push(unique("users", "b"));
    declared
        .indexes
        .push(Index::new("a", "users", vec!["a".into()])); // it goes with the key
    let mut ix = Index::new("ix", "users", vec!["a".into(), "b".into()]);
    ix.method = Some("BTREE".to_owned());
    declared.indexes.push(ix);
    declared.tables.extend([users, teams]);
    assert_same(&backend.canonical(&declared), &backend.canonical(&read));
}

fn several_databases_are_read_with_their_names<B: TestBackend<Place = Database>>() {
    let (place, other) = (B::place(), B::place());
    let mut session = B::session(&place);
    let (one, two) = (place.name(), other.name());
    run(
        session.as_mut(),
        &format!(
            "CREATE TABLE a (id int PRIMARY KEY)\n//
             CREATE TABLE {two}.b (id int PRIMARY KEY, a int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES {one}.a (id))\n//
             CREATE VIEW {two}.v AS SELECT a.id FROM {one}.a JOIN {two}.b ON b.a = a.id\n//
             CREATE TABLE __ignored (id int)"
        ),
    );
    let current = inspect(session.as_mut());
    assert!(current.schemas.is_empty());
    assert_eq!(current.tables.len(), 1);
    assert_eq!(current.tables[0].name, ObjectName::from("a"));

    session.watch();
    let scope = Scope::of(vec![one.to_owned(), two.to_owned(), "missing".to_owned()]);
    let both = session.inspect(&scope).unwrap();
    assert!(session.watched().len() <= STATEMENTS);
    let mut names = vec![one.to_owned(), two.to_owned()];
    names.sort();
    assert_eq!(both.schemas, names);
    let table = both.table(&ObjectName::qualified(two, "b")).unwrap();
    let key = table.constraints.iter().find_map(|one| match one {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    });
    assert_eq!(key.unwrap().table, ObjectName::qualified(one, "a"));
    assert_eq!(both.views[0].name, ObjectName::qualified(two, "v"));
    assert!(
        both.views[0]
            .query
            .common_text()
            .contains(&format!("`{one}`.`a`"))
    );

    let only = session.inspect(&Scope::of(vec![two.to_owned()])).unwrap();
    assert!(only.table(&ObjectName::qualified(two, "b")).is_some());
    let missing = session
        .inspect(&Scope::of(vec!["missing".to_owned()]))
        .unwrap();
    assert!(missing.tables.is_empty() && missing.schemas.is_empty());
}

/// A check that MariaDB keeps with its column has no name to drop it by.
fn a_check_of_a_column_can_be_dropped<B: TestBackend<Place = Database>>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(
        session.as_mut(),
        "CREATE TABLE t (a int NOT NULL DEFAULT 3 COMMENT 'x' CHECK (a > 0), b int, CHECK (b > 0))",
    );
    let before = inspect(session.as_mut());
    let checks = before.tables[0].constraints.clone();
    assert_eq!(checks.len(), 2);
    for check in checks {
        let operation = Operation::DropConstraint {
            table: ObjectName::from("t"),
            name: None,
            kind: None,
            definition: Some(check),
            if_exists: false,
        };
        for statement in session.statements(&operation).unwrap() {
            session.execute(&statement).unwrap();
        }
    }
    let after = inspect(session.as_mut());
    assert!(after.tables[0].constraints.is_empty());
    assert_eq!(after.tables[0].columns, before.tables[0].columns);
}

/// What cannot be created again is named.
#[test]
fn partitions_by_time_are_named() {
    let place = super::Mariadb::place();
    let mut session = super::Mariadb::session(&place);
    run(
        session.as_mut(),
        "CREATE TABLE t (a int) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 100 PARTITIONS 3",
    );
    let schema = inspect(session.as_mut());
    let kinds: Vec<&str> = schema
        .others
        .iter()
        .map(|other| other.kind.as_str())
        .collect();
    assert_eq!(kinds, ["partition", "system versioning"]);
    assert_eq!(schema.others[0].create, None);
}

on_both! {
    a_check_of_a_column_can_be_dropped
    a_declared_table_is_the_one_that_is_read
    every_literal_is_read_as_the_server_keeps_it
    every_spelling_of_a_type_is_read_as_the_server_keeps_it
    several_databases_are_read_with_their_names
    everything_is_read_and_can_be_created_again
    equal_pairs_are_equal
    different_pairs_differ
}
