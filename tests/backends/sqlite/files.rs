//! Paths and URIs: what is opened, what is created, and the errors.

use migrate_core::Migrator;
use migrate_core::engine::backend::{self, Access, DatabaseUrl};
use migrate_core::error::ConnectError;

use crate::histories::three;

fn open(text: &str, access: Access) -> Result<(), ConnectError> {
    let url: DatabaseUrl = text.parse()?;
    backend::connect(&url, access).map(drop)
}

#[test]
fn every_form_opens_the_same_file() {
    let history = three();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a b%20c.db");
    let path = path.to_str().unwrap();
    let uri = format!("file:{}", path.replace('%', "%25"));
    let migrator = Migrator::new(&history);
    let forms = [
        path.to_owned(),
        format!("sqlite:{path}"),
        format!("sqlite://{path}"),
        uri.clone(),
        format!("{uri}?cache=private"),
    ];
    for (index, form) in forms.iter().enumerate() {
        let url: DatabaseUrl = form.parse().unwrap();
        let mut session = backend::connect(&url, Access::Write).unwrap();
        let steps = migrator
            .upgrade(session.as_mut(), "head")
            .unwrap()
            .steps
            .len();
        assert_eq!(steps, if index == 0 { 3 } else { 0 }, "{form}");
        let mut session = backend::connect(&url, Access::Read).unwrap();
        assert!(
            migrator.status(session.as_mut()).unwrap().at_heads,
            "{form}"
        );
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn reading_creates_no_file() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("app.db");
    let path = path.to_str().unwrap();
    for form in [
        path.to_owned(),
        format!("sqlite:{path}"),
        format!("file:{path}"),
        format!("file:{path}?mode=rwc"),
    ] {
        open(&form, Access::Read).unwrap();
        assert_eq!(
            std::fs::read_dir(place.path()).unwrap().count(),
            0,
            "{form}"
        );
    }
    open(path, Access::Write).unwrap();
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn files_that_cannot_be_opened_are_explained() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(
        at("text.db"),
        "not a database, but long enough to have a header ".repeat(20),
    )
    .unwrap();
    for access in [Access::Read, Access::Write] {
        let error = open(&at("missing/app.db"), access).unwrap_err();
        assert!(
            matches!(&error, ConnectError::NoDirectory { directory, .. } if directory.ends_with("missing"))
        );
        assert!(
            error
                .help()
                .unwrap()
                .typed("cargo migrate")
                .starts_with("mkdir -p ")
        );
        assert!(matches!(
            open(&at(""), access),
            Err(ConnectError::IsDirectory { .. })
        ));
        assert!(matches!(
            open(&at("text.db"), access),
            Err(ConnectError::NotADatabase { .. })
        ));
    }
}

#[cfg(not(feature = "servers"))]
#[test]
fn a_missing_backend_says_how_to_enable_it() {
    assert!(matches!(
        open("mysql://localhost/x", Access::Read),
        Err(ConnectError::NotEnabled { .. })
    ));
    let error = open("postgres://ada:s3cret@localhost/x", Access::Read).unwrap_err();
    assert_eq!(
        error.to_string(),
        "PostgreSQL is not enabled in this program"
    );
    assert!(
        error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("features = [\"postgres\"]")
    );
}

#[test]
fn an_empty_file_is_an_empty_database() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("app.db");
    std::fs::write(&path, "").unwrap();
    open(path.to_str().unwrap(), Access::Read).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
}

#[test]
fn a_read_only_file_is_not_blamed_on_a_revision() {
    use diesel::{Connection, SqliteConnection};
    use migrate_core::error::{Error, ErrorKind, LockError};
    let history = three();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("app.db");
    let path = path.to_str().unwrap();
    let migrator = Migrator::new(&history);
    let mut connection = SqliteConnection::establish(path).unwrap();
    migrator.upgrade(&mut connection, "+1").unwrap();

    let mut reader = SqliteConnection::establish(&format!("file:{path}?mode=ro")).unwrap();
    let before = std::fs::read(path).unwrap();
    let error = migrator.upgrade(&mut reader, "head").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Database);
    assert!(
        matches!(&error, Error::Lock(LockError::ReadOnly { path }) if path.ends_with("app.db")),
        "{error:?}"
    );
    assert_eq!(std::fs::read(path).unwrap(), before);
    assert_eq!(
        std::fs::read_dir(place.path()).unwrap().count(),
        1,
        "the lock is gone"
    );
    // the attempt does not block the one that may write
    migrator.upgrade(&mut connection, "head").unwrap();
}

#[test]
fn only_write_access_creates_a_file() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("app.db");
    let path = path.to_str().unwrap();
    assert!(matches!(
        open(path, Access::Existing),
        Err(ConnectError::NoFile { .. })
    ));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    open(path, Access::Write).unwrap();
    open(path, Access::Existing).unwrap();
}
