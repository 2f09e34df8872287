//! Finding a project's files without cargo: the manifest, the folder where an earlier command kept
//! its answers, cargo itself. What it finds is a guess that the cache proves or drops. Must not
//! know what is in the manifests.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::fingerprint;

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocateError {
    #[error("no `Cargo.toml` in `{0}` or in a folder above it")]
    Nowhere(PathBuf),
    #[error("`{0}` is not the path of a `Cargo.toml`")]
    NotAManifest(PathBuf),
    #[error("the manifest `{0}` does not exist")]
    Missing(PathBuf),
    #[error("the current directory cannot be read: {0}")]
    NoDirectory(std::io::Error),
}

/// The manifest at `given`, or the nearest one from the current directory upward.
pub(super) fn manifest(given: Option<&Path>) -> Result<PathBuf, LocateError> {
    let here = env::current_dir().map_err(LocateError::NoDirectory)?;
    match given {
        Some(path) if path.file_name() != Some(OsStr::new("Cargo.toml")) => {
            Err(LocateError::NotAManifest(path.to_owned()))
        }
        Some(path) => match here.join(path) {
            path if path.is_file() => Ok(fingerprint::absolute(&path)),
            path => Err(LocateError::Missing(path)),
        },
        None => here
            .ancestors()
            .map(|folder| folder.join("Cargo.toml"))
            .find(|path| path.is_file())
            .ok_or(LocateError::Nowhere(here)),
    }
}

/// The places where an earlier command may have kept what it learnt about the project of
/// `manifest`.
pub(super) fn stores(manifest: &Path) -> Vec<PathBuf> {
    let roots = manifest
        .ancestors()
        .skip(1)
        .filter(|folder| folder.join("Cargo.toml").is_file());
    let configured = configured_target(manifest);
    roots
        .map(|root| match &configured {
            Some(target) => store(target, root),
            None => store(&root.join("target"), root),
        })
        .collect()
}

/// The folder for what is kept about the workspace at `root` that builds into `target`.
pub(super) fn store(target: &Path, root: &Path) -> PathBuf {
    let store = target.join("migrate");
    match suffix(target, root) {
        suffix if suffix.is_empty() => store,
        suffix => store.join(suffix),
    }
}

/// A name for the workspace at `root` when its target directory lies outside of it and may serve
/// others too.
pub(super) fn suffix(target: &Path, root: &Path) -> String {
    if target.starts_with(root) {
        String::new()
    } else {
        format!("{:016x}", fingerprint::hash(&root))
    }
}

/// The target directory that variables or cargo's configuration name for a package.
fn configured_target(manifest: &Path) -> Option<PathBuf> {
    let variable = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"]
        .into_iter()
        .find_map(|name| env::var_os(name).filter(|value| !value.is_empty()));
    match variable {
        Some(target) => Some(fingerprint::absolute(Path::new(&target))),
        None => searched_for_configuration(manifest.parent()?)
            .into_iter()
            .find_map(|file| target_in(&file)),
    }
}

/// `build.target-dir` of one of cargo's configuration files.
fn target_in(file: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    let document = text.parse::<toml_edit::Document<String>>().ok()?;
    let target = document.get("build")?.get("target-dir")?.as_str()?;
    // relative to the folder that holds `.cargo`
    Some(fingerprint::absolute(
        &file.parent()?.parent()?.join(target),
    ))
}

/// Where cargo looks for its configuration when it runs in `folder`, nearest first, whether
/// something is there or not.
pub(crate) fn searched_for_configuration(folder: &Path) -> Vec<PathBuf> {
    folder
        .ancestors()
        .map(|folder| folder.join(".cargo"))
        .chain(cargo_home())
        .flat_map(|folder| [folder.join("config"), folder.join("config.toml")])
        .collect()
}

/// Cargo's own folder.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .filter(|value| !value.is_empty())
        .map(|home| fingerprint::absolute(Path::new(&home)))
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

/// The cargo to call: the one that called us, or the first on the path.
pub(crate) fn cargo() -> PathBuf {
    env::var_os("CARGO")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| on_path("cargo"))
        .unwrap_or_else(|| PathBuf::from("cargo"))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_target_directory_has_a_folder_for_each_workspace() {
        let own = store(Path::new("/a/target"), Path::new("/a"));
        assert_eq!(own, Path::new("/a/target/migrate"));
        let one = store(Path::new("/shared"), Path::new("/a"));
        let other = store(Path::new("/shared"), Path::new("/b"));
        assert!(one.starts_with("/shared/migrate") && one != other);
    }

    #[test]
    fn the_configured_target_directory_starts_from_the_folder_above_dot_cargo() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".cargo/config.toml");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "[build]\ntarget-dir = \"out/../built\"\n").unwrap();
        assert_eq!(target_in(&file), Some(folder.path().join("built")));
        fs::write(&file, "[build]\njobs = 1\n").unwrap();
        assert_eq!(target_in(&file), None);
        fs::write(&file, "not toml").unwrap();
        assert_eq!(target_in(&file), None);
    }

    #[test]
    fn only_a_manifest_is_a_manifest() {
        for (given, expected) in [
            ("src", "`src` is not the path of a `Cargo.toml`"),
            (
                "/nowhere/at/all/Cargo.toml",
                "the manifest `/nowhere/at/all/Cargo.toml` does not exist",
            ),
        ] {
            assert_eq!(
                manifest(Some(Path::new(given))).unwrap_err().to_string(),
                expected
            );
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/./../Cargo.toml");
        let found = manifest(Some(&path)).unwrap();
        assert_eq!(
            found,
            Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")
        );
    }
}
