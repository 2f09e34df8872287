//! Reading folders of revisions on disk.

use std::collections::BTreeMap;

use super::*;

/// A package with these files: paths and contents.
fn package(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let package = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = package.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    package
}

const A: &[u8] = b"#[revision(id = \"a\", down_revision = None, irreversible)] fn up() {}";

#[test]
fn files_in_subfolders_are_found_in_order() {
    let package = package(&[
        ("migrations/b.rs", b""),
        ("migrations/2026/c.rs", A),
        ("migrations/a.rs", A),
        ("migrations/.hidden.rs", A),
        ("migrations/.git/x.rs", A),
        ("migrations/readme.md", b"#"),
        ("src/lib.rs", A),
    ]);
    let folder = Folder::read(package.path(), Path::new("migrations"));
    let paths: Vec<&Path> = folder
        .files
        .iter()
        .map(|file| file.path.as_path())
        .collect();
    assert_eq!(
        paths,
        ["migrations/2026/c.rs", "migrations/a.rs", "migrations/b.rs"].map(Path::new)
    );
    assert_eq!(folder.revisions().count(), 2);
    assert_eq!(folder.problems, []);
}

#[test]
fn what_cannot_be_read_does_not_hide_the_rest() {
    let package = package(&[
        ("db/0001_a/up.sql", b"CREATE TABLE a (id);"),
        ("db/0001_a/down.sql", b""),
        ("db/a.rs", A),
        ("db/b.rs", b"//!\n\xff"),
        ("db/c.rs", b"fn ("),
    ]);
    let folder = Folder::read(package.path(), Path::new("db"));
    let problems: Vec<String> = folder.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["cannot read `db/b.rs`: line 2 is not UTF-8 text"]
    );
    assert_eq!(
        folder
            .files
            .iter()
            .map(|file| file.error.is_some())
            .collect::<Vec<_>>(),
        [false, true, false]
    );
}

#[test]
fn a_missing_folder_is_a_problem() {
    let package = package(&[]);
    let folder = Folder::read(package.path(), Path::new("migrations"));
    assert_eq!(
        folder.problems[0].to_string(),
        "there is no folder `migrations`"
    );
}

#[test]
fn the_fingerprint_changes_with_the_names_only() {
    let fingerprint = |files: &[(&str, &[u8])]| {
        Listing::read(package(files).path(), Path::new("m")).fingerprint()
    };
    let fingerprints = BTreeMap::from([
        (fingerprint(&[]), "nothing"),
        (fingerprint(&[("m/a.rs", b"")]), "one"),
        (fingerprint(&[("m/a.rs", b""), ("m/b.rs", b"")]), "two"),
        (fingerprint(&[("m/ab.rs", b"")]), "another name"),
        (fingerprint(&[("m/a/up.sql", b"")]), "an SQL folder"),
    ]);
    assert_eq!(fingerprints.len(), 5, "{fingerprints:?}");
    assert_eq!(
        fingerprint(&[("m/a.rs", b"x")]),
        fingerprint(&[("m/a.rs", b"")])
    );
    let package = package(&[("m/a.rs", A), ("m/s/up.sql", b"")]);
    let read = Folder::read(package.path(), Path::new("m"));
    assert_eq!(
        read.listing(),
        Listing::read(package.path(), Path::new("m"))
    );
}
