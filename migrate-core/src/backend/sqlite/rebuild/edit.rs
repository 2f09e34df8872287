//! Edits of a definition's text. Each changes only its place: spelling, spacing and comments of the
//! rest stay. Pure; the caller provides the new parts.

use std::ops::Range;

use super::parse::{Clause, ClauseKind, Column, Definition, Place, tokens};
use crate::backend::BackendKind;
use crate::sql::{Dialect, Piece, pieces};

/// The text with a place replaced.
pub(super) fn replace(text: &str, place: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..place.start], &text[place.end..])
}

/// The definition with another column after the last one.
pub(super) fn add_column(text: &str, definition: &Definition, column: &str) -> String {
    insert(text, definition, definition.columns.len() - 1, column)
}

/// The definition with another constraint at its end.
pub(super) fn add_constraint(text: &str, definition: &Definition, constraint: &str) -> String {
    insert(text, definition, definition.places().len() - 1, constraint)
}

/// The definition with another element after a place in its list.
fn insert(text: &str, definition: &Definition, after: usize, piece: &str) -> String {
    let places = definition.places();
    let place = places[after];
    let end = territory_end(text, place);
    let space = match space_before(text, place) {
        "" => " ",
        space => space,
    };
    // a comment at the end of the line stays with what precedes it
    let space = match has_comment(place, end) && !space.starts_with('\n') {
        true => "\n  ",
        false => space,
    };
    // a constraint may follow another without a comma between them
    let has_comma = place.comma.is_some();
    let (comma_here, comma_after) = match (has_comma, after + 1 == places.len()) {
        (true, _) => ("", ","),
        (false, true) => (",", ""),
        (false, false) => (",", ","),
    };
    let at = place.span.end;
    format!(
        "{}{comma_here}{}{space}{piece}{comma_after}{}",
        &text[..at],
        &text[at..end],
        &text[end..]
    )
}

/// The definition without one element of its list, and without its comment.
pub(super) fn remove(text: &str, definition: &Definition, index: usize) -> String {
    let places = definition.places();
    let place = places[index];
    let start = match index {
        0 => definition.start,
        _ => territory_end(text, places[index - 1]),
    };
    let end = territory_end(text, place);
    let mut kept = text[..start].to_owned();
    // the last element has no comma after it: the one before becomes the last
    if place.comma.is_none()
        && index + 1 == places.len()
        && let Some(comma) = index.checked_sub(1).and_then(|before| places[before].comma)
    {
        kept.remove(comma);
    }
    let exposed = index > 0 && ends_in_line_comment(text, places[index - 1], start);
    if exposed && !text[end..].starts_with('\n') {
        kept.push('\n');
    }
    kept.push_str(&text[end..]);
    kept
}

/// The column with another type.
pub(super) fn set_type(text: &str, column: &Column, ty: &str) -> String {
    match &column.ty {
        Some(place) => replace(text, place.clone(), ty),
        None => replace(
            text,
            column.name_at.end..column.name_at.end,
            &format!(" {ty}"),
        ),
    }
}

/// The column with its clause of a kind set or removed.
pub(super) fn set_clause(
    text: &str,
    column: &Column,
    kind: ClauseKind,
    clause: Option<&str>,
) -> String {
    match (column.clause(|other| other == kind), clause) {
        // its name, if it has one, stays
        (Some(old), Some(new)) => replace(text, old.body.clone(), new),
        (Some(old), None) => remove_clause(text, old),
        (None, None) => text.to_owned(),
        (None, Some(new)) => {
            let before = |clause: &&Clause| rank(clause.kind) < rank(kind);
            let end = column
                .clauses
                .iter()
                .filter(before)
                .map(|clause| clause.span.end)
                .max();
            let of_type = column.ty.as_ref().map(|ty| ty.end);
            let at = end.or(of_type).unwrap_or(column.name_at.end);
            replace(text, at..at, &format!(" {new}"))
        }
    }
}

/// The column without a clause, and without the space before it; a comment there stays, with its
/// end.
pub(super) fn remove_clause(text: &str, clause: &Clause) -> String {
    let before = tokens(text)
        .into_iter()
        .take_while(|token| token.span.end <= clause.span.start)
        .last()
        .map_or(0, |token| token.span.end);
    let only_space = text[before..clause.span.start].trim().is_empty();
    let start = if only_space {
        before
    } else {
        clause.span.start
    };
    replace(text, start..clause.span.end, "")
}

/// The order in which clauses are written.
fn rank(kind: ClauseKind) -> u8 {
    match kind {
        ClauseKind::Collate => 1,
        ClauseKind::Generated => 2,
        ClauseKind::NotNull | ClauseKind::Null => 3,
        ClauseKind::Default => 4,
        _ => 5,
    }
}

/// Where an element ends, with its comma and the comment on the same line.
fn territory_end(text: &str, place: &Place) -> usize {
    let end = place.comma.map_or(place.span.end, |comma| comma + 1);
    let rest = &text[end..];
    let is_blank = |piece: &Piece| matches!(&rest[piece.span.clone()], " " | "\t");
    let mut pieces =
        pieces(rest, Dialect::of(BackendKind::Sqlite)).skip_while(|piece| is_blank(piece));
    let Some(first) = pieces.next() else {
        return end;
    };
    let comment = &rest[first.span.clone()];
    if comment.starts_with("--") {
        return end + first.span.start + comment.trim_end_matches('\n').len();
    }
    let next = pieces.find(|piece| !is_blank(piece));
    let is_last_on_line =
        next.is_none_or(|next| rest[next.span.start..].starts_with(['\n', '\r', ')']));
    let is_block = comment.starts_with("/*") && first.open.is_none() && !comment.contains('\n');
    match is_block && is_last_on_line {
        true => end + first.span.end,
        false => end,
    }
}

/// Whether an element ends in a comment.
fn has_comment(place: &Place, end: usize) -> bool {
    place.comma.map_or(place.span.end, |comma| comma + 1) < end
}

/// Whether an element ends in a line comment.
fn ends_in_line_comment(text: &str, place: &Place, end: usize) -> bool {
    let after = place.comma.map_or(place.span.end, |comma| comma + 1);
    text[after..end].trim_start().starts_with("--")
}

/// The white space just before a place.
fn space_before<'t>(text: &'t str, place: &Place) -> &'t str {
    let before = &text[..place.span.start];
    &before[before.trim_end_matches([' ', '\t', '\n', '\r']).len()..]
}
