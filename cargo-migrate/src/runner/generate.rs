//! Writes the runner's crate if it differs from the existing one. Must not know how it is built.

use std::fs;
use std::path::{Path, PathBuf};

use super::{RunnerError, lock, manifest};
use crate::files;
use crate::fingerprint;
use crate::project::{LIBRARY, Member, Origin, Project};

/// The attribute of a function that changes what is generated.
const HOOK: &str = "autogenerate";

/// What a bundle has compiled in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bundled<'a> {
    /// The settings of the manifests.
    pub(super) configuration: &'a str,
    /// The schemas that the history leaves.
    pub(super) states: &'a str,
}

/// Writes the crate into `store`, and returns the path of its manifest. With `bundled`, it is a
/// bundle that has it compiled in. `suffix` ends its name.
pub(super) fn generate(
    suffix: &str,
    project: &Project,
    members: &[(&Member, manifest::Features)],
    core: &Origin,
    store: &Path,
    bundled: Option<Bundled<'_>>,
) -> Result<PathBuf, RunnerError> {
    let kind = if bundled.is_some() {
        "bundle"
    } else {
        "runner"
    };
    let name = format!("cargo-migrate-{kind}{suffix}");
    let folder = store.join(kind);
    generate_lock(project, &folder)?;
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    let root = manifest::Root {
        folder: &project.root,
        manifest: &read(project.root.join("Cargo.toml")),
        locked: &lock::names(&read(folder.join("Cargo.lock"))),
        library: match core {
            Origin::Registry { requirement, .. } => {
                lock::version(&read(project.root.join("Cargo.lock")), LIBRARY, requirement)
            }
            _ => None,
        },
    };
    let configuration = bundled.map(|bundled| bundled.configuration);
    let hooked: Vec<&Member> = match bundled {
        None => members
            .iter()
            .map(|(member, _)| *member)
            .filter(|one| has_hook(one))
            .collect(),
        Some(_) => Vec::new(), // a bundle writes no revisions
    };
    let sources = manifest::sources(&name, members, &hooked, core, &root, configuration);
    let manifest = folder.join("Cargo.toml");
    write(&manifest, &sources.manifest)?;
    write(&folder.join("src/main.rs"), &sources.main)?;
    if let Some(bundled) = bundled {
        write(&folder.join("src/states.json"), bundled.states)?;
    }
    Ok(manifest)
}

/// Whether a function at the library's root is marked `#[autogenerate]`. A file that cannot be read
/// is the compiler's to report.
fn has_hook(member: &Member) -> bool {
    let text = member.library.as_ref().map(fs::read_to_string);
    let Some(Ok(text)) = text.filter(|text| matches!(text, Ok(text) if text.contains(HOOK))) else {
        return false;
    };
    let marks = |attribute: &syn::Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|segment| segment.ident == HOOK)
    };
    let items = syn::parse_file(&text)
        .map(|file| file.items)
        .unwrap_or_default();
    items
        .iter()
        .any(|item| matches!(item, syn::Item::Fn(function) if function.attrs.iter().any(marks)))
}

/// Brings the workspace's lock file into the runner's whenever the former has changed.
fn generate_lock(project: &Project, folder: &Path) -> Result<(), RunnerError> {
    let (path, mark) = (folder.join("Cargo.lock"), folder.join("merged"));
    if fs::read_to_string(&path).is_ok_and(|text| !lock::is_sound(&text)) {
        // cargo would refuse it, and it can be generated again
        fs::remove_file(&path).map_err(|error| RunnerError::Write {
            path: path.clone(),
            error,
        })?;
    }
    let Ok(workspace) = fs::read_to_string(project.root.join("Cargo.lock")) else {
        return Ok(());
    };
    let merged = format!("{:016x}", fingerprint::hash(&workspace));
    let is_merged = fs::read_to_string(&mark).is_ok_and(|text| text == merged);
    if is_merged && path.exists() {
        return Ok(());
    }
    let own = fs::read_to_string(&path).unwrap_or_default();
    if let Some(text) = lock::merge(&workspace, &own) {
        write(&path, &text)?;
    }
    write(&mark, &merged)
}

fn write(path: &Path, text: &str) -> Result<(), RunnerError> {
    match files::write_if_changed(path, text) {
        Ok(_) => Ok(()),
        Err(error) => Err(RunnerError::Write {
            path: path.to_owned(),
            error,
        }),
    }
}
