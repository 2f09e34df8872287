//! What a server reports about itself and about a user's rights: the basis of `ping`.

use migrate_core::Migrator;
use migrate_core::engine::backend::{About, Access, DatabaseUrl, TableAccess, connect};
use migrate_core::migrator::JournalAccess;
use migrate_tests::guest::Guest;
use migrate_tests::servers::{Database, Server};

use crate::histories::three;
use crate::scripts::command;

fn about(url: &str) -> About {
    let url: DatabaseUrl = url.parse().unwrap();
    connect(&url, Access::Read).unwrap().about().unwrap()
}

/// The names of all tables, as an administrator sees them.
fn tables(database: &Database) -> Vec<String> {
    let url: DatabaseUrl = database.url().parse().unwrap();
    let place = match database.server() {
        Server::Postgres => "'public'".to_owned(),
        Server::Mariadb | Server::Mysql => format!("'{}'", database.name()),
    };
    let query = format!(
        "SELECT table_name AS text FROM information_schema.tables WHERE table_schema = {place} ORDER BY 1"
    );
    let mut session = connect(&url, Access::Read).unwrap();
    session.texts(&query).unwrap()
}

#[test]
fn administrators_may_do_everything_and_nothing_is_left() {
    for server in Server::ALL {
        let database = Database::new(server, "about");
        let said = about(database.url());
        assert_eq!(said.refuses_tables, None, "{server}");
        assert_eq!(said.version_table, TableAccess::default(), "{server}");
        assert!(said.user.unwrap().starts_with("migrate"), "{server}");
        assert!(!said.is_replica, "{server}");
        assert_ne!(said.is_pooled, Some(true), "{server}");
        let place = match server {
            Server::Postgres => "public",
            Server::Mariadb | Server::Mysql => database.name(),
        };
        assert_eq!(said.place.as_deref(), Some(place), "{server}");
        assert_eq!(tables(&database), [""; 0], "{server}");
    }
}

#[test]
fn read_only_users_are_reported() {
    for server in Server::ALL {
        let database = Database::new(server, "reader");
        let url: DatabaseUrl = database.url().parse().unwrap();
        let mut session = connect(&url, Access::Write).unwrap();
        Migrator::new(&three())
            .upgrade(&mut session, "head")
            .unwrap();
        let before = tables(&database);

        let guest = Guest::new(&database);
        guest.may("SELECT", "*");
        let said = about(guest.url());
        assert!(said.refuses_tables.is_some(), "{server}");
        assert_eq!(
            said.version_table,
            TableAccess {
                exists: true,
                readable: true,
                writable: false
            },
            "{server}"
        );
        assert!(said.user.unwrap().starts_with(guest.name()), "{server}");
        assert_eq!(tables(&database), before, "{server}");
    }
}

#[test]
fn users_without_read_access_are_reported() {
    for server in Server::ALL {
        let database = Database::new(server, "stranger");
        let url: DatabaseUrl = database.url().parse().unwrap();
        let mut session = connect(&url, Access::Write).unwrap();
        Migrator::new(&three())
            .upgrade(&mut session, "head")
            .unwrap();
        database.execute("CREATE TABLE other (a INTEGER)");

        let guest = Guest::new(&database);
        guest.may("SELECT", "other"); // without any privilege, MySQL refuses the connection
        let table = about(guest.url()).version_table;
        assert!(
            table.exists && !table.readable && !table.writable,
            "{server}: {table:?}"
        );
    }
}

#[test]
fn read_only_connections_are_reported() {
    let database = Database::new(Server::Postgres, "read_only");
    let url = format!(
        "{}?options=-c%20default_transaction_read_only%3Don",
        database.url()
    );
    let why = about(&url).refuses_tables.unwrap();
    assert!(why.contains("read-only"), "{why}");
}

#[test]
fn read_only_users_get_the_full_status_and_users_without_the_journal_most_of_it() {
    for server in Server::ALL {
        let database = Database::new(server, "status");
        let url: DatabaseUrl = database.url().parse().unwrap();
        let mut session = connect(&url, Access::Write).unwrap();
        let (history, before) = (three(), tables(&database));
        Migrator::new(&history)
            .upgrade(&mut session, "head")
            .unwrap();
        let status = |guest: &Guest<'_>| {
            let mut session = connect(&guest.url().parse().unwrap(), Access::Read).unwrap();
            Migrator::new(&history).status(&mut session).unwrap()
        };
        assert_eq!(before, [""; 0], "{server}");
        let before = tables(&database);

        let guest = Guest::new(&database);
        guest.may("SELECT", "__diesel_schema_migrations");
        let said = status(&guest);
        assert!(said.at_heads, "{server}");
        assert!(
            matches!(said.journal, JournalAccess::Closed(_)),
            "{server}: {:?}",
            said.journal
        );

        guest.may("SELECT", "__migrate_journal");
        let said = status(&guest);
        assert_eq!(said.journal, JournalAccess::Read, "{server}");
        assert!(said.last_run.is_some(), "{server}");
        assert_eq!(tables(&database), before, "{server}");
    }
}

#[test]
fn missing_rights_on_the_journal_and_on_locks_are_reported() {
    for server in Server::ALL {
        let database = Database::new(server, "journal");
        let url: DatabaseUrl = database.url().parse().unwrap();
        let mut session = connect(&url, Access::Write).unwrap();
        let history = three();
        assert!(!about(database.url()).journal.exists, "{server}");
        Migrator::new(&history)
            .upgrade(&mut session, "head")
            .unwrap();
        let may = |exists, readable, writable| TableAccess {
            exists,
            readable,
            writable,
        };
        assert_eq!(about(database.url()).journal, may(true, true, true));

        let guest = Guest::new(&database);
        guest.may("SELECT, INSERT, DELETE", "__diesel_schema_migrations");
        guest.may("SELECT", "__migrate_journal");
        let said = about(guest.url());
        assert_eq!(said.version_table, may(true, true, true), "{server}");
        assert_eq!(said.journal, may(true, true, false), "{server}");
        assert_eq!(said.hides_locks, None, "{server}");
        let url: DatabaseUrl = guest.url().parse().unwrap();
        let (code, out, _) = command(&history, &url, "ping");
        assert_eq!(code, 1, "{server}");
        assert!(
            out.contains("problem: the journal cannot be written\n"),
            "{server}: {out}"
        );

        guest.may("INSERT", "__migrate_journal");
        assert_eq!(
            about(guest.url()).journal,
            may(true, true, true),
            "{server}"
        );
        if server == Server::Postgres {
            database.execute("REVOKE SELECT ON pg_catalog.pg_locks FROM PUBLIC");
            let (code, out, _) = command(&history, &url, "ping");
            let hidden = format!(
                "problem: the migration lock cannot be inspected: `{}` may not read `pg_locks`\n",
                guest.name()
            );
            assert!(code == 1 && out.contains(&hidden), "{out}");
        }
    }
}
