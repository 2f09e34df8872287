//! What is read from a section, and what is said of mistakes in it.

use super::*;
use serde_json::json;

fn package(section: &Value) -> Result<Settings, SettingsError> {
    Settings::of_package(section, Path::new("/p/Cargo.toml"), &Lines::default())
}

fn workspace(section: &Value) -> Result<Settings, SettingsError> {
    Settings::of_workspace(section, Path::new("/w/Cargo.toml"), &Lines::default())
}

fn texts(values: &Values) -> Vec<(&str, &str)> {
    let texts = values.iter();
    texts
        .map(|(key, given)| (*key, given.value.as_str()))
        .collect()
}

#[test]
fn every_key_is_read_with_its_section() {
    let section = json!({
        "database-url": "app.db", "directory": "db", "multiple-heads": "allow", "lock-timeout": 0.5, "history": "reports",
        "environments": {"production": {"database-url": "postgres://host/app"}, "empty": {}},
    });
    let settings = package(&section).unwrap();
    assert_eq!(
        texts(&settings.layers.values),
        [
            ("database-url", "app.db"),
            ("directory", "db"),
            ("lock-timeout", "0.5"),
            ("multiple-heads", "allow"),
        ]
    );
    assert_eq!(settings.history.as_ref().unwrap().value, "reports");
    let production = &settings.layers.environments["production"];
    assert_eq!(
        texts(&production.values),
        [("database-url", "postgres://host/app")]
    );
    assert_eq!(
        production.values["database-url"].origin.to_string(),
        "stands under `[package.metadata.migrate.environments.production]` in `/p/Cargo.toml`"
    );
    assert!(settings.layers.environments["empty"].values.is_empty());
    assert_eq!(package(&Value::Null).unwrap(), Settings::default());
}

#[test]
fn what_tests_need_is_in_a_table_of_its_own() {
    let section = json!({"test": {"backends": ["sqlite", "postgres"], "postgres-url": "postgres://host/postgres"}});
    let settings = package(&section).unwrap();
    assert_eq!(
        texts(&settings.layers.values),
        [
            ("test.backends", "sqlite\npostgres"),
            ("test.postgres-url", "postgres://host/postgres"),
        ]
    );
    let origin = &settings.layers.values["test.backends"].origin;
    assert!(
        origin
            .to_string()
            .contains("`[package.metadata.migrate.test]`")
    );
    for wrong in [
        json!({"test": {"backend": ["sqlite"]}}),
        json!({"test": {"backends": "sqlite"}}),
        json!({"test": "sqlite"}),
    ] {
        assert!(package(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_workspace_declares_histories() {
    let section = json!({
        "history": "default",
        "histories": {"reports": {
            "members": ["reports", "charts"], "database-url-variable": "REPORTS",
            "environments": {"testing": {"lock-timeout": 1}},
        }},
    });
    let settings = workspace(&section).unwrap();
    let reports = &settings.histories["reports"];
    assert_eq!(reports.members, ["reports", "charts"]);
    assert_eq!(
        texts(&reports.layers.values),
        [("database-url-variable", "REPORTS")]
    );
    assert_eq!(
        reports.layers.environments["testing"].values["lock-timeout"]
            .origin
            .to_string(),
        "stands under `[workspace.metadata.migrate.histories.reports.environments.testing]` in `/w/Cargo.toml`"
    );
    let names: Vec<&str> = settings.environments().map(|(name, _)| name).collect();
    assert_eq!(names, ["testing"]);
}

#[test]
fn mistakes_are_named_with_what_to_write() {
    let at = "`/p/Cargo.toml`:";
    for (section, message, help) in [
        (
            json!({"database_url": "app.db"}),
            "unknown key `database_url` in `[package.metadata.migrate]`",
            "a key with a similar name exists: `database-url`",
        ),
        (
            json!({"histories": {}}),
            "unknown key `histories` in `[package.metadata.migrate]`",
            "a key with a similar name exists: `history`",
        ),
        (
            json!({"directory": 1}),
            "`directory` in `[package.metadata.migrate]` is to be a string that is not empty",
            "such as `directory = \"migrations\"`",
        ),
        (
            json!({"multiple-heads": true}),
            "`multiple-heads` in `[package.metadata.migrate]` is to be \"refuse\" or \"allow\"",
            "such as `multiple-heads = \"allow\"`",
        ),
        (
            json!({"lock-timeout": "soon"}),
            "`lock-timeout` in `[package.metadata.migrate]` is to be a number of seconds, such as 60 or 0.5",
            "such as `lock-timeout = 60`",
        ),
        (
            json!({"environments": {"testing": {"lock_timeout": 1}}}),
            "unknown key `lock_timeout` in `[package.metadata.migrate.environments.testing]`",
            "a key with a similar name exists: `lock-timeout`",
        ),
        (
            json!({"environments": {"testing": {"directory": "x"}}}),
            "`directory` cannot differ between environments",
            "the compiler reads `directory` too, and knows no environment: write it once, in the section around",
        ),
        (
            json!({"environments": {"testing": 1}}),
            "`testing` in `[package.metadata.migrate.environments]` is to be a table",
            "such as `[package.metadata.migrate.environments.testing]`",
        ),
        (
            json!("text"),
            "`migrate` in `[package.metadata.migrate]` is to be a table",
            "such as `[package.metadata.migrate]`",
        ),
        (
            json!({"history": ""}),
            "`history` in `[package.metadata.migrate]` is to be the name of a history",
            "such as `history = \"reports\"`",
        ),
    ] {
        let error = package(&section).unwrap_err();
        assert_eq!(
            (error.to_string(), error.help().as_str()),
            (format!("{at} {message}"), help)
        );
    }
    let error = package(&json!({"colour": 1})).unwrap_err();
    let help = error.help();
    assert!(help.starts_with("the keys are `"), "{help}");
    assert!(help.contains("`database-url`, "), "{help}");
    let error = workspace(&json!({"histories": {"reports": {"members": "reports"}}})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`/w/Cargo.toml`: `members` in `[workspace.metadata.migrate.histories.reports]` is to be a list of packages"
    );
}
