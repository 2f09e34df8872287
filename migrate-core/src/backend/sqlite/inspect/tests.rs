//! Databases of every spelling: what is read of them, and that it creates the same database again.

mod generated;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use proptest::prelude::*;

use super::super::{Sqlite, SqliteSession};
use crate::backend::{Backend, Catalog, Instrumentation, MigrateConnection, Scope};
use crate::operation::{Operation, Statements, ViewOperation};
use crate::schema::*;

type InMemory = SqliteSession<SqliteConnection>;

/// A database in which these statements ran.
fn database(statements: &[impl AsRef<str>]) -> Result<InMemory, String> {
    let connection = SqliteConnection::establish(":memory:").unwrap();
    let mut session = SqliteSession::watching(connection, Vec::new());
    for statement in statements {
        session
            .execute(statement.as_ref())
            .map_err(|error| format!("{}: {error}", statement.as_ref()))?;
    }
    Ok(session)
}

fn inspected(statements: &[impl AsRef<str>]) -> Schema {
    inspected_in(&mut database(statements).unwrap(), &Scope::current())
}

fn inspected_in(session: &mut InMemory, scope: &Scope) -> Schema {
    session.inspect(scope).unwrap()
}

fn canonical(statements: &[impl AsRef<str>]) -> Schema {
    Sqlite.canonical(&inspected(statements))
}

/// The statements that create a schema.
fn creating(schema: &Schema) -> Vec<String> {
    let ddl = |operation| Sqlite.ddl(&operation).unwrap();
    let tables = schema.tables.iter().flat_map(|table| {
        ddl(Operation::CreateTable {
            table: table.clone(),
            if_not_exists: false,
        })
    });
    let indexes = schema.indexes.iter().flat_map(|index| {
        ddl(Operation::CreateIndex {
            index: index.clone(),
            if_not_exists: false,
            concurrently: false,
        })
    });
    let views = schema.views.iter().flat_map(|view| {
        ddl(Operation::View(ViewOperation::Create {
            view: view.clone(),
            if_not_exists: false,
        }))
    });
    let (first, last): (Vec<&Other>, Vec<&Other>) =
        schema.others.iter().partition(|other| other.on.is_none());
    let texts = |others: Vec<&Other>| -> Vec<String> {
        others
            .into_iter()
            .flat_map(|other| other.create.clone().unwrap())
            .collect()
    };
    let mut all = texts(first);
    all.extend(tables.chain(indexes).chain(views));
    all.extend(texts(last));
    all
}

/// A schema and what is read of the database that it creates are the same; also of the canonical
/// schema.
fn returns(schema: &Schema) -> Result<(), TestCaseError> {
    let wanted = Sqlite.canonical(schema);
    prop_assert_eq!(&Sqlite.canonical(&wanted), &wanted);
    for created in [schema, &wanted] {
        let statements = creating(created);
        let mut again = database(&statements).map_err(TestCaseError::fail)?;
        let again = inspected_in(&mut again, &Scope::current());
        prop_assert_eq!(&Sqlite.canonical(&again), &wanted, "{:#?}", statements);
    }
    Ok(())
}

fn text(text: &str) -> Sql {
    Sql::from(text)
}

fn column(name: &str, ty: Type) -> Column {
    let mut column = Column::new(name, ty);
    column.nullable = true;
    column
}

fn key(columns: &[&str]) -> PrimaryKey {
    PrimaryKey {
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        ..PrimaryKey::default()
    }
}

/// The only table of a database with this definition.
fn only_table(definition: &str) -> Table {
    let schema = inspected(&[format!("CREATE TABLE t {definition}")]);
    assert_eq!(
        (schema.tables.len(), schema.others.len()),
        (1, 0),
        "{definition}"
    );
    schema.tables[0].clone()
}

#[test]
fn columns_are_read_as_they_are_declared() {
    let table = only_table(
        "(a INTEGER NOT NULL, `b c` VARCHAR( 80 ) COLLATE nocase DEFAULT 'it''s', [d] unsigned big int, e,
          \"f\" text COLLATE binary NULL, g DECIMAL(10,2) DEFAULT (-1.5), h timestamp DEFAULT current_timestamp,
          i BLOB DEFAULT x'00ff', j bool DEFAULT TRUE, k AS (a * 2), l INT GENERATED ALWAYS AS ( a + 1 ) STORED,
          m TEXT DEFAULT NULL, n TEXT DEFAULT (lower('X')))",
    );
    let mut expected = Table::new("t");
    let default = |column: Column, value: Value| Column {
        default: Some(DefaultValue::Value(value)),
        ..column
    };
    let expression = |column: Column, expression: &str| Column {
        default: Some(DefaultValue::Expression(text(expression))),
        ..column
    };
    expected.columns = vec![
        Column::new("a", Type::Integer),
        Column {
            collation: Some("nocase".to_owned()),
            ..default(column("b c", Type::VarChar(80)), "it's".into())
        },
        column("d", Type::other("unsigned big int")),
        column("e", Type::other("")),
        column("f", Type::Text),
        default(column("g", Type::Decimal(10, 2)), (-1.5).into()),
        expression(column("h", Type::Timestamp), "CURRENT_TIMESTAMP"),
        default(column("i", Type::Binary), vec![0_u8, 255].into()),
        default(column("j", Type::other("bool")), true.into()),
        Column {
            generated: Some(Generated::new("a * 2", false)),
            ..column("k", Type::other(""))
        },
        Column {
            generated: Some(Generated::new("a + 1", true)),
            ..column("l", Type::other("INT"))
        },
        column("m", Type::Text),
        expression(column("n", Type::Text), "lower('X')"),
    ];
    assert_eq!(table, expected);
}

#[test]
fn constraints_are_read_wherever_they_are_written() {
    let table = only_table(
        "(A INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, b TEXT UNIQUE CHECK (b <> ')'), c CONSTRAINT x REFERENCES p,
          d, CONSTRAINT u UNIQUE (B, d), CONSTRAINT k CHECK ( a > 0 /* , */ ),
          FOREIGN KEY (\"a\", d) REFERENCES [p q] (x, `y z`) ON DELETE SET NULL ON UPDATE CASCADE
            MATCH FULL DEFERRABLE INITIALLY DEFERRED)",
    );
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(table.columns[0].identity, Some(Identity::default()));
    assert!(table.columns[0].nullable);
    assert_eq!(
        table.constraints,
        [
            Constraint::PrimaryKey(PrimaryKey {
                name: Some("pk".to_owned()),
                ..key(&["A"])
            }),
            Constraint::Unique(Unique {
                columns: names(&["b"]),
                ..Unique::default()
            }),
            Constraint::Check(Check::new("b <> ')'")),
            Constraint::ForeignKey(ForeignKey {
                name: Some("x".to_owned()),
                ..ForeignKey::new(names(&["c"]), "p".into(), Vec::new())
            }),
            Constraint::Unique(Unique {
                name: Some("u".to_owned()),
                columns: names(&["b", "d"]),
                ..Unique::default()
            }),
            Constraint::Check(Check {
                name: Some("k".to_owned()),
                ..Check::new("a > 0 /* , */")
            }),
            Constraint::ForeignKey(ForeignKey {
                on_delete: Some(Action::SetNull),
                on_update: Some(Action::Cascade),
                deferrable: Some(Deferrable::InitiallyDeferred),
                ..ForeignKey::new(names(&["A", "d"]), "p q".into(), names(&["x", "y z"]))
            }),
        ]
    );
}

#[test]
fn options_are_read_and_what_they_imply() {
    let of = |definition: &str| {
        let table = only_table(definition);
        let nullable: Vec<bool> = table.columns.iter().map(|column| column.nullable).collect();
        (table.options.strict, table.options.without_rowid, nullable)
    };
    assert_eq!(
        of("(a INT PRIMARY KEY, b TEXT)"),
        (false, false, vec![true, true])
    );
    assert_eq!(
        of("(a INT PRIMARY KEY, b TEXT) STRICT"),
        (true, false, vec![false, true])
    );
    assert_eq!(
        of("(a INTEGER PRIMARY KEY) STRICT"),
        (true, false, vec![true])
    );
    assert_eq!(
        of("(a INTEGER, b, PRIMARY KEY (b, a)) WITHOUT ROWID"),
        (false, true, vec![false, false])
    );
    assert_eq!(
        of("(a INTEGER PRIMARY KEY, b ANY) strict, without rowid"),
        (true, true, vec![false, true])
    );
    let strict = only_table("(a REAL, b INT, c ANY) STRICT");
    let types: Vec<Type> = strict.columns.into_iter().map(|column| column.ty).collect();
    assert_eq!(
        types,
        [Type::Double, Type::other("INT"), Type::other("ANY")]
    );
}

#[test]
fn a_table_that_no_data_can_say_is_kept_as_its_text() {
    for definition in [
        "(a UNIQUE ON CONFLICT REPLACE)",
        "(a NOT NULL ON CONFLICT IGNORE)",
        "(a, PRIMARY KEY (a) ON CONFLICT FAIL)",
        "(a INTEGER PRIMARY KEY DESC)",
        "(a, b, PRIMARY KEY (a DESC, b))",
        "(a, UNIQUE (a COLLATE nocase))",
        "(a int generated always)",
        "(a REFERENCES p UNIQUE DEFERRABLE)",
    ] {
        let schema = inspected(&[format!("CREATE TABLE `t` {definition}")]);
        let mut expected = Other::new("table", "t");
        expected.create = Some(vec![format!("CREATE TABLE `t` {definition}")]);
        expected.drop = Some("DROP TABLE `t`".to_owned());
        assert_eq!(schema.others, [expected]);
        assert!(schema.tables.is_empty());
        returns(&schema).unwrap();
    }
    // these say nothing
    only_table(
        "(a UNIQUE ON CONFLICT ABORT CHECK (a), b NULL ON CONFLICT FAIL, CHECK (b) ON CONFLICT FAIL, CONSTRAINT x)",
    );
    only_table("(a PRIMARY KEY ASC, b, UNIQUE (a ASC, b))");
}

#[test]
fn indexes_are_read_part_by_part() {
    let schema = inspected(&[
        "CREATE TABLE t (a TEXT COLLATE nocase, `b c` INTEGER, d TEXT)",
        "CREATE UNIQUE INDEX \"on\" ON t (A, `b c` DESC, d COLLATE rtrim ASC, a COLLATE NOCASE, d COLLATE binary)",
        "CREATE INDEX e ON t (lower(a) COLLATE nocase DESC, a || d COLLATE nocase, (d), ('B C'), max(`b c`, (1)) -- x, y\n) WHERE d IN (1, 2)",
    ]);
    let part = |key: IndexKey, order: Option<Order>, collation: Option<&str>| IndexPart {
        order,
        collation: collation.map(str::to_owned),
        ..IndexPart::from(key)
    };
    let column = |name: &str| IndexKey::Column(name.to_owned());
    let expression = |sql: &str| IndexKey::Expression(text(sql));
    let mut unique = Index::new(
        "on",
        "t",
        vec![
            "a".into(),
            part(column("b c"), Some(Order::Descending), None),
            part(column("d"), None, Some("rtrim")),
            "a".into(),
            "d".into(),
        ],
    );
    unique.unique = true;
    let mut partial = Index::new(
        "e",
        "t",
        vec![
            part(
                expression("lower(a)"),
                Some(Order::Descending),
                Some("nocase"),
            ),
            expression("a || d COLLATE nocase").into(),
            "d".into(),
            "b c".into(),
            expression("max(`b c`, (1))").into(),
        ],
    );
    partial.predicate = Some(text("d IN (1, 2)"));
    assert_eq!(schema.indexes, [unique, partial]);
}

#[test]
fn views_triggers_and_virtual_tables_are_read() {
    let statements = [
        "CREATE TABLE t (a, \"b c\")",
        "CREATE TABLE other (z)",
        "CREATE VIEW v (x, `y z`) AS -- why\n SELECT \"b c\", 1 FROM [t] /* z */",
        "CREATE VIEW w AS WITH q AS (SELECT * FROM v) SELECT x FROM q",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM other WHERE z = new.a; END",
        "CREATE TRIGGER h INSTEAD OF INSERT ON w BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING rtree(id, x0, x1)",
        "CREATE TEMP TABLE gone (a)",
        "CREATE TEMP TRIGGER gone AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TABLE __diesel_schema_migrations (version TEXT PRIMARY KEY)",
        "CREATE INDEX gone ON __diesel_schema_migrations (version)",
    ];
    let schema = inspected(&statements);
    let mut v = View::new("v", "SELECT \"b c\", 1 FROM [t]");
    v.columns = vec!["x".to_owned(), "y z".to_owned()];
    let w = View::new("w", "WITH q AS (SELECT * FROM v) SELECT x FROM q");
    assert_eq!(schema.views, [v, w]);
    assert_eq!(schema.tables.len(), 2);
    assert!(schema.indexes.is_empty());
    let others: Vec<String> = schema
        .others
        .iter()
        .map(|other| {
            let on = other
                .on
                .as_ref()
                .map_or(String::new(), |on| format!(" on {on}"));
            format!(
                "{other}{on}: {:?}, {:?}",
                other.create.as_ref().unwrap(),
                other.drop
            )
        })
        .collect();
    assert_eq!(
        others,
        [
            "virtual table `f`: [\"CREATE VIRTUAL TABLE f USING rtree(id, x0, x1)\"], Some(\"DROP TABLE `f`\")",
            "shadow table `f_rowid` on f: [], None",
            "shadow table `f_node` on f: [], None",
            "shadow table `f_parent` on f: [], None",
            "trigger `g` on t: [\"CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM other WHERE z = new.a; END\"], \
             Some(\"DROP TRIGGER `g`\")",
            "trigger `h` on w: [\"CREATE TRIGGER h INSTEAD OF INSERT ON w BEGIN SELECT 1; END\"], Some(\"DROP TRIGGER `h`\")",
        ]
    );
    let dependencies: Vec<String> = schema
        .dependencies
        .iter()
        .map(|one| {
            let column = one
                .used
                .column
                .as_ref()
                .map_or(String::new(), |column| format!(".{column}"));
            format!(
                "{} -> {} {}{column}",
                one.user.name, one.used.kind, one.used.name
            )
        })
        .collect();
    assert_eq!(
        dependencies,
        [
            "g -> table other",
            "g -> table other.z",
            "g -> table t.a",
            "v -> table t",
            "v -> table t.b c",
            "w -> table t.a",
            "w -> table t.b c",
            "w -> view v",
        ]
    );
    returns(&schema).unwrap();
}

#[test]
fn names_have_their_schema_where_several_are_read() {
    let mut session = database(&[
        "ATTACH ':memory:' AS `an nex`",
        "CREATE TABLE t (a)",
        "CREATE TABLE `an nex`.t (id INTEGER PRIMARY KEY, up REFERENCES t)",
        "CREATE INDEX `an nex`.i ON t (up)",
        "CREATE VIEW `an nex`.v AS SELECT up FROM t",
        "CREATE TRIGGER `an nex`.g AFTER INSERT ON t BEGIN SELECT 1; END",
    ])
    .unwrap();
    let one = inspected_in(&mut session, &Scope::of(vec!["MAIN".to_owned()]));
    assert_eq!(one, inspected_in(&mut session, &Scope::current()));
    assert_eq!(one.tables.len(), 1);
    assert!(one.schemas.is_empty());
    let none = inspected_in(&mut session, &Scope::of(vec!["gone".to_owned()]));
    assert!(none.tables.is_empty());
    let names = ["main", "an nex", "gone", "temp"].map(str::to_owned);
    let several = inspected_in(&mut session, &Scope::of(names.to_vec()));
    assert_eq!(several.schemas, ["main", "an nex"]);
    let place = |name: &str| ObjectName::qualified("an nex", name);
    assert_eq!(several.tables[0].name, ObjectName::qualified("main", "t"));
    assert_eq!(several.tables[1].name, place("t"));
    assert_eq!(several.indexes[0].table, place("t"));
    assert_eq!(several.views[0].name, place("v"));
    assert_eq!(several.others[0].on, Some(place("t")));
    let mut again = database(&["ATTACH ':memory:' AS `an nex`"]).unwrap();
    for statement in creating(&several) {
        again.execute(&statement).unwrap();
    }
    let again = inspected_in(&mut again, &Scope::of(names.to_vec()));
    assert_eq!(Sqlite.canonical(&again), Sqlite.canonical(&several));
}

#[test]
fn the_number_of_queries_is_constant_and_nothing_is_written() {
    for tables in [0, 40] {
        let mut session = database(&Vec::<String>::new()).unwrap();
        for number in 0..tables {
            session
                .execute(&format!("CREATE TABLE t{number} (a UNIQUE)"))
                .unwrap();
            session
                .execute(&format!("CREATE INDEX i{number} ON t{number} (a)"))
                .unwrap();
        }
        assert!(session.watch());
        assert_eq!(
            inspected_in(&mut session, &Scope::current()).indexes.len(),
            tables
        );
        let seen: Vec<String> = session.watched().into_iter().map(|seen| seen.sql).collect();
        let words: Vec<&str> = seen
            .iter()
            .filter_map(|sql| sql.split(' ').next())
            .collect();
        assert_eq!(words, ["SAVEPOINT", "SELECT", "SELECT", "RELEASE"]);
    }
}

#[test]
fn an_open_transaction_stays_open() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    let rolled_back = connection.transaction(|connection| {
        connection.batch_execute("CREATE TABLE t (a)")?;
        let schema = connection.with_session(|session| session.inspect(&Scope::current()))?;
        assert_eq!(schema.tables.len(), 1);
        Err::<(), _>(diesel::result::Error::RollbackTransaction)
    });
    assert!(rolled_back.is_err());
    let schema = connection
        .with_session(|session| session.inspect(&Scope::current()))
        .unwrap();
    assert!(schema.tables.is_empty());
}

#[test]
fn what_is_spelled_differently_is_equal() {
    let pairs: &[(&[&str], &[&str])] = &[
        (
            &["CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, n INTEGER DEFAULT 1)"],
            &["create table a (id integer not null primary key, n int default (1))"],
        ),
        (
            &[
                "CREATE TABLE a (id INTEGER PRIMARY KEY, n bool, CONSTRAINT ck CHECK (n>0 AND n<10))",
            ],
            &[
                "CREATE TABLE a (id INTEGER, n BOOLEAN CONSTRAINT ck CHECK ((\"N\" > 0 and [n] < 10)), PRIMARY KEY (ID))",
            ],
        ),
        (
            &[
                "CREATE TABLE t (at TEXT DEFAULT CURRENT_TIMESTAMP, b DEFAULT true, c DEFAULT ('x'))",
            ],
            &["CREATE TABLE t (at TEXT DEFAULT (current_timestamp), b DEFAULT 1, c DEFAULT x)"],
        ),
        (
            &[
                "CREATE TABLE p (id INTEGER PRIMARY KEY)",
                "CREATE TABLE c (p_id REFERENCES p ON DELETE CASCADE)",
            ],
            &[
                "CREATE TABLE c (p_id, FOREIGN KEY (P_ID) REFERENCES P (ID) ON DELETE CASCADE ON UPDATE NO ACTION \
                  MATCH SIMPLE NOT DEFERRABLE)",
                "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            ],
        ),
        (
            &[
                "CREATE TABLE t (a double precision, b CHARACTER VARYING(8), c TEXT PRIMARY KEY) WITHOUT ROWID",
            ],
            &[
                "CREATE TABLE t (a DOUBLE, b varchar (8), c TEXT COLLATE BINARY NOT NULL PRIMARY KEY) WITHOUT ROWID",
            ],
        ),
        (
            &[
                "CREATE TABLE t (a TEXT)",
                "CREATE INDEX i ON t (a) WHERE a != 'X'",
            ],
            &[
                "CREATE TABLE t (a TEXT)",
                "CREATE INDEX i ON t (\"a\" COLLATE binary ASC) WHERE (a <> 'X')",
            ],
        ),
        (
            &[
                "CREATE TABLE t (a TEXT)",
                "CREATE VIEW v AS SELECT a FROM t",
            ],
            &[
                "CREATE TABLE t (a TEXT)",
                "create view v as select \"a\" /* x */ from `t`",
            ],
        ),
    ];
    for (one, other) in pairs {
        assert_eq!(canonical(one), canonical(other));
    }
}

#[test]
fn what_is_different_stays_different() {
    let definitions = [
        "(a INTEGER PRIMARY KEY, b TEXT)",
        "(a INT PRIMARY KEY, b TEXT)",
        "(a INTEGER NOT NULL PRIMARY KEY, b TEXT)",
        "(a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT)",
        "(a INTEGER PRIMARY KEY, b TEXT) STRICT",
        "(a INTEGER PRIMARY KEY, b TEXT) WITHOUT ROWID",
        "(a INTEGER PRIMARY KEY, b TEXT COLLATE nocase)",
        "(a INTEGER PRIMARY KEY, b VARCHAR(80))",
        "(a INTEGER PRIMARY KEY, b VARCHAR(40))",
        "(a INTEGER PRIMARY KEY, b TEXT DEFAULT 'x')",
        "(a INTEGER PRIMARY KEY, b TEXT DEFAULT 'X')",
        "(a INTEGER PRIMARY KEY, b TEXT DEFAULT (lower('X')))",
        "(a INTEGER PRIMARY KEY, b TEXT UNIQUE)",
        "(a INTEGER PRIMARY KEY, b TEXT CHECK (b <> 'x'))",
        "(a INTEGER PRIMARY KEY, b TEXT CHECK (b <> \"x\"))",
        "(a INTEGER PRIMARY KEY, b TEXT CHECK (b <> 'X'))",
        "(a INTEGER PRIMARY KEY, b TEXT REFERENCES t)",
        "(a INTEGER PRIMARY KEY, b TEXT REFERENCES t ON DELETE RESTRICT)",
        "(a INTEGER PRIMARY KEY, b TEXT REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
        "(a INTEGER PRIMARY KEY, b TEXT AS (a))",
        "(a INTEGER PRIMARY KEY, b TEXT AS (a) STORED)",
        "(a INTEGER, b TEXT, PRIMARY KEY (a, b))",
        "(a INTEGER, b TEXT, PRIMARY KEY (b, a))",
    ];
    let all = definitions.map(|definition| canonical(&[format!("CREATE TABLE t {definition}")]));
    for (at, one) in all.iter().enumerate() {
        for (other_at, other) in all.iter().enumerate() {
            assert_eq!(
                at == other_at,
                one == other,
                "{} {}",
                definitions[at],
                definitions[other_at]
            );
        }
    }
}

#[test]
fn odd_databases_are_created_again() {
    let all: &[&[&str]] = &[
        &[
            "CREATE TABLE \"se\"\"lect\" (\"from\" INTEGER PRIMARY KEY, [group by] TEXT DEFAULT 'a\"b`c''d', `é😀` BLOB, \
              \"x`y\" INT CHECK (\"x`y\" > 0), CONSTRAINT \"a b\" UNIQUE (`é😀`, [group by]))",
            "CREATE UNIQUE INDEX [i j] ON \"se\"\"lect\" (\"x`y\" DESC, upper([group by]) COLLATE NOCASE) WHERE \"from\" > 1",
            "CREATE VIEW `v w` (\"a\"\"b\") AS SELECT [group by] FROM \"se\"\"lect\" WHERE \"from\" = 'x -- y'",
            "CREATE TRIGGER \"t;r\" AFTER UPDATE OF \"from\" ON \"se\"\"lect\" BEGIN SELECT ';', \"from\" FROM [v w]; END",
        ],
        &[
            "CREATE TABLE t (-- first, (\n a INTEGER /* key */ PRIMARY KEY -- last )\n , b TEXT /* , c TEXT */ DEFAULT 'x -- y'\n -- end\n)",
            "CREATE TABLE u AS SELECT 1 AS a, 'x' AS \"b c\"",
            "ALTER TABLE t ADD COLUMN d NUMERIC DEFAULT -.5e-3 REFERENCES u (a)",
            "ALTER TABLE t RENAME COLUMN b TO \"b b\"",
            "ALTER TABLE t RENAME TO \"t t\"",
        ],
        &[
            "CREATE TABLE n (a, b, c, PRIMARY KEY (b, a), UNIQUE (c), UNIQUE (c, a), CHECK (a <> \"text\"), CHECK (a))",
            "CREATE TABLE o (id INTEGER, x TEXT NOT NULL DEFAULT '', CONSTRAINT pk PRIMARY KEY (id AUTOINCREMENT)) ",
            "CREATE TABLE s (i INT PRIMARY KEY, r REAL, t TEXT, b BLOB, y ANY, z INTEGER) STRICT, WITHOUT ROWID",
            "CREATE TABLE g (a INT, b INT AS (a + 1) VIRTUAL, c INT NOT NULL GENERATED ALWAYS AS (a || ')') STORED)",
            "CREATE INDEX ix ON g (b, a + c, -a, a COLLATE nocase || 'x')",
            "CREATE VIEW v AS VALUES (1, 2)",
            "CREATE VIEW w AS SELECT (SELECT max(a) FROM g) AS m UNION ALL SELECT count(*) FROM n WHERE a NOT IN (SELECT a FROM g)",
        ],
    ];
    for statements in all {
        returns(&inspected(statements)).unwrap();
    }
}
