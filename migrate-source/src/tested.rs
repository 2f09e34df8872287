//! What manifests say about tests of a history: `[package.metadata.migrate.test]`, and that of the
//! workspace. Pure; must not know what a rung does.

use toml::Value;

use super::config::Config;
use super::library::package_named;
use super::manifest::Manifest;

/// The rungs of the ladder that need no source but the history, in their order.
pub const RUNGS: &[&str] = &[
    "graph",
    "up",
    "stairway",
    "down",
    "rows",
    "full-tables",
    "orders",
    "scripts",
    "resume",
];

/// The databases that can be listed.
const BACKENDS: [&str; 4] = ["sqlite", "postgres", "mysql", "mariadb"];

/// The package with the ladder.
const COMMANDS: &str = "migrate-cli";

/// What manifests say about tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// The databases; SQLite, where none is listed.
    pub backends: Vec<String>,
    /// The values that a test needs, by the names of their keys: `test.postgres-url`.
    pub values: Vec<(String, String)>,
    /// The URLs of the application's databases.
    pub databases: Vec<String>,
    /// By which name the package calls the library with the ladder; `None` where it does not
    /// depend on it.
    pub commands: Option<String>,
    /// What is written there but cannot be used.
    pub problem: Option<String>,
}

impl Tested {
    /// Reads the sections of a package's manifest and of its workspace's.
    ///
    /// ```
    /// use migrate_source::{Manifest, Tested};
    /// let package = Manifest::parse("[package.metadata.migrate.test]\nbackends = ['postgres']");
    /// assert_eq!(Tested::read(&package, None).backends, ["postgres"]);
    /// assert_eq!(Tested::read(&Manifest::default(), None).backends, ["sqlite"]);
    /// ```
    #[must_use]
    pub fn read(package: &Manifest, workspace: Option<&Manifest>) -> Tested {
        let history = Config::read(package, workspace).history;
        let section = ["workspace", "metadata", "migrate"];
        let find = |key: &[&str]| {
            let of_history = [&section[..], &["histories", &*history], key].concat();
            let of_workspace = [&section[..], key].concat();
            let shared = || {
                workspace?
                    .get(&of_history)
                    .or_else(|| workspace?.get(&of_workspace))
            };
            let own = [&["package", "metadata", "migrate"], key].concat();
            package.get(&own).or_else(shared)
        };
        let mut tested = Tested {
            commands: package_named(package, workspace, COMMANDS),
            ..Tested::default()
        };
        tested.read_backends(find(&["test", "backends"]));
        let keys: [&[&str]; 6] = [
            &["test", "postgres-url"],
            &["test", "mysql-url"],
            &["test", "mariadb-url"],
            &["multiple-heads"],
            &["database-url"],
            &["database-url-variable"],
        ];
        for key in keys {
            if let Some(text) = find(key).and_then(Value::as_str) {
                tested.values.push((key.join("."), text.to_owned()));
            }
        }
        let tables = [package.table(&["package", "metadata", "migrate"])];
        let shared = workspace.and_then(|workspace| workspace.table(&section));
        for table in tables.into_iter().chain([shared]).flatten() {
            collect(table, &mut tested.databases);
        }
        tested.databases.sort();
        tested.databases.dedup();
        tested
    }

    fn read_backends(&mut self, value: Option<&Value>) {
        let Some(value) = value else {
            self.backends.push("sqlite".to_owned());
            return;
        };
        let names = value.as_array().map(|list| {
            let names = list.iter().map(|name| name.as_str().unwrap_or_default());
            names.collect::<Vec<_>>()
        });
        match names {
            Some(names)
                if names.iter().all(|name| BACKENDS.contains(name)) && !names.is_empty() =>
            {
                self.backends = names.into_iter().map(str::to_owned).collect();
            }
            _ => {
                let quoted = BACKENDS.map(|name| format!("\"{name}\""));
                self.problem = Some(format!(
                    "`backends` in `[package.metadata.migrate.test]` must be a list of {}",
                    quoted.join(", ")
                ));
            }
        }
    }
}

/// The URLs of databases in a section and the tables in it.
fn collect(table: &toml::Table, found: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            Value::String(url) if key == "database-url" => found.push(url.clone()),
            Value::Table(table) => collect(table, found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_goes_before_the_workspace() {
        let workspace = Manifest::parse(
            "[workspace.metadata.migrate]\ndatabase-url = 'w'\ntest = { backends = ['mysql'], mysql-url = 'm' }",
        );
        let package = Manifest::parse(
            "[package.metadata.migrate]\ntest.backends = ['sqlite', 'postgres']\n\
             environments.production.database-url = 'p'\n[dev-dependencies]\nmigrate-cli = '1'",
        );
        let tested = Tested::read(&package, Some(&workspace));
        assert_eq!(tested.backends, ["sqlite", "postgres"]);
        assert_eq!(tested.databases, ["p", "w"]);
        assert_eq!(tested.commands.as_deref(), Some("migrate-cli"));
        let values: Vec<&str> = tested.values.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(values, ["test.mysql-url", "database-url"]);
        assert_eq!(
            Tested::read(&Manifest::default(), Some(&workspace)).backends,
            ["mysql"]
        );
    }

    #[test]
    fn what_is_no_list_of_databases() {
        for text in ["'sqlite'", "['oracle']", "[]", "[1]"] {
            let package = format!("package.metadata.migrate.test.backends = {text}");
            let tested = Tested::read(&Manifest::parse(&package), None);
            assert!(
                tested.problem.is_some() && tested.backends.is_empty(),
                "{text}"
            );
        }
    }
}
