//! Names and values of any Unicode, whatever the `sql_mode` says of backslashes: what was created is
//! found under exactly that name, with exactly that value.

use diesel::sql_types::Text as SqlText;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use migrate_core::backend::Session;
use migrate_core::prelude::*;
use proptest::prelude::*;

use super::{Mariadb, Mysql};
use crate::backend::TestBackend;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlText)]
    text: String,
}

fn found(session: &mut dyn Session, query: &str, bound: &str) -> Vec<String> {
    let connection: &mut diesel::mysql::MysqlConnection =
        session.connection().downcast_mut().unwrap();
    let rows: Vec<Found> = sql_query(query)
        .bind::<SqlText, _>(bound)
        .load(connection)
        .unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

/// Any text; every character that means something to SQL is likely.
fn text(most: char) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        prop::sample::select(vec![
            '\'', '"', '`', '[', ']', '\\', ';', '-', '%', '?', ':', '$', ' ', '\n', '.', '#', '/'
        ]),
        any::<char>().prop_filter("in range", move |character| {
            *character != '\0' && *character <= most
        }),
    ];
    prop::collection::vec(character, 1..24).prop_map(String::from_iter)
}

/// A name: no space at its end, and not what the server means something else by.
fn name() -> impl Strategy<Value = String> {
    text('\u{ffff}').prop_filter("refused", |name| {
        !name.ends_with(|last: char| last.is_ascii_whitespace() || last == '\u{b}')
            && !name.starts_with("#mysql50#")
    })
}

fn any_name_and_value<B: TestBackend>(mode: &str) {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    session
        .execute(&format!(
            "SET SESSION sql_mode = CONCAT(@@sql_mode, ',{mode}')"
        ))
        .unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let strategy = (name(), name(), name(), text(char::MAX), text(char::MAX));
    let session = std::cell::RefCell::new(session);
    runner
        .run(&strategy, |(table_name, column_name, index_name, value, default)| {
            let session = &mut **session.borrow_mut();
            prop_assume!(!index_name.eq_ignore_ascii_case("primary"));
            let mut op = Operations::running(&mut *session);
            op.create_table(
                table(table_name.as_str())
                    .column(column(column_name.as_str(), VarChar(200)).default(default.as_str())),
            )
            .unwrap();
            op.create_index(index(index_name.as_str()).on(table_name.as_str(), [column_name.as_str()]))
                .unwrap();
            op.bulk_insert(
                table_name.as_str(),
                [column_name.as_str()],
                [(value.as_str(),)],
            )
            .unwrap();
            let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
            session
                .execute(&format!("INSERT INTO {} () VALUES ()", quoted(&table_name)))
                .unwrap();
            let columns = "SELECT CONVERT(CONCAT(table_name, '/', column_name) USING utf8mb4) AS text \
                           FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?";
            prop_assert_eq!(
                found(session, columns, &table_name),
                [format!("{table_name}/{column_name}")]
            );
            let indexes = "SELECT CONVERT(index_name USING utf8mb4) AS text FROM information_schema.statistics \
                           WHERE table_schema = DATABASE() AND table_name = ?";
            prop_assert_eq!(found(session, indexes, &table_name), [index_name.as_str()]);
            let values = format!(
                "SELECT {} AS text FROM {} WHERE ? <> ''",
                quoted(&column_name),
                quoted(&table_name)
            );
            let mut expected = [value.clone(), default.clone()];
            expected.sort();
            let mut values = found(session, &values, "x");
            values.sort();
            prop_assert_eq!(values, expected);
            Operations::running(&mut *session)
                .drop_table(table_name.as_str())
                .unwrap();
            Ok(())
        })
        .unwrap();
}

#[test]
fn on_mysql() {
    any_name_and_value::<Mysql>("ONLY_FULL_GROUP_BY");
}

#[test]
fn on_mysql_where_a_backslash_is_a_character() {
    any_name_and_value::<Mysql>("NO_BACKSLASH_ESCAPES");
}

#[test]
fn on_mariadb() {
    any_name_and_value::<Mariadb>("ONLY_FULL_GROUP_BY");
}

#[test]
fn on_mariadb_where_a_backslash_is_a_character() {
    any_name_and_value::<Mariadb>("NO_BACKSLASH_ESCAPES");
}
