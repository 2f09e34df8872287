//! What is refused before anything runs.

use diesel::RunQueryDsl;
use migrate_core::error::IrreversibleReason;
use migrate_core::prelude::*;
use migrate_core::revision::{Ask, Body, Downgrade, Needs};
use migrate_core::{Error, ErrorKind, Migrator, Revision, with_connection};

use super::applied;
use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, irreversible, reversible, three, with_downgrade};

fn unknown_targets_are_usage_errors<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut session = B::session(&place);
    for target in ["missing", "+9", "", "a:b", "absent@head"] {
        let error = Migrator::new(&history)
            .upgrade(session.as_mut(), target)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{target}: {error}");
    }
}

fn a_database_with_unknown_revisions_is_not_touched<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let migrator = Migrator::new(&history);
    migrator.upgrade(session, "a").unwrap();
    session
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('later')")
        .unwrap();
    for error in [
        migrator.upgrade(session, "head").unwrap_err(),
        migrator.downgrade(session, "base").unwrap_err(),
        migrator.stamp(session, &["head"], false).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("`later`"), "{error}");
        assert!(error.help().is_some());
    }
    assert_eq!(migrator.status(session).unwrap().unknown, ["later"]);
    let stamped = migrator.stamp(session, &["head"], true).unwrap();
    assert!(stamped.removed.contains(&"later".to_owned()), "{stamped:?}");
    assert!(migrator.status(session).unwrap().at_heads);
}

fn down_past_an_irreversible_revision_runs_nothing<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        irreversible("b", &["a"], |op| op.execute("DELETE FROM t")),
        with_downgrade(
            "c",
            &["b"],
            |_| Ok(()),
            |op| op.execute("INSERT INTO t VALUES (1)"),
        ),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    Migrator::new(&history).upgrade(session, "head").unwrap();
    let error = Migrator::new(&history)
        .downgrade(session, "base")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(
        error.to_string(),
        "revision `b` cannot be reverted: it is declared `irreversible`"
    );
    assert_eq!(applied(&history, session), ["a", "b", "c"]);
    assert_eq!(B::of_rows(session, "count(*)", "t"), ["0"]);
}

fn a_reversible_revision_without_enough_data_is_named_before_anything_runs<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        reversible("b", &["a"], |op| op.execute("DELETE FROM t")),
        with_downgrade(
            "c",
            &["b"],
            |_| Ok(()),
            |op| op.execute("INSERT INTO t VALUES (1)"),
        ),
        reversible("d", &["c"], |op| {
            with_connection!(op, |connection| diesel::sql_query("SELECT 1")
                .execute(connection))?;
            Ok(())
        }),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    Migrator::new(&history).upgrade(session, "c").unwrap();
    let error = Migrator::new(&history).downgrade(session, "a").unwrap_err();
    assert_eq!(
        error.to_string(),
        "revision `b` cannot be reverted: execute `DELETE FROM t`: cannot be reversed without the SQL that undoes it"
    );
    assert_eq!(
        error
            .help()
            .map(|help| help.typed("cargo migrate"))
            .as_deref(),
        Some(
            "op.execute(sql(\"…\").undone_by(\"…\")); or revert it by hand, and record that with `cargo migrate stamp a`"
        )
    );
    assert_eq!(applied(&history, session), ["a", "b", "c"]);

    Migrator::new(&history).upgrade(session, "d").unwrap();
    let error = Migrator::new(&history)
        .downgrade(session, "-1")
        .unwrap_err();
    assert!(
        matches!(&error, Error::Irreversible { reason: IrreversibleReason::Body(reason), .. } if reason.contains("uses the connection")),
        "{error}"
    );
}

fn a_revision_for_another_backend_is_refused<B: TestBackend>() {
    const OTHER: Revision = Revision::new(
        "b",
        &["a"],
        "",
        "migrations/b.rs",
        1,
        Body::Asked(|ask| {
            if let Ask::Needs(needs) = ask {
                *needs = Needs::Connection("another");
            }
            Ok(())
        }),
        Downgrade::Irreversible,
    );
    let history = history(vec![
        reversible("a", &[], |op| op.execute("SELECT 1")),
        OTHER,
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::OtherBackend {
                needs: "another",
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(applied(&history, session.as_mut()), [""; 0]);
}

fn a_history_that_is_not_sound_is_refused<B: TestBackend>() {
    let history = history(vec![reversible("b", &["a"], |_| Ok(()))]);
    let place = B::place();
    let mut session = B::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert!(matches!(error, Error::History(_)));
    assert_eq!(error.to_string(), "no revision `a` in this history");
}

on_each_backend! {
    unknown_targets_are_usage_errors
    a_database_with_unknown_revisions_is_not_touched
    down_past_an_irreversible_revision_runs_nothing
    a_reversible_revision_without_enough_data_is_named_before_anything_runs
    a_revision_for_another_backend_is_refused
    a_history_that_is_not_sound_is_refused
}
