//! `graph`: what it takes and where it goes. The drawings of each shape are tested where they are
//! made.

use snapbox::{IntoData, assert_data_eq, str};

use crate::histories::{CHAIN, EMPTY, FORKED, SHORT};
use crate::support::Folder;

#[test]
fn the_graph_needs_no_database() {
    let said = Folder::new().run_with(&FORKED, "graph", &[]);
    assert_eq!((said.code, said.err.as_str()), (0, "╌╌╌ depends on\n"));
    assert_data_eq!(
        said.out,
        str![[r#"
●    20261112000000 (billing) (head), Create invoices.
├╌╮
│ ●    20261110000000 (effective head), Merge phone and mail.
│ ├─╮
│ ● │  20261108120000, Add a phone number to users.
├─╯ │
│   ●  20261109130000, Add a mail address to users.
├───╯
●  20261101090000 (base), Create users.

"#]]
        .raw()
    );
}

#[test]
fn the_graph_with_a_database() {
    let folder = Folder::new();
    folder.run(&FORKED, "up 20261109130000");
    let said = folder.run(&FORKED, "graph --indicate-current");
    assert_data_eq!(
        said.out,
        str![[r#"
○    20261112000000 (billing) (head) (pending), Create invoices.
├╌╮
│ ○    20261110000000 (effective head) (pending), Merge phone and mail.
│ ├─╮
│ ○ │  20261108120000 (pending), Add a phone number to users.
├─╯ │
│   ◉  20261109130000 (current), Add a mail address to users.
├───╯
●  20261101090000 (base), Create users.

"#]]
        .raw()
    );
    assert_data_eq!(
        said.err,
        str![[r#"
● applied   ◉ current   ○ pending   ╌╌╌ depends on

"#]]
    );
    folder.run(&FORKED, "stamp heads");
    folder.run(&CHAIN, "stamp --purge head");
    let said = folder.run(&SHORT, "graph -i");
    assert_data_eq!(
        said.out,
        str![[r#"
?  20261115180000 (unknown)

◉  20261108120000 (head) (current), Add a phone number to users.
●  20261101090000 (base), Create users.

"#]]
        .raw()
    );
}

#[test]
fn a_range_that_asks_the_database() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up +2");
    let said = folder.run(&CHAIN, "graph -r current:");
    assert_data_eq!(
        said.out,
        str![[r#"
○  20261115180000 (head) (pending), Create orders.
◉  20261108120000 (current), Add a phone number to users.
~

"#]]
        .raw()
    );
}

#[test]
fn nothing_to_draw() {
    let said = Folder::new().run_with(&EMPTY, "graph", &[]);
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (0, "", "the history has no revisions\n")
    );
    let said = Folder::new().run_with(&EMPTY, "graph --quiet", &[]);
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""));
}

#[test]
fn a_locale_without_utf_8_gets_ascii() {
    let ascii = Folder::new().run_with(&FORKED, "graph --ascii", &[]);
    assert!(ascii.out.is_ascii(), "{}", ascii.out);
    let locale = Folder::new().run_with(&FORKED, "graph", &[("LC_ALL", "C".into())]);
    assert_eq!(locale, ascii);
}

#[test]
fn forms_and_their_mistakes() {
    let folder = Folder::new();
    for (form, begins) in [
        ("mermaid", "flowchart "),
        ("dot", "digraph "),
        ("svg", "<svg "),
        ("json", "{\n"),
    ] {
        let said = folder.run_with(&FORKED, &format!("graph --format {form}"), &[]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{form}");
        assert!(said.out.starts_with(begins), "{form}: {}", said.out);
    }
    for line in [
        "graph --format png",
        "graph --json --format svg",
        "graph -r 1:2:3",
        "graph -r nowhere:",
    ] {
        let said = folder.run_with(&FORKED, line, &[]);
        assert_eq!(said.code, 2, "{line}");
        assert!(said.err.starts_with("error: "), "{line}: {}", said.err);
    }
    let json = folder.run_with(&FORKED, "graph --json", &[]);
    assert_eq!(json, folder.run_with(&FORKED, "graph --format json", &[]));
}
