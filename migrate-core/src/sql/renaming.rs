//! An expression or a statement with other names of tables and columns in it. Pure.

use std::collections::BTreeMap;

use super::lexer::{Kind, Piece, pieces};
use super::{Dialect, unquoted};
use crate::dialect::BackendKind;

/// Old names and the new ones.
pub(crate) type Names = BTreeMap<String, String>;

/// What is renamed in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Renames<'n> {
    pub(crate) tables: &'n Names,
    pub(crate) columns: &'n Names,
    /// Renamed after `::` only, and in `CAST`.
    pub(crate) types: &'n Names,
    /// Whether the text is an expression, where a table's name stands before a point only.
    pub(crate) is_expression: bool,
}

/// The text with other names: one before a point is a table's, one after a point a column's, unless
/// only a table has it. `None` if nothing in it is renamed.
pub(crate) fn renamed(text: &str, kind: BackendKind, renames: Renames<'_>) -> Option<String> {
    let Renames {
        tables,
        columns,
        types,
        is_expression,
    } = renames;
    let dialect = Dialect::of(kind);
    let tokens: Vec<_> = pieces(text, dialect)
        .filter(super::lexer::Piece::is_token)
        .collect();
    let mut renamed = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        let spelled = &text[token.span.clone()];
        let Some(name) = name(spelled, token.kind, kind) else {
            continue;
        };
        let next = tokens.get(at + 1).map(|next| &text[next.span.clone()]);
        let find = |names: &Names| find(names, &name, spelled).cloned();
        let before = |back: usize| {
            let token = &tokens[at.checked_sub(back)?];
            Some(&text[token.span.clone()])
        };
        let casts = |back: usize| (before(back + 1), before(back)) == (Some(":"), Some(":"));
        let is_type = casts(1)
            || before(1) == Some(".") && casts(3)
            || is_expression && before(1).is_some_and(|word| word.eq_ignore_ascii_case("as"));
        let new = match next {
            Some(".") => find(tables),
            _ if is_type && !types.is_empty() => find(types),
            Some("(") => find(tables).filter(|_| !is_expression),
            _ => find(columns).or_else(|| find(tables).filter(|_| !is_expression)),
        };
        let Some(new) = new else {
            continue;
        };
        renamed.push_str(&text[copied..token.span.start]);
        renamed.push_str(&quoted(&new, spelled, kind));
        copied = token.span.end;
    }
    if copied == 0 {
        return None;
    }
    renamed.push_str(&text[copied..]);
    Some(renamed)
}

/// The text with other labels in the literals of an enum type, such as `'sad'::mood`. `None` if it
/// has none of these.
pub(crate) fn relabelled(
    text: &str,
    kind: BackendKind,
    ty: &str,
    labels: &Names,
) -> Option<String> {
    let tokens: Vec<_> = pieces(text, Dialect::of(kind))
        .filter(Piece::is_token)
        .collect();
    let spelled = |at: usize| tokens.get(at).map(|token| &text[token.span.clone()]);
    let mut relabelled = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        let literal = &text[token.span.clone()];
        if !literal.starts_with('\'')
            || (spelled(at + 1), spelled(at + 2)) != (Some(":"), Some(":"))
        {
            continue;
        }
        let place = if spelled(at + 4) == Some(".") {
            at + 5
        } else {
            at + 3
        };
        let is_of_type = spelled(place).is_some_and(|name| unquoted(name) == ty);
        let Some(new) = labels.get(&unquoted(literal)).filter(|_| is_of_type) else {
            continue;
        };
        relabelled.push_str(&text[copied..token.span.start]);
        relabelled.push_str(&format!("'{}'", new.replace('\'', "''")));
        copied = token.span.end;
    }
    if copied == 0 {
        return None;
    }
    relabelled.push_str(&text[copied..]);
    Some(relabelled)
}

/// The name that a token is, if it is one.
fn name(spelled: &str, piece: Kind, kind: BackendKind) -> Option<String> {
    match piece {
        Kind::Word if spelled.starts_with(|sign: char| sign == '_' || sign.is_alphabetic()) => {
            (!spelled.ends_with('\'')).then(|| spelled.to_owned())
        }
        Kind::Quoted if quotes_name(spelled, kind) => Some(unquoted(spelled)),
        _ => None,
    }
}

fn quotes_name(spelled: &str, kind: BackendKind) -> bool {
    match kind {
        BackendKind::Mysql | BackendKind::Mariadb => spelled.starts_with('`'),
        _ => spelled.starts_with(['"', '`', '[']),
    }
}

fn find<'n>(names: &'n Names, name: &str, spelled: &str) -> Option<&'n String> {
    let is_quoted = spelled.starts_with(['"', '`', '[']);
    names.get(name).or_else(|| {
        let same = |(old, _): &(&String, &String)| old.eq_ignore_ascii_case(name);
        let found = names.iter().find(same).filter(|_| !is_quoted);
        found.map(|(_, new)| new)
    })
}

fn quoted(new: &str, spelled: &str, kind: BackendKind) -> String {
    let plain = |sign: char| sign == '_' || sign.is_ascii_lowercase() || sign.is_ascii_digit();
    let quote = match spelled.chars().next() {
        Some(quote @ ('"' | '`')) => quote,
        _ if new.chars().all(plain) && !new.starts_with(|sign: char| sign.is_ascii_digit()) => {
            return new.to_owned();
        }
        _ if matches!(kind, BackendKind::Mysql | BackendKind::Mariadb) => '`',
        _ => '"',
    };
    format!(
        "{quote}{}{quote}",
        new.replace(quote, &format!("{quote}{quote}"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, kind: BackendKind) -> Option<String> {
        let names = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()));
            owned.collect::<Names>()
        };
        let renames = Renames {
            tables: &names(&[("users", "people"), ("at", "places")]),
            columns: &names(&[("age", "years"), ("name", "Full Name")]),
            types: &names(&[("mood", "feeling")]),
            is_expression: !text.starts_with("SELECT"),
        };
        renamed(text, kind, renames)
    }

    #[test]
    fn labels_of_one_type_are_renamed() {
        let labels = Names::from([("sad".to_owned(), "it's bad".to_owned())]);
        let of = |text| relabelled(text, BackendKind::Postgres, "mood", &labels);
        assert_eq!(
            of("f <> 'sad'::mood").as_deref(),
            Some("f <> 'it''s bad'::mood")
        );
        assert_eq!(
            of("'sad'::s.\"mood\"").as_deref(),
            Some("'it''s bad'::s.\"mood\"")
        );
        assert_eq!(of("'sad'::text = 'ok'::mood"), None);
    }

    #[test]
    fn names_are_renamed_and_texts_are_not() {
        for (text, new) in [
            (
                "age > 0 and age(at) < 'age'",
                "years > 0 and age(at) < 'age'",
            ),
            ("\"age\" IS NULL", "\"years\" IS NULL"),
            (
                "SELECT users.age FROM users",
                "SELECT people.years FROM people",
            ),
            ("lower(name)", "lower(\"Full Name\")"),
            (
                "mood <> 'sad'::mood OR at.age = at",
                "mood <> 'sad'::feeling OR places.years = at",
            ),
            ("CAST(age AS mood)", "CAST(years AS feeling)"),
            (
                "SELECT mood::s.mood AS mood FROM at",
                "SELECT mood::s.feeling AS mood FROM places",
            ),
        ] {
            assert_eq!(
                of(text, BackendKind::Postgres).as_deref(),
                Some(new),
                "{text}"
            );
        }
        assert_eq!(of("ages > 0 -- age", BackendKind::Postgres), None);
        assert_eq!(
            of("`name` <> \"age\"", BackendKind::Mysql).as_deref(),
            Some("`Full Name` <> \"age\"")
        );
    }
}
