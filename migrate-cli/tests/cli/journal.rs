//! `log`, `accept`, and how other commands report edited and partially applied revisions.

use migrate_cli::Exit;
use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, EDITED, EDITED_DOWNGRADE, FAILING, SHORT};
use crate::support::Folder;

#[test]
fn a_log_of_what_was_done() {
    let folder = Folder::new();
    assert_data_eq!(
        folder.run(&CHAIN, "log").err,
        str![[r#"
`[DIR]/app.db` is not there: `cargo migrate up` creates it

"#]]
    );
    folder.run(&CHAIN, "up +2");
    folder.run(&FAILING, "up");
    folder.run(&CHAIN, "up");
    folder.run(&CHAIN, "down -2");
    folder.run(&CHAIN, "stamp head");
    assert_data_eq!(
        folder.run(&CHAIN, "log").out,
        str![[r#"
2026-11-21 09:30:00 ada@box, process 42 (app)
  20261101090000 -> 20261115180000
  stamped   20261108120000, Add a phone number to users.
  stamped   20261115180000, Create orders.

2026-11-21 09:30:00 ada@box, process 42 (app)
  20261115180000 -> 20261101090000, in 0 ms
  reverted  20261115180000, Create orders.  0 ms
  reverted  20261108120000, Add a phone number to users.  0 ms

2026-11-21 09:30:00 ada@box, process 42 (app)
  20261108120000 -> 20261115180000, in 0 ms
  applied   20261115180000, Create orders.  0 ms

2026-11-21 09:30:00 ada@box, process 42 (app)
  at 20261108120000
  failed    20261115180000, Create orders.
            at: execute `INSERT INTO nowhere VALUES (1)`
            no such table: nowhere

2026-11-21 09:30:00 ada@box, process 42 (app)
  <base> -> 20261108120000, in 0 ms
  applied   20261101090000, Create users.  0 ms
  applied   20261108120000, Add a phone number to users.  0 ms

"#]]
    );
    let newest = folder.run(&CHAIN, "log -n 2");
    assert_data_eq!(
        newest.out,
        str![[r#"
2026-11-21 09:30:00 ada@box, process 42 (app)
  20261101090000 -> 20261115180000
  stamped   20261108120000, Add a phone number to users.
  stamped   20261115180000, Create orders.

2026-11-21 09:30:00 ada@box, process 42 (app)
  20261115180000 -> 20261101090000, in 0 ms
  reverted  20261115180000, Create orders.  0 ms
  reverted  20261108120000, Add a phone number to users.  0 ms

"#]]
    );
    assert_data_eq!(
        newest.err,
        str![[r#"
and 3 runs before

"#]]
    );
    assert_data_eq!(
        folder.run(&SHORT, "log --revision 20261115 -v").out,
        str![[r#"
2026-11-21 09:30:00 ada@box, process 42 (app)
  20261101090000 -> 20261108120000, 20261115180000
  stamped   20261115180000

2026-11-21 09:30:00 ada@box, process 42 (app)
  20261115180000 -> 20261101090000, in 0 ms
  reverted  20261115180000  0 ms

2026-11-21 09:30:00 ada@box, process 42 (app)
  20261108120000 -> 20261115180000, in 0 ms
  applied   20261115180000  0 ms

2026-11-21 09:30:00 ada@box, process 42 (app)
  at 20261108120000
  failed    20261115180000
            at: execute `INSERT INTO nowhere VALUES (1)`
            no such table: nowhere

"#]]
    );
}

#[test]
fn a_log_of_nothing() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    for (line, code) in [("log --revision 2026", 2), ("log --revision nonsense", 2)] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, code, "{line}: {said:?}");
        assert!(said.err.contains("help: "), "{said:?}");
    }
    // a database that diesel has migrated
    std::fs::remove_file(folder.database()).unwrap();
    folder.execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO __diesel_schema_migrations (version) VALUES ('20261101090000');",
    );
    let said = folder.run(&CHAIN, "log");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db` has no journal yet: it begins with the next run

"#]]
    );
    assert!(
        folder
            .run(&CHAIN, "status --json")
            .out
            .contains("\"journal\": \"absent\"")
    );
}

#[test]
fn a_downgrade_that_fails_after_an_edit_names_the_edit() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up +2");
    let said = folder.run(&EDITED_DOWNGRADE, "down -1");
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(
        said.err
            .contains("note: revision `20261108120000` has changed since it was applied: "),
        "{}",
        said.err
    );
    // one that fails without having been edited is not blamed
    let said = folder.run(&FAILING, "up");
    assert_eq!(said.code, 3);
    assert!(!said.err.contains("has changed"), "{}", said.err);
}

#[test]
fn a_lost_version_table_is_reported_and_nothing_is_applied_again() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up +2");
    folder.execute("DROP TABLE __diesel_schema_migrations");
    let up = folder.run(&CHAIN, "up");
    assert_eq!((up.code, up.out.as_str()), (1, ""));
    assert_data_eq!(
        up.err,
        str![[r#"
error: the version table is missing, but the journal records the database at `20261108120000`
help: restore the table; or, if the schema is still as the journal records it, run `cargo migrate stamp 20261108120000`

"#]]
    );
    let status = folder.run(&CHAIN, "status");
    assert_eq!(status.code, 0);
    assert!(
        status.out.contains("last run: ")
            && status.err.contains("note: the version table is missing"),
        "{status:?}"
    );
    let check = folder.run(&CHAIN, "check");
    assert_eq!(check.code, 1);
    assert!(
        check.err.starts_with("note: the version table is missing")
            && check.err.contains("`cargo migrate stamp 20261108120000`"),
        "{check:?}"
    );
    assert_eq!(folder.run(&CHAIN, "stamp 20261108120000").code, 0);
    assert_eq!(folder.run(&CHAIN, "up").code, 0);

    // reverted revisions are not missed, nor is anything if diesel emptied the table
    folder.run(&CHAIN, "down base");
    folder.execute("DROP TABLE __diesel_schema_migrations");
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    folder.execute("DELETE FROM __diesel_schema_migrations; DROP TABLE users; DROP TABLE orders");
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
}

#[test]
fn an_edited_revision_is_reported_and_accepted() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up +2");
    let status = folder.run(&EDITED, "status");
    assert_eq!(status.code, 0);
    assert_data_eq!(
        status.out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  20261108120000
head:     20261115180000
applied:  2 of 3 revisions
pending:  1
  20261115180000, Create orders.
edited:   changed since they were applied
  20261108120000, Add a phone number to users.
last run: 2026-11-21 09:30:00 UTC, applied 2 revisions, by ada@box, process 42 (app)

"#]]
    );
    assert_data_eq!(
        status.err,
        str![[r#"
help: the file has changed since it was applied; if that is intended, `cargo migrate accept 20261108120000`

"#]]
    );

    let check = folder.run(&EDITED, "check");
    assert_eq!(check.code, Exit::No.code());
    assert_data_eq!(
        check.out,
        str![[r#"
pending: 20261115180000
edited: 20261108120000
not ok: 3 revisions, head 20261115180000; database `[DIR]/app.db` at 20261108120000

"#]]
    );

    let refused = folder.run(&EDITED, "up --refuse-edited");
    assert_eq!(refused.code, Exit::No.code());
    assert_data_eq!(
        refused.err.clone(),
        str![[r#"
error: revision `20261108120000` was edited after being applied
help: restore its file; or, if the change is intended, `cargo migrate accept 20261108120000`

"#]]
    );
    let variable = [
        ("DATABASE_URL", folder.database().into_os_string()),
        ("MIGRATE_REFUSE_EDITED", "true".into()),
    ];
    let by_configuration = folder.run_with(&EDITED, "up", &variable);
    assert_eq!(by_configuration, refused);

    let up = folder.run(&EDITED, "up");
    assert_eq!(up.code, 0);
    assert_data_eq!(
        up.err,
        str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up 20261115180000, Create orders. … 0 ms
done: applied 1 revision in 0 ms; the database is at head `20261115180000`
note: revision `20261108120000` was edited after being applied
help: restore its file; or, if the change is intended, `cargo migrate accept 20261108120000`

"#]]
    );

    // also where there is nothing to do
    let up = folder.run(&EDITED, "up");
    assert_eq!(up.code, 0);
    assert_data_eq!(
        up.err,
        str![[r#"
nothing to do: the database is at head `20261115180000`
note: revision `20261108120000` was edited after being applied
help: restore its file; or, if the change is intended, `cargo migrate accept 20261108120000`

"#]]
    );
    let up = folder.run(&EDITED, "up --json");
    assert!(
        up.out
            .contains("\"edited\": [\n    \"20261108120000\"\n  ]"),
        "{}",
        up.out
    );

    for line in ["accept 202611", "accept nonsense", "accept"] {
        let said = folder.run(&EDITED, line);
        assert_eq!(said.code, 2, "{line}: {said:?}");
    }
    let accepted = folder.run(&EDITED, "accept 20261108");
    assert_eq!(accepted.code, 0);
    assert_data_eq!(
        accepted.err,
        str![[r#"
done: recorded the checksum of 1 revision, without running anything

"#]]
    );
    assert_eq!(folder.run(&EDITED, "check --database").code, 0);
    let again = folder.run(&EDITED, "accept --all");
    assert_eq!(again.code, 0);
    assert_data_eq!(
        again.err,
        str![[r#"
nothing to do: the checksums recorded in `[DIR]/app.db` match

"#]]
    );
    // and back: what was accepted is what counts
    assert_eq!(folder.run(&CHAIN, "check").code, 1);
    folder.run(&CHAIN, "down 20261101");
    assert_eq!(
        folder.run(&CHAIN, "accept 20261108").code,
        1,
        "it is not applied"
    );
    folder.run(&CHAIN, "up");
    assert_eq!(folder.run(&CHAIN, "check").code, 0);
    // a stamp records what is compiled, too
    folder.run(&CHAIN, "stamp base");
    folder.run(&CHAIN, "stamp head");
    assert_eq!(folder.run(&EDITED, "check").code, 1);
}

#[test]
fn a_revision_without_a_checksum_is_not_called_edited() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    folder.execute("UPDATE __migrate_journal SET checksum = NULL");
    assert_eq!(folder.run(&EDITED, "check").code, 0);
    let all = folder.run(&EDITED, "accept --all");
    assert_eq!(all.code, 0);
    assert_data_eq!(
        all.err,
        str![[r#"
nothing to do: the checksums recorded in `[DIR]/app.db` match
note: 1 applied revision has no checksum, so an edit of it is not reported
help: to have it reported: `cargo migrate accept 20261108120000`

"#]]
    );
    folder.execute("UPDATE __migrate_journal SET checksum = '9-of another version'");
    assert_eq!(folder.run(&EDITED, "check").code, 0);
}

#[test]
fn a_gate_for_deployments() {
    let folder = Folder::new();
    assert_eq!(folder.run_with(&CHAIN, "check --database", &[]).code, 2);
    assert_eq!(folder.run(&CHAIN, "check --database").code, 1);
    assert!(!folder.database().exists());
    folder.run(&CHAIN, "up");
    assert_eq!(folder.run(&CHAIN, "check --database").code, 0);
    let said = folder.run(&SHORT, "check --database");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("unknown: 20261115180000"), "{said:?}");
    // what the journal says is not known where it cannot be read
    folder.execute("ALTER TABLE __migrate_journal RENAME COLUMN actor TO other");
    assert_eq!(folder.run(&CHAIN, "check").code, 0);
    let said = folder.run(&CHAIN, "check --database");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("the journal cannot be read"), "{said:?}");
    let said = folder.run(&CHAIN, "status");
    assert_eq!(said.code, 0);
    assert!(said.err.contains("the journal cannot be read"), "{said:?}");
}
