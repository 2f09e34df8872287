//! Who may depend on whom, asked of cargo.

use std::process::Command;

/// The packages that `package` builds with, without those for tests.
fn tree(package: &str, more: &[&str]) -> Vec<String> {
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
    let mut names: Vec<_> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn the_graph_depends_on_nothing() {
    assert_eq!(tree("migrate-graph", &[]), ["migrate-graph"]);
}

#[test]
fn nothing_points_left() {
    let order = [
        "migrate-graph",
        "migrate-source",
        "migrate-macros",
        "migrate-core",
        "migrate-cli",
        "cargo-migrate",
    ];
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
        for macros in ["migrate-macros", "migrate-source", "toml"] {
            assert!(
                !linked.iter().any(|name| name == macros),
                "{macros} is linked with {features}"
            );
        }
    }
}

#[test]
fn the_macros_bring_no_syn_into_a_users_build() {
    let names = tree("migrate-macros", &[]);
    assert!(
        names.iter().any(|name| name == "proc-macro2"),
        "the tree was not read: {names:?}"
    );
    assert!(!names.iter().any(|name| name == "syn"), "{names:?}");
}

#[test]
fn the_lock_file_stays_small() {
    let packages = crate::read("Cargo.lock").matches("[[package]]").count();
    assert!(
        packages <= 185,
        "{packages} packages in Cargo.lock: argue for the new ones and raise the ceiling"
    );
}
