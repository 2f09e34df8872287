//! `init`: adds everything that a package needs for revisions. Adds only what is missing, so that a
//! second run changes nothing.

mod diesel;
mod library;
mod manifest;
mod tested;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use migrate_cli::{CliError, Exit, Ui};
use migrate_core::engine::backend::{BackendKind, DatabaseUrl};
use toml_edit::DocumentMut;

use crate::project::{self, LIBRARY, Member, Project};
use crate::selection::Selection;
use crate::{error, files, words};
use library::LibraryError;
use manifest::Wanted;
use migrate_source::Config;

/// Prepare a package for revisions
///
/// Adds the library, diesel and the database to Cargo.toml, a line to src/lib.rs, the folder
/// `migrations`, and a build script by which `cargo build` notices new files. What exists already
/// is not changed. The URL of `--database-url` is written to Cargo.toml if it names a file. The URL
/// of a server may contain a password, and belongs in DATABASE_URL or a `.env` file.
#[derive(Args, Clone, Debug)]
pub(crate) struct InitArgs {
    /// The kinds of database, with commas [default: those of the diesel dependency, or SQLite]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    backend: Vec<Backend>,

    /// Write a first revision that creates what the database has
    ///
    /// It is a Rust file, and above 100 tables an SQL folder. It is tried on a scratch database
    /// first: it must create the same there, and its downgrade must leave nothing.
    #[arg(long)]
    pub(crate) from_database: bool,

    /// Write that revision as an SQL folder
    #[arg(long, requires = "from_database")]
    pub(crate) sql: bool,

    /// Record the database as being at that revision
    #[arg(long, requires = "from_database")]
    pub(crate) stamp: bool,

    /// Write tests/migrations.rs, with which `cargo test` tests the revisions too
    #[arg(long)]
    tests: bool,

    /// Write src/schema.rs for the tables, from which `new --autogenerate` writes revisions
    #[arg(long)]
    models: bool,

    /// The folder of the library `migrate-core`, if it is not beside the sources of this program
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
}

/// The databases that a package can be prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Backend {
    Sqlite,
    #[value(alias = "postgresql")]
    Postgres,
    Mysql,
    Mariadb,
}

impl Backend {
    fn of(kind: BackendKind) -> Backend {
        match kind {
            BackendKind::Postgres => Backend::Postgres,
            BackendKind::Mysql => Backend::Mysql,
            BackendKind::Mariadb => Backend::Mariadb,
            _ => Backend::Sqlite,
        }
    }

    /// The feature of diesel, and of the library.
    fn feature(self) -> &'static str {
        match self {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
            Backend::Mysql | Backend::Mariadb => "mysql",
        }
    }

    /// The library that must be installed, and an example URL.
    fn advice(self, package: &str) -> Option<String> {
        let (library, scheme) = match self {
            Backend::Sqlite => return None,
            Backend::Postgres => (
                "libpq (Debian: `libpq-dev`), or add `pq-sys` with its feature `bundled`",
                "postgres",
            ),
            Backend::Mysql => (
                "libmysqlclient or libmariadb (Debian: `libmariadb-dev`)",
                "mysql",
            ),
            Backend::Mariadb => ("libmariadb (Debian: `libmariadb-dev`)", "mariadb"),
        };
        Some(format!(
            "diesel links {library}; name the database outside of Cargo.toml: `DATABASE_URL={scheme}://USER@HOST/{package}`"
        ))
    }
}

/// The changes that were made.
pub(crate) struct Done {
    /// One line for each change; none when nothing was missing.
    changes: Vec<String>,
    /// What the user must still do.
    advice: Vec<String>,
    package: String,
    /// Whether the next command must name the package too.
    named: bool,
    /// Whether there are revisions, such as diesel's folders.
    adopted: bool,
}

impl Done {
    /// Prints it.
    pub(crate) fn print(self, ui: &mut Ui<'_>) -> Exit {
        if self.changes.is_empty() {
            ui.say(&format!(
                "nothing to do: the package `{}` is ready for revisions",
                self.package
            ));
        }
        self.changes
            .iter()
            .chain(&self.advice)
            .for_each(|line| ui.say(line));
        if !self.changes.is_empty() && self.adopted {
            ui.say("next: cargo migrate status");
        } else if !self.changes.is_empty() {
            let named = if self.named {
                format!("-p {} ", self.package)
            } else {
                String::new()
            };
            ui.say(&format!("next: cargo migrate new {named}\"create users\""));
        }
        Exit::Done
    }
}

/// Prepares the chosen package.
pub(crate) fn init(args: &InitArgs, selection: &Selection) -> Result<Done, CliError> {
    let project = &selection.project;
    let Some(member) = selection.chosen()? else {
        let names: Vec<&str> = project
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        return Err(
            CliError::usage("this is a workspace: choose the package to prepare")
                .note(format!("the packages are {}", words::list(&names)))
                .help("cargo migrate init -p NAME"),
        );
    };
    let Some(source) = &member.library else {
        return Err(error::no_library(member));
    };
    let line = library::declaration(&member.library_name());
    let declared = declaration(source, &line)?;
    let typed: Option<DatabaseUrl> = selection.typed_database().map(str::parse).transpose()?;
    let backends = match &typed {
        Some(url) if args.backend.is_empty() => vec![Backend::of(url.kind())],
        _ => backends(args, project, member)?,
    };
    // a server's URL may contain a secret, and differs for each developer
    let is_file = backends.first() == Some(&Backend::Sqlite);
    let url = match &typed {
        Some(url) => file_from(url, member.root()),
        None if is_file && !selection.names_database()? => Some(format!("{}.db", member.name)),
        None => None,
    };
    let mut changes = complete_manifest(args, project, member, &backends, url.as_deref())?;
    if let Some(text) = declared {
        write(source, &text)?;
        changes.push(format!("added `{line}` to {}", project::display(source)));
    }
    let folder = match adopt_directory(project, member)? {
        Some(directory) => {
            changes.push(format!(
                "added the folder of diesel's migrations, `{directory}`, to {}",
                project::display(&member.manifest)
            ));
            member.root().join(directory)
        }
        None => project.folder(member)?,
    };
    if !folder.is_dir() {
        fs::create_dir_all(&folder).map_err(|error| cannot("create", &folder, &error))?;
        changes.push(format!("created {}", project::display(&folder)));
    }
    let mut entries = fs::read_dir(&folder).map_err(|error| cannot("read", &folder, &error))?;
    let adopted = entries.any(|entry| entry.is_ok_and(|entry| is_revision(&entry.path())));
    let mut advice = Vec::new();
    if typed.is_some() && url.is_none() {
        advice.push(
            "note: the database is not written to Cargo.toml, as its URL may hold a secret: set `DATABASE_URL`, also in a `.env` file"
                .to_owned(),
        );
    }
    match build_script(member, &folder)? {
        BuildScript::Written(name) => changes.push(format!("created {name}")),
        BuildScript::Lacks(line) => advice.push(line),
        BuildScript::Fine => {}
    }
    if args.tests {
        let tests = tested::write_file(member)?;
        changes.extend(tests.changes);
        advice.extend(tests.advice);
    } else if !changes.is_empty() && !tested::are_there(member) {
        advice.push(
            "test the revisions: `cargo migrate test`; `cargo migrate init --tests` makes `cargo test` do it"
                .to_owned(),
        );
    }
    if args.models {
        changes.extend(write_models(source)?);
    } else if !changes.is_empty() && !models_file(source).exists() {
        advice.push(
            "declare the tables in src/schema.rs, and let `cargo migrate new --autogenerate` write revisions: `cargo migrate init --models`"
                .to_owned(),
        );
    }
    changes.extend(ignore_database(member, &changes)?);
    if !changes.is_empty() {
        advice.extend(
            backends
                .iter()
                .filter_map(|backend| backend.advice(&member.name)),
        );
    }
    Ok(Done {
        changes,
        advice,
        package: member.name.clone(),
        named: project.members.len() > 1 && !selection.is_here(member),
        adopted,
    })
}

/// Whether something in the folder of revisions is one, or is meant to be.
fn is_revision(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|extension| extension == "rs")
}

/// The file of the models, beside the library's root file.
fn models_file(source: &Path) -> PathBuf {
    source.with_file_name("schema.rs")
}

/// What is in a new file of models.
const MODELS: &str = "\
//! The tables of the database. `cargo migrate new --autogenerate` writes the revisions that lead to
//! them.

// use migrate_core::table;
//
// table! {
//     users (id) {
//         #[migrate(autoincrement)]
//         id -> Integer,
//         #[max_length = 320]
//         #[migrate(unique)]
//         email -> Varchar,
//     }
// }
";

/// Writes the file of the models and its line in the library's root file, as far as they are
/// missing.
fn write_models(source: &Path) -> Result<Vec<String>, CliError> {
    let mut changes = Vec::new();
    let file = models_file(source);
    if !file.exists() {
        write(&file, MODELS)?;
        changes.push(format!("created {}", project::display(&file)));
    }
    let text = fs::read_to_string(source).map_err(|error| cannot("read", source, &error))?;
    let name = project::display(source);
    let completed = library::with_module(&text, "schema")
        .map_err(|error| CliError::usage(format!("`{name}`: {error}")))?;
    if let Some(text) = completed {
        write(source, &text)?;
        changes.push(format!("added `pub mod schema;` to {name}"));
    }
    Ok(changes)
}

/// A SQLite database as the manifest in this folder names it: a relative path starts there, and on
/// the command line where one is.
fn file_from(url: &DatabaseUrl, folder: &Path) -> Option<String> {
    url.file()?;
    let here = std::env::current_dir().unwrap_or_default();
    let url = match here == folder {
        true => url.clone(),
        false => url.relative_to(&here),
    };
    Some(url.as_secret_str().to_owned()).filter(|text| url.to_string() == *text)
}

/// The databases given, otherwise those of the diesel dependency, otherwise SQLite.
fn backends(args: &InitArgs, project: &Project, member: &Member) -> Result<Vec<Backend>, CliError> {
    if !args.backend.is_empty() {
        return Ok(args.backend.clone());
    }
    let known = compiled(project, member)?;
    Ok(match known.is_empty() {
        true => vec![Backend::Sqlite],
        false => known.into_iter().map(Backend::of).collect(),
    })
}

/// The databases that the package's diesel dependency is for.
pub(super) fn compiled(project: &Project, member: &Member) -> Result<Vec<BackendKind>, CliError> {
    let workspace = read_manifest(&project.root.join("Cargo.toml"))?;
    let known = manifest::backends(&read_manifest(&member.manifest)?, Some(&workspace));
    let all = [
        BackendKind::Sqlite,
        BackendKind::Postgres,
        BackendKind::Mysql,
    ];
    let is_known = |kind: &BackendKind| known.contains(&Backend::of(*kind).feature());
    Ok(all.into_iter().filter(is_known).collect())
}

/// Adds the new database and the files next to it to `.gitignore`.
fn ignore_database(member: &Member, changes: &[String]) -> Result<Option<String>, CliError> {
    let name = format!("{}.db", member.name);
    let is_new = changes
        .iter()
        .any(|change| change.starts_with(&format!("added the database `{name}`")));
    let in_git = member
        .root()
        .ancestors()
        .any(|folder| folder.join(".git").exists());
    if !is_new || !in_git {
        return Ok(None);
    }
    let path = member.root().join(".gitignore");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let known = [
        name.clone(),
        format!("/{name}"),
        format!("{name}*"),
        format!("/{name}*"),
        "*.db".to_owned(),
        "*.db*".to_owned(),
    ];
    if text
        .lines()
        .any(|line| known.iter().any(|known| known == line.trim()))
    {
        return Ok(None);
    }
    let between = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    write(&path, &format!("{text}{between}/{name}*\n"))?;
    Ok(Some(format!(
        "added `/{name}*` to {}",
        project::display(&path)
    )))
}

/// The library's root file with the line that declares revisions, if that is missing.
fn declaration(source: &Path, line: &str) -> Result<Option<String>, CliError> {
    let name = project::display(source);
    let text = fs::read_to_string(source).map_err(|error| cannot("read", source, &error))?;
    library::complete(&text, line).map_err(|error| {
        let failure = CliError::usage(format!("`{name}`: {error}"));
        match error {
            LibraryError::Syntax { .. } => failure.help("fix the file, then run `cargo migrate init` again"),
            LibraryError::ModuleExists { .. } => failure.help(format!(
                "`{line}` declares that module: give the other one another name, and its files another folder"
            )),
        }
    })
}

fn complete_manifest(
    args: &InitArgs,
    project: &Project,
    member: &Member,
    backends: &[Backend],
    database_url: Option<&str>,
) -> Result<Vec<String>, CliError> {
    let mut document = read_manifest(&member.manifest)?;
    let root = project.root.join("Cargo.toml");
    let workspace = match root == member.manifest {
        true => Some(document.clone()),
        false => Some(read_manifest(&root)?),
    };
    let library = match member.core {
        Some(_) => String::new(),
        None => library_folder(args, member)?,
    };
    let commands = args.tests.then(|| tested::commands(member, &library));
    let mut features: Vec<&'static str> = Vec::new();
    for backend in backends {
        if !features.contains(&backend.feature()) {
            features.push(backend.feature());
        }
    }
    let wanted = Wanted {
        library: &library,
        backends: &features,
        database_url,
        commands,
        workspace: workspace.as_ref(),
    };
    let added = manifest::complete(&mut document, &wanted);
    if !added.is_empty() {
        write(&member.manifest, &document.to_string())?;
    }
    let name = project::display(&member.manifest);
    Ok(added
        .into_iter()
        .map(|what| format!("added {what} to {name}"))
        .collect())
}

/// Sets the folder of diesel's migrations in the manifest, unless the folder of the revisions is
/// set already.
fn adopt_directory(project: &Project, member: &Member) -> Result<Option<String>, CliError> {
    let text = fs::read_to_string(member.root().join("diesel.toml")).unwrap_or_default();
    let is_default = project.directory(member)? == Path::new(Config::DIRECTORY);
    let there = |directory: &String| member.root().join(directory).is_dir();
    let found = diesel::directory(&text).filter(|directory| is_default && there(directory));
    let Some(directory) = found.filter(|_| !member.root().join(Config::DIRECTORY).exists()) else {
        return Ok(None);
    };
    let mut document = read_manifest(&member.manifest)?;
    manifest::set_metadata(&mut document, "directory", &directory);
    write(&member.manifest, &document.to_string())?;
    Ok(Some(directory))
}

fn read_manifest(path: &Path) -> Result<DocumentMut, CliError> {
    let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    text.parse().map_err(|error| {
        CliError::usage(format!(
            "`{}` cannot be read\n{error}",
            project::display(path)
        ))
    })
}

/// The folder of the library, as the member's manifest should name it.
fn library_folder(args: &InitArgs, member: &Member) -> Result<String, CliError> {
    let folder = match &args.path {
        Some(folder) => folder.clone(),
        None => beside_our_sources().ok_or_else(|| {
            CliError::usage(format!(
                "the library `{LIBRARY}` is not where this program was built from"
            ))
            .help(format!("cargo migrate init --path PATH/{LIBRARY}"))
        })?,
    };
    if !is_library(&folder) {
        let name = folder.display();
        return Err(
            CliError::usage(format!("`{name}` does not hold the library `{LIBRARY}`")).help(
                format!("`--path` is the folder with the Cargo.toml of `{LIBRARY}` in it"),
            ),
        );
    }
    Ok(path_between(&resolved(member.root()), &resolved(&folder)))
}

/// The library in the repository that this program was built in, if that still exists.
fn beside_our_sources() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()?
        .join(LIBRARY);
    // a checkout that cargo made for itself may be removed at any time
    let is_cargos = project::cargo_home().is_some_and(|home| folder.starts_with(home));
    (!is_cargos && is_library(&folder)).then_some(folder)
}

fn is_library(folder: &Path) -> bool {
    let manifest = read_manifest(&folder.join("Cargo.toml"));
    manifest.is_ok_and(|manifest| {
        let name = manifest
            .get("package")
            .and_then(|package| package.get("name"));
        name.and_then(|name| name.as_str()) == Some(LIBRARY)
    })
}

fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// How a manifest in `from` names the folder `to`: relative if they are near, otherwise absolute.
fn path_between(from: &Path, to: &Path) -> String {
    const NEIGHBOURS: usize = 2;
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().count() - shared;
    let path = if up <= NEIGHBOURS && shared > 1 {
        let down = to.components().skip(shared);
        std::iter::repeat_n(Path::new("..").as_os_str(), up)
            .chain(down.map(std::path::Component::as_os_str))
            .collect()
    } else {
        to.to_owned()
    };
    path.to_string_lossy().replace('\\', "/")
}

/// The outcome for the build script.
enum BuildScript {
    Fine,
    Written(String),
    Lacks(String),
}

/// Writes a build script, or reports the line that the existing one lacks.
fn build_script(member: &Member, folder: &Path) -> Result<BuildScript, CliError> {
    let folder = folder
        .strip_prefix(member.root())
        .unwrap_or(folder)
        .display()
        .to_string();
    let instruction = format!("cargo::rerun-if-changed={folder}");
    let manifest = read_manifest(&member.manifest)?;
    let configured = manifest
        .get("package")
        .and_then(|package| package.get("build"));
    if configured.and_then(toml_edit::Item::as_bool) == Some(false) {
        return Ok(BuildScript::Fine);
    }
    let path = member.root().join(
        configured
            .and_then(|build| build.as_str())
            .unwrap_or("build.rs"),
    );
    let name = project::display(&path);
    match fs::read_to_string(&path) {
        Ok(text) if text.contains(&format!("rerun-if-changed={folder}")) => Ok(BuildScript::Fine),
        Ok(_) => Ok(BuildScript::Lacks(format!(
            "add this to {name}, so that a plain `cargo build` notices new files too: println!(\"{instruction}\");"
        ))),
        Err(_) => {
            let text = format!(
                "//! Makes cargo look again when a file appears among the revisions.\n\n\
                 fn main() {{\n    println!(\"{instruction}\");\n}}\n"
            );
            write(&path, &text)?;
            Ok(BuildScript::Written(name))
        }
    }
}

/// Writes a file with its existing line ends.
fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let has_returns = fs::read_to_string(path).is_ok_and(|old| old.contains("\r\n"));
    let text = match has_returns {
        true => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => text.to_owned(),
    };
    files::write(path, &text).map_err(|error| cannot("write", path, &error))
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(format!(
        "cannot {what} `{}`: {error}",
        project::display(path)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_named_from_here_and_others_from_the_root() {
        for (from, to, expected) in [
            ("/w/app", "/w/lib/migrate-core", "../lib/migrate-core"),
            ("/w/app", "/w/app/vendor/core", "vendor/core"),
            ("/w/a/app", "/w/lib", "../../lib"),
            ("/w/a/b/app", "/w/lib", "/w/lib"),
            ("/tmp/app", "/home/me/lib", "/home/me/lib"),
        ] {
            assert_eq!(
                path_between(Path::new(from), Path::new(to)),
                expected,
                "{from} {to}"
            );
        }
    }
}
