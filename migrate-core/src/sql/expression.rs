//! Normalizes an expression of MySQL or MariaDB: drops what the server adds or removes when it
//! stores it. Pure.

use super::lexer::{Kind, pieces};
use super::{Dialect, tokens, unquoted};
use crate::dialect::BackendKind;

/// The expression in lower case, without white space, parentheses, quotes around names and
/// character sets; text in single quotes stays unchanged.
pub(crate) fn plain(expression: &str) -> String {
    let mut text = String::with_capacity(expression.len());
    let mut tokens = tokens(expression, BackendKind::Mysql).peekable();
    while let Some(token) = tokens.next() {
        let is_name = token.starts_with(['`', '"']);
        let string = token.find('\'').filter(|_| !is_name);
        let (word, string) = token.split_at(string.unwrap_or(token.len()));
        let is_before_string =
            !string.is_empty() || tokens.peek().is_some_and(|next| next.starts_with('\''));
        if !(matches!(word, "(" | ")" | "\\") || word == "_utf8mb4" && is_before_string) {
            text.push_str(&unquoted(word).to_lowercase());
        }
        // the catalogue escapes a quote with a backslash
        text.push_str(&string.replace("\\'", "''"));
    }
    text.replace("!=", "<>")
}

/// Words that are operators, or part of one.
const OPERATORS: &[&str] = &[
    "and", "between", "binary", "case", "collate", "div", "in", "interval", "is", "like", "mod",
    "not", "or", "regexp", "rlike", "xor",
];

/// Whether an expression has at most one operator, so that its parentheses mean nothing.
pub(crate) fn is_simple(expression: &str) -> bool {
    let (mut signs, mut was_sign) = (0, false);
    for piece in pieces(expression, Dialect::of(BackendKind::Mysql)) {
        let text = &expression[piece.span];
        if OPERATORS.contains(&text.to_lowercase().as_str()) {
            return false;
        }
        let is_sign = piece.kind == Kind::Sign && !matches!(text, "(" | ")" | "," | ".");
        signs += usize::from(is_sign && !was_sign);
        was_sign = is_sign;
    }
    signs <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_the_same_however_a_server_writes_it() {
        for (one, other) in [
            ("(`stars` >= 0)", "stars>=0"),
            ("(`a` <> _utf8mb4'x Y')", "a <> 'x Y'"),
            ("a != 'it''s'", "\"a\" <> 'it''s'"),
            (r"(`a` <> _utf8mb4'it\'s')", "a <> 'it''s'"),
        ] {
            assert_eq!(plain(one), plain(other), "{one}");
        }
        assert_ne!(plain("a > 0"), plain("a > 1"));
        assert_ne!(plain("a = 'X'"), plain("a = 'x'"));
        assert_eq!(plain("'not ended"), "'not ended");
    }

    #[test]
    fn parentheses_say_nothing_of_one_operator() {
        for simple in ["stars >= 0", "(a <> 'x - or')", "f(a, b) > c", "a"] {
            assert!(is_simple(simple), "{simple}");
        }
        for other in ["id * n - 3 > 0", "a or b", "a IS NULL", "not a > 0"] {
            assert!(!is_simple(other), "{other}");
        }
    }
}
