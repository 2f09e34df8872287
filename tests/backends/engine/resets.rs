//! A reset: whatever was in the database, it is afterwards what a fresh one is after `up`.

use migrate_core::Migrator;
use migrate_core::backend::{BackendKind, Session};
use migrate_core::error::{Error, ErrorKind, ResetError};

use super::applied;
use crate::backend::{TestBackend, difference, on_each_backend};
use crate::histories::three;

/// What is in it, as a reset sees it.
fn names(migrator: &Migrator<'_>, session: &mut dyn Session) -> Vec<String> {
    let contents = migrator.contents(session).unwrap();
    contents
        .iter()
        .map(|belonging| format!("{}: {}", belonging.kind, belonging.name))
        .collect()
}

/// Things that hang together, and some that no operation makes.
fn clutter(kind: BackendKind) -> &'static [&'static str] {
    match kind {
        BackendKind::Sqlite => &[
            "CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, next INTEGER REFERENCES child(id))",
            "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent(id))",
            "CREATE VIEW seen AS SELECT parent.id FROM parent JOIN child ON child.parent = parent.id",
            "CREATE VIEW \"odd \"\"view\" AS SELECT * FROM seen",
            "CREATE TRIGGER told AFTER INSERT ON child BEGIN UPDATE parent SET next = NEW.id; END",
            "CREATE INDEX ix_child ON child (parent)",
            "CREATE VIRTUAL TABLE words USING fts5(word)",
            "INSERT INTO parent (id) VALUES (1)",
            "INSERT INTO child (id, parent) VALUES (1, 1)",
        ],
        BackendKind::Postgres => &[
            "CREATE TYPE mood AS ENUM ('sad', 'happy')",
            "CREATE TYPE pair AS (a int, b mood)",
            "CREATE DOMAIN positive AS int CHECK (value > 0)",
            "CREATE SEQUENCE numbers",
            "CREATE TABLE parent (id serial PRIMARY KEY, mood mood, number int DEFAULT nextval('numbers'), p positive, q pair)",
            "CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY, parent int NOT NULL REFERENCES parent)",
            "CREATE TABLE parts (at date NOT NULL) PARTITION BY RANGE (at)",
            "CREATE TABLE parts_old PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
            "CREATE VIEW seen AS SELECT parent.id FROM parent JOIN child ON child.parent = parent.id",
            "CREATE VIEW \"Odd \"\"view\" AS SELECT * FROM seen",
            "CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen",
            "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2'",
            "CREATE FUNCTION twice(text) RETURNS text LANGUAGE sql AS 'SELECT $1 || $1'",
            "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER told BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION told()",
            "CREATE PROCEDURE done(a int) LANGUAGE sql AS 'SELECT 1'",
            "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
            "CREATE COLLATION plain (locale = 'C')",
            "INSERT INTO parent (mood) VALUES ('sad')",
            "INSERT INTO child (parent) VALUES (1)",
        ],
        _ => &[
            "CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, next int)",
            "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL, FOREIGN KEY (parent) REFERENCES parent (id))",
            "ALTER TABLE parent ADD FOREIGN KEY (next) REFERENCES child (id)",
            "CREATE VIEW seen AS SELECT parent.id FROM parent JOIN child ON child.parent = parent.id",
            "CREATE VIEW `odd ``view` AS SELECT * FROM seen",
            "CREATE PROCEDURE done() SELECT 1",
            "CREATE EVENT yearly ON SCHEDULE EVERY 1 YEAR DISABLE DO SELECT 1",
            "INSERT INTO parent (id) VALUES (1)",
            "INSERT INTO child (id, parent) VALUES (1, 1)",
        ],
    }
}

fn a_reset_leaves_what_a_fresh_database_has<B: TestBackend>() {
    let history = three();
    let migrator = Migrator::new(&history);
    let fresh = B::place();
    let mut fresh = B::session(&fresh);
    migrator.upgrade(fresh.as_mut(), "head").unwrap();

    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    migrator.upgrade(session, "b").unwrap();
    for sql in clutter(B::KIND) {
        session
            .execute(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    if B::KIND == BackendKind::Mariadb {
        session.execute("CREATE SEQUENCE numbers").unwrap();
    }
    let contents = migrator.contents(session).unwrap();
    assert!(contents[0].bookkeeping, "{contents:?}");
    assert!(contents.len() >= clutter(B::KIND).len() - 3, "{contents:?}");

    let report = migrator.reset(session, &contents).unwrap();
    assert_eq!((report.steps.len(), report.at_heads), (3, true));
    assert_eq!(applied(&history, session), ["a", "b", "c"]);
    let (after, expected) = (B::catalogue(session), B::catalogue(fresh.as_mut()));
    assert_eq!(difference(&expected, &after), [""; 0]);
    assert_eq!(names(&migrator, session), names(&migrator, fresh.as_mut()));
    // the lock is free, and nothing is open
    assert!(!session.in_transaction().unwrap());
    let mut other = B::session(&place);
    migrator.downgrade(other.as_mut(), "base").unwrap();

    // nothing in it: nothing to drop
    let contents = migrator.contents(other.as_mut()).unwrap();
    assert!(contents.iter().all(|belonging| belonging.bookkeeping));
    assert_eq!(
        migrator
            .reset(other.as_mut(), &contents)
            .unwrap()
            .steps
            .len(),
        3
    );
}

fn what_was_not_shown_is_not_dropped<B: TestBackend>() {
    let history = three();
    let migrator = Migrator::new(&history);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    migrator.upgrade(session, "head").unwrap();
    let contents = migrator.contents(session).unwrap();
    session
        .execute("CREATE TABLE new_here (id INTEGER PRIMARY KEY)")
        .unwrap();
    let before = B::catalogue(session);
    let error = migrator.reset(session, &contents).unwrap_err();
    assert!(matches!(error, Error::Reset(ResetError::Changed)));
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(difference(&before, &B::catalogue(session)), [""; 0]);

    let contents = migrator.contents(session).unwrap();
    session.begin().unwrap();
    let error = migrator.reset(session, &contents).unwrap_err();
    assert!(matches!(error, Error::Reset(ResetError::InTransaction)));
    session.rollback().unwrap();
    assert_eq!(difference(&before, &B::catalogue(session)), [""; 0]);
    migrator.reset(session, &contents).unwrap();
}

on_each_backend! {
    a_reset_leaves_what_a_fresh_database_has
    what_was_not_shown_is_not_dropped
}

#[test]
fn the_connections_foreign_keys_are_as_before() {
    let history = three();
    let migrator = Migrator::new(&history);
    for on in ["0", "1"] {
        let place = crate::sqlite::Sqlite::place();
        let mut session = crate::sqlite::Sqlite::session(&place);
        session
            .execute(&format!("PRAGMA foreign_keys = {on}"))
            .unwrap();
        let contents = migrator.contents(&mut session).unwrap();
        migrator.reset(&mut session, &contents).unwrap();
        let keys = "SELECT CAST(foreign_keys AS TEXT) AS text FROM pragma_foreign_keys";
        assert_eq!(session.texts(keys).unwrap(), [on]);
    }
}

#[cfg(feature = "servers")]
#[test]
fn extensions_and_other_schemas_are_left_alone() {
    use crate::postgres::Postgres;
    let history = three();
    let migrator = Migrator::new(&history);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    migrator.upgrade(&mut session, "head").unwrap();
    session.execute("CREATE EXTENSION citext").unwrap();
    session.execute("CREATE SCHEMA beside").unwrap();
    session
        .execute("CREATE TABLE beside.kept (id int PRIMARY KEY)")
        .unwrap();
    session
        .execute("CREATE TABLE here (id int PRIMARY KEY)")
        .unwrap();
    let contents = migrator.contents(&mut session).unwrap();
    assert!(
        contents
            .iter()
            .all(|belonging| !belonging.name.contains("citext")),
        "{contents:?}"
    );
    migrator.reset(&mut session, &contents).unwrap();
    let there = |session: &mut dyn Session, sql: &str| session.texts(sql).unwrap();
    assert_eq!(
        there(
            session.as_mut(),
            "SELECT CAST('A'::citext = 'a'::citext AS text) AS text"
        ),
        ["true"]
    );
    let tables = "SELECT CAST(count(*) AS text) AS text FROM beside.kept";
    assert_eq!(there(session.as_mut(), tables), ["0"]);

    // what another schema would lose is named, and nothing is dropped
    session
        .execute("CREATE TABLE here (id int PRIMARY KEY)")
        .unwrap();
    session
        .execute("CREATE VIEW beside.looks AS SELECT id FROM here")
        .unwrap();
    session
        .execute("ALTER TABLE beside.kept ADD CONSTRAINT points FOREIGN KEY (id) REFERENCES here")
        .unwrap();
    let contents = migrator.contents(&mut session).unwrap();
    match migrator.reset(&mut session, &contents).unwrap_err() {
        Error::Reset(ResetError::Outside { lost }) => {
            assert!(lost.contains(&"beside.looks".to_owned()), "{lost:?}");
            assert!(
                lost.contains(&"points on beside.kept".to_owned()),
                "{lost:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(migrator.contents(&mut session).unwrap(), contents);
    assert!(migrator.status(&mut session).unwrap().at_heads);
}
