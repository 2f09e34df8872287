//! Names and values of any Unicode in a table that is rebuilt and reverted: the text is the same
//! byte for byte, and all values and all rows that reference it remain.

use migrate_core::engine::execute::Transactional;
use migrate_core::prelude::*;
use proptest::prelude::*;

use super::{database, migrate, rows, texts};

/// Any text without NUL; every character with a meaning in SQL is likely.
fn name() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        prop::sample::select(vec![
            '\'', '"', '`', '[', ']', '\\', ';', '-', '/', '*', '(', ')', ',', ' ', '\n', '.'
        ]),
        any::<char>().prop_filter("no server takes NUL", |character| *character != '\0'),
    ];
    prop::collection::vec(character, 1..12)
        .prop_map(String::from_iter)
        .prop_filter("reserved", |name| {
            !name.to_ascii_lowercase().starts_with("sqlite_")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_and_back(
        table_name in name(), first in name(), second in name(), index_name in name(),
        constraint in name(), renamed in name(), value in name(), default in name(),
    ) {
        let lower = |names: &[&String]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
        let columns = lower(&[&first, &second]);
        prop_assume!(columns[0] != columns[1] && !columns.contains(&"id".to_owned()));
        let objects = lower(&[&table_name, &index_name]);
        prop_assume!(objects[0] != objects[1] && !objects.contains(&"children".to_owned()));

        let mut session = database();
        let session = session.as_mut();
        let mut run = Transactional::new(session);
        let mut op = run.operations();
        op.create_table(
            table(table_name.as_str())
                .column(column("id", Integer).primary_key().autoincrement())
                .column(column(first.as_str(), Text).default(default.as_str()))
                .column(column(second.as_str(), Text).nullable())
                .constraint(unique([first.as_str()]).named(constraint.as_str())),
        ).unwrap();
        op.create_table(table("children").column(
            column("parent", Integer).references(table_name.as_str(), "id").on_delete(Cascade))).unwrap();
        op.create_index(index(index_name.as_str()).on(table_name.as_str(), [desc(second.as_str())])).unwrap();
        op.bulk_insert(table_name.as_str(), ["id", first.as_str(), second.as_str()],
            [(3, value.as_str(), value.as_str())]).unwrap();
        op.bulk_insert("children", ["parent"], [[3]]).unwrap();
        run.finish().unwrap();
        let before = texts(session);

        let mut run = Transactional::new(session);
        let mut op = run.operations();
        op.rename_constraint(table_name.as_str(), constraint.as_str(), renamed.as_str()).unwrap();
        op.alter_column(table_name.as_str(),
            alter(second.as_str()).set_not_null().set_default(value.as_str()).set_collation("NOCASE")).unwrap();
        op.add_constraint(table_name.as_str(), unique([second.as_str()]).named("more")).unwrap();
        run.finish().unwrap();
        prop_assert!(texts(session) != before);

        let mut run = Transactional::new(session);
        let mut op = run.operations();
        op.drop_constraint(table_name.as_str(), unique([second.as_str()]).named("more")).unwrap();
        op.alter_column(table_name.as_str(),
            alter(second.as_str()).drop_not_null().drop_default().drop_collation()).unwrap();
        op.rename_constraint(table_name.as_str(), renamed.as_str(), constraint.as_str()).unwrap();
        run.finish().unwrap();
        prop_assert_eq!(texts(session), before);

        let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
        let columns = format!("id, {}, {}", quoted(&first), quoted(&second));
        let literal = value.replace('\'', "''");
        let expected = rows(session, "(SELECT 1)", &format!("3, '{literal}', '{literal}'"));
        prop_assert_eq!(rows(session, &quoted(&table_name), &columns), expected);
        prop_assert_eq!(rows(session, "children", "parent"), ["[3]"]);
    }
}

/// A column may be called as a word of the clauses around it.
#[test]
fn a_column_called_as_a_keyword_is_dropped() {
    let mut session = database();
    session
        .execute(
            "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, \"key\" INTEGER, \"is\" TEXT, a TEXT, \
             CHECK (a IS NOT NULL))",
        )
        .unwrap();
    migrate(session.as_mut(), |op| {
        op.drop_column("t", "key")?;
        op.drop_column("t", "is")
    })
    .unwrap();
    let left = session
        .texts("SELECT group_concat(name) AS text FROM pragma_table_info('t')")
        .unwrap();
    assert_eq!(left, ["id,a"]);
}
