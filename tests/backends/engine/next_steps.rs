//! The next step after each kind of failure, on each database: what the failed revision did, and
//! what is printed to do about it.

use migrate_core::Migrator;
use migrate_core::prelude::*;

use crate::backend::TestBackend;
use crate::histories::{Run, history, with_downgrade};

/// What the database has before, what the revision does, and the help.
type Case = (&'static [&'static str], Run, &'static str);

/// Runs each revision on a database of its own, and compares the help.
fn helps<B: TestBackend>(cases: &[Case]) {
    for (before, up, expected) in cases {
        let history = history(vec![with_downgrade("b", &[], *up, |_| Ok(()))]);
        let place = B::place();
        let mut session = B::session(&place);
        for sql in *before {
            session.execute(sql).unwrap();
        }
        let run = Migrator::new(&history)
            .lock_retries(0)
            .upgrade(session.as_mut(), "head");
        let Err(migrate_core::Error::Revision(failure)) = run else {
            panic!("{run:?}")
        };
        let found = failure.help().map(|help| help.typed("cargo migrate"));
        let url = B::url(&place);
        let name = url.as_secret_str().rsplit('/').next().unwrap_or_default();
        let found = match expected.contains("[DATABASE]") {
            true => found.map(|found| found.replace(name, "[DATABASE]")),
            false => found,
        };
        assert_eq!(found.as_deref(), Some(*expected), "{failure}");
    }
}

const EXISTS: &str = "the database has it already: compare with `cargo migrate schema diff database history@b`; if all of revision `b` is there, \
                      record that with `cargo migrate stamp b`, otherwise fix the revision";

#[test]
fn on_sqlite() {
    helps::<crate::sqlite::Sqlite>(&[
        (
            &["CREATE VIEW v AS SELECT 1 AS n"],
            |op| op.execute("CREATE VIEW v AS SELECT 1 AS n"),
            EXISTS,
        ),
        (
            &[
                "CREATE TABLE t (a INTEGER, n INTEGER)",
                "CREATE VIEW v AS SELECT n FROM t",
            ],
            |op| op.execute("ALTER TABLE t DROP COLUMN n"),
            "drop `view v` before, and create it again after, in the same revision",
        ),
        (
            &[
                "CREATE TABLE t (a INTEGER, n INTEGER)",
                "CREATE VIEW v AS SELECT n FROM t",
            ],
            |op| op.drop_column("t", "n"),
            "drop `view v` before, and create it again after, in the same revision",
        ),
        (
            &[
                "CREATE TABLE t (a INTEGER, n INTEGER UNIQUE)",
                "CREATE VIEW v AS SELECT n FROM t",
            ],
            |op| op.drop_column("t", "n"),
            "drop `view v` before, and create it again after, in the same revision",
        ),
        (
            &[],
            |op| op.execute("VACUUM"),
            "run it outside a transaction, in a revision of its own: `#[revision(…, transaction = false)]`",
        ),
        (
            &["CREATE TABLE t (a INTEGER)"],
            |op| {
                op.execute("PRAGMA query_only = ON")?;
                op.execute("INSERT INTO t VALUES (1)")
            },
            "make the database's file and its folder writable for this user",
        ),
    ]);
}

#[cfg(feature = "servers")]
#[test]
fn on_postgres() {
    helps::<crate::postgres::Postgres>(&[
        (
            &["CREATE TYPE e AS ENUM ('a')"],
            |op| op.execute("CREATE TYPE e AS ENUM ('a')"),
            EXISTS,
        ),
        (
            &["CREATE TABLE t (n INTEGER CONSTRAINT c CHECK (n > 0))"],
            |op| op.add_constraint("t", check("n > 1").named("c")),
            EXISTS,
        ),
        (
            &["CREATE TABLE t (n INTEGER)"],
            |op| op.execute("VACUUM t"),
            "run it outside a transaction, in a revision of its own: `#[revision(…, transaction = false)]`",
        ),
        (
            &["CREATE TYPE e AS ENUM ('a')", "CREATE TABLE t (n e)"],
            |op| {
                op.execute("ALTER TYPE e ADD VALUE 'b'")?;
                op.execute("INSERT INTO t VALUES ('b')")
            },
            "add the label in one revision, and use it in the next one, which begins after the first is committed",
        ),
        (
            &[
                "CREATE TABLE t (a INTEGER, n INTEGER)",
                "CREATE VIEW v AS SELECT n FROM t",
            ],
            |op| op.drop_column("t", "n"),
            "drop `view v` before, and create it again after, in the same revision",
        ),
        (
            &[
                "CREATE TABLE t (a INTEGER, n INTEGER)",
                "CREATE VIEW v AS SELECT n FROM t",
            ],
            |op| op.alter_column("t", alter("n").set_type(BigInt)),
            "drop `view v` before, and create it again after, in the same revision",
        ),
        (
            &["CREATE TABLE t (n INTEGER)"],
            |op| {
                op.execute("SET TRANSACTION READ ONLY")?;
                op.execute("INSERT INTO t VALUES (1)")
            },
            "connect to the primary server, not to a replica, or turn `default_transaction_read_only` off",
        ),
        (
            &["CREATE TABLE t (n INTEGER)"],
            |op| {
                op.execute("SET LOCAL ROLE pg_monitor")?;
                op.execute("INSERT INTO t VALUES (1)")
            },
            "a statement of the revision has set the role `pg_monitor`: run `RESET ROLE` before this one; or, if the role is meant to do it, \
             the user needs INSERT on TABLE t: ask its owner or an administrator to run `GRANT INSERT ON TABLE t TO pg_monitor`",
        ),
        (
            &["CREATE TABLE t (n INTEGER)"],
            |op| {
                op.execute("SET ROLE pg_monitor; RESET ROLE; SET LOCAL SESSION AUTHORIZATION pg_monitor; INSERT INTO t VALUES (1)")
            },
            "a statement of the revision has set the role `pg_monitor`: run `RESET ROLE` before this one; or, if the role is meant to do it, \
             the user needs SELECT, INSERT, UPDATE, DELETE on TABLE t: ask its owner or an administrator to run `GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE t TO pg_monitor`",
        ),
        (
            &[],
            |op| {
                op.execute("SET LOCAL statement_timeout = 50")?;
                op.execute("SELECT pg_sleep(5)")
            },
            "allow more time with `--statement-timeout SECONDS`; 0 waits forever",
        ),
    ]);
}

#[cfg(feature = "servers")]
const FAMILY: &[Case] = &[
    (
        &[
            "CREATE TABLE p (n INTEGER PRIMARY KEY)",
            "CREATE TABLE t (n INTEGER, CONSTRAINT k FOREIGN KEY (n) REFERENCES p (n))",
        ],
        |op| op.execute("ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES p (n)"),
        EXISTS,
    ),
    (
        &[
            "CREATE TABLE p (n INTEGER PRIMARY KEY)",
            "CREATE TABLE t (n INTEGER, INDEX ix (n), CONSTRAINT k FOREIGN KEY (n) REFERENCES p (n))",
        ],
        |op| op.execute("ALTER TABLE t DROP INDEX ix"),
        "drop what depends on it before, and create it again after, in the same revision",
    ),
    (
        &[
            "CREATE TABLE p (n INTEGER PRIMARY KEY)",
            "CREATE TABLE t (a INTEGER, n INTEGER, CONSTRAINT k FOREIGN KEY (n) REFERENCES p (n))",
        ],
        |op| op.execute("ALTER TABLE t DROP COLUMN n"),
        "drop what depends on it before, and create it again after, in the same revision",
    ),
    (
        &[
            "CREATE TABLE p (n INTEGER PRIMARY KEY)",
            "CREATE TABLE t (a INTEGER, n INTEGER, CONSTRAINT k FOREIGN KEY (n) REFERENCES p (n))",
        ],
        |op| op.execute("DROP TABLE p"),
        "drop what depends on it before, and create it again after, in the same revision",
    ),
    (
        &[
            "CREATE TABLE t (a INTEGER, n INTEGER)",
            "CREATE VIEW v AS SELECT n FROM t",
        ],
        |op| {
            op.drop_column("t", "n")?;
            op.execute("SELECT n FROM v")
        },
        "drop `view [DATABASE].v` before, and create it again after, in the same revision",
    ),
    (
        &["CREATE TABLE t (n INTEGER)"],
        |op| {
            op.execute("SET SESSION TRANSACTION READ ONLY")?;
            op.execute("CREATE TABLE u (n INTEGER)")
        },
        "turn the server's `transaction_read_only` off for this user, or connect to the primary server; it may be partially done: \
         check whether it was run, then record that: `cargo migrate resolve b --done`, or `--not-done`",
    ),
    (
        &["CREATE TABLE t (n INTEGER)"],
        |op| {
            op.execute("INSERT INTO t VALUES (1)")?;
            op.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        },
        "run it outside a transaction, in a revision of its own: `#[revision(…, transaction = false)]`",
    ),
];

#[cfg(feature = "servers")]
#[test]
fn on_mysql() {
    helps::<crate::mysql::Mysql>(FAMILY);
}

#[cfg(feature = "servers")]
#[test]
fn a_dry_run_over_a_new_label_says_what_to_apply_first() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| op.execute("ALTER TYPE e ADD VALUE 'b'"),
            |_| Ok(()),
        ),
        with_downgrade(
            "b",
            &["a"],
            |op| op.execute("INSERT INTO t VALUES ('b')"),
            |_| Ok(()),
        ),
    ]);
    let place = crate::postgres::Postgres::place();
    let mut session = crate::postgres::Postgres::session(&place);
    for sql in ["CREATE TYPE e AS ENUM ('a')", "CREATE TABLE t (n e)"] {
        session.execute(sql).unwrap();
    }
    let migrator = Migrator::new(&history);
    let all = Migrator::new(&history).transactions(migrate_core::migrator::Transactions::All);
    for run in [
        migrator.dry_run_upgrade(session.as_mut(), &["head"]),
        all.upgrade(session.as_mut(), "head"),
    ] {
        let Err(migrate_core::Error::Revision(failure)) = run else {
            panic!("{run:?}")
        };
        let help = failure.help().map(|help| help.typed("cargo migrate"));
        assert_eq!(
            help.as_deref(),
            Some(
                "a dry run and `--transaction all` are one transaction, which cannot use a label that it adds: \
                 apply the revisions before it first, with `cargo migrate up a`"
            )
        );
    }
    migrator.upgrade(session.as_mut(), "head").unwrap();
}

#[cfg(feature = "servers")]
#[test]
fn a_warning_before_the_error_is_shown_on_mariadb() {
    let history = history(vec![with_downgrade(
        "b",
        &[],
        |op| op.execute("CREATE TABLE t (n INTEGER, FOREIGN KEY (n) REFERENCES nowhere (n))"),
        |_| Ok(()),
    )]);
    let place = crate::mysql::Mariadb::place();
    let mut session = crate::mysql::Mariadb::session(&place);
    for _ in 0..2 {
        let run = Migrator::new(&history).upgrade(session.as_mut(), "head");
        let Err(migrate_core::Error::Revision(failure)) = run else {
            panic!("{run:?}")
        };
        let detail = failure.server_facts().detail.unwrap_or_default();
        assert!(detail.contains("Referenced table"), "{failure}");
        assert!(
            failure.cause.to_string().ends_with("(error 1005)"),
            "{failure}"
        );
    }
}

#[cfg(feature = "servers")]
#[test]
fn on_mariadb() {
    helps::<crate::mysql::Mariadb>(FAMILY);
    helps::<crate::mysql::Mariadb>(&[(
        &[],
        |op| {
            op.execute("SET max_statement_time = 1")?;
            op.execute("SELECT sleep(2)")
        },
        "allow more time with `--statement-timeout SECONDS`; 0 waits forever",
    )]);
}
