//! Who may depend on whom, asked of cargo.

use std::process::Command;

/// The packages that `package` builds with, without those for tests.
fn tree(package: &str, more: &[&str]) -> Vec<String> {
    let name = |line: &String| line.split_whitespace().next().map(str::to_owned);
    let mut names: Vec<_> = lines(package, more).iter().filter_map(name).collect();
    names.sort();
    names.dedup();
    names
}

/// The same, each with its version.
fn lines(package: &str, more: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--prefix",
            "none",
            "--edges",
            "normal,build",
            "--package",
            package,
        ])
        .args(more)
        .current_dir(migrate_tests::workspace_root())
        .output()
        .expect("cargo can be started");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().take(2).collect();
            words.join(" ")
        })
        .collect()
}

#[test]
fn the_graph_depends_on_nothing() {
    assert_eq!(tree("migrate-graph", &[]), ["migrate-graph"]);
}

#[test]
fn nothing_points_left() {
    let order = crate::publishing::CRATES;
    for (position, package) in order.iter().enumerate() {
        let names = tree(package, &["--all-features"]);
        for later in &order[position + 1..] {
            assert!(
                !names.iter().any(|name| name == later),
                "{package} depends on {later}"
            );
        }
    }
}

#[test]
fn the_subcommand_links_no_database_driver() {
    let names = tree("cargo-migrate", &[]);
    for driver in ["libsqlite3-sys", "pq-sys", "mysqlclient-sys"] {
        assert!(
            !names.iter().any(|name| name == driver),
            "cargo-migrate links {driver}"
        );
    }
    assert!(
        names.iter().any(|name| name == "migrate-core"),
        "the tree was not read: {names:?}"
    );
}

/// As an application uses the library: what the command line needs is not compiled, and files are
/// read by the macros alone.
#[test]
fn an_application_builds_neither_the_command_line_nor_a_reader_of_files() {
    for features in ["sqlite", "postgres", "mysql", "sqlite,postgres,mysql"] {
        let names = tree(
            "migrate-core",
            &["--no-default-features", "--features", features],
        );
        for stranger in ["migrate-cli", "clap", "serde_json", "toml_edit"] {
            assert!(
                !names.iter().any(|name| name == stranger),
                "{stranger} with {features}"
            );
        }
        let linked = tree(
            "migrate-core",
            &[
                "--no-default-features",
                "--features",
                features,
                "--edges",
                "normal,no-proc-macro",
            ],
        );
        assert!(linked.iter().any(|name| name == "diesel"), "{linked:?}");
        for macros in ["migrate-macros", "migrate-source", "toml", "syn"] {
            assert!(
                !linked.iter().any(|name| name == macros),
                "{macros} is linked with {features}"
            );
        }
    }
}

/// Models are read with syn and diesel's grammar, which diesel's own derives build: the same
/// versions, or an application would compile them twice.
#[test]
fn the_macros_bring_no_syntax_that_diesel_does_not() {
    let (own, of_diesel) = (lines("migrate-macros", &[]), lines("diesel", &[]));
    for package in ["syn", "quote", "proc-macro2", "diesel_table_macro_syntax"] {
        let mut found = own
            .iter()
            .filter(|line| line.split(' ').next() == Some(package))
            .peekable();
        assert!(found.peek().is_some(), "the tree was not read: {own:?}");
        for line in found {
            assert!(of_diesel.contains(line), "{line} is not in {of_diesel:?}");
        }
    }
}

#[test]
fn the_lock_file_stays_small() {
    let packages = crate::read("Cargo.lock").matches("[[package]]").count();
    assert!(
        packages <= 185,
        "{packages} packages in Cargo.lock: argue for the new ones and raise the ceiling"
    );
}
