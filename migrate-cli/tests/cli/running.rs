//! `up`, `down`, `redo` and `stamp`: what changes a database.

use std::time::Duration;

use migrate_core::engine::backend::{self, Access, LockRequest};
use snapbox::{assert_data_eq, str};

use crate::histories::{
    CHAIN, EMPTY, FAILING, FORKED, HOSTILE, INSERTED, ONE_WAY, SHORT, TWO_HEADS,
};
use crate::support::Folder;

#[test]
fn up_prints_each_step_and_then_nothing_to_do() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "up");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 3 revisions to apply
  [1/3] up 20261101090000, Create users. … 0 ms
  [2/3] up 20261108120000, Add a phone number to users. … 0 ms
  [3/3] up 20261115180000, Create orders. … 0 ms
done: applied 3 revisions in 0 ms; the database is at head `20261115180000`

"#]]
    );

    let said = folder.run(&CHAIN, "up");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
nothing to do: the database is at head `20261115180000`

"#]]
    );
}

#[test]
fn up_to_every_kind_of_target_and_down_again() {
    let folder = Folder::new();
    for (line, standing) in [
        (
            "upgrade +1",
            str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up 20261101090000, Create users. … 0 ms
done: applied 1 revision in 0 ms; the database is at `20261101090000`

"#]],
        ),
        (
            "up 202611081",
            str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up 20261108120000, Add a phone number to users. … 0 ms
done: applied 1 revision in 0 ms; the database is at `20261108120000`

"#]],
        ),
        (
            "up 20261101090000",
            str![[r#"
nothing to do: the database is at `20261108120000`

"#]],
        ),
        (
            "downgrade -1",
            str![[r#"
`[DIR]/app.db`: 1 revision to revert
  [1/1] down 20261108120000, Add a phone number to users. … 0 ms
done: reverted 1 revision in 0 ms; the database is at `20261101090000`

"#]],
        ),
        (
            "up heads",
            str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 20261108120000, Add a phone number to users. … 0 ms
  [2/2] up 20261115180000, Create orders. … 0 ms
done: applied 2 revisions in 0 ms; the database is at head `20261115180000`

"#]],
        ),
        (
            "down 20261108120000",
            str![[r#"
`[DIR]/app.db`: 1 revision to revert
  [1/1] down 20261115180000, Create orders. … 0 ms
done: reverted 1 revision in 0 ms; the database is at `20261108120000`

"#]],
        ),
        (
            "down base",
            str![[r#"
`[DIR]/app.db`: 2 revisions to revert
  [1/2] down 20261108120000, Add a phone number to users. … 0 ms
  [2/2] down 20261101090000, Create users. … 0 ms
done: reverted 2 revisions in 0 ms; the database is at base, with nothing applied

"#]],
        ),
        (
            "down base",
            str![[r#"
nothing to do: the database is at base, with nothing applied

"#]],
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, 0, "{line}: {}", said.err);
        assert_data_eq!(said.err, standing);
    }
}

#[test]
fn quiet_says_nothing() {
    let folder = Folder::new();
    for line in [
        "up -q",
        "redo --quiet",
        "-q down base",
        "stamp head --quiet",
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""), "{line}");
    }
}

#[test]
fn up_with_several_heads_names_them() {
    let folder = Folder::new();
    let said = folder.run(&TWO_HEADS, "up");
    assert_eq!(said.code, 2);
    assert_data_eq!(
        said.err,
        str![[r#"
error: `head` means one head, and there are 2: `20261108120000` and `20261109130000`
help: name one: `20261108120000`; or all: `heads`; or `cargo migrate merge 20261108120000 20261109130000`

"#]]
    );
    assert!(!folder.database().exists());

    let said = folder.run(&TWO_HEADS, "up heads");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 3 revisions to apply
  [1/3] up 20261101090000, Create users. … 0 ms
  [2/3] up 20261109130000, Add a mail address to users. … 0 ms
  [3/3] up 20261108120000, Add a phone number to users. … 0 ms
done: applied 3 revisions in 0 ms; the database is at all heads: `20261108120000`, `20261109130000`

"#]]
    );
    let said = folder.run(&FORKED, "up heads");
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 20261110000000, Merge phone and mail. … 0 ms
  [2/2] up 20261112000000, Create invoices. … 0 ms
done: applied 2 revisions in 0 ms; the database is at all heads: `20261110000000`, `20261112000000`

"#]]
    );
}

#[test]
fn targets_that_lead_nowhere_touch_nothing() {
    let folder = Folder::new();
    for (line, message) in [
        (
            "up 2027",
            str![[r#"
error: no revision or branch label `2027`
help: `cargo migrate history` lists the revisions

"#]],
        ),
        (
            "up 202611",
            str![[r#"
error: `202611` is ambiguous: it begins `20261101090000`, `20261108120000` and `20261115180000`
help: type more of it: `20261101090000`

"#]],
        ),
        (
            "up a:b",
            str![[r#"
error: `a:b` is a range, and one target is wanted here
help: name the end alone: `b`

"#]],
        ),
        (
            "up +0",
            str![[r#"
error: `+0` leads nowhere: it has no steps
help: one step up is `+1`, one step down is `-1`

"#]],
        ),
        (
            "down nonsense",
            str![[r#"
error: no revision or branch label `nonsense`
help: `cargo migrate history` lists the revisions

"#]],
        ),
        (
            "stamp 20261101090001",
            str![[r#"
error: no revision or branch label `20261101090001`
help: a similar name exists: `20261101090000`

"#]],
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(said.err, message);
        assert!(!folder.database().exists(), "{line}");
    }
}

#[test]
fn steps_beyond_the_ends() {
    let folder = Folder::new();
    for (line, message) in [
        (
            "up +4",
            str![[r#"
error: `+4` goes too far: there are 3 steps above what is applied
help: at most `+3`

"#]],
        ),
        (
            "up -1",
            str![[r#"
error: `-1` leads in the other direction
help: cargo migrate down -1

"#]],
        ),
        (
            "down -1",
            str![[r#"
error: nothing is applied, so nothing can be reverted

"#]],
        ),
        (
            "down +1",
            str![[r#"
error: `+1` leads in the other direction
help: cargo migrate up +1

"#]],
        ),
        (
            "redo",
            str![[r#"
error: nothing is applied, so nothing can be reverted

"#]],
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(said.err, message);
    }
}

#[test]
fn a_revision_that_fails_half_way() {
    let folder = Folder::new();
    let said = folder.run(&FAILING, "up");
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 4 revisions to apply
  [1/4] up 20261101090000, Create users. … 0 ms
  [2/4] up 20261108120000, Add a phone number to users. … 0 ms
  [3/4] up 20261115180000, Create orders, and break. … failed
error: the upgrade of revision `20261115180000` failed: no such table: nowhere
note: the revision is in `migrations/20261115180000_create_orders.rs:4`
note: the operation was: execute `INSERT INTO nowhere VALUES (1)`
note: the statement was: INSERT INTO nowhere VALUES (1)
note: all its changes were rolled back
note: this run had completed 2 other revisions; the database is at `20261108120000`
help: fix the revision, then run `cargo migrate up`

"#]]
    );

    // it was rolled back: once fixed, the run resumes
    let said = folder.run(&CHAIN, "up");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up 20261115180000, Create orders. … 0 ms
done: applied 1 revision in 0 ms; the database is at head `20261115180000`

"#]]
    );
}

#[test]
fn a_truncated_password_hides_nothing_else() {
    let folder = Folder::new();
    let said = folder.run(&HOSTILE, "up");
    assert_eq!(said.code, 3);
    assert!(!said.err.contains("a long"), "{}", said.err);
    assert!(
        said.err.contains("password=***") && said.err.contains("\nhelp: "),
        "{}",
        said.err
    );
    let said = folder.run(&HOSTILE, "up --json");
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let error = &answer["error"];
    assert!(error["help"].is_string(), "{error}");
    assert!(!said.out.contains("a long"), "{}", said.out);
    for line in ["history password= --json", "show password=' --json"] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, 2, "{line}");
        serde_json::from_str::<serde_json::Value>(&said.out).unwrap();
    }
}

#[test]
fn control_characters_of_revisions_and_databases_are_escaped() {
    let folder = Folder::new();
    let foreign = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                   run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
                   INSERT INTO __diesel_schema_migrations (version) VALUES ('x' || char(27) || '[2J' || char(7))";
    for line in [
        "up",
        "status",
        "history",
        "history -v",
        "show heads",
        "heads",
        "check",
        "current",
        "log",
        "graph",
    ] {
        if line == "status" {
            folder.execute(foreign);
        }
        for line in [line.to_owned(), format!("{line} --json")] {
            let said = folder.run(&HOSTILE, &line);
            let text = said.out + &said.err;
            for obeyed in ["\u{1b}]", "\u{1b}[2J", "\u{7}", "\u{202e}"] {
                assert!(!text.contains(obeyed), "{line}: {text:?}");
            }
        }
    }
}

#[test]
fn a_failure_names_the_command_that_resumes() {
    let folder = Folder::new();
    for (line, help) in [
        (
            "up +3",
            str!["help: fix the revision, then run `cargo migrate up +1`"],
        ),
        (
            "up heads",
            str!["help: fix the revision, then run `cargo migrate up heads`"],
        ),
        (
            "up 20261122",
            str!["help: fix the revision, then run `cargo migrate up 20261122`"],
        ),
    ] {
        let said = folder.run(&FAILING, line);
        assert_eq!(said.code, 3, "{line}");
        let last = said.err.lines().last().unwrap_or_default().to_owned();
        assert_data_eq!(last, help);
    }
}

#[test]
fn down_past_an_irreversible_revision() {
    let folder = Folder::new();
    folder.run(&ONE_WAY, "up");
    for line in ["down -1", "down base", "redo"] {
        let said = folder.run(&ONE_WAY, line);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{line}");
        assert_data_eq!(
            said.err,
            str![[r#"
error: revision `20261108120000` cannot be reverted: it is declared `irreversible`
help: give it `downgrade = downgrade` and write that function; or revert it by hand, and record that with `cargo migrate stamp 20261101090000`

"#]]
        );
    }
    assert_eq!(folder.run(&ONE_WAY, "check").code, 0);
}

#[test]
fn redo_one_and_several() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    assert_data_eq!(
        folder.run(&CHAIN, "redo").err,
        str![[r#"
`[DIR]/app.db`: 1 revision to revert and apply again
  [1/2] down 20261115180000, Create orders. … 0 ms
  [2/2] up 20261115180000, Create orders. … 0 ms
done: reverted 1 revision and applied 1 in 0 ms; the database is at head `20261115180000`

"#]]
    );
    let said = folder.run(&CHAIN, "redo -n 2");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to revert and apply again
  [1/4] down 20261115180000, Create orders. … 0 ms
  [2/4] down 20261108120000, Add a phone number to users. … 0 ms
  [3/4] up 20261108120000, Add a phone number to users. … 0 ms
  [4/4] up 20261115180000, Create orders. … 0 ms
done: reverted 2 revisions and applied 2 in 0 ms; the database is at head `20261115180000`

"#]]
    );
    assert_eq!(folder.run(&CHAIN, "redo -n 0").code, 2);
}

#[test]
fn revisions_that_the_history_does_not_know() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    for line in ["up", "down -1", "redo", "stamp head"] {
        let said = folder.run(&SHORT, line);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{line}");
        assert_data_eq!(
            said.err,
            str![[r#"
error: the database has revisions that this history does not know: `20261115180000`
help: check out the branch that has them; or, if the database no longer has their changes, delete their records: `cargo migrate stamp --purge 20261108120000`

"#]]
        );
    }
    let said = folder.run(&SHORT, "stamp --purge head");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.err,
        str![[r#"
done: removed the record of 1 revision in `[DIR]/app.db`, without running anything; the database is at head `20261108120000`

"#]]
    );
    assert_data_eq!(
        folder.run(&SHORT, "up").err,
        str![[r#"
nothing to do: the database is at head `20261108120000`

"#]]
    );
}

#[test]
fn stamp_there_and_back() {
    let folder = Folder::new();
    for (line, talk) in [
        (
            "stamp head",
            str![[r#"
done: recorded 3 revisions as applied in `[DIR]/app.db`, without running anything; the database is at head `20261115180000`

"#]],
        ),
        (
            "stamp head",
            str![[r#"
nothing to do: the database is at head `20261115180000`

"#]],
        ),
        (
            "stamp 20261101",
            str![[r#"
done: removed the record of 2 revisions in `[DIR]/app.db`, without running anything; the database is at `20261101090000`

"#]],
        ),
        (
            "stamp base",
            str![[r#"
done: removed the record of 1 revision in `[DIR]/app.db`, without running anything; the database is at base, with nothing applied

"#]],
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{line}");
        assert_data_eq!(said.err, talk);
    }
    assert_data_eq!(
        folder.run(&FORKED, "stamp 20261108 20261109").err,
        str![[r#"
done: recorded 3 revisions as applied in `[DIR]/app.db`, without running anything; the database is at `20261108120000`, `20261109130000`

"#]]
    );
    assert_data_eq!(
        folder.run(&FORKED, "current").out,
        str![[r#"
20261108120000 (current), Add a phone number to users.
20261109130000 (current), Add a mail address to users.

"#]]
    );
}

#[test]
fn a_gap_is_closed_by_up() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    assert_data_eq!(
        folder.run(&INSERTED, "up").err,
        str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up 20261109000000, Create notes. … 0 ms
note: `20261109000000` closes a gap: revisions that come after it were applied before
done: applied 1 revision in 0 ms; the database is at head `20261115180000`

"#]]
    );
}

#[test]
fn an_empty_history() {
    let folder = Folder::new();
    let said = folder.run(&EMPTY, "up heads");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.err,
        str![[r#"
nothing to do: the history has no revision yet

"#]]
    );
    let said = folder.run(&EMPTY, "up");
    assert_data_eq!(
        said.err,
        str![[r#"
nothing to do: the history has no revision yet

"#]]
    );
}

#[test]
fn up_down_redo_and_stamp_as_json() {
    let folder = Folder::new();
    for line in ["up +2 --json", "up --json", "up --json"] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, 0, "{line}");
    }
    assert_data_eq!(
        folder.run(&CHAIN, "down -1 --json -q").out,
        str![[r#"
{
  "database": "[DIR]/app.db",
  "backend": "sqlite",
  "targets": [
    "-1"
  ],
  "backup": null,
  "steps": [
    {
      "revision": "20261115180000",
      "direction": "down",
      "message": "Create orders.",
      "duration_ms": 0.0
    }
  ],
  "duration_ms": 0.0,
  "warnings": [],
  "current": [
    "20261108120000"
  ],
  "at_heads": false,
  "edited": [],
  "error": null
}

"#]]
    );
    assert_data_eq!(
        folder.run(&CHAIN, "redo --json -q").out,
        str![[r#"
{
  "database": "[DIR]/app.db",
  "backend": "sqlite",
  "targets": [],
  "backup": null,
  "steps": [
    {
      "revision": "20261108120000",
      "direction": "down",
      "message": "Add a phone number to users.",
      "duration_ms": 0.0
    },
    {
      "revision": "20261108120000",
      "direction": "up",
      "message": "Add a phone number to users.",
      "duration_ms": 0.0
    }
  ],
  "duration_ms": 0.0,
  "warnings": [],
  "current": [
    "20261108120000"
  ],
  "at_heads": false,
  "edited": [],
  "error": null
}

"#]]
    );
    assert_data_eq!(
        folder.run(&CHAIN, "stamp heads --json -q").out,
        str![[r#"
{
  "database": "[DIR]/app.db",
  "backend": "sqlite",
  "targets": [
    "heads"
  ],
  "added": [
    "20261115180000"
  ],
  "removed": [],
  "current": [
    "20261115180000"
  ],
  "at_heads": true,
  "error": null
}

"#]]
    );
}

#[test]
fn a_failed_run_is_one_object_too() {
    let folder = Folder::new();
    let said = folder.run(&FAILING, "up --json");
    assert_eq!(said.code, 3);
    assert_data_eq!(
        said.out,
        str![[r#"
{
  "database": "[DIR]/app.db",
  "backend": "sqlite",
  "targets": [
    "head"
  ],
  "backup": null,
  "steps": [
    {
      "revision": "20261101090000",
      "direction": "up",
      "message": "Create users.",
      "duration_ms": 0.0
    },
    {
      "revision": "20261108120000",
      "direction": "up",
      "message": "Add a phone number to users.",
      "duration_ms": 0.0
    }
  ],
  "duration_ms": 0.0,
  "warnings": [],
  "current": [
    "20261108120000"
  ],
  "at_heads": false,
  "edited": [],
  "error": {
    "kind": "revision",
    "exit_code": 3,
    "message": "the upgrade of revision `20261115180000` failed: no such table: nowhere",
    "notes": [
      "the revision is in `migrations/20261115180000_create_orders.rs:4`",
      "the operation was: execute `INSERT INTO nowhere VALUES (1)`",
      "the statement was: INSERT INTO nowhere VALUES (1)",
      "all its changes were rolled back",
      "this run had completed 2 other revisions; the database is at `20261108120000`"
    ],
    "help": "fix the revision, then run `cargo migrate up`",
    "continue": "cargo migrate up",
    "direction": "up",
    "file": "migrations/20261115180000_create_orders.rs",
    "kept": [],
    "line": 4,
    "operation": "execute `INSERT INTO nowhere VALUES (1)`",
    "revision": "20261115180000",
    "sql": "INSERT INTO nowhere VALUES (1)",
    "undone": true
  }
}

"#]]
    );
    let said = folder.run(&FAILING, "down nonsense --json");
    assert_eq!(said.code, 2);
    assert_data_eq!(
        said.out,
        str![[r#"
{
  "database": null,
  "backend": null,
  "targets": [
    "nonsense"
  ],
  "backup": null,
  "steps": [],
  "duration_ms": 0.0,
  "warnings": [],
  "current": null,
  "at_heads": null,
  "edited": [],
  "error": {
    "kind": "usage",
    "exit_code": 2,
    "message": "no revision or branch label `nonsense`",
    "notes": [],
    "help": "`cargo migrate history` lists the revisions",
    "near": null,
    "target": "nonsense"
  }
}

"#]]
    );
    let said = folder.run(&SHORT, "stamp nonsense --json");
    assert_eq!(said.code, 2);
    assert_data_eq!(
        said.out,
        str![[r#"
{
  "database": null,
  "backend": null,
  "targets": [
    "nonsense"
  ],
  "added": [],
  "removed": [],
  "current": null,
  "at_heads": null,
  "error": {
    "kind": "usage",
    "exit_code": 2,
    "message": "no revision or branch label `nonsense`",
    "notes": [],
    "help": "`cargo migrate history` lists the revisions",
    "near": null,
    "target": "nonsense"
  }
}

"#]]
    );
}

#[test]
fn the_lock_is_held_for_longer_than_the_timeout() {
    let folder = Folder::new();
    let url = folder.database().display().to_string().parse().unwrap();
    let mut other = backend::connect(&url, Access::Write).unwrap();
    let mut request = LockRequest {
        timeout: Duration::ZERO,
        on_wait: &mut |_| {},
    };
    other.lock(&mut request).unwrap();
    for line in ["up", "stamp head"] {
        let said = folder.run(&CHAIN, &format!("{line} --lock-timeout 0.1"));
        assert_eq!((said.code, said.out.as_str()), (4, ""), "{line}");
        let me = format!("process {} (`", std::process::id());
        assert!(said.err.contains(&me), "{}", said.err);
        assert!(said.err.starts_with("waiting: "), "{}", said.err);
        assert!(
            said.err.contains("error: another run holds the lock"),
            "{}",
            said.err
        );
        assert!(said.err.contains("--lock-timeout"), "{}", said.err);
    }
    let said = folder.run(&CHAIN, "up --json -q --lock-timeout 0");
    assert_eq!(said.code, 4);
    assert!(said.out.contains("\"kind\": \"lock\""), "{}", said.out);
    assert!(said.out.contains("\"steps\": []"), "{}", said.out);
    for fact in ["\"holder\": {", "\"since\": \"20", "\"waited_ms\": "] {
        assert!(said.out.contains(fact), "{fact}: {}", said.out);
    }
    let said = folder.run(&CHAIN, "stamp head --json -q --lock-timeout 0");
    assert!(said.out.contains("\"backend\": \"sqlite\""), "{}", said.out);

    // reading does not wait, and shows the active run
    let said = folder.run(&CHAIN, "status --lock-timeout 0");
    assert_eq!(said.code, 0);
    let running = format!("running:  process {} (`", std::process::id());
    assert!(said.out.contains(&running), "{}", said.out);
    let said = folder.run(&CHAIN, "status --json");
    assert!(said.out.contains("\"at_work\": \"process "), "{}", said.out);
    other.unlock();
    assert!(!folder.run(&CHAIN, "status").out.contains("running:"));
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    // and with nothing to do, neither does `up`
    let mut request = LockRequest {
        timeout: Duration::ZERO,
        on_wait: &mut |_| {},
    };
    other.lock(&mut request).unwrap();
    assert_eq!(folder.run(&CHAIN, "up --lock-timeout 0").code, 0);
}

#[test]
fn a_database_that_another_connection_keeps_busy() {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    let folder = Folder::new();
    folder.run(&CHAIN, "up +1");
    let mut other = SqliteConnection::establish(&folder.database().display().to_string()).unwrap();
    for begin in ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"] {
        other.batch_execute(begin).unwrap();
        for line in ["up", "down -1", "stamp head"] {
            let said = folder.run(&CHAIN, &format!("{line} --lock-timeout 0.1"));
            assert_eq!(
                (said.code, said.out.as_str()),
                (4, ""),
                "{begin} {line}: {}",
                said.err
            );
            assert!(said.err.contains("the database is busy"), "{}", said.err);
            assert!(
                said.err
                    .contains("wait longer with `--lock-timeout SECONDS`"),
                "{}",
                said.err
            );
        }
        other.batch_execute("ROLLBACK").unwrap();
    }
    // the whole wait is what was asked for
    other.batch_execute("BEGIN EXCLUSIVE").unwrap();
    let start = std::time::Instant::now();
    let said = folder.run(&CHAIN, "up --lock-timeout 3");
    assert_eq!(said.code, 4, "{}", said.err);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "waited {took:?}");
    other.batch_execute("ROLLBACK").unwrap();
    assert_data_eq!(
        folder.run(&CHAIN, "up").err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 20261108120000, Add a phone number to users. … 0 ms
  [2/2] up 20261115180000, Create orders. … 0 ms
done: applied 2 revisions in 0 ms; the database is at head `20261115180000`

"#]]
    );
}

#[test]
fn a_run_as_one_transaction_is_all_or_nothing() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "up --transaction all");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("done: applied "), "{}", said.err);
    let said = folder.run(&CHAIN, "down base --transaction none");
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn meaningless_options_are_refused() {
    let folder = Folder::new();
    for (line, words) in [
        (
            "up --sql --transaction all",
            "`--transaction` cannot be used with `--sql`",
        ),
        (
            "down --dry-run -1 --transaction none",
            "`--transaction` cannot be used with `--dry-run`",
        ),
        (
            "up --statement-timeout 1",
            "SQLite cannot limit how long a statement takes",
        ),
        ("up --transaction some", "invalid value 'some'"),
        ("up --statement-lock-timeout -1", "--statement-lock-timeout"),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, 2, "{line}: {}", said.err);
        assert!(said.err.contains(words), "{line}: {}", said.err);
    }
    for (variable, value, words) in [
        (
            "MIGRATE_STATEMENT_TIMEOUT",
            "1",
            "SQLite cannot limit how long a statement takes",
        ),
        (
            "MIGRATE_STATEMENT_LOCK_TIMEOUT",
            "soon",
            "`statement-lock-timeout` is `soon`, which is not a number of seconds",
        ),
        (
            "MIGRATE_LOCK_RETRIES",
            "1.5",
            "`lock-retries` is `1.5`, which is not a whole number, such as 5",
        ),
    ] {
        let database = ("DATABASE_URL", "app.db".into());
        let said = folder.run_with(&CHAIN, "up", &[database, (variable, value.into())]);
        assert_eq!(said.code, 2, "{variable}: {}", said.err);
        assert!(said.err.contains(words), "{variable}: {}", said.err);
    }
    // what is typed goes first
    let variables = [
        ("DATABASE_URL", "app.db".into()),
        ("MIGRATE_STATEMENT_TIMEOUT", "0".into()),
    ];
    let said = folder.run_with(&CHAIN, "up --statement-timeout 1", &variables);
    assert_eq!(said.code, 2, "{}", said.err);
    assert_eq!(folder.run_with(&CHAIN, "up", &variables).code, 0);
}
