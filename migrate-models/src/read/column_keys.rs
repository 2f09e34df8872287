//! What `#[migrate(…)]` says on a column: the keys, and how each is written. It must not judge
//! whether the keys of a column fit together.

use proc_macro2::{Group, TokenTree};

use super::items::{Value, default, integer, items, key, name, sql, text};
use super::reader::{Reader, Word};
use super::shared_keys::{
    Arguments, Form, KEY_OPTIONS, Names, arguments, column_target, foreign_key, unknown, wrong,
};
use super::type_text;
use crate::{ColumnKey, SqlText};

/// The keys of a column, and how they are written.
pub(crate) const FORMS: &[Form] = &[
    ("ty", "ty = Decimal(10, 2)"),
    ("default", "default = 0"),
    ("default_sql", "default_sql = \"CURRENT_TIMESTAMP\""),
    ("autoincrement", "autoincrement"),
    ("identity", "identity(start = 100)"),
    ("identity_always", "identity_always"),
    ("unique", "unique(name = uq_users_email)"),
    ("references", "references(teams.id, on_delete = Cascade)"),
    ("check", "check(\"age > 0\", name = ck_users_age)"),
    ("index", "index(name = ix_users_name)"),
    ("collate", "collate = \"C\""),
    ("charset", "charset = \"latin1\""),
    ("comment", "comment = \"…\""),
    ("on_update_sql", "on_update_sql = \"CURRENT_TIMESTAMP\""),
    ("generated", "generated = \"price * amount\""),
    ("generated_stored", "generated_stored = \"price * amount\""),
    ("renamed_from", "renamed_from = \"old\""),
    ("only", "only(postgres, comment = \"…\")"),
];

/// Reads one key; a mistake is reported.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    value: &Value<'_>,
) -> Option<ColumnKey> {
    let equals = match value {
        Value::Equals(trees) => Some(*trees),
        _ => None,
    };
    let before = reader.problems.len();
    let (read, takes) = match word.text.as_str() {
        "ty" => {
            let trees = equals.unwrap_or_default();
            let ty = type_text::read(reader, word.span, trees);
            (ty.map(ColumnKey::Type), "a type")
        }
        "default" => (
            equals.and_then(default).map(ColumnKey::Default),
            "a number, `true`, `\"text\"`, `b\"bytes\"` or `null`; SQL is `default_sql`",
        ),
        "default_sql" => (sql_of(reader, equals).map(ColumnKey::DefaultSql), "SQL"),
        "on_update_sql" => (sql_of(reader, equals).map(ColumnKey::OnUpdateSql), "SQL"),
        key @ ("generated" | "generated_stored") => {
            let expression = sql_of(reader, equals);
            let generated = |expression| ColumnKey::Generated {
                expression,
                stored: key == "generated_stored",
            };
            (expression.map(generated), "SQL")
        }
        "autoincrement" => {
            let flag = matches!(value, Value::None).then_some(ColumnKey::Autoincrement);
            (flag, "no value")
        }
        key @ ("identity" | "identity_always") => {
            let options = match value {
                Value::None => Some(Vec::new()),
                Value::Arguments(group) => identity(group),
                _ => None,
            };
            let identity = |options| ColumnKey::Identity {
                always: key == "identity_always",
                options,
            };
            let takes = "`start`, `increment`, `min`, `max` and `cache`, which are numbers";
            (options.map(identity), takes)
        }
        key @ ("unique" | "index") => {
            let of_name = |name| match key {
                "unique" => ColumnKey::Unique { name },
                _ => ColumnKey::Index { name },
            };
            (named(reader, names, word, value).map(of_name), "a name")
        }
        "references" => (references(reader, names, word, value), "a column"),
        "check" => (check(reader, names, word, value), "SQL"),
        "collate" => (equals.and_then(text).map(ColumnKey::Collate), "a text"),
        "charset" => (equals.and_then(text).map(ColumnKey::Charset), "a text"),
        "comment" => (equals.and_then(text).map(ColumnKey::Comment), "a text"),
        "renamed_from" => (
            equals.and_then(name).map(ColumnKey::RenamedFrom),
            "the former name",
        ),
        _ => {
            unknown(
                reader,
                word,
                ("column", FORMS),
                ("table", super::table_keys::FORMS),
            );
            return None;
        }
    };
    if read.is_none() && reader.problems.len() == before {
        wrong(reader, word, takes, FORMS);
    }
    read
}

fn sql_of(reader: &mut Reader<'_>, equals: Option<&[TokenTree]>) -> Option<SqlText> {
    equals.and_then(|trees| sql(reader, trees))
}

/// Nothing, or `(name = …)`: the name.
fn named(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    value: &Value<'_>,
) -> Option<Option<String>> {
    match value {
        Value::None => Some(None),
        Value::Arguments(group) => {
            let Arguments { options, .. } =
                arguments(reader, names, word, Some(group), 0, &["name"]);
            Some(options.name)
        }
        _ => None,
    }
}

fn identity(group: &Group) -> Option<Vec<(String, i64)>> {
    const OPTIONS: [&str; 5] = ["start", "increment", "min", "max", "cache"];
    let one = |item: &Vec<TokenTree>| match key(item)? {
        (word, Value::Equals(value)) if OPTIONS.contains(&word.text.as_str()) => {
            Some((word.text, integer(value)?))
        }
        _ => None,
    };
    items(group.stream()).iter().map(one).collect()
}

fn references(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    value: &Value<'_>,
) -> Option<ColumnKey> {
    let Value::Arguments(group) = value else {
        return None;
    };
    let read = arguments(reader, names, word, Some(group), 1, &KEY_OPTIONS);
    let target = column_target(reader, read.positional.first()?)?;
    let key = foreign_key(Vec::new(), target, read.options);
    Some(ColumnKey::References(key))
}

fn check(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    value: &Value<'_>,
) -> Option<ColumnKey> {
    let Value::Arguments(group) = value else {
        return None;
    };
    let read = arguments(reader, names, word, Some(group), 1, &["name", "not_valid"]);
    Some(ColumnKey::Check {
        expression: sql(reader, read.positional.first()?)?,
        name: read.options.name,
        not_valid: read.options.not_valid,
    })
}
