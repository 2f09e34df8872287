//! What `#[migrate(…)]` says on a table: the keys, and how each is written. It must not judge
//! whether the keys of a table fit together.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::items::{Value, flat, integer, is_punct, items, name, sql, text, words};
use super::reader::{Reader, Word};
use super::shared_keys::{
    Form, KEY_OPTIONS, Names, arguments, foreign_key, settings, table_target, unknown, wrong,
};
use crate::{Exclude, Index, IndexPart, PartKey, TableKey, Unique};

/// The keys of a table, and how they are written.
pub(crate) const FORMS: &[Form] = &[
    ("index", "index(ix_users_name, [family_name, given_name])"),
    ("unique", "unique([a, b], name = uq_users_a_b)"),
    ("foreign_key", "foreign_key([a, b], areas(a, b))"),
    ("check", "check(\"age > 0\", name = ck_users_age)"),
    ("exclude", "exclude(using = gist, [(during, \"&&\")])"),
    ("primary_key", "primary_key(name = pk_users)"),
    ("no_primary_key", "no_primary_key"),
    ("comment", "comment = \"…\""),
    ("engine", "engine = \"InnoDB\""),
    ("charset", "charset = \"utf8mb4\""),
    ("collate", "collate = \"utf8mb4_bin\""),
    ("strict", "strict"),
    ("without_rowid", "without_rowid"),
    ("unlogged", "unlogged"),
    ("with", "with(fillfactor = 70)"),
    ("suffix", "suffix = \"…\""),
    ("renamed_from", "renamed_from = \"old\""),
    ("view", "view"),
    ("only", "only(postgres)"),
];

/// Reads one key; a mistake is reported.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    value: &Value<'_>,
) -> Option<TableKey> {
    let equals = match value {
        Value::Equals(trees) => Some(*trees),
        _ => None,
    };
    let group = match value {
        Value::Arguments(group) => Some(*group),
        _ => None,
    };
    let flag = |key: TableKey| matches!(value, Value::None).then_some(key);
    let before = reader.problems.len();
    let (read, takes) = match word.text.as_str() {
        "index" => (
            group.and_then(|group| index(reader, names, word, group)),
            "a name and columns",
        ),
        "unique" => (
            group.and_then(|group| unique(reader, names, word, group)),
            "columns",
        ),
        "foreign_key" => (
            group.and_then(|group| key_to(reader, names, word, group)),
            "columns, and the table and columns that they refer to",
        ),
        "check" => (
            group.and_then(|group| check(reader, names, word, group)),
            "SQL",
        ),
        "exclude" => (
            group.and_then(|group| exclude(reader, names, word, group)),
            "columns with operators",
        ),
        "primary_key" => {
            let name = group.and_then(|group| {
                arguments(reader, names, word, Some(group), 0, &["name"])
                    .options
                    .name
            });
            (name.map(|name| TableKey::PrimaryKey { name }), "a name")
        }
        "no_primary_key" => (flag(TableKey::NoPrimaryKey), "no value"),
        "strict" => (flag(TableKey::Strict), "no value"),
        "without_rowid" => (flag(TableKey::WithoutRowid), "no value"),
        "unlogged" => (flag(TableKey::Unlogged), "no value"),
        "view" => (flag(TableKey::View), "no value"),
        "comment" => (equals.and_then(text).map(TableKey::Comment), "a text"),
        "engine" => (equals.and_then(text).map(TableKey::Engine), "a text"),
        "charset" => (equals.and_then(text).map(TableKey::Charset), "a text"),
        "collate" => (equals.and_then(text).map(TableKey::Collate), "a text"),
        "suffix" => {
            let suffix = equals.and_then(|trees| sql(reader, trees));
            (suffix.map(TableKey::Suffix), "SQL")
        }
        "with" => (group.and_then(settings).map(TableKey::With), "settings"),
        "renamed_from" => (
            equals.and_then(name).map(TableKey::RenamedFrom),
            "the former name",
        ),
        _ => {
            let there = ("column", super::column_keys::FORMS);
            unknown(reader, word, ("table", FORMS), there);
            return None;
        }
    };
    if read.is_none() && reader.problems.len() == before {
        wrong(reader, word, takes, FORMS);
    }
    read
}

fn index(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    group: &Group,
) -> Option<TableKey> {
    const OPTIONS: [&str; 6] = [
        "unique",
        "filter",
        "include",
        "using",
        "with",
        "nulls_not_distinct",
    ];
    let read = arguments(reader, names, word, Some(group), 2, &OPTIONS);
    let [index, parts] = read.positional.as_slice() else {
        return None;
    };
    let name = name(index)?;
    let mut read_parts = Vec::new();
    for item in list(parts)? {
        read_parts.push(part(reader, names, &item)?);
    }
    if read_parts.is_empty() {
        return None;
    }
    Some(TableKey::Index(Index {
        name,
        parts: read_parts,
        unique: read.options.unique,
        filter: read.options.filter,
        include: read.options.include,
        using: read.options.using,
        with: read.options.with,
        nulls_not_distinct: read.options.nulls_not_distinct,
    }))
}

/// The items in `[…]`.
fn list(trees: &[TokenTree]) -> Option<Vec<Vec<TokenTree>>> {
    match trees {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            Some(items(group.stream()))
        }
        _ => None,
    }
}

/// `column`, `desc(column)`, `expression("…")`, and what follows with points.
fn part(reader: &mut Reader<'_>, names: &Names<'_>, item: &[TokenTree]) -> Option<IndexPart> {
    let [TokenTree::Ident(first), rest @ ..] = item else {
        return None;
    };
    let first = Word::of(first);
    let mut part = IndexPart {
        key: PartKey::Column(String::new()),
        descending: false,
        collate: None,
        nulls_first: None,
        operator_class: None,
        prefix: None,
    };
    let rest = match (first.text.as_str(), rest) {
        ("expression", [TokenTree::Group(group), rest @ ..]) => {
            part.key = PartKey::Expression(sql(reader, &flat(group.stream()))?);
            rest
        }
        (direction @ ("desc" | "asc"), [TokenTree::Group(group), rest @ ..]) => {
            let inner = self::part(reader, names, &flat(group.stream()))?;
            part = inner;
            part.descending = direction == "desc";
            rest
        }
        (_, rest) => {
            part.key = PartKey::Column(names.column(reader, &first));
            rest
        }
    };
    methods(reader, &mut part, rest)?;
    Some(part)
}

fn methods(reader: &mut Reader<'_>, part: &mut IndexPart, trees: &[TokenTree]) -> Option<()> {
    let [
        dot,
        TokenTree::Ident(method),
        TokenTree::Group(group),
        rest @ ..,
    ] = trees
    else {
        return match trees.first() {
            None => Some(()),
            Some(tree) => no_method(reader, tree),
        };
    };
    if !is_punct(dot, '.') {
        return no_method(reader, dot);
    }
    let content = flat(group.stream());
    match method.to_string().as_str() {
        "desc" if content.is_empty() => part.descending = true,
        "nulls_first" if content.is_empty() => part.nulls_first = Some(true),
        "nulls_last" if content.is_empty() => part.nulls_first = Some(false),
        "collate" => part.collate = Some(text(&content)?),
        "operator_class" => part.operator_class = Some(name(&content)?),
        "prefix" => part.prefix = Some(u32::try_from(integer(&content)?).ok()?),
        _ => return no_method(reader, &trees[1]),
    }
    methods(reader, part, rest)
}

fn no_method(reader: &mut Reader<'_>, tree: &TokenTree) -> Option<()> {
    reader.problem(
        tree.span(),
        "a part of an index is a column, `desc(column)` or `expression(\"…\")`",
        "these can follow it: `.collate(\"C\")`, `.nulls_first()`, `.nulls_last()`, \
         `.operator_class(\"text_pattern_ops\")`, `.prefix(64)`",
    );
    None
}

fn unique(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    group: &Group,
) -> Option<TableKey> {
    const OPTIONS: [&str; 5] = [
        "name",
        "include",
        "nulls_not_distinct",
        "deferrable",
        "initially_deferred",
    ];
    let read = arguments(reader, names, word, Some(group), 1, &OPTIONS);
    let columns = words(read.positional.first()?).filter(|words| !words.is_empty())?;
    Some(TableKey::Unique(Unique {
        name: read.options.name,
        columns: names.columns(reader, &columns),
        include: read.options.include,
        nulls_not_distinct: read.options.nulls_not_distinct,
        deferrable: read.options.deferrable,
    }))
}

fn key_to(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    group: &Group,
) -> Option<TableKey> {
    let read = arguments(reader, names, word, Some(group), 2, &KEY_OPTIONS);
    let [columns, target] = read.positional.as_slice() else {
        return None;
    };
    let columns = words(columns).filter(|words| !words.is_empty())?;
    let columns = names.columns(reader, &columns);
    let target = table_target(reader, target)?;
    Some(TableKey::ForeignKey(foreign_key(
        columns,
        target,
        read.options,
    )))
}

fn check(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    group: &Group,
) -> Option<TableKey> {
    const OPTIONS: [&str; 3] = ["name", "no_inherit", "not_valid"];
    let read = arguments(reader, names, word, Some(group), 1, &OPTIONS);
    Some(TableKey::Check {
        expression: sql(reader, read.positional.first()?)?,
        name: read.options.name,
        no_inherit: read.options.no_inherit,
        not_valid: read.options.not_valid,
    })
}

/// `exclude(using = gist, [(during, "&&")])`: the list is where it is, before or after options.
fn exclude(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    word: &Word,
    group: &Group,
) -> Option<TableKey> {
    const OPTIONS: [&str; 5] = [
        "using",
        "filter",
        "name",
        "deferrable",
        "initially_deferred",
    ];
    let (lists, options): (Vec<_>, Vec<_>) = items(group.stream())
        .into_iter()
        .partition(|item| list(item).is_some());
    let [parts] = lists.as_slice() else {
        return None;
    };
    let mut read_parts = Vec::new();
    for item in list(parts)? {
        let [TokenTree::Group(pair)] = item.as_slice() else {
            return None;
        };
        let pair = items(pair.stream());
        let [key, operator] = pair.as_slice() else {
            return None;
        };
        read_parts.push((part(reader, names, key)?, text(operator)?));
    }
    let mut others = proc_macro2::TokenStream::new();
    for item in options {
        others.extend(item);
        others.extend([TokenTree::Punct(proc_macro2::Punct::new(
            ',',
            proc_macro2::Spacing::Alone,
        ))]);
    }
    let others = Group::new(Delimiter::Parenthesis, others);
    let read = arguments(reader, names, word, Some(&others), 0, &OPTIONS);
    if read_parts.is_empty() {
        return None;
    }
    Some(TableKey::Exclude(Exclude {
        name: read.options.name,
        using: read.options.using,
        parts: read_parts,
        filter: read.options.filter,
        deferrable: read.options.deferrable,
    }))
}
