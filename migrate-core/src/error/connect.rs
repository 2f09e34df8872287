//! Why a connection to a database's URL failed.

use std::io;
use std::path::PathBuf;

use migrate_graph::{Advice, Help};

use crate::dialect::BackendKind;
use crate::url::{DatabaseUrl, UrlError};

/// Why a connection to a database's URL failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is not valid.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The backend is known, but not compiled in.
    #[error("{} is not enabled in this program", backend.name())]
    NotEnabled {
        /// The backend.
        backend: BackendKind,
    },
    /// The directory of the database's file does not exist.
    #[error("cannot open `{url}`: there is no directory `{}`", directory.display())]
    NoDirectory {
        /// The URL.
        url: DatabaseUrl,
        /// The directory.
        directory: PathBuf,
        /// The same path without its first slash, if nothing of it is there: in SQLAlchemy, three
        /// slashes begin a relative path.
        relative: Option<PathBuf>,
    },
    /// The path is a directory.
    #[error("cannot open `{url}`: it is a directory")]
    IsDirectory {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The file exists, but is not a database.
    #[error("cannot open `{url}`: the file is not a SQLite database")]
    NotADatabase {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The file to be changed does not exist.
    #[error("cannot open `{url}`: there is no such file")]
    NoFile {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The path is a symbolic link into a directory that does not exist.
    #[error("cannot open `{url}`: it is a link to `{}`, and there is no directory `{}`", target.display(), directory.display())]
    DanglingLink {
        /// The URL.
        url: DatabaseUrl,
        /// The target of the link.
        target: PathBuf,
        /// The target's directory.
        directory: PathBuf,
    },
    /// The URL is read-only, but the run would write.
    #[error("cannot change `{url}`: it is opened read-only")]
    ReadOnlyUrl {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The file cannot be created or opened.
    #[error("cannot open `{url}`: {source}")]
    File {
        /// The URL.
        url: DatabaseUrl,
        /// Why not.
        source: io::Error,
    },
    /// The password has a character that the driver would take for its end.
    #[error(
        "cannot connect to `{url}`: the password holds `{character}`, which must be written as `%{:02X}`",
        u32::from(*character)
    )]
    Unencoded {
        /// The URL.
        url: DatabaseUrl,
        /// The character.
        character: char,
    },
    /// An unknown parameter of a URL for MySQL or MariaDB.
    #[error("cannot connect to `{url}`: unknown parameter `{key}`")]
    UnknownParameter {
        /// The URL.
        url: DatabaseUrl,
        /// The parameter's name.
        key: String,
    },
    /// An unknown value of `ssl_mode`.
    #[error("cannot connect to `{url}`: unknown value of `ssl_mode`")]
    UnknownSslMode {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The URL requires encryption, but the connection is not encrypted.
    #[error(
        "cannot connect to `{url}`: `ssl_mode={mode}` requires encryption, but this connection is not encrypted"
    )]
    NotEncrypted {
        /// The URL.
        url: DatabaseUrl,
        /// The mode.
        mode: &'static str,
    },
    /// The URL requires the server's identity to be verified, which the client library does not do.
    #[error(
        "cannot connect to `{url}`: `ssl_mode={mode}` requires the server's certificate to be verified, but the linked client library \
         does not do that"
    )]
    NotVerified {
        /// The URL.
        url: DatabaseUrl,
        /// The mode.
        mode: &'static str,
    },
    /// The URL names a server, but no database on it.
    #[error("`{url}` names no database")]
    NoDatabase {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The driver refused.
    #[error("cannot connect to `{url}`: {message}")]
    Driver {
        /// The URL.
        url: DatabaseUrl,
        /// The driver's message.
        message: String,
    },
}

/// Whether a server says that it has no database of that name.
fn is_missing(message: &str) -> bool {
    message.contains("Unknown database '")
        || message.contains("database \"") && message.contains("\" does not exist")
}

impl ConnectError {
    /// Whether the server says that it has no such database.
    pub(crate) fn is_of_missing_database(&self) -> bool {
        matches!(self, ConnectError::Driver { message, .. } if is_missing(message))
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        match self {
            ConnectError::NoFile { .. } => {
                Some(Help::from("check the path; `") + Advice::UP + "` creates the database")
            }
            ConnectError::Driver { message, .. } if is_missing(message) => {
                let arguments = "database create".to_owned();
                Some(
                    Help::from("check its name; to create it: `")
                        + Advice::Command { arguments }
                        + "`",
                )
            }
            error => error.words().map(Help::from),
        }
    }

    /// The help without a command.
    fn words(&self) -> Option<String> {
        match self {
            ConnectError::Url(error) => error.help(),
            ConnectError::File { .. }
            | ConnectError::NoFile { .. }
            | ConnectError::Unencoded { .. }
            | ConnectError::Driver { .. } => None,
            ConnectError::NotEnabled { backend } => Some(format!(
                "add its feature to `migrate-core` in Cargo.toml: `features = [\"{}\"]`",
                backend.feature()
            )),
            ConnectError::NoDirectory {
                directory, relative, ..
            } => {
                let create = format!("mkdir -p {}", directory.display());
                Some(match relative {
                    Some(relative) => format!(
                        "{create}; or, as the path is absolute and you mean a relative one, write `sqlite:{}`",
                        relative.display()
                    ),
                    None => create,
                })
            }
            ConnectError::DanglingLink { directory, .. } => Some(format!(
                "mkdir -p {}, or change the link's target",
                directory.display()
            )),
            ConnectError::ReadOnlyUrl { .. } => {
                Some("remove `mode=ro` and `immutable` from the URL".to_owned())
            }
            ConnectError::IsDirectory { .. } => {
                Some("name a file in it, such as `app.db`".to_owned())
            }
            ConnectError::UnknownParameter { .. } => Some(
                "the parameters are `unix_socket`, `ssl_mode`, `ssl_ca`, `ssl_cert`, `ssl_key`".to_owned(),
            ),
            ConnectError::UnknownSslMode { .. } => Some(
                "write `disabled`, `preferred`, `required`, `verify_ca` or `verify_identity`".to_owned(),
            ),
            ConnectError::NotEncrypted { .. } => Some(
                "MariaDB's client library ignores `ssl_mode`: add `ssl_ca=/path/to/ca.pem`, with which it encrypts, or link MySQL's; \
                 and check whether the server has TLS: `SHOW VARIABLES LIKE 'have_ssl'`, `'tls_version'`"
                    .to_owned(),
            ),
            ConnectError::NotVerified { .. } => Some(
                "link MySQL's client library (MariaDB's ignores `ssl_mode`), or connect through a tunnel that verifies; \
                 `ssl_mode=required` with `ssl_ca` encrypts without verification"
                    .to_owned(),
            ),
            ConnectError::NoDatabase { .. } => {
                Some("add its name after the server's: `mysql://user@host/name`".to_owned())
            }
            ConnectError::NotADatabase { .. } => Some(
                "check the path; encrypted databases cannot be read either".to_owned(),
            ),
        }
    }
}
