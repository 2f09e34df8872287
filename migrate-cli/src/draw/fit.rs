//! Text in a terminal's columns: how wide it is there, and what of it has room. Knows nothing of
//! what the text says.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text as far as it has room, with a mark where it was cut.
pub(super) fn fit(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(width(mark));
    let mut end = 0;
    for (at, char) in text.char_indices() {
        let Some(rest) = left.checked_sub(char.width().unwrap_or(0)) else {
            break;
        };
        left = rest;
        end = at + char.len_utf8();
    }
    format!("{}{mark}", text[..end].trim_end())
}

/// The text on one line, without what would move the cursor or command the terminal; without what
/// is not ASCII when that is wanted.
pub(super) fn shown(text: &str, ascii: bool) -> String {
    let shown = |char: char| match char {
        char if char.is_whitespace() => ' ',
        char if char.is_control() && ascii => '?',
        char if char.is_control() => char::REPLACEMENT_CHARACTER,
        char if ascii && !char.is_ascii() => '?',
        char => char,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_whole() {
        assert_eq!(fit("Create users.", 13, "…"), "Create users.");
        assert_eq!(fit("Create users.", 12, "…"), "Create user…");
        assert_eq!(fit("Create users.", 8, "…"), "Create…");
        assert_eq!(fit("Create users.", 9, "..."), "Create...");
        assert_eq!(fit("Create users.", 0, "…"), "…");
    }

    #[test]
    fn wide_characters_count_twice_and_marks_not_at_all() {
        assert_eq!(width("利用者"), 6);
        assert_eq!(fit("利用者を作る", 6, "…"), "利用…");
        assert_eq!(fit("利用者を作る", 7, "…"), "利用者…");
        assert_eq!(fit("cafe\u{301} latte", 5, "…"), "cafe\u{301}…");
    }

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(shown("a\tb\u{1b}[31mc\u{85}", false), "a b\u{fffd}[31mc ");
        assert_eq!(shown("Größe\u{7}", true), "Gr??e?");
    }
}
