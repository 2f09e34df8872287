//! Names and values of any Unicode, whatever the `sql_mode` says about backslashes: what was
//! created is found under exactly that name, with exactly that value.

use diesel::sql_types::Text as SqlText;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use migrate_core::engine::backend::Session;
use migrate_core::engine::execute::Transactional;
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

/// Any text; every character with a meaning in SQL is likely.
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

/// A name: without a space at its end, and not one with a special meaning for the server.
fn name() -> impl Strategy<Value = String> {
    text('\u{ffff}').prop_filter("refused", |name| {
        !name.ends_with(|last: char| last.is_ascii_whitespace() || last == '\u{b}')
            && !name.starts_with("#mysql50#")
    })
}

/// Two names that the server may consider equal: it compares names of columns without regard to
/// case and accents.
fn alike<'n>(names: &[&'n String; 2]) -> Option<&'n String> {
    let letters = |name: &str| name.chars().any(char::is_alphanumeric);
    let same = names[0].to_lowercase() == names[1].to_lowercase();
    (same || names[0].chars().count() == names[1].chars().count() && letters(names[0]))
        .then_some(names[0])
}

fn empty(session: &mut dyn Session) {
    let rows = session
        .texts(
            "SELECT CONVERT(CONCAT(table_type, '/', table_name) USING utf8mb4) AS text \
             FROM information_schema.tables WHERE table_schema = DATABASE()",
        )
        .unwrap();
    for row in rows {
        let (kind, name) = row.split_once('/').unwrap();
        let mut run = Transactional::new(&mut *session);
        let mut op = run.operations();
        match kind {
            "VIEW" => op.drop_view(name).unwrap(),
            _ => op.drop_table(name).unwrap(),
        }
    }
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
    let names = (name(), name(), name(), name(), name());
    let strategy = (names, text(char::MAX), text(char::MAX));
    let session = std::cell::RefCell::new(session);
    runner
        .run(&strategy, |((table_name, column_name, index_name, added, view_name), value, default)| {
            let session = &mut **session.borrow_mut();
            empty(session); // of what a failure has left, while a smaller one is looked for
            prop_assume!(!index_name.eq_ignore_ascii_case("primary"));
            // it is also the column of a view, where MariaDB would truncate it
            prop_assume!(!added.starts_with(|first: char| first.is_ascii_control() || first == ' '));
            prop_assume!(alike(&[&column_name, &added]).is_none() && alike(&[&table_name, &view_name]).is_none());
            // a comment with other characters is refused; in that mode, also one with a backslash
            let comment: String = value
                .chars()
                .filter(|character| *character <= '\u{ffff}')
                .map(|character| match (character, mode) {
                    ('\\', "NO_BACKSLASH_ESCAPES") => '/',
                    (character, _) => character,
                })
                .collect();
            let mut run = Transactional::new(&mut *session);
            let mut op = run.operations();
            op.create_table(
                table(table_name.as_str())
                    .column(
                        column(column_name.as_str(), VarChar(200))
                            .default(default.as_str())
                            .comment(comment.as_str()),
                    )
                    .comment(comment.as_str()),
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
            let mut all = found(session, &values, "x");
            all.sort();
            prop_assert_eq!(all, expected);
            let comments = "SELECT CONVERT(table_comment USING utf8mb4) AS text FROM information_schema.tables \
                            WHERE table_schema = DATABASE() AND table_name = ? \
                            UNION ALL SELECT CONVERT(column_comment USING utf8mb4) FROM information_schema.columns \
                            WHERE table_schema = DATABASE()";
            prop_assert_eq!(found(session, comments, &table_name), [comment.as_str(), comment.as_str()]);

            let mut run = Transactional::new(&mut *session);
            let mut op = run.operations();
            op.add_column(
                table_name.as_str(),
                column(added.as_str(), Type::one_of(["a", "it's"])).nullable(),
            )
            .unwrap();
            op.alter_column(table_name.as_str(), alter(column_name.as_str()).drop_not_null())
                .unwrap();
            op.drop_index(index_name.as_str()).on(table_name.as_str()).unwrap();
            op.add_constraint(table_name.as_str(), unique([column_name.as_str(), added.as_str()]).named(index_name.as_str()))
                .unwrap();
            op.create_view(view(view_name.as_str(), format!("SELECT {} FROM {}", quoted(&added), quoted(&table_name))).columns([added.as_str()]))
                .unwrap();
            prop_assert_eq!(
                found(session, columns, &view_name),
                [format!("{view_name}/{added}")]
            );
            prop_assert_eq!(found(session, indexes, &table_name), [index_name.as_str(), index_name.as_str()]);
            let after = "SELECT CONVERT(column_comment USING utf8mb4) AS text FROM information_schema.columns \
                         WHERE table_schema = DATABASE() AND is_nullable = 'YES' AND column_name = ?";
            prop_assert_eq!(found(session, after, &column_name), [comment.as_str()]);

            // the default was restated unchanged
            session
                .execute(&format!("INSERT INTO {} () VALUES ()", quoted(&table_name)))
                .unwrap();
            let mut all = found(session, &values, "x");
            all.sort();
            let mut expected = [value.clone(), default.clone(), default.clone()];
            expected.sort();
            prop_assert_eq!(all, expected);

            let mut run = Transactional::new(&mut *session);
            let mut op = run.operations();
            op.drop_view(view_name.as_str()).unwrap();
            op.drop_constraint(table_name.as_str(), unique([column_name.as_str(), added.as_str()]).named(index_name.as_str()))
                .unwrap();
            op.rename_column(table_name.as_str(), added.as_str(), column_name.as_str().to_owned() + "2")
                .unwrap();
            op.drop_column(table_name.as_str(), column_name.as_str().to_owned() + "2").unwrap();
            op.rename_table(table_name.as_str(), table_name.as_str().to_owned() + "2").unwrap();
            op.drop_table(table_name.as_str().to_owned() + "2").unwrap();
            prop_assert_eq!(B::catalogue(session).len(), 0);
            Ok(())
        })
        .unwrap();
}

#[test]
fn on_mysql() {
    any_name_and_value::<Mysql>("ONLY_FULL_GROUP_BY");
}

#[test]
fn on_mysql_with_no_backslash_escapes() {
    any_name_and_value::<Mysql>("NO_BACKSLASH_ESCAPES");
}

#[test]
fn on_mariadb() {
    any_name_and_value::<Mariadb>("ONLY_FULL_GROUP_BY");
}

#[test]
fn on_mariadb_with_no_backslash_escapes() {
    any_name_and_value::<Mariadb>("NO_BACKSLASH_ESCAPES");
}
