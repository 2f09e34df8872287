//! Which database a command is about, and those that cannot be used.

use migrate_core::engine::backend::{self, BackendKind, DatabaseUrl};
use std::ffi::OsString;

use snapbox::{assert_data_eq, str};

use crate::histories::CHAIN;
use crate::support::Folder;

#[test]
fn no_database_at_all() {
    let folder = Folder::new();
    for line in ["up", "down -1", "redo", "stamp head", "status", "current"] {
        let said = folder.run_with(&CHAIN, line, &[]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(
            said.err,
            str![[r#"
error: no database was given
help: give `--database-url URL`, or set `DATABASE_URL` in the environment or in a `.env` file, or write `database-url = "app.db"` under `[package.metadata.migrate]` in Cargo.toml

"#]]
        );
    }
}

#[test]
fn every_way_to_give_one() {
    let folder = Folder::new();
    let path = |name: &str| folder.path().join(name);
    let url = |name: &str| format!("sqlite://{}", path(name).display());

    let said = folder.run_with(
        &CHAIN,
        &format!("up --database-url {}", url("flag.db")),
        &[],
    );
    assert_eq!(
        (said.code, path("flag.db").exists()),
        (0, true),
        "{}",
        said.err
    );

    let said = folder.run_with(&CHAIN, "up", &[("DATABASE_URL", url("variable.db").into())]);
    assert_eq!(
        (said.code, path("variable.db").exists()),
        (0, true),
        "{}",
        said.err
    );

    std::fs::write(path(".env"), format!("DATABASE_URL={}\n", url("file.db"))).unwrap();
    let said = folder.run_with(&CHAIN, "up", &[]);
    assert_eq!(
        (said.code, path("file.db").exists()),
        (0, true),
        "{}",
        said.err
    );

    std::fs::write(path(".env"), "").unwrap();
    let config = format!(
        r#"{{"values": {{"database-url": {{"value": "meta.db", "origin":
            {{"kind": "section", "section": "package.metadata.migrate", "file": {:?}, "line": 1}}}}}}}}"#,
        path("Cargo.toml")
    );
    let config = [("CARGO_MIGRATE_CONFIG", OsString::from(config))];
    let said = folder.run_with(&CHAIN, "up", &config);
    assert_eq!(
        (said.code, path("meta.db").exists()),
        (0, true),
        "{}",
        said.err
    );
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/meta.db`: 3 revisions to apply
  [1/3] up 20261101090000, Create users. … 0 ms
  [2/3] up 20261108120000, Add a phone number to users. … 0 ms
  [3/3] up 20261115180000, Create orders. … 0 ms
done: applied 3 revisions in 0 ms; the database is at head `20261115180000`

"#]]
    );
}

#[test]
fn every_way_to_write_the_path_of_a_file() {
    let folder = Folder::new();
    let path = folder.database().display().to_string();
    for (index, url) in [
        "PATH",
        "sqlite:PATH",
        "sqlite://PATH",
        "file:PATH",
        "file:PATH?mode=rwc",
        "file://PATH",
    ]
    .iter()
    .enumerate()
    {
        let line = format!("up --database-url {}", url.replace("PATH", &path));
        let said = folder.run_with(&CHAIN, &line, &[]);
        assert_eq!(said.code, 0, "{url}: {}", said.err);
        assert_eq!(
            said.err.starts_with("nothing to do: "),
            index > 0,
            "{url}: {}",
            said.err
        );
    }
}

#[test]
fn databases_that_cannot_be_used() {
    let folder = Folder::new();
    std::fs::write(
        folder.path().join("text.db"),
        "this is no database, but a text of some length",
    )
    .unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    for (url, message) in [
        (
            "sqlite:///no-such-folder/app.db".to_owned(),
            str![[r#"
error: cannot open `/no-such-folder/app.db`: there is no directory `/no-such-folder`
help: mkdir -p /no-such-folder; or, as the path is absolute and you mean a relative one, write `sqlite:no-such-folder/app.db`

"#]],
        ),
        (
            inside("missing/app.db"),
            str![[r#"
error: cannot open `[DIR]/missing/app.db`: there is no directory `[DIR]/missing`
help: mkdir -p [DIR]/missing

"#]],
        ),
        (
            inside("."),
            str![[r#"
error: cannot open `[DIR]/.`: it is a directory
help: name a file in it, such as `app.db`

"#]],
        ),
        (
            inside("text.db"),
            str![[r#"
error: cannot open `[DIR]/text.db`: the file is not a SQLite database
help: check the path; encrypted databases cannot be read either

"#]],
        ),
        (
            "oracle://scott:tiger@host/db".to_owned(),
            str![[r#"
error: unknown kind of database `oracle`
note: the URL stands in the variable `DATABASE_URL`
help: use `sqlite:`, `postgres://`, `mysql://` or `mariadb://`; a file whose name begins so is `./oracle:…`

"#]],
        ),
        (
            "postgresql+asyncpg://ada:secret@host/db".to_owned(),
            str![[r#"
error: unknown kind of database `postgresql+asyncpg`
note: the URL stands in the variable `DATABASE_URL`
help: write `postgresql` instead of `postgresql+asyncpg`

"#]],
        ),
        (
            "postgres://ada:secret@host/db".to_owned(),
            str![[r#"
error: PostgreSQL is not enabled in this program
help: add its feature to `migrate-core` in Cargo.toml: `features = ["postgres"]`

"#]],
        ),
        (
            "mysql://ada:secret@host/db".to_owned(),
            str![[r#"
error: MySQL is not enabled in this program
help: add its feature to `migrate-core` in Cargo.toml: `features = ["mysql"]`

"#]],
        ),
        (
            "mariadb://ada:secret@host/db".to_owned(),
            str![[r#"
error: MariaDB is not enabled in this program
help: add its feature to `migrate-core` in Cargo.toml: `features = ["mysql"]`

"#]],
        ),
        (
            "sqlite:".to_owned(),
            str![[r#"
error: the database's URL is empty
note: the URL stands in the variable `DATABASE_URL`
help: give a path, such as `app.db`

"#]],
        ),
    ] {
        for command in ["up", "status"] {
            let said = folder.run_with(&CHAIN, command, &[("DATABASE_URL", url.clone().into())]);
            assert_eq!(
                (said.code, said.out.as_str()),
                (2, ""),
                "{command} {url}: {}",
                said.err
            );
            assert!(
                !said.err.contains("secret") && !said.err.contains("tiger"),
                "{}",
                said.err
            );
            // in a build with every backend, a server is looked for instead
            if command == "up" && !is_enabled_server(&url) {
                assert_data_eq!(said.err, message.clone());
            }
        }
    }
}

fn is_enabled_server(url: &str) -> bool {
    let kind = url.parse().map(|url: DatabaseUrl| url.kind());
    kind.is_ok_and(|kind| {
        kind != BackendKind::Sqlite && backend::enabled().any(|enabled| enabled == kind)
    })
}

#[test]
fn a_broken_env_file() {
    let folder = Folder::new();
    std::fs::write(
        folder.path().join(".env"),
        "A=1\nDATABASE_URL=\"postgres://ada:secret@host\n",
    )
    .unwrap();
    let said = folder.run_with(&CHAIN, "status", &[]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: cannot read `[DIR]/.env:2`: expected `NAME=value`, with quotes around a value that has spaces or signs in it
help: fix the file, or give `--database-url URL`, which overrides it

"#]]
    );
}

#[test]
fn a_value_of_an_env_file_that_is_no_url_is_explained() {
    const DOLLAR: &str = "note: a `$` in it begins the name of a variable, and consumes the character after that name\n\
        help: put the value in single quotes, or write `\\$`, if the sign is meant; a variable is `${NAME}`\n";
    const EMPTY: &str = "error: the variable `DATABASE_URL` in `[DIR]/.env:1` is empty\nnote: it gives `database-url`\n\
        help: give `DATABASE_URL` a value, or remove it\n";
    for (text, said) in [
        ("DATABASE_URL=\"postgres://u:p@h/d$X\"\n", DOLLAR),
        ("DATABASE_URL=\n", EMPTY),
        ("DATABASE_URL=''\n", EMPTY),
        (
            "DATABASE_URL='  '\n",
            "the variable `DATABASE_URL` in `[DIR]/.env:1` holds only blanks\n",
        ),
        (
            "DATABASE_URL='DATABASE_URL=app.db'\n",
            "error: the database's URL begins with `DATABASE_URL=`\nnote: the URL stands in `[DIR]/.env:1`\n\
             help: leave `DATABASE_URL=` out of the value\n",
        ),
    ] {
        let folder = Folder::new();
        std::fs::write(folder.path().join(".env"), text).unwrap();
        let answer = folder.run_with(&CHAIN, "status", &[]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{text}");
        assert!(answer.err.contains(said), "{text}: {answer:?}");
    }
    // an empty variable of the process counts as none, and a later line as a value
    let folder = Folder::new();
    std::fs::write(
        folder.path().join(".env"),
        "DATABASE_URL=\nDATABASE_URL=app.db\n",
    )
    .unwrap();
    assert_eq!(
        folder
            .run_with(&CHAIN, "up", &[("DATABASE_URL", "".into())])
            .code,
        0
    );
    let blank = folder.run_with(&CHAIN, "status", &[("DATABASE_URL", "  ".into())]);
    assert_eq!(blank.code, 2);
    assert!(
        blank
            .err
            .starts_with("error: the variable `DATABASE_URL` holds only blanks\n"),
        "{blank:?}"
    );
}

#[test]
fn a_database_in_memory_begins_empty_each_time() {
    let folder = Folder::new();
    let said = folder.run_with(&CHAIN, "up --database-url :memory:", &[]);
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.err,
        str![[r#"
`:memory:`: 3 revisions to apply
  [1/3] up 20261101090000, Create users. … 0 ms
  [2/3] up 20261108120000, Add a phone number to users. … 0 ms
  [3/3] up 20261115180000, Create orders. … 0 ms
done: applied 3 revisions in 0 ms; the database is at head `20261115180000`

"#]]
    );
}

/// Runs a command line on this URL; the exit code, what it said, and that no answer was given.
fn refused(folder: &Folder, line: &str, url: &str) -> String {
    let said = folder.run_with(&CHAIN, line, &[("DATABASE_URL", url.into())]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (2, ""),
        "{line}: {}",
        said.err
    );
    said.err
}

#[test]
fn a_url_that_forbids_writing_is_refused_by_what_writes() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up +1").code, 0);
    let url = format!("file:{}?mode=ro", folder.database().display());
    for line in ["up", "down -1", "redo", "stamp head"] {
        assert_data_eq!(
            refused(&folder, line, &url),
            str![[r#"
error: cannot change `file:[DIR]/app.db?mode=ro`: it is opened read-only
help: remove `mode=ro` and `immutable` from the URL

"#]]
        );
    }
    let said = folder.run_with(&CHAIN, "current", &[("DATABASE_URL", url.into())]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}

#[test]
fn what_changes_a_database_that_is_missing_does_not_create_one() {
    let folder = Folder::new();
    let url = folder.database().display().to_string();
    for line in ["down -1", "down base", "redo"] {
        assert_data_eq!(
            refused(&folder, line, &url),
            str![[r#"
error: cannot open `[DIR]/app.db`: there is no such file
help: check the path; `cargo migrate up` creates the database

"#]]
        );
    }
    assert!(!folder.database().exists());
}

#[test]
fn what_reads_a_database_that_is_missing_says_so() {
    let folder = Folder::new();
    for line in ["status", "current"] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, 0, "{line}");
        assert_data_eq!(
            said.err,
            str![[r#"
`[DIR]/app.db` is not there: `cargo migrate up` creates it

"#]]
        );
        let said = folder.run(&CHAIN, &format!("{line} --json"));
        let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(answer["exists"], false, "{line}");
    }
    assert!(!folder.database().exists());
}

#[test]
fn a_uri_that_names_no_file_is_no_temporary_database() {
    let folder = Folder::new();
    for url in ["file:", "file:?mode=rwc", "sqlite://?mode=rwc"] {
        assert_data_eq!(
            refused(&folder, "up", url),
            str![[r#"
error: the database's URL is empty
note: the URL stands in the variable `DATABASE_URL`
help: give a path, such as `app.db`

"#]]
        );
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_named() {
    let folder = Folder::new();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(folder.path().join("gone/app.db"), &link).unwrap();
    for line in ["up", "down -1", "status"] {
        assert_data_eq!(
            refused(&folder, line, link.to_str().unwrap()),
            str![[r#"
error: cannot open `[DIR]/link.db`: it is a link to `[DIR]/gone/app.db`, and there is no directory `[DIR]/gone`
help: mkdir -p [DIR]/gone, or change the link's target

"#]]
        );
    }
    std::fs::create_dir(folder.path().join("gone")).unwrap();
    let url = [("DATABASE_URL", link.clone().into())];
    assert_eq!(folder.run_with(&CHAIN, "up", &url).code, 0);
    assert!(folder.path().join("gone/app.db").exists());
}

#[test]
fn a_version_table_of_another_shape_and_a_damaged_file_are_named() {
    use diesel::Connection;
    use diesel::connection::SimpleConnection;
    let folder = Folder::new();
    let path = folder.database().display().to_string();
    let mut connection = diesel::SqliteConnection::establish(&path).unwrap();
    connection
        .batch_execute("CREATE TABLE __diesel_schema_migrations (id INTEGER)")
        .unwrap();
    drop(connection);
    for line in ["up", "status", "current", "history -i", "stamp head"] {
        assert_data_eq!(
            refused(&folder, line, &path),
            str![[r#"
error: cannot read what is applied: no such column: version
note: the database is `[DIR]/app.db`
help: check that `__diesel_schema_migrations` has the columns `version` and `run_on`, and that this user may read it

"#]]
        );
    }
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] = 0xff; // the kind of the first page
    std::fs::write(&path, bytes).unwrap();
    assert_data_eq!(
        refused(&folder, "status", &path),
        str![[r#"
error: cannot read what is applied: database disk image is malformed
note: the database is `[DIR]/app.db`
help: the file is damaged: restore a backup, or recover what can be read with `sqlite3 [DIR]/app.db .recover`

"#]]
    );
}
