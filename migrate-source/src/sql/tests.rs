//! SQL folders on disk: versions, order, parents, metadata, and their mistakes.

use std::fs;

use super::super::folder::Folder;
use super::*;
use migrate_graph::Header;
use migrate_graph::problem::Part;

/// A folder of revisions with these files.
fn folder(files: &[(&str, &str)]) -> Folder {
    let package = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = package.path().join("m").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Folder::read(package.path(), Path::new("m"))
}

/// Each revision as `id <- parents`, and each mistake and problem, in words.
fn told(folder: &Folder) -> Vec<String> {
    let mut told = Vec::new();
    for (file, revision) in folder.revisions() {
        let header = revision.header().unwrap();
        told.push(format!(
            "{} <- {}",
            header.id,
            header.down_revision.join(" ")
        ));
        for mistake in &revision.mistakes {
            let at = file.position(mistake.span);
            told.push(format!("{}:{} {}", at.line, at.column, mistake.kind));
        }
    }
    told.extend(folder.problems.iter().map(ToString::to_string));
    told
}

/// Reads a `metadata.toml`, and returns the revision and the mistakes.
fn with_metadata(text: &str) -> (SourceRevision, Vec<String>) {
    let folder = folder(&[
        ("1_a/up.sql", ""),
        ("2_b/up.sql", ""),
        ("2_b/metadata.toml", text),
    ]);
    let told = told(&folder).split_off(2);
    let revision = folder.revisions().nth(1).unwrap().1.clone();
    (revision, told)
}

#[test]
fn versions_are_diesels() {
    for (name, version, message) in [
        (
            "2024-01-01-000000_create_users",
            "20240101000000",
            "create users",
        ),
        (
            "20240101000000_create-users",
            "20240101000000",
            "create users",
        ),
        (
            "00000000000000_diesel_initial_setup",
            "00000000000000",
            "diesel initial setup",
        ),
        ("2024-01-01-000000-0001_add", "202401010000000001", "add"),
        (
            "2024-01-01-000000-add-phone",
            "20240101000000addphone",
            "add phone",
        ),
        ("v1.2_x", "v1.2", "x"),
        ("20240101", "20240101", ""),
        ("_x", "", "x"),
        ("1__x__y", "1", "x y"),
    ] {
        assert_eq!(
            (name::version(name).as_str(), name::message(name).as_str()),
            (version, message)
        );
    }
}

#[test]
fn each_continues_the_one_before_it_in_diesels_order() {
    let folder = folder(&[
        ("2024-03-01-000000_c/up.sql", ""),
        ("20240201000000_b/up.sql", ""),
        ("2024-01-01-000000_a/up.sql", ""),
        ("100_text_order/up.sql", ""),
        (
            "x.rs",
            "#[revision(id = \"x\", down_revision = \"20240301000000\", irreversible)] fn up() {}",
        ),
    ]);
    assert_eq!(
        told(&folder),
        [
            "x <- 20240301000000",
            "100 <- ",
            "20240101000000 <- 100",
            "20240201000000 <- 20240101000000",
            "20240301000000 <- 20240201000000",
        ]
    );
}

#[test]
fn two_of_one_version_continue_the_same() {
    let folder = folder(&[
        ("1_a/up.sql", ""),
        ("2_a/up.sql", ""),
        ("2_b/up.sql", ""),
        ("3_c/up.sql", ""),
    ]);
    assert_eq!(told(&folder), ["1 <- ", "2 <- 1", "2 <- 1", "3 <- 2"]);
}

#[test]
fn metadata_means_what_it_means_to_diesel() {
    let without = folder(&[("1_a/up.sql", "")]);
    assert!(
        without
            .revisions()
            .next()
            .unwrap()
            .1
            .declaration
            .transaction
    );
    for (text, transaction) in [
        ("", false),
        ("# nothing\n", false),
        ("run_in_transaction = true", true),
        ("run_in_transaction = false", false),
        ("other = 1\n[table]\nrun_in_transaction = true", false),
        ("run_in_transation = true", false),
    ] {
        let (revision, told) = with_metadata(text);
        assert_eq!(
            (revision.declaration.transaction, told),
            (transaction, vec![]),
            "{text}"
        );
    }
}

#[test]
fn metadata_places_a_revision() {
    let (revision, told) = with_metadata(
        "run_in_transaction = true\ndown_revision = [\"x\", 'y']\ndepends_on = \"z\"\nbranch_labels = [\"l\"]",
    );
    assert_eq!(told, [""; 0]);
    let header = revision.header().unwrap();
    assert_eq!(
        header,
        Header::new("2", ["x", "y"])
            .depends_on(["z"])
            .branch_labels(["l"])
            .message("b")
    );
    assert_eq!(
        revision.span(Part::DownRevision(1)),
        Span { start: 48, end: 51 }
    );
    let (base, _) = with_metadata("down_revision = []");
    assert_eq!(base.header().unwrap().down_revision, [""; 0]);
}

#[test]
fn folders_in_order_differ_from_placed_ones() {
    let folder = folder(&[
        ("1_a/up.sql", ""),
        ("2_b/up.sql", ""),
        ("3_c/up.sql", ""),
        ("3_c/metadata.toml", "depends_on = [\"1\"]"),
        ("4_d/up.sql", ""),
        ("4_d/metadata.toml", "down_revision = []"),
        ("x.rs", ""),
    ]);
    let follows: Vec<bool> = folder
        .files
        .iter()
        .map(RevisionFile::follows_order)
        .collect();
    assert_eq!(follows, [false, true, true, true, false]);
}

#[test]
fn mistakes_in_metadata_have_their_places() {
    for (text, expected) in [
        (
            "down_revision = 1",
            vec!["1:17 `down_revision` must be a string or a list of strings"],
        ),
        (
            "\ndepends_on = [\"a\", 2]",
            vec!["2:14 `depends_on` must be a list of strings"],
        ),
        (
            "run_in_transaction = \"no\"",
            vec!["1:22 `run_in_transaction` must be `true` or `false`"],
        ),
        (
            "down_revison = \"a\"",
            vec!["1:1 unknown key `down_revison`"],
        ),
        (
            "run_in_transaction = 0\nbranch_labels = 1",
            vec![
                "1:22 `run_in_transaction` must be `true` or `false`",
                "2:17 `branch_labels` must be a list of strings",
            ],
        ),
    ] {
        assert_eq!(with_metadata(text).1, expected, "{text}");
    }
    let (_, told) = with_metadata("x = 1\nrun_in_transaction = maybe");
    assert!(told[0].starts_with("2:22 not TOML: "), "{told:?}");
    assert!(
        with_metadata("a = 1\na = 2").1[0].contains("not TOML"),
        "a key twice"
    );
}

#[test]
fn downgrades_are_recognized_as_diesel_does() {
    let down = |files: &[(&str, &str)]| {
        let revision = folder(files).revisions().next().unwrap().1.clone();
        revision.declaration.downgrade.unwrap()
    };
    let irreversible = Downgrade::Irreversible(START);
    assert_eq!(down(&[("1_a/up.sql", "")]), irreversible);
    assert_eq!(
        down(&[("1_a/up.sql", ""), ("1_a/down.sql", "")]),
        irreversible
    );
    let function = Downgrade::Function(Vec::new());
    let nothing = Downgrade::Nothing(START);
    let generated = "-- This file should undo anything in `up.sql`\n";
    for (up, text, downgrade) in [
        ("CREATE TABLE a (b int)", "SELECT 1;", &function),
        ("CREATE TABLE a (b int)", "-- nothing", &nothing),
        ("CREATE TABLE a (b int)", " \n", &irreversible),
        ("CREATE TABLE a (b int)", generated, &irreversible),
        // as it was generated, both ways
        ("-- Your SQL goes here", generated, &nothing),
        ("", "", &irreversible),
    ] {
        let files = [("1_a/up.sql", up), ("1_a/down.sql", text)];
        assert_eq!(down(&files), *downgrade, "{files:?}");
    }
}

#[test]
fn nothing_to_revert_is_declared_in_metadata() {
    let read = |metadata: &str, down: Option<&str>| {
        let mut files = vec![("1_a/up.sql", "SELECT 1"), ("1_a/metadata.toml", metadata)];
        files.extend(down.map(|down| ("1_a/down.sql", down)));
        let revision = folder(&files).revisions().next().unwrap().1.clone();
        let mistakes = revision.mistakes.iter();
        let mistakes: Vec<String> = mistakes.map(|mistake| mistake.kind.message()).collect();
        (
            matches!(revision.declaration.downgrade, Some(Downgrade::Nothing(_))),
            mistakes,
        )
    };
    let nothing = "run_in_transaction = true\ndowngrade = \"nothing\"\n";
    let generated = "-- This file should undo anything in `up.sql`\n";
    for down in [None, Some(""), Some(generated), Some("-- x")] {
        assert_eq!(read(nothing, down), (true, vec![]), "{down:?}");
    }
    assert_eq!(
        read(nothing, Some("DROP TABLE a")).1,
        ["`downgrade = \"nothing\"`, but `down.sql` has statements"]
    );
    for wrong in ["downgrade = true", "downgrade = \"something\""] {
        assert_eq!(
            read(wrong, None),
            (false, vec!["`downgrade` must be `\"nothing\"`".to_owned()])
        );
    }
}

#[test]
fn what_diesel_ignores_silently_is_reported() {
    let folder = folder(&[
        ("up.sql", ""),
        ("README.md", ""),
        (".hidden/up.sql", ""),
        ("1_a/.up.sql.swp", ""),
        ("1_a/down.sql", ""),
        ("2_b/metadata.toml", ""),
        ("3_c/up.sql", ""),
        ("3_c/mod.rs", ""),
        ("3_c/deeper/up.sql", ""),
        ("old/4_d/up.sql", ""),
        ("5_e/.keep", ""),
        ("rust/a.rs", ""),
        ("sql/users.sql", ""),
        ("2024-01-03-000000_upper/UP.SQL", ""),
        ("6_f/up.sql", ""),
        ("6_f/Down.sql", ""),
        ("6_f/metadata.TOML", ""),
        ("7_g/schema.sql", ""),
        ("9_i/up.psql", ""),
        ("9_j/UP.sql.txt", ""),
        ("9_j/metadata.toml.txt", ""),
        ("9_k/up.sql", ""),
        ("9_k/up.sql~", ""),
        ("9_k/up.mysql", ""),
        ("9_k/upper.sql", ""),
        ("9_k/down.pgsql", ""),
        ("8_flat.sql", ""),
        ("V1__init.SQL", ""),
        ("seeds.sql", ""),
        (
            "seed.rs",
            "const SEEDS: &str = include_str!(\"seeds.sql\");",
        ),
    ]);
    assert_eq!(
        told(&folder),
        [
            "3 <- ",
            "6 <- 3",
            "9 <- 6",
            "`m/8_flat.sql` is in no folder of its own, which names a revision",
            "`m/V1__init.SQL` is in no folder of its own, which names a revision",
            "`m/up.sql` is in no folder of its own, which names a revision",
            "the SQL folder `m/1_a` has no `up.sql`",
            "`m/2024-01-03-000000_upper/UP.SQL` is not read: the name is `up.sql`, in small letters",
            "the SQL folder `m/2_b` has no `up.sql`",
            "`m/3_c/mod.rs` is in an SQL folder, where no Rust file is read",
            "the SQL folder `m/5_e` has no `up.sql`",
            "`m/6_f/Down.sql` is not read: the name is `down.sql`, in small letters",
            "`m/6_f/metadata.TOML` is not read: the name is `metadata.toml`, in small letters",
            "the SQL folder `m/7_g` has no `up.sql`",
            "`m/9_i/up.psql` is not read: the name is `up.sql`",
            "`m/9_j/UP.sql.txt` is not read: the name is `up.sql`",
            "`m/9_j/metadata.toml.txt` is not read: the name is `metadata.toml`",
            "`m/9_k/down.pgsql` is not read: the name is `down.sql`",
            "the SQL folder `m/old/4_d` is below `m/old`, where diesel does not look",
        ]
    );
    assert!(
        folder
            .problems
            .iter()
            .all(|problem| problem.help().is_some())
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_file() {
    let marked = "\u{feff}";
    let metadata = "run_in_transaction = false";
    let read = |mark: &str| {
        let folder = folder(&[
            ("1_a/up.sql", &format!("{mark}SELECT 1")),
            ("1_a/down.sql", &format!("{mark}SELECT 2")),
            ("1_a/metadata.toml", &format!("{mark}{metadata}")),
            ("2_b/up.sql", ""),
            ("2_b/down.sql", mark),
        ]);
        let (file, revision) = folder.revisions().next().unwrap();
        let checksum = file.checksum(revision);
        let transaction = revision.declaration.transaction;
        let last = folder.revisions().last().unwrap().1.clone();
        (
            told(&folder),
            checksum,
            transaction,
            last.declaration.downgrade,
        )
    };
    assert_eq!(read(marked), read(""));
    assert_eq!(read(marked).3, Some(Downgrade::Irreversible(START)));
}

#[test]
fn invalid_utf8_is_reported_with_its_line() {
    let package = tempfile::tempdir().unwrap();
    let one = package.path().join("m/1_a");
    fs::create_dir_all(&one).unwrap();
    fs::write(one.join("up.sql"), b"SELECT 1;\n\xff").unwrap();
    fs::write(one.join("down.sql"), b"\xff").unwrap();
    let folder = Folder::read(package.path(), Path::new("m"));
    assert_eq!(
        told(&folder),
        [
            "1 <- ",
            "cannot read `m/1_a/up.sql`: line 2 is not UTF-8 text",
            "cannot read `m/1_a/down.sql`: line 1 is not UTF-8 text",
        ]
    );
    assert!(folder.has_problem_in(Path::new("m/1_a")));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_followed_as_diesel_does() {
    let package = tempfile::tempdir().unwrap();
    let elsewhere = package.path().join("shared");
    fs::create_dir_all(package.path().join("m")).unwrap();
    fs::create_dir_all(&elsewhere).unwrap();
    fs::write(elsewhere.join("up.sql"), "").unwrap();
    std::os::unix::fs::symlink(&elsewhere, package.path().join("m/1_a")).unwrap();
    let folder = Folder::read(package.path(), Path::new("m"));
    assert_eq!(told(&folder), ["1 <- "]);
}

#[test]
fn every_file_of_a_folder_counts_for_its_fingerprint() {
    let fingerprint = |files: &[(&str, &str)]| folder(files).listing().fingerprint();
    let one = fingerprint(&[("1_a/up.sql", "")]);
    assert_eq!(
        one,
        fingerprint(&[("1_a/up.sql", "x"), ("1_a/notes.md", "")])
    );
    assert_ne!(
        one,
        fingerprint(&[("1_a/up.sql", ""), ("1_a/down.sql", "")])
    );
    assert_ne!(
        one,
        fingerprint(&[("1_a/up.sql", ""), ("1_a/metadata.toml", "")])
    );
    assert_ne!(one, fingerprint(&[("1_b/up.sql", "")]));
}
