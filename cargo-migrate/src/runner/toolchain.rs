//! The compiler that builds a project: the files that select it, and the compiler itself. Must not
//! know what is built.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The files that say which toolchain is used in `root`, whether they exist or not, and the
/// compiler that it is now.
pub(super) fn files(root: &Path, cargo: &Path) -> Vec<PathBuf> {
    let names = ["rust-toolchain", "rust-toolchain.toml"];
    let mut files: Vec<PathBuf> = root
        .ancestors()
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .collect();
    files.extend(rustup_home().map(|home| home.join("settings.toml")));
    files.extend(sysroot(root, cargo).map(|sysroot| sysroot.join("bin").join(executable("rustc"))));
    files
}

fn rustup_home() -> Option<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".rustup"));
    env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(home)
}

/// The folder of the compiler that is used in `root`. What is called `rustc` may only be the one
/// that chooses.
fn sysroot(root: &Path, cargo: &Path) -> Option<PathBuf> {
    let rustc = match env::var_os("RUSTC").filter(|rustc| !rustc.is_empty()) {
        Some(rustc) => PathBuf::from(rustc),
        None => cargo.with_file_name(executable("rustc")),
    };
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(text.trim()))
}

fn executable(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}
