//! A `mysql://` or `mariadb://` URL to an open session, with the reasons why there is none.

use diesel::mysql::MysqlConnection;
use diesel::{Connection, ConnectionError};

use super::MysqlSession;
use crate::backend::{Access, DatabaseUrl, Session};
use crate::error::ConnectError;

/// Opens the database. Neither access creates anything: a database must be there.
pub(crate) fn connect(
    url: &DatabaseUrl,
    _access: Access,
) -> Result<Box<dyn Session>, ConnectError> {
    let connection = establish(url)?;
    Ok(Box::new(MysqlSession::watching(connection, url.clone())))
}

/// A connection to the database.
pub(super) fn establish(url: &DatabaseUrl) -> Result<MysqlConnection, ConnectError> {
    let address = for_diesel(url.as_secret_str());
    if names_no_database(&address) {
        return Err(ConnectError::NoDatabase { url: url.clone() });
    }
    MysqlConnection::establish(&address).map_err(|error| ConnectError::Driver {
        url: url.clone(),
        message: url.without_secrets(&why_not(&error)),
    })
}

/// The URL with the only scheme that diesel takes.
fn for_diesel(url: &str) -> String {
    match url.split_once(':') {
        Some((_, rest)) => format!("mysql:{rest}"),
        None => url.to_owned(),
    }
}

fn names_no_database(url: &str) -> bool {
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let address = address.split(['?', '#']).next().unwrap_or(address);
    // a password may hold a slash that was not encoded; then diesel says what is wrong
    let host = address.rsplit('@').next().unwrap_or(address);
    host.split_once('/')
        .is_none_or(|(_, database)| database.is_empty())
}

/// What the driver said. A URL that it cannot read is not repeated.
fn why_not(error: &ConnectionError) -> String {
    match error {
        ConnectionError::InvalidConnectionUrl(message) => message.clone(),
        ConnectionError::BadConnection(message) => message.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_scheme_is_diesels() {
        assert_eq!(for_diesel("mariadb://h/d"), "mysql://h/d");
        assert_eq!(for_diesel("MySQL://h/d?a=b"), "mysql://h/d?a=b");
    }

    #[test]
    fn a_url_must_name_a_database() {
        for url in ["mysql://h", "mysql://u:p@h:1/", "mysql://u:p@h/?a=/b"] {
            assert!(names_no_database(url), "{url}");
        }
        for url in [
            "mysql://h/d",
            "mysql://u:p@h:1/d?x=y",
            "mysql:///d?unix_socket=/s",
        ] {
            assert!(!names_no_database(url), "{url}");
        }
    }
}
