//! What code must not mention where: the ways in which a layer would know too much.

use crate::code;

#[test]
fn features_are_asked_for_in_one_place() {
    let allowed = [
        "migrate-core/src/backend.rs",     // the list of backends
        "migrate-core/src/connections.rs", // what each backend adds to the types of revisions
        "migrate-models/src/lib.rs",       // data without a reader, for who needs no more
        "migrate-models/src/read.rs",      // lines and columns, which the compiler knows itself
    ];
    for (name, text) in crate::rust_files() {
        // the examples are users
        let is_ours = !name.starts_with("tests/") && !name.starts_with("examples/");
        // plain data can be part of a dump, or of what the runner answers
        let is_data = [
            "migrate-core/src/schema/",
            "migrate-core/src/diff/",
            "migrate-core/src/dialect.rs",
            "migrate-core/src/render/file.rs",
            "migrate-models/src/",
        ]
        .iter()
        .any(|place| name.starts_with(place));
        let text = match is_data {
            true => text.replace("feature = \"serde\"", ""),
            false => text,
        };
        if !allowed.contains(&name.as_str()) && is_ours {
            assert!(
                !code(&text).contains("feature = \""),
                "{name} asks for a feature"
            );
        }
    }
}

#[test]
fn the_middle_names_no_backend_and_does_no_input_or_output() {
    let middle = [
        "migrate-core/src/schema",
        "migrate-core/src/operation",
        "migrate-core/src/diff",
        "migrate-graph/src/header",
        "migrate-graph/src/graph",
        "migrate-graph/src/problem",
        "migrate-graph/src/applied",
        "migrate-graph/src/target",
        "migrate-graph/src/plan",
        "migrate-graph/src/range",
    ];
    let mut seen = 0;
    for (name, text) in crate::rust_files() {
        let is_tests = name.ends_with("/tests.rs");
        if is_tests || !middle.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        seen += 1;
        let code = code(&text).to_lowercase();
        for word in [
            "sqlite", "postgres", "mysql", "mariadb", "std::fs", "std::io", "std::env",
        ] {
            assert!(!code.contains(word), "{name} mentions `{word}`");
        }
    }
    assert!(
        seen >= middle.len(),
        "only {seen} files of the middle were found"
    );
}

#[test]
fn the_library_types_no_command() {
    let library = ["migrate-core/src/", "migrate-graph/src/"];
    let mut seen = 0;
    for (name, text) in crate::rust_files() {
        let is_library = library.iter().any(|folder| name.starts_with(folder));
        if !is_library || name == "migrate-graph/src/advice.rs" {
            continue;
        }
        seen += 1;
        assert!(
            !code(&text).contains("cargo migrate"),
            "{name} types a command: errors give an `Advice`, which a command line writes"
        );
    }
    assert!(seen > 100, "only {seen} files of the library were found");
}

#[test]
fn one_place_knows_the_keys_of_the_attribute() {
    for (name, text) in crate::rust_files() {
        if name.starts_with("migrate-macros/src") {
            assert!(
                !code(&text).contains("\"branch_labels\""),
                "{name} knows a key of the attribute: that is migrate_source's"
            );
        }
    }
}

#[test]
fn nothing_makes_cargo_fetch_a_strangers_crate() {
    // the name `migrate-core` belongs to another project on crates.io
    let mut texts = crate::files(&["rs", "md"]);
    for name in [
        "examples/quickstart/Cargo.toml",
        "examples/adopt-diesel/Cargo.toml",
        "examples/workspace/Cargo.toml",
    ] {
        texts.push((name.to_owned(), crate::read(name)));
    }
    for (name, text) in texts {
        if name.starts_with("tests/tidy/") {
            continue;
        }
        for bad in [
            "cargo add migrate-core",
            "migrate-core = \"",
            "migrate-core = { version",
        ] {
            assert!(!text.contains(bad), "{name} has `{bad}`");
        }
    }
}
