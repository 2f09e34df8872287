//! The terminal's drawings of small shapes.

use migrate_graph::Header;
use snapbox::{IntoData, assert_data_eq, str};

use super::{drawn, drawn_with, revision};

#[test]
fn nothing() {
    assert_data_eq!(
        drawn(&[]),
        str![[r#"
the history has no revisions

the history has no revisions

"#]]
        .raw()
    );
}

#[test]
fn a_line() {
    assert_data_eq!(
        drawn(&[
            revision("a", []),
            revision("b", ["a"]),
            revision("c", ["b"])
        ]),
        str![[r#"
●  c (head), Message of c.
●  b, Message of b.
●  a (base), Message of a.


*  c (head), Message of c.
*  b, Message of b.
*  a (base), Message of a.


"#]]
        .raw()
    );
}

#[test]
fn a_fork() {
    assert_data_eq!(
        drawn(&fork()),
        str![[r#"
●  b (head), Message of b.
│ ●  c (head), Message of c.
├─╯
●  a (base), Message of a.


*  b (head), Message of b.
| *  c (head), Message of c.
|/
*  a (base), Message of a.


"#]]
        .raw()
    );
}

#[test]
fn a_merge() {
    let mut headers = fork();
    headers.push(revision("m", ["b", "c"]));
    headers.push(revision("n", ["m"]));
    assert_data_eq!(
        drawn(&headers),
        str![[r#"
●  n (head), Message of n.
●    m, Message of m.
├─╮
● │  b, Message of b.
│ ●  c, Message of c.
├─╯
●  a (base), Message of a.


*  n (head), Message of n.
*    m, Message of m.
|\
* |  b, Message of b.
| *  c, Message of c.
|/
*  a (base), Message of a.


"#]]
        .raw()
    );
}

#[test]
fn two_bases_with_labels() {
    assert_data_eq!(
        drawn(&[
            revision("a", []).branch_labels(["accounts"]),
            revision("b", ["a"]),
            revision("x", []).branch_labels(["billing"]),
            revision("y", ["x"]),
        ]),
        str![[r#"
●  b (accounts) (head), Message of b.
●  a (accounts) (base), Message of a.

●  y (billing) (head), Message of y.
●  x (billing) (base), Message of x.


*  b (accounts) (head), Message of b.
*  a (accounts) (base), Message of a.

*  y (billing) (head), Message of y.
*  x (billing) (base), Message of x.


"#]]
        .raw()
    );
}

#[test]
fn bases_alone() {
    assert_data_eq!(
        drawn(&[revision("a", []), revision("b", []), revision("c", [])]),
        str![[r#"
●  a (head) (base), Message of a.

●  b (head) (base), Message of b.

●  c (head) (base), Message of c.


*  a (head) (base), Message of a.

*  b (head) (base), Message of b.

*  c (head) (base), Message of c.


"#]]
        .raw()
    );
}

#[test]
fn a_dependency() {
    assert_data_eq!(
        drawn(&[
            revision("a", []).branch_labels(["accounts"]),
            revision("b", ["a"]),
            revision("c", ["b"]),
            revision("x", [])
                .branch_labels(["billing"])
                .depends_on(["b"]),
            revision("y", ["x"]).depends_on(["accounts"]),
        ]),
        str![[r#"
●  c (accounts) (head), Message of c.
│ ●    y (billing) (head), Message of y.
│ ├╌╮
│ ● ╎  x (billing) (base), Message of x.
├╌╯ ╎
●   ╎  b, Message of b.
├╌╌╌╯
●  a (accounts) (base), Message of a.
╌╌╌ depends on

*  c (accounts) (head), Message of c.
| *    y (billing) (head), Message of y.
| +..
| * :  x (billing) (base), Message of x.
+.' :
*   :  b, Message of b.
+...'
*  a (accounts) (base), Message of a.
... depends on

"#]]
        .raw()
    );
}

#[test]
fn a_dependency_across_a_lane() {
    assert_data_eq!(
        drawn(&[
            revision("a", []),
            revision("b", ["a"]),
            revision("c", ["a"]),
            revision("d", ["b", "c"]),
            revision("e", ["a"]).depends_on(["c"]),
            revision("f", ["e"]),
        ]),
        str![[r#"
●    d (head), Message of d.
├─╮
● │  b, Message of b.
│ │ ●  f (head), Message of f.
│ │ ●  e, Message of e.
│ ├╌┤
├───╯
│ ●  c, Message of c.
├─╯
●  a (base), Message of a.
╌╌╌ depends on

*    d (head), Message of d.
|\
* |  b, Message of b.
| | *  f (head), Message of f.
| | *  e, Message of e.
| +.+
+---'
| *  c, Message of c.
|/
*  a (base), Message of a.
... depends on

"#]]
        .raw()
    );
}

#[test]
fn criss_cross_merges() {
    assert_data_eq!(
        drawn(&[
            revision("a", []),
            revision("b", ["a"]),
            revision("c", ["a"]),
            revision("d", ["b", "c"]),
            revision("e", ["c", "b"]),
            revision("f", ["d", "e"]),
        ]),
        str![[r#"
●    f (head), Message of f.
├─╮
● │    d, Message of d.
├───╮
│ ● │  e, Message of e.
├─┴─┤
●   │  b, Message of b.
│   ●  c, Message of c.
├───╯
●  a (base), Message of a.


*    f (head), Message of f.
|\
* |    d, Message of d.
+---.
| * |  e, Message of e.
|/ \|
*   |  b, Message of b.
|   *  c, Message of c.
+---'
*  a (base), Message of a.


"#]]
        .raw()
    );
}

#[test]
fn three_heads() {
    assert_data_eq!(
        drawn(&[
            revision("a", []),
            revision("b", ["a"]),
            revision("c", ["b"]),
            revision("d", ["a"]),
            revision("e", ["a"]),
            revision("f", ["e"]),
        ]),
        str![[r#"
●  c (head), Message of c.
●  b, Message of b.
│ ●  d (head), Message of d.
├─╯
│ ●  f (head), Message of f.
│ ●  e, Message of e.
├─╯
●  a (base), Message of a.


*  c (head), Message of c.
*  b, Message of b.
| *  d (head), Message of d.
|/
| *  f (head), Message of f.
| *  e, Message of e.
|/
*  a (base), Message of a.


"#]]
        .raw()
    );
}

#[test]
fn a_merge_of_five() {
    let mut headers = vec![revision("a", [])];
    headers.extend(["b", "c", "d", "e", "f"].map(|id| revision(id, ["a"])));
    headers.push(revision("m", ["b", "c", "d", "e", "f"]));
    assert_data_eq!(
        drawn(&headers),
        str![[r#"
●          m (head), Message of m.
├─┬─┬─┬─╮
● │ │ │ │  b, Message of b.
│ ● │ │ │  c, Message of c.
├─╯ │ │ │
│   ● │ │  d, Message of d.
├───╯ │ │
│     ● │  e, Message of e.
├─────╯ │
│       ●  f, Message of f.
├───────╯
●  a (base), Message of a.


*          m (head), Message of m.
+-+-+-+-.
* | | | |  b, Message of b.
| * | | |  c, Message of c.
|/  | | |
|   * | |  d, Message of d.
+---' | |
|     * |  e, Message of e.
+-----' |
|       *  f, Message of f.
+-------'
*  a (base), Message of a.


"#]]
        .raw()
    );
}

#[test]
fn messages_that_are_too_long() {
    let long =
        "Split the name into given name and family name, and keep the old column for a while.";
    let mut headers = vec![
        revision("20261101090000", []),
        revision("20261102090000", ["20261101090000"]),
    ];
    headers.push(
        revision("20261103090000", ["20261101090000"])
            .branch_labels(["a-rather-long-branch-label", "another-branch-label"]),
    );
    for header in &mut headers {
        header.message = long.to_owned();
    }
    assert_data_eq!(
        drawn(&headers),
        str![[r#"
●  20261102090000 (head), Split the name into given name and family name, and k…
│ ●  20261103090000 (a-rather-long-branch-label, another-branch-label) (head)
├─╯  Split the name into given name and family name, and keep the old column fo…
●  20261101090000 (base), Split the name into given name and family name, and k…


*  20261102090000 (head), Split the name into given name and family name, and...
| *  20261103090000 (a-rather-long-branch-label, another-branch-label) (head)
|/   Split the name into given name and family name, and keep the old column...
*  20261101090000 (base), Split the name into given name and family name, and...


"#]]
        .raw()
    );
}

#[test]
fn wide_characters_and_those_that_command_terminals() {
    let mut headers = vec![
        revision("a", []),
        revision("b", ["a"]),
        revision("c", ["b"]),
    ];
    headers[0].message = "利用者の表を作る。".repeat(6);
    headers[1].message = "Größe\u{1b}[31m und\tBrüche 🦀".to_owned();
    headers[2].message = String::new();
    assert_data_eq!(
        drawn(&headers),
        str![[r#"
●  c (head)
●  b, Größe�[31m und Brüche 🦀
●  a (base), 利用者の表を作る。利用者の表を作る。利用者の表を作る。利用者の表を…


*  c (head)
*  b, Gr??e?[31m und Br?che ?
*  a (base), ??????????????????????????????????????????????????????


"#]]
        .raw()
    );
}

#[test]
fn ids_are_never_cut() {
    let base = "a".repeat(50);
    let mut headers = vec![revision(&base, [])];
    headers.extend((0..16).map(|index| revision(&format!("{index:0>50}"), [&base])));
    headers.push(Header {
        down_revision: headers[1..]
            .iter()
            .map(|header| header.id.clone())
            .collect(),
        ..revision("m", [])
    });
    assert_data_eq!(
        drawn(&headers),
        str![[r#"
●                                m (head), Message of m.
├─┬─┬─┬─┬─┬─┬─┬─┬─┬─┬─┬─┬─┬─┬─╮
● │ │ │ │ │ │ │ │ │ │ │ …    00000000000000000000000000000000000000000000000000
│ │ │ │ │ │ │ │ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│ ● │ │ │ │ │ │ │ │ │ │ …    00000000000000000000000000000000000000000000000001
├─╯ │ │ │ │ │ │ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│   ● │ │ │ │ │ │ │ │ │ …    00000000000000000000000000000000000000000000000002
├───╯ │ │ │ │ │ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│     ● │ │ │ │ │ │ │ │ …    00000000000000000000000000000000000000000000000003
├─────╯ │ │ │ │ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│       ● │ │ │ │ │ │ │ …    00000000000000000000000000000000000000000000000004
├───────╯ │ │ │ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│         ● │ │ │ │ │ │ …    00000000000000000000000000000000000000000000000005
├─────────╯ │ │ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│           ● │ │ │ │ │ …    00000000000000000000000000000000000000000000000006
├───────────╯ │ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│             ● │ │ │ │ …    00000000000000000000000000000000000000000000000007
├─────────────╯ │ │ │ │ …    Message of 000000000000000000000000000000000000000…
│               ● │ │ │ …    00000000000000000000000000000000000000000000000008
├───────────────╯ │ │ │ …    Message of 000000000000000000000000000000000000000…
│                 ● │ │ …    00000000000000000000000000000000000000000000000009
├─────────────────╯ │ │ …    Message of 000000000000000000000000000000000000000…
│                   ● │ …    00000000000000000000000000000000000000000000000010
├───────────────────╯ │ …    Message of 000000000000000000000000000000000000000…
│                     ● …    00000000000000000000000000000000000000000000000011
├─────────────────────╯ …    Message of 000000000000000000000000000000000000000…
│                       … ●  00000000000000000000000000000000000000000000000012
├───────────────────────…    Message of 000000000000000000000000000000000000000…
│                       … ●  00000000000000000000000000000000000000000000000013
├───────────────────────…    Message of 000000000000000000000000000000000000000…
│                       … ●  00000000000000000000000000000000000000000000000014
├───────────────────────…    Message of 000000000000000000000000000000000000000…
│                       … ●  00000000000000000000000000000000000000000000000015
├───────────────────────…    Message of 000000000000000000000000000000000000000…
●  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (base)
   Message of aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.


*                                m (head), Message of m.
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-.
* | | | | | | | | | | | ..   00000000000000000000000000000000000000000000000000
| | | | | | | | | | | | ..   Message of 0000000000000000000000000000000000000...
| * | | | | | | | | | | ..   00000000000000000000000000000000000000000000000001
|/  | | | | | | | | | | ..   Message of 0000000000000000000000000000000000000...
|   * | | | | | | | | | ..   00000000000000000000000000000000000000000000000002
+---' | | | | | | | | | ..   Message of 0000000000000000000000000000000000000...
|     * | | | | | | | | ..   00000000000000000000000000000000000000000000000003
+-----' | | | | | | | | ..   Message of 0000000000000000000000000000000000000...
|       * | | | | | | | ..   00000000000000000000000000000000000000000000000004
+-------' | | | | | | | ..   Message of 0000000000000000000000000000000000000...
|         * | | | | | | ..   00000000000000000000000000000000000000000000000005
+---------' | | | | | | ..   Message of 0000000000000000000000000000000000000...
|           * | | | | | ..   00000000000000000000000000000000000000000000000006
+-----------' | | | | | ..   Message of 0000000000000000000000000000000000000...
|             * | | | | ..   00000000000000000000000000000000000000000000000007
+-------------' | | | | ..   Message of 0000000000000000000000000000000000000...
|               * | | | ..   00000000000000000000000000000000000000000000000008
+---------------' | | | ..   Message of 0000000000000000000000000000000000000...
|                 * | | ..   00000000000000000000000000000000000000000000000009
+-----------------' | | ..   Message of 0000000000000000000000000000000000000...
|                   * | ..   00000000000000000000000000000000000000000000000010
+-------------------' | ..   Message of 0000000000000000000000000000000000000...
|                     * ..   00000000000000000000000000000000000000000000000011
+---------------------' ..   Message of 0000000000000000000000000000000000000...
|                       ..*  00000000000000000000000000000000000000000000000012
+-----------------------..   Message of 0000000000000000000000000000000000000...
|                       ..*  00000000000000000000000000000000000000000000000013
+-----------------------..   Message of 0000000000000000000000000000000000000...
|                       ..*  00000000000000000000000000000000000000000000000014
+-----------------------..   Message of 0000000000000000000000000000000000000...
|                       ..*  00000000000000000000000000000000000000000000000015
+-----------------------..   Message of 0000000000000000000000000000000000000...
*  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (base)
   Message of aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.


"#]]
        .raw()
    );
}

#[test]
fn a_range() {
    let mut headers = fork();
    headers.push(revision("m", ["b", "c"]).depends_on(["x"]));
    headers.push(revision("n", ["m"]));
    headers.push(revision("x", []));
    assert_data_eq!(
        drawn_with(&headers, None, Some("m:")),
        str![[r#"
●  n (head), Message of n.
●  m (depends on x), Message of m.
~
╌╌╌ depends on

*  n (head), Message of n.
*  m (depends on x), Message of m.
~
... depends on

"#]]
        .raw()
    );
    assert_data_eq!(
        drawn_with(&headers, None, Some("b:n")),
        str![[r#"
●  n (head), Message of n.
●    m (depends on x), Message of m.
├─╮
│ ~
●  b, Message of b.
~
╌╌╌ depends on

*  n (head), Message of n.
*    m (depends on x), Message of m.
|\
| ~
*  b, Message of b.
~
... depends on

"#]]
        .raw()
    );
}

#[test]
fn where_a_database_stands() {
    let headers = [
        revision("a", []),
        revision("b", ["a"]),
        revision("c", ["b"]),
        revision("d", ["c"]),
        revision("x", ["a"]).branch_labels(["billing"]),
        revision("y", ["x"]),
    ];
    let applied = ["a", "c", "x", "gone", "lost\u{1b}[2J"];
    assert_data_eq!(
        drawn_with(&headers, Some(&applied), None),
        str![[r#"
?  gone (unknown)
?  lost�[2J (unknown)

○  d (head) (pending), Message of d.
◉  c (current), Message of c.
○  b (pending) (gap), Message of b.
│ ○  y (billing) (head) (pending), Message of y.
│ ◉  x (billing) (current), Message of x.
├─╯
●  a (base), Message of a.
● applied   ◉ current   ○ pending   ? unknown

?  gone (unknown)
?  lost?[2J (unknown)

o  d (head) (pending), Message of d.
@  c (current), Message of c.
o  b (pending) (gap), Message of b.
| o  y (billing) (head) (pending), Message of y.
| @  x (billing) (current), Message of x.
|/
*  a (base), Message of a.
* applied   @ current   o pending   ? unknown

"#]]
        .raw()
    );
    assert_data_eq!(
        drawn_with(&[], Some(&["gone"]), None),
        str![[r#"
?  gone (unknown)
? unknown

?  gone (unknown)
? unknown

"#]]
        .raw()
    );
    assert_data_eq!(
        drawn_with(&headers[..1], Some(&[]), None),
        str![[r#"
○  a (head) (base) (pending), Message of a.
○ pending

o  a (head) (base) (pending), Message of a.
o pending

"#]]
        .raw()
    );
}

fn fork() -> Vec<Header> {
    vec![
        revision("a", []),
        revision("b", ["a"]),
        revision("c", ["a"]),
    ]
}
