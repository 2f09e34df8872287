//! `history`, `heads`, `branches` and `show`: what needs no database.

use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, EMPTY, FORKED, TWO_HEADS};
use crate::support::Folder;

#[test]
fn history_is_newest_first() {
    let said = Folder::new().run(&CHAIN, "history");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_data_eq!(
        said.out,
        str![[r#"
20261108120000 -> 20261115180000 (head), Create orders.
20261101090000 -> 20261108120000, Add a phone number to users.
<base> -> 20261101090000, Create users.

"#]]
    );
}

#[test]
fn history_of_branches() {
    let said = Folder::new().run(&FORKED, "history");
    assert_data_eq!(
        said.out,
        str![[r#"
20261101090000 (depends on 20261110000000) -> 20261112000000 (billing) (head), Create invoices.
20261108120000, 20261109130000 -> 20261110000000 (effective head) (merge), Merge phone and mail.
20261101090000 -> 20261108120000, Add a phone number to users.
20261101090000 -> 20261109130000, Add a mail address to users.
<base> -> 20261101090000 (branch point), Create users.

"#]]
    );
}

#[test]
fn history_verbose() {
    let said = Folder::new().run(&FORKED, "history -v");
    assert_data_eq!(
        said.out,
        str![[r#"
revision:      20261112000000 (billing) (head)
parent:        20261101090000
depends on:    20261110000000
branch labels: billing
file:          migrations/billing/20261112000000_create_invoices.rs:4
downgrade:     reversible
transaction:   no

    Create invoices.

revision:      20261110000000 (effective head) (merge)
merges:        20261108120000, 20261109130000
file:          migrations/20261110000000_merge.rs:4
downgrade:     reversible
transaction:   yes

    Merge phone and mail.

revision:      20261108120000
parent:        20261101090000
continued by:  20261110000000
file:          migrations/20261108120000_add_phone.rs:4
downgrade:     function
transaction:   yes

    Add a phone number to users.

revision:      20261109130000
parent:        20261101090000
continued by:  20261110000000
file:          migrations/20261109130000_add_mail.rs:4
downgrade:     function
transaction:   yes

    Add a mail address to users.

revision:      20261101090000 (branch point)
parent:        <base>
continued by:  20261108120000, 20261109130000, 20261112000000
file:          migrations/20261101090000_create_users.rs:6
downgrade:     function
transaction:   yes

    Create users.

    The first table: everything else refers to it.

"#]]
    );
}

#[test]
fn history_of_nothing() {
    let said = Folder::new().run(&EMPTY, "history");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
}

#[test]
fn heads_in_all_forms() {
    let folder = Folder::new();
    assert_data_eq!(
        folder.run(&CHAIN, "heads").out,
        str![[r#"
20261115180000 (head), Create orders.

"#]]
    );
    assert_data_eq!(
        folder.run(&TWO_HEADS, "heads").out,
        str![[r#"
20261108120000 (head), Add a phone number to users.
20261109130000 (head), Add a mail address to users.

"#]]
    );
    assert_data_eq!(
        folder.run(&FORKED, "heads").out,
        str![[r#"
20261110000000 (effective head) (merge), Merge phone and mail.
20261112000000 (billing) (head), Create invoices.

"#]]
    );
    assert_data_eq!(
        folder.run(&FORKED, "heads --resolve-dependencies").out,
        str![[r#"
20261112000000 (billing) (head), Create invoices.

"#]]
    );
    assert_data_eq!(
        folder.run(&TWO_HEADS, "heads -v").out,
        str![[r#"
revision:      20261108120000 (head)
parent:        20261101090000
file:          migrations/20261108120000_add_phone.rs:4
downgrade:     function
transaction:   yes

    Add a phone number to users.

revision:      20261109130000 (head)
parent:        20261101090000
file:          migrations/20261109130000_add_mail.rs:4
downgrade:     function
transaction:   yes

    Add a mail address to users.

"#]]
    );
}

#[test]
fn branches_in_all_forms() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "branches").out, "");
    assert_data_eq!(
        folder.run(&FORKED, "branches").out,
        str![[r#"
20261101090000 (branch point), Create users.
    -> 20261108120000, Add a phone number to users.
    -> 20261109130000, Add a mail address to users.
    -> 20261112000000 (billing) (head), Create invoices.

"#]]
    );
    assert_data_eq!(
        folder.run(&FORKED, "branches --verbose").out,
        str![[r#"
revision:      20261101090000 (branch point)
parent:        <base>
continued by:  20261108120000, 20261109130000, 20261112000000
file:          migrations/20261101090000_create_users.rs:6
downgrade:     function
transaction:   yes

    Create users.

    The first table: everything else refers to it.

    -> 20261108120000, Add a phone number to users.
    -> 20261109130000, Add a mail address to users.
    -> 20261112000000 (billing) (head), Create invoices.

"#]]
    );
}

#[test]
fn show_one_and_several() {
    let folder = Folder::new();
    assert_data_eq!(
        folder.run(&CHAIN, "show").out,
        str![[r#"
revision:      20261115180000 (head)
parent:        20261108120000
file:          migrations/20261115180000_create_orders.rs:4
downgrade:     reversible
transaction:   yes

    Create orders.

"#]]
    );
    assert_data_eq!(
        folder.run(&FORKED, "show 202611010 billing").out,
        str![[r#"
revision:      20261101090000 (branch point)
parent:        <base>
continued by:  20261108120000, 20261109130000, 20261112000000
file:          migrations/20261101090000_create_users.rs:6
downgrade:     function
transaction:   yes

    Create users.

    The first table: everything else refers to it.

revision:      20261112000000 (billing) (head)
parent:        20261101090000
depends on:    20261110000000
branch labels: billing
file:          migrations/billing/20261112000000_create_invoices.rs:4
downgrade:     reversible
transaction:   no

    Create invoices.

"#]]
    );
    let shown = |line: &str| folder.run(&CHAIN, line).out;
    assert_eq!(shown("show 20261108120000-1"), shown("show 20261101090000"));
    assert_eq!(shown("show 20261101090000+2"), shown("show head"));
    assert!(shown("show head-1").contains("20261108120000"));
}

#[test]
fn show_what_is_not_there() {
    let folder = Folder::new();
    for (line, message) in [
        (
            "show 2027",
            str![[r#"
error: no revision or branch label `2027`
help: `cargo migrate history` lists the revisions

"#]],
        ),
        (
            "show 20261101090001",
            str![[r#"
error: no revision or branch label `20261101090001`
help: a similar name exists: `20261101090000`

"#]],
        ),
        (
            "show 202611",
            str![[r#"
error: `202611` is ambiguous: it begins `20261101090000`, `20261108120000` and `20261109130000`
help: type more of it: `20261101090000`

"#]],
        ),
        (
            "show head",
            str![[r#"
error: `head` means one head, and there are 2: `20261108120000` and `20261109130000`
help: name one: `20261108120000`; or all: `heads`; or `cargo migrate merge 20261108120000 20261109130000`

"#]],
        ),
        (
            "show +1",
            str![[r#"
error: `+1` is a place in what is applied, which has no meaning here
help: name a revision: its id, or `head`

"#]],
        ),
        (
            "show base",
            str![[r#"
error: `base` is no revision: it is the database with nothing applied
help: what comes first: `cargo migrate show 20261101090000`

"#]],
        ),
        (
            "show 20261101090000-1",
            str![[r#"
error: `20261101090000-1` goes too far: there is no such revision
help: `cargo migrate history` lists the revisions

"#]],
        ),
        (
            "show 20261101090000+1",
            str![[r#"
error: `20261101090000+1` leads to 2 revisions
help: name one: `20261108120000`

"#]],
        ),
        (
            "show a:b",
            str![[r#"
error: `a:b` is a range, and one target is wanted here
help: name the end alone: `b`

"#]],
        ),
    ] {
        let said = folder.run(&TWO_HEADS, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(said.err, message);
    }
}

#[test]
fn a_failure_is_an_object_too() {
    let said = Folder::new().run(&TWO_HEADS, "show 202611 --json");
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: "));
    assert_data_eq!(
        said.out,
        str![[r#"
{
  "error": {
    "kind": "usage",
    "exit_code": 2,
    "message": "`202611` is ambiguous: it begins `20261101090000`, `20261108120000` and `20261109130000`",
    "notes": [],
    "help": "type more of it: `20261101090000`",
    "candidates": [
      "20261101090000",
      "20261108120000",
      "20261109130000"
    ],
    "target": "202611"
  }
}

"#]]
    );
}

#[test]
fn history_of_a_range() {
    let folder = Folder::new();
    for (line, expected) in [
        (
            "history -r 20261108:",
            str![[r#"
20261108120000 -> 20261115180000 (head), Create orders.
20261101090000 -> 20261108120000, Add a phone number to users.

"#]],
        ),
        (
            "history -r :20261108",
            str![[r#"
20261101090000 -> 20261108120000, Add a phone number to users.
<base> -> 20261101090000, Create users.

"#]],
        ),
        (
            "history --range=-1:",
            str![[r#"
20261108120000 -> 20261115180000 (head), Create orders.
20261101090000 -> 20261108120000, Add a phone number to users.

"#]],
        ),
        (
            "history -r -1:",
            str![[r#"
20261108120000 -> 20261115180000 (head), Create orders.
20261101090000 -> 20261108120000, Add a phone number to users.

"#]],
        ),
        (
            "history --rev-range base:20261101090000",
            str![[r#"
<base> -> 20261101090000, Create users.

"#]],
        ),
    ] {
        let said = folder.run_with(&CHAIN, line, &[]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{line}");
        assert_data_eq!(said.out, expected);
    }
    folder.run(&CHAIN, "up +2");
    assert_data_eq!(
        folder.run(&CHAIN, "history -r current:").out,
        str![[r#"
20261108120000 -> 20261115180000 (head), Create orders.
20261101090000 -> 20261108120000 (current), Add a phone number to users.

"#]]
    );
    for (line, message) in [
        (
            "history -r 20261108",
            str![[r#"
error: `20261108` is not a range
help: a range is `from:to`, `from:` or `:to`

"#]],
        ),
        (
            "history -r 20261115:20261101",
            str![[r#"
error: `20261115180000` is not below `20261101090000`
help: the other way round: `20261101090000:20261115180000`

"#]],
        ),
        (
            "history -r 2027:",
            str![[r#"
error: no revision or branch label `2027`
help: `cargo migrate history` lists the revisions

"#]],
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(said.err, message);
    }
}
