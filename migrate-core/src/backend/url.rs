//! The URL of a database: which backend it is for, and never its password.

mod dump;
mod file;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::BackendKind;
use crate::error::ConnectError;

/// The URL of a database. Shown, it hides the password.
///
/// A SQLite database is a path, `sqlite:PATH`, `sqlite://PATH`, a `file:` URI or `:memory:`.
///
/// ```
/// use migrate_core::backend::{BackendKind, DatabaseUrl};
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
    /// What the driver takes.
    target: String,
}

/// Schemes and the backends that they mean.
const SCHEMES: &[(&str, BackendKind)] = &[
    ("postgres", BackendKind::Postgres),
    ("postgresql", BackendKind::Postgres),
    ("mysql", BackendKind::Mysql),
    ("mariadb", BackendKind::Mariadb),
];

impl DatabaseUrl {
    /// Which backend it is for.
    #[must_use]
    pub fn kind(&self) -> BackendKind {
        self.kind
    }

    /// What the driver is given, password included: not to be printed.
    #[must_use]
    pub fn as_secret_str(&self) -> &str {
        &self.target
    }

    /// The file that a SQLite database is in, as it is written; nothing for one in memory, and for a server.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match self.kind {
            BackendKind::Sqlite => file::file_of(&self.target),
            _ => None,
        }
    }

    /// Where the path of a SQLite database leads, if it or a folder in it is a symbolic link.
    pub(crate) fn leads_to(&self) -> Option<PathBuf> {
        let path = self.file()?;
        let mut parts = path.ancestors();
        parts
            .any(Path::is_symlink)
            .then(|| path.canonicalize().ok())?
    }

    /// Whether the URL itself asks not to write: `mode=ro` or `immutable=1` for SQLite.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.kind == BackendKind::Sqlite && file::is_read_only(&self.target)
    }

    /// The command that dumps a server's database of this kind into a file, and the one that brings it back; without a password,
    /// which those programs ask for. Nothing for SQLite.
    #[must_use]
    pub fn dump_commands(&self, kind: BackendKind, file: &Path) -> Option<(String, String)> {
        dump::commands(self, kind, file)
    }

    /// A text that may be a URL, or anything else, with `***` for each secret that a URL would have there.
    #[must_use]
    pub fn redacted(text: &str) -> String {
        redacted(text)
    }

    /// A text without the secrets of this URL: what a driver says may repeat parts of it.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        let mut secrets = self.secrets();
        // the longest first, so that no part of one is left beside another
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }

    /// Every secret of this URL, as it is written and as it is meant.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        DatabaseUrl::secrets_in(&self.target)
            .into_iter()
            .flat_map(|(written, meant)| [written.to_owned(), meant])
            .collect()
    }

    /// A character of the password that a driver would take for the password's end.
    #[must_use]
    pub fn unencoded_in_password(&self) -> Option<char> {
        self.password()?.chars().find(|c| matches!(c, '/' | '@'))
    }

    /// The password before the host, as it is written.
    fn password(&self) -> Option<&str> {
        password_in(&self.target)
    }

    /// Every secret that a text would hold as a URL, as it is written and as it is meant.
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

    /// The same database, where a relative path starts at this directory.
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
    type Err = ConnectError;

    fn from_str(text: &str) -> Result<DatabaseUrl, ConnectError> {
        if text.contains('\0') {
            return Err(ConnectError::NulInUrl);
        }
        let no_scheme = password_without_scheme(text).is_some() && !is_of_key_words(text);
        let Some((scheme, rest)) = split_scheme(text) else {
            return match no_scheme {
                true => Err(ConnectError::NoScheme),
                false => sqlite(text),
            };
        };
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" | "sqlite3" => sqlite_scheme(rest),
            "file" => sqlite(&format!("file:{rest}")),
            scheme => match SCHEMES.iter().find(|(known, _)| *known == scheme) {
                Some((scheme, _)) if !rest.starts_with("//") => {
                    Err(ConnectError::NoSlashes { scheme })
                }
                Some((scheme, kind)) => Ok(DatabaseUrl {
                    kind: *kind,
                    target: format!("{scheme}:{rest}"), // libpq knows small letters only
                }),
                None if no_scheme => Err(ConnectError::NoScheme),
                None => Err(ConnectError::UnknownScheme {
                    near: near(scheme),
                    scheme: scheme.to_owned(),
                }),
            },
        }
    }
}

/// The scheme of a URL and what follows its colon. One letter is a drive, as in `C:\app.db`.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let letters = scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    // `app.db:1` is a file's name, as nobody's scheme has a dot in it
    (letters && !scheme.contains('.')).then_some((scheme, rest))
}

/// What follows the user's colon where a URL without a scheme was meant, as in `ada:s3cret@host/db`. A path with one of these
/// signs is none, nor is one of Windows.
fn password_without_scheme(text: &str) -> Option<&str> {
    let (user, rest) = text.split_once(':')?;
    let is_name = !user.contains(|c: char| c.is_whitespace() || "/\\".contains(c));
    let is_drive = user.len() == 1 && rest.starts_with(['/', '\\']);
    let is_url = rest.starts_with("//") || rest.contains("://");
    (is_name && !is_drive && !is_url && rest.contains('@')).then_some(rest)
}

/// The scheme that was meant by one with a driver's name in it, or with a slip.
fn near(scheme: &str) -> Option<&'static str> {
    let base = scheme.split('+').next().unwrap_or(scheme);
    let known = SCHEMES.iter().map(|(name, _)| *name).chain(["sqlite"]);
    match base {
        "pg" | "psql" | "postgre" => Some("postgres"),
        "maria" => Some("mariadb"),
        _ => known.into_iter().find(|name| *name == base),
    }
}

fn sqlite(path: &str) -> Result<DatabaseUrl, ConnectError> {
    // taken for a file's name, its password would be the name of a file
    if is_of_key_words(path) {
        return Err(ConnectError::KeyWords);
    }
    if path.is_empty() || file::is_nowhere(path) {
        return Err(ConnectError::EmptyUrl);
    }
    Ok(DatabaseUrl {
        kind: BackendKind::Sqlite,
        target: path.to_owned(),
    })
}

/// Whether a text is what other tools take for a connection: `host=… password=…`, `Server=…;Pwd=…`.
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
fn sqlite_scheme(rest: &str) -> Result<DatabaseUrl, ConnectError> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    match path.split_once('?') {
        Some((path, query)) => sqlite(&format!("file:{path}?{query}")),
        None if path.starts_with("file:") => sqlite(&format!("./{path}")),
        None => sqlite(path),
    }
}

/// A relative path or `file:` URI, joined to a directory; nothing when it is not relative.
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

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+=,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
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

/// What follows a URL's scheme: behind `://`, or behind the colon alone where a server's URL was meant; all of one that has none.
fn after_scheme(text: &str) -> Option<&str> {
    if let Some((_, rest)) = text.split_once("://") {
        return Some(rest);
    }
    let (scheme, rest) = text.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    if SCHEMES.iter().any(|(known, _)| scheme.ends_with(known)) {
        return Some(rest);
    }
    // `a:b@c` is also a range of revisions, in whose ids there is no slash
    let (_, host) = password_without_scheme(text)?.rsplit_once('@')?;
    host.contains('/').then_some(text)
}

/// All between the user's colon and the last `@`: a password that was not encoded may hold any character, and to hide too much
/// is the lesser mistake.
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

/// The text with each `%41` as the byte that it stands for.
fn decoded(text: &str) -> String {
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
mod tests {
    use super::*;

    fn target(text: &str) -> String {
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.kind(), BackendKind::Sqlite, "{text}");
        url.as_secret_str().to_owned()
    }

    #[test]
    fn every_way_to_write_a_sqlite_path() {
        for (text, path) in [
            ("app.db", "app.db"),
            ("/var/app.db", "/var/app.db"),
            ("sqlite:app.db", "app.db"),
            ("sqlite://app.db", "app.db"),
            ("sqlite:///var/app.db", "/var/app.db"),
            ("SQLite:app.db", "app.db"),
            ("file:app.db?mode=ro", "file:app.db?mode=ro"),
            ("sqlite://app.db?mode=rwc", "file:app.db?mode=rwc"),
            (":memory:", ":memory:"),
            ("sqlite::memory:", ":memory:"),
            ("sqlite://:memory:", ":memory:"),
            ("C:\\app.db", "C:\\app.db"),
            ("./odd:name.db", "./odd:name.db"),
            ("odd?name.db", "odd?name.db"),
            ("sqlite:file:odd", "./file:odd"),
        ] {
            assert_eq!(target(text), path, "{text}");
        }
    }

    #[test]
    fn a_server_needs_its_slashes() {
        assert!(matches!(
            "mysql:ada:s3cret@h/d".parse::<DatabaseUrl>(),
            Err(ConnectError::NoSlashes { scheme: "mysql" })
        ));
        assert_eq!(
            DatabaseUrl::redacted("--database-url=mysql:ada:s3cret@h/d"),
            "--database-url=mysql:ada:***@h/d"
        );
        assert_eq!(DatabaseUrl::redacted("a:b@c"), "a:b@c");
    }

    #[test]
    fn a_password_is_no_files_name() {
        for text in [
            "rev_ro:s3cret@127.0.0.1/rev_a",
            "ada:s3cret@host",
            "ada:s3/cr:et@host:1/db",
            "u:s3cret@host/db",
            "rev_ro:s3//cret@host/db",
            "a.b@c:s3cret@host/db",
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert!(matches!(error, ConnectError::NoScheme), "{text}: {error}");
            let shown = format!("{error} {error:?} {:?}", error.help());
            assert!(!shown.contains("s3"), "{shown}");
        }
        for path in [
            "C:\\a@b.db",
            "C:/a@b.db",
            "C:app.db",
            "app.db:1",
            "a@b.db",
            "./ada:s3cret@host",
            "data/a:b@c.db",
            "my file: a@b.db",
        ] {
            assert_eq!(target(path), path);
        }
        assert_eq!(target("sqlite:a:b@c"), "a:b@c");
        assert_eq!(
            DatabaseUrl::redacted("--database-url=ada:s3cret@h/d"),
            "--database-url=ada:***@h/d"
        );
        assert_eq!(DatabaseUrl::redacted("C:\\a@b/c"), "C:\\a@b/c");
    }

    #[test]
    fn key_words_are_no_file() {
        for text in [
            "host=localhost password=s3cret dbname=app",
            "dbname=app",
            "Server=h;Uid=ada;Pwd=s3cret",
        ] {
            assert!(
                matches!(text.parse::<DatabaseUrl>(), Err(ConnectError::KeyWords)),
                "{text}"
            );
        }
        assert_eq!(target("./user=1.db"), "./user=1.db");
        assert_eq!(target("a=b.db"), "a=b.db");
    }

    #[test]
    fn schemes_that_are_not_known_are_named() {
        assert!(matches!(
            "jdbc:postgresql://h/d?password=a@b".parse::<DatabaseUrl>(),
            Err(ConnectError::UnknownScheme { near: None, .. })
        ));
        let near = |text: &str| match text.parse::<DatabaseUrl>() {
            Err(ConnectError::UnknownScheme { scheme, near }) => (scheme, near),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(
            near("oracle://scott:tiger@host"),
            ("oracle".to_owned(), None)
        );
        assert_eq!(near("postgresql+psycopg2://u:p@h/d").1, Some("postgresql"));
        assert_eq!(near("pg://h/d").1, Some("postgres"));
        assert!(matches!(
            "".parse::<DatabaseUrl>(),
            Err(ConnectError::EmptyUrl)
        ));
        for empty in ["sqlite:", "file:", "file:?mode=rwc", "sqlite://?mode=rwc"] {
            assert!(matches!(
                empty.parse::<DatabaseUrl>(),
                Err(ConnectError::EmptyUrl)
            ));
        }
        assert!(matches!(
            "a\0b".parse::<DatabaseUrl>(),
            Err(ConnectError::NulInUrl)
        ));
    }

    #[test]
    fn no_password_is_shown() {
        for text in [
            "postgres://ada:s3cret@host/db",
            "postgres://ada:s3cret@x@host/db",
            "postgres://ada:s3cret/y@host/db",
            "postgres://ada:s3cret?y@host/db",
            "mysql://ada:s3cret@host:3306/db?ssl_mode=required",
            "postgres://host/db?user=ada&password=s3cret",
            "file:app.db?key=s3cret",
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            for shown in [url.to_string(), format!("{url:?}")] {
                assert!(!shown.contains("s3cret"), "{shown}");
                assert!(shown.contains("***"), "{shown}");
            }
        }
        assert_eq!(
            "odd?key=a.db".parse::<DatabaseUrl>().unwrap().to_string(),
            "odd?key=a.db"
        );
    }

    #[test]
    fn no_secret_is_left_in_a_drivers_text() {
        let url: DatabaseUrl = "postgres://ada:s3%63ret@h/d?sslpassword=0ther"
            .parse()
            .unwrap();
        assert_eq!(
            url.without_secrets("`s3%63ret` is `s3cret`, not `0ther`"),
            "`***` is `***`, not `***`"
        );
        assert_eq!(url.unencoded_in_password(), None);
        for (text, character) in [
            ("postgres://ada:s3/cret@h/d", '/'),
            ("postgres://ada:s3@cret@h/d", '@'),
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.unencoded_in_password(), Some(character), "{text}");
        }
    }

    #[test]
    fn relative_paths_start_where_they_are_told() {
        let at = |text: &str| {
            let url: DatabaseUrl = text.parse().unwrap();
            url.relative_to(Path::new("/srv/a b"))
                .as_secret_str()
                .to_owned()
        };
        assert_eq!(at("app.db"), "/srv/a b/app.db");
        assert_eq!(at("sqlite:data/app.db"), "/srv/a b/data/app.db");
        assert_eq!(at("file:app.db?mode=ro"), "file:/srv/a b/app.db?mode=ro");
        assert_eq!(at("/abs/app.db"), "/abs/app.db");
        assert_eq!(at(":memory:"), ":memory:");
        assert_eq!(
            at("file::memory:?cache=shared"),
            "file::memory:?cache=shared"
        );
        assert_eq!(at("postgres://h/d"), "postgres://h/d");
    }
}
