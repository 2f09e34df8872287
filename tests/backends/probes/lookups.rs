//! What probes find on the servers, and what they must not confuse it with.

use migrate_core::engine::backend::{ProbeResult, Session};
use migrate_core::engine::execute::Collect;
use migrate_core::engine::recovery::probe;
use migrate_core::operation::Operation;
use migrate_core::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{found, probed, walk};
use crate::backend::TestBackend;
use crate::operations::{Body, run, users};

/// Another object has the name of what was to be created.
fn other_objects_are_not_mistaken_for_it<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, |op| {
        users(op)?;
        op.create_index(index("ix").on("users", ["name"]))?;
        op.create_view(view("seen", "SELECT id, name FROM users").columns(["a", "b"]))?;
        op.create_table(
            table("posts")
                .column(column("id", Integer).primary_key())
                .column(column("author", Integer))
                .constraint(migrate_core::op::check("author > 0").named("ck")),
        )
    })
    .unwrap();
    let cases: &[(Body, &str)] = &[
        (
            |op| op.create_table(table("users").column(column("id", Integer))),
            "users",
        ),
        (
            |op| op.create_table(table("seen").column(column("id", Integer))),
            "",
        ),
        (
            |op| {
                op.create_table(
                    table("posts")
                        .column(column("id", Integer).primary_key())
                        .column(column("author", BigInt)),
                )
            },
            "posts",
        ),
        (
            |op| op.add_column("users", column("name", Integer).nullable()),
            "",
        ),
        (
            |op| op.create_index(index("ix").on("users", ["email"])),
            "ix",
        ),
        (
            |op| op.add_constraint("posts", unique(["author"]).named("ck")),
            "",
        ),
        (|op| op.rename_column("users", "id", "name"), "name"),
        (|op| op.rename_column("users", "missing", "noone"), "noone"),
        (|op| op.execute("UPDATE users SET name = ''"), "raw SQL"),
        (|op| op.bulk_insert("users", ["name"], [("Ada",)]), "rows"),
    ];
    for (body, words) in cases {
        let found = found(probed(session, *body));
        assert!(found.contains(words), "{found}");
    }
    // what may have existed before is left alone, whatever it is
    assert_eq!(
        probed(session, |op| op.create_table(
            table("users").column(column("id", Integer)).if_not_exists()
        )),
        ProbeResult::There
    );
}

/// A similar object does not count: what is repeatable is repeated.
fn similar_objects_do_not_skip_a_change<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, |op| {
        op.create_table(
            table("t")
                .column(column("id", Integer).primary_key())
                .column(column("n", Integer))
                .column(column("price", VarChar(10)).default("1.0"))
                .column(column("code", VarChar(10)).default("007"))
                .column(
                    column("g", Integer)
                        .nullable()
                        .generated_stored("id * n - 3"),
                )
                .constraint(migrate_core::op::check("id * n - 3 > 0")),
        )?;
        op.create_view(view("v", "SELECT id, n FROM t"))
    })
    .unwrap();
    let again: &[Body] = &[
        |op| op.alter_column("t", alter("price").set_default("1.00")),
        |op| op.alter_column("t", alter("code").set_default("7")),
        |op| op.alter_column("t", alter("n").set_default_sql("(2 * (3 - 1))")),
        |op| op.alter_column("t", alter("g").set_generated_stored("id * (n - 3)")),
        |op| op.alter_column("t", alter("n").set_comment("of them")),
        |op| {
            op.replace_view(view("v", "SELECT id AS n, n AS id FROM t").was("SELECT id, n FROM t"))
        },
    ];
    for body in again {
        for _ in 0..2 {
            assert_eq!(probed(session, *body), ProbeResult::Repeatable);
            run(session, *body).unwrap();
        }
    }
    // what is not repeatable is asked about
    let found = found(probed(session, |op| {
        op.add_constraint("t", migrate_core::op::check("id * (n - 3) > 0"))
    }));
    assert!(found.contains("may be this one"), "{found}");
}

/// Neither of two changes exists before it was made, and both do afterwards.
fn there_and_back(session: &mut dyn Session, make: Body, take: Body) {
    for change in [make, take] {
        assert_eq!(probed(session, change), ProbeResult::Absent);
        run(session, change).unwrap();
        assert_eq!(probed(session, change), ProbeResult::There);
    }
}

/// Raw SQL whose first words say what it creates or drops.
fn raw_sql_is_probed_by_name<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, users).unwrap();
    let cases: &[(Body, Body)] = &[
        (
            |op| op.execute("CREATE TABLE by_hand (a int)"),
            |op| op.execute("DROP TABLE IF EXISTS by_hand"),
        ),
        (
            (|op| {
                op.execute(
                        "CREATE TRIGGER tr BEFORE UPDATE ON users FOR EACH ROW BEGIN SET NEW.name = ''; END",
                    )
            }) as Body,
            (|op| op.execute("DROP TRIGGER tr")) as Body,
        ),
        (
            |op| op.execute("CREATE PROCEDURE p() SELECT 1"),
            |op| op.execute("DROP PROCEDURE p"),
        ),
        (
            |op| op.execute("ALTER TABLE users ADD `by hand` INT DEFAULT 3, ADD INDEX (name)"),
            |op| op.execute("ALTER TABLE users DROP COLUMN `by hand`, COMMENT = 'ADD a INT, '"),
        ),
        (
            |op| op.execute("CREATE INDEX by_hand ON users (name)"),
            |op| op.execute("ALTER TABLE users RENAME INDEX by_hand TO with_care"),
        ),
        (
            |op| op.execute("ALTER TABLE users CHANGE name called VARCHAR(70)"),
            |op| op.execute("ALTER TABLE users RENAME COLUMN called TO name, ENGINE = InnoDB"),
        ),
        (
            |op| {
                op.execute("ALTER TABLE users ADD CONSTRAINT by_hand UNIQUE (name), MODIFY name VARCHAR(80)")
            },
            |op| op.execute("ALTER TABLE users DROP INDEX by_hand"),
        ),
        (
            |op| op.execute("CREATE TABLE users_new LIKE users"),
            |op| op.execute("RENAME TABLE users TO users_old, users_new TO users"),
        ),
        (
            |op| op.execute("ALTER TABLE users RENAME TO people"),
            |op| op.execute("RENAME TABLE people TO users"),
        ),
        (
            |op| op.execute("ALTER TABLE users ADD CONSTRAINT by_hand CHECK (name <> '')"),
            |op| op.execute("ALTER TABLE users DROP CONSTRAINT by_hand, ADD COLUMN a_last INT"),
        ),
    ];
    for (make, take) in cases {
        there_and_back(session, *make, *take);
    }
}

/// All actions of one statement agree, or the user decides.
fn manual_changes_are_probed_in_parts<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, |op| {
        users(op)?;
        op.create_index(index("ix").on("users", ["name"]))
    })
    .unwrap();
    session
        .execute(
            "CREATE TABLE child (id INT, n INT, CONSTRAINT uq UNIQUE (n), CONSTRAINT fk FOREIGN KEY (id) REFERENCES users (id))",
        )
        .unwrap();
    // what is repeatable is repeated
    for repeated in [
        "ALTER TABLE users MODIFY name VARCHAR(80), ENGINE = InnoDB",
        "ALTER TABLE users CHANGE name NAME VARCHAR(80)",
    ] {
        let operation = Operation::Execute {
            sql: repeated.into(),
            undo: None,
        };
        for _ in 0..2 {
            let probed = probe(session, &operation, 0, "").unwrap();
            assert_eq!(probed, ProbeResult::Repeatable, "{repeated}");
            session.execute(repeated).unwrap();
        }
    }
    for (doubtful, words) in [
        (
            "ALTER TABLE users DROP COLUMN name, ADD COLUMN name INT",
            "another did not",
        ),
        ("ALTER TABLE users ADD INDEX (name)", "is unknown"),
        (
            "ALTER TABLE users ADD id INT, ADD other INT",
            "another did not",
        ),
        (
            "ALTER TABLE users RENAME COLUMN id TO name",
            "`id` and `name`",
        ),
        ("RENAME TABLE users TO a, b TO c", "another did not"),
        ("RENAME TABLE users TO a, a TO users", "is unknown"),
        (
            "ALTER TABLE child ADD INDEX fk (id, n)",
            "that of a foreign key",
        ),
        (
            "ALTER TABLE child DROP CONSTRAINT uq",
            "another one of this name",
        ),
        (
            "ALTER TABLE users MODIFY name VARCHAR(80) UNIQUE",
            "is unknown",
        ),
    ] {
        let operation = Operation::Execute {
            sql: doubtful.into(),
            undo: None,
        };
        let found = found(probe(session, &operation, 0, "").unwrap());
        assert!(found.contains(words), "{doubtful}: {found}");
    }
}

/// Names of any Unicode are looked up unchanged.
fn any_name_is_looked_up<B: TestBackend>() {
    let character = prop_oneof![
        prop::sample::select(vec![
            '\'', '"', '`', '[', '\\', ';', '-', '%', ':', ' ', '\n', '.'
        ]),
        any::<char>().prop_filter("in range", |character| {
            !['\0', '\u{1e}', '\u{1f}'].contains(character) && *character <= '\u{ffff}'
        }),
    ];
    let name = prop::collection::vec(character, 1..12)
        .prop_map(|letters| format!("n{}n", String::from_iter(letters)));
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(
            &(name.clone(), name.clone(), name),
            |(first, second, third)| {
                let place = B::place();
                let mut session = B::session(&place);
                let session = session.as_mut();
                let mut collect = Collect::new(session.backend());
                let mut op = collect.operations();
                op.create_table(
                    table(format!("t{first}"))
                        .column(column("id", Integer).primary_key())
                        .column(column(format!("a{first}"), VarChar(50)))
                        .column(column(format!("b{second}"), VarChar(50)))
                        .constraint(unique([format!("b{second}")]).named(format!("u{third}"))),
                )
                .unwrap();
                let wanted = index(format!("i{third}")).on(
                    format!("t{first}"),
                    [format!("a{first}"), format!("b{second}")],
                );
                match B::KIND {
                    BackendKind::Postgres => op.create_index(wanted.concurrently()),
                    _ => op.create_index(wanted),
                }
                .unwrap();
                op.rename_column(
                    format!("t{first}"),
                    format!("a{first}"),
                    format!("c{third}"),
                )
                .unwrap();
                op.rename_table(format!("t{first}"), format!("r{second}"))
                    .unwrap();
                op.drop_table(format!("r{second}")).unwrap();
                for operation in collect.into_operations() {
                    prop_assert_eq!(walk(session, &operation, "any name"), None);
                }
                Ok(())
            },
        )
        .unwrap();
}

/// A statement that fails half way leaves an invalid index.
fn an_index_that_is_not_valid_is_broken<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, |op| {
        users(op)?;
        op.bulk_insert("users", ["id", "name"], [(3, "Ada")])
    })
    .unwrap();
    let create = |op: &mut Operations<'_>| {
        op.create_index(index("ix").on("users", ["name"]).unique().concurrently())
    };
    let drop = |op: &mut Operations<'_>| op.drop_index("ix").concurrently().on("users");
    run(session, create).unwrap_err();
    let ProbeResult::Broken { undo } = probed(session, create) else {
        panic!("it is not broken");
    };
    assert_eq!(probed(session, drop), ProbeResult::Absent);
    assert_eq!(undo, ["DROP INDEX CONCURRENTLY \"ix\""]);
    session.execute(&undo[0]).unwrap();
    assert_eq!(probed(session, create), ProbeResult::Absent);
    assert_eq!(probed(session, drop), ProbeResult::There);
    session.execute("DELETE FROM users WHERE id > 1").unwrap();
    run(session, create).unwrap();
    assert_eq!(probed(session, create), ProbeResult::There);
}

/// An index of the same name over other columns, and raw SQL.
fn other_indexes_are_not_mistaken_for_it<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, |op| {
        users(op)?;
        op.create_index(index("ix").on("users", ["name"]))
    })
    .unwrap();
    let found = found(probed(session, |op| {
        op.create_index(index("ix").on("users", ["email"]).concurrently())
    }));
    assert!(found.contains("over `name`"), "{found}");
    there_and_back(
        session,
        |op| op.execute("CREATE INDEX CONCURRENTLY By_Hand ON users (name)"),
        |op| op.execute("DROP INDEX CONCURRENTLY By_Hand"),
    );
}

mod postgres {
    #[test]
    fn an_index_concurrently() {
        super::an_index_that_is_not_valid_is_broken::<crate::postgres::Postgres>();
    }

    #[test]
    fn other_indexes() {
        super::other_indexes_are_not_mistaken_for_it::<crate::postgres::Postgres>();
    }

    #[test]
    fn any_name() {
        super::any_name_is_looked_up::<crate::postgres::Postgres>();
    }
}

/// If a change of the schema commits by itself, any of them may need a probe.
macro_rules! where_changes_commit {
    ($($test:ident)*) => {
        mod mysql { $(#[test] fn $test() { super::$test::<crate::mysql::Mysql>(); })* }
        mod mariadb { $(#[test] fn $test() { super::$test::<crate::mysql::Mariadb>(); })* }
    };
}

where_changes_commit! {
    other_objects_are_not_mistaken_for_it
    similar_objects_do_not_skip_a_change
    raw_sql_is_probed_by_name
    manual_changes_are_probed_in_parts
    any_name_is_looked_up
}
