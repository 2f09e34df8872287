//! Temporary projects with a history, as a user has them. It must not know what the commands print.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use crate::output::Output;
use crate::place;

/// A project in its own folder, removed when dropped.
#[derive(Debug)]
pub struct Project {
    folder: tempfile::TempDir,
    root: PathBuf,
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
        for member in members {
            project.write(
                &format!("{member}/Cargo.toml"),
                &format!(
                    "[package]\nname = \"{member}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                     diesel.workspace = true\nlibsqlite3-sys.workspace = true\nmigrate-core.workspace = true\n"
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
        let project = Project { folder, root };
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
            .env("CARGO_TARGET_DIR", self.target_directory())
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

    /// What projects with the same databases share. Cargo lets one build at a time into a folder,
    /// so a project that uses a server does not wait for one that uses none.
    fn target_directory(&self) -> PathBuf {
        let manifest = fs::read_to_string(self.path("Cargo.toml")).unwrap_or_default();
        let servers = [
            "features = [\"postgres\"",
            "features = [\"mysql\"",
            "\ndefault = [\"postgres\"",
        ];
        place::target_directory().join(match servers.iter().any(|name| manifest.contains(name)) {
            true => "projects-on-servers",
            false => "projects",
        })
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
    format!(
        r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

[dependencies]
diesel = {{ version = "2.3", default-features = false, features = ["sqlite"] }}
libsqlite3-sys = {{ version = "0.38", features = ["bundled"] }}
migrate-core = {{ path = {core:?} }}

[workspace]
"#
    )
}
