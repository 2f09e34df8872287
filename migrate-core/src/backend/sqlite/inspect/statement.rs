//! Indexes and views from the texts of their statements. Pure.

use super::super::rebuild::parse::{enclosed, encloses, is_name, is_word, tokens};
use crate::schema::{Column, Index, IndexKey, IndexPart, ObjectName, Order, Sql, View};
use crate::sql::{Piece, unquoted};

/// The index of a text; `None` if it is not understood. The columns are those of its table.
pub(super) fn index(
    name: &str,
    table: &ObjectName,
    columns: Option<&[Column]>,
    text: &str,
) -> Option<Index> {
    let all = tokens(text);
    let on = all.iter().position(|token| is_word(text, token, "ON"))?;
    let unique = all[..on].iter().any(|token| is_word(text, token, "UNIQUE"));
    let list = all.get(on + 2..)?;
    let length = enclosed(text, list)?;
    let parts = split(text, &list[1..length - 1]).map(|tokens| part(columns, text, tokens));
    let mut index = Index::new(name, table.clone(), parts.collect::<Option<_>>()?);
    index.unique = unique;
    index.predicate = match &list[length..] {
        [] => None,
        [where_, condition @ ..] if is_word(text, where_, "WHERE") => {
            Some(Sql::from(spanned(text, condition)?))
        }
        _ => return None,
    };
    Some(index)
}

/// The lists between the commas outside parentheses.
fn split<'a>(text: &'a str, list: &'a [Piece]) -> impl Iterator<Item = &'a [Piece]> {
    let mut depth = 0_usize;
    list.split(move |token| {
        match &text[token.span.clone()] {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && &text[token.span.clone()] == ","
    })
}

/// One part: a column or an expression, its collation, its order.
fn part(columns: Option<&[Column]>, text: &str, mut tokens: &[Piece]) -> Option<IndexPart> {
    let mut order = None;
    if let [rest @ .., last] = tokens
        && (is_word(text, last, "ASC") || is_word(text, last, "DESC"))
    {
        order = is_word(text, last, "DESC").then_some(Order::Descending);
        tokens = rest;
    }
    let mut collation = None;
    if let [operand @ .., collate, name] = tokens
        && is_word(text, collate, "COLLATE")
        && is_operand(text, operand)
    {
        collation = Some(unquoted(&text[name.span.clone()]));
        tokens = operand;
    }
    while tokens.len() > 2 && encloses(text, tokens) {
        tokens = &tokens[1..tokens.len() - 1];
    }
    let mut own = None;
    let key = match tokens {
        [only] if is_name(only) => {
            let name = unquoted(&text[only.span.clone()]);
            own = columns
                .into_iter()
                .flatten()
                .find(|column| column.name.eq_ignore_ascii_case(&name));
            match (own, columns) {
                (Some(own), _) => IndexKey::Column(own.name.clone()),
                (None, None) => IndexKey::Column(name),
                (None, Some(_)) => IndexKey::Expression(Sql::from(spanned(text, tokens)?)),
            }
        }
        _ => IndexKey::Expression(Sql::from(spanned(text, tokens)?)),
    };
    let inherited = own
        .and_then(|own| own.collation.as_deref())
        .unwrap_or("BINARY");
    let mut part = IndexPart::from(key);
    part.order = order;
    part.collation = collation.filter(|name| !name.eq_ignore_ascii_case(inherited));
    Some(part)
}

/// Whether COLLATE after these tokens applies to all of them: a name, parentheses, or a call.
fn is_operand(text: &str, tokens: &[Piece]) -> bool {
    match tokens {
        [only] => is_name(only),
        [name, arguments @ ..] if is_name(name) => encloses(text, arguments),
        tokens => encloses(text, tokens),
    }
}

/// The view of a text; `None` if it is not understood.
pub(super) fn view(name: &ObjectName, text: &str) -> Option<View> {
    let all = tokens(text);
    let start = all.iter().position(|token| is_word(text, token, "VIEW"))?;
    // the catalogue's text has neither a condition nor a schema
    let rest = all.get(start + 2..)?;
    let length = match rest.first() {
        Some(first) if &text[first.span.clone()] == "(" => enclosed(text, rest)?,
        _ => 0,
    };
    let columns = rest[..length].iter().filter(|token| is_name(token));
    let columns = columns.map(|token| unquoted(&text[token.span.clone()]));
    let (as_, query) = rest[length..].split_first()?;
    let mut view = match is_word(text, as_, "AS") {
        true => View::new(name.clone(), spanned(text, query)?),
        false => return None,
    };
    view.columns = columns.collect();
    Some(view)
}

/// The text of these tokens, with what lies between them.
fn spanned<'t>(text: &'t str, tokens: &[Piece]) -> Option<&'t str> {
    Some(&text[tokens.first()?.span.start..tokens.last()?.span.end])
}
