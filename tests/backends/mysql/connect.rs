//! URLs of MySQL and MariaDB that ask for encryption: the connection is encrypted, or refused.

use migrate_core::engine::backend::{self, Access, Session};
use migrate_core::error::ConnectError;

use migrate_tests::servers::Database;

use super::{Mariadb, Mysql};
use crate::backend::TestBackend;

fn open<B: TestBackend<Place = Database>>(query: &str) -> Result<Box<dyn Session>, ConnectError> {
    let place = B::place();
    let url = format!("{}?{query}", place.url());
    backend::connect(&url.parse().unwrap(), Access::Read)
}

fn cipher(session: &mut dyn Session) -> String {
    let table = "performance_schema.session_status";
    session
        .texts(&format!(
            "SELECT VARIABLE_VALUE AS text FROM {table} WHERE VARIABLE_NAME = 'Ssl_cipher'"
        ))
        .unwrap()
        .remove(0)
}

/// Whatever the client library does with the mode: a server with TLS.
#[test]
fn an_encrypted_connection_is_encrypted() {
    let data = Mysql::session(&Mysql::place())
        .texts("SELECT @@datadir AS text")
        .unwrap()
        .remove(0);
    let authority = format!("ssl_ca={data}ca.pem");
    for (query, may_be_plain) in [
        ("ssl_mode=REQUIRED".to_owned(), true),
        (format!("ssl_mode=required&{authority}"), false),
        ("ssl_mode=VERIFY_CA".to_owned(), true),
        (format!("ssl_mode=verify_ca&{authority}"), true),
        (format!("ssl_mode=verify_identity&{authority}"), true),
    ] {
        match open::<Mysql>(&query) {
            Ok(mut session) => assert_ne!(cipher(session.as_mut()), "", "{query}"),
            Err(ConnectError::NotEncrypted { .. } | ConnectError::NotVerified { .. }) => {
                assert!(may_be_plain, "{query}");
            }
            Err(ConnectError::Driver { message, .. }) => {
                assert!(
                    query.to_lowercase().contains("verify"),
                    "{query}: {message}"
                );
            }
            Err(error) => panic!("{query}: {error}"),
        }
    }
    for query in ["ssl_mode=disabled", "ssl_mode=preferred", ""] {
        assert!(open::<Mysql>(query).is_ok(), "{query}");
    }
}

/// A server without TLS.
#[test]
fn a_connection_that_is_not_encrypted_is_refused() {
    let has_tls = Mariadb::session(&Mariadb::place())
        .texts("SELECT @@have_ssl AS text")
        .unwrap()
        .remove(0);
    if has_tls == "YES" {
        return; // a server that the user runs
    }
    for mode in ["required", "VERIFY_CA", "verify_identity"] {
        let Err(error) = open::<Mariadb>(&format!("ssl_mode={mode}")) else {
            panic!("{mode}: connected");
        };
        match &error {
            ConnectError::NotEncrypted { .. } => {
                let expected = format!(
                    "`ssl_mode={}` requires encryption, but this connection is not encrypted",
                    mode.to_lowercase()
                );
                assert!(error.to_string().ends_with(&expected), "{error}");
                assert!(
                    error
                        .help()
                        .unwrap()
                        .typed("cargo migrate")
                        .contains("ssl_ca")
                );
            }
            ConnectError::Driver { .. } => {} // a client library that asks for it says so itself
            other => panic!("{mode}: {other}"),
        }
    }
    let Err(error) = open::<Mariadb>("sslmode=require") else {
        panic!("a parameter was passed over");
    };
    assert!(
        error.to_string().ends_with("unknown parameter `sslmode`"),
        "{error}"
    );
}
