//! `bundle`: builds the runner for another machine and copies it to a path: one file for a server
//! without Rust. Must not know how the runner is built.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use migrate_cli::json::Answer;
use migrate_cli::{CliError, FormatArgs};
use serde::Serialize;

use crate::project::{self, Member};
use crate::selection::Selection;
use crate::{files, fingerprint, runner};

/// Build one executable with all revisions, for use without Rust
///
/// The executable is for a container or a server. It has the commands that need a database, and
/// those that read the compiled revisions: `history`, `graph`, `heads`, `branches` and `show`. The
/// database is named by `--database-url` or a variable, as for `cargo migrate`; no URL of
/// Cargo.toml is compiled in.
#[derive(Args, Clone, Debug)]
pub(crate) struct BundleArgs {
    /// File to write, or a folder that exists [default: `NAME-migrate` in this folder]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Build with this Cargo profile
    #[arg(long, value_name = "PROFILE", default_value = "release")]
    profile: String,

    /// Platform to build for, as `cargo build --target` takes it
    #[arg(long, value_name = "TRIPLE")]
    target: Option<OsString>,

    /// Text or JSON.
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// The executable: what `--json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Bundle {
    /// Where it is.
    path: String,
    /// Its size.
    bytes: u64,
    /// Cargo's profile.
    profile: String,
    /// The platform, if one was given.
    target: Option<String>,
    /// The packages whose revisions are in it.
    packages: Vec<String>,
}

impl BundleArgs {
    /// The profile and platform for cargo.
    pub(crate) fn flags(&self) -> Vec<OsString> {
        let mut flags = vec!["--profile".into(), self.profile.clone().into()];
        if let Some(target) = &self.target {
            flags.extend(["--target".into(), target.clone()]);
        }
        flags
    }

    /// Whether the program may not run here.
    pub(crate) fn is_for_another_platform(&self) -> bool {
        self.target.is_some()
    }
}

/// The schemas that the history leaves, as the built program finds them: on SQLite in memory, and
/// on the configured server if a scratch database may be made there. A JSON list; where one is not
/// found, the bundle has none.
pub(crate) fn states(executable: &Path, selection: &Selection) -> Result<String, CliError> {
    let url = selection.database_for_child()?;
    let variables = url
        .iter()
        .map(|(name, url)| (name.as_str(), url.clone()))
        .collect::<Vec<_>>();
    let mut states = Vec::new();
    for dialect in ["sqlite", "postgres", "mysql", "mariadb"] {
        let words = ["schema", "dump", "history", "--json", "--dialect", dialect];
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let answered = runner::ask(executable, &words, &variables, true)?;
        if answered.code == 0 {
            states.push(answered.out.trim().to_owned());
        }
    }
    Ok(format!("[{}]", states.join(",\n")))
}

/// Copies the executable to its destination.
pub(crate) fn place(
    args: &BundleArgs,
    selection: &Selection,
    members: &[&Member],
    executable: &Path,
) -> Result<Bundle, CliError> {
    let name = format!("{}-migrate{}", name(selection, members), suffix(executable));
    let path = match &args.output {
        None => PathBuf::from(name),
        Some(path) if path.is_dir() => path.join(name),
        Some(path) => path.clone(),
    };
    let path = fingerprint::absolute(&path);
    let bytes = files::copy(executable, &path)
        .and_then(|()| fs::metadata(&path))
        .map_err(|error| {
            let name = project::display(&path);
            CliError::usage(format!("cannot write `{name}`: {error}"))
                .help("cargo migrate bundle -o PATH")
        })?
        .len();
    Ok(Bundle {
        path: project::display(&path),
        bytes,
        profile: args.profile.clone(),
        target: args
            .target
            .as_ref()
            .map(|target| target.to_string_lossy().into_owned()),
        packages: members.iter().map(|member| member.name.clone()).collect(),
    })
}

/// The only package's name, or the workspace's folder's.
fn name(selection: &Selection, members: &[&Member]) -> String {
    match members {
        [member] => member.name.clone(),
        _ => {
            let folder = selection.project.root.file_name().unwrap_or_default();
            folder.to_string_lossy().into_owned()
        }
    }
}

/// `.exe` where executables end so.
fn suffix(executable: &Path) -> String {
    match executable.extension() {
        Some(extension) if extension == "exe" => ".exe".to_owned(),
        _ => String::new(),
    }
}

impl Answer for Bundle {
    fn text(&self) -> String {
        format!("{}\n", self.path)
    }

    fn remark(&self) -> Option<migrate_graph::Help> {
        let megabytes = self.bytes as f64 / 1e6;
        let typed = match Path::new(&self.path).is_absolute() || self.path.contains('/') {
            true => self.path.clone(),
            false => format!("./{}", self.path),
        };
        let remark = format!("{megabytes:.1} MB; `DATABASE_URL=… {typed} up` migrates a database");
        Some(remark.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_and_the_platform_are_cargos() {
        let args = |target: Option<&str>| BundleArgs {
            output: None,
            profile: "release".to_owned(),
            target: target.map(OsString::from),
            format: FormatArgs::default(),
        };
        assert_eq!(args(None).flags(), ["--profile", "release"]);
        assert_eq!(
            args(Some("x86_64-unknown-linux-musl")).flags(),
            [
                "--profile",
                "release",
                "--target",
                "x86_64-unknown-linux-musl"
            ]
        );
    }

    #[test]
    fn an_executable_keeps_the_ending_of_its_platform() {
        assert_eq!(suffix(Path::new("/t/cargo-migrate-bundle.exe")), ".exe");
        assert_eq!(suffix(Path::new("/t/cargo-migrate-bundle-1.2")), "");
    }
}
