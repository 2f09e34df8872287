//! The few colours. Text is always made with them; whoever owns the terminal strips them where they are not wanted, so no
//! meaning may rest on a colour alone.

use std::fmt;

use anstyle::{AnsiColor, Style};

use super::redact::visible;

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
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

/// How long the sequence is that the text begins with, if it is one that only colours what follows, as those of [`paint`] do.
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
