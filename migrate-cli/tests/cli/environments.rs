//! Which database a command works on when environments, variables and `.env` files name several,
//! and which of them `reset` may drop.

use std::ffi::OsString;

use serde_json::{Map, Value, json};
use snapbox::{assert_data_eq, str};

use crate::histories::CHAIN;
use crate::support::{Folder, Said};

/// What Cargo.toml says: of everything, and of the chosen environment. Keys with their values.
struct Sections {
    around: &'static [(&'static str, &'static str)],
    own: &'static [(&'static str, &'static str)],
}

const AROUND: &str = "package.metadata.migrate";

/// Runs a command with these sections, this `.env` and these variables.
fn run(
    folder: &Folder,
    line: &str,
    sections: &Sections,
    env_file: &str,
    variables: &[(&str, &str)],
) -> Said {
    std::fs::write(folder.path().join(".env"), env_file).unwrap();
    let mut values = Map::new();
    for (section, keys) in [
        (AROUND, sections.around),
        (
            "package.metadata.migrate.environments.production",
            sections.own,
        ),
        (
            "package.metadata.migrate.environments.testing",
            sections.own,
        ),
    ] {
        let is_chosen = section == AROUND
            || line.contains(section.rsplit('.').next().unwrap())
            || variables
                .iter()
                .chain([&("", env_file)])
                .any(|(_, value)| value.contains("production"));
        for (key, value) in keys.iter().filter(|_| is_chosen) {
            let origin = json!({"kind": "section", "section": section, "line": 3,
                "file": folder.path().join("Cargo.toml")});
            values.insert((*key).to_owned(), json!({"value": value, "origin": origin}));
        }
        if is_chosen && section != AROUND {
            break;
        }
    }
    // as `cargo migrate` does: a variable named nearer than the URL stands in its place
    let is_own = |key: &str| {
        values
            .get(key)
            .is_some_and(|given: &Value| given["origin"]["section"] != AROUND)
    };
    if is_own("database-url-variable") && !is_own("database-url") {
        values.remove("database-url");
    }
    let configuration = json!({ "values": values }).to_string();
    let mut all: Vec<(&str, OsString)> = variables
        .iter()
        .map(|(name, value)| (*name, OsString::from(value)))
        .collect();
    all.push(("CARGO_MIGRATE_CONFIG", configuration.into()));
    folder.run_with(&CHAIN, line, &all)
}

const URLS: Sections = Sections {
    around: &[("database-url", "outer.db")],
    own: &[("database-url", "own.db")],
};
const VARIABLE: Sections = Sections {
    around: &[("database-url", "outer.db")],
    own: &[("database-url-variable", "PROD_DATABASE_URL")],
};
const NOTHING: Sections = Sections {
    around: &[("database-url", "outer.db")],
    own: &[("lock-timeout", "5")],
};

#[test]
fn the_database_of_the_environment_that_was_chosen() {
    let folder = Folder::new();
    let (env, dev) = ("MIGRATE_ENV=production\n", "DATABASE_URL=file.db\n");
    let both = "MIGRATE_ENV=production\nDATABASE_URL=file.db\n";
    let process = &[("DATABASE_URL", "process.db")];
    let chosen = &[("MIGRATE_ENV", "production")];
    for (line, sections, env_file, variables, database) in [
        ("status", &URLS, "", &[][..], "outer.db"),
        ("status", &URLS, dev, &[], "file.db"),
        ("status --env production", &URLS, "", &[], "own.db"),
        // chosen by name, it goes before the file, and not before a variable of the process or an
        // option
        ("status --env production", &URLS, dev, &[], "own.db"),
        ("status", &URLS, dev, chosen, "own.db"),
        ("status --env production", &URLS, dev, process, "process.db"),
        (
            "status --env production --database-url flag.db",
            &URLS,
            dev,
            process,
            "flag.db",
        ),
        ("status", &URLS, env, &[], "own.db"),
        // the file that chooses the environment may name its database
        ("status", &URLS, both, &[], "file.db"),
        // a variable that the environment names may stand in the file
        (
            "status --env production",
            &VARIABLE,
            "PROD_DATABASE_URL=named.db\n",
            &[],
            "named.db",
        ),
        (
            "status --env production",
            &VARIABLE,
            dev,
            &[
                ("PROD_DATABASE_URL", "named.db"),
                ("DATABASE_URL", "process.db"),
            ],
            "named.db",
        ),
        ("status --env production", &NOTHING, "", &[], "outer.db"),
        ("status --env production", &NOTHING, dev, &[], "file.db"),
    ] {
        let said = run(
            &folder,
            &format!("{line} --json"),
            sections,
            env_file,
            variables,
        );
        assert_eq!(said.code, 0, "{line} {env_file}: {}", said.err);
        let answer: Value = serde_json::from_str(&said.out).unwrap();
        let found = answer["database"].as_str().unwrap().rsplit('/').next();
        assert_eq!(found, Some(database), "{line} {env_file:?} {variables:?}");
    }
}

#[test]
fn a_variable_that_is_not_set_is_no_other_database() {
    let folder = Folder::new();
    for (line, env_file, variables) in [
        ("up", "", &[][..]),
        (
            "up",
            "DATABASE_URL=file.db\n",
            &[("DATABASE_URL", "process.db")],
        ),
        ("up", "", &[("PROD_DATABASE_URL", "")]),
        ("check --database", "", &[]),
        ("check", "", &[]),
        ("down -1", "", &[]),
        ("reset --yes --allow-reset", "", &[]),
        ("status", "", &[]),
        ("ping", "", &[]),
        ("history -i", "", &[]),
    ] {
        let line = format!("{line} --env testing");
        let said = run(&folder, &line, &VARIABLE, env_file, variables);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(
            said.err,
            str![[r#"
error: `PROD_DATABASE_URL` is not set
note: it names the database: `database-url-variable` stands under `[package.metadata.migrate.environments.testing]` in `[DIR]/Cargo.toml:3`
help: set `PROD_DATABASE_URL` in the environment or in a `.env` file, or give `--database-url URL`

"#]]
        );
    }
    assert!(!folder.path().join("outer.db").exists());
    // without the environment, and with an option, there is a database
    let flag = folder.path().join("flag.db");
    let with_option = format!("up --env testing --database-url {}", flag.display());
    for line in ["up", &with_option] {
        assert_eq!(run(&folder, line, &VARIABLE, "", &[]).code, 0, "{line}");
    }
}

#[test]
fn an_environment_that_takes_the_database_around_it_says_so() {
    let folder = Folder::new();
    let said = run(&folder, "up --env testing", &NOTHING, "", &[]);
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.err.lines().next().unwrap().to_owned(),
        str![
            "note: the environment `testing` names no database; the URL stands under `[package.metadata.migrate]` in `[DIR]/Cargo.toml:3`"
        ]
    );
    let said = run(
        &folder,
        "status --env testing",
        &NOTHING,
        "DATABASE_URL=file.db\n",
        &[],
    );
    assert_data_eq!(
        said.err.lines().next().unwrap().to_owned(),
        str!["note: the environment `testing` names no database; the URL stands in `[DIR]/.env:1`"]
    );
    for (line, sections, env_file) in [
        ("status --quiet --env testing", &NOTHING, ""),
        ("status --env testing", &URLS, ""),
        ("status", &NOTHING, ""),
        (
            "status",
            &NOTHING,
            "MIGRATE_ENV=production\nDATABASE_URL=file.db\n",
        ),
        ("history --env testing", &NOTHING, ""),
        ("status --env testing --database-url flag.db", &NOTHING, ""),
    ] {
        let said = run(&folder, line, sections, env_file, &[]);
        assert_eq!(said.code, 0, "{line} {env_file}");
        assert!(!said.err.contains("note:"), "{line}: {}", said.err);
    }
}

const RESETTABLE: Sections = Sections {
    around: &[("database-url", "outer.db"), ("allow-reset", "true")],
    own: &[("database-url", "own.db")],
};
const RESETTABLE_OWN: Sections = Sections {
    around: &[("database-url", "outer.db")],
    own: &[("database-url", "own.db"), ("allow-reset", "true")],
};
const RESETTABLE_ELSEWHERE: Sections = Sections {
    around: &[("allow-reset", "true")],
    own: &[("database-url", "own.db")],
};
const FORBIDDEN: Sections = Sections {
    around: &[("database-url", "outer.db"), ("allow-reset", "true")],
    own: &[("allow-reset", "false")],
};

#[test]
fn a_reset_is_allowed_for_the_database_that_the_permission_is_written_beside() {
    let folder = Folder::new();
    let file = "DATABASE_URL=file.db\n";
    for (line, sections, env_file, allowed) in [
        ("", &RESETTABLE, "", true),
        ("", &RESETTABLE, file, false),
        ("", &RESETTABLE, "OTHER=1\n", true),
        ("--database-url flag.db", &RESETTABLE, "", false),
        ("--env testing", &RESETTABLE, "", false),
        ("--env testing", &RESETTABLE_OWN, "", true),
        ("--env testing", &RESETTABLE_OWN, file, true),
        (
            "--env testing --database-url flag.db",
            &RESETTABLE_OWN,
            "",
            true,
        ),
        ("", &RESETTABLE_OWN, "", false),
        ("--env testing", &RESETTABLE_ELSEWHERE, "", false),
        ("--env testing", &FORBIDDEN, "", false),
        ("--env testing --allow-reset", &FORBIDDEN, "", false),
        ("--env testing --allow-reset", &RESETTABLE, "", true),
        ("--allow-reset", &RESETTABLE, file, true),
        ("--env production --allow-reset", &RESETTABLE, "", false),
        ("--env production", &RESETTABLE_OWN, "", true),
    ] {
        // a relative path would be that of the tests' own folder, which others use as well
        let flag = folder.path().join("flag.db").display().to_string();
        let line = format!("reset --yes {}", line.replace("flag.db", &flag));
        let said = run(&folder, &line, sections, env_file, &[]);
        let expected = if allowed { 0 } else { 2 };
        assert_eq!(said.code, expected, "{line} {env_file}: {}", said.err);
        if allowed {
            continue;
        }
        assert!(said.err.contains("allow"), "{}", said.err);
        assert!(!said.err.contains("is dropped"), "{}", said.err);
    }
    // a file in a folder above is no nearer to the permission
    let deep = Folder::new();
    let said = run(&deep, "reset --yes", &RESETTABLE, file, &[]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: a reset drops everything in the database, and nothing allows it here
note: `allow-reset` stands under `[package.metadata.migrate]` in `[DIR]/Cargo.toml:3`, and applies only to the database configured there
note: the URL of this database stands in `[DIR]/.env:1`
help: give `--allow-reset`, or write `allow-reset = true` in an environment's section, or next to the database's URL under `[package.metadata.migrate]`

"#]]
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_shown_with_where_it_leads() {
    for linked in ["app.db", "data"] {
        let folder = Folder::new();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("real")).unwrap();
        let (target, database) = match linked {
            "data" => (at("real"), "data/app.db"),
            _ => (at("real/app.db"), "app.db"),
        };
        std::os::unix::fs::symlink(target, at(linked)).unwrap();
        let url = [("DATABASE_URL", at(database).into_os_string())];
        assert_eq!(folder.run_with(&CHAIN, "up", &url).code, 0);
        let said = folder.run_with(&CHAIN, "reset --allow-reset", &url);
        let expected = format!(
            "`[DIR]/{database}`, a link to `[DIR]/real/app.db`: everything in it will be dropped, with all data\n"
        );
        assert_eq!(said.code, 2);
        assert!(said.err.starts_with(&expected), "{}", said.err);
    }
}

/// A URL that was changed by a file, shell or container is refused, and not read as a path.
#[test]
fn a_url_that_was_changed_on_its_way_is_named() {
    let folder = Folder::new();
    let none = Sections {
        around: &[],
        own: &[],
    };
    for (env_file, url, message, help) in [
        (
            "PSQL_URL=postgres://user:word@localhost/shop\nDATABASE_URL=\"$PSQL_URL\"\n",
            "",
            "`DATABASE_URL` in `[DIR]/.env:2` cannot be read: a `$` in it begins the name of a variable that is not set",
            "write `${PSQL_URL}`",
        ),
        (
            "DATABASE_URL=postgres://user:a$bc1@localhost/shop\n",
            "",
            "`DATABASE_URL` in `[DIR]/.env:1` cannot be read: a `$` in it begins the name of a variable that is not set",
            "put the value in single quotes, or write `\\$`, if the sign is meant; a variable is `${NAME}`",
        ),
        (
            "",
            "\"postgres://u:word@h/d\"",
            "the database's URL begins or ends with the quote `\"`",
            "write it without quotes: a shell takes them away, `docker run --env-file` does not; a file whose name has quotes is `./…`",
        ),
        (
            "",
            "postgres://u:word@h/d\nX=1",
            "the database's URL holds the control character U+000A",
            "",
        ),
        (
            "",
            "postgres//ada:word@host/db",
            "the database's URL has no `:` after `postgres`",
            "begin with `postgres://`; a file whose name begins so is `./…`",
        ),
        (
            "",
            "sqlite:///./data/x.db",
            "`sqlite:///` begins an absolute path, and a relative one follows it",
            "write `sqlite:data/x.db`; in SQLAlchemy the path after three slashes is relative",
        ),
    ] {
        for line in ["up", "status", "check --database"] {
            let said = run(&folder, line, &none, env_file, &[("DATABASE_URL", url)]);
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{line} {url:?}");
            let mut lines = said.err.lines();
            assert_eq!(lines.next(), Some(format!("error: {message}").as_str()));
            let shown = lines.find_map(|line| line.strip_prefix("help: "));
            assert_eq!(shown.unwrap_or_default(), help, "{url:?}");
            assert!(!said.err.contains("word"), "{}", said.err);
        }
    }
    let said = run(
        &folder,
        "config",
        &none,
        "",
        &[("DATABASE_URL", "postgres//ada:word@host/db")],
    );
    assert!(said.code == 0 && !said.out.contains("word"), "{}", said.out);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "only the `.env` file is there: {left:?}");
    // what surrounds it is no part of it
    let path = folder.database();
    for (before, after) in [(" ", "\n"), ("\u{feff}", "\r\n")] {
        let url = format!("{before}{}{after}", path.display());
        let said = run(&folder, "up", &none, "", &[("DATABASE_URL", &url)]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    assert!(folder.database().exists());
}
