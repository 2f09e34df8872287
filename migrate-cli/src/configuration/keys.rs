//! Every key of the configuration, one line each: its flag, its variable, what it can be, its
//! default. Pure; where a value is found is [`super`]'s business, and what it does is its user's.

use std::time::Duration;

use serde_json::Value;

use super::names::{Nameless, Names};

/// A key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name in a manifest.
    pub name: &'static str,
    /// What it can be.
    pub kind: Kind,
    /// The option that gives it, if there is one.
    pub flag: Option<&'static str>,
    /// The variable that gives it, also in `.env`, if there is one.
    pub variable: Option<&'static str>,
    /// The default value.
    pub default: Option<&'static str>,
    /// Whether the compiler reads it too: then it is the same in each environment.
    pub compiled: bool,
    /// Whether a named history inherits it from the workspace.
    pub inherited: bool,
}

/// What a key can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// The URL of a database: never shown as it is.
    Url,
    /// A number of seconds.
    Seconds,
    /// A whole number.
    Number,
    /// Yes or no.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Several texts; as one text, they are its lines.
    List,
    /// A table of patterns for names, as [`names::Names`](super::names::Names) writes it.
    Names,
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident = $key:expr;)*) => {
        $($(#[$doc])* pub const $name: Key = $key;)*

        /// Every key, in the order in which they are shown.
        pub const KEYS: &[Key] = &[$($name),*];
    };
}

// A new key is a line here, and `Context::value` where it is used.
keys! {
    /// Whether `reset` may drop everything.
    ALLOW_RESET = Key::new("allow-reset", Kind::Switch).own();
    /// PostgreSQL: whether generated indexes are created while their tables are in use.
    CONCURRENTLY = Key::new("concurrently", Kind::Switch).default("false");
    /// The database.
    DATABASE_URL = Key::new("database-url", Kind::Url).flag("--database-url").variable("DATABASE_URL").own();
    /// The variable that names the database, instead of `DATABASE_URL`.
    DATABASE_URL_VARIABLE = Key::new("database-url-variable", Kind::Text).own();
    /// The folder of a package's revisions.
    DIRECTORY = Key::new("directory", Kind::Text).default("migrations").compiled();
    /// Whether documentation comments of models are comments of the database.
    DOCS_ARE_COMMENTS = Key::new("docs-are-comments", Kind::Switch).default("false");
    /// What does not belong to a schema.
    EXCLUDE = Key::new("exclude", Kind::List);
    /// Aspects that are not compared.
    IGNORE = Key::new("ignore", Kind::List);
    /// Which tables and views belong to a schema; all, if it is empty.
    INCLUDE = Key::new("include", Kind::List);
    /// Retries of a revision after a lock timeout or deadlock.
    LOCK_RETRIES = Key::new("lock-retries", Kind::Number).flag("--lock-retries").variable("MIGRATE_LOCK_RETRIES").default("5");
    /// How long to wait for another process.
    LOCK_TIMEOUT = Key::new("lock-timeout", Kind::Seconds).flag("--lock-timeout").variable("MIGRATE_LOCK_TIMEOUT").default("60");
    /// The source files that declare tables; by default what diesel's command line writes, or
    /// `src/schema.rs`.
    MODELS = Key::new("models", Kind::List);
    /// Whether a history may end in several heads.
    MULTIPLE_HEADS = Key::new("multiple-heads", Kind::Choice(&["refuse", "allow"])).default("refuse").compiled();
    /// What is named that models do not name.
    NAMES = Key::new("names", Kind::Names);
    /// PostgreSQL: whether generated foreign keys and checks leave out the rows that are there,
    /// until a second revision validates them.
    NOT_VALID = Key::new("not-valid", Kind::Switch).default("false");
    /// Whether `up` refuses to run if an applied revision's checksum has changed.
    REFUSE_EDITED = Key::new("refuse-edited", Kind::Switch).flag("--refuse-edited").variable("MIGRATE_REFUSE_EDITED").default("false");
    /// PostgreSQL: the schemas that belong to a state, instead of the current one.
    SCHEMAS = Key::new("schemas", Kind::List);
    /// Where scratch databases may be made.
    SCRATCH = Key::new("scratch", Kind::Choice(&["beside", "never"])).default("beside");
    /// The server for scratch databases, as the URL of a database on it.
    SCRATCH_URL = Key::new("scratch-url", Kind::Url).flag("--scratch-url").variable("MIGRATE_SCRATCH_URL").own();
    /// SQL files that declare what `table!` cannot: views, triggers, functions.
    SQL = Key::new("sql", Kind::List);
    /// How long a statement waits for a database lock; by default, the database's setting.
    STATEMENT_LOCK_TIMEOUT = Key::new("statement-lock-timeout", Kind::Seconds).flag("--statement-lock-timeout").variable("MIGRATE_STATEMENT_LOCK_TIMEOUT");
    /// How long a statement may take; by default, the database's setting.
    STATEMENT_TIMEOUT = Key::new("statement-timeout", Kind::Seconds).flag("--statement-timeout").variable("MIGRATE_STATEMENT_TIMEOUT");
    /// The databases on which the history is tested.
    TEST_BACKENDS = Key::new("test.backends", Kind::List);
    /// A database of MariaDB, beside which tests make scratch databases.
    TEST_MARIADB_URL = Key::new("test.mariadb-url", Kind::Url).variable("MIGRATE_TEST_MARIADB_URL");
    /// The same of MySQL.
    TEST_MYSQL_URL = Key::new("test.mysql-url", Kind::Url).variable("MIGRATE_TEST_MYSQL_URL");
    /// The same of PostgreSQL.
    TEST_POSTGRES_URL = Key::new("test.postgres-url", Kind::Url).variable("MIGRATE_TEST_POSTGRES_URL");
}

impl Key {
    const fn new(name: &'static str, kind: Kind) -> Key {
        Key {
            name,
            kind,
            flag: None,
            variable: None,
            default: None,
            compiled: false,
            inherited: true,
        }
    }

    const fn flag(self, flag: &'static str) -> Key {
        Key {
            flag: Some(flag),
            ..self
        }
    }

    const fn variable(self, variable: &'static str) -> Key {
        Key {
            variable: Some(variable),
            ..self
        }
    }

    const fn default(self, default: &'static str) -> Key {
        Key {
            default: Some(default),
            ..self
        }
    }

    const fn compiled(self) -> Key {
        Key {
            compiled: true,
            ..self
        }
    }

    const fn own(self) -> Key {
        Key {
            inherited: false,
            ..self
        }
    }

    /// The key of this name.
    pub fn named(name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// An example of it in a manifest.
    pub fn example(&self) -> String {
        match self.kind {
            Kind::Text if self.name == DIRECTORY.name => "directory = \"migrations\"".to_owned(),
            Kind::Text => format!("{} = \"REPORTS_DATABASE_URL\"", self.name),
            Kind::Url => format!("{} = \"app.db\"", self.name),
            Kind::Seconds => format!("{} = 60", self.name),
            Kind::Number => format!("{} = 5", self.name),
            Kind::List if self.name == TEST_BACKENDS.name => {
                format!("{} = [\"sqlite\"]", self.name)
            }
            Kind::List => format!("{} = [\"audit_*\"]", self.name),
            Kind::Names => format!(
                "{} = {{ unique = \"uq_{{table}}_{{columns}}\" }}",
                self.name
            ),
            Kind::Switch => format!("{} = true", self.name),
            Kind::Choice(words) => {
                format!("{} = \"{}\"", self.name, words.last().unwrap_or(&""))
            }
        }
    }
}

impl Kind {
    /// Whether a text can be a value of this kind.
    pub fn allows(self, text: &str) -> bool {
        match self {
            Kind::Text | Kind::Url | Kind::List => !text.trim().is_empty(),
            Kind::Seconds => seconds(text).is_ok(),
            Kind::Number => text.parse::<u32>().is_ok(),
            Kind::Switch => ["true", "false"].contains(&text),
            Kind::Choice(words) => words.contains(&text),
            Kind::Names => Names::read(text).is_some(),
        }
    }

    /// What a value has to be, in words.
    pub fn expected(self) -> String {
        match self {
            Kind::Text | Kind::Url => "a string that is not empty".to_owned(),
            Kind::List => "a list of strings".to_owned(),
            Kind::Names => "a table of strings".to_owned(),
            Kind::Seconds => "a number of seconds, such as 60 or 0.5".to_owned(),
            Kind::Number => "a whole number, such as 5".to_owned(),
            Kind::Switch => "`true` or `false`".to_owned(),
            Kind::Choice(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                quoted.join(" or ")
            }
        }
    }

    /// A manifest's value as text; `None` where it is not of this kind.
    pub fn text_of(self, value: &Value) -> Option<String> {
        let text = match (self, value) {
            (Kind::Seconds | Kind::Number, Value::Number(number)) => number.to_string(),
            (Kind::Switch, Value::Bool(switch)) => switch.to_string(),
            (Kind::Text | Kind::Url | Kind::Choice(_), Value::String(text)) => text.clone(),
            (Kind::List, Value::Array(texts)) => {
                let texts: Option<Vec<&str>> = texts.iter().map(Value::as_str).collect();
                texts?.join("\n")
            }
            (Kind::Names, Value::Object(patterns)) => {
                let mut names = Names::default();
                for (key, pattern) in patterns {
                    names.add(Nameless::of(key)?, pattern.as_str()?).ok()?;
                }
                names.text()
            }
            _ => return None,
        };
        self.allows(&text).then_some(text)
    }
}

/// The longest timeout: a hundred years, which every clock can add to the present time.
const LONGEST_WAIT: f64 = 100.0 * 365.0 * 24.0 * 3600.0;

/// Reads a number of seconds, whole or not.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| (0.0..=LONGEST_WAIT).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "expected a number of seconds, such as 60 or 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_is_sound() {
        for (index, key) in KEYS.iter().enumerate() {
            assert_eq!(Key::named(key.name), Some(key));
            assert!(
                KEYS[..index].iter().all(|other| other.name != key.name),
                "{}",
                key.name
            );
            assert!(
                key.default.is_none_or(|default| key.kind.allows(default)),
                "{}",
                key.name
            );
            assert!(
                key.name != LOCK_RETRIES.name
                    || key.default == Some(&migrate_core::migrator::LOCK_RETRIES.to_string()),
                "the library and the command line try as often"
            );
            assert!(
                !(key.compiled && (key.flag.is_some() || key.variable.is_some())),
                "{}: the compiler sees no flag",
                key.name
            );
        }
    }

    #[test]
    fn values_of_each_kind() {
        for (kind, value, text) in [
            (Kind::Text, json!("a"), Some("a")),
            (Kind::Text, json!(" "), None),
            (Kind::Text, json!(1), None),
            (Kind::Seconds, json!(5), Some("5")),
            (Kind::Seconds, json!(0.5), Some("0.5")),
            (Kind::Seconds, json!(-1), None),
            (Kind::Seconds, json!("5"), None),
            (Kind::Number, json!(5), Some("5")),
            (Kind::Number, json!(0.5), None),
            (Kind::Number, json!(-1), None),
            (Kind::Switch, json!(true), Some("true")),
            (Kind::Switch, json!("true"), None),
            (Kind::Choice(&["a", "b"]), json!("b"), Some("b")),
            (Kind::Choice(&["a", "b"]), json!("c"), None),
            (Kind::List, json!(["a", "b"]), Some("a\nb")),
            (Kind::List, json!(["a", 1]), None),
            (Kind::List, json!("a"), None),
            (
                Kind::Names,
                json!({"unique": "uq_{table}", "check": "ck_{table}"}),
                Some("check = ck_{table}\nunique = uq_{table}"),
            ),
            (Kind::Names, json!({"unique": "uq"}), None),
            (Kind::Names, json!({"uniqe": "uq_{table}"}), None),
        ] {
            assert_eq!(kind.text_of(&value).as_deref(), text, "{kind:?} {value}");
        }
    }
}
