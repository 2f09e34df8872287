//! Which database a command is about, and those that cannot be used.

use migrate_core::backend::{self, BackendKind, DatabaseUrl};
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
        r#"{{"database_url": "meta.db", "directory": {:?}}}"#,
        folder.path()
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
help: check the path; a database that is encrypted cannot be read either

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
help: mend the file, or give `--database-url URL`, with which it is not read

"#]]
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
