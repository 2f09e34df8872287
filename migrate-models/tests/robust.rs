//! Any tokens are read without a panic.

use migrate_models::{Models, read_file};
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "table",
    "diesel",
    "migrate_core",
    "view",
    "joinable",
    "!",
    "::",
    "use",
    "mod",
    "struct",
    "enum",
    "#",
    "migrate",
    "cfg",
    "cfg_attr",
    "false",
    "feature",
    "=",
    "\"postgres\"",
    "\"x\"",
    "users",
    "id",
    "name",
    "->",
    "Integer",
    "Nullable",
    "<",
    ">",
    ",",
    ";",
    ".",
    "-",
    "1",
    "2.5",
    "b\"x\"",
    "'c'",
    "default",
    "ty",
    "Decimal",
    "Enum",
    "VarChar",
    "references",
    "index",
    "unique",
    "foreign_key",
    "check",
    "exclude",
    "using",
    "only",
    "renamed_from",
    "derive",
    "SqlType",
    "DbEnum",
    "labels",
    "sql_name",
    "max_length",
    "r#type",
    "desc",
    "expression",
    "null",
    "99999999999999999999",
    "as",
    "*",
    "super",
    "extern",
    "crate",
    "macro_rules",
    "é",
];

/// Tokens at random, with brackets that match.
fn soup() -> impl Strategy<Value = String> {
    let word = prop::sample::select(WORDS).prop_map(str::to_owned);
    word.prop_recursive(6, 96, 12, |inner| {
        (prop::collection::vec(inner, 0..12), 0..4).prop_map(|(words, brackets)| {
            let words = words.join(" ");
            match brackets {
                0 => format!("({words})"),
                1 => format!("[{words}]"),
                2 => format!("{{ {words} }}"),
                _ => words,
            }
        })
    })
}

/// A table with soup in the places where attributes and columns are.
fn table() -> impl Strategy<Value = String> {
    (soup(), soup(), soup(), soup()).prop_map(|(on_table, on_column, name, column)| {
        format!(
            "migrate_core::table! {{ #[migrate({on_table})] users (id) {{
                #[migrate({on_column})] id -> Integer, #[cfg_attr({name})] a -> Text, {column} }} }}"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn tokens_at_random(words in prop::collection::vec(soup(), 0..12)) {
        let text = words.join(" ");
        drop(Models::resolve(vec![read_file("a.rs", &text, "migrate_core")]));
    }

    #[test]
    fn tables_at_random(text in table()) {
        drop(Models::resolve(vec![read_file("a.rs", &text, "migrate_core")]));
    }

    #[test]
    fn text_at_random(text in ".{0,80}") {
        drop(read_file("a.rs", &text, "migrate_core"));
    }

    /// As much of a file as was typed so far.
    #[test]
    fn a_file_that_ends_early(end in 0..USERS.len()) {
        if let Some(text) = USERS.get(..end) {
            drop(read_file("a.rs", text, "migrate_core"));
        }
    }
}

const USERS: &str = r#"use migrate_core::table;
table! {
    #[migrate(index(ix, [a.prefix(3), desc(b)], filter = "a"), foreign_key([a], users(b)))]
    #[migrate(exclude(using = gist, [(a, "=")]), only(postgres, check("a")))]
    users (id) {
        #[migrate(ty = Decimal(10, 2), default = -1, references(users.id))]
        a -> Numeric,
        b -> Nullable<Array<Text>>,
    }
}
"#;
