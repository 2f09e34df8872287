//! The convention for the names of what models leave without one: a pattern for each kind of
//! object, PostgreSQL's names by default. Pure; it must not know tables, nor where the patterns are
//! written.

/// A kind of object that may have no name in a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nameless {
    /// A check.
    Check,
    /// An exclusion constraint.
    Exclude,
    /// A foreign key.
    ForeignKey,
    /// An index.
    Index,
    /// A primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
}

/// The kinds that the configuration has a pattern for, by their keys.
const KINDS: &[(&str, Nameless)] = &[
    ("check", Nameless::Check),
    ("foreign-key", Nameless::ForeignKey),
    ("index", Nameless::Index),
    ("primary-key", Nameless::PrimaryKey),
    ("unique", Nameless::Unique),
];

impl Nameless {
    /// The kind of this key.
    pub fn of(key: &str) -> Option<Nameless> {
        let found = KINDS.iter().find(|(name, _)| *name == key);
        found.map(|(_, kind)| *kind)
    }

    /// Every key.
    pub fn keys() -> Vec<&'static str> {
        KINDS.iter().map(|(name, _)| *name).collect()
    }

    /// PostgreSQL's pattern; an index gets no name there.
    fn usual(self) -> &'static str {
        match self {
            Nameless::Check => "{table}_{columns}_check",
            Nameless::Exclude => "{table}_{columns}_excl",
            Nameless::ForeignKey => "{table}_{columns}_fkey",
            Nameless::Index => "ix_{table}_{columns}",
            Nameless::PrimaryKey => "{table}_pkey",
            Nameless::Unique => "{table}_{columns}_key",
        }
    }

    /// What a pattern can have.
    pub fn placeholders(self) -> &'static [&'static str] {
        match self {
            Nameless::ForeignKey => PLACEHOLDERS,
            _ => &PLACEHOLDERS[..3],
        }
    }
}

/// Every placeholder, in the order of [`Named::values`].
const PLACEHOLDERS: &[&str] = &["table", "columns", "column", "referred_table"];

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// A placeholder that its kind does not have.
    Unknown(String),
    /// A brace without its other half.
    Open,
    /// It says too little: objects of two tables, or of two columns, would have one name.
    Lacks(&'static str),
}

/// A part of a pattern.
enum Part<'p> {
    Text(&'p str),
    Placeholder(&'p str),
}

fn parts(pattern: &str) -> Result<Vec<Part<'_>>, PatternError> {
    let mut found = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        let inner = rest[at..].strip_prefix('{').ok_or(PatternError::Open)?;
        let end = inner.find(['{', '}']).ok_or(PatternError::Open)?;
        if !inner[end..].starts_with('}') {
            return Err(PatternError::Open);
        }
        found.extend([Part::Text(&rest[..at]), Part::Placeholder(&inner[..end])]);
        rest = &inner[end + 1..];
    }
    found.push(Part::Text(rest));
    Ok(found)
}

/// The patterns that are configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<(Nameless, String)>);

/// What a name is formed of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named<'n> {
    pub(crate) table: &'n str,
    pub(crate) columns: &'n [String],
    /// The table that a foreign key refers to.
    pub(crate) referred: &'n str,
    /// Behind the name, if the others are taken; 0 for nothing.
    pub(crate) number: usize,
}

/// The longest name that all databases take, in bytes: PostgreSQL's.
const LONGEST: usize = 63;

impl Names {
    /// Adds a pattern.
    ///
    /// # Errors
    ///
    /// If it has another placeholder than its kind, or says too little.
    pub fn add(&mut self, kind: Nameless, pattern: &str) -> Result<(), PatternError> {
        let mut used = Vec::new();
        for part in parts(pattern)? {
            if let Part::Placeholder(name) = part {
                if !kind.placeholders().contains(&name) {
                    return Err(PatternError::Unknown(name.to_owned()));
                }
                used.push(name);
            }
        }
        if !used.contains(&"table") {
            return Err(PatternError::Lacks("{table}"));
        }
        if kind == Nameless::Index && !used.contains(&"column") && !used.contains(&"columns") {
            return Err(PatternError::Lacks("{columns}"));
        }
        self.0.push((kind, pattern.to_owned()));
        Ok(())
    }

    /// As the text of a configuration's value: a line for each pattern.
    pub fn text(&self) -> String {
        let line = |(kind, pattern): &(Nameless, String)| {
            let key = KINDS.iter().find(|(_, known)| known == kind);
            format!("{} = {pattern}", key.map_or("", |(key, _)| *key))
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// What [`Names::text`] wrote; `None` for another text.
    pub fn read(text: &str) -> Option<Names> {
        let mut names = Names::default();
        for line in text.lines() {
            let (key, pattern) = line.split_once(" = ")?;
            names.add(Nameless::of(key)?, pattern).ok()?;
        }
        Some(names)
    }

    /// Whether a kind has a pattern of its own.
    pub(crate) fn has(&self, kind: Nameless) -> bool {
        self.0.iter().any(|(known, _)| *known == kind)
    }

    /// A name. Where it is too long, the longest of what it is formed of is cut, as PostgreSQL
    /// does.
    ///
    /// Source: PostgreSQL, `makeObjectName`.
    pub(crate) fn formed(&self, kind: Nameless, of: &Named<'_>) -> String {
        let own = self.0.iter().find(|(known, _)| *known == kind);
        let pattern = own.map_or(kind.usual(), |(_, pattern)| pattern.as_str());
        let Ok(parts) = parts(pattern) else {
            return String::new(); // `add` refuses it
        };
        let mut values = of.values();
        let is_used = |name: &str| {
            parts
                .iter()
                .any(|part| matches!(part, Part::Placeholder(used) if *used == name))
        };
        for (name, value) in PLACEHOLDERS.iter().zip(&mut values) {
            if !is_used(name) {
                value.clear();
            }
        }
        let number = match of.number {
            0 => String::new(),
            number => number.to_string(),
        };
        let mut lengths = values.each_ref().map(String::len);
        loop {
            let cut: Vec<&str> = values
                .iter()
                .zip(lengths)
                .map(|(value, length)| start(value, length))
                .collect();
            let name = written(&parts, &cut);
            if name.len() + number.len() <= LONGEST {
                return name + &number;
            }
            match lengths.iter_mut().max().filter(|longest| **longest > 0) {
                Some(longest) => *longest -= 1,
                None => return start(&name, LONGEST - number.len()).to_owned() + &number,
            }
        }
    }
}

impl Named<'_> {
    fn values(&self) -> [String; 4] {
        [
            self.table.to_owned(),
            self.columns.join("_"),
            self.columns.first().cloned().unwrap_or_default(),
            self.referred.to_owned(),
        ]
    }
}

/// The start of a text, of so many bytes or fewer.
fn start(text: &str, mut length: usize) -> &str {
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    &text[..length]
}

/// A pattern with its values. An empty one goes with the `_` before it.
fn written(parts: &[Part<'_>], values: &[&str]) -> String {
    let mut name = String::new();
    for part in parts {
        match part {
            Part::Text(text) if name.is_empty() => name += text.trim_start_matches('_'),
            Part::Text(text) => name += text,
            Part::Placeholder(placeholder) => {
                let known = PLACEHOLDERS.iter().zip(values);
                let value = known.filter(|(known, _)| *known == placeholder);
                let value: String = value.map(|(_, value)| *value).collect();
                if value.is_empty() && name.ends_with('_') {
                    name.pop();
                }
                name += &value;
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formed(names: &Names, kind: Nameless, table: &str, columns: &[&str]) -> String {
        let columns: Vec<String> = columns.iter().map(|one| (*one).to_owned()).collect();
        names.formed(
            kind,
            &Named {
                table,
                columns: &columns,
                referred: "teams",
                number: 0,
            },
        )
    }

    #[test]
    fn names_are_those_of_postgres() {
        for (table, columns, kind, expected) in [
            ("users", &["email"][..], Nameless::Unique, "users_email_key"),
            ("users", &["a", "b"], Nameless::Unique, "users_a_b_key"),
            ("users", &[], Nameless::Check, "users_check"),
            ("users", &["id"], Nameless::PrimaryKey, "users_pkey"),
            (
                "a_table_with_a_name_that_is_long_enough_to_be_cut",
                &["a_column_with_a_long_name"],
                Nameless::ForeignKey,
                "a_table_with_a_name_that_is_long_a_column_with_a_long_name_fkey",
            ),
        ] {
            let name = formed(&Names::default(), kind, table, columns);
            assert!(name.len() <= LONGEST, "{name}");
            assert_eq!(name, expected);
        }
    }

    #[test]
    fn names_of_a_pattern() {
        let mut names = Names::default();
        for (key, pattern) in [
            ("unique", "uq_{table}_{columns}"),
            ("foreign-key", "fk_{table}_{column}_{referred_table}"),
            ("check", "ck_{table}_{columns}"),
            ("index", "{columns}_of_{table}"),
        ] {
            names.add(Nameless::of(key).unwrap(), pattern).unwrap();
        }
        assert_eq!(Names::read(&names.text()).as_ref(), Some(&names));
        for (kind, columns, expected) in [
            (Nameless::Unique, &["a", "b"][..], "uq_users_a_b"),
            (Nameless::ForeignKey, &["a", "b"], "fk_users_a_teams"),
            (Nameless::Check, &[], "ck_users"),
            (Nameless::Index, &["a"], "a_of_users"),
            (Nameless::PrimaryKey, &["a"], "users_pkey"),
        ] {
            assert_eq!(formed(&names, kind, "users", columns), expected);
        }
        let table = "täble".repeat(20);
        let name = formed(&names, Nameless::ForeignKey, &table, &["column"]);
        assert!(name.ends_with("_column_teams") && name.len() <= LONGEST);
        let named = Named {
            table: &table,
            number: 12,
            ..Named::default()
        };
        let name = names.formed(Nameless::Check, &named);
        assert!(name.ends_with("12") && name.len() <= LONGEST, "{name}");
        let mut long = Names::default();
        let pattern = format!("{}{{table}}", "x".repeat(100));
        long.add(Nameless::Unique, &pattern).unwrap();
        assert_eq!(formed(&long, Nameless::Unique, "t", &[]), "x".repeat(63));
    }

    #[test]
    fn patterns_that_say_too_little_or_too_much() {
        use PatternError::{Lacks, Open, Unknown};
        for (key, pattern, error) in [
            ("unique", "uq_{tabel}", Unknown("tabel".to_owned())),
            (
                "unique",
                "{table}_{referred_table}",
                Unknown("referred_table".to_owned()),
            ),
            ("check", "{table}_{name}", Unknown("name".to_owned())),
            ("check", "{table", Open),
            ("check", "table}", Open),
            ("check", "{{table}}", Open),
            ("primary-key", "pk", Lacks("{table}")),
            ("index", "ix_{table}", Lacks("{columns}")),
        ] {
            let kind = Nameless::of(key).unwrap();
            let refused = Names::default().add(kind, pattern);
            assert_eq!(refused, Err(error), "{pattern}");
        }
    }
}
