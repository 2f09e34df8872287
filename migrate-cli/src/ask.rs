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

fn is_yes(line: &str) -> bool {
    ["y", "yes"].contains(&line.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

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
