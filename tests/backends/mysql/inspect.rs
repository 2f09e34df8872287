//! Whole schemas, read from both servers: what is read is what was created, in a fixed number of
//! queries; created again from what was read, it is the same.

use std::collections::BTreeSet;
use std::path::Path;

use migrate_core::engine::backend::{Backend, BackendKind, Scope, Session};
use migrate_core::operation::{Operation, SchemaOperation, SequenceOperation, ViewOperation};
use migrate_core::schema::{ObjectName, Schema};
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

on_both! {
    everything_is_read_and_can_be_created_again
    equal_pairs_are_equal
    different_pairs_differ
}
