//! Definitions that SQLite accepts, in many spellings, beside what its pragmas say of them.

use proptest::prelude::*;

use super::{creating, database, inspected_in, returns};
use crate::backend::Scope;
use crate::operation::Statements;

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_é]{0,4}_".prop_map(|name| name),
        "[a-zA-Z (),'é-]{1,5}".prop_map(|name| format!("`{name}_`")),
        "[a-z \"]{1,5}".prop_map(|name| format!("\"{}_\"", name.replace('"', "\"\""))),
        "[a-z A-Z]{1,5}".prop_map(|name| format!("[{name}_]")),
    ]
}

fn choice(all: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(all)
}

fn ty() -> impl Strategy<Value = &'static str> {
    choice(&[
        "",
        "INTEGER",
        "int",
        "Text",
        "VARCHAR(20)",
        "varchar ( 7 )",
        "unsigned big int",
        "DECIMAL (10 , 2)",
        "numeric(4)",
        "\"odd\"",
        "REAL",
        "double precision",
        "BOOLEAN",
        "bool",
        "TIMESTAMP",
        "blob",
        "\"INTEGER\"",
        "national character varying (3)",
    ])
}

fn default() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        1 => any::<i64>().prop_map(|number| format!(" DEFAULT {number}")),
        1 => any::<f64>().prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| format!(" DEFAULT ({number:e})")),
        1 => "[^\\x00-\\x1f]{0,6}".prop_map(|text| format!(" DEFAULT '{}'", text.replace('\'', "''"))),
        1 => choice(&[
            " DEFAULT NULL", " default (null)", " DEFAULT TRUE", " DEFAULT current_date", " DEFAULT +7",
            " DEFAULT word", " DEFAULT \"w w\"", " DEFAULT x'0aFF'", " DEFAULT (1 + 1)", " DEFAULT (- 5)",
            " DEFAULT (random() /* ) */)", " DEFAULT 0xFf", " DEFAULT .5", " DEFAULT (CURRENT_TIMESTAMP)",
        ]).prop_map(str::to_owned),
    ]
}

fn clauses() -> impl Strategy<Value = &'static str> {
    choice(&[
        "",
        "",
        "",
        " NOT NULL",
        " NULL",
        " UNIQUE",
        " CONSTRAINT \"u u\" UNIQUE NOT NULL",
        " COLLATE nocase",
        " COLLATE \"BINARY\"",
        " CHECK (1 <> 'x)')",
        " CONSTRAINT c CHECK ((2) == 2) -- why\n",
        " REFERENCES p",
        " REFERENCES [p q](a) ON DELETE SET NULL ON UPDATE NO ACTION MATCH FULL",
        " REFERENCES t(z) NOT DEFERRABLE",
        " REFERENCES t DEFERRABLE INITIALLY DEFERRED",
        " UNIQUE ON CONFLICT FAIL",
    ])
}

fn constraint() -> impl Strategy<Value = &'static str> {
    choice(&[
        "UNIQUE (k1, K2)",
        "CONSTRAINT `u 2` UNIQUE (k2)",
        "CHECK (k1 > \"k2\")",
        "FOREIGN KEY (k1, k2) REFERENCES p (x, y) ON UPDATE CASCADE",
        "CHECK (k1 IN (1, 2) OR k2 LIKE '%)%')",
        "UNIQUE (k1 COLLATE nocase)",
        "FOREIGN KEY (k2) REFERENCES p DEFERRABLE",
    ])
}

/// A table that has the columns `k1` and `k2`.
fn table() -> impl Strategy<Value = String> {
    let columns = proptest::collection::vec((name(), ty(), default(), clauses(), clauses()), 0..5);
    let constraints = proptest::collection::vec(constraint(), 0..3);
    let key = choice(&[
        "k1 INTEGER PRIMARY KEY, k2 TEXT",
        "k1 INT PRIMARY KEY, k2 TEXT",
        "k1 INTEGER, k2 TEXT, PRIMARY KEY (k2, K1)",
        "k1 INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, k2 TEXT",
    ]);
    let options = choice(&[
        "",
        "",
        " WITHOUT ROWID",
        " STRICT",
        " strict, without rowid",
    ]);
    (columns, key, constraints, options).prop_map(|(columns, key, constraints, options)| {
        let mut list: Vec<String> =
            vec![key.split(", PRIMARY").next().unwrap_or_default().to_owned()];
        list.extend(
            columns
                .into_iter()
                .map(|(name, ty, default, one, other)| format!("{name} {ty}{default}{one}{other}")),
        );
        list.extend(
            key.split_once(", PRIMARY")
                .map(|(_, key)| format!("PRIMARY{key}")),
        );
        list.extend(constraints.into_iter().map(str::to_owned));
        format!("CREATE TABLE \"t t\" ({}\n){options}", list.join(", "))
    })
}

/// What the pragmas say of the table's columns.
const FACTS: &str = "SELECT name || char(31) || upper(type) || char(31) || \"notnull\" || char(31) || hidden || char(31) \
    || pk AS text FROM pragma_table_xinfo('t t')";

/// What they say of its keys and indexes.
const KEYS: &str = "SELECT \"table\" || char(31) || group_concat(\"from\", char(29)) || char(31) || on_delete || char(31) \
    || on_update AS text FROM (SELECT * FROM pragma_foreign_key_list('t t') ORDER BY id, seq) GROUP BY id \
    UNION ALL SELECT l.origin || char(31) || group_concat(i.name, char(29)) FROM pragma_index_list('t t') l, \
    pragma_index_info(l.name) i GROUP BY l.name ORDER BY 1";

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_is_read_as_the_pragmas_say_and_created_again(table in table()) {
        let Ok(mut session) = database(&[&table]) else {
            return Ok(()); // not for SQLite: types of a STRICT table, two collations of a name
        };
        let schema = inspected_in(&mut session, &Scope::current());
        let facts = session.texts(FACTS).unwrap();
        let keys = session.texts(KEYS).unwrap();
        returns(&schema)?;
        let Some(read) = schema.tables.first() else {
            prop_assert!(table.contains("CONFLICT") || table.contains("(k1 COLLATE"), "{}", table);
            return Ok(());
        };
        let key = read.primary_key().map(|key| key.columns.clone()).unwrap_or_default();
        for (column, fact) in read.columns.iter().zip(&facts) {
            let fact: Vec<&str> = fact.split('\u{1f}').collect();
            prop_assert_eq!(&column.name, fact[0]);
            prop_assert_eq!(column.nullable, fact[2] == "0", "{}", fact[0]);
            let place = key.iter().position(|name| *name == column.name);
            prop_assert_eq!(place.map_or(0, |place| place + 1).to_string(), fact[4]);
        }
        prop_assert_eq!(read.columns.len(), facts.len());
        let mut again = database(&creating(&schema)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(again.texts(KEYS).unwrap(), keys);
        let types = |facts: Vec<String>| -> Vec<String> {
            facts.iter().map(|fact| fact.replace([' ', '"'], "")).collect()
        };
        prop_assert_eq!(types(again.texts(FACTS).unwrap()), types(facts));
    }
}
