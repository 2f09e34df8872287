//! One `table!` or `view!` as data: diesel's grammar, and the attributes that it leaves. It must
//! not know where the declaration was found, nor judge what its keys say together.

use diesel_table_macro_syntax::TableDecl;
use proc_macro2::{Span, TokenStream, TokenTree};

use super::attributes::Attributes;
use super::cfg::Cfg;
use super::items::is_punct;
use super::reader::{Reader, Word, meant};
use super::shared_keys::{Names, each};
use super::{checks, column_keys, table_keys};
use crate::{Attribute, Column, ColumnKey, DieselType, Table, TableKey};

/// What sort of declaration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// `migrate_core::table!`
    Closed,
    /// `diesel::table!`
    Open,
    /// `diesel::view!`
    View,
}

/// Reads what is within the braces, on the condition that is outside of them. An error is diesel's:
/// its grammar does not have this. Nothing comes of a declaration that is never compiled.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    body: TokenStream,
    sort: Sort,
    outer: Cfg,
) -> syn::Result<Option<Table>> {
    let declared: TableDecl = syn::parse2(body)?;
    let attributes = Attributes::of(reader, &declared.meta);
    let name = Word::of(&declared.table_name);
    let cfg = outer.and(attributes.cfg.clone());
    if cfg == Cfg::Never {
        return Ok(None);
    }
    let renamed = renamed_types(&declared);
    let names: Vec<(String, String)> = declared
        .column_defs
        .iter()
        .map(|column| {
            let rust = Word::of(&column.column_name).text;
            (rust, column.sql_name.clone())
        })
        .collect();
    let names = Names {
        table: &name.text,
        columns: &names,
    };
    let mut keys = Vec::new();
    each(
        reader,
        attributes.items,
        &[],
        &mut |reader, word, value| table_keys::read(reader, &names, word, value),
        &mut keys,
        &|backends| Some(TableKey::Only(backends)),
    );
    if sort == Sort::View {
        keys.push(here(reader, name.span, TableKey::View));
    }
    let span = attributes.cfg_span.unwrap_or(name.span);
    limit(reader, cfg, span, &name, &mut keys);
    let place = reader.place(name.span);
    let key = match sort {
        Sort::View => Vec::new(),
        _ => key(reader, &declared, &names),
    };
    let mut columns = Vec::new();
    for column in &declared.column_defs {
        columns.push(self::column(reader, &names, column, &renamed));
    }
    let table = Table {
        place,
        closed: sort == Sort::Closed,
        schema: declared.schema.as_ref().map(|schema| Word::of(schema).text),
        name: declared.sql_name.clone(),
        rust_name: name.text.clone(),
        columns,
        key,
        attributes: keys,
        doc: attributes.doc,
    };
    checks::table(&table, &mut reader.problems);
    Ok(Some(table))
}

fn here<K>(reader: &mut Reader<'_>, span: Span, key: K) -> Attribute<K> {
    Attribute {
        place: reader.place(span),
        only: Vec::new(),
        key,
    }
}

/// Adds the databases of the conditions to those of `only(…)`.
fn limit(
    reader: &mut Reader<'_>,
    cfg: Cfg,
    span: Span,
    name: &Word,
    keys: &mut Vec<Attribute<TableKey>>,
) {
    let backends = match cfg {
        Cfg::Only(backends) => backends,
        Cfg::Other => {
            let message = format!("models do not know this condition of table `{}`", name.text);
            let help = "write `#[migrate(only(postgres))]` if it is for some databases";
            return reader.problem(span, message, help);
        }
        Cfg::Always | Cfg::Never => return,
    };
    let before = keys.iter_mut().find_map(|key| match &mut key.key {
        TableKey::Only(names) => Some(names),
        _ => None,
    });
    match before {
        Some(names) => names.retain(|name| backends.contains(name)),
        None => {
            let only = here(reader, span, TableKey::Only(backends));
            keys.push(only);
        }
    }
}

fn key(reader: &mut Reader<'_>, declared: &TableDecl, names: &Names<'_>) -> Vec<String> {
    match &declared.primary_keys {
        Some(key) => {
            let words: Vec<Word> = key.keys.iter().map(Word::of).collect();
            names.columns(reader, &words)
        }
        None => {
            let id = names.columns.iter().find(|(rust, _)| rust == "id");
            if id.is_none() {
                let span = declared.table_name.span();
                let message = format!("table `{}` has no primary key", names.table);
                let column = names.columns.first().map_or("id", |(rust, _)| rust);
                let help = format!("write `{} ({column})`", names.table);
                reader.problem(span, message, help);
            }
            id.map(|(_, name)| name.clone()).into_iter().collect()
        }
    }
}

fn column(
    reader: &mut Reader<'_>,
    names: &Names<'_>,
    declared: &diesel_table_macro_syntax::ColumnDef,
    renamed: &[(String, String)],
) -> Column {
    let attributes = Attributes::of(reader, &declared.meta);
    let name = Word::of(&declared.column_name);
    if !matches!(attributes.cfg, Cfg::Always) {
        reader.problem(
            attributes.cfg_span.unwrap_or(name.span),
            format!("a condition on column `{}`", name.text),
            "write two tables, with `#[migrate(only(postgres))]` and such, or leave it out",
        );
    }
    let mut keys = Vec::new();
    each(
        reader,
        attributes.items,
        &[],
        &mut |reader, word, value| column_keys::read(reader, names, word, value),
        &mut keys,
        &|_| None,
    );
    let says_so = keys
        .iter()
        .any(|key| matches!(key.key, ColumnKey::Autoincrement));
    if let Some(span) = attributes.auto_increment.filter(|_| !says_so) {
        keys.push(here(reader, span, ColumnKey::Autoincrement));
    }
    let mut ty = diesel_type(&declared.tpe, renamed);
    let nullable = ty.name == "Nullable" && ty.arguments.len() == 1;
    if nullable {
        ty = ty.arguments.remove(0);
    }
    let max_length = declared.max_length.as_ref().and_then(|length| {
        let number = length.base10_parse().ok();
        if number.is_none() {
            let message = format!("`{length}` is no length");
            reader.problem(length.span(), message, "write `#[max_length = 255]`");
        }
        number
    });
    Column {
        place: reader.place(name.span),
        name: declared.sql_name.clone(),
        rust_name: name.text,
        ty,
        nullable,
        max_length,
        attributes: keys,
        doc: attributes.doc,
    }
}

fn diesel_type(path: &syn::TypePath, renamed: &[(String, String)]) -> DieselType {
    let Some(last) = path.path.segments.last() else {
        return DieselType {
            name: String::new(),
            arguments: Vec::new(),
        };
    };
    let name = Word::of(&last.ident).text;
    let original = renamed.iter().find(|(alias, _)| *alias == name);
    let mut ty = DieselType {
        name: original.map_or(name, |(_, original)| original.clone()),
        arguments: Vec::new(),
    };
    if let syn::PathArguments::AngleBracketed(arguments) = &last.arguments {
        for argument in &arguments.args {
            if let syn::GenericArgument::Type(syn::Type::Path(path)) = argument {
                ty.arguments.push(diesel_type(path, renamed));
            }
        }
    }
    ty
}

/// The types that the declaration imports under another name: that name, and their own.
fn renamed_types(declared: &TableDecl) -> Vec<(String, String)> {
    fn walk(tree: &syn::UseTree, into: &mut Vec<(String, String)>) {
        match tree {
            syn::UseTree::Path(path) => walk(&path.tree, into),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, into)),
            syn::UseTree::Rename(rename) => {
                into.push((rename.rename.to_string(), rename.ident.to_string()));
            }
            _ => {}
        }
    }
    let mut renamed = Vec::new();
    for item in &declared.use_statements {
        walk(&item.tree, &mut renamed);
    }
    renamed
}

/// The name of a declaration that could not be read: the first word before its columns.
pub(crate) fn name_of(body: &TokenStream) -> Option<Word> {
    let trees = super::items::flat(body.clone());
    let mut at = 0;
    let mut name = None;
    while let Some(tree) = trees.get(at) {
        match tree {
            TokenTree::Ident(ident) if ident == "use" => {
                while trees.get(at).is_some_and(|tree| !is_punct(tree, ';')) {
                    at += 1;
                }
            }
            tree if is_punct(tree, '#') => at += 1,
            TokenTree::Ident(ident) => name = Some(Word::of(ident)),
            TokenTree::Group(_) => return name,
            _ => {}
        }
        at += 1;
    }
    name
}

/// Reports a declaration that diesel's grammar does not have.
pub(crate) fn unreadable(
    reader: &mut Reader<'_>,
    body: &TokenStream,
    at: Span,
    error: &syn::Error,
    what: &str,
) {
    let name = name_of(body);
    let named = name.as_ref().map_or_else(
        || format!("a `{what}!`"),
        |name| format!("`{what}!` of `{}`", name.text),
    );
    // an error at the end of the input has no place of its own
    let is_at_end = error.to_string().starts_with("unexpected end of input");
    let span = match name {
        Some(name) if is_at_end => name.span,
        None if is_at_end => at,
        _ => error.span(),
    };
    reader.problem(
        span,
        format!("{named} is not read: {error}"),
        "`cargo check` shows what diesel says of it",
    );
}

/// A word for a type, as messages show it.
pub(crate) fn written(ty: &DieselType) -> String {
    let arguments: Vec<String> = ty.arguments.iter().map(written).collect();
    match arguments.as_slice() {
        [] => ty.name.clone(),
        arguments => format!("{}<{}>", ty.name, arguments.join(", ")),
    }
}

/// Advice for a table that is not there.
pub(crate) fn meant_table<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> String {
    if migrate_graph::suggest::nearest(name, names.clone()).is_some() {
        meant(name, "", names)
    } else {
        format!("declare it: `table! {{ {name} (id) {{ id -> Integer }} }}`")
    }
}
