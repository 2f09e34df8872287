//! A scan: what it makes of folders that are not whole, of other packages, and of changes.

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
fn other_packages_are_read_when_they_can_help() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = ['*']\n[workspace.metadata.migrate]\ndirectory = 'db'",
            ),
            ("users/Cargo.toml", "[package]"),
            ("users/db/a.rs", &revision("a", "None")),
            ("books/Cargo.toml", "[package]"),
            ("books/db/b.rs", &revision("b", "\"a\"")),
            (
                "loans/Cargo.toml",
                "[package]\nmetadata.migrate.directory = 'own'",
            ),
            ("loans/own/c.rs", &revision("c", "\"x\"")),
        ],
    );
    let users = Scan::read(&root.join("users"));
    assert!(users.is_sound() && users.others.is_empty());
    let books = Scan::read(&root.join("books"));
    assert!(books.is_sound());
    assert_eq!(books.elsewhere("a"), Some(&*root.join("users/db/a.rs")));
    assert_eq!(books.elsewhere("b"), None);
    assert_eq!(
        books.manifests,
        [root.join("books/Cargo.toml"), root.join("Cargo.toml")]
    );
    assert_eq!(
        problems(&root.join("loans")),
        ["own/c.rs: no revision `x` in this history"]
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
