//! The runner: a small program with every revision of the workspace and the commands that need a
//! database. This builds it when something changed, and starts it. Must not know what the commands
//! do.

mod ask;
mod compile;
mod dep_info;
mod freshness;
mod generate;
pub(crate) mod lock;
mod manifest;
mod start;
mod toolchain;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use migrate_graph::suggest::nearest;
use migrate_source::{Histories, SEVERAL_HEADS};

use crate::arguments::BuildArgs;
use crate::files;
use crate::fingerprint::{self, Stamp};
use crate::project::{self, Member, Origin, Project, SettingsError};
use crate::words;
pub(crate) use ask::{Answered, ask};
use compile::Build;
pub(crate) use compile::CompileError;
use freshness::{Built, Sources};
use generate::Bundled;
use manifest::Features;
pub(crate) use manifest::{COMMANDS, commands_of};
pub(crate) use start::start;

/// Why the runner cannot be built or started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunnerError {
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("the package `{}` has revisions but no library target", member.name)]
    NoLibrary { member: Box<Member> },
    #[error("no package of the history has the feature `{feature}`")]
    NoFeature {
        feature: String,
        near: Option<String>,
    },
    #[error(
        "the lock file lacks {}", words::count(missing.len(), "package")
    )]
    NotLocked {
        missing: Vec<String>,
        dependency: String,
    },
    #[error("`{first}` and `{second}` take migrate-core from different places")]
    TwoLibraries { first: String, second: String },
    #[error("`{path}` cannot be written: {error}")]
    Write { path: PathBuf, error: io::Error },
    #[error("the runner `{path}` cannot be started: {error}")]
    Start { path: PathBuf, error: io::Error },
}

/// The runner of a workspace.
pub(crate) struct Runner<'a> {
    project: &'a Project,
    members: &'a [&'a Member],
    /// The history's name, unless it is the one that needs none.
    history: Option<String>,
    cargo: PathBuf,
    plan: u64,
    /// Whether the macros accept several heads.
    several_heads: bool,
    wanted: &'a BuildArgs,
}

impl<'a> Runner<'a> {
    /// The runner of these members, which share the history of this name.
    pub(crate) fn new(
        project: &'a Project,
        members: &'a [&'a Member],
        history: &str,
        wanted: &'a BuildArgs,
    ) -> Runner<'a> {
        let plan = members
            .iter()
            .map(|member| (&member.name, &member.manifest, &member.library));
        let cores = members.iter().map(|member| format!("{:?}", member.core));
        let plan = (
            plan.collect::<Vec<_>>(),
            cores.collect::<Vec<_>>(),
            wanted.what(),
            // only what was built so is known to have a lock file that is complete
            wanted.locked,
        );
        Runner {
            project,
            members,
            history: (history != Histories::DEFAULT).then(|| history.to_owned()),
            cargo: project::cargo(),
            plan: fingerprint::hash(&plan),
            several_heads: false,
            wanted,
        }
    }

    /// The same for a command that only reads: the compiler accepts several heads. It is not fresh
    /// for any other command.
    pub(crate) fn with_several_heads(self) -> Runner<'a> {
        Runner {
            plan: fingerprint::hash(&(self.plan, "several heads")),
            several_heads: true,
            ..self
        }
    }

    /// The executable, when nothing has changed since it was built.
    pub(crate) fn fresh(&self) -> Option<PathBuf> {
        let built = Built::load(&self.store())?;
        built
            .is_fresh(self.plan, &self.cargo)
            .then_some(built.executable)
    }

    /// Builds the executable. `waiting` is called if another process is building.
    pub(crate) fn build(
        &self,
        quiet: bool,
        waiting: impl FnOnce(),
    ) -> Result<PathBuf, RunnerError> {
        let core = self.core()?;
        let store = self.store();
        let _lock = lock_store(&store, waiting)?;
        if let Some(executable) = self.fresh() {
            return Ok(executable);
        }
        let start = clock(&store)?;
        let folders = self.folders()?;
        let manifest = self.generate(core, &store, None)?;
        let build = Build {
            cargo: &self.cargo,
            manifest: &manifest,
            folder: &self.project.root,
            target: &self.project.target,
            quiet,
            flags: self.flags(&manifest, true)?,
            variables: self.folder_variables(&folders),
        };
        // rustc takes a while to say where it is, which cargo's work hides
        let (product, toolchain) = thread::scope(|scope| {
            let toolchain = scope.spawn(|| toolchain::files(&self.project.root, &self.cargo));
            (build.run(), toolchain.join())
        });
        let mut product = product?;
        product
            .paths
            .extend(toolchain.unwrap_or_else(|panic| resume_unwind(panic)));
        if product.complete {
            let sources = self.sources(product.paths, product.variables);
            let built = Built::record(
                product.executable.clone(),
                sources,
                folders,
                start,
                &self.cargo,
            );
            built.save(&store);
        }
        Ok(product.executable)
    }

    /// Builds the runner as a standalone program that contains its configuration.
    pub(crate) fn bundle(
        &self,
        configuration: &str,
        states: &str,
        flags: Vec<OsString>,
        quiet: bool,
        waiting: impl FnOnce(),
    ) -> Result<PathBuf, RunnerError> {
        let core = self.core()?;
        let store = self.store();
        let _lock = lock_store(&store, waiting)?;
        let folders = self.folders()?;
        let bundled = Bundled {
            configuration,
            states,
        };
        let manifest = self.generate(core, &store, Some(bundled))?;
        let build = Build {
            cargo: &self.cargo,
            manifest: &manifest,
            folder: &self.project.root,
            target: &self.project.target,
            quiet,
            flags: [flags, self.flags(&manifest, false)?].concat(),
            variables: self.folder_variables(&folders),
        };
        Ok(build.run()?.executable)
    }

    /// The executable of the last build, where the project does not build now, but its revisions
    /// are those of then and use nothing else of their crates.
    pub(crate) fn last(&self) -> Option<PathBuf> {
        let built = Built::load(&self.store())?;
        let folders = self.folders().ok()?;
        let alone = folders.iter().all(|(folder, _)| stands_alone(folder));
        let same = built.has_these_revisions(self.plan, &self.cargo);
        (alone && same).then_some(built.executable)
    }

    fn generate(
        &self,
        core: &Origin,
        store: &Path,
        bundled: Option<Bundled<'_>>,
    ) -> Result<PathBuf, RunnerError> {
        let suffix = self.suffix();
        let members = self.features()?;
        generate::generate(&suffix, self.project, &members, core, store, bundled)
    }

    /// The members, each with the features that it is to be built with.
    fn features(&self) -> Result<Vec<(&'a Member, Features)>, RunnerError> {
        let mut known = BTreeSet::new();
        let mut members = Vec::new();
        for member in self.members {
            let mut names = Vec::new();
            for wanted in self.wanted.feature_names() {
                let (package, name) = wanted.split_once('/').unwrap_or((&member.name, wanted));
                if package == member.name && member.features.iter().any(|own| own == name) {
                    known.insert(wanted);
                    names.push(name.to_owned());
                }
            }
            if self.wanted.all_features {
                names = member.features.clone();
            }
            let no_default = self.wanted.no_default_features;
            members.push((*member, Features { names, no_default }));
        }
        match self
            .wanted
            .feature_names()
            .find(|name| !known.contains(name))
        {
            None => Ok(members),
            Some(unknown) => {
                let all = self.members.iter().flat_map(|member| &member.features);
                Err(RunnerError::NoFeature {
                    near: nearest(unknown, all.map(String::as_str)).map(str::to_owned),
                    feature: unknown.to_owned(),
                })
            }
        }
    }

    /// What cargo is to be passed, with the profile or without.
    fn flags(&self, manifest: &Path, profile: bool) -> Result<Vec<OsString>, RunnerError> {
        let wanted = self.wanted;
        let offline: &[&str] = if wanted.offline { &["--offline"] } else { &[] };
        let mut flags: Vec<OsString> = offline.iter().map(OsString::from).collect();
        if let Some(profile) = wanted.profile.as_ref().filter(|_| profile) {
            flags.extend(["--profile".into(), profile.into()]);
        }
        if wanted.locked {
            self.require_locked(manifest, offline)?;
            flags.push("--locked".into());
        }
        Ok(flags)
    }

    /// Refuses a lock file of the workspace that is out of date, or has not all that the runner is
    /// built from.
    fn require_locked(&self, manifest: &Path, offline: &[&str]) -> Result<(), RunnerError> {
        let root = &self.project.root;
        let locked = [&["--locked"], offline].concat();
        compile::resolve(&self.cargo, &root.join("Cargo.toml"), root, &locked)?;
        compile::resolve(&self.cargo, manifest, root, offline)?;
        let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
        let (workspace, runner) = (
            read(root.join("Cargo.lock")),
            read(manifest.with_file_name("Cargo.lock")),
        );
        let is_own = |name: &str| name.starts_with("cargo-migrate-");
        let mut missing = lock::missing(&workspace, &runner);
        missing.retain(|package| !is_own(package));
        match missing.is_empty() {
            true => Ok(()),
            false => Err(RunnerError::NotLocked {
                missing,
                dependency: self.dependency()?,
            }),
        }
    }

    /// The dependency by which the workspace's lock file has what the runner is built from.
    fn dependency(&self) -> Result<String, RunnerError> {
        let mut commands = commands_of(self.core()?);
        commands.insert("optional", true.into());
        Ok(format!("{COMMANDS} = {commands}"))
    }

    /// That dependency, where the build may fail for want of it: without the network.
    pub(crate) fn missing_offline(&self) -> Option<String> {
        let variable = std::env::var("CARGO_NET_OFFLINE");
        let offline = self.wanted.offline || variable.is_ok_and(|value| value == "true");
        let locked = fs::read_to_string(self.project.root.join("Cargo.lock")).unwrap_or_default();
        let known = lock::names(&locked).contains(COMMANDS);
        (offline && !known)
            .then(|| self.dependency().ok())
            .flatten()
    }

    /// The variables that make the compiler notice changed lists of files.
    fn folder_variables(&self, folders: &[(PathBuf, u64)]) -> Vec<(String, String)> {
        let members = self.members.iter().zip(folders);
        let suffix = if self.several_heads {
            SEVERAL_HEADS
        } else {
            ""
        };
        members
            .map(|(member, (_, listing))| {
                (member.folder_variable(), format!("{listing:016x}{suffix}"))
            })
            .collect()
    }

    /// The folder of the runner's data; each history has its own.
    fn store(&self) -> PathBuf {
        let store = self.project.store();
        match &self.history {
            Some(history) => store.join("histories").join(history),
            None => store,
        }
    }

    /// A suffix that makes the crate's name unique among workspaces and histories.
    fn suffix(&self) -> String {
        let suffix = Some(self.project.suffix()).filter(|suffix| !suffix.is_empty());
        let parts = [suffix, self.history.clone()];
        let parts = parts.into_iter().flatten();
        parts.map(|part| format!("-{part}")).collect()
    }

    /// The source of the library, which must be the same for all members, or its types would
    /// differ.
    fn core(&self) -> Result<&'a Origin, RunnerError> {
        let mut first: Option<(&Member, &Origin)> = None;
        for member in self.members {
            if member.library.is_none() {
                return Err(RunnerError::NoLibrary {
                    member: Box::new((*member).clone()),
                });
            }
            let Some(core) = &member.core else { continue };
            match first {
                Some((other, known)) if !known.is_compatible(core) => {
                    return Err(RunnerError::TwoLibraries {
                        first: other.name.clone(),
                        second: member.name.clone(),
                    });
                }
                Some(_) => {}
                None => first = Some((member, core)),
            }
        }
        Ok(first
            .expect("a member with revisions depends on the library")
            .1)
    }

    /// The members' folders as they are now.
    fn folders(&self) -> Result<Vec<(PathBuf, u64)>, SettingsError> {
        let mut folders = Vec::new();
        for member in self.members {
            let folder = self.project.folder(member)?;
            let listing = fingerprint::listing(&folder);
            folders.push((folder, listing));
        }
        Ok(folders)
    }

    /// All inputs of the runner: those that the build reported, and those that configure the build.
    fn sources(&self, mut paths: BTreeSet<PathBuf>, variables: BTreeSet<String>) -> Sources {
        let root = &self.project.root;
        let manifests: Vec<PathBuf> = paths
            .iter()
            .filter(|path| path.ends_with("Cargo.toml"))
            .cloned()
            .chain(
                self.project
                    .members
                    .iter()
                    .map(|member| member.manifest.clone()),
            )
            .chain([root.join("Cargo.toml")])
            .collect();
        for manifest in manifests {
            // a workspace above gives a package its versions, features and profiles
            paths.extend(
                manifest
                    .ancestors()
                    .skip(1)
                    .map(|folder| folder.join("Cargo.toml")),
            );
        }
        paths.insert(root.join("Cargo.lock"));
        paths.extend(project::searched_for_configuration(root));
        Sources {
            plan: self.plan,
            paths,
            variables,
        }
    }
}

/// Whether no revision in a folder names something else of its crate.
fn stands_alone(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().all(|entry| {
        let path = entry.path();
        let is_source = path.extension().is_some_and(|ending| ending == "rs");
        let text = is_source.then(|| fs::read_to_string(&path));
        match text {
            Some(Ok(text)) => !["crate::", "super::"]
                .iter()
                .any(|word| text.contains(word)),
            Some(Err(_)) => false,
            None => true,
        }
    })
}

/// Lets one process at a time build the runner; the others find it built.
fn lock_store(store: &Path, waiting: impl FnOnce()) -> Result<Option<File>, RunnerError> {
    let path = store.join("lock");
    let failed = |error| RunnerError::Write {
        path: path.clone(),
        error,
    };
    fs::create_dir_all(store).map_err(failed)?;
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            waiting();
            // where the file system cannot lock, cargo's own lock is enough
            Ok(file.lock().is_ok().then_some(file))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// The file system's clock at the beginning of a build.
fn clock(store: &Path) -> Result<Stamp, RunnerError> {
    let path = store.join("started");
    match files::write(&path, "") {
        Ok(()) => Ok(Stamp::of(&path)),
        Err(error) => Err(RunnerError::Write { path, error }),
    }
}
