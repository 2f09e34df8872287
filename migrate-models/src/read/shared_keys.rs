//! What keys of columns and of tables have in common: `only(…)`, names, and the arguments that are
//! the same in several of them. It must not know a whole key.

use proc_macro2::{Group, Span, TokenTree};

use super::items::{
    BACKENDS, Value, backend_name, dotted, integer, items, key, name, sql, start, text, words_in,
};
use super::reader::{Reader, Spots, Word, listed, meant};
use crate::{Action, Deferrable, ForeignKey, SqlText};

/// A key that there is, and how it is written.
pub(crate) type Form = (&'static str, &'static str);

/// The columns of the table that is read, as attributes name them.
pub(crate) struct Names<'t> {
    /// The table, by its name in Rust.
    pub(crate) table: &'t str,
    /// Its columns: their names in Rust and in the database.
    pub(crate) columns: &'t [(String, String)],
}

impl Names<'_> {
    /// The column's name in the database; a column that is not there is reported.
    pub(crate) fn column(&self, reader: &mut Reader<'_>, word: &Word) -> String {
        if let Some((_, name)) = self.columns.iter().find(|(rust, _)| *rust == word.text) {
            return name.clone();
        }
        let by_name = self.columns.iter().find(|(_, name)| *name == word.text);
        let help = match by_name {
            Some((rust, _)) => format!("did you mean `{rust}`?"),
            None => {
                let names = self.columns.iter().map(|(rust, _)| rust.as_str());
                meant(&word.text, "the columns are", names)
            }
        };
        let message = format!("no column `{}` in table `{}`", word.text, self.table);
        reader.problem(word.span, message, help);
        word.text.clone()
    }

    /// The columns' names in the database; one that is there twice is reported.
    pub(crate) fn columns(&self, reader: &mut Reader<'_>, words: &[Word]) -> Vec<String> {
        for (index, word) in words.iter().enumerate() {
            if words[..index].iter().any(|other| other.text == word.text) {
                let message = format!("column `{}` is there twice", word.text);
                reader.problem(word.span, message, "leave one of them out");
            }
        }
        let names = words.iter().map(|word| self.column(reader, word));
        names.collect()
    }
}

/// Reads `a, b = …, only(x, c)` into keys. `read` is given each key with its value, and returns
/// nothing where it has reported a mistake.
pub(crate) fn each<K>(
    reader: &mut Reader<'_>,
    content: Vec<Vec<TokenTree>>,
    only: &[String],
    read: &mut dyn FnMut(&mut Reader<'_>, &Word, &Value<'_>) -> Option<K>,
    into: &mut Vec<crate::Attribute<K>>,
    whole: &dyn Fn(Vec<String>) -> Option<K>,
) {
    for item in content {
        let Some((word, value)) = key(&item) else {
            let span = start(&item, Span::call_site());
            reader.problem(
                span,
                "`migrate` takes keys",
                "write such as `#[migrate(unique)]` or `#[migrate(default = 0)]`",
            );
            continue;
        };
        if word.text == "only" {
            limited(reader, &word, &value, only, read, into, whole);
            continue;
        }
        let place = reader.place(word.span);
        reader.key = place.clone();
        if let Some(key) = read(reader, &word, &value) {
            into.push(crate::Attribute {
                place,
                only: only.to_vec(),
                key,
            });
        }
    }
}

/// `only(postgres, mysql, check("…"))`.
fn limited<K>(
    reader: &mut Reader<'_>,
    word: &Word,
    value: &Value<'_>,
    outer: &[String],
    read: &mut dyn FnMut(&mut Reader<'_>, &Word, &Value<'_>) -> Option<K>,
    into: &mut Vec<crate::Attribute<K>>,
    whole: &dyn Fn(Vec<String>) -> Option<K>,
) {
    const HELP: &str = "write `only(postgres, comment = \"…\")`";
    let Value::Arguments(group) = value else {
        return reader.problem(word.span, "`only` takes databases and keys", HELP);
    };
    if !outer.is_empty() {
        return reader.problem(word.span, "`only` within `only`", "leave the inner one out");
    }
    let mut content = items(group.stream());
    let is_backend = |item: &Vec<TokenTree>| match item.as_slice() {
        [TokenTree::Ident(ident)] => BACKENDS.contains(&ident.to_string().as_str()),
        _ => false,
    };
    let count = content.iter().take_while(|item| is_backend(item)).count();
    let keys = content.split_off(count);
    let mut backends = Vec::new();
    for item in content {
        backends.extend(name(&item).filter(|name| !backends.contains(name)));
    }
    if backends.is_empty() {
        // the first word may be one that is misspelled
        match keys.first().map(Vec::as_slice) {
            Some([TokenTree::Ident(ident)]) => {
                backend_name(reader, &Word::of(ident));
            }
            _ => reader.problem(word.span, "`only` names no database", HELP),
        }
        return;
    }
    if !keys.is_empty() {
        return each(reader, keys, &backends, read, into, whole);
    }
    match whole(backends) {
        Some(key) => {
            let place = reader.place(word.span);
            into.push(crate::Attribute {
                place,
                only: Vec::new(),
                key,
            });
        }
        None => reader.problem(word.span, "`only` limits no key", HELP),
    }
}

/// Reports a key that there is not.
pub(crate) fn unknown(
    reader: &mut Reader<'_>,
    word: &Word,
    here: (&str, &[Form]),
    there: (&str, &[Form]),
) {
    let is_there = there.1.iter().any(|(key, _)| *key == word.text);
    if is_there {
        let (here, there) = (here.0, there.0);
        let message = format!("`{}` is a key of a {there}, not of a {here}", word.text);
        return reader.problem(word.span, message, format!("write it on the {there}"));
    }
    let keys = here.1.iter().map(|(key, _)| *key);
    let what = format!("the keys of a {} are", here.0);
    let help = meant(&word.text, &what, keys);
    reader.problem(word.span, format!("unknown key `{}`", word.text), help);
}

/// Reports a value of the wrong kind, with the form that is right.
pub(crate) fn wrong(reader: &mut Reader<'_>, word: &Word, takes: &str, forms: &[Form]) {
    let form = forms.iter().find(|(key, _)| *key == word.text);
    let help = form.map_or_else(String::new, |(_, form)| format!("write `{form}`"));
    reader.problem(word.span, format!("`{}` takes {takes}", word.text), help);
}

/// What a key of an argument says, for those that several keys have.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) name: Option<String>,
    pub(crate) on_delete: Option<Action>,
    pub(crate) on_update: Option<Action>,
    pub(crate) deferrable: Option<Deferrable>,
    pub(crate) match_type: Option<String>,
    pub(crate) unique: bool,
    pub(crate) no_inherit: bool,
    pub(crate) not_valid: bool,
    pub(crate) nulls_not_distinct: bool,
    pub(crate) filter: Option<SqlText>,
    pub(crate) include: Vec<String>,
    pub(crate) using: Option<String>,
    pub(crate) with: Vec<(String, String)>,
}

/// The arguments of `key(…)`: those at its beginning that have a place, and the options after
/// them.
pub(crate) struct Arguments {
    pub(crate) positional: Vec<Vec<TokenTree>>,
    pub(crate) options: Options,
}

/// How the options are written.
const OPTIONS: &[Form] = &[
    ("name", "name = ck_users_age"),
    ("on_delete", "on_delete = Cascade"),
    ("on_update", "on_update = Cascade"),
    ("deferrable", "deferrable"),
    ("initially_deferred", "initially_deferred"),
    ("match_type", "match_type = Full"),
    ("unique", "unique"),
    ("no_inherit", "no_inherit"),
    ("not_valid", "not_valid"),
    ("nulls_not_distinct", "nulls_not_distinct"),
    ("filter", "filter = \"age > 0\""),
    ("include", "include = [name]"),
    ("using", "using = gin"),
    ("with", "with(fillfactor = 70)"),
];

/// Reads the arguments of a key: so many with a place, and these options.
pub(crate) fn arguments(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    of: &Word,
    group: Option<&Group>,
    positional: usize,
    allowed: &[&str],
) -> Arguments {
    let mut content = group.map_or_else(Vec::new, |group| items(group.stream()));
    let mut rest = content.split_off(positional.min(content.len())).into_iter();
    // a key in the place of an argument that is missing
    let is_option = |item: &Vec<TokenTree>| {
        key(item).is_some_and(|(word, value)| {
            matches!(value, Value::Equals(_)) && allowed.contains(&word.text.as_str())
        })
    };
    let missing = content.iter().position(is_option);
    let mut early = missing.map_or_else(Vec::new, |index| content.split_off(index));
    early.extend(rest.by_ref());
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    for item in early {
        let Some((word, value)) = key(&item) else {
            let allowed = listed(allowed.iter().copied());
            let message = format!("`{}` does not take this", of.text);
            reader.problem(
                start(&item, of.span),
                message,
                format!("it takes {allowed}"),
            );
            continue;
        };
        if !allowed.contains(&word.text.as_str()) {
            let help = match allowed {
                [] => "leave it out".to_owned(),
                allowed => meant(&word.text, "it takes", allowed.iter().copied()),
            };
            let message = format!("`{}` is nothing that `{}` takes", word.text, of.text);
            reader.problem(word.span, message, help);
            continue;
        }
        if seen.contains(&word.text) {
            reader.problem(
                word.span,
                format!("`{}` is there twice", word.text),
                "leave one of them out",
            );
        }
        seen.push(word.text.clone());
        option(reader, names, &word, &value, &mut options);
    }
    Arguments {
        positional: content,
        options,
    }
}

fn option(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    value: &Value<'_>,
    options: &mut Options,
) {
    let flag = matches!(value, Value::None);
    let equals = match value {
        Value::Equals(trees) => Some(*trees),
        _ => None,
    };
    let takes = match word.text.as_str() {
        "name" => {
            options.name = equals.and_then(name);
            options.name.is_none().then_some("a name")
        }
        key @ ("on_delete" | "on_update") => {
            let read = action(equals.unwrap_or_default());
            match (key, read) {
                (_, None) => Some("`Cascade`, `Restrict`, `SetNull`, `SetDefault` or `NoAction`"),
                ("on_delete", read) => {
                    options.on_delete = read;
                    None
                }
                (_, read) => {
                    options.on_update = read;
                    None
                }
            }
        }
        "deferrable" => {
            options.deferrable = options.deferrable.or(Some(Deferrable::InitiallyImmediate));
            (!flag).then_some("no value")
        }
        "initially_deferred" => {
            options.deferrable = Some(Deferrable::InitiallyDeferred);
            (!flag).then_some("no value")
        }
        "match_type" => {
            let read = equals.and_then(name);
            options.match_type =
                read.filter(|name| ["Simple", "Full", "Partial"].contains(&name.as_str()));
            options
                .match_type
                .is_none()
                .then_some("`Simple`, `Full` or `Partial`")
        }
        "unique" => {
            options.unique = true;
            (!flag).then_some("no value")
        }
        "no_inherit" => {
            options.no_inherit = true;
            (!flag).then_some("no value")
        }
        "not_valid" => {
            options.not_valid = true;
            (!flag).then_some("no value")
        }
        "nulls_not_distinct" => {
            options.nulls_not_distinct = true;
            (!flag).then_some("no value")
        }
        "filter" => {
            options.filter = equals.and_then(|trees| sql(reader, trees));
            options.filter.is_none().then_some("SQL")
        }
        "include" => match equals.and_then(super::items::words) {
            Some(words) => {
                options.include = names.columns(reader, &words);
                None
            }
            None => Some("columns"),
        },
        "using" => {
            options.using = equals.and_then(name);
            options.using.is_none().then_some("a name")
        }
        "with" => match value {
            Value::Arguments(group) => settings(group).map_or(Some("settings"), |settings| {
                options.with = settings;
                None
            }),
            _ => Some("settings"),
        },
        _ => None,
    };
    if let Some(takes) = takes {
        wrong(reader, word, takes, OPTIONS);
    }
}

/// `fillfactor = 70, fastupdate = off`.
pub(crate) fn settings(group: &Group) -> Option<Vec<(String, String)>> {
    let content = items(group.stream());
    if content.is_empty() {
        return None;
    }
    let one = |item: &Vec<TokenTree>| match key(item) {
        Some((word, Value::Equals(value))) => {
            let number = || match value {
                [TokenTree::Literal(literal)] => Some(literal.to_string()),
                _ => integer(value).map(|number| number.to_string()),
            };
            let value = name(value).or_else(|| text(value)).or_else(number)?;
            Some((word.text, value))
        }
        _ => None,
    };
    content.iter().map(one).collect()
}

fn action(trees: &[TokenTree]) -> Option<Action> {
    Some(match name(trees)?.as_str() {
        "NoAction" => Action::NoAction,
        "Restrict" => Action::Restrict,
        "Cascade" => Action::Cascade,
        "SetNull" => Action::SetNull,
        "SetDefault" => Action::SetDefault,
        _ => return None,
    })
}

/// What `references` and `foreign_key` take.
pub(crate) const KEY_OPTIONS: [&str; 7] = [
    "name",
    "on_delete",
    "on_update",
    "deferrable",
    "initially_deferred",
    "match_type",
    "not_valid",
];

/// A foreign key of the options and of what it refers to, by its names in Rust.
pub(crate) fn foreign_key(columns: Vec<String>, target: Target, options: Options) -> ForeignKey {
    ForeignKey {
        name: options.name,
        columns,
        schema: target.schema,
        table: target.table,
        referred: target.columns,
        on_delete: options.on_delete,
        on_update: options.on_update,
        deferrable: options.deferrable,
        match_type: options.match_type,
        not_valid: options.not_valid,
    }
}

/// What a foreign key refers to, by its names in Rust.
pub(crate) struct Target {
    pub(crate) schema: Option<String>,
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
}

/// Reads `teams`, `teams.id`, `audit.teams.id` of a column, and remembers where its words are.
pub(crate) fn column_target(reader: &mut Reader<'_>, trees: &[TokenTree]) -> Option<Target> {
    let words = dotted(trees).filter(|words| words.len() <= 3)?;
    let (schema, table, columns) = match words.as_slice() {
        [table] => (None, table, &[][..]),
        [table, column] => (None, table, std::slice::from_ref(column)),
        [schema, table, column] => (Some(schema), table, std::slice::from_ref(column)),
        _ => return None,
    };
    Some(target(reader, schema, table, columns))
}

/// Reads `areas`, `areas(a, b)`, `geo.areas(a, b)` of a table.
pub(crate) fn table_target(reader: &mut Reader<'_>, trees: &[TokenTree]) -> Option<Target> {
    let (path, columns) = match trees {
        [path @ .., TokenTree::Group(group)] => (path, words_in(group)?),
        path => (path, Vec::new()),
    };
    let words = dotted(path)?;
    let (schema, table) = match words.as_slice() {
        [table] => (None, table),
        [schema, table] => (Some(schema), table),
        _ => return None,
    };
    Some(target(reader, schema, table, &columns))
}

fn target(
    reader: &mut Reader<'_>,
    schema: Option<&Word>,
    table: &Word,
    columns: &[Word],
) -> Target {
    let spots = Spots {
        key: reader.key.clone(),
        table: reader.place(table.span),
        columns: columns.iter().map(|word| reader.place(word.span)).collect(),
    };
    reader.spots.push(spots);
    Target {
        schema: schema.map(|word| word.text.clone()),
        table: table.text.clone(),
        columns: columns.iter().map(|word| word.text.clone()).collect(),
    }
}
