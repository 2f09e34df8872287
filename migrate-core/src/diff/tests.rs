//! The comparison as a whole, without a database.

use super::{Answers, Difference, diff};
use crate::backend::sqlite::Sqlite;
use crate::operation::Operation;
use crate::schema::{
    Check, Column, Constraint, ForeignKey, Index, ObjectName, Other, PrimaryKey, Schema, Table,
    Type, View,
};

/// A table with a key `id` and nullable columns.
fn table(name: &str, columns: &[(&str, Type)]) -> Table {
    let mut table = Table::new(name);
    table.columns.push(Column::new("id", Type::Integer));
    for (name, ty) in columns {
        let mut column = Column::new(*name, ty.clone());
        column.nullable = true;
        table.columns.push(column);
    }
    table.constraints.push(Constraint::PrimaryKey(PrimaryKey {
        columns: vec!["id".to_owned()],
        ..PrimaryKey::default()
    }));
    table
}

fn schema(tables: impl IntoIterator<Item = Table>) -> Schema {
    Schema {
        tables: tables.into_iter().collect(),
        ..Schema::empty()
    }
}

fn references(table: &mut Table, name: &str, column: &str, other: &str) {
    let mut key = ForeignKey::new(vec![column.to_owned()], other.into(), vec!["id".to_owned()]);
    key.name = Some(name.to_owned());
    table.constraints.push(key.into());
}

fn users() -> Table {
    table(
        "users",
        &[("name", Type::VarChar(80)), ("age", Type::Integer)],
    )
}

fn described(difference: &Difference) -> Vec<String> {
    difference.changes.iter().map(ToString::to_string).collect()
}

fn compare(from: &Schema, to: &Schema) -> Difference {
    diff(from, to, &Sqlite, &Answers::default())
}

fn answered(from: &Schema, to: &Schema, renames: &[&str]) -> Difference {
    let answers = Answers {
        renames: renames
            .iter()
            .map(|rename| rename.parse().unwrap())
            .collect(),
        ..Answers::default()
    };
    diff(from, to, &Sqlite, &answers)
}

#[test]
fn equal_schemas_have_no_difference() {
    let schema = schema([users()]);
    assert!(compare(&schema, &schema).is_empty());
}

#[test]
fn a_table_comes_and_goes_with_its_indexes() {
    let mut to = schema([users()]);
    to.indexes
        .push(Index::new("ix_users_name", "users", vec!["name".into()]));
    let difference = compare(&Schema::empty(), &to);
    let expected = [
        "create table `users`",
        "create index `ix_users_name` on `users`",
    ];
    assert_eq!(described(&difference), expected);
    let back = compare(&to, &Schema::empty());
    let expected = [
        "drop index `ix_users_name` of `users`",
        "drop table `users`",
    ];
    assert_eq!(described(&back), expected);
    let reversed: Vec<String> = difference
        .operations()
        .map(|operation| operation.reverse().unwrap().describe())
        .collect();
    assert_eq!(reversed.into_iter().rev().collect::<Vec<_>>(), expected);
    assert!(back.changes[1].loses.is_some());
}

#[test]
fn a_likely_rename_is_asked_and_nothing_is_dropped() {
    let mut to = users();
    to.columns[2].name = "years".to_owned();
    let (from, to) = (schema([users()]), schema([to]));
    let difference = compare(&from, &to);
    assert_eq!(described(&difference), [""; 0]);
    let [question] = difference.questions.as_slice() else {
        panic!("{:?}", difference.questions)
    };
    assert_eq!(question.rename().to_string(), "users.age:years");
    let renamed = answered(&from, &to, &["users.age:years"]);
    assert_eq!(
        described(&renamed),
        ["rename column `age` of `users` to `years`"]
    );
    assert!(renamed.questions.is_empty() && renamed.notes.is_empty());
    let answers = Answers {
        no_renames: true,
        ..Answers::default()
    };
    let dropped = diff(&from, &to, &Sqlite, &answers);
    let expected = [
        "add column `years` to `users`",
        "drop column `age` of `users`",
    ];
    assert_eq!(described(&dropped), expected);
}

#[test]
fn of_two_checks_without_a_name_that_one_goes_which_is_not_wanted() {
    let checked = |checks: &[&str]| {
        let mut users = users();
        let checks = checks.iter().map(|text| Check::new(*text).into());
        users.constraints.extend(checks);
        schema([users])
    };
    let from = checked(&["name IS NOT NULL", "age BETWEEN 0 AND 9"]);
    let difference = compare(&from, &checked(&["name IS NOT NULL"]));
    let [change] = difference.changes.as_slice() else {
        panic!("{:?}", difference.changes)
    };
    let Operation::DropConstraint { definition, .. } = &change.operation else {
        panic!("{:?}", change.operation)
    };
    assert_eq!(*definition, Some(Check::new("age BETWEEN 0 AND 9").into()));
}

#[test]
fn what_refers_to_a_renamed_column_or_table_follows() {
    let mut posts = table("posts", &[("user_id", Type::Integer)]);
    references(&mut posts, "fk", "user_id", "users");
    posts.constraints.push(Check::new("user_id > 0").into());
    let mut articles = table("articles", &[("author_id", Type::Integer)]);
    references(&mut articles, "fk", "author_id", "users");
    articles
        .constraints
        .push(Check::new("author_id > 0").into());
    let mut from = schema([users(), posts]);
    from.indexes
        .push(Index::new("ix", "posts", vec!["user_id".into()]));
    let mut to = schema([users(), articles]);
    to.indexes
        .push(Index::new("ix", "articles", vec!["author_id".into()]));
    let difference = answered(
        &from,
        &to,
        &["posts:articles", "articles.user_id:author_id"],
    );
    let expected = [
        "rename table `posts` to `articles`",
        "rename column `user_id` of `articles` to `author_id`",
    ];
    assert_eq!(described(&difference), expected);
}

#[test]
fn swapped_names_go_over_a_third_one() {
    let from = schema([table("t", &[("a", Type::Integer), ("b", Type::Text)])]);
    let to = schema([table("t", &[("a", Type::Text), ("b", Type::Integer)])]);
    let hinted = compare(&from, &to);
    assert!(
        hinted.notes[0]
            .text
            .contains("--rename t.a:b --rename t.b:a")
    );
    let difference = answered(&from, &to, &["t.a:b", "t.b:a"]);
    let expected = [
        "rename column `a` of `t` to `a__old`",
        "rename column `b` of `t` to `a`",
        "rename column `a__old` of `t` to `b`",
    ];
    assert_eq!(described(&difference), expected);
}

#[test]
fn what_fails_on_rows_depends_on_what_the_table_keeps() {
    for (from, to, strict, fails) in [
        (Type::Text, Type::Integer, false, false),
        (Type::Text, Type::Integer, true, true),
        (Type::Text, Type::Timestamp, true, false),
        (Type::VarChar(80), Type::VarChar(8), true, false),
        (Type::Double, Type::Integer, false, false),
        (Type::Double, Type::Integer, true, true),
    ] {
        let of = |ty: &Type| {
            let mut users = table("users", &[("age", ty.clone())]);
            users.options.strict = strict;
            schema([users])
        };
        let found = compare(&of(&from), &of(&to));
        let mut changes = found.changes.iter();
        let risks = changes.any(|change| change.may_fail.is_some());
        assert_eq!(risks, fails, "{from:?} {to:?} {strict}");
    }
}

#[test]
fn a_view_of_a_renamed_column_is_created_again() {
    let mut renamed = users();
    renamed.columns[1].name = "full_name".to_owned();
    let mut from = schema([users()]);
    from.views.push(View::new("v", "SELECT name FROM users"));
    from.views.push(View::new("w", "SELECT * FROM v"));
    let mut to = schema([renamed]);
    to.views.push(View::new("v", "SELECT full_name FROM users"));
    to.views.push(View::new("w", "SELECT * FROM v"));
    let difference = answered(&from, &to, &["users.name:full_name"]);
    let expected = [
        "drop view `w`",
        "drop view `v`",
        "rename column `name` of `users` to `full_name`",
        "create view `v`",
        "create view `w`",
    ];
    assert_eq!(described(&difference), expected);
}

#[test]
fn other_things_are_created_after_what_they_use() {
    let mut to = schema([users()]);
    let mut trigger = Other::new("trigger", "tr");
    trigger.on = Some(ObjectName::from("users"));
    trigger.create = Some(vec![
        "CREATE TRIGGER tr AFTER INSERT ON users BEGIN SELECT 1; END".to_owned(),
    ]);
    trigger.drop = Some("DROP TRIGGER tr".to_owned());
    to.others.push(trigger);
    to.views.push(View::new("a", "SELECT * FROM b"));
    to.views.push(View::new("b", "SELECT * FROM users"));
    let difference = compare(&Schema::empty(), &to);
    let expected = [
        "create table `users`",
        "create view `b`",
        "create view `a`",
        "create trigger `tr` on `users`",
    ];
    assert_eq!(described(&difference), expected);
}

#[test]
fn what_no_statement_creates_is_noted() {
    let mut to = schema([users()]);
    to.others.push(Other::new("event", "e"));
    let difference = compare(&schema([users()]), &to);
    assert!(difference.changes.is_empty());
    assert!(difference.notes[0].to_string().starts_with("event `e`"));
    assert!(compare(&to, &to).is_empty());
}
