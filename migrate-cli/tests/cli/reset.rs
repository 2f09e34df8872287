//! `reset`, `database create` and `database drop`: where they are allowed, what they list before
//! they ask, and the state afterwards.

use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, FAILING};
use crate::support::Folder;

#[test]
fn a_reset_needs_permission() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    let said = folder.run(&CHAIN, "reset --yes");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: a reset drops everything in the database, and nothing allows it here
help: give `--allow-reset`, or write `allow-reset = true` in an environment's section, or next to the database's URL under `[package.metadata.migrate]`

"#]]
    );
    for line in [
        "reset --yes --allow-reset --env production",
        "reset --yes --allow-reset --env PROD",
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert!(
            said.err
                .starts_with("error: a reset is not allowed in the environment `"),
            "{}",
            said.err
        );
    }
    // no terminal to ask on
    let said = folder.run(&CHAIN, "reset --allow-reset");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: everything in it will be dropped, with all data
  2 tables: orders, users
  the record of applied revisions
error: there is no terminal to ask on
note: nothing was dropped
help: add `--yes`

"#]]
    );
    assert!(folder.run(&CHAIN, "check").code == 0);
}

#[test]
fn it_lists_what_it_drops_first() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up +2").code, 0);
    let said = folder.run(&CHAIN, "reset --yes --allow-reset");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: everything in it will be dropped, with all data
  1 table: users
  the record of applied revisions
`[DIR]/app.db`: 3 revisions to apply
  [1/3] up 20261101090000, Create users. … 0 ms
  [2/3] up 20261108120000, Add a phone number to users. … 0 ms
  [3/3] up 20261115180000, Create orders. … 0 ms
done: applied 3 revisions in 0 ms; the database is at head `20261115180000`

"#]]
    );
    assert_eq!(folder.run(&CHAIN, "check").code, 0);
    // an empty database: there is nothing to ask
    std::fs::remove_file(folder.database()).unwrap();
    let said = folder.run(&CHAIN, "reset --allow-reset --quiet");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}

#[test]
fn a_failing_revision_is_reported_as_by_up() {
    let folder = Folder::new();
    let said = folder.run(&FAILING, "reset --yes --allow-reset --json");
    assert_eq!(said.code, 3, "{}", said.err);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["error"]["continue"], "cargo migrate up");
    assert_eq!(answer["steps"].as_array().unwrap().len(), 2);
}

#[test]
fn the_file_of_a_database_is_created_and_dropped() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "database create");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
created the database `[DIR]/app.db`

"#]]
    );
    assert!(folder.database().exists());
    assert_data_eq!(
        folder.run(&CHAIN, "database create").err,
        str![[r#"
nothing to do: the database `[DIR]/app.db` exists already

"#]]
    );
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    for (line, words) in [
        (
            "database drop --yes",
            "`database drop` drops everything in the database, and nothing allows it here",
        ),
        (
            "database drop --yes --allow-reset --env production",
            "is not allowed in the environment `production`",
        ),
        (
            "database drop --allow-reset",
            "there is no terminal to ask on",
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, 2, "{line}");
        assert!(said.err.contains(words), "{line}: {}", said.err);
        assert!(folder.database().exists(), "{line}");
    }
    let said = folder.run(&CHAIN, "database drop --yes --allow-reset");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db` will be dropped, with all data
  2 tables: orders, users
  the record of applied revisions
dropped the database `[DIR]/app.db`

"#]]
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}"); // `.env`
    let said = folder.run(&CHAIN, "database drop --yes --allow-reset --json");
    assert_eq!(said.code, 0, "{}", said.err);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["changed"], false);
    // an existing file that is no database stays
    std::fs::write(
        folder.database(),
        "a note of mine, and no database at all\n",
    )
    .unwrap();
    for line in ["database create", "database drop --yes --allow-reset"] {
        let said = folder.run(&CHAIN, line);
        assert_ne!(said.code, 0, "{line}");
        assert!(
            said.err.contains("not a SQLite database"),
            "{line}: {}",
            said.err
        );
        assert!(folder.database().exists(), "{line}");
    }
    let memory = [("DATABASE_URL", ":memory:".into())];
    let said = folder.run_with(&CHAIN, "database create", &memory);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("is in memory"), "{}", said.err);
}
