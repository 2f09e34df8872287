//! What drawings are shown on: how wide it is, and whether it can show more than ASCII. Looks at
//! the process's output and the variables that it is given, and knows nothing of what is drawn.

use std::ffi::OsString;
use std::io::{self, IsTerminal};

/// The default width.
const COLUMNS: usize = 80;

/// What a drawing has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// How many columns there are.
    pub columns: usize,
    /// Whether only ASCII can be shown.
    pub ascii: bool,
}

impl Default for Screen {
    fn default() -> Screen {
        Screen {
            columns: COLUMNS,
            ascii: false,
        }
    }
}

impl Screen {
    /// The screen that the variables of the process describe, and its standard output.
    ///
    /// `COLUMNS` overrides the terminal's width; without a terminal it is 80. Only a locale that is
    /// set and not UTF-8 restricts to ASCII: without a locale, as in most containers, the terminal
    /// outside usually reads UTF-8.
    pub fn new(variable: &dyn Fn(&str) -> Option<OsString>) -> Screen {
        let text = |name: &str| {
            let value = variable(name)?.into_string().ok()?;
            Some(value).filter(|value| !value.is_empty())
        };
        let given = text("COLUMNS").and_then(|columns| columns.parse().ok());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(text);
        Screen {
            columns: given.or_else(of_terminal).unwrap_or(COLUMNS),
            ascii: locale.is_some_and(|locale| !is_utf8(&locale)),
        }
    }
}

fn of_terminal() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let (width, _) = terminal_size::terminal_size()?;
    Some(usize::from(width.0))
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(variables: &[(&str, &str)]) -> Screen {
        Screen::new(&|name| {
            let value = variables.iter().find(|(known, _)| *known == name);
            value.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_first_locale_that_is_set_counts() {
        for (variables, ascii) in [
            (&[][..], false),
            (&[("LANG", "de_DE.UTF-8")], false),
            (&[("LANG", "de_DE.utf8")], false),
            (&[("LANG", "C")], true),
            (&[("LANG", "de_DE@euro")], true),
            (&[("LC_ALL", "POSIX"), ("LANG", "C.UTF-8")], true),
            (&[("LC_ALL", ""), ("LANG", "C.UTF-8")], false),
            (&[("LC_CTYPE", "C.UTF-8"), ("LANG", "C")], false),
        ] {
            assert_eq!(screen(variables).ascii, ascii, "{variables:?}");
        }
    }

    #[test]
    fn columns_are_taken_when_they_are_a_number() {
        assert_eq!(screen(&[("COLUMNS", "120")]).columns, 120);
        for columns in ["", "-1", "many", "99999999999999999999999"] {
            let variables = [("COLUMNS", columns)];
            assert!(screen(&variables).columns > 0, "{columns}");
        }
    }
}
