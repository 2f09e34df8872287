//! What a `#[cfg(…)]` means for a declaration: always there, never there, there for some databases,
//! or a condition that models do not have. It must not know what is declared.

use proc_macro2::{TokenStream, TokenTree};

use super::items::{Value, items, key, text};

/// The meaning of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cfg {
    /// It always holds.
    Always,
    /// It never holds where a program is built.
    Never,
    /// It holds for these databases.
    Only(Vec<String>),
    /// It is about something else.
    Other,
}

impl Cfg {
    /// The meaning of what is in `cfg(…)`.
    pub(crate) fn of(condition: TokenStream) -> Cfg {
        match items(condition).as_slice() {
            [item] => one(item),
            _ => Cfg::Other,
        }
    }

    /// Both conditions.
    pub(crate) fn and(self, other: Cfg) -> Cfg {
        match (self, other) {
            (Cfg::Never, _) | (_, Cfg::Never) => Cfg::Never,
            (Cfg::Always, other) | (other, Cfg::Always) => other,
            (Cfg::Other, _) | (_, Cfg::Other) => Cfg::Other,
            (Cfg::Only(mut one), Cfg::Only(other)) => {
                one.retain(|name| other.contains(name));
                if one.is_empty() {
                    Cfg::Never
                } else {
                    Cfg::Only(one)
                }
            }
        }
    }

    fn or(self, other: Cfg) -> Cfg {
        match (self, other) {
            (Cfg::Always, _) | (_, Cfg::Always) => Cfg::Always,
            (Cfg::Never, other) | (other, Cfg::Never) => other,
            (Cfg::Other, _) | (_, Cfg::Other) => Cfg::Other,
            (Cfg::Only(mut one), Cfg::Only(other)) => {
                let more = other.into_iter().filter(|name| !one.contains(name));
                let more: Vec<String> = more.collect();
                one.extend(more);
                Cfg::Only(one)
            }
        }
    }
}

fn one(item: &[TokenTree]) -> Cfg {
    let Some((word, value)) = key(item) else {
        return Cfg::Other;
    };
    match (word.text.as_str(), value) {
        ("test" | "doctest" | "false", Value::None) => Cfg::Never,
        ("true", Value::None) => Cfg::Always,
        ("feature", Value::Equals(value)) => feature(&text(value).unwrap_or_default()),
        ("any", Value::Arguments(group)) => {
            let parts = items(group.stream());
            let parts = parts.iter().map(|item| one(item));
            parts.fold(Cfg::Never, Cfg::or)
        }
        ("all", Value::Arguments(group)) => {
            let parts = items(group.stream());
            let parts = parts.iter().map(|item| one(item));
            parts.fold(Cfg::Always, Cfg::and)
        }
        ("not", Value::Arguments(group)) => match Cfg::of(group.stream()) {
            Cfg::Never => Cfg::Always,
            Cfg::Always => Cfg::Never,
            _ => Cfg::Other,
        },
        _ => Cfg::Other,
    }
}

fn feature(name: &str) -> Cfg {
    let names: &[&str] = match name {
        "sqlite" => &["sqlite"],
        "postgres" => &["postgres"],
        // diesel's feature is for both
        "mysql" => &["mysql", "mariadb"],
        "mariadb" => &["mariadb"],
        _ => return Cfg::Other,
    };
    Cfg::Only(names.iter().map(|&name| name.to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions() {
        let only = |names: &[&str]| Cfg::Only(names.iter().map(|&name| name.to_owned()).collect());
        for (condition, expected) in [
            ("test", Cfg::Never),
            ("any()", Cfg::Never),
            ("all()", Cfg::Always),
            ("not(test)", Cfg::Always),
            ("unix", Cfg::Other),
            ("feature = \"postgres\"", only(&["postgres"])),
            ("feature = \"mysql\"", only(&["mysql", "mariadb"])),
            (
                "any(feature = \"sqlite\", feature = \"postgres\")",
                only(&["sqlite", "postgres"]),
            ),
            (
                "all(feature = \"sqlite\", feature = \"postgres\")",
                Cfg::Never,
            ),
            ("all(not(test), feature = \"sqlite\")", only(&["sqlite"])),
            ("not(feature = \"sqlite\")", Cfg::Other),
            ("feature = \"chrono\"", Cfg::Other),
            ("a, b", Cfg::Other),
        ] {
            assert_eq!(Cfg::of(condition.parse().unwrap()), expected, "{condition}");
        }
    }
}
