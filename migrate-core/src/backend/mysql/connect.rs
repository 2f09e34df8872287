//! Opens a session from a `mysql://` or `mariadb://` URL, and explains failures.

mod parameters;

use diesel::mysql::MysqlConnection;
use diesel::sql_types::Text;
use diesel::{Connection, ConnectionError, QueryableByName, RunQueryDsl, sql_query};

use self::parameters::{Encryption, Parameters};

use super::MysqlSession;
use crate::backend::{Access, DatabaseUrl, Session};
use crate::error::ConnectError;

/// Opens the database. No access mode creates anything: the database must exist.
pub(crate) fn connect(
    url: &DatabaseUrl,
    _access: Access,
) -> Result<Box<dyn Session>, ConnectError> {
    let connection = establish(url)?;
    let parameters = Parameters::of(url)?;
    if let Encryption::Verified { without_authority } = parameters.encryption
        && established(&without_authority, url).is_ok()
    {
        // a client that verifies certificates does not connect without a trusted authority
        let (url, mode) = (url.clone(), parameters.mode);
        return Err(ConnectError::NotVerified { url, mode });
    }
    Ok(Box::new(MysqlSession::watching(connection, url.clone())))
}

/// A connection to the database.
pub(super) fn establish(url: &DatabaseUrl) -> Result<MysqlConnection, ConnectError> {
    let address = for_diesel(url.as_secret_str());
    let parameters = Parameters::of(url)?;
    if let Some(character) = unencoded_in_password(&address) {
        let url = url.clone();
        return Err(ConnectError::Unencoded { url, character });
    }
    if names_no_database(&address) {
        return Err(ConnectError::NoDatabase { url: url.clone() });
    }
    let mut connection = established(&address, url)?;
    // libmariadb ignores `ssl_mode`, so the session is checked
    if !matches!(parameters.encryption, Encryption::AsItComes) && !is_encrypted(&mut connection) {
        let (url, mode) = (url.clone(), parameters.mode);
        return Err(ConnectError::NotEncrypted { url, mode });
    }
    Ok(connection)
}

fn established(address: &str, url: &DatabaseUrl) -> Result<MysqlConnection, ConnectError> {
    MysqlConnection::establish(address).map_err(|error| ConnectError::Driver {
        url: url.clone(),
        message: why_not(&error, url),
    })
}

/// Whether the server reports that this connection is encrypted; if the query fails, it is not.
fn is_encrypted(connection: &mut MysqlConnection) -> bool {
    #[derive(QueryableByName)]
    struct Status {
        #[diesel(sql_type = Text, column_name = "Value")]
        value: String,
    }
    let cipher = sql_query("SHOW SESSION STATUS LIKE 'Ssl_cipher'").load::<Status>(connection);
    cipher.is_ok_and(|rows| rows.iter().any(|row| !row.value.is_empty()))
}

/// The URL with the only scheme that diesel accepts.
fn for_diesel(url: &str) -> String {
    match url.split_once(':') {
        Some((_, rest)) => format!("mysql:{rest}"),
        None => url.to_owned(),
    }
}

fn names_no_database(url: &str) -> bool {
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let address = address.split(['?', '#']).next().unwrap_or(address);
    // a password may contain a slash that was not encoded; then diesel reports the error
    let host = address.rsplit('@').next().unwrap_or(address);
    host.split_once('/')
        .is_none_or(|(_, database)| database.is_empty())
}

/// A character of the password that diesel reads as the end of the host: no `@` comes before it,
/// but one after it.
fn unencoded_in_password(url: &str) -> Option<char> {
    let (_, address) = url.split_once("://")?;
    let (host, rest) = address.split_at(address.find(['/', '?', '#'])?);
    let (_, port) = host.split_once(':').filter(|_| !host.contains('@'))?;
    // a host without a user, whose parameters may contain an `@`
    let is_port = host.starts_with('[') || port.bytes().all(|byte| byte.is_ascii_digit());
    let password = match is_port {
        true => rest.split('?').next().unwrap_or(rest),
        false => rest,
    };
    password.contains('@').then(|| rest.chars().next())?
}

/// The driver's message, without the URL's secrets. If the driver cannot parse the URL, it prints
/// another one, which looks like one with a password.
fn why_not(error: &ConnectionError, url: &DatabaseUrl) -> String {
    match error {
        ConnectionError::InvalidConnectionUrl(message) if message.contains("://") => {
            "the driver cannot read its user, host, port or path".to_owned()
        }
        ConnectionError::InvalidConnectionUrl(message)
        | ConnectionError::BadConnection(message) => url.without_secrets(message),
        other => url.without_secrets(&other.to_string()),
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
    fn a_password_is_written_so_that_it_does_not_end_early() {
        for (url, character) in [
            ("mysql://ada:s3/cret@h/d", Some('/')),
            ("mysql://ada:s3#cret@h/d", Some('#')),
            ("mysql://ada:s3?cr/et@h:1/d?a=b", Some('?')),
            ("mysql://ada:1234/5@h/d", Some('/')),
            ("mysql://ada:s3%2Fcret@h/d?ssl_ca=/a:b@c", None),
            ("mysql://ada:s3@cret@h/d", None),
            ("mysql://h:1/d?ssl_ca=/a@b", None),
            ("mysql://[::1]:1/d?ssl_ca=/a@b", None),
            ("mysql://h/d?ssl_ca=/a:b@c", None),
            ("mysql://ada:s3cret@h", None),
        ] {
            assert_eq!(unencoded_in_password(url), character, "{url}");
        }
    }

    #[test]
    fn an_unreadable_url_is_told_without_the_drivers_own() {
        let url: DatabaseUrl = "mysql://ada:x@h:port/d".parse().unwrap();
        let error = establish(&url).err().unwrap().to_string();
        assert_eq!(
            error,
            "cannot connect to `mysql://ada:***@h:port/d`: the driver cannot read its user, host, port or path"
        );
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
