//! What the keys of one table say together: repetitions, contradictions, names that are taken, and
//! values that a type cannot have. It must not know other tables.

use super::table::written;
use super::types;
use super::types::{family, is_read_as, known, takes_instead};
use crate::{Attribute, Column, ColumnKey, Literal, Place, Problem, Table, TableKey, TypeText};

/// Looks for mistakes in a table.
pub(crate) fn table(table: &Table, problems: &mut Vec<Problem>) {
    for column in &table.columns {
        self::column(table, column, problems);
    }
    for (index, column) in table.columns.iter().enumerate() {
        let mut before = table.columns[..index].iter();
        let same = before.find(|other| other.name == column.name);
        if let Some(other) = same.filter(|other| other.rust_name != column.rust_name) {
            let message = format!("two columns have the name `{}`", column.name);
            let problem = Problem::new(column.place.clone(), message);
            problems.push(problem.also(other.place.clone(), "the first one"));
        }
    }
    repeated(
        &table.attributes,
        &|key| table_slot(key),
        &|key| table_word(key),
        problems,
    );
    names(table, problems);
    sorts(table, problems);
}

/// Whether two sets of databases have one in common; an empty one is all of them.
pub(crate) fn overlap(one: &[String], other: &[String]) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|name| other.contains(name))
}

/// Reports two keys that say the same thing, or that cannot both be.
fn repeated<K: PartialEq>(
    attributes: &[Attribute<K>],
    slot: &dyn Fn(&K) -> Option<String>,
    word: &dyn Fn(&K) -> &'static str,
    problems: &mut Vec<Problem>,
) {
    for (index, attribute) in attributes.iter().enumerate() {
        let Some(own) = slot(&attribute.key) else {
            continue;
        };
        let rival = attributes[..index].iter().find(|other| {
            slot(&other.key).as_ref() == Some(&own) && overlap(&other.only, &attribute.only)
        });
        let Some(rival) = rival else {
            continue;
        };
        let (one, other) = (word(&rival.key), word(&attribute.key));
        let message = if one == other {
            format!("`{one}` is there twice")
        } else {
            format!("`{other}` contradicts `{one}`")
        };
        let problem = Problem::new(attribute.place.clone(), message);
        let problem = problem.help("leave one of them out");
        problems.push(problem.also(rival.place.clone(), format!("`{one}` is here")));
    }
}

/// What a key of a column decides; two that decide the same cannot both be.
pub(crate) fn column_slot(key: &ColumnKey) -> Option<String> {
    Some(match key {
        ColumnKey::Default(_)
        | ColumnKey::DefaultSql(_)
        | ColumnKey::Autoincrement
        | ColumnKey::Identity { .. }
        | ColumnKey::Generated { .. } => "value".to_owned(),
        ColumnKey::References(key) => {
            let schema = key.schema.as_deref().unwrap_or_default();
            format!("references {schema}.{}.{:?}", key.table, key.referred)
        }
        ColumnKey::Index { name } => format!("index {}", name.as_deref().unwrap_or_default()),
        ColumnKey::Check { .. } => return None,
        key => column_word(key).to_owned(),
    })
}

/// The key as it is written.
pub(crate) fn column_word(key: &ColumnKey) -> &'static str {
    match key {
        ColumnKey::Type(_) => "ty",
        ColumnKey::Default(_) => "default",
        ColumnKey::DefaultSql(_) => "default_sql",
        ColumnKey::Autoincrement => "autoincrement",
        ColumnKey::Identity { always: false, .. } => "identity",
        ColumnKey::Identity { always: true, .. } => "identity_always",
        ColumnKey::Unique { .. } => "unique",
        ColumnKey::References(_) => "references",
        ColumnKey::Check { .. } => "check",
        ColumnKey::Index { .. } => "index",
        ColumnKey::Collate(_) => "collate",
        ColumnKey::Charset(_) => "charset",
        ColumnKey::Comment(_) => "comment",
        ColumnKey::OnUpdateSql(_) => "on_update_sql",
        ColumnKey::Generated { stored: false, .. } => "generated",
        ColumnKey::Generated { stored: true, .. } => "generated_stored",
        ColumnKey::RenamedFrom(_) => "renamed_from",
    }
}

/// What a key of a table decides.
pub(crate) fn table_slot(key: &TableKey) -> Option<String> {
    Some(match key {
        TableKey::Index(_)
        | TableKey::Unique(_)
        | TableKey::ForeignKey(_)
        | TableKey::Check { .. }
        | TableKey::Exclude(_) => return None,
        TableKey::PrimaryKey { .. } | TableKey::NoPrimaryKey => "key".to_owned(),
        key => table_word(key).to_owned(),
    })
}

/// The key as it is written.
pub(crate) fn table_word(key: &TableKey) -> &'static str {
    match key {
        TableKey::Index(_) => "index",
        TableKey::Unique(_) => "unique",
        TableKey::ForeignKey(_) => "foreign_key",
        TableKey::Check { .. } => "check",
        TableKey::Exclude(_) => "exclude",
        TableKey::PrimaryKey { .. } => "primary_key",
        TableKey::NoPrimaryKey => "no_primary_key",
        TableKey::Comment(_) => "comment",
        TableKey::Engine(_) => "engine",
        TableKey::Charset(_) => "charset",
        TableKey::Collate(_) => "collate",
        TableKey::Strict => "strict",
        TableKey::WithoutRowid => "without_rowid",
        TableKey::Unlogged => "unlogged",
        TableKey::With(_) => "with",
        TableKey::Suffix(_) => "suffix",
        TableKey::RenamedFrom(_) => "renamed_from",
        TableKey::View => "view",
        TableKey::Only(_) => "only",
    }
}

/// Two things of one name on a table.
fn names(table: &Table, problems: &mut Vec<Problem>) {
    let mut known: Vec<(&str, &[String], &Place)> = Vec::new();
    let of_table = table.attributes.iter().filter_map(|attribute| {
        let name = match &attribute.key {
            TableKey::Index(index) => Some(&index.name),
            TableKey::Unique(unique) => unique.name.as_ref(),
            TableKey::ForeignKey(key) => key.name.as_ref(),
            TableKey::Check { name, .. } => name.as_ref(),
            TableKey::Exclude(exclude) => exclude.name.as_ref(),
            TableKey::PrimaryKey { name } => Some(name),
            _ => None,
        };
        Some((name?.as_str(), &*attribute.only, &attribute.place))
    });
    let of_columns = table.columns.iter().flat_map(|column| &column.attributes);
    let of_columns = of_columns.filter_map(|attribute| {
        let name = match &attribute.key {
            ColumnKey::Unique { name }
            | ColumnKey::Check { name, .. }
            | ColumnKey::Index { name } => name.as_ref(),
            ColumnKey::References(key) => key.name.as_ref(),
            _ => None,
        };
        Some((name?.as_str(), &*attribute.only, &attribute.place))
    });
    for (name, only, place) in of_table.chain(of_columns) {
        let same = known
            .iter()
            .find(|(other, others, _)| *other == name && overlap(only, others));
        if let Some((_, _, first)) = same {
            let message = format!(
                "two things of table `{}` have the name `{name}`",
                table.rust_name
            );
            let problem =
                Problem::new(place.clone(), message).help("give one of them another name");
            problems.push(problem.also((*first).clone(), "the first one"));
        }
        known.push((name, only, place));
    }
}

/// What a view cannot have, and a table that is renamed from itself.
fn sorts(table: &Table, problems: &mut Vec<Problem>) {
    let mut keys = table.attributes.iter();
    let is_view = keys.any(|attribute| attribute.key == TableKey::View);
    for attribute in &table.attributes {
        match &attribute.key {
            TableKey::View | TableKey::Only(_) | TableKey::Comment(_) => {}
            TableKey::RenamedFrom(name) if *name == table.name => {
                let message = format!("table `{name}` is renamed from its own name");
                let problem = Problem::new(attribute.place.clone(), message);
                problems.push(problem.help("leave `renamed_from` out"));
            }
            key if is_view => {
                let word = table_word(key);
                let message = format!("`{word}` contradicts `view`");
                let problem = Problem::new(attribute.place.clone(), message);
                problems.push(problem.help("leave one of them out"));
            }
            _ => {}
        }
    }
}

fn column(table: &Table, column: &Column, problems: &mut Vec<Problem>) {
    repeated(
        &column.attributes,
        &|key| column_slot(key),
        &|key| column_word(key),
        problems,
    );
    let types: Vec<(&TypeText, &Attribute<ColumnKey>)> = column
        .attributes
        .iter()
        .filter_map(|attribute| match &attribute.key {
            ColumnKey::Type(ty) => Some((ty, attribute)),
            _ => None,
        })
        .collect();
    for (ty, attribute) in &types {
        self::ty(column, ty, &attribute.place, problems);
    }
    for attribute in &column.attributes {
        let at = |message: String| Problem::new(attribute.place.clone(), message);
        match &attribute.key {
            ColumnKey::Autoincrement | ColumnKey::Identity { .. } if !is_integer(column) => {
                let word = column_word(&attribute.key);
                let ty = written(&column.ty);
                let message = format!("`{word}` on column `{}`, which is `{ty}`", column.rust_name);
                problems.push(at(message).help("an integer can have it, such as `BigInt`"));
            }
            ColumnKey::Default(default) => {
                let of_enum = types.iter().find_map(|(ty, other)| match ty {
                    TypeText::Named { name, texts, .. }
                        if name == "Enum" && overlap(&other.only, &attribute.only) =>
                    {
                        Some(texts.as_slice())
                    }
                    _ => None,
                });
                let problem = self::default(column, default, of_enum, &attribute.place);
                problems.extend(problem);
            }
            ColumnKey::RenamedFrom(name) => {
                let other = table.columns.iter().find(|other| other.name == *name);
                if let Some(other) = other {
                    let message = format!("column `{name}` is still there");
                    let problem = at(message).help("leave `renamed_from` out, or the other column");
                    problems.push(problem.also(other.place.clone(), "it is here"));
                }
            }
            _ => {}
        }
        let value = column_slot(&attribute.key).is_some_and(|slot| slot == "value");
        let serial = types
            .iter()
            .find(|(ty, other)| is_serial(ty) && overlap(&other.only, &attribute.only));
        if let Some((TypeText::Named { name, .. }, _)) = serial.filter(|_| value) {
            let word = column_word(&attribute.key);
            let message = format!("`{word}` contradicts `ty = {name}`");
            problems.push(at(message).help("leave one of them out"));
        }
    }
}

fn is_integer(column: &Column) -> bool {
    matches!(
        family(&column.ty),
        types::Family::Integer(..) | types::Family::Unknown
    )
}

fn is_serial(ty: &TypeText) -> bool {
    matches!(ty, TypeText::Named { name, .. } if name.ends_with("Serial"))
}

/// Whether a column of a source can be given a type of this database (`sqlite`, `postgres`,
/// `mysql`, `mariadb`) without contradicting what it says.
#[must_use]
pub fn takes_type(column: &Column, wanted: &TypeText, backend: &str) -> bool {
    let mut problems = Vec::new();
    ty(column, wanted, &column.place, &mut problems);
    let is_read = match wanted {
        TypeText::Named { name, .. } => {
            known(name).is_none_or(|known| types::is_read_on(known, &column.ty, backend))
        }
        TypeText::Sql(_) => true,
    };
    problems.is_empty() && is_read
}

/// A type that diesel reads as another one, or that has a length beside another one.
fn ty(column: &Column, ty: &TypeText, place: &Place, problems: &mut Vec<Problem>) {
    let has_length = match ty {
        TypeText::Sql(spelling) => spelling.contains('('),
        TypeText::Named { numbers, .. } => !numbers.is_empty(),
    };
    if let Some(length) = column.max_length.filter(|_| has_length) {
        let message = format!("a length in `ty` beside `#[max_length = {length}]`");
        let problem = Problem::new(place.clone(), message);
        problems.push(problem.help("leave `#[max_length = …]` out"));
    }
    let TypeText::Named { name, of, .. } = ty else {
        return;
    };
    let Some(known) = known(name) else {
        return;
    };
    let inner = match (of.as_deref(), column.ty.arguments.as_slice()) {
        (Some(TypeText::Named { name, .. }), [argument]) => {
            let argument = match argument.arguments.as_slice() {
                [inner] if argument.name == "Nullable" => inner,
                _ => argument,
            };
            types::known(name).is_none_or(|known| is_read_as(known, argument))
        }
        _ => true,
    };
    if !is_read_as(known, &column.ty) || !inner {
        let declared = written(&column.ty);
        let message = format!("diesel does not read `{name}` as `{declared}`");
        let declare = match (known.read_as.first(), inner) {
            (Some(read_as), true) => format!("declare the column as `{read_as}`, or change `ty`"),
            _ => "declare the column as it is read, or change `ty`".to_owned(),
        };
        problems.push(Problem::new(place.clone(), message).help(declare));
    }
}

/// Why a column cannot have this default.
pub(crate) fn default(
    column: &Column,
    default: &Literal,
    labels: Option<&[String]>,
    place: &Place,
) -> Option<Problem> {
    let name = &column.rust_name;
    let at = |message: String, help: String| Some(Problem::new(place.clone(), message).help(help));
    if *default == Literal::Null && !column.nullable {
        let ty = written(&column.ty);
        return at(
            format!("column `{name}` cannot be null"),
            format!("declare it as `Nullable<{ty}>`, or leave `default` out"),
        );
    }
    if let (Some(labels), Literal::Text(text)) = (labels, default)
        && !labels.contains(text)
    {
        return at(
            format!("`{text}` is no value of column `{name}`"),
            super::reader::meant(text, "the values are", labels.iter().map(String::as_str)),
        );
    }
    if let (Some(most), Literal::Text(text)) = (column.max_length, default)
        && text.chars().count() > most as usize
    {
        return at(
            format!("the default of column `{name}` is longer than {most} characters"),
            "write a shorter one, or a larger `#[max_length = …]`".to_owned(),
        );
    }
    let takes = takes_instead(family(&column.ty), default)?;
    let ty = written(&column.ty);
    at(
        format!("column `{name}` is `{ty}`, and its default is not"),
        format!("write {takes}, or SQL: `default_sql = \"…\"`"),
    )
}
