//! An expression without what servers add to it or take away when they write it down. Pure.

/// The expression in small letters, without white space, parentheses, quotes around names and character sets;
/// what is between single quotes stays as it is.
pub(crate) fn plain(expression: &str) -> String {
    let mut text = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (quoted, after) = string(rest);
            text.push_str(&quoted);
            rest = after;
        } else if let Some(after) = rest
            .strip_prefix("_utf8mb4")
            .filter(|after| after.trim_start().starts_with(['\'', '\\']))
        {
            rest = after;
        } else {
            match first {
                '\\' | '`' | '"' | '(' | ')' => {}
                _ if first.is_whitespace() => {}
                _ => text.extend(first.to_lowercase()),
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    text.replace("!=", "<>")
}

/// Words that are operators, or part of one.
const OPERATORS: &[&str] = &[
    "and", "between", "binary", "case", "collate", "div", "in", "interval", "is", "like", "mod",
    "not", "or", "regexp", "rlike", "xor",
];

/// Whether an expression has at most one operator, so that its parentheses say nothing.
pub(crate) fn is_simple(expression: &str) -> bool {
    let is_sign = |c: char| !(c.is_alphanumeric() || c.is_whitespace() || "_`'\"(),.".contains(c));
    let mut words = expression.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let signs = expression
        .split(|c| !is_sign(c))
        .filter(|signs| !signs.is_empty());
    !words.any(|word| OPERATORS.contains(&word.to_lowercase().as_str())) && signs.count() <= 1
}

/// A text between quotes, with them, and what follows it. A backslash before a quote is the catalogue's.
fn string(text: &str) -> (String, &str) {
    let mut quoted = String::from("'");
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' if characters.next_if(|(_, next)| *next == '\'').is_some() => {
                quoted.push_str("''");
            }
            '\'' => {
                quoted.push('\'');
                return (quoted, &text[at + 1..]);
            }
            '\\' if text[at + 1..].starts_with('\'') => {
                characters.next();
                quoted.push_str("''");
            }
            other => quoted.push(other),
        }
    }
    (quoted, "")
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
        ] {
            assert_eq!(plain(one), plain(other), "{one}");
        }
        assert_ne!(plain("a > 0"), plain("a > 1"));
        assert_ne!(plain("a = 'X'"), plain("a = 'x'"));
        assert_eq!(plain("'not ended"), "'not ended");
    }

    #[test]
    fn parentheses_say_nothing_of_one_operator() {
        for simple in ["stars >= 0", "(a <> 'x')", "f(a, b) > c", "a"] {
            assert!(is_simple(simple), "{simple}");
        }
        for other in ["id * n - 3 > 0", "a or b", "a IS NULL", "not a > 0"] {
            assert!(!is_simple(other), "{other}");
        }
    }
}
