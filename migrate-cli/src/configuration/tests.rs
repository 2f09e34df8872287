//! Which place wins, and what is said of values that cannot be.

use std::path::Path;

use super::*;

/// What is found for a key with these variables, from a directory below one that holds `env_file`
/// as `.env`.
fn find(
    key: &Key,
    flag: Option<&str>,
    variables: &[(&str, &str)],
    env_file: &str,
) -> Result<Option<Given>, CliError> {
    within(variables, env_file, |configuration, surroundings| {
        configuration.value(key, flag, surroundings)
    })
}

fn within<T>(
    variables: &[(&str, &str)],
    env_file: &str,
    look: impl FnOnce(&Configuration, &Surroundings<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    within_bytes(variables, env_file.as_bytes(), look)
}

fn within_bytes<T>(
    variables: &[(&str, &str)],
    env_file: &[u8],
    look: impl FnOnce(&Configuration, &Surroundings<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let folder = tempfile::tempdir().unwrap();
    // an empty one too, so that no `.env` above the temporary folder is found
    std::fs::write(folder.path().join(".env"), env_file).unwrap();
    let deep = folder.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    };
    let surroundings = Surroundings {
        directory: deep,
        variable: &variable,
    };
    look(&Configuration::read(&surroundings)?, &surroundings)
}

const MANIFEST: (&str, &str) = (
    CONFIGURATION,
    r#"{"values": {
        "database-url": {"value": "meta.db", "origin":
            {"kind": "section", "section": "package.metadata.migrate", "file": "/project/Cargo.toml", "line": 7}},
        "lock-timeout": {"value": "5", "origin":
            {"kind": "section", "section": "package.metadata.migrate", "file": "/project/Cargo.toml", "line": 8}}},
     "more": 1}"#,
);

#[test]
fn the_flag_wins_then_the_variable_then_the_file_then_the_manifest() {
    let all = [("DATABASE_URL", "var.db"), MANIFEST];
    let file = "OTHER=1\nDATABASE_URL='file.db'\n";
    let url = |flag, variables: &[(&str, &str)], file| {
        find(&keys::DATABASE_URL, flag, variables, file)
            .unwrap()
            .unwrap()
    };

    let found = url(Some("flag.db"), &all, file);
    assert_eq!(found.value, "flag.db");
    assert_eq!(found.origin.to_string(), "was given by `--database-url`");
    let found = url(None, &all, file);
    assert_eq!(found.value, "var.db");
    assert_eq!(
        found.origin.to_string(),
        "stands in the variable `DATABASE_URL`"
    );
    let found = url(None, &[MANIFEST], file);
    assert_eq!(found.value, "file.db");
    let Origin::EnvFile {
        file: env_file,
        line: Some(2),
        ..
    } = &found.origin
    else {
        panic!("{:?}", found.origin);
    };
    assert_eq!(found.directory(), env_file.parent());
    let found = url(None, &[MANIFEST, ("DATABASE_URL", "")], "");
    assert_eq!(found.value, "meta.db");
    assert_eq!(
        found.origin.to_string(),
        "stands under `[package.metadata.migrate]` in `/project/Cargo.toml:7`"
    );
    assert_eq!(found.directory(), Some(Path::new("/project")));
    assert!(find(&keys::DATABASE_URL, None, &[], "").unwrap().is_none());
}

#[test]
fn every_key_goes_the_same_way() {
    let seconds = |flag, variables: &[(&str, &str)], file| {
        let found = find(&keys::LOCK_TIMEOUT, flag, variables, file).unwrap();
        found.unwrap().value
    };
    let variable = ("MIGRATE_LOCK_TIMEOUT", "2");
    assert_eq!(seconds(Some("1"), &[variable, MANIFEST], ""), "1");
    assert_eq!(seconds(None, &[variable, MANIFEST], ""), "2");
    assert_eq!(
        seconds(None, &[MANIFEST], "export MIGRATE_LOCK_TIMEOUT=3"),
        "3"
    );
    assert_eq!(seconds(None, &[MANIFEST], ""), "5");
    assert_eq!(seconds(None, &[], ""), "60");
    let failure = find(
        &keys::LOCK_TIMEOUT,
        None,
        &[("MIGRATE_LOCK_TIMEOUT", "soon")],
        "",
    )
    .unwrap_err();
    assert_eq!(
        failure.message,
        "`lock-timeout` is `soon`, which is not a number of seconds, such as 60 or 0.5"
    );
    assert_eq!(
        failure.notes,
        ["`lock-timeout` stands in the variable `MIGRATE_LOCK_TIMEOUT`"]
    );
}

#[test]
fn the_environment_and_the_history_may_stand_in_the_file() {
    let file = "MIGRATE_ENV=testing\nMIGRATE_HISTORY=reports\n";
    let value = |given: Option<Given>| given.unwrap().value;
    within(&[], file, |_, around| {
        assert_eq!(value(environment(None, around)?), "testing");
        assert_eq!(
            value(environment(Some("production"), around)?),
            "production"
        );
        assert_eq!(value(history(None, around)?), "reports");
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_history_with_a_name_has_a_variable_of_its_own() {
    let configuration = |text: &str| {
        within(&[(CONFIGURATION, text)], "", |configuration, _| {
            Ok(configuration.variable_of(&keys::DATABASE_URL).unwrap())
        })
        .unwrap()
    };
    let origin = r#""origin": {"kind": "default"}"#;
    assert_eq!(configuration("{}"), "DATABASE_URL");
    assert_eq!(
        configuration(&format!(
            r#"{{"history": {{"value": "default", {origin}}}}}"#
        )),
        "DATABASE_URL"
    );
    let history = format!(r#""history": {{"value": "big-reports", {origin}}}"#);
    assert_eq!(
        configuration(&format!("{{{history}}}")),
        "BIG_REPORTS_DATABASE_URL"
    );
    let said = format!(r#""values": {{"database-url-variable": {{"value": "X", {origin}}}}}"#);
    assert_eq!(configuration(&format!("{{{history}, {said}}}")), "X");
    let found = within(
        &[
            (CONFIGURATION, &format!("{{{history}}}")),
            ("DATABASE_URL", "other.db"),
        ],
        "",
        |configuration, around| database_url(None, configuration, around),
    );
    assert!(found.unwrap().is_none(), "another history's database");
}

/// What another variable has put into a value, and what a `$` of a password becomes.
#[test]
fn what_a_dollar_stands_for_in_the_file() {
    let url = |file: &str| find(&keys::DATABASE_URL, None, &[], file);
    // a name that no process has
    for (file, value) in [
        (
            "AdaUrl=postgres://ada:w@h/d\nDATABASE_URL=$AdaUrl\n",
            "postgres://ada:w@h/d",
        ),
        (
            "ADA_URL=postgres://ada:w@h/d\nDATABASE_URL=\"${ADA_URL}\"\n",
            "postgres://ada:w@h/d",
        ),
        (
            "DATABASE_URL='postgres://ada:a$bc1@h/d'",
            "postgres://ada:a$bc1@h/d",
        ),
        (
            "DATABASE_URL=postgres://ada:a\\$bc1@h/d # $what",
            "postgres://ada:a$bc1@h/d",
        ),
        (
            "A='x$y'\nDATABASE_URL=postgres://ada:${A}@h/d",
            "postgres://ada:x$y@h/d",
        ),
        ("OTHER=a$bc1\nDATABASE_URL=x.db", "x.db"),
        ("\u{feff}DATABASE_URL=x.db\r\n", "x.db"),
        ("\u{feff}# first\nexport DATABASE_URL = x.db", "x.db"),
    ] {
        let found = url(file).unwrap().unwrap();
        assert_eq!(found.value, value, "{file}");
    }
    let is_not_set = "cannot be read: a `$` in it begins the name of a variable that is not set";
    for (file, line, help) in [
        (
            "ADA_URL=postgres://ada:word@h/d\nDATABASE_URL=\"$ADA_URL\"\n",
            2,
            "write `${ADA_URL}`",
        ),
        (
            "DATABASE_URL=postgres://ada:word$bc1@h/d",
            1,
            "single quotes",
        ),
        (
            "DATABASE_URL=\"postgres://ada:word$@h/d\"",
            1,
            "single quotes",
        ),
        (
            "DATABASE_URL=postgres://ada:word$$bc1@h/d",
            1,
            "single quotes",
        ),
        (
            "DATABASE_URL=postgres://ada:word${bc1}@h/d",
            1,
            "single quotes",
        ),
        (
            "DATABASE_URL=${ADA_URL}\nADA_URL=postgres://h/d",
            1,
            "single quotes",
        ),
        // one that the URL takes in
        (
            "A=word$bc1\nDATABASE_URL=postgres://ada:${A}@h/d",
            1,
            "single quotes",
        ),
    ] {
        let failure = url(file).unwrap_err();
        assert_eq!(failure.exit, super::super::Exit::Usage);
        let (message, advice) = (&failure.message, failure.help.clone().unwrap().to_string());
        assert!(message.ends_with(is_not_set), "{file}: {message}");
        assert!(
            message.contains(&format!(".env:{line}`")),
            "{file}: {message}"
        );
        assert!(advice.contains(help), "{file}: {advice}");
        let shown = format!("{failure:?}");
        assert!(!shown.contains("word") && !shown.contains("bc1"), "{shown}");
    }
    for file in ["Ada=x\nDATABASE_URL=\"$Ada_URL\"", "DATABASE_URL=ada$PATH"] {
        let failure = within(&[], file, |configuration, around| {
            parsed_url(None, configuration, around)
        });
        assert_eq!(
            failure.unwrap_err().message,
            "the database's URL has no scheme after a variable was substituted",
            "{file}"
        );
    }
    let url = within(
        &[],
        "Ada=/srv\nDATABASE_URL=${Ada}/x.db",
        |configuration, around| parsed_url(None, configuration, around),
    );
    assert_eq!(url.unwrap().unwrap().as_secret_str(), "/srv/x.db");
}

#[test]
fn a_file_of_another_encoding_is_named() {
    let utf16 = |text: &str| -> Vec<u8> {
        let units = ['\u{feff}'].into_iter().chain(text.chars());
        units.flat_map(|c| (c as u16).to_le_bytes()).collect()
    };
    for (bytes, is_read) in [
        (utf16("DATABASE_URL=x.db\n"), false),
        (b"DATABASE_URL=postgres://ada:\xe9@h/d".to_vec(), false),
        (b"# \xe9\nDATABASE_URL=x.db".to_vec(), true),
    ] {
        let found = within_bytes(&[], &bytes, |configuration, around| {
            configuration.value(&keys::DATABASE_URL, None, around)
        });
        match found {
            Ok(_) => assert!(is_read, "{bytes:?}"),
            Err(failure) => {
                assert!(!is_read, "{bytes:?}");
                assert!(
                    failure.message.ends_with(".env`: it is not UTF-8"),
                    "{failure:?}"
                );
            }
        }
    }
}

#[test]
fn a_broken_file_is_named_with_its_line_but_not_quoted() {
    let broken = "A=1\nDATABASE_URL=\"postgres://me:secret@host\n";
    let failure = find(&keys::DATABASE_URL, None, &[], broken).unwrap_err();
    assert!(failure.message.contains(".env:2`"), "{}", failure.message);
    assert!(!format!("{failure:?}").contains("secret"));
    assert_eq!(failure.exit, super::super::Exit::Usage);
    // what the file cannot hold is not looked for in it
    let found = find(&keys::LOCK_TIMEOUT, None, &[], broken).unwrap();
    assert_eq!(found.unwrap().origin, Origin::Default);
    find(&keys::DATABASE_URL, Some("flag.db"), &[], broken).unwrap();
}

#[test]
fn an_empty_flag_and_a_broken_configuration_are_mistakes() {
    assert_eq!(
        find(&keys::DATABASE_URL, Some(""), &[], "")
            .unwrap_err()
            .message,
        "`--database-url` is empty"
    );
    let broken = (CONFIGURATION, "\"postgres://ada:s3cret@host\"");
    assert_eq!(
        find(&keys::DATABASE_URL, None, &[broken], "")
            .unwrap_err()
            .message,
        "`CARGO_MIGRATE_CONFIG` is not what `cargo migrate` writes there (line 1, column 28)"
    );
}

#[test]
fn a_bundle_refuses_an_environment_that_it_does_not_know() {
    let given = Given {
        value: "production".to_owned(),
        origin: Origin::Variable {
            name: "MIGRATE_ENV".to_owned(),
        },
    };
    let mut own = Configuration::default();
    assert_eq!(own.choose(Some(&given)), Ok(()), "a program of its own");
    let mut bundle = Configuration {
        environments: Some(BTreeMap::new()),
        ..Configuration::default()
    };
    let failure = bundle.choose(Some(&given)).unwrap_err();
    assert_eq!(failure.message, "no environment `production` is known here");
    assert_eq!(
        failure.help.map(|help| help.to_string()).as_deref(),
        Some(
            "declare it in Cargo.toml, `[package.metadata.migrate.environments.production]`, and make the bundle again"
        )
    );
}
