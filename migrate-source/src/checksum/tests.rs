//! Which changes of a revision change its checksum.

use super::*;

fn of(text: &str) -> Checksum {
    let file = RevisionFile::parse("a.rs", text);
    assert_eq!(file.error, None, "{text}");
    file.checksum(&file.revisions[0])
}

/// A revision with this body.
fn body(body: &str) -> Checksum {
    of(&format!(
        "#[revision(id = \"a\", down_revision = None, irreversible)] fn up(op: &mut O) -> R {{{body}}}"
    ))
}

/// A revision with these keys and this after it.
fn keys(keys: &str, rest: &str) -> Checksum {
    of(&format!(
        "#[revision({keys})] fn up(op: &mut O) -> R {{ op.a() }} {rest}"
    ))
}

#[test]
fn looks_do_not_count() {
    for (one, other) in [
        (
            "op.a(1, 2)?; Ok(())",
            "\n\top . a(1,/* one */2)? ;// two\r\n Ok (( ))",
        ),
        ("op.a([1, 2], f(3))", "op.a(\n[\n1,\n2,\n],\nf(3,),\n)"),
        ("a(\"x\\ny\")", "a(\"x\ny\")"),
        ("a(\"x\ny\")", "a(\"x\r\ny\")"),
        ("a(r\"x\\\")", "a(r#\"x\\\"#)"),
        ("a(\"x\\\n   y\")", "a(\"xy\")"),
        ("run(|b| b.go(1))", "run(|b| {\n b.go(1)\n})"),
        ("run(move || b.go(1), 2)", "run(move || { b.go(1) }, 2)"),
        (
            "match a { B => c, D => e }",
            "match a { B => { c } D => { e } }",
        ),
        (
            "match a { B => c, D => e, }",
            "match a { B => { c }, D => e, }",
        ),
        (
            "match a { B => { c; } D => {} }",
            "match a { B => { c; }, D => {}, }",
        ),
        (
            "match a { B => match c { D => e }, F => g }",
            "match a { B => { match c { D => { e } } } F => g }",
        ),
        (
            "fn f() { /// inner\n const A: i32 = 1; }",
            "fn f() { const A: i32 = 1; }",
        ),
    ] {
        assert_eq!(body(one), body(other), "{one}\n{other}");
    }
}

#[test]
fn what_is_executed_counts() {
    let texts = [
        "",
        "a",
        "a b",
        "ab",
        "a,b",
        "a(1)",
        "a(12)",
        "a(1, 2)",
        "a(\"1\")",
        "a('1')",
        "a(b\"1\")",
        "a(\"1 \")",
        "a(\"1  \")",
        "a(|b| { c; d })",
        "a(|b| c); d",
        "a(|b| {})",
        "match a { B => { c; d } }",
        "match a { B => c, D => e }",
        "match a { B => c; D => e }",
        "{ a }",
        "#[cfg(b)] a",
    ];
    for (index, one) in texts.iter().enumerate() {
        for other in &texts[index + 1..] {
            assert_ne!(body(one), body(other), "{one}\n{other}");
        }
    }
}

#[test]
fn names_and_links_do_not_count() {
    let all = [
        "#[revision(id = \"a\", down_revision = None, irreversible)] fn up(op: &mut O) -> R { op.a() }",
        "#[revision(id = \"b\", down_revision = \"a\", depends_on = [\"c\"], branch_labels = [\"d\"], irreversible, transaction = true)]\n/// Doc.\n#[allow(x)]\npub fn other(op: &mut O) -> R { op.a() }",
        "fn before() {} pub mod m { #[revision(irreversible, id = \"b\", down_revision = \"a\")] fn up(op: &mut O) -> R { op.a() } }",
    ];
    assert_eq!(of(all[0]), of(all[1]));
    assert_eq!(of(all[0]), of(all[2]));
}

#[test]
fn the_decisions_count() {
    let head = "id = \"a\", down_revision = None";
    let all = [
        keys(&format!("{head}, irreversible"), ""),
        keys(&format!("{head}, irreversible, transaction = false"), ""),
        keys(&format!("{head}, reversible"), ""),
        keys(&format!("{head}, downgrade = down"), "fn down() { 1 }"),
        keys(&format!("{head}, downgrade = down"), "fn down() { 2 }"),
        keys(
            &format!("{head}, downgrade = down"),
            "#[cfg(x)] fn down() { 1 } #[cfg(y)] fn down() { 2 }",
        ),
        keys(&format!("{head}, downgrade = elsewhere::down"), ""),
        keys(&format!("{head}, downgrade = elsewhere::other"), ""),
    ];
    for (index, one) in all.iter().enumerate() {
        assert!(!all[index + 1..].contains(one), "{index}");
    }
}

#[test]
fn the_downgrade_function_is_found_by_its_path() {
    let head = "id = \"a\", down_revision = None";
    let plain = keys(&format!("{head}, downgrade = down"), "fn down() { 1 }");
    for (path, rest) in [
        ("self::down", "fn other() {} /// Doc.\n pub fn down() { 1 }"),
        (
            "m::n::down",
            "fn down() {} mod m { mod n { fn down() { 1 } } }",
        ),
    ] {
        assert_eq!(
            keys(&format!("{head}, downgrade = {path}"), rest),
            plain,
            "{path}"
        );
    }
    let within = |path: &str, n: u8| {
        of(&format!(
            "pub mod m {{ #[revision({head}, downgrade = {path})] fn up(op: &mut O) -> R {{ op.a() }} }} fn down() {{ {n} }}"
        ))
    };
    assert_eq!(within("super::down", 1), plain);
    assert_ne!(within("super::down", 1), within("super::down", 2));
    // not visible from here: its name counts
    assert_eq!(
        within("super::super::down", 1),
        within("super::super::down", 2)
    );
    assert_eq!(within("crate::down", 1), within("crate::down", 2));
}

#[test]
fn revisions_of_one_file_are_apart() {
    let revision = |id: &str, name: &str, n: u8| {
        format!(
            "#[revision(id = \"{id}\", down_revision = None, irreversible)] fn {name}() {{ {n} }}\n"
        )
    };
    let text = revision("a", "one", 1) + &revision("b", "two", 2);
    let file = RevisionFile::parse("a.rs", text);
    let checksums: Vec<_> = file
        .revisions
        .iter()
        .map(|revision| file.checksum(revision))
        .collect();
    assert_ne!(checksums[0], checksums[1]);
    assert_eq!(checksums[1], of(&revision("c", "three", 2)));
}

#[test]
fn half_written_files_have_checksums_too() {
    for text in [
        "#[revision()] struct A;",
        "#[revision] fn a();",
        "#[revision(downgrade = ::)] fn a() {}",
    ] {
        let file = RevisionFile::parse("a.rs", text);
        for revision in &file.revisions {
            let _ = file.checksum(revision);
        }
    }
}

/// These numbers are in people's databases.
#[test]
fn numbers_never_change() {
    let text = "#[revision(id = \"a\", down_revision = None, downgrade = down)]\nfn up(op: &mut Operations) -> Result<()> {\n    op.execute(\"select 1\")\n}\n\nfn down(op: &mut Operations) -> Result<()> {\n    match op.dialect() {\n        _ => op.drop_table(\"a\"),\n    }\n}\n";
    assert_eq!(of(text).to_string(), "1-ba570181a93ed120");
}
