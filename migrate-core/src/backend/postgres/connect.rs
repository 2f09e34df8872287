//! Opens a connection from a URL, and reports it without its password.

use diesel::Connection;
use diesel::pg::PgConnection;

use super::PgSession;
use crate::backend::{DatabaseUrl, Holder, Session};
use crate::error::ConnectError;

/// Opens the database.
pub(crate) fn connect(url: &DatabaseUrl) -> Result<Box<dyn Session>, ConnectError> {
    let connection = establish(url)?;
    Ok(Box::new(PgSession::watching(connection, url.clone())))
}

/// A connection to the database.
pub(super) fn establish(url: &DatabaseUrl) -> Result<PgConnection, ConnectError> {
    let driver = |message: String| ConnectError::Driver {
        url: url.clone(),
        message,
    };
    if let Some(character) = url.unencoded_in_password() {
        let url = url.clone();
        return Err(ConnectError::Unencoded { url, character });
    }
    let target = with_program(url.as_secret_str(), &Holder::this_process());
    PgConnection::establish(&target)
        .map_err(|error| driver(url.without_secrets(error.to_string().trim())))
}

/// The URL with an application name for this program, unless the user gave one.
fn with_program(url: &str, this: &Holder) -> String {
    const KEY: &str = "fallback_application_name";
    if url.contains(KEY) {
        return url.to_owned();
    }
    let command = this.command.as_deref().unwrap_or("migrate");
    let mut name = format!("{command} (process {}", this.pid.unwrap_or_default());
    if let Some(host) = &this.host {
        name.push_str(&format!(" on {host}"));
    }
    name.push(')');
    let separator = match query_of(url) {
        Some("") => "",
        Some(_) => "&",
        None => "?",
    };
    format!("{url}{separator}{KEY}={}", encoded(&name))
}

/// The parameters of a URL, as libpq finds them: after the user, the host and the path.
fn query_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let user = rest
        .find(['@', '/'])
        .filter(|at| rest.as_bytes()[*at] == b'@')
        .map_or(0, |at| at + 1);
    rest[user..].split_once('?').map(|(_, query)| query)
}

/// Escapes ASCII with a meaning in URLs, and all that the server would not show, as `%41`.
fn encoded(name: &str) -> String {
    name.bytes()
        .take(63)
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(url: &str) -> String {
        let this = Holder {
            pid: Some(7),
            host: Some("ada".to_owned()),
            command: Some("migrate up".to_owned()),
            ..Holder::default()
        };
        with_program(url, &this)
    }

    #[test]
    fn the_program_is_named_behind_what_the_user_said() {
        let name = "fallback_application_name=migrate%20up%20%28process%207%20on%20ada%29";
        for (url, separator) in [
            ("postgres://h/d", "?"),
            ("postgres://u:p?q@h/d", "?"),
            ("postgres://h/d?", ""),
            ("postgres://h?sslmode=disable", "&"),
            ("postgresql:///d?host=/run", "&"),
        ] {
            assert_eq!(named(url), format!("{url}{separator}{name}"));
        }
        let own = "postgres://h/d?fallback_application_name=mine";
        assert_eq!(named(own), own);
    }
}
