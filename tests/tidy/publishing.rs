//! The crates can be published: cargo packages them, and their manifests have what crates.io and
//! docs.rs show.

use std::process::Command;

use migrate_tests::workspace_root;

/// The crates, in the order in which they are published: none depends on a later one.
pub(crate) const CRATES: [&str; 7] = [
    "migrate-graph",
    "migrate-source",
    "migrate-models",
    "migrate-macros",
    "migrate-core",
    "migrate-cli",
    "cargo-migrate",
];

#[test]
fn each_crate_can_be_packaged() {
    let target = workspace_root().join("target/packaged");
    let mut command = Command::new(env!("CARGO"));
    // what is packaged is not compiled here, and nothing is fetched: the crates of this workspace
    // are in no registry
    command.args([
        "package",
        "--offline",
        "--no-verify",
        "--allow-dirty",
        "--exclude-lockfile",
    ]);
    for name in CRATES {
        command.args(["--package", name]);
    }
    let output = command
        .arg("--target-dir")
        .arg(&target)
        .current_dir(workspace_root())
        .output()
        .expect("cargo can be started");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    for name in CRATES {
        let version = env!("CARGO_PKG_VERSION");
        let file = target.join(format!("package/{name}-{version}.crate"));
        let size = std::fs::metadata(&file).map_or(0, |facts| facts.len());
        // crates.io takes 10 MB
        assert!((1000..5_000_000).contains(&size), "{name}: {size} bytes");
    }
}

#[test]
fn manifests_have_what_the_registry_shows() {
    let order = crate::read("CONTRIBUTING.md");
    for (number, name) in CRATES.iter().enumerate() {
        let row = format!("| {} | `{name}` |", number + 1);
        assert!(order.contains(&row), "CONTRIBUTING.md lacks `{row}`");
        let manifest = crate::read(&format!("{name}/Cargo.toml"));
        let has = |line: &str| manifest.lines().any(|one| one.starts_with(line));
        for line in [
            "description = \"",
            "license.workspace = true",
            "readme = \"README.md\"",
            "keywords.workspace = true",
            "categories = [\"database\"",
            "rust-version.workspace = true",
        ] {
            assert!(has(line), "{name}/Cargo.toml lacks `{line}`");
        }
        // docs.rs documents the default features unless it is asked for more
        if has("[features]") {
            assert!(has("[package.metadata.docs.rs]"), "{name}");
        }
        let readme = crate::read(&format!("{name}/README.md"));
        assert!(readme.starts_with(&format!("# {name}\n")), "{name}");
    }
}
