//! Values that may satisfy a check: the constants of its expression, numbers beside them, texts
//! that a pattern takes. Pure; it does not evaluate the expression.

use migrate_core::engine::backend::BackendKind;
use migrate_core::engine::sql::{Constants, constants};
use migrate_core::schema::{Sql, Type, Value};

use super::values::length;

/// The longest text that is made because a check has its length.
const LONGEST: usize = 1000;

/// What a check says.
pub(super) struct Hints {
    found: Constants,
    text: String,
}

impl Hints {
    /// Those of an expression.
    pub(super) fn of(expression: &Sql, kind: BackendKind) -> Hints {
        let text = expression.text(kind);
        Hints {
            found: constants(text, kind),
            text: text.to_lowercase(),
        }
    }

    /// Whether it is about a column.
    pub(super) fn names(&self, column: &str) -> bool {
        self.found.names.contains(&column.to_lowercase())
    }

    /// Values for a column that it names.
    pub(super) fn values(&self, ty: &Type) -> Vec<Value> {
        let mut values = Vec::new();
        let is_text = length(ty).is_some() || matches!(ty, Type::Other(_));
        let is_json = matches!(ty, Type::Json | Type::Jsonb);
        if (is_text || is_json) && self.text.contains("json") {
            values.extend(["{}", "[]"].map(Value::from));
        }
        for text in &self.found.texts {
            values.push(Value::Text(text.clone()));
            values.push(Value::Text(matching(text)));
            values.push(Value::Text(text.replace('%', "a").replace('_', "b")));
        }
        for number in &self.found.numbers {
            match number.parse::<i64>() {
                Ok(number) if is_text => values.extend(long(number)),
                Ok(number) => {
                    let near = [number, number.saturating_add(1), number.saturating_sub(1)];
                    values.extend(near.map(Value::Integer));
                }
                Err(_) if !is_text => values.push(Value::Text(number.clone())),
                Err(_) => {}
            }
        }
        let mut different: Vec<Value> = Vec::new();
        for value in values {
            if !different.contains(&value) {
                different.push(value);
            }
        }
        different
    }
}

/// Texts of this length, and of one more and one less.
fn long(length: i64) -> Vec<Value> {
    let Ok(length) = usize::try_from(length) else {
        return Vec::new();
    };
    let lengths = [length, length + 1, length.saturating_sub(1)];
    let lengths = lengths.into_iter().filter(|length| *length <= LONGEST);
    lengths
        .map(|length| Value::Text("a".repeat(length)))
        .collect()
}

/// A text that a regular expression matches, where it is a simple one.
fn matching(pattern: &str) -> String {
    let signs: Vec<char> = pattern.chars().collect();
    let (mut text, mut at) = (String::new(), 0);
    while let Some(atom) = atom(&signs, &mut at) {
        for _ in 0..times(&signs, &mut at) {
            text.push_str(&atom);
        }
        if text.len() > LONGEST {
            break;
        }
    }
    text
}

/// The next thing that a pattern repeats, as a text that it matches; `None` at the end.
fn atom(signs: &[char], at: &mut usize) -> Option<String> {
    let sign = *signs.get(*at)?;
    *at += 1;
    Some(match sign {
        '^' | '$' => String::new(),
        '.' => "a".to_owned(),
        '\\' => {
            let escaped = signs.get(*at).copied().unwrap_or('\\');
            *at += 1;
            match escaped {
                'd' => "1".to_owned(),
                'w' => "a".to_owned(),
                's' => " ".to_owned(),
                'm' | 'M' | 'y' | 'A' | 'Z' | 'b' => String::new(),
                other => other.to_string(),
            }
        }
        '[' => {
            let end = signs[*at..].iter().skip(1).position(|sign| *sign == ']');
            let end = end.map_or(signs.len(), |end| *at + end + 1);
            let class: String = signs[*at..end].iter().collect();
            *at = (end + 1).min(signs.len().max(*at));
            of_class(&class)
        }
        '(' => {
            let mut depth = 1;
            let begin = *at;
            while depth > 0 && *at < signs.len() {
                match signs[*at] {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    '\\' => *at += 1,
                    _ => {}
                }
                *at += 1;
            }
            let inner = signs
                .get(begin..(*at).saturating_sub(1))
                .unwrap_or_default();
            let inner: String = inner.iter().collect();
            let first = inner.split('|').next().unwrap_or_default();
            matching(first.trim_start_matches("?:"))
        }
        '|' => {
            *at = signs.len(); // the first alternative is enough
            String::new()
        }
        other => other.to_string(),
    })
}

/// A character of a class.
fn of_class(class: &str) -> String {
    if class.starts_with('^') {
        let other = ['a', '1', ' ', '_']
            .into_iter()
            .find(|sign| !class.contains(*sign));
        return other.unwrap_or('é').to_string();
    }
    match class {
        _ if class.starts_with("[:digit") || class.starts_with("\\d") => "1".to_owned(),
        _ if class.starts_with("[:upper") => "A".to_owned(),
        _ if class.starts_with("[:") || class.starts_with("\\w") => "a".to_owned(),
        _ => class
            .chars()
            .find(|sign| *sign != '\\')
            .unwrap_or('a')
            .to_string(),
    }
}

/// How many times an atom comes.
fn times(signs: &[char], at: &mut usize) -> usize {
    match signs.get(*at) {
        Some('+' | '*' | '?') => {
            *at += 1;
            1
        }
        Some('{') => {
            let rest: String = signs[*at + 1..].iter().collect();
            let Some((inner, _)) = rest.split_once('}') else {
                return 1;
            };
            *at += inner.chars().count() + 2;
            let least = inner.split(',').next().unwrap_or_default().parse();
            least
                .unwrap_or(1)
                .clamp(usize::from(inner.contains(',')), LONGEST)
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_gives_a_text_that_it_matches() {
        for (pattern, text) in [
            ("^[a-z]+$", "a"),
            (r"^\d{3}-\d{4}$", "111-1111"),
            ("^(?:red|blue)x?$", "redx"),
            ("^[^@]+@[^@]+\\.[a-z]{2,}$", "a@a.aa"),
            ("^[[:alpha:]]", "a]"),
            ("[", "a"),
            ("(", ""),
            ("a{", "a{"),
            ("\\", "\\"),
            ("[]", "]"),
        ] {
            assert_eq!(matching(pattern), text, "{pattern}");
        }
    }

    #[test]
    fn the_constants_of_a_check_are_tried() {
        let hints = Hints::of(&"age BETWEEN 18 AND 99".into(), BackendKind::Sqlite);
        assert!(hints.names("Age") && !hints.names("name"));
        let values = hints.values(&Type::Integer);
        assert!(values.contains(&Value::Integer(18)) && values.contains(&Value::Integer(98)));
        let hints = Hints::of(
            &"length(code) = 3 AND code LIKE '%-%'".into(),
            BackendKind::Sqlite,
        );
        let values = hints.values(&Type::Text);
        assert!(values.contains(&Value::from("aaa")) && values.contains(&Value::from("a-a")));
    }
}
