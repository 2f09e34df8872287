//! Builds the runner with cargo, and collects its inputs from cargo's messages. The compiler's
//! output goes to the terminal unchanged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::{Artifact, BuildScript, Message, PackageId, TargetKind};

use super::dep_info::Inputs;
use crate::fingerprint;

/// The result of a build, and its inputs.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) executable: PathBuf,
    /// Source files, inputs of build scripts, and manifests of packages that lie in folders.
    pub(super) paths: BTreeSet<PathBuf>,
    /// Variables that a source file or a build script asked for.
    pub(super) variables: BTreeSet<String>,
    /// Whether the inputs are complete; if not, freshness cannot be derived from them.
    pub(super) complete: bool,
}

/// Why the build failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("the project does not build")]
    Failed,
    #[error("`{cargo}` cannot be started: {error}")]
    NoCargo { cargo: PathBuf, error: io::Error },
    #[error("cargo's messages cannot be read: {0}")]
    Messages(io::Error),
    #[error("cargo built no executable for the runner")]
    NoExecutable,
    #[error("cargo cannot use the lock file\n{0}")]
    Locked(String),
}

/// The definition of a build.
pub(super) struct Build<'a> {
    pub(super) cargo: &'a Path,
    /// The runner's manifest.
    pub(super) manifest: &'a Path,
    /// Where cargo runs: its configuration and the toolchain are those of this folder.
    pub(super) folder: &'a Path,
    pub(super) target: &'a Path,
    pub(super) quiet: bool,
    /// Further arguments: profile and platform.
    pub(super) flags: Vec<std::ffi::OsString>,
    /// Variables for the compiler.
    pub(super) variables: Vec<(String, String)>,
}

impl Build<'_> {
    /// Builds, and returns the result.
    pub(super) fn run(&self) -> Result<Product, CompileError> {
        let mut command = Command::new(self.cargo);
        command
            .arg("build")
            .arg("--manifest-path")
            .arg(self.manifest)
            .arg("--target-dir")
            .arg(self.target)
            .arg("--message-format=json-render-diagnostics")
            .args(self.quiet.then_some("--quiet"))
            .args(&self.flags)
            .current_dir(self.folder)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        forget_ourselves(&mut command);
        keep_target(&mut command);
        let no_cargo = |error| CompileError::NoCargo {
            cargo: self.cargo.to_owned(),
            error,
        };
        let mut child = command.spawn().map_err(no_cargo)?;
        let stdout = child.stdout.take().expect("stdout was asked for");
        let messages: Result<Vec<Message>, io::Error> =
            Message::parse_stream(BufReader::new(stdout)).collect();
        let status = child.wait().map_err(CompileError::Messages)?;
        if !status.success() {
            return Err(CompileError::Failed);
        }
        self.gather(&messages.map_err(CompileError::Messages)?)
    }

    fn gather(&self, messages: &[Message]) -> Result<Product, CompileError> {
        let mut product = Product {
            executable: PathBuf::new(),
            paths: BTreeSet::new(),
            variables: BTreeSet::new(),
            complete: true,
        };
        let mut packages = BTreeMap::new();
        let mut generated = Vec::new();
        for message in messages {
            if let Message::CompilerArtifact(artifact) = message {
                packages.insert(&artifact.package_id, artifact.manifest_path.as_std_path());
                if let Some(executable) = runner_in(artifact) {
                    product.executable = executable;
                } else if is_in_a_folder(&artifact.package_id) {
                    product.add_compilation(artifact);
                }
            }
        }
        for message in messages {
            if let Message::BuildScriptExecuted(script) = message {
                generated.push(script.out_dir.as_std_path());
                product.add_build_script(script, packages.get(&script.package_id).copied());
            }
        }
        // made by build scripts, and remade by them
        product
            .paths
            .retain(|path| !generated.iter().any(|folder| path.starts_with(folder)));
        if product.executable.as_os_str().is_empty() {
            return Err(CompileError::NoExecutable);
        }
        Ok(product)
    }
}

impl Product {
    /// A package's library, macro or build script was compiled.
    fn add_compilation(&mut self, artifact: &Artifact) {
        let folder = artifact
            .manifest_path
            .parent()
            .map_or(Path::new(""), |folder| folder.as_std_path());
        self.paths.insert(artifact.manifest_path.clone().into());
        let infos: Vec<PathBuf> = if artifact.target.kind.contains(&TargetKind::CustomBuild) {
            artifact
                .filenames
                .first()
                .and_then(|file| file.parent())
                .map(|folder| infos_in(folder.as_std_path()))
                .unwrap_or_default()
        } else {
            artifact
                .filenames
                .iter()
                .filter_map(|file| info_of(file.as_std_path()))
                .collect()
        };
        let texts: Vec<String> = infos
            .iter()
            .filter_map(|info| fs::read_to_string(info).ok())
            .collect();
        self.complete &= !texts.is_empty();
        for text in texts {
            self.add(folder, Inputs::of_compilation(&text));
        }
    }

    /// A build script was run, now or earlier.
    fn add_build_script(&mut self, script: &BuildScript, manifest: Option<&Path>) {
        let output = script.out_dir.with_file_name("output");
        let (Ok(output), Some(manifest)) = (fs::read(&output), manifest) else {
            self.complete = false;
            return;
        };
        let folder = manifest.parent().unwrap_or(Path::new(""));
        match Inputs::of_build_script(&String::from_utf8_lossy(&output)) {
            Some(inputs) => self.add(folder, inputs),
            // what comes from a registry or a repository never changes
            None if is_in_a_folder(&script.package_id) => {
                self.paths.insert(folder.to_owned());
            }
            None => {}
        }
    }

    fn add(&mut self, folder: &Path, inputs: Inputs) {
        self.paths.extend(
            inputs
                .paths
                .into_iter()
                .map(|path| fingerprint::absolute(&folder.join(path))),
        );
        self.variables.extend(
            inputs
                .variables
                .into_iter()
                .filter(|name| !is_set_by_cargo(name)),
        );
    }
}

/// The runner's executable: a build script's is not one that cargo hands out.
fn runner_in(artifact: &Artifact) -> Option<PathBuf> {
    let is_program = artifact.target.kind.contains(&TargetKind::Bin);
    artifact
        .executable
        .clone()
        .filter(|_| is_program)
        .map(PathBuf::from)
}

fn is_in_a_folder(package: &PackageId) -> bool {
    package.repr.starts_with("path+")
}

/// The `.d` file that the compiler wrote next to `deps/libname-hash.rlib`.
fn info_of(product: &Path) -> Option<PathBuf> {
    let stem = product.file_stem()?.to_str()?;
    let prefixed = product
        .extension()
        .is_some_and(|extension| extension != "exe" && extension != "dll");
    let name = stem
        .strip_prefix("lib")
        .filter(|_| prefixed)
        .unwrap_or(stem);
    let info = product.with_file_name(format!("{name}.d"));
    info.is_file().then_some(info)
}

/// The `.d` files in a folder.
fn infos_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "d"))
        .collect()
}

/// Variables that cargo sets for each compilation, so that their value around cargo means nothing;
/// and those of ours.
fn is_set_by_cargo(name: &str) -> bool {
    [
        "CARGO",
        "OUT_DIR",
        "CARGO_CRATE_NAME",
        "CARGO_BIN_NAME",
        "CARGO_PRIMARY_PACKAGE",
    ]
    .contains(&name)
        || [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_EXE_",
            "CARGO_MIGRATE_",
        ]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// Removes from a command the variables that `cargo run` set for this process, which do not concern
/// the project.
pub(super) fn forget_ourselves(command: &mut Command) {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names {
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        if about_us || ["CARGO_CRATE_NAME", "CARGO_BIN_NAME"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
}

/// Lets cargo complete a manifest's lock file, which downloads nothing; or check it, with
/// `--locked`.
pub(super) fn resolve(
    cargo: &Path,
    manifest: &Path,
    folder: &Path,
    flags: &[&str],
) -> Result<(), CompileError> {
    let mut command = Command::new(cargo);
    command
        .args(["update", "--workspace", "--quiet", "--manifest-path"])
        .arg(manifest)
        .args(flags)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    forget_ourselves(&mut command);
    let output = command.stderr(Stdio::piped()).output();
    let output = output.map_err(|error| CompileError::NoCargo {
        cargo: cargo.to_owned(),
        error,
    })?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(CompileError::Locked(said.trim_end().to_owned()))
        }
    }
}

/// Gives a command that runs elsewhere the target directory that variables name from here.
fn keep_target(command: &mut Command) {
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
        if let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) {
            command.env(name, fingerprint::absolute(Path::new(&value)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_variables_from_around_cargo_count() {
        for (name, set) in [
            ("CARGO_PKG_NAME", true),
            ("CARGO_MANIFEST_DIR", true),
            ("OUT_DIR", true),
            ("CARGO_MIGRATE_FOLDER_APP", true),
            ("DATABASE_URL", false),
            ("CARGO_CFG_SOMETHING", false),
        ] {
            assert_eq!(is_set_by_cargo(name), set, "{name}");
        }
    }
}
