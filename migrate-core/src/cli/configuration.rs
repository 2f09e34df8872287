//! Where a command learns which database it is about: the flag, the variable, `.env`, the metadata, in this order. Reads the
//! environment only through [`Surroundings`], so that a test can give its own; never prints a URL.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use migrate_graph::{MultipleHeads, Rules};
use serde::{Deserialize, Serialize};

use super::failure::Failure;

/// The variable that names the database, also in `.env`.
pub const DATABASE_URL: &str = "DATABASE_URL";

/// The variable that names the environment.
pub const ENVIRONMENT: &str = "MIGRATE_ENV";

/// The variable by which `cargo migrate` tells the runner what the metadata says: a [`Configuration`] as JSON.
pub const CONFIGURATION: &str = "CARGO_MIGRATE_CONFIG";

/// What a process finds around it: its directory and its variables.
pub struct Surroundings<'a> {
    /// Where relative paths start, and where the search for `.env` begins.
    pub directory: PathBuf,
    /// The environment variable of a name.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
}

/// What the packages' metadata says, as far as the runner needs it.
///
/// `cargo migrate` writes it as JSON into the variable [`CONFIGURATION`]. Keys that are not known here are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Configuration {
    /// `database-url`.
    pub database_url: Option<String>,
    /// The folder that relative paths of SQLite files in `database-url` start from.
    pub directory: Option<PathBuf>,
    /// `multiple-heads`: `allow` lifts the rule of one head.
    pub multiple_heads: Option<String>,
}

impl Configuration {
    /// Reads what `cargo migrate` passed on; nothing when the program was not started by it.
    pub fn read(surroundings: &Surroundings<'_>) -> Result<Configuration, Failure> {
        let Some(text) = text_of(surroundings, CONFIGURATION)? else {
            return Ok(Configuration::default());
        };
        // without serde's words, which quote what they find, and that may be a URL with a password
        serde_json::from_str(&text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Failure::usage(format!(
                "`{CONFIGURATION}` is not what `cargo migrate` writes there (line {line}, column {column})"
            ))
        })
    }
}

impl Configuration {
    /// What `multiple-heads` says of several heads.
    pub fn rules(&self) -> Result<Rules, Failure> {
        let multiple_heads = match self.multiple_heads.as_deref() {
            None | Some("refuse") => MultipleHeads::Refuse,
            Some("allow") => MultipleHeads::Allow,
            Some(other) => {
                let failure = Failure::usage(format!("`multiple-heads` is `{other}`"));
                return Err(failure.help("write `multiple-heads = \"allow\"` or `\"refuse\"`"));
            }
        };
        Ok(Rules { multiple_heads })
    }
}

/// A database's URL as it was written, with the place where it stood.
#[derive(Clone, PartialEq, Eq)]
pub struct GivenUrl {
    /// The URL, password and all: not for printing.
    pub url: String,
    /// The folder that a relative path in it starts from: the one of the file that it stands in; `None` for the directory of the process.
    pub directory: Option<PathBuf>,
    /// Where it was found.
    pub origin: Origin,
}

/// The places where a database's URL may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `--database-url`
    Flag,
    /// The variable `DATABASE_URL`.
    Variable,
    /// `DATABASE_URL` in this file.
    EnvFile(PathBuf),
    /// `database-url` in a package's metadata.
    Metadata,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => write!(f, "the URL was given by `--database-url`"),
            Origin::Variable => write!(f, "the URL stands in the variable `{DATABASE_URL}`"),
            Origin::EnvFile(file) => write!(f, "the URL stands in `{}`", file.display()),
            Origin::Metadata => write!(
                f,
                "the URL stands under `database-url` in a package's metadata"
            ),
        }
    }
}

/// Finds the database's URL; `None` when nothing names one.
///
/// An empty variable counts as none, an empty flag is a mistake.
pub fn database_url(
    flag: Option<&str>,
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
) -> Result<Option<GivenUrl>, Failure> {
    let here = |url: String, origin| GivenUrl {
        url,
        directory: None,
        origin,
    };
    match flag {
        Some("") => return Err(Failure::usage("`--database-url` is empty").help(WAYS)),
        Some(url) => return Ok(Some(here(url.to_owned(), Origin::Flag))),
        None => {}
    }
    if let Some(url) = text_of(surroundings, DATABASE_URL)? {
        return Ok(Some(here(url, Origin::Variable)));
    }
    if let Some((url, file)) = in_env_file(&surroundings.directory)? {
        return Ok(Some(GivenUrl {
            url,
            directory: file.parent().map(Path::to_owned),
            origin: Origin::EnvFile(file),
        }));
    }
    let metadata = configuration
        .database_url
        .clone()
        .filter(|url| !url.is_empty());
    Ok(metadata.map(|url| GivenUrl {
        url,
        directory: configuration.directory.clone(),
        origin: Origin::Metadata,
    }))
}

/// The environment that the run is for; `None` when nothing names one.
///
/// An empty variable counts as none, an empty flag is a mistake.
pub fn environment(
    flag: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<String>, Failure> {
    match flag {
        Some("") => Err(Failure::usage("`--env` is empty").help("--env production")),
        Some(name) => Ok(Some(name.to_owned())),
        None => text_of(surroundings, ENVIRONMENT),
    }
}

/// The failure when a command needs a database and nothing names one.
pub fn no_database(without_metadata: bool) -> Failure {
    Failure::usage("no database was given").help(match without_metadata {
        true => WAYS_WITHOUT_METADATA,
        false => WAYS,
    })
}

const WAYS_WITHOUT_METADATA: &str =
    "give `--database-url URL`, or set `DATABASE_URL` in the environment or in a `.env` file";

const WAYS: &str = "give `--database-url URL`, or set `DATABASE_URL` in the environment or in a `.env` file, or write \
                    `database-url = \"app.db\"` under `[package.metadata.migrate]` in Cargo.toml";

/// A variable's text; `None` when it is not set or empty.
fn text_of(surroundings: &Surroundings<'_>, name: &str) -> Result<Option<String>, Failure> {
    (surroundings.variable)(name)
        .filter(|value| !value.is_empty())
        .map(OsString::into_string)
        .transpose()
        .map_err(|_| Failure::usage(format!("the variable `{name}` is not UTF-8")))
}

/// `DATABASE_URL` in the nearest `.env` file, from `directory` upward.
fn in_env_file(directory: &Path) -> Result<Option<(String, PathBuf)>, Failure> {
    let Some(file) = directory
        .ancestors()
        .map(|folder| folder.join(".env"))
        .find(|file| file.is_file())
    else {
        return Ok(None);
    };
    let entries = dotenvy::from_path_iter(&file).map_err(|error| broken(&file, error))?;
    for entry in entries {
        let (name, value) = entry.map_err(|error| broken(&file, error))?;
        if name == DATABASE_URL && !value.is_empty() {
            return Ok(Some((value, file)));
        }
    }
    Ok(None)
}

/// The failure for a `.env` file that cannot be read. Names the line but does not quote it: such files hold secrets.
fn broken(file: &Path, error: dotenvy::Error) -> Failure {
    let place = match &error {
        dotenvy::Error::LineParse(line, _) => {
            line_number(file, line).map(|number| format!(":{number}"))
        }
        _ => None,
    };
    let reason = match error {
        dotenvy::Error::Io(error) => error.to_string(),
        _ => "expected `NAME=value`, with quotes around a value that has spaces or signs in it"
            .to_owned(),
    };
    let place = format!("{}{}", file.display(), place.unwrap_or_default());
    Failure::usage(format!("cannot read `{place}`: {reason}"))
        .help("mend the file, or give `--database-url URL`, with which it is not read")
}

/// Which line of `file` is, or begins, `line`.
fn line_number(file: &Path, line: &str) -> Option<usize> {
    let wanted = line.lines().next()?.trim();
    let text = std::fs::read_to_string(file).ok()?;
    text.lines()
        .position(|candidate| candidate.trim() == wanted)
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `database_url` finds with these variables, for a directory that holds `env_file` as `.env`.
    fn find(
        flag: Option<&str>,
        variables: &[(&str, &str)],
        env_file: Option<&str>,
    ) -> Result<Option<GivenUrl>, Failure> {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = env_file {
            std::fs::write(folder.path().join(".env"), text).unwrap();
        } else {
            // an empty one, so that no `.env` above the temporary folder is found
            std::fs::write(folder.path().join(".env"), "").unwrap();
        }
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        };
        let surroundings = Surroundings {
            directory: deep,
            variable: &variable,
        };
        let configuration = Configuration::read(&surroundings)?;
        database_url(flag, &configuration, &surroundings)
    }

    const METADATA: (&str, &str) = (
        CONFIGURATION,
        r#"{"database_url": "meta.db", "directory": "/project", "more": 1}"#,
    );

    #[test]
    fn the_flag_wins_then_the_variable_then_the_file_then_the_metadata() {
        let all = [(DATABASE_URL, "var.db"), METADATA];
        let file = Some("OTHER=1\nDATABASE_URL='file.db'\n");
        let url = |found: Result<Option<GivenUrl>, Failure>| found.unwrap().unwrap();

        let found = url(find(Some("flag.db"), &all, file));
        assert_eq!(
            (found.url.as_str(), found.origin),
            ("flag.db", Origin::Flag)
        );
        let found = url(find(None, &all, file));
        assert_eq!(
            (found.url.as_str(), found.origin),
            ("var.db", Origin::Variable)
        );
        let found = url(find(None, &[METADATA], file));
        assert_eq!(found.url, "file.db");
        let Origin::EnvFile(env_file) = found.origin else {
            panic!("{:?}", found.origin);
        };
        assert_eq!(found.directory.as_deref(), env_file.parent());
        let found = url(find(None, &[METADATA, (DATABASE_URL, "")], None));
        assert_eq!(
            (found.url.as_str(), found.origin),
            ("meta.db", Origin::Metadata)
        );
        assert_eq!(found.directory.as_deref(), Some(Path::new("/project")));
        assert!(find(None, &[], None).unwrap().is_none());
    }

    #[test]
    fn a_broken_file_is_named_with_its_line_but_not_quoted() {
        let failure = find(
            None,
            &[],
            Some("A=1\nDATABASE_URL=\"postgres://me:secret@host\n"),
        )
        .err()
        .unwrap();
        assert!(failure.message.contains(".env:2`"), "{}", failure.message);
        assert!(!format!("{failure:?}").contains("secret"));
        assert_eq!(failure.exit, super::super::Exit::Usage);
    }

    #[test]
    fn an_empty_flag_and_a_broken_configuration_are_mistakes() {
        assert_eq!(
            find(Some(""), &[], None).err().unwrap().message,
            "`--database-url` is empty"
        );
        let failure = find(
            None,
            &[(CONFIGURATION, "\"postgres://ada:s3cret@host\"")],
            None,
        )
        .err()
        .unwrap();
        assert_eq!(
            failure.message,
            "`CARGO_MIGRATE_CONFIG` is not what `cargo migrate` writes there (line 1, column 28)"
        );
    }
}
