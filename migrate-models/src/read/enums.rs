//! Enum types: the structs that are SQL types of diesel, and the enums that state their labels. It
//! must not know the columns that use them.

use proc_macro2::{Group, Span, TokenStream, TokenTree};

use super::attributes::{derives, path};
use super::case;
use super::items::{Value, flat, is_punct, items, key, text};
use super::reader::{Reader, Word, listed};
use crate::{EnumType, Place};

/// The labels that an enum states for a SQL type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Labels {
    /// Where the enum is.
    pub(crate) place: Place,
    /// The path of the SQL type in Rust.
    pub(crate) sql_type: Vec<String>,
    /// The labels, in order.
    pub(crate) labels: Vec<String>,
    /// Whether diesel's own derive states them, which counts more than another one.
    pub(crate) is_of_diesel: bool,
}

/// The attributes, with those that `cfg_attr` adds: whatever its condition is, the database is the
/// same. `migrate` is left to what reads it.
pub(crate) fn expanded(attributes: &[TokenStream]) -> Vec<TokenStream> {
    let mut expanded = Vec::new();
    for content in attributes {
        let tokens = flat(content.clone());
        match key(&tokens) {
            Some((word, Value::Arguments(group))) if word.text == "cfg_attr" => {
                expanded.push(content.clone());
                for item in items(group.stream()).into_iter().skip(1) {
                    let is_migrate = path(&item).0.last().is_some_and(|(n, _)| n == "migrate");
                    if !is_migrate {
                        expanded.push(item.into_iter().collect());
                    }
                }
            }
            _ => expanded.push(content.clone()),
        }
    }
    expanded
}

/// The struct of a SQL type; nothing if it is none, or if nothing is to be known of it.
pub(crate) fn sql_type(
    reader: &mut Reader<'_>,
    name: &Word,
    attributes: &[TokenStream],
    only: &[String],
) -> Option<EnumType> {
    let is_sql_type = derives(attributes, |path| path.last() == Some(&"SqlType"));
    let labels = stated(reader, attributes);
    if !is_sql_type && labels.is_none() {
        return None;
    }
    let mut in_database = None;
    let mut schema = None;
    let mut is_enum = false;
    for item in arguments_of(attributes, "diesel") {
        match key(&item) {
            Some((word, Value::Arguments(group))) if word.text == "postgres_type" => {
                in_database = in_database.or(option(group, "name"));
                schema = schema.or(option(group, "schema"));
            }
            Some((word, Value::None)) if word.text == "enum_type" => is_enum = true,
            _ => {}
        }
    }
    if in_database.is_none() && labels.is_none() && !is_enum && !is_mysql_enum(attributes) {
        return None;
    }
    Some(EnumType {
        place: reader.place(name.span),
        rust_name: name.text.clone(),
        schema,
        name: in_database.unwrap_or_else(|| case::snake(&name.text)),
        labels,
        only: only.to_vec(),
    })
}

/// `#[diesel(mysql_type(name = "Enum"))]`
fn is_mysql_enum(attributes: &[TokenStream]) -> bool {
    arguments_of(attributes, "diesel")
        .iter()
        .any(|item| match key(item) {
            Some((word, Value::Arguments(group))) => {
                word.text == "mysql_type" && option(group, "name").as_deref() == Some("Enum")
            }
            _ => false,
        })
}

/// What `#[migrate(labels("sad", "ok"))]` says, of the struct of a SQL type.
pub(crate) fn stated(reader: &mut Reader<'_>, attributes: &[TokenStream]) -> Option<Vec<String>> {
    let read = super::attributes::Attributes::read(reader, attributes.iter().cloned());
    labels(reader, &read.items)
}

/// The labels among the keys of a struct; a mistake is reported.
pub(crate) fn labels(reader: &mut Reader<'_>, keys: &[Vec<TokenTree>]) -> Option<Vec<String>> {
    const HELP: &str = "write `#[migrate(labels(\"sad\", \"ok\"))]`";
    let mut labels: Option<Vec<String>> = None;
    for item in keys {
        let Some((word, value)) = key(item) else {
            let span = super::items::start(item, Span::call_site());
            reader.problem(span, "`migrate` takes keys", HELP);
            continue;
        };
        if word.text != "labels" {
            let message = format!("unknown key `{}` of an enum type", word.text);
            reader.problem(word.span, message, HELP);
            continue;
        }
        let read: Option<Vec<String>> = match value {
            Value::Arguments(group) => {
                let items = items(group.stream());
                items.iter().map(|item| text(item)).collect()
            }
            _ => None,
        };
        match read.filter(|labels| !labels.is_empty()) {
            None => reader.problem(word.span, "`labels` takes texts", HELP),
            Some(_) if labels.is_some() => {
                reader.problem(
                    word.span,
                    "`labels` is there twice",
                    "leave one of them out",
                );
            }
            Some(read) => {
                for (index, label) in read.iter().enumerate() {
                    if read[..index].contains(label) {
                        let message = format!("the label `{label}` is there twice");
                        reader.problem(word.span, message, "leave one of them out");
                    }
                }
                labels = Some(read);
            }
        }
    }
    labels
}

/// What an enum states: labels for SQL types of its own or of others.
#[derive(Default)]
pub(crate) struct Stated {
    pub(crate) labels: Vec<Labels>,
    pub(crate) sql_type: Option<EnumType>,
}

/// The labels of an enum that is mapped by a derive.
pub(crate) fn of_enum(
    reader: &mut Reader<'_>,
    name: &Word,
    attributes: &[TokenStream],
    variants: &Group,
    only: &[String],
) -> Stated {
    let sql_types: Vec<Vec<String>> = arguments_of(attributes, "diesel")
        .iter()
        .filter_map(|item| match key(item) {
            Some((word, Value::Equals(value))) if word.text == "sql_type" => {
                let (path, _) = path(value);
                Some(path.into_iter().map(|(name, _)| name).collect())
            }
            _ => None,
        })
        .collect();
    let is_of_diesel = !sql_types.is_empty()
        && derives(attributes, |path| {
            matches!(path, ["Enum"] | ["diesel", "Enum"] | [.., "types", "Enum"])
        });
    if is_of_diesel {
        return of_diesel(reader, name, attributes, variants, &sql_types);
    }
    if derives(attributes, |path| path.last() == Some(&"DbEnum")) {
        return of_db_enum(reader, name, attributes, variants, only);
    }
    Stated::default()
}

fn of_diesel(
    reader: &mut Reader<'_>,
    name: &Word,
    attributes: &[TokenStream],
    variants: &Group,
    sql_types: &[Vec<String>],
) -> Stated {
    let style = setting(attributes, "diesel", "rename_all");
    let style = style.as_deref().unwrap_or("PascalCase");
    let Some(labels) = labels_of(
        reader,
        name,
        variants,
        style,
        &case::of_diesel,
        &|attributes| setting(attributes, "diesel", "rename"),
    ) else {
        return Stated::default();
    };
    let place = reader.place(name.span);
    let labels = sql_types.iter().map(|sql_type| Labels {
        place: place.clone(),
        sql_type: sql_type.clone(),
        labels: labels.clone(),
        is_of_diesel: true,
    });
    Stated {
        labels: labels.collect(),
        sql_type: None,
    }
}

fn of_db_enum(
    reader: &mut Reader<'_>,
    name: &Word,
    attributes: &[TokenStream],
    variants: &Group,
    only: &[String],
) -> Stated {
    // the names of both generations of the derive
    let setting_of = |new: &[&str], old: &str| {
        let found = new
            .iter()
            .find_map(|key| setting(attributes, "db_enum", key));
        found.or_else(|| assigned(attributes, old))
    };
    let style = setting_of(&["value_style"], "DbValueStyle");
    let style = style.as_deref().unwrap_or("snake_case");
    let Some(labels) = labels_of(
        reader,
        name,
        variants,
        style,
        &case::of_db_enum,
        &|attributes| {
            setting(attributes, "db_enum", "rename").or_else(|| assigned(attributes, "db_rename"))
        },
    ) else {
        return Stated::default();
    };
    let place = reader.place(name.span);
    let existing = setting_of(
        &["existing_mapping_path", "existing_type_path"],
        "ExistingTypePath",
    );
    if let Some(path) = existing {
        let sql_type = path
            .split("::")
            .map(|name| name.trim().to_owned())
            .collect();
        let labels = Labels {
            place,
            sql_type,
            labels,
            is_of_diesel: false,
        };
        return Stated {
            labels: vec![labels],
            sql_type: None,
        };
    }
    let rust_name = setting_of(&["diesel_type"], "DieselType");
    let in_database = setting_of(&["pg_type"], "PgType");
    Stated {
        labels: Vec::new(),
        sql_type: Some(EnumType {
            place,
            rust_name: rust_name.unwrap_or_else(|| format!("{}Mapping", name.text)),
            schema: None,
            name: in_database.unwrap_or_else(|| case::snake(&name.text)),
            labels: Some(labels),
            only: only.to_vec(),
        }),
    }
}

/// The labels of the variants in this style; a style that there is not is reported.
fn labels_of(
    reader: &mut Reader<'_>,
    name: &Word,
    variants: &Group,
    style: &str,
    apply: &dyn Fn(&str, &str) -> Option<String>,
    renamed: &dyn Fn(&[TokenStream]) -> Option<String>,
) -> Option<Vec<String>> {
    let mut labels = Vec::new();
    for item in items(variants.stream()) {
        let (attributes, rest) = split_attributes(&item);
        let Some(TokenTree::Ident(variant)) = rest.first() else {
            continue;
        };
        let label = renamed(&attributes).or_else(|| apply(style, &Word::of(variant).text));
        let Some(label) = label else {
            let styles = [
                "snake_case",
                "SCREAMING_SNAKE_CASE",
                "kebab-case",
                "camelCase",
            ];
            reader.problem(
                name.span,
                format!("the labels of `{}` have no style `{style}`", name.text),
                format!("the styles are {}", listed(styles.into_iter())),
            );
            return None;
        };
        labels.push(label);
    }
    (!labels.is_empty()).then_some(labels)
}

/// The contents of the attributes at the beginning, and what follows them.
fn split_attributes(trees: &[TokenTree]) -> (Vec<TokenStream>, &[TokenTree]) {
    let mut attributes = Vec::new();
    let mut rest = trees;
    while let [hash, TokenTree::Group(group), after @ ..] = rest
        && is_punct(hash, '#')
    {
        attributes.push(group.stream());
        rest = after;
    }
    (attributes, rest)
}

/// The items of all attributes `name(…)`.
fn arguments_of(attributes: &[TokenStream], name: &str) -> Vec<Vec<TokenTree>> {
    let mut found = Vec::new();
    for content in attributes {
        let content = flat(content.clone());
        if let Some((word, Value::Arguments(group))) = key(&content)
            && word.text == name
        {
            found.extend(items(group.stream()));
        }
    }
    found
}

/// The value of `key` in the attributes `name(…)`.
fn setting(attributes: &[TokenStream], name: &str, wanted: &str) -> Option<String> {
    arguments_of(attributes, name)
        .iter()
        .find_map(|item| match key(item) {
            Some((word, Value::Equals(value))) if word.text == wanted => value_of(value),
            _ => None,
        })
}

/// The value of an attribute `name = "…"`.
fn assigned(attributes: &[TokenStream], name: &str) -> Option<String> {
    attributes.iter().find_map(|content| {
        let content = flat(content.clone());
        match key(&content) {
            Some((word, Value::Equals(value))) if word.text == name => value_of(value),
            _ => None,
        }
    })
}

fn value_of(trees: &[TokenTree]) -> Option<String> {
    text(trees).or_else(|| match trees {
        [TokenTree::Ident(ident)] => Some(ident.to_string()),
        _ => None,
    })
}

fn option(group: &Group, wanted: &str) -> Option<String> {
    items(group.stream())
        .iter()
        .find_map(|item| match key(item) {
            Some((word, Value::Equals(value))) if word.text == wanted => text(value),
            _ => None,
        })
}
