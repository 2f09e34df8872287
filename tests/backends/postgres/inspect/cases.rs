//! What is read of one thing or another.

use std::time::Instant;

use migrate_core::engine::backend::is_excluded;

use super::*;

#[test]
fn a_whole_schema_is_read_by_two_queries() {
    for statements in [&[][..], one_of_each::ALL] {
        let (_place, mut session) = database(statements);
        session.watch();
        let schema = read(session.as_mut());
        let seen = session.watched();
        let queries = seen.iter().filter(|seen| seen.sql.starts_with("SELECT"));
        // and the transaction around them
        assert_eq!((queries.count(), seen.len()), (2, 4));
        let server = schema.server.unwrap();
        assert_eq!(server.major(), "15");
        assert_eq!(server.locale[0], "UTF8");
    }
}

#[test]
fn nothing_that_a_reset_drops_is_left_out() {
    let (_place, mut session) = database(one_of_each::ALL);
    let schema = read(session.as_mut());
    let dropped = session.schema_objects(&[]).unwrap();
    assert!(dropped.len() > 40);
    let names = |names: Vec<&ObjectName>| -> Vec<String> {
        names.into_iter().map(ToString::to_string).collect()
    };
    let typed = [
        (
            "tables",
            names(schema.tables.iter().map(|x| &x.name).collect()),
        ),
        (
            "sequences",
            names(schema.sequences.iter().map(|x| &x.name).collect()),
        ),
        (
            "views",
            names(
                schema
                    .views
                    .iter()
                    .filter(|x| !x.materialized)
                    .map(|x| &x.name)
                    .collect(),
            ),
        ),
        (
            "materialized views",
            names(
                schema
                    .views
                    .iter()
                    .filter(|x| x.materialized)
                    .map(|x| &x.name)
                    .collect(),
            ),
        ),
        (
            "types",
            names(
                schema
                    .enums
                    .iter()
                    .map(|x| &x.name)
                    .chain(schema.domains.iter().map(|x| &x.name))
                    .collect(),
            ),
        ),
    ];
    let drops = |kind: &str, name: &str| {
        let words = match kind {
            "tables" => "TABLE",
            "functions" => "",
            "statistics" => "STATISTICS",
            "text search dictionaries" => "TEXT SEARCH DICTIONARY",
            "operator families" => "OPERATOR FAMILY",
            "operator classes" => "OPERATOR CLASS",
            kind => kind.strip_suffix('s').unwrap(),
        };
        let end = format!("{} {name}", words.to_uppercase());
        schema.others.iter().any(|other| {
            let drop = other.drop.as_deref().unwrap_or_default();
            drop.starts_with("DROP ") && drop.ends_with(end.trim_start_matches(' '))
        })
    };
    for object in &dropped {
        let (kind, name) = (object.kind, &object.name);
        let is_typed = typed
            .iter()
            .any(|(known, names)| *known == kind && names.contains(name));
        let is_found = is_typed || drops(kind, name) || kind == "tables" && is_excluded(name);
        assert!(is_found, "{kind} {name}: {:#?}", schema.others);
    }
    // and the other way around
    for (kind, names) in &typed {
        for name in names {
            let is_dropped = dropped
                .iter()
                .any(|one| one.kind == *kind && one.name == *name);
            assert!(is_dropped, "{kind} {name}");
        }
    }
    for other in schema.others.iter().filter(|other| other.on.is_none()) {
        let drop = other.drop.as_deref().unwrap();
        if !drop.starts_with("DROP ") || other.kind == "publication" {
            continue; // a comment, and what no schema contains
        }
        let is_dropped = dropped.iter().any(|one| drop.ends_with(&one.name));
        assert!(is_dropped, "{other}");
    }
}

#[test]
fn what_belongs_to_others_is_left_out() {
    let schema = after(one_of_each::ALL);
    let text = format!("{schema:?}");
    for name in [
        "passing",
        "__migrate_journal",
        "alembic_version",
        "citext_eq",
        "citextin",
    ] {
        assert!(!text.contains(name), "{name}");
    }
    assert_eq!(schema.extensions, [Extension::new("citext")]);
}

#[test]
fn dependencies_are_what_blocks_a_change() {
    let schema = after(one_of_each::ALL);
    let found = dependencies(&schema);
    for wanted in [
        "view adults -> table users.n",
        "view moods -> view adults.mood",
        "view counts -> table users.area_id",
        "table users.moods -> enum mood",
        "table users.age -> domain positive",
        "table users.number -> sequence numbers",
        "table users.plus1 -> function plus(integer, integer)",
        "table users.doubled -> table users.n",
        "index ix_called -> function plus(integer, integer)",
        "policy own_rows -> table users.n",
        "policy own_rows -> function plus(integer, integer)",
        "trigger touched -> table users.name",
        "trigger touched -> function touch()",
        "rule silent -> table areas.id",
        "function as_pair(integer) -> type pair",
        "event trigger noticed -> function noted()",
        "table users.select -> collation german",
        "table child -> table base",
    ] {
        assert!(found.contains(wanted), "{wanted}: {found:#?}");
    }
    assert!(!found.iter().any(|one| one.starts_with("constraint ")));

    // a body in SQL's own words shows what it uses
    let schema = after(&[
        "CREATE TABLE t (a integer, b integer)",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT a FROM t; END",
        "CREATE TABLE u (n integer DEFAULT f() CONSTRAINT ck CHECK (f() > n))",
    ]);
    let found: Vec<String> = dependencies(&schema).into_iter().collect();
    assert_eq!(
        found,
        [
            "constraint ck -> function f()",
            "function f() -> table t.a",
            "table u.n -> function f()",
        ]
    );
}

#[test]
fn columns_are_read_as_the_catalogue_means_them() {
    let schema = after(&[
        "CREATE TABLE t (a integer GENERATED ALWAYS AS (1 + 1) STORED, b timestamp DEFAULT 'now', grid int[][], \
         c varchar DEFAULT NULL, d bit(3) DEFAULT B'101', e \"char\", f char, g interval(2), h numeric, i date DEFAULT '2025-01-01', \
         j jsonb DEFAULT '{}', k bytea DEFAULT '\\x00ff', l integer[] DEFAULT '{}', m timestamptz(3), n text COLLATE \"default\", \
         o bigint DEFAULT 5, p bigint DEFAULT '5', q text DEFAULT 'a' || 'b', r text)",
        "COMMENT ON COLUMN t.c IS ''",
        "ALTER TABLE t DROP COLUMN r",
    ]);
    let column = |name| column(&schema, "t", name);
    assert_eq!(column("a").default, None);
    assert_eq!(column("a").generated, Some(Generated::new("1 + 1", true)));
    // the moment of its creation
    assert!(
        matches!(&column("b").default, Some(DefaultValue::Value(Value::Text(text))) if text.starts_with("20"))
    );
    for (name, ty) in [
        ("grid", Type::Integer.array()),
        ("c", Type::other("character varying")),
        ("d", Type::Bit(3)),
        ("e", Type::CChar),
        ("f", Type::Char(1)),
        ("g", Type::Interval.precision(2)),
        ("h", Type::Numeric),
        ("m", Type::Timestamptz.precision(3)),
    ] {
        assert_eq!(column(name).ty, ty, "{name}");
    }
    let value = |value| Some(DefaultValue::Value(value));
    for (name, default) in [
        ("c", None),
        ("d", value("101".into())),
        ("i", value("2025-01-01".into())),
        ("j", value("{}".into())),
        ("k", value(vec![0_u8, 255].into())),
        ("l", value("{}".into())),
        ("o", value(5.into())),
        ("p", value(5.into())),
        (
            "q",
            Some(DefaultValue::Expression("('a'::text || 'b'::text)".into())),
        ),
    ] {
        assert_eq!(column(name).default, default, "{name}");
    }
    assert_eq!(
        (&column("c").comment, &column("n").collation),
        (&None, &None)
    );
    assert_eq!(table(&schema, "t").columns.len(), 18);
}

#[test]
fn a_sequence_is_the_columns_or_its_own() {
    let schema = after(&[
        "CREATE TABLE plain (id serial, big bigserial, ident integer GENERATED BY DEFAULT AS IDENTITY, \
         stepped bigint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 5 MINVALUE 10))",
        "CREATE TABLE old_name (id serial)",
        "ALTER TABLE old_name RENAME TO renamed",
        "CREATE TABLE changed (id serial)",
        "ALTER SEQUENCE changed_id_seq INCREMENT BY 2",
        "CREATE SEQUENCE own",
        "CREATE TABLE taking (id bigint DEFAULT nextval('own') NOT NULL)",
        "ALTER SEQUENCE own OWNED BY taking.id",
        "CREATE TABLE nullable (id serial)",
        "ALTER TABLE nullable ALTER COLUMN id DROP NOT NULL",
        "CREATE TABLE grown (id integer GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE grown ALTER COLUMN id TYPE bigint",
    ]);
    assert_eq!(column(&schema, "plain", "id").ty, Type::Serial);
    assert_eq!(column(&schema, "plain", "id").default, None);
    assert_eq!(column(&schema, "plain", "big").ty, Type::BigSerial);
    for (table, name) in [("plain", "ident"), ("grown", "id")] {
        let identity = column(&schema, table, name).identity.as_ref().unwrap();
        assert_eq!(identity.options, SequenceOptions::default());
    }
    let stepped = column(&schema, "plain", "stepped")
        .identity
        .as_ref()
        .unwrap();
    assert!(stepped.always);
    assert_eq!(
        (
            stepped.options.increment,
            stepped.options.min,
            stepped.options.start
        ),
        (Some(5), Some(10), None)
    );
    let own: Vec<&str> = schema
        .sequences
        .iter()
        .map(|one| one.name.name.as_str())
        .collect();
    assert_eq!(
        own,
        [
            "changed_id_seq",
            "nullable_id_seq",
            "old_name_id_seq",
            "own"
        ]
    );
    assert_eq!(
        schema.sequences[2].owned_by,
        Some(("renamed".into(), "id".to_owned()))
    );
    assert_eq!(schema.sequences[3].ty, None);
    let next = DefaultValue::Expression("nextval('old_name_id_seq'::regclass)".into());
    assert_eq!(column(&schema, "renamed", "id").default, Some(next));
    assert_eq!(column(&schema, "renamed", "id").ty, Type::Integer);
}

#[test]
fn constraints_have_all_their_parts() {
    let schema = after(&[
        "CREATE TABLE a (x integer, y integer, z integer, PRIMARY KEY (y, x) INCLUDE (z))",
        "CREATE TABLE c (x integer, PRIMARY KEY (x) DEFERRABLE)",
        "CREATE TABLE b (x integer, y integer, \
         CONSTRAINT full_key FOREIGN KEY (y, x) REFERENCES a (y, x) MATCH FULL ON DELETE SET DEFAULT, \
         CONSTRAINT un UNIQUE (y) DEFERRABLE INITIALLY DEFERRED)",
        "ALTER TABLE b ADD CONSTRAINT not_yet FOREIGN KEY (x, y) REFERENCES a NOT VALID",
    ]);
    let key = table(&schema, "a").primary_key().unwrap();
    assert_eq!(
        (&key.columns[..], &key.include[..]),
        (&["y".to_owned(), "x".to_owned()][..], &["z".to_owned()][..])
    );
    let key = table(&schema, "c").primary_key().unwrap();
    assert_eq!(key.deferrable, Some(Deferrable::InitiallyImmediate));
    let keys: Vec<&ForeignKey> = table(&schema, "b")
        .constraints
        .iter()
        .filter_map(|one| match one {
            Constraint::ForeignKey(key) => Some(key),
            _ => None,
        })
        .collect();
    assert_eq!(keys[0].match_type, Some(Match::Full));
    assert_eq!(
        (keys[0].on_delete, keys[0].on_update),
        (Some(Action::SetDefault), None)
    );
    assert_eq!(keys[0].referred, ["y", "x"]);
    assert!(keys[1].not_valid && !keys[0].not_valid);
}

#[test]
fn partitions_follow_their_parent() {
    let schema = after(&[
        "CREATE TABLE m (id integer, at date NOT NULL, CONSTRAINT ck CHECK (id > 0), PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
        "CREATE INDEX ix ON m (at)",
        "CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "CREATE TABLE m_2 (at date NOT NULL, id integer NOT NULL, CONSTRAINT ck CHECK (id > 0))",
        "ALTER TABLE m ATTACH PARTITION m_2 DEFAULT",
        "CREATE TABLE r (m_id integer, m_at date, FOREIGN KEY (m_id, m_at) REFERENCES m)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TRIGGER f AFTER INSERT ON m FOR EACH ROW EXECUTE FUNCTION f()",
    ]);
    let names: Vec<&str> = schema
        .tables
        .iter()
        .map(|one| one.name.name.as_str())
        .collect();
    assert_eq!(names, ["m", "r"]);
    assert_eq!(schema.indexes.len(), 1);
    assert_eq!(
        table(&schema, "m").options.suffix,
        Some("PARTITION BY RANGE (at)".into())
    );
    assert_eq!(table(&schema, "m").constraints.len(), 2);
    assert_eq!(table(&schema, "r").constraints.len(), 1);
    let kinds: Vec<String> = schema.others.iter().map(ToString::to_string).collect();
    assert_eq!(
        kinds,
        [
            "function `f()`",
            "partition `m_1`",
            "partition `m_2`",
            "trigger `f`"
        ]
    );
    assert_eq!(other(&schema, "partition", "m_2").on, Some("m".into()));
    assert_eq!(
        created(&schema, "partition", "m_2"),
        "CREATE TABLE m_2 PARTITION OF m DEFAULT"
    );
}

#[test]
fn an_invalid_index_is_no_index() {
    let (_place, mut session) = database(&[
        "CREATE TABLE t (a integer)",
        "INSERT INTO t VALUES (1), (1)",
    ]);
    let failed = session.execute("CREATE UNIQUE INDEX CONCURRENTLY ux ON t (a)");
    assert!(failed.is_err());
    let schema = read(session.as_mut());
    assert_eq!(schema.indexes, []);
    assert_eq!(
        other(&schema, "invalid index", "ux").drop.as_deref(),
        Some("DROP INDEX ux")
    );
}

#[test]
fn enum_labels_are_in_their_order() {
    let schema = after(&[
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'ok'",
    ]);
    assert_eq!(schema.enums[0].values, ["sad", "so-so", "ok"]);
}

#[test]
fn the_search_path_does_not_matter_and_stays() {
    let (_place, mut session) = database(&[
        "CREATE SCHEMA other",
        "CREATE TYPE other.mood AS ENUM ('ok')",
        "CREATE FUNCTION other.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE other.t (a other.mood DEFAULT 'ok', b integer DEFAULT other.f())",
        "CREATE TABLE t (a other.mood DEFAULT 'ok')",
    ]);
    let session = session.as_mut();
    let other = session
        .inspect(&Scope::of(vec!["other".to_owned()]))
        .unwrap();
    assert_eq!(column(&other, "t", "a").ty, Type::named("mood"));
    let ok = Some(DefaultValue::Value("ok".into()));
    assert_eq!(column(&other, "t", "a").default, ok);
    assert_eq!(
        column(&other, "t", "b").default,
        Some(DefaultValue::Expression("f()".into()))
    );
    let public = read(session);
    let qualified = ObjectName::qualified("other", "mood");
    assert_eq!(column(&public, "t", "a").ty, Type::Named(qualified));
    assert_eq!(column(&public, "t", "a").default, ok);

    let path = |session: &mut dyn Session| {
        session
            .texts("SELECT current_setting('search_path') || current_setting('timezone') AS text")
            .unwrap()
    };
    let before = path(session);
    read(session);
    assert_eq!(path(session), before);
    // the current schema of a transaction, and what it has not committed
    let begun = session.begin().unwrap();
    session.execute("SET LOCAL search_path = other").unwrap();
    session.execute("CREATE TABLE only_here ()").unwrap();
    let within = path(session);
    let inside = read(session);
    assert_eq!(path(session), within);
    assert!(inside.table(&"only_here".into()).is_some());
    assert_eq!(inside.tables[1], other.tables[0]);
    drop(begun);
    session.rollback().unwrap();
    assert_eq!(read(session), public);

    // schemas that do not exist
    let none = session
        .inspect(&Scope::of(vec!["nowhere".to_owned()]))
        .unwrap();
    assert_eq!(none.tables, []);
    let one = session
        .inspect(&Scope::of(vec!["nowhere".to_owned(), "other".to_owned()]))
        .unwrap();
    assert_eq!(one.schemas, ["other"]);
    assert_eq!(one.tables[0].name, ObjectName::qualified("other", "t"));
    let mood = Type::Named(ObjectName::qualified("other", "mood"));
    assert_eq!(one.tables[0].columns[0].ty, mood);
    assert_eq!(one.tables[0].columns[0].default, ok);
}

#[test]
fn a_role_without_rights_reads_the_same() {
    let (_place, mut session) = database(one_of_each::ALL);
    let session = session.as_mut();
    let role = format!("inspects_{}", std::process::id());
    let all = read(session);
    session
        .execute(&format!("CREATE ROLE {role}; SET ROLE {role}"))
        .unwrap();
    let denied = session.texts("SELECT name AS text FROM users");
    let seen = session.inspect(&Scope::current());
    session
        .execute(&format!("RESET ROLE; DROP ROLE {role}"))
        .unwrap();
    assert!(denied.is_err());
    assert_eq!(seen.unwrap(), all);
}

#[test]
fn pairs_are_equal_or_differ() {
    let (_place, mut session) = database(&[""; 0]);
    let session = session.as_mut();
    let mut at = |statements: &[&str], scope: &Scope| {
        let begun = session.begin().unwrap();
        for statement in statements {
            session.execute(statement).unwrap();
        }
        let schema = session.inspect(scope).unwrap();
        drop(begun);
        session.rollback().unwrap();
        session.backend().canonical(&schema)
    };
    for (name, is_equal, schemas, before, after) in pairs::ALL {
        let scope = Scope::of(schemas.iter().map(|name| (*name).to_owned()).collect());
        let (before, after) = (at(before, &scope), at(after, &scope));
        match is_equal {
            true => assert_eq!(before, after, "{name}"),
            false => assert_ne!(before, after, "{name}"),
        }
    }
}

#[test]
#[ignore = "a measurement: run it with --release"]
fn time_of_a_large_schema() {
    let tables = (0..500).map(|table| {
        let columns: String = (0..9).map(|column| format!(", c{column} varchar(40) DEFAULT 'x' NOT NULL")).collect();
        format!(
            "CREATE TABLE t{table} (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY{columns}); \
             CREATE INDEX ix{table}a ON t{table} (c1); CREATE INDEX ix{table}b ON t{table} (c2, c3)"
        )
    });
    let tables: Vec<String> = tables.collect();
    let (_place, mut session) = database(&tables);
    for _ in 0..5 {
        session.watch();
        let start = Instant::now();
        let schema = read(session.as_mut());
        let took = start.elapsed();
        let backend = session.backend();
        let canonical = Instant::now();
        assert_eq!(backend.canonical(&schema).tables.len(), 500);
        let canonical = canonical.elapsed();
        let seen: Vec<_> = session.watched().iter().map(|one| one.duration).collect();
        println!("{took:?}, canonical {canonical:?}: {seen:?}");
    }
}
