//! One schema is changed into another by what the comparison says, and back: the cases of
//! `tests/comparison`, and random schemas.

use std::collections::BTreeSet;

use migrate_core::engine::backend::BackendKind;
use migrate_core::schema::{
    Action, Check, Column, Constraint, DefaultValue, ForeignKey, Index, IndexPart, PrimaryKey,
    Schema, Table, Type, Unique, Value, View,
};
use migrate_tests::comparison::{Case, becomes, run_cases};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::backend::{TestBackend, on_each_backend};

fn one_schema_becomes_the_other_and_back<B: TestBackend>() {
    let outcome = run_cases(B::KIND, &Case::all());
    let failed: Vec<String> = outcome
        .failed
        .iter()
        .map(|(case, problem)| format!("{case}: {problem}"))
        .collect();
    assert!(
        outcome.agreed > 20,
        "only {} cases were run",
        outcome.agreed
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Random schemas with few names, so that two have much in common.
fn any_schema_becomes_any_other<B: TestBackend>() {
    let cases = match B::KIND {
        BackendKind::Sqlite => 96,
        _ => 12,
    };
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&(schema(), schema()), |(from, to)| {
        becomes(B::KIND, &from, &to).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

const TABLES: &[&str] = &["author", "book", "Order", "shelf"];
const COLUMNS: &[&str] = &["name", "size", "Mixed Case", "select", "at"];

fn schema() -> impl Strategy<Value = Schema> {
    let tables: Vec<_> = TABLES
        .iter()
        .map(|name| prop::option::weighted(0.7, table(name)))
        .collect();
    (
        tables,
        prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        any::<bool>(),
    )
        .prop_map(|(tables, indexed, viewed)| {
            let mut schema = Schema::empty();
            schema.tables = tables.into_iter().flatten().collect();
            keep_sound(&mut schema);
            let mut names = BTreeSet::new();
            for (number, place) in indexed.iter().enumerate() {
                if schema.tables.is_empty() {
                    break;
                }
                let table = &schema.tables[place.index(schema.tables.len())];
                let column = &table.columns[place.index(table.columns.len())];
                let name = format!("ix_{}_{}", table.name.name.to_lowercase(), number % 3);
                if names.insert(name.clone()) {
                    let parts: Vec<IndexPart> = match number % 2 {
                        0 => vec![column.name.as_str().into()],
                        _ => vec![column.name.as_str().into(), "id".into()],
                    };
                    let twice = parts.len() == 2 && column.name == "id";
                    if !twice {
                        schema
                            .indexes
                            .push(Index::new(name, table.name.clone(), parts));
                    }
                }
            }
            if viewed && schema.tables.iter().any(|table| table.name.name == "book") {
                schema
                    .views
                    .push(View::new("every_book", "SELECT id FROM book"));
            }
            schema
        })
}

fn table(name: &'static str) -> impl Strategy<Value = Table> {
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|name| prop::option::weighted(0.6, column(name)))
        .collect();
    (
        columns,
        any::<[bool; 4]>(),
        prop::sample::select(TABLES),
        prop::option::of(prop::sample::select(
            &[Action::Cascade, Action::SetNull][..],
        )),
        any::<bool>(),
    )
        .prop_map(move |(columns, wanted, other, on_delete, numbered)| {
            let mut table = Table::new(name);
            let mut id = Column::new("id", Type::Integer);
            id.identity = numbered.then(migrate_core::schema::Identity::default);
            table.columns = std::iter::once(id)
                .chain(columns.into_iter().flatten())
                .collect();
            table.constraints.push(PrimaryKey::default().into());
            if let [Constraint::PrimaryKey(key)] = table.constraints.as_mut_slice() {
                key.columns = vec!["id".to_owned()];
            }
            let names: Vec<String> = table.columns.iter().map(|one| one.name.clone()).collect();
            let lower = name.to_lowercase();
            if wanted[0] && names.contains(&"size".to_owned()) {
                let mut check = Check::new("size > 0");
                check.name = Some(format!("{lower}_size"));
                table.constraints.push(check.into());
            }
            if wanted[1] && names.contains(&"name".to_owned()) {
                let mut unique = Unique::default();
                unique.name = Some(format!("{lower}_name"));
                unique.columns = vec!["name".to_owned()];
                if wanted[2] && names.contains(&"at".to_owned()) {
                    unique.columns.push("at".to_owned());
                }
                table.constraints.push(unique.into());
            }
            if wanted[3] {
                let mut column = Column::new("other_id", Type::Integer);
                column.nullable = true;
                table.columns.push(column);
                let mut key = ForeignKey::new(
                    vec!["other_id".to_owned()],
                    other.into(),
                    vec!["id".to_owned()],
                );
                key.name = Some(format!("{lower}_other"));
                key.on_delete = on_delete;
                table.constraints.push(key.into());
            }
            table
        })
}

fn column(name: &'static str) -> impl Strategy<Value = Column> {
    let number = (
        prop::sample::select(vec![Type::Integer, Type::BigInt, Type::SmallInt]),
        prop::option::of((-3_i64..9).prop_map(Value::Integer)),
    );
    let text = (
        prop::sample::select(vec![Type::VarChar(20), Type::VarChar(40), Type::Char(9)]),
        prop::option::of(prop::sample::select(vec!["", "it's", "é", "-1"]).prop_map(Value::from)),
    );
    // of one kind by name: what the server converts is for the cases
    let is_text = matches!(name, "name" | "select");
    (number, text, any::<bool>()).prop_map(move |(number, text, nullable)| {
        let (ty, default) = if is_text { text } else { number };
        let mut column = Column::new(name, ty);
        column.nullable = nullable;
        column.default = default.map(DefaultValue::Value);
        column
    })
}

/// Keys to tables that are not there go.
fn keep_sound(schema: &mut Schema) {
    let names: BTreeSet<_> = schema
        .tables
        .iter()
        .map(|table| table.name.clone())
        .collect();
    for table in &mut schema.tables {
        table.constraints.retain(|constraint| match constraint {
            Constraint::ForeignKey(key) => names.contains(&key.table),
            _ => true,
        });
    }
}

on_each_backend! {
    one_schema_becomes_the_other_and_back
    any_schema_becomes_any_other
}
