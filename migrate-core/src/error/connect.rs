//! Why a database's URL leads to no connection.

use std::io;
use std::path::PathBuf;

use migrate_graph::{Advice, Help};

use crate::dialect::BackendKind;
use crate::url::{DatabaseUrl, UrlError};

/// Why a database's URL leads to no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The text is no URL.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The backend is known, but not compiled in.
    #[error("{} is not enabled in this program", backend.name())]
    NotEnabled {
        /// The backend.
        backend: BackendKind,
    },
    /// The directory that the database's file would be in is not there.
    #[error("cannot open `{url}`: there is no directory `{}`", directory.display())]
    NoDirectory {
        /// The URL.
        url: DatabaseUrl,
        /// The directory.
        directory: PathBuf,
    },
    /// The path is a directory.
    #[error("cannot open `{url}`: it is a directory")]
    IsDirectory {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The file is there but is no database.
    #[error("cannot open `{url}`: the file is not a SQLite database")]
    NotADatabase {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The file that is to be changed is not there.
    #[error("cannot open `{url}`: there is no such file")]
    NoFile {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The path is a symbolic link into a directory that is not there.
    #[error("cannot open `{url}`: it is a link to `{}`, and there is no directory `{}`", target.display(), directory.display())]
    DanglingLink {
        /// The URL.
        url: DatabaseUrl,
        /// Where the link leads.
        target: PathBuf,
        /// The directory of that.
        directory: PathBuf,
    },
    /// The URL asks not to write, and something is to be written.
    #[error("cannot change `{url}`: it is opened to be read only")]
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
    /// The password holds a character that the driver takes for its end.
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
    /// A parameter of a URL for MySQL or MariaDB that nothing reads.
    #[error("cannot connect to `{url}`: unknown parameter `{key}`")]
    UnknownParameter {
        /// The URL.
        url: DatabaseUrl,
        /// The parameter's name.
        key: String,
    },
    /// A value of `ssl_mode` that is none.
    #[error("cannot connect to `{url}`: unknown value of `ssl_mode`")]
    UnknownSslMode {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The URL asks for encryption, and the connection that came of it has none.
    #[error(
        "cannot connect to `{url}`: `ssl_mode={mode}` asks for encryption, and this connection is not encrypted"
    )]
    NotEncrypted {
        /// The URL.
        url: DatabaseUrl,
        /// The mode.
        mode: &'static str,
    },
    /// The URL asks for proof of who the server is, and the client library does not ask for any.
    #[error(
        "cannot connect to `{url}`: `ssl_mode={mode}` asks for the server's certificate to be verified, and the client library that is \
         linked does not do that"
    )]
    NotVerified {
        /// The URL.
        url: DatabaseUrl,
        /// The mode.
        mode: &'static str,
    },
    /// The URL names a server, and no database on it.
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
        /// What the driver said.
        message: String,
    },
}

impl ConnectError {
    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        match self {
            ConnectError::NoFile { .. } => {
                Some(Help::from("check the path; `") + Advice::UP + "` creates the database")
            }
            error => error.words().map(Help::from),
        }
    }

    /// The help where it is words alone.
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
            ConnectError::NoDirectory { directory, .. } => {
                Some(format!("mkdir -p {}", directory.display()))
            }
            ConnectError::DanglingLink { directory, .. } => Some(format!(
                "mkdir -p {}, or let the link lead elsewhere",
                directory.display()
            )),
            ConnectError::ReadOnlyUrl { .. } => {
                Some("take `mode=ro` and `immutable` out of the URL".to_owned())
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
                "MariaDB's client library passes over `ssl_mode`: add `ssl_ca=/path/to/ca.pem`, with which it encrypts, or link MySQL's; \
                 and look whether the server has TLS: `SHOW VARIABLES LIKE 'have_ssl'`, `'tls_version'`"
                    .to_owned(),
            ),
            ConnectError::NotVerified { .. } => Some(
                "link MySQL's client library (MariaDB's passes over `ssl_mode`), or connect through a tunnel that verifies; \
                 `ssl_mode=required` with `ssl_ca` encrypts without that proof"
                    .to_owned(),
            ),
            ConnectError::NoDatabase { .. } => {
                Some("add its name after the server's: `mysql://user@host/name`".to_owned())
            }
            ConnectError::NotADatabase { .. } => Some(
                "check the path; a database that is encrypted cannot be read either".to_owned(),
            ),
        }
    }
}
