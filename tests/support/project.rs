//! Temporary projects with a history, as a user has them. It must not know what the commands print.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

use crate::output::Output;
use crate::place;

/// A project in its own folder, removed when dropped.
#[derive(Debug)]
pub struct Project {
    folder: tempfile::TempDir,
    root: PathBuf,
    databases: Databases,
}

impl Project {
    /// A library crate that has `migrations!()`, an empty `migrations/` folder and no build script.
    pub fn library(name: &str) -> Project {
        let project = Project::empty(name);
        project.write("Cargo.toml", &manifest(name));
        project.write(
            "src/lib.rs",
            "//! A project under test.\n\nmigrate_core::migrations!();\n",
        );
        fs::create_dir_all(project.path("migrations")).expect("the folder can be made");
        project
    }

    /// A workspace of library crates, each with `migrations!()` and an empty `migrations/` folder.
    /// `metadata` ends the workspace's manifest.
    pub fn workspace(name: &str, members: &[&str], metadata: &str) -> Project {
        let project = Project::empty(name);
        let core = place::workspace_root().join("migrate-core");
        project.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[workspace.dependencies]\n\
                 diesel = {{ version = \"2.3\", default-features = false, features = [\"sqlite\"] }}\n\
                 libsqlite3-sys = {{ version = \"0.38\", features = [\"bundled\"] }}\n\
                 migrate-core = {{ path = {core:?} }}\n\n{metadata}"
            ),
        );
        let same_features = Databases::Sqlite.same_features();
        for member in members {
            project.write(
                &format!("{member}/Cargo.toml"),
                &format!(
                    "[package]\nname = \"{member}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                     diesel.workspace = true\nlibsqlite3-sys.workspace = true\nmigrate-core.workspace = true\n{same_features}"
                ),
            );
            project.write(
                &format!("{member}/src/lib.rs"),
                "//! A member under test.\n\nmigrate_core::migrations!();\n",
            );
            fs::create_dir_all(project.path(member).join("migrations"))
                .expect("the folder can be made");
        }
        project
    }

    /// A standalone copy of the repository's quickstart.
    pub fn quickstart() -> Project {
        let project = Project::library("quickstart");
        for folder in ["migrations", "src"] {
            copy(&place::quickstart().join(folder), &project.path(folder));
        }
        project
    }

    /// A standalone copy of one of the repository's examples that is a separate project.
    pub fn example(name: &str) -> Project {
        let project = Project::empty(name);
        copy(
            &place::workspace_root().join("examples").join(name),
            project.root(),
        );
        let root = place::workspace_root().display();
        let manifest = project.read("Cargo.toml");
        project.write(
            "Cargo.toml",
            &manifest.replace("../../migrate-", &format!("{root}/migrate-")),
        );
        project
    }

    /// Has the dependencies built with the same features as those of all other projects on these
    /// databases: a dependency is built for each set of features, this library the longest.
    #[must_use]
    pub fn with_same_features(mut self, databases: Databases) -> Project {
        self.databases = databases;
        let start = "[dependencies]\n";
        let line = format!("{start}{}", databases.same_features());
        let entries = fs::read_dir(&self.root).expect("the folder can be read");
        let folders = entries.map(|entry| entry.expect("the folder can be read").path());
        let mut found = false;
        for folder in folders.chain([self.root.clone()]) {
            let manifest = folder.join("Cargo.toml");
            let Ok(text) = fs::read_to_string(&manifest) else {
                continue;
            };
            found |= text.contains(start);
            fs::write(manifest, text.replacen(start, &line, 1)).expect("the file can be written");
        }
        assert!(found, "no package with dependencies in {:?}", self.root);
        self
    }

    /// Has the dependencies built with what a package of [`Project::library`] asks for itself.
    #[must_use]
    pub fn without_same_features(self) -> Project {
        let line = Databases::Sqlite.same_features();
        let manifest = self.read("Cargo.toml");
        assert!(manifest.contains(&line), "{manifest}");
        self.write("Cargo.toml", &manifest.replace(&line, ""));
        self
    }

    /// Makes a package of [`Project::library`] one for this server alone, with the features of all
    /// projects on servers.
    #[must_use]
    pub fn on_server(mut self, feature: &str) -> Project {
        self.databases = Databases::Servers;
        let feature = format!("features = [\"{feature}\"]");
        let manifest = self
            .read("Cargo.toml")
            .replace(
                &Databases::Sqlite.same_features(),
                &Databases::Servers.same_features(),
            )
            .replace("features = [\"sqlite\"]", &feature)
            .replace(
                "libsqlite3-sys = { version = \"0.38\", features = [\"bundled\"] }\n",
                "",
            )
            .replace(
                "/migrate-core\" }",
                &format!("/migrate-core\", default-features = false, {feature} }}"),
            );
        self.write("Cargo.toml", &manifest);
        self
    }

    /// A folder with only the versions of this repository's lock file.
    pub fn empty(name: &str) -> Project {
        let folder = tempfile::Builder::new()
            .prefix("cargo-migrate-")
            .tempdir()
            .expect("a temporary folder can be made");
        let root = folder
            .path()
            .canonicalize()
            .expect("the folder exists")
            .join(name);
        fs::create_dir(&root).expect("the folder can be made");
        let project = Project {
            folder,
            root,
            databases: Databases::Sqlite,
        };
        fs::copy(
            place::workspace_root().join("Cargo.lock"),
            project.path("Cargo.lock"),
        )
        .expect("the lock file can be copied");
        project
    }

    /// The project's root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the project.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path next to the project, in the folder that is removed with it.
    pub fn outside(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file, and creates its folders.
    pub fn write(&self, relative: &str, text: &str) -> &Project {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
        self
    }

    /// A file's text.
    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).expect("the file can be read")
    }

    /// Removes a file.
    pub fn remove(&self, relative: &str) -> &Project {
        fs::remove_file(self.path(relative)).expect("the file can be removed");
        self
    }

    /// Writes a revision that creates one table named after its id, and drops it in the downgrade.
    pub fn table_revision(&self, id: &str, down_revision: &str) -> &Project {
        self.member_revision("", id, down_revision)
    }

    /// The same in a member's folder.
    pub fn member_revision(&self, member: &str, id: &str, down_revision: &str) -> &Project {
        let member = match member {
            "" => String::new(),
            member => format!("{member}/"),
        };
        let down = match down_revision {
            "" => "None".to_owned(),
            id => format!("\"{id}\""),
        };
        self.write(
            &format!("{member}migrations/{id}_table.rs"),
            &format!(
                r#"//! A revision under test.

use migrate_core::prelude::*;

/// Create t_{id}
#[revision(id = "{id}", down_revision = {down}, downgrade = downgrade)]
fn upgrade(op: &mut Operations) -> Result<()> {{
    op.create_table(table("t_{id}").column(column("id", Integer).primary_key()))
}}

fn downgrade(op: &mut Operations) -> Result<()> {{
    op.drop_table("t_{id}")
}}
"#
            ),
        )
    }

    /// `cargo migrate ARGS`, not yet started: in the project's root, with `app.db` there as its
    /// database.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(place::cargo_migrate());
        command
            .arg("migrate")
            .args(args)
            .current_dir(&self.root)
            .stdin(Stdio::null())
            // cargo lets one build at a time into a folder: two kinds of projects, two folders
            .env("CARGO_TARGET_DIR", self.databases.target_directory())
            .env("DATABASE_URL", "app.db")
            .env("NO_COLOR", "1")
            // what is built here is run once or twice, and never looked at in a debugger
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("CARGO_MIGRATE_CONFIG")
            .env_remove("RUSTFLAGS");
        for (name, _) in env::vars_os() {
            // variables that cargo sets for the test must not reach the cargo under test
            if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
                command.env_remove(name);
            }
        }
        command
    }

    /// `cargo ARGS` in the project's root, not yet started, with the same database and the same
    /// target folder.
    pub fn cargo<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let like = self.command([""; 0]);
        let mut command = Command::new(env!("CARGO"));
        command
            .args(args)
            .current_dir(&self.root)
            .stdin(Stdio::null());
        for (name, value) in like.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// `cargo migrate ARGS`, run to its end.
    pub fn migrate<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        run(&mut self.command(args))
    }

    /// `cargo migrate ARGS`, started.
    pub fn start<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Child {
        self.command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cargo-migrate can be started")
    }
}

/// The databases of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Databases {
    /// SQLite alone.
    Sqlite,
    /// One that is a server, or several.
    Servers,
}

impl Databases {
    fn target_directory(self) -> PathBuf {
        place::target_directory().join(match self {
            Databases::Sqlite => "projects",
            Databases::Servers => "projects-on-servers",
        })
    }

    /// The line of a manifest for a dependency that activates all features which a project or its
    /// runner may need.
    fn same_features(self) -> String {
        static WRITTEN: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
        let line = WRITTEN[self as usize].get_or_init(|| {
            let folder = self.target_directory().join("same-features");
            let root = place::workspace_root().display();
            let features = match self {
                Databases::Sqlite => "[\"sqlite\"]",
                Databases::Servers => "[\"sqlite\", \"postgres\", \"mysql\"]",
            };
            let manifest = format!(
                "[package]\nname = \"same-features\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                 diesel = {{ version = \"2.3\", features = {features} }}\n\
                 diesel_migrations = \"2.3\"\n\
                 libsqlite3-sys = {{ version = \"0.38\", features = [\"bundled\"] }}\n\
                 migrate-core = {{ path = \"{root}/migrate-core\" }}\n\
                 migrate-cli = {{ path = \"{root}/migrate-cli\", features = {features} }}\n\n[workspace]\n"
            );
            for (file, text) in [("Cargo.toml", &*manifest), ("src/lib.rs", "//! Nothing.\n")] {
                let path = folder.join(file);
                // one that is written again is built again
                if fs::read_to_string(&path).is_ok_and(|there| there == text) {
                    continue;
                }
                fs::create_dir_all(path.parent().expect("a file has a folder"))
                    .expect("the folder can be made");
                let whole = path.with_extension(std::process::id().to_string());
                fs::write(&whole, text).expect("the file can be written");
                fs::rename(&whole, path).expect("the file can be renamed");
            }
            format!("same-features = {{ path = {folder:?} }}\n")
        });
        line.clone()
    }
}

/// Copies the tracked files of a folder: no hidden file, no database and no lock file.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().expect("an entry has a name");
        let text = name.to_string_lossy();
        if text.starts_with('.')
            || text.ends_with(".db")
            || matches!(&*text, "target" | "Cargo.lock")
        {
            continue;
        }
        match path.is_dir() {
            true => copy(&path, &to.join(name)),
            false => drop(fs::copy(&path, to.join(name)).expect("the file can be copied")),
        }
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Output {
    let output = command.output().expect("the command can be started");
    Output::new(format!("{command:?}"), &output)
}

fn manifest(name: &str) -> String {
    let core = place::workspace_root().join("migrate-core");
    let same_features = Databases::Sqlite.same_features();
    format!(
        r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

[dependencies]
diesel = {{ version = "2.3", default-features = false, features = ["sqlite"] }}
libsqlite3-sys = {{ version = "0.38", features = ["bundled"] }}
migrate-core = {{ path = {core:?} }}
{same_features}[workspace]
"#
    )
}
