//! `ping`: can the database be reached and migrated?

use snapbox::{assert_data_eq, str};

use crate::histories::CHAIN;
use crate::support::Folder;

#[test]
fn a_database_that_is_there() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up +1");
    let before = std::fs::read(folder.database()).unwrap();
    let said = folder.run(&CHAIN, "ping");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_data_eq!(
        said.out,
        str![[r#"
database:      [DIR]/app.db
server:        sqlite [..]
connected:     in 0 ms
tables:        can be created
version table: there

"#]]
    );
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
}

#[test]
fn a_database_that_is_not_there_yet() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "ping");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.out,
        str![[r#"
database:      [DIR]/app.db
server:        sqlite [..]
connected:     in 0 ms
tables:        can be created
version table: not there yet

"#]]
    );
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db` is not there: `cargo migrate up` creates it

"#]]
    );
    assert!(!folder.database().exists());
}

#[test]
fn a_database_that_cannot_be_migrated() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up +1");
    let url = format!("file:{}?mode=ro", folder.database().display());
    let said = folder.run(&CHAIN, &format!("ping --database-url {url}"));
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.out.contains("tables:        cannot be created"),
        "{said:?}"
    );
    assert!(
        said.out
            .contains("problem: no table can be created: the database is read-only"),
        "{said:?}"
    );

    // not a database, no such folder, a closed port: exit code 1; no URL, an unknown scheme: a
    // usage error
    std::fs::write(
        folder.path().join("text.db"),
        "not a database, but long enough for a header".repeat(9),
    )
    .unwrap();
    let text = folder.path().join("text.db");
    let nowhere = folder.path().join("no/such.db");
    for (url, code) in [
        (text.to_str().unwrap(), 1),
        (nowhere.to_str().unwrap(), 1),
        ("oracle://ada:secret@localhost/app", 2),
    ] {
        let said = folder.run(&CHAIN, &format!("ping --json --database-url {url}"));
        let error: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(
            (said.code, error["error"]["exit_code"].as_u64()),
            (code, Some(code.into())),
            "{url}"
        );
        assert!(!said.err.contains("secret"), "{said:?}");
    }
    assert_eq!(folder.run_with(&CHAIN, "ping", &[]).code, 2);
}
