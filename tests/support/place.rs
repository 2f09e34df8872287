//! Paths: the repository, its examples, and the binary under test. It must not know any test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The root of the repository.
pub fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests package lies in the repository")
}

/// The folder of the quickstart example.
pub fn quickstart() -> PathBuf {
    workspace_root().join("examples/quickstart")
}

/// The target directory of this test run.
pub(crate) fn target_directory() -> &'static Path {
    static TARGET: OnceLock<PathBuf> = OnceLock::new();
    TARGET.get_or_init(|| {
        // target/debug/deps/<test binary>
        let binary = std::env::current_exe().expect("a running test has a path");
        binary
            .ancestors()
            .nth(3)
            .expect("a test binary lies below the target directory")
            .to_owned()
    })
}

/// The `cargo-migrate` binary, built once for each test process.
///
/// `cargo test` does not build the binary of another package, so this runs cargo for it. It asks
/// for a test of that package among all packages, as the test command of the README does: then the
/// dependencies are there already, with the same features.
pub fn cargo_migrate() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let mut command = Command::new(env!("CARGO"));
        command.args(["test", "--workspace", "--no-run", "--quiet"]);
        if cfg!(feature = "servers") {
            command.args(["--features", "migrate-tests/servers"]);
        }
        let status = command
            .args(["--test", "program", "--target-dir"])
            .arg(target_directory())
            .current_dir(workspace_root())
            .status()
            .expect("cargo can be started");
        assert!(status.success(), "cargo-migrate does not build");
        target_directory()
            .join("debug")
            .join(format!("cargo-migrate{}", std::env::consts::EXE_SUFFIX))
    })
}
