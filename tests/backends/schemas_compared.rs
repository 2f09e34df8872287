//! One schema is changed into another by what the comparison says, and back: the cases of
//! `tests/comparison`.

use migrate_core::BackendKind;
use migrate_core::engine::backend::Scope;
use migrate_core::engine::diff::Answers;
use migrate_core::schema::{Check, Column, DefaultValue, Index, PrimaryKey, Schema, Table, Type};
use migrate_tests::comparison::{Case, Fresh, run_cases, settled_difference, steps};

use crate::backend::{TestBackend, on_each_backend};

fn one_schema_becomes_the_other_and_back<B: TestBackend>() {
    let mut cases = Case::all();
    if B::KIND != BackendKind::Sqlite {
        // a server takes its time; `comparison` runs them all
        let mut number = 0;
        cases.retain(|_| {
            number += 1;
            number % 3 == 0
        });
    }
    let outcome = run_cases(B::KIND, &cases, false);
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

/// A server gives names to what has none, spells expressions again, perhaps twice, and rounds
/// defaults.
fn what_was_declared_is_what_is_found<B: TestBackend>() {
    let mut table = Table::new("t");
    table.columns = vec![
        Column::new("id", Type::Integer),
        Column::new("name", Type::VarChar(20)),
        Column::new("price", Type::Decimal(5, 0)),
    ];
    table.columns[2].default = Some(DefaultValue::Value(1.5.into()));
    let mut key = PrimaryKey::default();
    key.columns = vec!["id".to_owned()];
    table.constraints = vec![
        key.into(),
        Check::new("name NOT IN ('q', 'r')").into(),
        Check::new("price > 0").into(),
    ];
    let mut declared = Schema::empty();
    declared.tables = vec![table];
    let mut unique = Index::new("by_name", "t", vec!["name".into()]);
    unique.unique = true;
    declared.indexes = vec![unique];

    let (answers, scope) = (Answers::default(), Scope::current());
    let difference = |from: &Schema, to: &Schema| {
        settled_difference(B::KIND, (from, to), &answers, &scope).unwrap()
    };
    let mut place = Fresh::new(B::KIND);
    let making = difference(&Schema::empty(), &declared);
    place.run(&steps(&making)).unwrap();
    let found = place.inspect(&scope).unwrap();
    let rest = difference(&found, &declared);
    assert!(rest.is_empty(), "{rest:#?}");
}

on_each_backend! {
    what_was_declared_is_what_is_found
    one_schema_becomes_the_other_and_back
}
