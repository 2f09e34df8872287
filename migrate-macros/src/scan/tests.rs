//! A scan: of incomplete folders, of other packages, and after changes.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::*;

fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn revision(id: &str, down_revision: &str) -> String {
    format!(
        "#[revision(id = \"{id}\", down_revision = {down_revision}, irreversible)] fn up() {{}}"
    )
}

/// Each problem that shows in the package, with the file where it does.
fn problems(package: &Path) -> Vec<String> {
    let scan = Scan::read(package);
    let mut problems = Vec::new();
    for (file, in_file) in scan.folder.files.iter().enumerate() {
        for revision in 0..in_file.revisions.len() {
            for (problem, _) in scan.problems(Place {
                folder: 0,
                file,
                revision,
            }) {
                problems.push(format!("{}: {problem}", in_file.path.display()));
            }
        }
    }
    problems
}

#[test]
fn what_was_not_read_makes_no_mistakes() {
    let root = tempfile::tempdir().unwrap();
    let (a, b) = (revision("a", "None"), revision("b", "\"a\""));
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let package = root.path().join(files.len().to_string());
        write(&package, &[("Cargo.toml", "[package]\n[workspace]")]);
        write(&package, files);
        assert_eq!(problems(&package), expected, "{files:?}");
    };
    check(
        &[("migrations/b.rs", &b)],
        &["migrations/b.rs: no revision `a` in this history"],
    );
    check(&[("migrations/b.rs", &b), ("migrations/a.rs", "fn (")], &[]);
    let no_parent = "#[revision(id = \"c\", irreversible)] fn up() {}";
    let files = [
        ("migrations/a.rs", &*a),
        ("migrations/b.rs", &b),
        ("migrations/c.rs", no_parent),
    ];
    check(&files, &[]);
}

#[test]
fn other_packages_are_read() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = ['*']\n[workspace.metadata.migrate]\ndirectory = 'db'",
            ),
            ("users/Cargo.toml", USES),
            ("users/db/a.rs", &revision("a", "None")),
            ("books/Cargo.toml", USES),
            ("books/db/b.rs", &revision("b", "\"a\"")),
            (
                "loans/Cargo.toml",
                "[package]\nmetadata.migrate.directory = 'own'\n[dependencies]\nmigrate-core = '1'",
            ),
            ("loans/own/c.rs", &revision("c", "\"x\"")),
        ],
    );
    let users = Scan::read(&root.join("users"));
    assert!(users.is_sound());
    assert_eq!(
        users.across,
        [root.join("books/db/b.rs")],
        "it continues a revision here"
    );
    let books = Scan::read(&root.join("books"));
    assert!(books.is_sound());
    assert_eq!(books.across, [root.join("users/db/a.rs")]);
    assert_eq!(
        books.manifests,
        [root.join("books/Cargo.toml"), root.join("Cargo.toml")]
    );
    assert_eq!(
        problems(&root.join("loans")),
        ["own/c.rs: no revision `x` in this history"]
    );
}

const USES: &str = "[package]\n[dependencies]\nmigrate-core = '1'";

#[test]
fn an_id_is_unique_and_a_base_alone_in_all_packages() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        &[
            ("Cargo.toml", "[workspace]\nmembers = ['*']"),
            ("a/Cargo.toml", USES),
            ("a/migrations/1.rs", &revision("1", "None")),
            ("b/Cargo.toml", USES),
            ("b/migrations/1.rs", &revision("1", "None")),
            // no part of the history, whatever lies there
            ("c/Cargo.toml", "[package]"),
            ("c/migrations/1.rs", &revision("1", "None")),
        ],
    );
    for (package, expected) in [
        ("a", &["migrations/1.rs: two revisions have the id `1`"][..]),
        ("b", &["migrations/1.rs: two revisions have the id `1`"]),
    ] {
        assert_eq!(problems(&root.join(package)), expected, "{package}");
    }
    write(
        root,
        &[
            ("b/migrations/1.rs", ""),
            ("b/migrations/2.rs", &revision("2", "None")),
        ],
    );
    assert_eq!(
        problems(&root.join("b")),
        ["migrations/2.rs: `2` has no parent, but the history already begins with `1`"]
    );
    let allowed =
        "[package]\nmetadata.migrate.multiple-heads = 'allow'\n[dependencies]\nmigrate-core = '1'";
    write(
        root,
        &[
            ("a/Cargo.toml", allowed),
            ("b/migrations/2.rs", &revision("2", "\"1\"")),
            ("b/migrations/3.rs", &revision("3", "\"1\"")),
        ],
    );
    assert_eq!(
        problems(&root.join("b")),
        [""; 0],
        "what one allows is allowed to all"
    );
}

#[test]
fn links_stay_within_a_history() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = ['*']\n[workspace.metadata.migrate.histories.reports]\nmembers = ['b']",
            ),
            ("a/Cargo.toml", USES),
            ("a/migrations/1.rs", &revision("1", "None")),
            (
                "b/Cargo.toml",
                "[package]\nname = 'b'\n[dependencies]\nmigrate-core = '1'",
            ),
            ("b/migrations/1.rs", &revision("1", "None")),
            ("b/migrations/2.rs", &revision("2", "\"1\"")),
        ],
    );
    assert!(
        Scan::read(&root.join("a")).is_sound(),
        "an id may be in two histories"
    );
    assert!(Scan::read(&root.join("b")).is_sound());
    write(root, &[("a/migrations/3.rs", &revision("3", "\"2\""))]);
    let scan = Scan::read(&root.join("a"));
    assert_eq!(
        scan.stranger("2"),
        Some(("reports", "../b/migrations/2.rs:1"))
    );
}

#[test]
fn a_package_by_itself_is_a_part() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        &[
            ("Cargo.toml", USES),
            ("migrations/2.rs", &revision("2", "\"1\"")),
            ("migrations/3.rs", &revision("3", "\"1\"")),
        ],
    );
    assert_eq!(problems(root).len(), 2);
    write(root, &[("Cargo.toml.orig", "")]);
    assert_eq!(problems(root), [""; 0]);
    write(root, &[("migrations/3.rs", &revision("2", "\"1\""))]);
    assert_eq!(
        problems(root),
        ["migrations/3.rs: two revisions have the id `2`"]
    );
}

#[test]
fn a_revision_is_found_by_its_line() {
    let root = tempfile::tempdir().unwrap();
    let (a, b) = (revision("a", "None"), revision("b", "\"a\""));
    write(
        root.path(),
        &[
            ("Cargo.toml", "[workspace]"),
            ("migrations/x.rs", &format!("{a}\n\n{b}")),
        ],
    );
    let scan = Scan::read(root.path());
    let file = scan.file(&root.path().join("migrations/x.rs")).unwrap();
    let id = |place: Place| scan.at(place).1.header().unwrap().id;
    assert_eq!(scan.find(file, "up", 1).map(id), Some("a".to_owned()));
    assert_eq!(scan.find(file, "up", 3).map(id), Some("b".to_owned()));
    assert_eq!(scan.find(file, "up", 2), None);
    assert_eq!(scan.find(file, "down", 3), None);
}

#[test]
fn a_scan_is_kept_until_the_folder_changes() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        &[
            ("Cargo.toml", "[workspace]"),
            ("migrations/a.rs", &revision("a", "None")),
        ],
    );
    let wait = || std::thread::sleep(Duration::from_millis(300));
    let first = current(root);
    assert!(Arc::ptr_eq(&first, &current(root)));
    wait();
    assert!(Arc::ptr_eq(&first, &current(root)), "nothing has changed");
    write(root, &[("migrations/b.rs", &revision("b", "\"a\""))]);
    wait();
    let second = current(root);
    assert_eq!(
        (first.folder.files.len(), second.folder.files.len()),
        (1, 2)
    );
    write(
        root,
        &[(
            "Cargo.toml",
            "[workspace]\n[package]\nmetadata.migrate.directory = 'db'",
        )],
    );
    wait();
    assert_eq!(current(root).folder.files.len(), 0);
    write(root, &[("db/c.rs", &revision("c", "None"))]);
    assert_eq!(reread(root).folder.files.len(), 1);
}
