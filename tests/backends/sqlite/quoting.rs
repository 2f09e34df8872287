//! Names and values of any Unicode: what was created is found under exactly that name, with exactly
//! that value.

use diesel::sql_types::Text as SqlText;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use migrate_core::engine::backend::Session;
use migrate_core::engine::execute::Transactional;
use migrate_core::prelude::*;
use proptest::prelude::*;

use super::{Sqlite, connection};
use crate::backend::TestBackend;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlText)]
    text: String,
}

fn found(session: &mut dyn Session, query: &str, bound: &str) -> Vec<String> {
    let rows: Vec<Found> = sql_query(query)
        .bind::<SqlText, _>(bound)
        .load(connection(session))
        .unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

/// Any text without NUL; every character with a meaning in SQL is likely.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        prop::sample::select(vec![
            '\'', '"', '`', '[', ']', '\\', ';', '-', '%', '?', ':', '$', ' ', '\n', '.'
        ]),
        any::<char>().prop_filter("no server takes NUL", |character| *character != '\0'),
    ];
    prop::collection::vec(character, 1..24).prop_map(String::from_iter)
}

/// A name; the prefix `sqlite_` is reserved.
fn name() -> impl Strategy<Value = String> {
    text().prop_filter("reserved", |name| {
        !name.to_ascii_lowercase().starts_with("sqlite_")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_and_value(
        table_name in name(), other in name(), column_name in name(), added in name(), index_name in name(),
        value in text(), default in text(),
    ) {
        prop_assume!(!column_name.eq_ignore_ascii_case(&added));
        let names = [&table_name, &other, &index_name].map(|name| name.to_ascii_lowercase());
        prop_assume!(names[0] != names[1] && names[0] != names[2] && names[1] != names[2]);

        let mut session = migrate_core::engine::backend::connect(
            &":memory:".parse().unwrap(), migrate_core::engine::backend::Access::Write).unwrap();
        let session = session.as_mut();
        let mut run = Transactional::new(session);
        let mut op = run.operations();
        let key = || column("id", Integer).primary_key();
        // `id` is a column of the test: the other names must differ from it
        prop_assume!(!["id", "parent"].contains(&column_name.to_ascii_lowercase().as_str()));
        prop_assume!(!["id", "parent"].contains(&added.to_ascii_lowercase().as_str()));
        op.create_table(table(table_name.as_str()).column(key()).column(
            column(column_name.as_str(), Text).default(default.as_str()))).unwrap();
        op.create_table(table(other.as_str()).column(key()).column(
            column("parent", Integer).references(table_name.as_str(), "id").on_delete(Cascade))).unwrap();
        op.add_column(table_name.as_str(), column(added.as_str(), Text).nullable()).unwrap();
        op.create_index(index(index_name.as_str()).on(table_name.as_str(), [column_name.as_str()])).unwrap();
        op.bulk_insert(table_name.as_str(), ["id", column_name.as_str(), added.as_str()],
            [(1, value.as_str(), value.as_str())]).unwrap();
        op.bulk_insert(table_name.as_str(), ["id"], [[2]]).unwrap();

        let columns = found(session, "SELECT name AS text FROM pragma_table_info(?) ORDER BY cid", &table_name);
        prop_assert_eq!(columns, ["id", &column_name, &added]);
        let referred = found(session, "SELECT \"table\" AS text FROM pragma_foreign_key_list(?)", &other);
        prop_assert_eq!(referred, [table_name.as_str()]);
        let indexed = found(session, "SELECT name AS text FROM pragma_index_info(?)", &index_name);
        prop_assert_eq!(indexed, [column_name.as_str()]);

        // everything reads back with plain SQL that the test quotes itself
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let query = format!("SELECT {} AS text FROM {} WHERE ? <> '' ORDER BY id", quoted(&column_name), quoted(&table_name));
        prop_assert_eq!(found(session, &query, "x"), [value.as_str(), default.as_str()]);

        let mut run = Transactional::new(session);
        let mut op = run.operations();
        op.drop_index(index_name.as_str()).on(table_name.as_str()).unwrap();
        op.rename_column(table_name.as_str(), added.as_str(), format!("{added}2")).unwrap();
        op.drop_column(table_name.as_str(), format!("{added}2")).unwrap();
        op.drop_table(other.as_str()).unwrap();
        op.rename_table(table_name.as_str(), format!("{table_name}2")).unwrap();
        op.drop_table(format!("{table_name}2")).unwrap();
        prop_assert_eq!(Sqlite::catalogue(session).len(), 0);
    }

    #[test]
    fn nul_is_refused_wherever_it_is(before in text(), after in text()) {
        let bad = format!("{before}\0{after}");
        let mut session = migrate_core::engine::backend::connect(
            &":memory:".parse().unwrap(), migrate_core::engine::backend::Access::Write).unwrap();
        let session = session.as_mut();
        let refused = |result: Result<()>| result.unwrap_err().to_string().contains("NUL");
        prop_assert!(refused(Transactional::new(session).operations().create_table(table(bad.as_str()).column(column("a", Text)))));
        prop_assert!(refused(Transactional::new(session).operations().create_table(table("t").column(column(bad.as_str(), Text)))));
        prop_assert!(refused(Transactional::new(session).operations().execute(bad.as_str())));
        prop_assert!(refused(Transactional::new(session).operations().bulk_insert("t", ["a"], [[bad.as_str()]])));
        prop_assert!(refused(Transactional::new(session).operations().drop_index(bad.as_str()).on("t")));
    }
}
