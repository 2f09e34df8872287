//! `#[migrate(…)]` as an attribute of its own: on a struct, which is an enum type's or, as diesel
//! expands an open table, a column; on a module, which is the table. It sees one item alone.

use proc_macro2::{TokenStream, TokenTree};

use super::items::{Value, flat, items, key};
use super::reader::{Reader, Word};
use super::shared_keys::{Names, each};
use super::{column_keys, enums, table_keys};
use crate::TableKey;

/// Reports what is wrong with the keys, as far as that can be told from one item.
pub(crate) fn read(reader: &mut Reader<'_>, content: TokenStream, item: TokenStream) {
    let keys = items(content);
    let item = flat(item);
    let word = item.iter().find_map(|tree| match tree {
        TokenTree::Ident(ident) if ident != "pub" => Some(Word::of(ident)),
        _ => None,
    });
    let says_labels = keys
        .iter()
        .any(|item| key(item).is_some_and(|(word, _)| word.text == "labels"));
    // columns of other tables and of this one are not seen: only the forms are checked
    let columns: Vec<(String, String)> = words(&keys).into_iter().map(|w| (w.clone(), w)).collect();
    let names = Names {
        table: "",
        columns: &columns,
    };
    match word.as_ref().map(|word| word.text.as_str()) {
        Some("mod") => each(
            reader,
            keys,
            &[],
            &mut |reader: &mut Reader<'_>, word: &Word, value: &Value<'_>| {
                table_keys::read(reader, &names, word, value)
            },
            &mut Vec::new(),
            &|backends| Some(TableKey::Only(backends)),
        ),
        Some("struct") if !says_labels => each(
            reader,
            keys,
            &[],
            &mut |reader: &mut Reader<'_>, word: &Word, value: &Value<'_>| {
                column_keys::read(reader, &names, word, value)
            },
            &mut Vec::new(),
            &|_| None,
        ),
        Some("struct") => {
            enums::labels(reader, &keys);
        }
        _ => {
            let span = word.map_or_else(proc_macro2::Span::call_site, |word| word.span);
            reader.problem(
                span,
                "`migrate` on what is neither a table, a column nor a SQL type",
                "write it in `table!`, or on the struct that derives `SqlType`",
            );
        }
    }
}

/// All words in the keys: each is taken for a column.
fn words(keys: &[Vec<TokenTree>]) -> Vec<String> {
    fn collect(trees: impl IntoIterator<Item = TokenTree>, into: &mut Vec<String>) {
        for tree in trees {
            match tree {
                TokenTree::Ident(ident) => into.push(Word::of(&ident).text),
                TokenTree::Group(group) => collect(group.stream(), into),
                _ => {}
            }
        }
    }
    let mut words = Vec::new();
    for key in keys {
        collect(key.iter().cloned(), &mut words);
    }
    words
}
