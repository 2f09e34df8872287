//! Properties of the parser and the editor of definitions, on definitions in every spelling; and
//! what a rebuild gives to the rows.

use proptest::prelude::*;

use super::parse::{ClauseKind, Definition, tokens};
use super::{Pending, edit};
use crate::operation::{ColumnChange, Operation};
use crate::schema::{Column, DefaultValue, ObjectName, Type, Value};
use crate::sql::unquoted;

/// Space and comments, in which anything may occur.
fn space() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(" ".to_owned()),
        1 => Just("\n  ".to_owned()),
        1 => "[ \t\n]{1,3}",
        1 => "/\\*[a-z(,)'\"`é ]{0,6}\\*/".prop_map(|comment| format!(" {comment} ")),
        1 => "--[a-z(,)'\"`é ]{0,6}".prop_map(|comment| format!(" {comment}\n")),
    ]
}

/// A name in one of its spellings.
fn name() -> impl Strategy<Value = String> {
    let text = "[a-z (),'é-]{1,6}";
    prop_oneof![
        "c[a-z0-9_$é]{0,5}",
        text.prop_map(|name| format!("`{name}`")),
        text.prop_map(|name| format!("\"{name}\"\"\"")),
        text.prop_map(|name| format!("[{name}]")),
    ]
}

fn clause() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "PRIMARY KEY",
        "primary key DESC ON CONFLICT REPLACE AUTOINCREMENT",
        "NOT NULL",
        "NULL ON CONFLICT IGNORE",
        "UNIQUE ON CONFLICT FAIL",
        "CHECK (a > ')' OR (b < 1))",
        "CONSTRAINT \"c k\" CHECK (1)",
        "DEFAULT -1.5e-3",
        "DEFAULT 'it''s, ('",
        "DEFAULT (1, (2))",
        "DEFAULT x'0A'",
        "DEFAULT CURRENT_TIMESTAMP",
        "COLLATE nocase",
        "REFERENCES t",
        "REFERENCES [t](a, b) ON DELETE SET NULL ON UPDATE NO ACTION MATCH FULL NOT DEFERRABLE INITIALLY DEFERRED",
        "GENERATED ALWAYS AS (a || ',') STORED",
        "AS (1)",
    ])
    .prop_map(str::to_owned)
}

fn column() -> impl Strategy<Value = String> {
    let ty = prop::sample::select(vec![
        "",
        "INTEGER",
        "VARCHAR(20)",
        "unsigned big int",
        "DECIMAL (10 , 2)",
        "\"odd\"",
    ]);
    (
        name(),
        space(),
        ty,
        prop::collection::vec((space(), clause()), 0..4),
    )
        .prop_map(|(name, space, ty, clauses)| {
            let clauses: String = clauses
                .into_iter()
                .map(|(space, clause)| space + &clause)
                .collect();
            format!("{name}{space}{ty}{clauses}")
        })
}

fn constraint() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "CHECK (a > 1)",
        "CONSTRAINT k PRIMARY KEY (a COLLATE nocase DESC, \"b,\") ON CONFLICT ABORT",
        "UNIQUE (a)",
        "FOREIGN KEY (a, `b)`) REFERENCES t ON DELETE CASCADE DEFERRABLE",
    ])
    .prop_map(str::to_owned)
}

/// A definition, and how many columns and constraints it has.
fn definition() -> impl Strategy<Value = (String, usize, usize)> {
    let gap = || (space(), prop_oneof![Just(String::new()), space()]);
    (
        name(),
        prop::collection::vec((column(), gap()), 1..5),
        prop::collection::vec((constraint(), gap(), any::<bool>()), 0..4),
        prop::sample::select(vec!["", " STRICT", " WITHOUT ROWID, strict"]),
    )
        .prop_map(|(name, columns, constraints, options)| {
            let counts = (columns.len(), constraints.len());
            let mut text = format!("CREATE TABLE {name} (");
            for (number, (column, (before, after))) in columns.into_iter().enumerate() {
                let comma = if number > 0 { "," } else { "" };
                text.push_str(&format!("{comma}{before}{column}{after}"));
            }
            for (number, (constraint, (before, after), comma)) in
                constraints.into_iter().enumerate()
            {
                let comma = if number == 0 || comma { "," } else { " " };
                text.push_str(&format!("{comma}{before}{constraint}{after}"));
            }
            // whatever comment is last, it ends here
            (format!("{text}\n){options}"), counts.0, counts.1)
        })
}

/// The texts of the list's places.
fn pieces(text: &str) -> Vec<String> {
    Definition::parse(text)
        .unwrap()
        .places()
        .iter()
        .map(|place| text[place.span.clone()].to_owned())
        .collect()
}

#[test]
fn a_table_without_columns_is_not_understood() {
    for items in [
        "",
        "CHECK (1)",
        "CHECK (1), UNIQUE (a)",
        "CONSTRAINT k",
        ",",
        "CHECK (1),",
    ] {
        assert!(
            Definition::parse(&format!("CREATE TABLE t ({items})")).is_err(),
            "{items}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_harm(text in any::<String>(), (table, ..) in definition(), cut in any::<prop::sample::Index>()) {
        let mut end = 0;
        for token in tokens(&text) {
            prop_assert!(token.span.start >= end && token.span.end > token.span.start);
            unquoted(&text[token.span.clone()]);
            end = token.span.end;
        }
        let _ = Definition::parse(&text);
        let at = cut.index(table.len() + 1);
        if table.is_char_boundary(at) {
            let _ = Definition::parse(&table[..at]);
            let _ = Definition::parse(&format!("{}{text}{}", &table[..at], &table[at..]));
        }
    }

    #[test]
    fn a_definition_is_taken_apart((text, columns, constraints) in definition()) {
        let parsed = Definition::parse(&text).unwrap();
        prop_assert_eq!((parsed.columns.len(), parsed.constraints.len()), (columns, constraints));
        prop_assert_eq!(parsed.is_strict(), text.to_uppercase().ends_with("STRICT"));
        for clause in parsed.clauses() {
            prop_assert!(clause.kind != ClauseKind::Nothing);
        }
    }

    #[test]
    fn what_is_added_and_removed_again_leaves_no_trace((text, columns, _) in definition()) {
        let before = pieces(&text);
        let parsed = Definition::parse(&text).unwrap();
        let added = edit::add_constraint(&text, &parsed, "CHECK (new)");
        let mut expected = before.clone();
        expected.push("CHECK (new)".to_owned());
        prop_assert_eq!(pieces(&added), expected);
        let index = before.len();
        prop_assert_eq!(edit::remove(&added, &Definition::parse(&added).unwrap(), index), &text[..]);

        let added = edit::add_column(&text, &parsed, "new TEXT");
        let mut expected = before.clone();
        expected.insert(columns, "new TEXT".to_owned());
        prop_assert_eq!(pieces(&added), expected);
        prop_assert_eq!(edit::remove(&added, &Definition::parse(&added).unwrap(), columns), &text[..]);
    }

    #[test]
    fn removing_one_place_keeps_the_others((text, ..) in definition(), which in any::<prop::sample::Index>()) {
        let before = pieces(&text);
        prop_assume!(before.len() > 1);
        let parsed = Definition::parse(&text).unwrap();
        let index = which.index(before.len());
        // a table keeps a column
        prop_assume!(index >= parsed.columns.len() || parsed.columns.len() > 1);
        let mut expected = before.clone();
        expected.remove(index);
        prop_assert_eq!(pieces(&edit::remove(&text, &parsed, index)), expected);
    }

    #[test]
    fn a_clause_is_set_and_taken_away((text, ..) in definition(), which in any::<prop::sample::Index>()) {
        let parsed = Definition::parse(&text).unwrap();
        let index = which.index(parsed.columns.len());
        let others = |text: &str| {
            let mut pieces = pieces(text);
            pieces.remove(index);
            pieces
        };
        let set = edit::set_clause(&text, &parsed.columns[index], ClauseKind::Default, Some("DEFAULT 7"));
        let now = Definition::parse(&set).unwrap();
        let has = now.columns[index].clause(|kind| kind == ClauseKind::Default).unwrap();
        prop_assert_eq!(&set[has.body.clone()], "DEFAULT 7");
        prop_assert_eq!(others(&set), others(&text));
        let taken = edit::set_clause(&set, &now.columns[index], ClauseKind::Default, None);
        let left = Definition::parse(&taken).unwrap();
        prop_assert_eq!(others(&taken), others(&text));
        let count = |definition: &Definition| {
            definition.columns[index].clauses.iter().filter(|clause| clause.kind == ClauseKind::Default).count()
        };
        prop_assert_eq!(count(&left), count(&now) - 1);
    }
}

#[test]
fn an_added_column_has_its_first_default_in_the_rows_whatever_becomes_of_that() {
    use diesel::connection::SimpleConnection;
    use diesel::sqlite::SqliteConnection;
    use diesel::{Connection, RunQueryDsl};

    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection
        .batch_execute("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1);")
        .unwrap();
    let table = ObjectName::from("t");
    let mut pending = Pending::of(&mut connection, &table).unwrap();
    let defaults = [
        ("a", DefaultValue::Value(Value::Integer(7))),
        ("b", DefaultValue::Expression("3 + 4".into())),
    ];
    for (name, default) in defaults {
        let mut column = Column::new(name, Type::Integer);
        column.default = Some(default);
        let added = Operation::AddColumn {
            table: table.clone(),
            column: column.clone(),
            constraints: Vec::new(),
            if_not_exists: false,
        };
        pending.change(&added).unwrap();
        let dropped = Operation::AlterColumn {
            table: table.clone(),
            name: name.to_owned(),
            change: ColumnChange {
                default: Some(None),
                ..ColumnChange::default()
            },
            was: Some(column),
            using_back: None,
        };
        pending.change(&dropped).unwrap();
    }
    for statement in pending.statements(&mut connection).unwrap() {
        connection.batch_execute(&statement).unwrap();
    }
    let query = "SELECT a + b FROM t WHERE id = 1";
    let sum = diesel::dsl::sql::<diesel::sql_types::Integer>(query);
    assert_eq!(sum.get_result::<i32>(&mut connection), Ok(14));
}
