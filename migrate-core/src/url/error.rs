//! Why a text is not the URL of a database.

/// Why a text is not the URL of a database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// The URL is empty.
    #[error("the database's URL is empty")]
    Empty,
    /// The URL contains a control character: a line end, or one that no server accepts.
    #[error("the database's URL holds the control character U+{:04X}", u32::from(*character))]
    Control {
        /// The character.
        character: char,
    },
    /// A quote at an end of the URL, as an environment file may contain it.
    #[error("the database's URL begins or ends with the quote `{quote}`")]
    Quoted {
        /// The quote.
        quote: char,
    },
    /// The colon after the scheme is missing.
    #[error("the database's URL has no `:` after `{scheme}`")]
    NoColon {
        /// The scheme.
        scheme: &'static str,
    },
    /// Three slashes and a relative path, which is how SQLAlchemy writes one.
    #[error("`sqlite:///` begins an absolute path, and a relative one follows it")]
    ThreeSlashes {
        /// The relative path.
        path: String,
    },
    /// Keywords and values, as libpq and other drivers accept them, instead of a URL.
    #[error("the database's URL is a string of key words and values, not a URL")]
    KeyWords,
    /// A user, a password and a host without a scheme before them.
    #[error("the database's URL has no scheme before its user and password")]
    NoScheme,
    /// The slashes after a server's scheme are missing.
    #[error("the database's URL has no `//` after `{scheme}:`")]
    NoSlashes {
        /// The scheme.
        scheme: &'static str,
    },
    /// No backend has this scheme.
    #[error("unknown kind of database `{scheme}`")]
    UnknownScheme {
        /// The text before the colon.
        scheme: String,
        /// The scheme that was probably meant.
        near: Option<&'static str>,
    },
}

impl UrlError {
    /// The help: what to type instead.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            UrlError::Empty => Some("give a path, such as `app.db`".to_owned()),
            UrlError::KeyWords => Some(
                "write it as `postgres://user:password@host/database`; a file whose name begins so is `./…`"
                    .to_owned(),
            ),
            UrlError::NoScheme => Some(
                "begin with `postgres://` or `mysql://`; a file whose name is such is `./…`".to_owned(),
            ),
            UrlError::NoSlashes { scheme } => {
                Some(format!("write it as `{scheme}://user:password@host/database`"))
            }
            UrlError::Quoted { .. } => Some(
                "write it without quotes: a shell takes them away, `docker run --env-file` does not; a file whose name has quotes is `./…`"
                    .to_owned(),
            ),
            UrlError::NoColon { scheme } => Some(format!(
                "begin with `{scheme}://`; a file whose name begins so is `./…`"
            )),
            UrlError::ThreeSlashes { path } => Some(format!(
                "write `sqlite:{path}`; in SQLAlchemy the path after three slashes is relative"
            )),
            UrlError::UnknownScheme {
                scheme,
                near: Some(near),
            } => Some(format!("write `{near}` instead of `{scheme}`")),
            UrlError::UnknownScheme { scheme, near: None } => Some(format!(
                "use `sqlite:`, `postgres://`, `mysql://` or `mariadb://`; a file whose name begins so is `./{scheme}:…`"
            )),
            UrlError::Control { .. } => None,
        }
    }
}
