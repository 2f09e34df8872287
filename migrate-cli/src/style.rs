//! The colours. Text is always styled; the output stream strips colours where they are not wanted,
//! so no meaning may depend on a colour alone.

use std::borrow::Cow;
use std::fmt;

use anstyle::{AnsiColor, Style};

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What went well, as cargo's `Finished`.
pub(super) const DONE: Style = AnsiColor::Green.on_default().bold();
/// What is left to do, as cargo's `warning`.
pub(super) const PENDING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const NOTE: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const HELP: Style = AnsiColor::Green.on_default().bold();
pub(super) const ID: Style = AnsiColor::Yellow.on_default();
pub(super) const FLAG: Style = AnsiColor::Cyan.on_default();
pub(super) const KEY: Style = Style::new().dimmed();

/// `text` in `style`. What comes from a database may hold anything, and is shown, not obeyed.
pub(super) fn paint(style: Style, text: impl fmt::Display) -> String {
    let text = text.to_string();
    format!("{style}{}{style:#}", visible(&text))
}

/// How long the sequence is that the text begins with, if it is one that only colours what follows,
/// as those of [`paint`] do.
pub(super) fn sequence(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|sign: char| !sign.is_ascii_digit() && sign != ';')?;
    let colours = parameters[..end].split(';').all(|parameter| {
        matches!(
            parameter.parse::<u8>(),
            Ok(0..=2 | 22 | 30..=37 | 39 | 90..=97)
        )
    });
    (colours && parameters[end..].starts_with('m')).then_some("\u{1b}[".len() + end + 1)
}

/// Whether a terminal obeys the character instead of showing it: the beginning of a sequence that
/// moves its cursor, or what turns the direction of the text that follows.
pub(super) fn is_obeyed(character: char) -> bool {
    let turns = matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || character.is_control() && !matches!(character, '\n' | '\t')
}

/// The text with what a terminal would obey as an escape that it shows. Lines and tabs stay, and so
/// do the colours of [`paint`].
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let style = sequence(rest);
        let length = style.unwrap_or(character.len_utf8());
        match style.is_none() && is_obeyed(character) {
            true => shown.extend(character.escape_unicode()),
            false => shown += &rest[..length],
        }
        rest = &rest[length..];
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(visible("a\tb\n"), "a\tb\n");
        assert_eq!(
            visible("\u{1b}[2J\u{9b}x\r\u{7}"),
            "\\u{1b}[2J\\u{9b}x\\u{d}\\u{7}"
        );
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
        let painted = paint(ID, "a\u{1b}]0;b\u{7}");
        assert_eq!(visible(&painted), painted);
        assert!(!painted.contains("\u{1b}]"), "{painted:?}");
    }
}
