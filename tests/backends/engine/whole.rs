//! Where the transactions of a run begin and end: around all of it, or nowhere.

use migrate_core::engine::backend::BackendKind;
use migrate_core::error::NotInOne;
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, History, Migrator, Transactions};

use super::applied;
use crate::backend::{TestBackend, on_each_backend, on_each_that_undoes};
use crate::histories::{Run, history, irreversible, reversible, three};

/// Two revisions that succeed, and one with this body.
fn ending_in(last: Run) -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        irreversible("b", &["a"], |op| op.bulk_insert("t", ["n"], [[1]])),
        irreversible("c", &["b"], last),
    ])
}

fn all_or_nothing<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let failing = ending_in(|op| op.bulk_insert("t", ["n"], [[2], [1]]));
    let error = Migrator::new(&failing)
        .transactions(Transactions::All)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revision);
    let Error::Revision(failure) = &error else {
        panic!("{error}")
    };
    assert_eq!(failure.revision, "c");
    assert!(failure.undone, "{failure}");
    assert_eq!(failure.report.steps.len(), 0, "nothing is left of them");
    assert_eq!(failure.report.current, [""; 0]);
    assert_eq!(applied(&failing, session.as_mut()), [""; 0]);
    assert_eq!(B::tables(session.as_mut()), 0);
    assert!(!session.in_transaction().unwrap());

    let fixed = ending_in(|op| op.bulk_insert("t", ["n"], [[2]]));
    let migrator = Migrator::new(&fixed).transactions(Transactions::All);
    let report = migrator.upgrade(session.as_mut(), "head").unwrap();
    assert_eq!(report.steps.len(), 3);
    let mut other = B::session(&place);
    assert_eq!(applied(&fixed, other.as_mut()), ["a", "b", "c"]);
    assert_eq!(B::of_rows(other.as_mut(), "n", "t"), ["1", "2"]);
    let three = three();
    let place = B::place();
    let mut session = B::session(&place);
    let migrator = Migrator::new(&three).transactions(Transactions::All);
    migrator.upgrade(session.as_mut(), "head").unwrap();
    migrator.downgrade(session.as_mut(), "base").unwrap();
    assert_eq!(B::tables(session.as_mut()), 0);
}

fn an_error_at_the_commit_rolls_back_all_of_it<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let failing = ending_in(|op| {
        op.create_table(
            table("child").column(column("parent", Integer)).constraint(
                foreign_key(["parent"])
                    .references("t", ["n"])
                    .initially_deferred(),
            ),
        )?;
        op.bulk_insert("child", ["parent"], [[7]])
    });
    let error = Migrator::new(&failing)
        .transactions(Transactions::All)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revision, "{error}");
    let Error::NotCommitted(failed) = &error else {
        panic!("{error}")
    };
    assert!(!failed.unknown);
    assert_eq!(failed.report.steps.len(), 0);
    assert_eq!(failed.report.current, [""; 0]);
    assert!(
        error.to_string().contains("was rolled back completely"),
        "{error}"
    );
    assert!(!session.in_transaction().unwrap());
    assert_eq!(applied(&failing, session.as_mut()), [""; 0]);
    assert_eq!(B::tables(B::session(&place).as_mut()), 0);
}

fn revisions_without_a_transaction_join_none<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        irreversible("b", &["a"], |_| Ok(())).without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let error = Migrator::new(&history)
        .transactions(Transactions::All)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert!(
        matches!(&error, Error::NotInOne(NotInOne::Revision(id)) if id == "b"),
        "{error}"
    );
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert_eq!(B::tables(session.as_mut()), 0, "nothing was run");
}

fn databases_with_implicit_commits_refuse_one_transaction_for_the_run<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let outcome = Migrator::new(&three())
        .transactions(Transactions::All)
        .upgrade(session.as_mut(), "head");
    match B::KIND {
        BackendKind::Mysql | BackendKind::Mariadb => {
            let error = outcome.unwrap_err();
            assert!(
                matches!(&error, Error::NotInOne(NotInOne::Backend(kind)) if *kind == B::KIND),
                "{error}"
            );
            assert_eq!(B::tables(session.as_mut()), 0, "nothing was run");
        }
        _ => assert!(outcome.unwrap().at_heads),
    }
}

fn without_transactions_changes_stay<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let failing = ending_in(|op| {
        op.bulk_insert("t", ["n"], [[2]])?;
        op.execute("nonsense")
    });
    let error = Migrator::new(&failing)
        .transactions(Transactions::None)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = &error else {
        panic!("{error}")
    };
    assert!(!failure.undone, "{failure}");
    assert_eq!(failure.kept, ["insert 1 row into `t`"]);
    assert_eq!(failure.report.current, ["b"]);
    assert_eq!(applied(&failing, session.as_mut()), ["a", "b"]);
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["1", "2"]);
}

on_each_that_undoes! {
    all_or_nothing
    an_error_at_the_commit_rolls_back_all_of_it
    revisions_without_a_transaction_join_none
}

on_each_backend! {
    databases_with_implicit_commits_refuse_one_transaction_for_the_run
    without_transactions_changes_stay
}
