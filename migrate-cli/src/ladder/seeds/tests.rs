//! Rows of a schema, without a database.

use super::*;
use migrate_core::engine::backend::rules;
use migrate_core::schema::{Check, PrimaryKey, Unique};

fn schema() -> Schema {
    let mut users = Table::new("users");
    users.columns = vec![
        Column::new("id", Type::Integer),
        Column::new("name", Type::VarChar(20)),
        Column::new("age", Type::Integer),
        Column::new("total", Type::Integer),
    ];
    users.columns[2].nullable = true;
    users.columns[3].generated = Some(migrate_core::schema::Generated::new("1", true));
    let (mut key, mut unique) = (PrimaryKey::default(), Unique::default());
    key.columns.push("id".to_owned());
    unique.columns.push("name".to_owned());
    let check = Check::new("age > 17");
    users.constraints = vec![key.into(), unique.into(), check.into()];
    let mut posts = Table::new("posts");
    posts.columns = vec![
        Column::new("user_id", Type::Integer),
        Column::new("parent", Type::Integer),
    ];
    let key = |column: &str, table: &str, referred: &str| {
        ForeignKey::new(
            vec![column.to_owned()],
            table.into(),
            vec![referred.to_owned()],
        )
        .into()
    };
    posts.constraints = vec![
        key("user_id", "users", "id"),
        key("parent", "posts", "user_id"),
    ];
    let mut schema = Schema::empty();
    schema.tables = vec![posts, users];
    schema
}

fn field(schema: &Schema, seed: u64) -> Field<'_> {
    Field {
        schema,
        rules: rules(BackendKind::Sqlite).unwrap(),
        seed,
        calm: false,
        whole: false,
        demands: &[],
    }
}

fn plan(schema: &Schema, seed: u64) -> Plan<'_> {
    field(schema, seed).plan(["posts".into()], |_| false)
}

fn rows(seeds: &Seeds<'_>, attempt: usize) -> Vec<Vec<Value>> {
    let rows = (0..ROWS).map(|number| seeds.row(number, attempt, &|_| ROWS).unwrap());
    rows.collect()
}

#[test]
fn rows_are_the_same_for_a_seed() {
    let schema = schema();
    let made = |seed| rows(&plan(&schema, seed).tables[0], 5);
    assert_eq!(made(1), made(1));
    assert_ne!(made(1), made(2));
}

#[test]
fn referred_tables_come_first_and_their_rows_are_taken() {
    let schema = schema();
    let plan = plan(&schema, 0);
    let names: Vec<&str> = plan
        .tables
        .iter()
        .map(|seeds| &*seeds.table().name.name)
        .collect();
    assert_eq!(names, ["users", "posts"]);
    let Value::Expression(sql) = &rows(&plan.tables[1], 0)[3][0] else {
        panic!("a key is taken from its table");
    };
    assert_eq!(
        sql.text(BackendKind::Sqlite),
        "SELECT `id` FROM (SELECT * FROM `users` ORDER BY `id` LIMIT 1 OFFSET 3) AS seeded"
    );
    // a row of a table that refers to itself refers to itself
    assert_eq!(
        rows(&plan.tables[1], 0)[3][1],
        rows(&plan.tables[1], 0)[3][0]
    );
    let obstacle = plan.tables[1].obstacle(&|_| 0);
    assert_eq!(
        obstacle.as_deref(),
        Some("it refers to `users`, which has no rows")
    );
}

#[test]
fn keys_differ_and_each_column_is_null_once() {
    let schema = schema();
    let plan = plan(&schema, 0);
    let users = &plan.tables[0];
    assert_eq!(users.columns(), ["id", "name", "age"]);
    let rows = rows(users, 0);
    for column in 0..2 {
        for (at, row) in rows.iter().enumerate() {
            assert!(
                rows[..at].iter().all(|other| other[column] != row[column]),
                "{row:?}"
            );
            assert_ne!(row[column], Value::Null);
        }
    }
    assert_eq!(rows.iter().filter(|row| row[2] == Value::Null).count(), 1);
    let whole = Field {
        whole: true,
        ..field(&schema, 0)
    };
    let plan = whole.plan(["users".into()], |_| false);
    let whole = (0..ROWS).map(|number| plan.tables[0].row(number, 3, &|_| 0).unwrap());
    assert!(whole.flatten().all(|value| value != Value::Null));
}

#[test]
fn a_row_that_satisfies_the_checks_is_among_the_tries() {
    let schema = schema();
    let plan = plan(&schema, 0);
    for number in 0..ROWS {
        let is_old = |attempt| {
            let row = plan.tables[0].row(number, attempt, &|_| 0).unwrap();
            matches!(row[2], Value::Integer(age) if age > 17 && age < 1000)
        };
        assert!((0..TRIES).any(is_old), "row {number}");
    }
}
