//! A yes-or-no question at the terminal. The only place that reads stdin.

use std::io::{self, BufRead, IsTerminal};

/// Whether stdin and stderr are terminals: the question is shown on stderr, and the answer read
/// from stdin.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Reads the answer: only `y` and `yes` mean yes.
pub(super) fn answer() -> bool {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).is_ok() && is_yes(&line)
}

/// Reads an answer of three: an empty line and `y` mean yes, `n` means no, and all else ends the
/// questions.
pub(super) fn choice() -> Option<bool> {
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(0) | Err(_) => None, // the end of the input
        Ok(_) => choice_of(&line),
    }
}

fn choice_of(line: &str) -> Option<bool> {
    match line.trim().to_ascii_lowercase().as_str() {
        "" | "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

fn is_yes(line: &str) -> bool {
    ["y", "yes"].contains(&line.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_line_takes_the_default_and_q_ends_it() {
        for (line, choice) in [
            ("\n", Some(true)),
            ("Y\n", Some(true)),
            ("no\n", Some(false)),
            ("q\n", None),
            ("maybe\n", None),
        ] {
            assert_eq!(choice_of(line), choice, "{line:?}");
        }
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        for (line, yes) in [
            ("y\n", true),
            (" YES \r\n", true),
            ("\n", false),
            ("", false),
            ("no\n", false),
            ("yesterday\n", false),
        ] {
            assert_eq!(is_yes(line), yes, "{line:?}");
        }
    }
}
