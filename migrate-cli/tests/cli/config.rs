//! `config`: every value with its place, and no password.

use std::ffi::OsString;

use snapbox::{assert_data_eq, str};

use crate::histories::CHAIN;
use crate::support::Folder;

#[test]
fn every_value_is_shown_with_its_place() {
    let folder = Folder::new();
    let config = format!(
        r#"{{"history": {{"value": "reports", "origin": {{"kind": "package", "name": "reports"}}}},
            "values": {{"lock-timeout": {{"value": "5", "origin": {{"kind": "section",
            "section": "workspace.metadata.migrate", "file": {:?}, "line": 7}}}}}}}}"#,
        folder.path().join("Cargo.toml")
    );
    std::fs::write(
        folder.path().join(".env"),
        "MIGRATE_ENV=testing\nREPORTS_DATABASE_URL='postgres://ada:s3cret@host/db?sslpassword=x'\n",
    )
    .unwrap();
    let config = [("CARGO_MIGRATE_CONFIG", OsString::from(config))];
    let said = folder.run_with(&CHAIN, "config", &config);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_data_eq!(
        said.out,
        str![[r#"
environment             testing                                     MIGRATE_ENV in .env:1
history                 reports                                     package reports
allow-reset             -                                           not set
concurrently            false                                       default
database-url            postgres://ada:***@host/db?sslpassword=***  REPORTS_DATABASE_URL in .env:2
database-url-variable   REPORTS_DATABASE_URL                        default
directory               migrations                                  default
docs-are-comments       false                                       default
exclude                 -                                           not set
ignore                  -                                           not set
include                 -                                           not set
lock-retries            5                                           default
lock-timeout            5                                           Cargo.toml:7 [workspace.metadata.migrate]
models                  -                                           not set
multiple-heads          refuse                                      default
names                   -                                           not set
not-valid               false                                       default
refuse-edited           false                                       default
schemas                 -                                           not set
scratch                 beside                                      default
scratch-url             -                                           not set
sql                     -                                           not set
statement-lock-timeout  -                                           not set
statement-timeout       -                                           not set
test.backends           -                                           not set
test.mariadb-url        -                                           not set
test.mysql-url          -                                           not set
test.postgres-url       -                                           not set

"#]]
    );
    let said = folder.run_with(
        &CHAIN,
        "config --env production --lock-timeout 0.5 --database-url x.db",
        &config,
    );
    assert_data_eq!(
        said.out,
        str![[r#"
environment             production            --env
history                 reports               package reports
allow-reset             -                     not set
concurrently            false                 default
database-url            x.db                  --database-url
database-url-variable   REPORTS_DATABASE_URL  default
directory               migrations            default
docs-are-comments       false                 default
exclude                 -                     not set
ignore                  -                     not set
include                 -                     not set
lock-retries            5                     default
lock-timeout            0.5                   --lock-timeout
models                  -                     not set
multiple-heads          refuse                default
names                   -                     not set
not-valid               false                 default
refuse-edited           false                 default
schemas                 -                     not set
scratch                 beside                default
scratch-url             -                     not set
sql                     -                     not set
statement-lock-timeout  -                     not set
statement-timeout       -                     not set
test.backends           -                     not set
test.mariadb-url        -                     not set
test.mysql-url          -                     not set
test.postgres-url       -                     not set

"#]]
    );
}

#[test]
fn no_password_is_shown_in_any_spelling() {
    let folder = Folder::new();
    for url in [
        "postgres://ada:s3cret@host/db",
        "host=x user=ada password=s3cret",
        "nosuch://ada:s3cret@host/db",
        "mysql://ada:s3cret@[broken",
    ] {
        for form in ["config", "config --json"] {
            let said = folder.run_with(&CHAIN, form, &[("DATABASE_URL", url.into())]);
            assert_eq!(said.code, 0, "{url}: {}", said.err);
            assert!(!said.out.contains("s3cret"), "{}", said.out);
            assert!(said.out.contains("DATABASE_URL"), "{}", said.out);
        }
    }
}
