//! Which package, which history and which values a command works with.

use std::path::Path;

use super::*;
use serde_json::{Value, json};

/// A workspace of three packages, of which two have a history, with this metadata.
fn selection(
    folder: &Path,
    at: &str,
    package: Option<&str>,
    [workspace, accounts, billing]: [Value; 3],
) -> Selection {
    let member = |name: &str, core: bool, metadata: &Value| {
        let root = folder.join(name);
        if core {
            std::fs::create_dir_all(root.join("migrations")).unwrap();
        }
        json!({
            "name": name,
            "manifest": root.join("Cargo.toml"),
            "library": core.then(|| root.join("src/lib.rs")),
            "core": core.then_some(json!({"Path": "/core"})),
            "metadata": metadata,
        })
    };
    let members = [
        member("accounts", true, &accounts),
        member("app", false, &Value::Null),
        member("billing", true, &billing),
    ];
    let project = json!({
        "root": folder, "target": folder.join("target"), "members": members, "metadata": workspace,
    });
    Selection {
        project: serde_json::from_value(project).unwrap(),
        manifest: folder.join(at).join("Cargo.toml"),
        package: package.map(str::to_owned),
        history: None,
        environment: None,
        database_url: None,
        models: None,
        past: None,
        protects: false,
    }
}

#[test]
fn a_revision_goes_to_the_named_package_or_the_one_around() {
    let folder = tempfile::tempdir().unwrap();
    let writable = |at: &str, package: Option<&str>| {
        let selection = selection(
            folder.path(),
            at,
            package,
            [Value::Null, Value::Null, Value::Null],
        );
        selection
            .writable()
            .map(|member| member.name.clone())
            .map_err(|failure| failure.message)
    };
    assert_eq!(writable("billing", None).as_deref(), Ok("billing"));
    assert_eq!(
        writable("billing", Some("accounts")).as_deref(),
        Ok("accounts")
    );
    for at in ["", "app"] {
        let several = "several packages have revisions: `accounts` and `billing`";
        assert_eq!(writable(at, None), Err(several.to_owned()), "{at}");
    }
    let none = "the package `app` has no history: it does not depend on `migrate-core`";
    assert_eq!(writable("", Some("app")), Err(none.to_owned()));
    assert_eq!(
        writable("", Some("ap")),
        Err("no package `ap` in this workspace".to_owned())
    );
}

/// The values of a configuration, each with the folder that it starts from.
fn values(selection: &Selection) -> Result<Vec<(String, PathBuf)>, String> {
    let configuration = selection
        .configuration()
        .map_err(|failure| failure.message)?;
    let told = |given: &Given| {
        let folder = given.directory().unwrap_or(Path::new("")).to_owned();
        (given.value.clone(), folder)
    };
    Ok(configuration.values.values().map(told).collect())
}

#[test]
fn the_nearest_metadata_names_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let url = |url: &str| json!({"database-url": url});
    for (at, metadata, expected) in [
        ("", [Value::Null, Value::Null, Value::Null], &[][..]),
        ("", [url("w"), url("a"), Value::Null], &[("w", "")]),
        (
            "accounts",
            [url("w"), url("a"), Value::Null],
            &[("a", "accounts")],
        ),
        ("billing", [url("w"), url("a"), Value::Null], &[("w", "")]),
        (
            "billing",
            [Value::Null, url("a"), Value::Null],
            &[("a", "accounts")],
        ),
    ] {
        let expected = expected.iter();
        let expected: Vec<(String, PathBuf)> = expected
            .map(|(url, at)| ((*url).to_owned(), folder.path().join(at)))
            .collect();
        let found = values(&selection(folder.path(), at, None, metadata.clone()));
        assert_eq!(found, Ok(expected), "{at} {metadata:?}");
    }
    let several = selection(
        folder.path(),
        "app",
        None,
        [Value::Null, url("a"), url("b")],
    );
    let message = values(&several).unwrap_err();
    assert!(
        message.starts_with("several packages name a database: "),
        "{message}"
    );
}

#[test]
fn sections_of_the_environment_go_before_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let both = |name: &str| json!({"database-url": name, "environments": {"production": {"database-url": format!("{name}-production")}}});
    for (at, environment, metadata, expected) in [
        ("", None, [both("w"), Value::Null, Value::Null], "w"),
        (
            "",
            Some("production"),
            [both("w"), Value::Null, Value::Null],
            "w-production",
        ),
        (
            "billing",
            Some("production"),
            [both("w"), Value::Null, both("b")],
            "b-production",
        ),
        ("billing", None, [both("w"), Value::Null, both("b")], "b"),
        // what the workspace says of production goes before what the package says of anything
        (
            "billing",
            Some("production"),
            [both("w"), Value::Null, json!({"database-url": "b"})],
            "w-production",
        ),
    ] {
        let mut selection = selection(folder.path(), at, None, metadata);
        selection.environment = environment.map(|name: &str| Given {
            value: name.to_owned(),
            origin: configuration::Origin::Flag {
                name: "--env".to_owned(),
            },
        });
        let found = values(&selection).unwrap();
        assert_eq!(found[0].0, expected, "{at} {environment:?}");
    }
}

/// Where a section names a variable, the URL of a section further out is another database; and what
/// any package says of an environment goes before what is said of all.
#[test]
fn a_variable_of_a_nearer_section_is_not_replaced_by_a_url() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| json!({"database-url": name});
    let variable = |name: &str| json!({"database-url-variable": name});
    let production = |section: Value| json!({"environments": {"production": section}});
    let with = |mut outer: Value, inner: Value| {
        outer["environments"] = inner["environments"].clone();
        outer
    };
    let both = json!({"database-url": "b", "database-url-variable": "B"});
    let none = Value::Null;
    for (at, [workspace, accounts, billing], expected_url, expected_variable) in [
        (
            "",
            [
                with(url("w"), production(variable("P"))),
                none.clone(),
                none.clone(),
            ],
            None,
            Some("P"),
        ),
        (
            "billing",
            [url("w"), none.clone(), production(variable("P"))],
            None,
            Some("P"),
        ),
        (
            "",
            [url("w"), none.clone(), production(variable("P"))],
            None,
            Some("P"),
        ),
        (
            "billing",
            [url("w"), none.clone(), variable("B")],
            None,
            Some("B"),
        ),
        ("", [url("w"), none.clone(), variable("B")], None, Some("B")),
        (
            "",
            [both.clone(), none.clone(), none.clone()],
            Some("b"),
            Some("B"),
        ),
        (
            "billing",
            [variable("W"), none.clone(), url("b")],
            Some("b"),
            Some("W"),
        ),
        (
            "",
            [variable("W"), none.clone(), production(url("p"))],
            Some("p"),
            Some("W"),
        ),
        (
            "",
            [production(variable("P")), none.clone(), url("b")],
            None,
            Some("P"),
        ),
        (
            "",
            [production(url("p")), url("a"), url("b")],
            Some("p"),
            None,
        ),
        (
            "",
            [url("w"), none.clone(), production(url("p"))],
            Some("p"),
            None,
        ),
        (
            "app",
            [url("w"), production(url("p")), url("b")],
            Some("p"),
            None,
        ),
    ] {
        let metadata = [workspace, accounts, billing];
        let mut selection = selection(folder.path(), at, None, metadata.clone());
        let declares = |one: &Value| one.get("environments").is_some();
        selection.environment = metadata.iter().any(declares).then(|| Given {
            value: "production".to_owned(),
            origin: configuration::Origin::Flag {
                name: "--env".to_owned(),
            },
        });
        let configuration = selection.configuration().unwrap();
        let value = |key: &str| {
            configuration
                .values
                .get(key)
                .map(|given| given.value.as_str())
        };
        assert_eq!(value("database-url"), expected_url, "{at} {metadata:?}");
        assert_eq!(
            value("database-url-variable"),
            expected_variable,
            "{at} {metadata:?}"
        );
    }
}

#[test]
fn an_undeclared_environment_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let with = |name: &str, metadata: Value| {
        let mut selection = selection(
            folder.path(),
            "",
            None,
            [metadata, Value::Null, Value::Null],
        );
        selection.environment = Some(Given {
            value: name.to_owned(),
            origin: configuration::Origin::Flag {
                name: "--env".to_owned(),
            },
        });
        selection.configuration().map(|_| ())
    };
    let declared = json!({"environments": {"production": {}}});
    assert_eq!(with("production", declared.clone()), Ok(()));
    let failure = with("production", Value::Null).unwrap_err();
    assert_eq!(
        failure.help.map(|help| help.to_string()).as_deref(),
        Some(
            "declare it in Cargo.toml: `[package.metadata.migrate.environments.production]`, or `[workspace.metadata.migrate.environments.production]` for all packages"
        )
    );
    let failure = with("prodction", declared.clone()).unwrap_err();
    assert_eq!(
        failure.message,
        "unknown environment `prodction`: it was given by `--env`"
    );
    assert_eq!(
        failure.help.map(|help| help.to_string()).as_deref(),
        Some("an environment with a similar name exists: `production`")
    );
    assert!(
        failure.notes[0].starts_with("`production` is declared in "),
        "{:?}",
        failure.notes
    );
    let failure = with("staging", declared).unwrap_err();
    assert_eq!(
        failure.help.map(|help| help.to_string()).as_deref(),
        Some(
            "the environments are `production`; another one is declared by `[workspace.metadata.migrate.environments.staging]`"
        )
    );
}

#[test]
fn a_history_is_chosen_by_name_package_folder_or_the_workspaces_word() {
    let folder = tempfile::tempdir().unwrap();
    let reports = json!({"histories": {"reports": {"members": ["billing"]}}});
    let with_choice =
        json!({"history": "reports", "histories": {"reports": {"members": ["billing"]}}});
    let typed = configuration::Origin::Flag {
        name: "--history".to_owned(),
    };
    let variable = configuration::Origin::Variable {
        name: "MIGRATE_HISTORY".to_owned(),
    };
    let chosen = |at: &str,
                  package: Option<&str>,
                  said: Option<(&str, &configuration::Origin)>,
                  metadata: &Value| {
        let mut selection = selection(
            folder.path(),
            at,
            package,
            [metadata.clone(), Value::Null, Value::Null],
        );
        selection.history = said.map(|(name, origin)| Given {
            value: name.to_owned(),
            origin: origin.clone(),
        });
        selection
            .history()
            .map(|given| given.value)
            .map_err(|failure| failure.message)
    };
    let ok = |name: &str| Ok(name.to_owned());
    assert_eq!(chosen("", None, None, &Value::Null), ok("default"));
    assert_eq!(chosen("billing", None, None, &reports), ok("reports"));
    assert_eq!(chosen("accounts", None, None, &reports), ok("default"));
    assert_eq!(
        chosen("accounts", Some("billing"), None, &reports),
        ok("reports")
    );
    assert_eq!(
        chosen(
            "accounts",
            Some("billing"),
            Some(("default", &typed)),
            &reports
        ),
        ok("default")
    );
    assert_eq!(
        chosen(
            "accounts",
            Some("billing"),
            Some(("default", &variable)),
            &reports
        ),
        ok("reports")
    );
    assert_eq!(
        chosen("billing", None, Some(("default", &variable)), &reports),
        ok("default")
    );
    for at in ["", "app"] {
        let several = "this workspace has 2 histories: `default` and `reports`";
        assert_eq!(
            chosen(at, None, None, &reports),
            Err(several.to_owned()),
            "{at}"
        );
        assert_eq!(chosen(at, None, None, &with_choice), ok("reports"), "{at}");
    }
    assert_eq!(
        chosen("", None, Some(("report", &typed)), &reports),
        Err("no history `report` in this workspace".to_owned())
    );
}

#[test]
fn a_history_with_a_name_has_a_database_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let metadata = json!({"database-url": "main.db", "lock-timeout": 5, "histories": {"reports": {"members": ["billing"]}}});
    let selection = |at| {
        selection(
            folder.path(),
            at,
            None,
            [metadata.clone(), Value::Null, Value::Null],
        )
    };
    let keys = |at| {
        selection(at)
            .configuration()
            .unwrap()
            .values
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys("accounts"), ["database-url", "lock-timeout"]);
    assert_eq!(keys("billing"), ["lock-timeout"]);
    let names = |at| {
        selection(at)
            .participants()
            .unwrap()
            .iter()
            .map(|member| member.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (names("accounts"), names("billing")),
        (vec!["accounts".to_owned()], vec!["billing".to_owned()])
    );
}
