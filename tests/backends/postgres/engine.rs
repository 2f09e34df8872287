//! The engine on PostgreSQL alone: schemas, the server's messages, and statements that cannot run
//! in a transaction.

use diesel::prelude::*;
use diesel::sql_types::Text as SqlText;
use migrate_core::engine::backend::{self, Access};
use migrate_core::error::Cause;
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, Migrator, Transactions};

use super::Postgres;
use crate::backend::TestBackend;
use crate::engine::applied;
use crate::engine::failures::failure;
use crate::histories::{Run, history, irreversible, reversible, three, with_downgrade};

#[test]
fn a_search_path_that_a_revision_sets_is_its_own() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| {
                op.create_schema("app")?;
                op.execute("SET search_path TO app")?;
                op.create_table(table("one").column(column("n", Integer)))
            },
            |op| op.drop_schema_cascade("app"),
        ),
        reversible("b", &["a"], |op| {
            op.create_table(table("two").column(column("n", Integer)))
        }),
        with_downgrade(
            "c",
            &["b"],
            |op| op.execute("SET search_path TO app"),
            |op| op.execute("SET search_path TO ''"),
        )
        .without_transaction(),
    ]);
    let place = Postgres::place();
    let mut connection = Postgres::connection(&place);
    let migrator = Migrator::new(&history);
    migrator.upgrade(&mut connection, "head").unwrap();
    let mut session = Postgres::session(&place);
    let facts = Postgres::catalogue(session.as_mut());
    assert!(
        facts.contains("table app.one") && facts.contains("table two"),
        "{facts:?}"
    );
    assert_eq!(applied(&history, session.as_mut()), ["a", "b", "c"]);

    // a borrowed connection is unchanged
    #[derive(QueryableByName)]
    struct Path {
        #[diesel(sql_type = SqlText)]
        path: String,
    }
    let path: Path = diesel::sql_query("SELECT current_setting('search_path') AS path")
        .get_result(&mut connection)
        .unwrap();
    assert_eq!(path.path, "\"$user\", public");

    migrator.downgrade(&mut connection, "base").unwrap();
    assert_eq!(Postgres::catalogue(session.as_mut()).len(), 0);
    assert_eq!(applied(&history, session.as_mut()), [""; 0]);
}

#[test]
fn each_schema_can_have_a_version_table_of_its_own() {
    let place = Postgres::place();
    place.execute("CREATE SCHEMA \"Ten ant\"");
    let mut public = Postgres::session(&place);
    Migrator::new(&three())
        .upgrade(public.as_mut(), "a")
        .unwrap();
    let url = format!("{}?options=-csearch_path%3D%22Ten%5C%20ant%22", place.url());
    let mut tenant = backend::connect(&url.parse().unwrap(), Access::Write).unwrap();
    assert_eq!(
        tenant
            .texts("SELECT current_schema()::text AS text")
            .unwrap(),
        ["Ten ant"]
    );
    assert_eq!(applied(&three(), tenant.as_mut()), [""; 0]);
    Migrator::new(&three())
        .upgrade(tenant.as_mut(), "head")
        .unwrap();
    assert_eq!(applied(&three(), tenant.as_mut()), ["a", "b", "c"]);
    assert_eq!(applied(&three(), public.as_mut()), ["a"]);
}

/// A tenant's schema before the shared one: what is applied in the latter does not count for the
/// tenant, and the user can choose either.
#[test]
fn a_version_table_behind_the_first_schema_of_the_path_is_asked_about() {
    let place = Postgres::place();
    let three = three();
    let open = |options: &str| {
        let url = format!("{}?options={options}", place.url());
        backend::connect(&url.parse().unwrap(), Access::Write).unwrap()
    };
    let path = "-csearch_path%3Dnot_there,s2,public";
    let migrator = Migrator::new(&three);
    // while `s2` does not exist, `public` is the only one
    migrator.upgrade(open(path).as_mut(), "a").unwrap();
    place.execute("CREATE SCHEMA s2; CREATE SCHEMA s3");
    let mut tenant = open(path);
    for error in [
        migrator
            .upgrade(tenant.as_mut(), "head")
            .map(|_| ())
            .unwrap_err(),
        migrator
            .downgrade(tenant.as_mut(), "base")
            .map(|_| ())
            .unwrap_err(),
        migrator
            .stamp(tenant.as_mut(), &["head"], false)
            .map(|_| ())
            .unwrap_err(),
        migrator.status(tenant.as_mut()).map(|_| ()).unwrap_err(),
        migrator
            .require_head(tenant.as_mut())
            .map(|_| ())
            .unwrap_err(),
        migrator.objects(tenant.as_mut()).map(|_| ()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert_eq!(
            error.to_string(),
            "the schema `s2` has no version table, but `public` after it in the search path has one: it is ambiguous which one is meant"
        );
        assert!(
            error
                .help()
                .unwrap()
                .typed("cargo migrate")
                .contains("migrate.schema")
        );
    }
    // the existing one
    let mut shared = open(&format!("{path}%20-cmigrate.schema%3Dpublic"));
    assert_eq!(applied(&three, shared.as_mut()), ["a"]);
    assert_eq!(
        shared.chosen_version_table().unwrap(),
        "\"public\".__diesel_schema_migrations"
    );
    // a new one, which is the tenant's from then on
    let mut new = open(&format!("{path}%20-cmigrate.schema%3Ds2"));
    assert_eq!(applied(&three, new.as_mut()), [""; 0]);
    migrator.upgrade(new.as_mut(), "b").unwrap();
    for options in [path, "-csearch_path%3Ds2"] {
        assert_eq!(
            applied(&three, open(options).as_mut()),
            ["a", "b"],
            "{options}"
        );
    }
    assert_eq!(
        new.texts("SELECT relname::text AS text FROM pg_class WHERE relnamespace = 's2'::regnamespace AND relname LIKE E'\\\\_\\\\_%' AND relkind = 'r' ORDER BY 1").unwrap(),
        ["__diesel_schema_migrations", "__migrate_journal"]
    );
    assert_eq!(applied(&three, Postgres::session(&place).as_mut()), ["a"]);
    // a version table that diesel created, with the journal of the shared schema behind it
    place.execute(
        "CREATE TABLE s3.__diesel_schema_migrations (LIKE public.__diesel_schema_migrations INCLUDING ALL)",
    );
    let mut diesel = open("-csearch_path%3Ds3,public");
    assert_eq!(applied(&three, diesel.as_mut()), [""; 0]);
    assert!(migrator.status(diesel.as_mut()).unwrap().last_run.is_none());
    // the user's own schema, which does not exist, changes nothing
    let mut plain = Postgres::session(&place);
    migrator.upgrade(plain.as_mut(), "head").unwrap();
    assert_eq!(plain.chosen_version_table(), None);
}

#[test]
fn read_only_users_get_the_status() {
    let place = Postgres::place();
    let url = format!(
        "{}?options=-cdefault_transaction_read_only%3Don",
        place.url()
    );
    for known in [0, 3] {
        let mut reader = backend::connect(&url.parse().unwrap(), Access::Read).unwrap();
        let migrator_history = three();
        let status = Migrator::new(&migrator_history)
            .status(reader.as_mut())
            .unwrap();
        assert_eq!(status.applied.len(), known);
        let version = reader.server_version().unwrap().unwrap();
        assert!(
            version.starts_with(|first: char| first.is_ascii_digit()),
            "{version}"
        );
        Migrator::new(&three())
            .upgrade(Postgres::session(&place).as_mut(), "head")
            .unwrap();
    }
}

#[test]
fn a_failure_shows_all_fields_of_the_servers_error() {
    let twice = failure::<Postgres>(|op| op.bulk_insert("t", ["n"], [[1], [1]]));
    assert_eq!(
        twice.to_string(),
        "the upgrade of revision `b` failed: duplicate key value violates unique constraint \"t_pkey\"\n  \
         operation: insert 2 rows into `t`\n  \
         statement: INSERT INTO \"t\" (\"n\") VALUES\n  (1),\n  (1)\n  \
         detail: Key (n)=(1) already exists."
    );
    let misspelt = failure::<Postgres>(|op| op.execute("UPDATE t\nSET m = 1"));
    assert_eq!(misspelt.server_facts().position, Some(14));
    assert!(
        misspelt
            .to_string()
            .ends_with("\n  position: line 2, column 5\n    SET m = 1\n        ^"),
        "{misspelt}"
    );
    let hinted = failure::<Postgres>(|op| op.execute("SELECT lenght('a')"));
    assert!(
        hinted.to_string().contains("\n  hint: No function matches"),
        "{hinted}"
    );
}

#[test]
fn a_swallowed_error_aborts_the_transaction_and_is_reported() {
    let failure = failure::<Postgres>(|op| {
        let _ = diesel::sql_query("nonsense").execute(op.postgres()?);
        Ok(())
    });
    assert!(
        failure
            .to_string()
            .contains("current transaction is aborted"),
        "{failure}"
    );
    assert!(failure.undone);
}

#[test]
fn a_deferred_key_is_checked_at_the_commit() {
    let failure = failure::<Postgres>(|op| {
        op.create_table(
            table("child").column(column("parent", Integer)).constraint(
                foreign_key(["parent"])
                    .references("t", ["n"])
                    .initially_deferred(),
            ),
        )?;
        op.bulk_insert("child", ["parent"], [[7]])
    });
    assert!(failure.undone);
    assert!(matches!(failure.cause, Cause::Commit(_)), "{failure}");
    assert!(
        failure.to_string().contains("detail: Key (parent)=(7)"),
        "{failure}"
    );
}

#[test]
fn concurrently_inside_a_transaction_is_refused_before_it_is_tried() {
    let refused =
        failure::<Postgres>(|op| op.create_index(index("ix").on("t", ["n"]).concurrently()));
    assert!(refused.statement.is_none(), "{refused}");
    assert!(
        refused
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("transaction = false")
    );

    let history = history(vec![reversible("a", &[], |op| {
        op.create_index(index("ix").on("t", ["n"]).concurrently())
    })]);
    let script = Migrator::new(&history).upgrade_script(Postgres::KIND, "head");
    assert!(matches!(script, Err(Error::NoScript(_))));
}

#[test]
fn names_that_the_server_would_truncate_are_refused() {
    let long = failure::<Postgres>(|op| {
        op.create_table(table("x".repeat(64)).column(column("n", Integer)))
    });
    assert!(
        long.statement.is_none() && long.to_string().contains("64 bytes"),
        "{long}"
    );
}

#[test]
fn a_statement_that_needs_no_transaction_gets_none() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| op.execute("VACUUM"),
            |op| op.execute("VACUUM"),
        )
        .without_transaction(),
    ]);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    Migrator::new(&history)
        .downgrade(session.as_mut(), "base")
        .unwrap();
    let inside = history_of_vacuum_inside();
    let error = Migrator::new(&inside)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revision);
    assert!(matches!(error, Error::Revision(_)), "{error}");
}

fn history_of_vacuum_inside() -> migrate_core::History {
    history(vec![with_downgrade(
        "v",
        &[],
        |op| op.execute("VACUUM"),
        |_| Ok(()),
    )])
}

/// Sends SQL past the operations.
fn send(op: &mut Operations<'_>, sql: &str) -> Result<()> {
    use diesel::connection::SimpleConnection;
    Ok(op.postgres()?.batch_execute(sql)?)
}

#[test]
fn a_replaced_transaction_is_not_rolled_back() {
    let bodies: [Run; 2] = [
        |op| send(op, "COMMIT; BEGIN; SELECT nonsense"),
        |op| {
            send(op, "COMMIT")?;
            send(op, "BEGIN")?;
            op.execute("SELECT nonsense")
        },
    ];
    for body in bodies {
        let failure = failure::<Postgres>(body);
        assert!(!failure.undone, "{failure}");
        assert!(failure.to_string().contains("nonsense"), "{failure}");
    }
}

/// Without a transaction: a block of code that failed left nothing, and a procedure may have
/// committed a part.
#[test]
fn failed_blocks_are_repeated_and_procedures_are_asked_about() {
    let of = |last: Run| {
        history(vec![
            irreversible("a", &[], |op| {
                op.execute(
                    "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'nope'; END $$",
                )
            }),
            irreversible("b", &["a"], last).without_transaction(),
        ])
    };
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    let mut up =
        |history: &migrate_core::History| Migrator::new(history).upgrade(session.as_mut(), "head");
    let failing = of(|op| {
        op.create_table(table("t").column(column("n", Integer)))?;
        op.execute("DO $$ BEGIN RAISE EXCEPTION 'nope'; END $$")
    });
    let error = up(&failing).unwrap_err();
    assert!(
        !error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("resolve"),
        "{error}"
    );
    let calling = of(|op| {
        op.create_table(table("t").column(column("n", Integer)))?;
        op.execute("CALL p()")
    });
    let error = up(&calling).unwrap_err();
    let help = error.help().unwrap().typed("cargo migrate");
    assert!(
        help.contains("resolve b --done`, or `--not-done`"),
        "{help}"
    );
    let fixed = of(|op| {
        op.create_table(table("t").column(column("n", Integer)))?;
        op.execute("SELECT 1")
    });
    let error = up(&fixed).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("operation 2 was started by an earlier run"),
        "{error}"
    );
    assert!(
        error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("resolve b --not-done"),
        "{error}"
    );
    let decision = migrate_core::migrator::Decision::StepNotDone;
    Migrator::new(&fixed)
        .resolve(Postgres::session(&place).as_mut(), "b", decision)
        .unwrap();
    up(&fixed).unwrap();
}

/// Whatever follows: the record is refused too, or the transaction that replaced it is aborted.
#[test]
fn commits_are_not_reported_as_rolled_back() {
    let bodies: [Run; 3] = [
        |op| {
            op.execute("INSERT INTO t VALUES (5)")?;
            send(op, "COMMIT")?;
            op.execute("ALTER TABLE __diesel_schema_migrations RENAME TO elsewhere")
        },
        |op| {
            let connection = op.postgres()?;
            for sql in ["INSERT INTO t VALUES (5)", "COMMIT", "BEGIN"] {
                diesel::sql_query(sql).execute(connection)?;
            }
            let _ = diesel::sql_query("SELECT nonsense").execute(connection);
            Ok(())
        },
        |op| send(op, "INSERT INTO t VALUES (5); COMMIT; BEGIN"),
    ];
    for body in bodies {
        let history = history(vec![
            reversible("a", &[], |op| {
                op.create_table(table("t").column(column("n", Integer)))
            }),
            irreversible("b", &["a"], body),
        ]);
        let place = Postgres::place();
        let mut session = Postgres::session(&place);
        let error = Migrator::new(&history)
            .upgrade(session.as_mut(), "head")
            .unwrap_err();
        let Error::Revision(failure) = error else {
            panic!("{error}")
        };
        assert!(
            matches!(failure.cause, Cause::EndedTransaction),
            "{failure}"
        );
        assert!(!failure.undone, "{failure}");
        assert!(!session.in_transaction().unwrap());
        assert_eq!(Postgres::of_rows(session.as_mut(), "n", "t"), ["5"]);
    }
}

/// A revision whose COMMIT ends its own connection.
fn cut_at_the_commit() -> migrate_core::History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        irreversible("b", &["a"], |op| {
            op.execute(
                "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
            )?;
            op.execute(
                "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED \
                 FOR EACH ROW EXECUTE FUNCTION cut()",
            )?;
            op.bulk_insert("t", ["n"], [[1]])
        }),
    ])
}

#[test]
fn a_run_that_is_lost_at_the_commit_leaves_all_of_it_unknown() {
    let history = cut_at_the_commit();
    let place = Postgres::place();
    let error = Migrator::new(&history)
        .transactions(Transactions::All)
        .upgrade(Postgres::session(&place).as_mut(), "head")
        .unwrap_err();
    assert!(
        matches!(&error, Error::NotCommitted(failed) if failed.unknown),
        "{error}"
    );
    assert!(error.report().is_none());
    assert!(
        error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("cargo migrate status")
    );
}

#[test]
fn a_connection_that_is_lost_at_the_commit_leaves_it_unknown() {
    let history = cut_at_the_commit();
    let place = Postgres::place();
    let error = Migrator::new(&history)
        .upgrade(Postgres::session(&place).as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(
        matches!(failure.cause, Cause::CommitUnknown(_)),
        "{failure}"
    );
    assert!(!failure.undone);
    assert!(failure.to_string().contains("is unknown"), "{failure}");
    assert!(
        failure
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("cargo migrate status")
    );
}
