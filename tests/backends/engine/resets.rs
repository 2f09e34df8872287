//! A reset: whatever was in the database, afterwards it is like a fresh one after `up`.

use std::collections::BTreeSet;

use migrate_core::Migrator;
use migrate_core::engine::backend::{BackendKind, Session};
use migrate_core::error::{Error, ErrorKind, ResetError};
use migrate_core::prelude::*;

use super::applied;
use crate::backend::{TestBackend, difference, on_each_backend};
use crate::histories::{history, irreversible, three};

/// Its objects, as a reset sees them.
fn names(migrator: &Migrator<'_>, session: &mut dyn Session) -> Vec<String> {
    let objects = migrator.objects(session).unwrap();
    objects
        .iter()
        .map(|belonging| format!("{}: {}", belonging.kind, belonging.name))
        .collect()
}

/// Objects that depend on each other, and some that no operation creates.
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
    let objects = migrator.objects(session).unwrap();
    assert!(objects[0].bookkeeping, "{objects:?}");
    assert!(objects.len() >= clutter(B::KIND).len() - 3, "{objects:?}");

    let report = migrator.reset(session, &objects).unwrap();
    assert_eq!((report.steps.len(), report.at_heads), (3, true));
    assert_eq!(applied(&history, session), ["a", "b", "c"]);
    let (after, expected) = (B::catalogue(session), B::catalogue(fresh.as_mut()));
    assert_eq!(difference(&expected, &after), [""; 0]);
    assert_eq!(names(&migrator, session), names(&migrator, fresh.as_mut()));
    // the lock is free, and nothing is open
    assert!(!session.in_transaction().unwrap());
    let mut other = B::session(&place);
    migrator.downgrade(other.as_mut(), "base").unwrap();

    // it is empty: nothing to drop
    let objects = migrator.objects(other.as_mut()).unwrap();
    assert!(objects.iter().all(|belonging| belonging.bookkeeping));
    assert_eq!(
        migrator
            .reset(other.as_mut(), &objects)
            .unwrap()
            .steps
            .len(),
        3
    );
}

fn objects_that_were_not_listed_are_not_dropped<B: TestBackend>() {
    let history = three();
    let migrator = Migrator::new(&history);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    migrator.upgrade(session, "head").unwrap();
    let objects = migrator.objects(session).unwrap();
    session
        .execute("CREATE TABLE new_here (id INTEGER PRIMARY KEY)")
        .unwrap();
    let before = B::catalogue(session);
    let error = migrator.reset(session, &objects).unwrap_err();
    assert!(matches!(error, Error::Reset(ResetError::Changed)));
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(difference(&before, &B::catalogue(session)), [""; 0]);

    let objects = migrator.objects(session).unwrap();
    let _begun = session.begin().unwrap();
    let error = migrator.reset(session, &objects).unwrap_err();
    assert!(matches!(error, Error::Reset(ResetError::InTransaction)));
    session.rollback().unwrap();
    assert_eq!(difference(&before, &B::catalogue(session)), [""; 0]);
    migrator.reset(session, &objects).unwrap();
}

/// All that a history can create, for a history whose second application fails if anything is left
/// over.
fn everything(kind: BackendKind) -> Vec<String> {
    let mut all: Vec<String> = clutter(kind).iter().map(|sql| (*sql).to_owned()).collect();
    let more: &[&str] = match kind {
        BackendKind::Sqlite => &["PRAGMA user_version = 3"],
        BackendKind::Postgres => &[
            "CREATE TYPE frange AS RANGE (subtype = float8)",
            "CREATE TABLE ranges (r frange, m fmultirange)",
            "CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq)",
            "CREATE OPERATOR !!! (rightarg = int, function = int4um)",
            "CREATE OPERATOR FAMILY of1 USING btree",
            "CREATE OPERATOR CLASS oc1 FOR TYPE pair USING hash AS OPERATOR 1 = (record, record)",
            "CREATE CONVERSION c1 FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1",
            "CREATE FUNCTION to_mood(int) RETURNS mood LANGUAGE sql AS $$ SELECT 'sad'::mood $$",
            "CREATE CAST (int AS mood) WITH FUNCTION to_mood(int)",
            "CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "CREATE EVENT TRIGGER noted_{UNIQUE} ON sql_drop EXECUTE FUNCTION noted()",
            "CREATE TEXT SEARCH CONFIGURATION words (COPY = simple)",
            "CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = simple)",
            "CREATE STATISTICS stat ON id, mood FROM parent",
            "CREATE PUBLICATION pub_{UNIQUE} FOR TABLE parent",
            "CREATE ACCESS METHOD heap_{UNIQUE} TYPE TABLE HANDLER heap_tableam_handler",
            "CREATE TABLE heaped (id int) USING heap_{UNIQUE}",
            "CREATE FOREIGN DATA WRAPPER wrap_{UNIQUE}",
            "CREATE SERVER away_{UNIQUE} FOREIGN DATA WRAPPER wrap_{UNIQUE}",
            "CREATE FOREIGN TABLE far (id int) SERVER away_{UNIQUE}",
            "CREATE SCHEMA utils; CREATE TABLE utils.t (id int); CREATE VIEW utils.v AS SELECT * FROM utils.t",
            "CREATE FUNCTION utils.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE SCHEMA \"Odd name\"",
            "CREATE TYPE \"Odd name\".kind AS ENUM ('a')",
            "CREATE EXTENSION citext",
            "CREATE RULE r AS ON DELETE TO child DO INSTEAD NOTHING",
            "ALTER TABLE child ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY pol ON child USING (true)",
        ],
        _ => &[
            "CREATE TRIGGER told BEFORE INSERT ON child FOR EACH ROW SET NEW.id = NEW.id + 1",
            "CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1",
            "CREATE DATABASE beside_{UNIQUE}",
            "CREATE TABLE beside_{UNIQUE}.t (id INT)",
        ],
    };
    all.extend(more.iter().map(|sql| (*sql).to_owned()));
    if kind == BackendKind::Mariadb {
        all.push("CREATE SEQUENCE numbers".to_owned());
    }
    all
}

fn apply_everything(op: &mut Operations<'_>) -> Result<()> {
    let unique = op.argument("unique").unwrap_or_default().to_owned();
    for sql in everything(op.backend()) {
        op.execute(sql.replace("{UNIQUE}", &unique))?;
    }
    Ok(())
}

/// What the server itself lists, whether the suite's catalogue shows it or not.
fn described(kind: BackendKind, session: &mut dyn Session) -> BTreeSet<String> {
    if kind != BackendKind::Postgres {
        return BTreeSet::new();
    }
    let query = "SELECT DISTINCT pg_describe_object(classid, objid, 0) AS text FROM pg_depend \
                 WHERE objid >= 16384 AND classid <> 0 ORDER BY 1";
    let all = session.texts(query).unwrap();
    // some names contain the number of their table
    all.into_iter()
        .filter(|name| !name.contains("pg_toast") && !name.contains("RI_ConstraintTrigger"))
        .collect()
}

fn up_reset_and_up_again_is_up<B: TestBackend>() {
    let history = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("users").column(column("id", Integer)))
        }),
        irreversible("b", &["a"], apply_everything),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let unique = format!("{}{}", std::process::id(), B::NAME);
    let migrator = Migrator::new(&history).argument("unique", &unique);
    migrator
        .upgrade(session, "head")
        .unwrap_or_else(|error| panic!("{error}"));
    let (first, described_first) = (B::catalogue(session), described(B::KIND, session));
    let objects = migrator.objects(session).unwrap();
    let report = migrator
        .reset(session, &objects)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.steps.len(), 2);
    assert_eq!(difference(&first, &B::catalogue(session)), [""; 0]);
    assert_eq!(
        difference(&described_first, &described(B::KIND, session)),
        [""; 0]
    );
    assert_eq!(migrator.objects(session).unwrap(), objects);
    // what lies outside the database would stay
    let mut beside = objects.iter().filter(|one| one.kind == "databases");
    if let Some(database) = beside.next() {
        assert!(database.name.contains(&unique), "{database:?}");
        session
            .execute(&format!("DROP DATABASE {}", database.name))
            .unwrap();
    }
}

on_each_backend! {
    up_reset_and_up_again_is_up
    a_reset_leaves_what_a_fresh_database_has
    objects_that_were_not_listed_are_not_dropped
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
        let objects = migrator.objects(&mut session).unwrap();
        migrator.reset(&mut session, &objects).unwrap();
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
    let objects = migrator.objects(&mut session).unwrap();
    assert!(
        objects
            .iter()
            .all(|belonging| !belonging.name.contains("citext")),
        "{objects:?}"
    );
    migrator.reset(&mut session, &objects).unwrap();
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
    let objects = migrator.objects(&mut session).unwrap();
    match migrator.reset(&mut session, &objects).unwrap_err() {
        Error::Reset(ResetError::Outside { lost }) => {
            assert!(lost.contains(&"beside.looks".to_owned()), "{lost:?}");
            assert!(
                lost.contains(&"points on beside.kept".to_owned()),
                "{lost:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(migrator.objects(&mut session).unwrap(), objects);
    assert!(migrator.status(&mut session).unwrap().at_heads);
}

/// What lies outside the database is named before anything is dropped.
#[cfg(feature = "servers")]
fn a_role_conflicts<B: TestBackend>() {
    let name = format!("migrate_role_{}_{}", std::process::id(), B::NAME);
    let history = history(vec![irreversible("a", &[], |op| {
        let name = op.argument("name").unwrap_or_default().to_owned();
        op.execute("CREATE TABLE kept (id INT)")?;
        op.execute(format!("CREATE ROLE {name}"))
    })]);
    let migrator = Migrator::new(&history).argument("name", &name);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    migrator.upgrade(session, "head").unwrap();
    let error = migrator.objects(session).unwrap_err();
    let dropped = session.execute(&format!("DROP ROLE {name}"));
    let word = match B::KIND {
        BackendKind::Postgres => "role",
        _ => "user",
    };
    assert_eq!(
        error.to_string(),
        format!("the history created objects that a reset does not drop: `{word} {name}`")
    );
    assert_eq!(error.kind(), ErrorKind::Refused);
    dropped.unwrap();
    let objects = migrator.objects(session).unwrap();
    assert!(objects.iter().any(|one| one.name == "kept"), "{objects:?}");
}

#[cfg(feature = "servers")]
mod roles {
    use super::a_role_conflicts;

    crate::backend::on_each_server! {
        a_role_conflicts
    }
}

#[cfg(feature = "servers")]
#[test]
fn if_an_object_cannot_be_dropped_it_is_named_and_nothing_is_dropped() {
    use crate::postgres::Postgres;
    let history = three();
    let migrator = Migrator::new(&history);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    migrator.upgrade(&mut session, "head").unwrap();
    session
        .execute("CREATE SCHEMA AUTHORIZATION pg_monitor")
        .unwrap_or_default();
    session
        .execute("CREATE TABLE others (id int); ALTER TABLE others OWNER TO pg_database_owner")
        .unwrap();
    session.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC").unwrap();
    let objects = migrator.objects(&mut session).unwrap();
    session.execute("SET ROLE pg_monitor").unwrap();
    let error = migrator.reset(&mut session, &objects).unwrap_err();
    session.execute("RESET ROLE").unwrap();
    let Error::Reset(ResetError::Refused { why }) = &error else {
        panic!("{error}");
    };
    assert!(
        why.iter()
            .any(|why| why.starts_with("others (must be owner of table others)")),
        "{why:?}"
    );
    assert_eq!(migrator.objects(&mut session).unwrap(), objects);
}
