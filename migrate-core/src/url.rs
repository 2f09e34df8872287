//! The URL of a database: selects the backend, and never shows its password.

mod dump;
mod error;
mod file;
mod server;

pub use error::UrlError;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::dialect::BackendKind;
use crate::redact::{HIDDEN, is_telling};

/// The URL of a database. `Display` hides the password.
///
/// A SQLite database is a path, `sqlite:PATH`, `sqlite://PATH`, a `file:` URI or `:memory:`.
///
/// ```
/// use migrate_core::engine::backend::{BackendKind, DatabaseUrl};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let url: DatabaseUrl = "postgres://ada:secret@localhost/app".parse()?;
/// assert_eq!(url.kind(), BackendKind::Postgres);
/// assert_eq!(url.to_string(), "postgres://ada:***@localhost/app");
/// assert_eq!("sqlite://app.db".parse::<DatabaseUrl>()?.as_secret_str(), "app.db");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    kind: BackendKind,
    /// The form that the driver expects.
    target: String,
}

/// Schemes and their backends.
const SCHEMES: &[(&str, BackendKind)] = &[
    ("postgres", BackendKind::Postgres),
    ("postgresql", BackendKind::Postgres),
    ("mysql", BackendKind::Mysql),
    ("mariadb", BackendKind::Mariadb),
];

impl DatabaseUrl {
    /// The backend that it selects.
    #[must_use]
    pub fn kind(&self) -> BackendKind {
        self.kind
    }

    /// The form for the driver, with the password: not to be printed.
    #[must_use]
    pub fn as_secret_str(&self) -> &str {
        &self.target
    }

    /// The file of a SQLite database, as spelled; `None` for one in memory, and for a server.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match self.kind {
            BackendKind::Sqlite => file::file_of(&self.target),
            _ => None,
        }
    }

    /// The target of the path of a SQLite database, if it or a folder in it is a symbolic link.
    #[must_use]
    pub fn leads_to(&self) -> Option<PathBuf> {
        let path = self.file()?;
        let mut parts = path.ancestors();
        parts
            .any(Path::is_symlink)
            .then(|| path.canonicalize().ok())?
    }

    /// Whether the URL itself forbids writing: `mode=ro` or `immutable=1` for SQLite.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.kind == BackendKind::Sqlite && file::is_read_only(&self.target)
    }

    /// The command that dumps a server's database of this kind into a file, and the one that
    /// restores it; without a password, which those programs prompt for. `None` for SQLite.
    #[must_use]
    pub fn dump_commands(&self, kind: BackendKind, file: &Path) -> Option<(String, String)> {
        dump::commands(self, kind, file)
    }

    /// A text that may be a URL, or anything else, with `***` for each secret that a URL would have
    /// there.
    #[must_use]
    pub fn redacted(text: &str) -> String {
        redacted(text)
    }

    /// A text without the secrets of this URL: a driver's message may repeat parts of it. A word
    /// that may occur anywhere, such as a password of one letter, counts as a secret only in quotes
    /// or in a URL; hiding it elsewhere would reveal it.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        let mut secrets = self.secrets();
        // the longest first, so that no part of one remains next to another
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
            .iter()
            .fold(text.to_owned(), |text, secret| match is_telling(secret) {
                true => text.replace(secret, HIDDEN),
                false => without_word(&text, secret),
            })
    }

    /// Every secret of this URL, encoded and decoded.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        DatabaseUrl::secrets_in(&self.target)
            .into_iter()
            .flat_map(|(written, meant)| [written.to_owned(), meant])
            .collect()
    }

    /// A character of the password that a driver would read as the password's end.
    #[must_use]
    pub fn unencoded_in_password(&self) -> Option<char> {
        self.password()?.chars().find(|c| matches!(c, '/' | '@'))
    }

    /// The password before the host, still encoded.
    fn password(&self) -> Option<&str> {
        password_in(&self.target)
    }

    /// Every secret that a text would contain as a URL, encoded and decoded.
    #[must_use]
    pub fn secrets_in(text: &str) -> Vec<(&str, String)> {
        let query = text.split_once('?').map_or("", |(_, query)| query);
        let parameters = query
            .split('&')
            .filter_map(|parameter| parameter.split_once('='))
            .filter(|(key, _)| SECRETS.contains(&key.to_ascii_lowercase().as_str()))
            .map(|(_, value)| value);
        password_in(text)
            .into_iter()
            .chain(parameters)
            .filter(|secret| !secret.is_empty())
            .map(|secret| (secret, decoded(secret)))
            .collect()
    }

    /// The URL of another database of the same server; the same for SQLite.
    #[must_use]
    pub fn with_database(&self, name: &str) -> DatabaseUrl {
        let target = match self.kind {
            BackendKind::Sqlite => self.target.clone(),
            _ => server::with_database(&self.target, name),
        };
        DatabaseUrl {
            kind: self.kind,
            target,
        }
    }

    /// The name of a server's database; `None` for SQLite, and if the URL names none.
    pub(crate) fn database_name(&self) -> Option<String> {
        match self.kind {
            BackendKind::Sqlite => None,
            BackendKind::Postgres => server::database(&self.target).map(decoded),
            // diesel passes it to the server as it is written
            BackendKind::Mysql | BackendKind::Mariadb => {
                server::database(&self.target).map(str::to_owned)
            }
        }
    }

    /// The same database, with a relative path based on this directory.
    #[must_use]
    pub fn relative_to(&self, directory: &Path) -> DatabaseUrl {
        let joined = match self.kind {
            BackendKind::Sqlite => sqlite_relative_to(&self.target, directory),
            _ => None,
        };
        DatabaseUrl {
            kind: self.kind,
            target: joined.unwrap_or_else(|| self.target.clone()),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<DatabaseUrl, UrlError> {
        // a line end of the file that it came from, or a byte order mark, is not part of it
        let text = text.trim_matches(|c: char| c.is_whitespace() || INVISIBLE.contains(&c));
        if let Some(character) = text.chars().find(|c| c.is_control()) {
            return Err(UrlError::Control { character });
        }
        if let Some(quote) = stray_quote(text) {
            return Err(UrlError::Quoted { quote });
        }
        if let Some((word, _)) = lost_colon(text) {
            let scheme = SCHEMES
                .iter()
                .find(|(known, _)| word.eq_ignore_ascii_case(known));
            return Err(match scheme {
                Some((scheme, _)) => UrlError::NoColon { scheme },
                None => UrlError::NoScheme,
            });
        }
        let no_scheme = password_without_scheme(text).is_some() && !is_of_key_words(text);
        let Some((scheme, rest)) = split_scheme(text) else {
            return match no_scheme {
                true => Err(UrlError::NoScheme),
                false => sqlite(text),
            };
        };
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" | "sqlite3" => sqlite_scheme(rest),
            "file" => sqlite(&format!("file:{rest}")),
            scheme => match SCHEMES.iter().find(|(known, _)| *known == scheme) {
                Some((scheme, _)) if !rest.starts_with("//") => Err(UrlError::NoSlashes { scheme }),
                Some((scheme, kind)) => Ok(DatabaseUrl {
                    kind: *kind,
                    target: format!("{scheme}:{rest}"), // libpq knows small letters only
                }),
                None if no_scheme => Err(UrlError::NoScheme),
                None => Err(UrlError::UnknownScheme {
                    near: near(scheme),
                    scheme: scheme.to_owned(),
                }),
            },
        }
    }
}

/// The scheme of a URL and the text after its colon. A single letter is a drive, as in `C:\app.db`.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let letters = scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    // `app.db:1` is a file name: no scheme contains a dot
    (letters && !scheme.contains('.')).then_some((scheme, rest))
}

/// Invisible characters, with which no URL begins or ends.
const INVISIBLE: [char; 2] = ['\u{feff}', '\u{200b}'];

/// A quote around a text, or at one end of it, which a shell would have removed. One that ends a
/// quoted value belongs to it.
fn stray_quote(text: &str) -> Option<char> {
    let is_quote = |c: &char| "\"'`“”‘’".contains(*c);
    let last = text.chars().next_back().filter(is_quote);
    let unpaired = |quote: &char| text.matches(*quote).count() % 2 == 1;
    text.chars()
        .next()
        .filter(is_quote)
        .or(last.filter(unpaired))
}

/// The first word of a URL whose scheme has lost its colon, as `postgres//ada:s3cret@host/db`, and
/// the text after the slashes: it has a user and a password, or a known scheme and two slashes. A
/// path does not begin so, or is written `./…`.
fn lost_colon(text: &str) -> Option<(&str, &str)> {
    if split_scheme(text).is_some() {
        return None;
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (word, after) = text.split_at(end);
    let rest = after.trim_start_matches(|c: char| !c.is_alphanumeric());
    let slashes = after[..after.len() - rest.len()].contains("//");
    let is_scheme = near(&word.to_ascii_lowercase()).is_some();
    let has_password = rest
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':'));
    let is_slip = has_password && (slashes || is_scheme) || slashes && is_scheme;
    (is_slip && !after.starts_with(':')).then_some((word, rest))
}

/// The text after the user's colon where a URL without a scheme was probably meant, as in
/// `ada:s3cret@host/db`. A path that begins with one of these signs is not, nor is a Windows path.
fn password_without_scheme(text: &str) -> Option<&str> {
    let (user, rest) = text.split_once(':')?;
    let is_name = !user.contains(|c: char| c.is_whitespace() || "/\\".contains(c));
    let is_drive = user.len() == 1 && rest.starts_with(['/', '\\']);
    let is_url = rest.starts_with("//") || rest.contains("://");
    (is_name && !is_drive && !is_url && rest.contains('@')).then_some(rest)
}

/// The scheme that was probably meant by one that includes a driver's name, or a typo.
fn near(scheme: &str) -> Option<&'static str> {
    let base = scheme.split('+').next().unwrap_or(scheme);
    let known = SCHEMES.iter().map(|(name, _)| *name).chain(["sqlite"]);
    match base {
        "pg" | "psql" | "postgre" => Some("postgres"),
        "maria" => Some("mariadb"),
        _ => known.into_iter().find(|name| *name == base),
    }
}

fn sqlite(path: &str) -> Result<DatabaseUrl, UrlError> {
    // read as a file name, its password would become the name of a file
    if is_of_key_words(path) {
        return Err(UrlError::KeyWords);
    }
    if path.is_empty() || file::is_nowhere(path) {
        return Err(UrlError::Empty);
    }
    Ok(DatabaseUrl {
        kind: BackendKind::Sqlite,
        target: path.to_owned(),
    })
}

/// Whether a text is a connection string of other tools: `host=… password=…`, `Server=…;Pwd=…`.
fn is_of_key_words(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "host", "hostaddr", "server", "dbname", "database", "user", "uid", "password", "passwd",
        "pwd", "service", "sslmode",
    ];
    let parts = text.split(|c: char| c.is_whitespace() || c == ';');
    parts
        .filter_map(|part| part.split_once('='))
        .any(|(word, _)| WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

/// `sqlite:PATH` and `sqlite://PATH`; with a query, SQLite's own URI of the same path.
fn sqlite_scheme(rest: &str) -> Result<DatabaseUrl, UrlError> {
    if let Some(relative) = rest.strip_prefix("///").filter(|path| is_relative(path)) {
        let path = relative.split('?').next().unwrap_or(relative);
        let path = path.strip_prefix("./").unwrap_or(path).to_owned();
        return Err(UrlError::ThreeSlashes { path });
    }
    let path = rest.strip_prefix("//").unwrap_or(rest);
    match path.split_once('?') {
        Some((path, query)) => sqlite(&format!("file:{path}?{query}")),
        None if path.starts_with("file:") => sqlite(&format!("./{path}")),
        None => sqlite(path),
    }
}

fn is_relative(path: &str) -> bool {
    path.starts_with("./") || path.starts_with("../")
}

/// A relative path or `file:` URI, joined to a directory; `None` if it is not relative.
fn sqlite_relative_to(target: &str, directory: &Path) -> Option<String> {
    if target == ":memory:" {
        return None;
    }
    let (prefix, path) = match target.strip_prefix("file:") {
        Some(uri) if uri.starts_with("//") || uri.starts_with(":memory:") => return None,
        Some(uri) if uri.contains("mode=memory") => return None,
        Some(uri) => ("file:", uri),
        None => ("", target),
    };
    if path.is_empty() || Path::new(path).is_absolute() {
        return None;
    }
    let directory = directory.to_str()?;
    let escaped = match prefix {
        "" => directory.to_owned(),
        _ => directory
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23"),
    };
    let joined = Path::new(&escaped).join(path);
    Some(format!("{prefix}{}", joined.to_str()?))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(&self.target))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl")
            .field("kind", &self.kind)
            .field("target", &redacted(&self.target))
            .finish()
    }
}

/// A word quoted for a shell.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+=,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The text without a word where it occurs by itself, in quotes or as a part of a URL.
fn without_word(text: &str, word: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let opens = before.ends_with(['"', '\'', '`', ':', '=', '/']);
        let closes = after.starts_with(['"', '\'', '`', '@', '&']);
        shown += before;
        shown += if opens && closes { HIDDEN } else { word };
        rest = after;
    }
    shown + rest
}

/// Query parameters whose values are secrets.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "sslpassword",
    "key",
    "hexkey",
    "textkey",
];

/// The URL with `***` for each secret in it.
fn redacted(url: &str) -> String {
    let shown = redacted_user(url);
    match shown.split_once('?') {
        Some((address, query)) if address.contains(':') => {
            let parameters: Vec<String> = query.split('&').map(redacted_parameter).collect();
            format!("{address}?{}", parameters.join("&"))
        }
        _ => shown,
    }
}

/// The text after a URL's scheme: after `://`, or after the colon alone if a server's URL was
/// meant; the whole text without a scheme.
fn after_scheme(text: &str) -> Option<&str> {
    let value = match text.strip_prefix("--") {
        Some(option) => option.split_once('=').map_or(text, |(_, value)| value),
        None => text,
    };
    if let Some((_, rest)) = lost_colon(value) {
        return Some(rest);
    }
    if let Some((_, rest)) = text.split_once("://") {
        return Some(rest);
    }
    let (scheme, rest) = text.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    if SCHEMES.iter().any(|(known, _)| scheme.ends_with(known)) {
        return Some(rest);
    }
    // `a:b@c` is also a range of revisions, whose ids contain no slash
    let (_, host) = password_without_scheme(text)?.rsplit_once('@')?;
    host.contains('/').then_some(text)
}

/// Everything between the user's colon and the last `@`: a password that was not encoded may
/// contain any character, and hiding too much is the smaller mistake.
fn password_in(url: &str) -> Option<&str> {
    let (user, _) = after_scheme(url)?.rsplit_once('@')?;
    Some(user.split_once(':')?.1)
}

fn redacted_user(url: &str) -> String {
    let found = after_scheme(url).and_then(|rest| {
        let (user, host) = rest.rsplit_once('@')?;
        let (name, _) = user.split_once(':')?;
        Some((&url[..url.len() - rest.len()], name, host))
    });
    match found {
        Some((scheme, name, host)) => format!("{scheme}{name}:***@{host}"),
        None => url.to_owned(),
    }
}

fn redacted_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((key, _)) if SECRETS.contains(&key.to_ascii_lowercase().as_str()) => {
            format!("{key}=***")
        }
        _ => parameter.to_owned(),
    }
}

/// The text with each `%41` decoded.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let byte = match rest {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)).map(|(h, l)| h * 16 + l),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &rest[3..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests;
