//! What a `down.sql` contains: statements, a note that there is nothing to revert, or nothing yet.
//! Must not know what a statement means.

use migrate_graph::checksum::sql::each_piece;

/// The end of the comment in a `down.sql` that `cargo migrate new --sql` writes.
pub const UNFILLED: &str = "what takes it back";

/// Comments that tools write into a `down.sql`, and that the author has not replaced yet.
const GENERATED: [&str; 3] = [
    "This file should undo anything in `up.sql`",
    "Your SQL goes here",
    "Add down migration script here",
];

/// Words in an author's comment that mean that the downgrade is missing, not that there is nothing
/// to revert.
const MISSING: [&str; 15] = [
    "todo",
    "fixme",
    "xxx",
    "irreversible",
    "not reversible",
    concat!("no way", " back"),
    "cannot",
    "can't",
    "can not",
    "impossible",
    "not possible",
    "unable",
    "copyright",
    "license",
    "spdx",
];

/// The contents of a `down.sql`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Down {
    /// It has statements.
    Statements,
    /// It has no statement, and a comment by the author: there is nothing to revert.
    Nothing,
    /// It has neither.
    Unfilled,
}

impl Down {
    /// Reads the text of a `down.sql`.
    pub(super) fn of(text: &str) -> Down {
        let (mut statements, mut own, mut missing) = (false, false, false);
        each_piece(text.trim_start_matches('\u{feff}'), |piece, is_comment| {
            if !is_comment {
                statements |= piece != ";";
                return;
            }
            let comment = inner(piece);
            own |= !comment.is_empty() && !is_generated(comment);
            missing |= is_missing(comment);
        });
        match (statements, own && !missing) {
            (true, _) => Down::Statements,
            (false, true) => Down::Nothing,
            (false, false) => Down::Unfilled,
        }
    }
}

/// Whether a text has statements.
pub(super) fn has_statements(text: &str) -> bool {
    Down::of(text) == Down::Statements
}

/// A comment without its marks.
fn inner(comment: &str) -> &str {
    let comment = comment.strip_prefix("/*").unwrap_or(comment);
    let comment = comment.strip_suffix("*/").unwrap_or(comment);
    comment.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '#' | '*' | '='))
}

fn is_generated(comment: &str) -> bool {
    let comment = comment.trim_end_matches('.');
    comment.ends_with(&format!(": {UNFILLED}"))
        || GENERATED
            .iter()
            .any(|generated| comment.eq_ignore_ascii_case(generated))
}

/// Whether a comment says that the file is not written yet, or that it has no downgrade, as SQL
/// that was commented out does.
fn is_missing(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    comment.ends_with(';') || MISSING.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_whether_it_reverts_something_or_nothing() {
        for (text, says) in [
            ("", Down::Unfilled),
            (" \r\n\t", Down::Unfilled),
            ("\u{feff}", Down::Unfilled),
            (";", Down::Unfilled),
            ("--", Down::Unfilled),
            ("-- ------\n/* */", Down::Unfilled),
            (
                "-- This file should undo anything in `up.sql`\n",
                Down::Unfilled,
            ),
            (
                "\u{feff}--This file should undo anything in `up.sql`.\r\n\r\n",
                Down::Unfilled,
            ),
            (
                "/* This file should undo anything in `up.sql` */",
                Down::Unfilled,
            ),
            ("-- Your SQL goes here", Down::Unfilled),
            ("-- Add down migration script here\n", Down::Unfilled),
            (
                "-- Add a phone number: what takes it back\n",
                Down::Unfilled,
            ),
            ("-- TODO: drop the table", Down::Unfilled),
            ("-- this cannot be reverted", Down::Unfilled),
            ("-- Irreversible!", Down::Unfilled),
            ("-- DROP TABLE users;", Down::Unfilled),
            ("-- Copyright 2026 Ada", Down::Unfilled),
            (
                "-- This file should undo anything in `up.sql`\n-- but it is not possible",
                Down::Unfilled,
            ),
            ("-- nothing to do", Down::Nothing),
            ("# no-op", Down::Nothing),
            ("/* rows stay as they are */", Down::Nothing),
            (
                "-- This file should undo anything in `up.sql`\n-- nothing to undo: only an index was rebuilt",
                Down::Nothing,
            ),
            ("SELECT 1;", Down::Statements),
            ("-- TODO\nDROP TABLE users;", Down::Statements),
            (
                "-- This file should undo anything in `up.sql`\nDROP TABLE a",
                Down::Statements,
            ),
            // these are run
            ("/*! DROP TABLE users */", Down::Statements),
            ("/*M! DROP TABLE users */", Down::Statements),
        ] {
            assert_eq!(Down::of(text), says, "{text:?}");
        }
    }
}
