//! Reading revision files from text.

use super::*;

/// Each revision in one line, then each mistake; or why the text cannot be read.
fn read(text: &str) -> String {
    let file = RevisionFile::parse("migrations/a.rs", text);
    if let Some(error) = file.error {
        let position = file.position(error.span);
        return format!("{}:{} {}", position.line, position.column, error.kind);
    }
    let mut lines = Vec::new();
    for revision in &file.revisions {
        let id = revision.header().map_or("?".to_owned(), |header| header.id);
        let function = revision
            .function
            .as_ref()
            .map_or("?", |function| &function.text);
        let path: Vec<&str> = revision
            .modules
            .iter()
            .map(String::as_str)
            .chain([function])
            .collect();
        let message = revision.message();
        lines.push(format!(
            "{}: {} {id} {message:?}",
            revision.line,
            path.join("::")
        ));
        for mistake in &revision.mistakes {
            let at = file.position(mistake.span);
            lines.push(format!("  {}:{} {}", at.line, at.column, mistake.kind));
        }
    }
    lines.join("\n")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

const A: &str = "#[revision(id = \"a\", down_revision = None, irreversible)]";
const B: &str = "#[migrate_core::revision(id = \"b\", down_revision = \"a\", irreversible)]";

#[test]
fn one_revision() {
    check(
        &format!(
            "//! A file.\nuse x::{{y, z}};\n\n/// Adds.\n///\n/// More.\n{A}\npub(crate) fn up(op: &mut Operations) -> Result<()> {{}}"
        ),
        "8: up a \"Adds.\"",
    );
    check(
        &format!("{A}\n/// Adds.\n#[allow(x)] fn up<'a>() where X: Y {{}}"),
        "3: up a \"Adds.\"",
    );
    check(
        &format!("#[doc = \"Adds.\"] {A} const unsafe extern \"C\" fn up() {{}}"),
        "1: up a \"Adds.\"",
    );
    check(&format!("{A} fn r#type() {{}}"), "1: r#type a \"\"");
}

#[test]
fn several_revisions_among_other_items() {
    check(
        &format!(
            "diesel::table! {{ users (id) {{ id -> Integer, }} }}
const X: T = T {{ a: 1 }} + 2;
{A} fn first() {{ let s = \"}}\"; if a {{ b }} }}
struct S;
#[derive(Debug)] struct G<const N: usize = {{ 1 }}>(u8);
{B}
fn second() {{}}"
        ),
        "3: first a \"\"\n7: second b \"\"",
    );
}

#[test]
fn inline_modules() {
    check(
        &format!(
            "pub mod one {{ //! doc\n pub(super) mod two {{ {A} fn up() {{}} }} }}\n{B} fn up() {{}}"
        ),
        "2: one::two::up a \"\"\n3: up b \"\"",
    );
    check(
        &format!("mod one {{ {A} fn up() {{}} }}"),
        "1: one::up a \"\"\n  1:72 this revision is in the private module `one`",
    );
    check("mod outside; pub mod other;", "");
}

#[test]
fn what_is_not_found() {
    check(&format!("fn outer() {{ {A} fn up() {{}} }}"), "");
    check(&format!("wrap! {{ {A} fn up() {{}} }}"), "");
    check(&format!("// {A} fn up() {{}}\n/* {A} fn up() {{}} */"), "");
    check(
        "#![revision(id = \"a\")] #[revisions] fn up() {} #[a::revision::b] fn up() {}",
        "",
    );
}

#[test]
fn mistakes_of_the_place() {
    check(
        &format!("{A} struct S;"),
        "1: ? a \"\"\n  1:1 `#[revision]` belongs on a function",
    );
    check(
        &format!("#[cfg(unix)]\n{A} fn up() {{}}"),
        "2: up a \"\"\n  1:1 a revision cannot be conditional",
    );
    check(
        &format!("#[cfg(unix)]\npub mod m {{ {A} fn up() {{}} }}"),
        "2: m::up a \"\"\n  2:74 a revision cannot be conditional",
    );
    check(
        "#[revision] fn up() {}",
        "1: up ? \"\"
  1:1 `id` is missing
  1:1 `down_revision` is missing
  1:1 this revision declares no downgrade",
    );
}

#[test]
fn what_cannot_be_read() {
    check("fn up() {\n  (", "2:3 this `(` is never closed");
    check("fn up() {\n", "1:9 this `{` is never closed");
    check("mod m {\n fn up() {}", "1:7 this `{` is never closed");
    check("fn up() { ( }", "1:11 this `(` is never closed");
    check("fn up() {} }", "1:12 this `}` closes nothing");
    check("fn up() ) {}", "1:9 this `)` closes nothing");
    check(
        "#[revision(\n<<<<<<< HEAD\n id = \"a\"\n=======\n id = \"b\"\n>>>>>>> other\n)]\nfn up() {}",
        "2:1 an unresolved conflict of a merge",
    );
    check("#[revision(id = \"a)]", "1:17 this literal has no end");
    check("#[revision(", "1:11 this `(` is never closed");
    check("", "");
    check("#", "");
    check("fn", "");
}

#[test]
fn every_cut_of_a_file_is_read_somehow() {
    let text = format!("/// D\n{A} pub fn up() {{ \"é\" }} pub mod m {{ {B} fn b() {{}} }}");
    for (end, _) in text.char_indices() {
        let _ = read(&text[..end]);
    }
}
