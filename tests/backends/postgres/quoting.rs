//! Names and values of any Unicode on PostgreSQL: what was created is found under exactly that
//! name, with exactly that value.

use diesel::RunQueryDsl;
use diesel::pg::PgConnection;
use diesel::sql_types::Text as SqlText;
use diesel::{QueryableByName, sql_query};
use migrate_core::engine::backend::Session;
use migrate_core::engine::execute::Transactional;
use migrate_core::prelude::*;
use proptest::prelude::*;

use super::Postgres;
use crate::backend::TestBackend;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlText)]
    text: String,
}

fn found(session: &mut dyn Session, query: &str, bound: &str) -> Vec<String> {
    let connection: &mut PgConnection = session.connection().downcast_mut().unwrap();
    let rows: Vec<Found> = sql_query(query)
        .bind::<SqlText, _>(bound)
        .load(connection)
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

/// A name that fits.
fn name() -> impl Strategy<Value = String> {
    text().prop_filter("too long", |name| name.len() <= 60)
}

/// Runs operations on a database that is discarded afterwards.
fn round(names: [&str; 6], value: &str, default: &str, conforming: &str) {
    let [schema, table_name, column_name, added, index_name, kind] = names;
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    let session = session.as_mut();
    // however the server treats backslashes
    session
        .execute(&format!("SET standard_conforming_strings = {conforming}"))
        .unwrap();
    session.execute("SET backslash_quote = off").unwrap();
    session.execute("SET escape_string_warning = off").unwrap();
    let whole = ObjectName::qualified(schema, table_name);
    let mut run = Transactional::new(session);
    let mut op = run.operations();
    op.create_schema(schema).unwrap();
    op.create_enum(enum_type(kind, [value, "other than that"]))
        .unwrap();
    op.create_table(
        table(whole.clone())
            .column(column("id", Integer).primary_key())
            .column(column(column_name, Text).default(default).comment(value))
            .column(column("kind", Type::named(kind)).default(value))
            .comment(value),
    )
    .unwrap();
    op.add_column(whole.clone(), column(added, Text).nullable())
        .unwrap();
    op.create_index(index(index_name).on(whole.clone(), [column_name]))
        .unwrap();
    op.bulk_insert(
        whole.clone(),
        ["id", column_name, added],
        [(1, value, value)],
    )
    .unwrap();
    op.bulk_insert(whole.clone(), ["id"], [[2]]).unwrap();
    op.add_constraint(whole.clone(), unique(["id", column_name]))
        .unwrap();
    op.drop_constraint(whole.clone(), unique(["id", column_name]))
        .unwrap();

    let columns = found(
        session,
        "SELECT attname::text AS text FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid \
         WHERE relname = $1 AND attnum > 0 ORDER BY attnum",
        table_name,
    );
    assert_eq!(columns, ["id", column_name, "kind", added]);
    let indexes = found(
        session,
        "SELECT schemaname::text AS text FROM pg_indexes WHERE indexname = $1",
        index_name,
    );
    assert_eq!(indexes, [schema]);
    let comments = found(
        session,
        "SELECT description AS text FROM pg_description WHERE description = $1",
        value,
    );
    assert_eq!(comments.len(), 2);

    // everything reads back with plain SQL, quoted by the server's own rules
    let quoted = found(session, "SELECT quote_ident($1) AS text", column_name).remove(0);
    let table_quoted = format!(
        "{}.{}",
        found(session, "SELECT quote_ident($1) AS text", schema)[0],
        found(session, "SELECT quote_ident($1) AS text", table_name)[0]
    );
    let query = format!("SELECT {quoted} AS text FROM {table_quoted} WHERE $1 <> '' ORDER BY id");
    assert_eq!(found(session, &query, "x"), [value, default]);
    let query = format!("SELECT kind::text AS text FROM {table_quoted} WHERE kind::text = $1");
    assert_eq!(found(session, &query, value).len(), 2);

    let mut run = Transactional::new(session);
    let mut op = run.operations();
    op.drop_index(index_name).on(whole.clone()).unwrap();
    op.rename_column(whole.clone(), added, "renamed").unwrap();
    op.drop_column(whole.clone(), "renamed").unwrap();
    op.rename_table(whole.clone(), "renamed").unwrap();
    op.drop_table(ObjectName::qualified(schema, "renamed"))
        .unwrap();
    op.drop_enum(kind).unwrap();
    op.drop_schema(schema).unwrap();
    assert_eq!(Postgres::catalogue(session).len(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_and_value(
        schema in name(), table_name in name(), column_name in name(), added in name(), index_name in name(), kind in name(),
        value in name(), default in text(), conforming in prop::sample::select(vec!["on", "off"]),
    ) {
        let names = [schema.as_str(), &table_name, &column_name, &added, &index_name, &kind];
        prop_assume!(column_name != added && table_name != index_name);
        prop_assume!(![&column_name, &added].into_iter().any(|name| ["id", "kind", "renamed"].contains(&name.as_str())));
        prop_assume!(!schema.starts_with("pg_") && schema != "public");
        round(names, &value, &default, conforming);
    }
}
