//! `status`, `current`, `check` and `history --indicate-current`: the state of a database.

use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, EMPTY, FORKED, INSERTED, SHORT, TWO_HEADS, UNSOUND};
use crate::support::Folder;

#[test]
fn reading_creates_no_database() {
    let folder = Folder::new();
    for line in ["status", "current", "check", "history -i", "show current"] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, u8::from(line == "check"), "{line}: {}", said.err);
        assert!(!folder.database().exists(), "{line}");
    }
}

#[test]
fn status_from_nothing_to_the_head() {
    let folder = Folder::new();
    assert_data_eq!(
        folder.run(&CHAIN, "status").out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  <base>
head:     20261115180000
applied:  0 of 3 revisions
pending:  3
  20261101090000, Create users.
  20261108120000, Add a phone number to users.
  20261115180000, Create orders.

"#]]
    );
    folder.run(&CHAIN, "up +2");
    assert_data_eq!(
        folder.run(&CHAIN, "status").out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  20261108120000
head:     20261115180000
applied:  2 of 3 revisions
pending:  1
  20261115180000, Create orders.
last run: 2026-11-21 09:30:00 UTC, applied 2 revisions, by ada@box, process 42 (app)

"#]]
    );
    folder.run(&CHAIN, "up");
    assert_data_eq!(
        folder.run(&CHAIN, "status").out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  20261115180000
head:     20261115180000
applied:  3 of 3 revisions
pending:  0
last run: 2026-11-21 09:30:00 UTC, applied 1 revision, by ada@box, process 42 (app)

"#]]
    );
}

#[test]
fn status_with_gaps_and_unknown_revisions() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    assert_data_eq!(
        folder.run(&INSERTED, "status").out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  20261115180000
head:     20261115180000
applied:  3 of 4 revisions
pending:  1
  20261109000000, Create notes.
gaps:     pending, although a later revision is applied
  20261109000000, Create notes.
last run: 2026-11-21 09:30:00 UTC, applied 3 revisions, by ada@box, process 42 (app)

"#]]
    );
    assert_data_eq!(
        folder.run(&SHORT, "status").out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  20261108120000
head:     20261108120000
applied:  2 of 2 revisions
pending:  0
unknown:  applied, but not in this history
  20261115180000
last run: 2026-11-21 09:30:00 UTC, applied 3 revisions, by ada@box, process 42 (app)

"#]]
    );
    assert_data_eq!(
        folder.run(&SHORT, "status --json").out,
        str![[r#"
{
  "database": "[DIR]/app.db",
  "backend": "sqlite",
  "exists": true,
  "current": [
    "20261108120000"
  ],
  "heads": [
    "20261108120000"
  ],
  "at_heads": false,
  "applied": [
    "20261101090000",
    "20261108120000"
  ],
  "pending": [],
  "unknown": [
    "20261115180000"
  ],
  "gaps": [],
  "edited": [],
  "unfinished": null,
  "last_run": {
    "run": "19aa5d2c00000-1f3-0",
    "at": "2026-11-21T09:30:00.000000Z",
    "until": "2026-11-21T09:30:00.000000Z",
    "actor": "ada@box, process 42 (app)",
    "tool": "0.1.0",
    "from": [],
    "to": [
      "20261108120000",
      "20261115180000"
    ],
    "outcome": "done",
    "duration_ms": 0.0,
    "entries": [
      {
        "at": "2026-11-21T09:30:00.000000Z",
        "event": "applied",
        "revision": "20261101090000",
        "message": "Create users.",
        "direction": "up",
        "step": null,
        "statement": null,
        "operation": null,
        "duration_ms": 0.0,
        "checksum": null,
        "detail": null
      },
      {
        "at": "2026-11-21T09:30:00.000000Z",
        "event": "applied",
        "revision": "20261108120000",
        "message": "Add a phone number to users.",
        "direction": "up",
        "step": null,
        "statement": null,
        "operation": null,
        "duration_ms": 0.0,
        "checksum": "1-0000000000001234",
        "detail": null
      },
      {
        "at": "2026-11-21T09:30:00.000000Z",
        "event": "applied",
        "revision": "20261115180000",
        "message": "",
        "direction": "up",
        "step": null,
        "statement": null,
        "operation": null,
        "duration_ms": 0.0,
        "checksum": null,
        "detail": null
      }
    ]
  },
  "journal": "read",
  "journal_error": null,
  "revisions": [
    {
      "id": "20261101090000",
      "package": "app",
      "message": "Create users.",
      "applied": true,
      "run_on": "2026-11-21 09:30:00"
    },
    {
      "id": "20261108120000",
      "package": "app",
      "message": "Add a phone number to users.",
      "applied": true,
      "run_on": "2026-11-21 09:30:00"
    }
  ]
}

"#]]
    );
}

#[test]
fn current_in_all_forms() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "current");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db` is not there: `cargo migrate up` creates it

"#]]
    );
    folder.run(&CHAIN, "up +2");
    assert_data_eq!(
        folder.run(&CHAIN, "current").out,
        str![[r#"
20261108120000 (current), Add a phone number to users.

"#]]
    );
    assert_data_eq!(
        folder.run(&CHAIN, "current -v").out,
        str![[r#"
revision:      20261108120000 (current)
parent:        20261101090000
continued by:  20261115180000
file:          migrations/20261108120000_add_phone.rs:4
downgrade:     function
transaction:   yes

    Add a phone number to users.

"#]]
    );
    assert_data_eq!(
        folder.run(&CHAIN, "current --json").out,
        str![[r#"
{
  "database": "[DIR]/app.db",
  "backend": "sqlite",
  "exists": true,
  "current": [
    "20261108120000"
  ],
  "heads": [
    "20261115180000"
  ],
  "at_heads": false,
  "unknown": [],
  "gaps": [],
  "revisions": [
    {
      "id": "20261108120000",
      "message": "Add a phone number to users.",
      "doc": "Add a phone number to users.",
      "down_revision": [
        "20261101090000"
      ],
      "depends_on": [],
      "branch_labels": [],
      "labels": [],
      "continued_by": [
        "20261115180000"
      ],
      "head": false,
      "effective_head": false,
      "branch_point": false,
      "merge": false,
      "package": "app",
      "file": "migrations/20261108120000_add_phone.rs",
      "line": 4,
      "transaction": true,
      "downgrade": "function",
      "current": true
    }
  ]
}

"#]]
    );
    assert_eq!(folder.run(&CHAIN, "current --check-heads").code, 1);
    folder.run(&CHAIN, "up");
    assert_eq!(folder.run(&CHAIN, "current --check-heads").code, 0);
    let said = folder.run(&SHORT, "current -c");
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
20261108120000 (head) (current), Add a phone number to users.
20261115180000 (unknown)

"#]]
    );
}

#[test]
fn current_of_branches() {
    let folder = Folder::new();
    folder.run(&FORKED, "up 20261110");
    assert_data_eq!(
        folder.run(&FORKED, "current").out,
        str![[r#"
20261110000000 (effective head) (current) (merge), Merge phone and mail.

"#]]
    );
    folder.run(&FORKED, "up heads");
    assert_data_eq!(
        folder.run(&FORKED, "current").out,
        str![[r#"
20261110000000 (effective head) (current) (merge), Merge phone and mail.
20261112000000 (billing) (head) (current), Create invoices.

"#]]
    );
    assert_data_eq!(
        folder.run(&FORKED, "history -i").out,
        str![[r#"
20261101090000 (depends on 20261110000000) -> 20261112000000 (billing) (head) (current), Create invoices.
20261108120000, 20261109130000 -> 20261110000000 (effective head) (current) (merge), Merge phone and mail.
20261101090000 -> 20261108120000, Add a phone number to users.
20261101090000 -> 20261109130000, Add a mail address to users.
<base> -> 20261101090000 (branch point), Create users.

"#]]
    );
}

#[test]
fn check_answers_by_its_exit_code() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "check");
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
pending: 20261101090000
pending: 20261108120000
pending: 20261115180000
not ok: 3 revisions, head 20261115180000; database `[DIR]/app.db` at <base>

"#]]
    );
    folder.run(&CHAIN, "up");
    let said = folder.run(&CHAIN, "check");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.out,
        str![[r#"
ok: 3 revisions, head 20261115180000; database `[DIR]/app.db` at 20261115180000

"#]]
    );
    let said = folder.run(&SHORT, "check");
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
unknown: 20261115180000
not ok: 2 revisions, head 20261108120000; database `[DIR]/app.db` at 20261108120000

"#]]
    );
    let said = folder.run(&INSERTED, "check");
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
pending: 20261109000000
gap: 20261109000000
not ok: 4 revisions, head 20261115180000; database `[DIR]/app.db` at 20261115180000

"#]]
    );
    let said = folder.run(&INSERTED, "check --json");
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
{
  "ok": false,
  "revisions": 4,
  "heads": [
    "20261115180000"
  ],
  "problems": [],
  "warnings": [],
  "database": "[DIR]/app.db",
  "backend": "sqlite",
  "current": [
    "20261115180000"
  ],
  "pending": [
    "20261109000000"
  ],
  "unknown": [],
  "gaps": [
    "20261109000000"
  ],
  "edited": [],
  "unfinished": null,
  "journal_error": null,
  "drift": null,
  "models": null
}

"#]]
    );
}

#[test]
fn check_without_a_database() {
    let folder = Folder::new();
    let said = folder.run_with(&CHAIN, "check", &[]);
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.out,
        str![[r#"
ok: 3 revisions, head 20261115180000; no database was given, so none was checked

"#]]
    );
    let said = folder.run_with(&TWO_HEADS, "check", &[]);
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
problem: `20261108120000` and `20261109130000` both continue `20261101090000`, so the history has 2 heads
    help: join them: `cargo migrate merge 20261108120000 20261109130000 -m "…"`; or tell them apart with a label: `branch_labels = ["…"]` on `20261109130000`
not ok: 3 revisions, heads 20261108120000, 20261109130000; no database was checked

"#]]
    );
    let allow = [(
        "CARGO_MIGRATE_CONFIG",
        r#"{"values": {"multiple-heads": {"value": "allow", "origin": {"kind": "default"}}}}"#
            .into(),
    )];
    assert_eq!(folder.run_with(&TWO_HEADS, "check", &allow).code, 0);
    let said = folder.run_with(&EMPTY, "check --json", &[]);
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.out,
        str![[r#"
{
  "ok": true,
  "revisions": 0,
  "heads": [],
  "problems": [],
  "warnings": [],
  "database": null,
  "backend": null,
  "current": [],
  "pending": [],
  "unknown": [],
  "gaps": [],
  "edited": [],
  "unfinished": null,
  "journal_error": null,
  "drift": null,
  "models": null
}

"#]]
    );
}

#[test]
fn an_invalid_history() {
    let folder = Folder::new();
    let said = folder.run(&UNSOUND, "check");
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
problem: no revision `20261101090000` in this history
    help: a revision with a similar id exists: `20261109130000`
problem: no revision `20261101090000` in this history
    help: a revision with a similar id exists: `20261108120000`
problem: two revisions have the id `20261109130000`
    help: give one of them another id
problem: no revision `20261101090000` in this history
    help: a revision with a similar id exists: `20261108120000`
not ok: 3 revisions, heads none; no database was checked

"#]]
    );
    for line in ["up", "status", "heads", "stamp head"] {
        let said = folder.run(&UNSOUND, line);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{line}");
        assert_data_eq!(
            said.err,
            str![[r#"
error: no revision `20261101090000` in this history
note: and no revision `20261101090000` in this history
note: and two revisions have the id `20261109130000`
note: and no revision `20261101090000` in this history
help: a revision with a similar id exists: `20261109130000`

"#]]
        );
        assert!(!folder.database().exists());
    }
}

#[test]
fn unknown_revisions_do_not_hide_the_history() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    assert_data_eq!(
        folder.run(&SHORT, "history -i").out,
        str![[r#"
20261101090000 -> 20261108120000 (head) (current), Add a phone number to users.
<base> -> 20261101090000, Create users.

"#]]
    );
    assert_eq!(folder.run(&SHORT, "show current").code, 0);
    let said = folder.run(&SHORT, "history -r current:");
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: the database has revisions that this history does not know: `20261115180000`
help: name a revision instead of `current`

"#]]
    );
}
