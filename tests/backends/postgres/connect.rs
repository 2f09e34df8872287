//! URLs of PostgreSQL: the errors when they lead nowhere, and what these never show.

use migrate_core::engine::backend::{self, Access, DatabaseUrl};

use super::Postgres;
use crate::backend::TestBackend;

const CANARY: &str = "c4n4ry";

#[test]
fn no_password_is_in_an_error() {
    for url in [
        "postgres://ada:c4n4ry@127.0.0.1:1/x",
        "postgresql://ada:c4n4ry/x@127.0.0.1:1/x",
        "postgres://ada:x@c4n4ry@127.0.0.1:1/x",
        "postgres://ada:c4n4ry%@127.0.0.1:1/x",
        "postgres://ada:c4n4ry%zz@127.0.0.1:1/x",
        "postgres://ada:%63%34n4ry@127.0.0.1:1/x?sslmode=nonsense",
        "postgres://ada:c4n4ry?x@127.0.0.1:1/x",
        "postgres://ada:c4n4ry:x@127.0.0.1:1/x",
        "postgres://127.0.0.1:1/x?user=ada&password=c4n4ry",
        "postgres://127.0.0.1:1/x?password=c4n4ry&nonsense=1",
        "POSTGRES://ada:c4n4ry@127.0.0.1:1/x",
    ] {
        let parsed: DatabaseUrl = url.parse().unwrap();
        let Err(error) = backend::connect(&parsed, Access::Read) else {
            panic!("{url}: connected")
        };
        for text in [
            error.to_string(),
            format!("{error:?}"),
            error.help().unwrap_or_default().typed("cargo migrate"),
        ] {
            assert!(!text.contains(CANARY), "{url}: {text}");
        }
    }
}

#[test]
fn a_missing_server_or_database_is_named() {
    let said = |url: &str| match backend::connect(&url.parse().unwrap(), Access::Read) {
        Ok(_) => panic!("{url}: connected"),
        Err(error) => error.to_string(),
    };
    assert!(said("postgres://127.0.0.1:1/x").contains("port 1"));
    let place = Postgres::place();
    let missing = place.url().replace(place.name(), "not_there");
    assert!(said(&missing).contains("database \"not_there\" does not exist"));
}

#[test]
fn the_application_name_is_sent_unless_the_user_sets_one() {
    let place = Postgres::place();
    let name = |url: &str| {
        let mut session = backend::connect(&url.parse().unwrap(), Access::Read).unwrap();
        session
            .texts("SELECT current_setting('application_name') AS text")
            .unwrap()
            .remove(0)
    };
    let process = format!("(process {}", std::process::id());
    assert!(name(place.url()).contains(&process));
    assert_eq!(
        name(&format!("{}?application_name=mine", place.url())),
        "mine"
    );
}
