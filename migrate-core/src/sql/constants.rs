//! The names and constants of an expression, such as a check: what values may be tried that
//! satisfy it. Pure.

use super::tokens::{is_string, is_word};
use super::{tokens, unquoted};
use crate::dialect::BackendKind;

/// What an expression names, and the constants in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constants {
    /// Its words and names in lower case: columns, functions, operators.
    pub names: Vec<String>,
    /// Its numbers, as spelled.
    pub numbers: Vec<String>,
    /// Its texts.
    pub texts: Vec<String>,
}

/// The names and constants of an expression.
#[must_use]
pub fn constants(expression: &str, backend: BackendKind) -> Constants {
    let mut found = Constants::default();
    let mut was_minus = false;
    for token in tokens(expression, backend) {
        let is_number = token.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.');
        if is_string(token, false) {
            // with a character set or a prefix before it, as the servers write it
            let begin = token.find('\'').unwrap_or_default();
            found.texts.push(unquoted(&token[begin..]));
        } else if is_number && token != "." {
            let minus = if was_minus { "-" } else { "" };
            found.numbers.push(format!("{minus}{token}"));
        } else if is_word(token) || token.starts_with(['"', '`', '[']) {
            found.names.push(unquoted(token).to_lowercase());
        }
        was_minus = token == "-";
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_constants_are_told_apart() {
        let found = constants(
            "\"Age\" >= -5 AND (a = 'it''s' OR `b` IN (_utf8mb4'x', 1.5))",
            BackendKind::Mysql,
        );
        assert_eq!(found.numbers, ["-5", "1.5"]);
        assert_eq!(found.texts, ["it's", "x"]);
        for name in ["a", "b", "in"] {
            assert!(found.names.iter().any(|found| found == name), "{found:?}");
        }
        let broken = constants("a > 'x", BackendKind::Postgres);
        assert_eq!(broken.names, ["a"]);
    }
}
