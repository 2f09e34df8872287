//! A crate with a history of any length, as a user would have it: one table a revision, one file
//! each, or an SQL folder; or a workspace of crates that share one, a stretch of it in each. And
//! the same functions without a history, for what they cost the compiler by themselves.

use std::fs;
use std::path::{Path, PathBuf};

/// What the revisions of a crate are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Rust functions.
    Rust,
    /// SQL folders.
    Sql,
    /// The functions of [`Written::Rust`], of which no macro knows: no history.
    Functions,
}

/// A throw-away crate, or a workspace.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    count: usize,
    written: Written,
    /// The number of members; none in a crate by itself.
    members: usize,
    /// The number of tables in a history that changes them again; none where each revision makes
    /// its own.
    tables: usize,
}

impl Project {
    /// A crate with so many revisions, in a line.
    pub(crate) fn new(count: usize, written: Written) -> Project {
        let mut project = Project::empty(count, 0);
        project.written = written;
        let dependencies = dependencies();
        project.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"scale\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                 [package.metadata.migrate]\ndatabase-url = \"scale.db\"\n\n\
                 [dependencies]\n{dependencies}\n{PROFILE}\n[workspace]\n"
            ),
        );
        project.write_library();
        project.write_revisions();
        project
    }

    /// A crate whose models are in a file by themselves: the first revisions create so many tables
    /// with ten columns, the others add a column and an index to them. The runner is optimized, as
    /// a released one is.
    pub(crate) fn with_models(tables: usize, count: usize) -> Project {
        let mut project = Project::empty(count, 0);
        project.tables = tables;
        let dependencies = dependencies();
        project.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"scale\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                 [package.metadata.migrate]\ndatabase-url = \"scale.db\"\nmodels = [\"models.rs\"]\n\n\
                 [dependencies]\n{dependencies}\n[profile.dev]\nopt-level = 3\ndebug = false\n\n[workspace]\n"
            ),
        );
        project.write("src/lib.rs", LIBRARY);
        project.write("models.rs", "");
        for index in 0..count {
            let text = match index.checked_sub(tables) {
                None => wide(index),
                Some(later) => altered(index, later % tables, later / tables),
            };
            project.write(&project.file(index), &text);
        }
        project
    }

    /// A workspace of so many members with so many revisions in all.
    pub(crate) fn workspace(members: usize, count: usize) -> Project {
        let project = Project::empty(count, members);
        let names: Vec<String> = (0..members).map(member).collect();
        let dependencies = dependencies();
        project.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = {names:?}\n\n\
                 [workspace.metadata.migrate]\ndatabase-url = \"scale.db\"\n\n\
                 [workspace.dependencies]\n{dependencies}\n{PROFILE}"
            ),
        );
        for name in names {
            project.write(
                &format!("{name}/Cargo.toml"),
                &format!(
                    "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                     diesel.workspace = true\nlibsqlite3-sys.workspace = true\nmigrate-core.workspace = true\n"
                ),
            );
            project.write(&format!("{name}/src/lib.rs"), LIBRARY);
        }
        project.write_revisions();
        project
    }

    fn empty(count: usize, members: usize) -> Project {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Project {
            folder,
            count,
            written: Written::Rust,
            members,
            tables: 0,
        };
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.lock");
        fs::copy(lock, project.path("Cargo.lock")).expect("the lock file of the repository");
        project
    }

    fn write_revisions(&self) {
        for index in 0..self.count {
            self.write_revision(index, "create");
        }
    }

    /// The library's source. Without a history it lists the modules.
    fn write_library(&self) {
        if self.written != Written::Functions {
            self.write("src/lib.rs", LIBRARY);
            return;
        }
        let module = |index| {
            let file = self.file(index);
            format!("#[path = \"../{file}\"]\npub mod create_t{index};\n")
        };
        let modules: String = (0..self.count).map(module).collect();
        self.write(
            "src/lib.rs",
            &format!("//! Functions to measure.\n\n{modules}"),
        );
    }

    fn write_revision(&self, index: usize, message: &str) {
        let text = revision(index, message);
        match self.written {
            Written::Rust => self.write(&self.file(index), &text),
            Written::Functions => {
                let (start, attribute) = text.split_once("#[revision(").expect("an attribute");
                let (_, functions) = attribute.split_once(")]\n").expect("its end");
                let text = format!("{start}pub {functions}").replace("\n\nfn", "\n\npub fn");
                self.write(&self.file(index), &text);
            }
            Written::Sql => {
                let folder = self.file(index).replace(".rs", "");
                self.write(
                    &format!("{folder}/up.sql"),
                    &format!(
                        "-- {message}\nCREATE TABLE t{index} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT);\n\
                         CREATE INDEX ix_t{index}_name ON t{index} (name);\n"
                    ),
                );
                self.write(
                    &format!("{folder}/down.sql"),
                    &format!("DROP INDEX ix_t{index}_name;\nDROP TABLE t{index};\n"),
                );
            }
        }
    }

    /// The file of a revision.
    fn file(&self, index: usize) -> String {
        let folder = match self.members {
            0 => String::new(),
            members => format!("{}/", member(index * members / self.count)),
        };
        format!("{folder}migrations/{}_create_t{index}.rs", id(index))
    }

    /// The names of the packages.
    pub(crate) fn packages(&self) -> Vec<String> {
        match self.members {
            0 => vec!["scale".to_owned()],
            members => (0..members).map(member).collect(),
        }
    }

    /// The crate's folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A path in it.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root().join(relative)
    }

    /// Changes the text of the revision in the middle, in a new way with each `round`.
    pub(crate) fn change_one(&self, round: usize) {
        self.write_revision(self.count / 2, &format!("create again {round}"));
    }

    /// Adds a revision at the end, another one with each `round` from 1.
    pub(crate) fn add_one(&self, round: usize) {
        let index = self.count + round - 1;
        self.write_revision(index, "create");
        // as `cargo migrate new` does: cargo does not look for new files by itself
        let library = self.path("src/lib.rs");
        let mut text = fs::read_to_string(library).expect("the library's source");
        if self.written == Written::Functions {
            let file = self.file(index);
            text += &format!("#[path = \"../{file}\"]\npub mod create_t{index};\n");
        }
        self.write("src/lib.rs", &text);
    }

    pub(crate) fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

fn id(index: usize) -> String {
    format!("{}", 20_200_101_000_000_u64 + index as u64)
}

fn member(number: usize) -> String {
    format!("scale{number:02}")
}

const LIBRARY: &str = "//! A history to measure.\n\nmigrate_core::migrations!();\n";

const PROFILE: &str = "[profile.dev]\ndebug = \"line-tables-only\"\n";

fn dependencies() -> String {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("migrate-core");
    format!(
        "diesel = {{ version = \"2.3\", default-features = false, features = [\"sqlite\"] }}\n\
         libsqlite3-sys = {{ version = \">=0.35, <0.39\", features = [\"bundled\"] }}\n\
         migrate-core = {{ path = {core:?} }}\n"
    )
}

/// A revision that creates a table with ten columns.
fn wide(index: usize) -> String {
    let columns: String = (0..9)
        .map(|column| match column % 3 {
            0 => format!("            .column(column(\"c{column}\", Integer).default(0))\n"),
            1 => format!("            .column(column(\"c{column}\", Text))\n"),
            _ => format!("            .column(column(\"c{column}\", Timestamp).nullable())\n"),
        })
        .collect();
    body(
        index,
        &format!("create t{index}"),
        &format!(
            "    op.create_table(\n        table(\"t{index}\")\n            \
             .column(column(\"id\", Integer).primary_key())\n{columns},\n    )?;\n    \
             op.create_index(index(\"ix_t{index}_c1\").on(\"t{index}\", [\"c1\"]))"
        ),
    )
}

/// A revision that adds a column and an index to a table.
fn altered(index: usize, table: usize, round: usize) -> String {
    body(
        index,
        &format!("alter t{table}"),
        &format!(
            "    op.add_column(\"t{table}\", column(\"more{round}\", Text).nullable())?;\n    \
             op.create_index(index(\"ix_t{table}_more{round}\").on(\"t{table}\", [\"more{round}\"]))"
        ),
    )
}

fn body(index: usize, message: &str, upgrade: &str) -> String {
    let (id, parent) = (id(index), parent(index));
    format!(
        "use migrate_core::prelude::*;\n\n/// {message}\n#[revision(\n    id = \"{id}\",\n    \
         down_revision = {parent},\n    reversible,\n)]\n\
         fn upgrade(op: &mut Operations) -> Result<()> {{\n{upgrade}\n}}\n"
    )
}

fn parent(index: usize) -> String {
    match index {
        0 => "None".to_owned(),
        index => format!("\"{}\"", id(index - 1)),
    }
}

fn revision(index: usize, message: &str) -> String {
    let (id, parent) = (id(index), parent(index));
    format!(
        r#"use migrate_core::prelude::*;

/// {message} t{index}
#[revision(
    id = "{id}",
    down_revision = {parent},
    downgrade = downgrade,
)]
fn upgrade(op: &mut Operations) -> Result<()> {{
    op.create_table(
        table("t{index}")
            .column(column("id", Integer).primary_key())
            .column(column("name", Text))
            .column(column("note", Text).nullable()),
    )?;
    op.create_index(index("ix_t{index}_name").on("t{index}", ["name"]))
}}

fn downgrade(op: &mut Operations) -> Result<()> {{
    op.drop_index("ix_t{index}_name").on("t{index}")?;
    op.drop_table("t{index}")
}}
"#
    )
}
