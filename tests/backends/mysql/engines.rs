//! Tables whose engine has no transactions: a change of rows there commits by itself, so the
//! journal records it before it is sent, and it is neither repeated nor reported as rolled back.

use diesel::RunQueryDsl;
use migrate_core::engine::backend::Session;
use migrate_core::journal::OpenKind;
use migrate_core::migrator::Decision;
use migrate_core::prelude::*;
use migrate_core::{Error, History, Migrator, with_connection};

use super::on_both;
use crate::backend::TestBackend;
use crate::engine::applied;
use crate::engine::resume::cut;
use crate::histories::{Run, history, irreversible};

/// The engines of the servers into which rows can be inserted.
fn engines<B: TestBackend>() -> &'static [&'static str] {
    match B::KIND {
        BackendKind::Mariadb => &["MyISAM", "Aria", "MEMORY"],
        _ => &["MyISAM", "MEMORY", "ARCHIVE"],
    }
}

/// All ways in which rows come into `m`: one row for each operation, with its number from 0.
fn ways_in(op: &mut Operations<'_>) -> Result<()> {
    op.execute("INSERT INTO m VALUES (0)")?;
    op.bulk_insert("m", ["n"], [(1,)])?;
    op.execute("INSERT INTO t VALUES (2)")?; // by a trigger
    op.execute("INSERT INTO v VALUES (3)")?; // by a view
    op.execute("CALL p(4)")?;
    op.execute("DO f(5)")?;
    op.execute("INSERT INTO plain VALUES (6); INSERT INTO m VALUES (6)")?;
    with_connection!(op, |connection| {
        diesel::sql_query(
        "INSERT INTO m SELECT 7 FROM plain WHERE NOT EXISTS (SELECT 1 FROM m AS there WHERE n = 7) LIMIT 1"
    )
    .execute(connection)
    })?;
    op.execute("INSERT INTO plain VALUES (8)")?;
    op.execute("INSERT INTO m VALUES (9)")
}

fn surroundings(op: &mut Operations<'_>) -> Result<()> {
    op.execute("CREATE TABLE plain (n INT)")?;
    op.execute("CREATE TABLE t (n INT)")?;
    op.execute("CREATE VIEW v AS SELECT n FROM m")?;
    op.execute("CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW INSERT INTO m VALUES (NEW.n)")?;
    op.execute("CREATE PROCEDURE p (IN k INT) INSERT INTO m VALUES (k)")?;
    op.execute("CREATE FUNCTION f (k INT) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO m VALUES (k); RETURN k; END")
}

fn rows<B: TestBackend>(session: &mut dyn Session) -> Vec<String> {
    B::of_rows(session, "n", "m")
}

/// Interrupts the last revision at each boundary, and runs it again until it is applied; a question
/// is answered as the rows show it. Returns the number of questions.
fn everywhere<B: TestBackend>(
    history: &History,
    stride: usize,
    expected: &dyn Fn(&mut dyn Session, usize),
    is_done: &dyn Fn(&mut dyn Session, u32, &OpenKind) -> bool,
) -> usize {
    let mut questions = 0;
    for at in (1..).step_by(stride) {
        let place = B::place();
        Migrator::new(history)
            .upgrade(B::session(&place).as_mut(), "+1")
            .unwrap();
        if !cut::<B>(&place, history, at, |migrator, session| {
            migrator.upgrade(session, "head")
        }) {
            assert!(at > 10, "{at}");
            break;
        }
        let mut session = B::session(&place);
        let session = session.as_mut();
        let migrator = Migrator::new(history);
        if let Err(error) = migrator.upgrade(session, "head") {
            let said = error.to_string();
            assert!(
                said.contains("outcome of this operation is unknown"),
                "cut at {at}: {said}"
            );
            questions += 1;
            let partial = migrator.status(session).unwrap().partial.unwrap();
            let open = partial.open.unwrap();
            let decision = match !open.is_block() && is_done(session, open.step, &open.kind) {
                true => Decision::StepDone,
                false => Decision::StepNotDone,
            };
            migrator.resolve(session, "b", decision).unwrap();
            migrator.upgrade(session, "head").unwrap();
        }
        expected(session, at);
        assert_eq!(migrator.status(session).unwrap().partial, None);
    }
    questions
}

fn every_row_comes_once<B: TestBackend>() {
    fn created(op: &mut Operations<'_>) -> Result<()> {
        op.execute("CREATE TABLE m (n INT) ENGINE = MyISAM")?;
        surroundings(op)
    }
    fn by_default(op: &mut Operations<'_>) -> Result<()> {
        op.execute("SET default_storage_engine = MEMORY")?;
        op.execute("CREATE TABLE m (n INT)")?;
        op.execute("SET default_storage_engine = InnoDB")?;
        surroundings(op)
    }
    let outside = irreversible("b", &["a"], ways_in).without_transaction();
    for (first, second, stride) in [
        (created as Run, irreversible("b", &["a"], ways_in), 3),
        (by_default, outside, 5),
    ] {
        let history = history(vec![irreversible("a", &[], first), second]);
        let numbers: Vec<String> = (0..10).map(|number| number.to_string()).collect();
        let expected = |session: &mut dyn Session, at: usize| {
            let mut found: Vec<String> = rows::<B>(session);
            found.retain(|row| row != "8");
            let plain = B::of_rows(session, "n", "plain");
            assert_eq!(plain, ["6", "8"], "cut at {at}");
            let wanted: Vec<&String> = numbers.iter().filter(|row| *row != "8").collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "cut at {at}");
        };
        let is_done = |session: &mut dyn Session, step: u32, _: &OpenKind| {
            let number = step.to_string();
            let there = rows::<B>(session).contains(&number);
            let other = B::of_rows(session, "n", "plain").contains(&number);
            // half of two statements in one text is completed by hand
            for (table, missing) in [
                ("m", other && !there),
                ("plain", step == 6 && there && !other),
            ] {
                if missing {
                    let insert = format!("INSERT INTO {table} VALUES ({step})");
                    session.execute(&insert).unwrap();
                }
            }
            there || other
        };
        let questions = everywhere::<B>(&history, stride, &expected, &is_done);
        assert!(questions > 0);
    }
}

fn the_revision_itself_may_make_the_table<B: TestBackend>() {
    fn up(op: &mut Operations<'_>) -> Result<()> {
        op.execute("INSERT INTO plain VALUES (0)")?;
        op.execute("CREATE TABLE m (n INT)")?;
        op.execute("INSERT INTO m VALUES (2)")?;
        op.execute("ALTER TABLE m ENGINE = MyISAM")?;
        op.execute("INSERT INTO m VALUES (4)")?;
        op.execute("UPDATE m SET n = n + 10 WHERE n = 4")?;
        op.execute("INSERT INTO plain VALUES (1)")
    }
    let history = history(vec![
        irreversible("a", &[], |op| op.execute("CREATE TABLE plain (n INT)")),
        irreversible("b", &["a"], up),
    ]);
    let expected = |session: &mut dyn Session, at: usize| {
        assert_eq!(rows::<B>(session), ["14", "2"], "cut at {at}");
        assert_eq!(B::of_rows(session, "n", "plain"), ["0", "1"], "cut at {at}");
    };
    let is_done = |session: &mut dyn Session, step: u32, _: &OpenKind| {
        let wanted = if step == 4 { "4" } else { "14" };
        rows::<B>(session).contains(&wanted.to_owned())
    };
    assert!(everywhere::<B>(&history, 2, &expected, &is_done) > 0);
}

/// Also if no table of the server lacks transactions before.
fn the_default_engine_may_be_changed<B: TestBackend>() {
    fn up(op: &mut Operations<'_>) -> Result<()> {
        op.execute("INSERT INTO plain VALUES (0)")?;
        op.execute("/*!50000 SET SESSION default_storage_engine = MyISAM */")?;
        op.execute("CREATE TABLE m (n INT)")?;
        op.execute("INSERT INTO m VALUES (3)")?;
        op.execute("INSERT INTO plain VALUES (1)")
    }
    let history = history(vec![
        irreversible("a", &[], |op| op.execute("CREATE TABLE plain (n INT)")),
        irreversible("b", &["a"], up),
    ]);
    let expected = |session: &mut dyn Session, at: usize| {
        assert_eq!(rows::<B>(session), ["3"], "cut at {at}");
        assert_eq!(B::of_rows(session, "n", "plain"), ["0", "1"], "cut at {at}");
    };
    let is_done =
        |session: &mut dyn Session, _: u32, _: &OpenKind| rows::<B>(session) == ["3".to_owned()];
    assert!(everywhere::<B>(&history, 2, &expected, &is_done) > 0);
}

fn batches_change_each_row_once<B: TestBackend>() {
    fn first(op: &mut Operations<'_>) -> Result<()> {
        op.execute("CREATE TABLE m (id INT PRIMARY KEY, n INT NOT NULL) ENGINE = MyISAM")?;
        op.execute("CREATE TABLE plain (id INT PRIMARY KEY, n INT NOT NULL)")?;
        op.bulk_insert("m", ["id", "n"], (1..=5).map(|id| (id, 0)))?;
        op.bulk_insert("plain", ["id", "n"], (1..=5).map(|id| (id, 0)))
    }
    fn statements(op: &mut Operations<'_>) -> Result<()> {
        op.batches("m", "id").size(2).run(|op, batch| {
            op.execute(format!("UPDATE plain SET n = n + 1 WHERE {batch}"))?;
            op.execute(format!("UPDATE m SET n = n + 1 WHERE {batch}"))
        })?;
        op.execute("CREATE TABLE more (n INT)")
    }
    fn blocks(op: &mut Operations<'_>) -> Result<()> {
        op.batches("m", "id").size(2).run(|op, batch| {
            let update = format!("UPDATE m SET n = n + 1 WHERE {batch}");
            with_connection!(op, |connection| diesel::sql_query(&update)
                .execute(connection))?;
            op.execute(format!("UPDATE plain SET n = n + 1 WHERE {batch}"))
        })?;
        op.execute("CREATE TABLE more (n INT)")
    }
    let last = |key: &str| key.parse::<i64>().unwrap();
    for (second, stride) in [
        (irreversible("b", &["a"], statements), 3),
        (
            irreversible("b", &["a"], statements).without_transaction(),
            4,
        ),
        (irreversible("b", &["a"], blocks).without_transaction(), 5),
    ] {
        let history = history(vec![irreversible("a", &[], first), second]);
        let expected = |session: &mut dyn Session, at: usize| {
            for table in ["m", "plain"] {
                let found = B::of_rows(session, "n", table);
                assert_eq!(found, ["1"; 5], "{table}, cut at {at}");
            }
        };
        // half of a batch is completed by hand
        let is_done = |session: &mut dyn Session, _: u32, kind: &OpenKind| {
            let OpenKind::Batch { after, up_to } = kind else {
                panic!("{kind:?}")
            };
            let from = after.as_deref().map_or(0, last);
            for table in ["m", "plain"] {
                session
                    .execute(&format!(
                        "UPDATE {table} SET n = 1 WHERE id > {from} AND id <= {}",
                        last(up_to)
                    ))
                    .unwrap();
            }
            true
        };
        assert!(everywhere::<B>(&history, stride, &expected, &is_done) > 0);
    }
}

/// A failure keeps the rows and says so, and the corrected revision resumes behind them.
fn changes_that_stay_are_not_reported_as_rolled_back<B: TestBackend>() {
    fn first(op: &mut Operations<'_>) -> Result<()> {
        op.execute("INSERT INTO m VALUES (1)")?;
        op.execute("INSERT INTO plain VALUES (1)")
    }
    for engine in engines::<B>() {
        let place = B::place();
        let mut session = B::session(&place);
        let session = session.as_mut();
        for sql in [
            format!("CREATE TABLE m (n INT) ENGINE = {engine}"),
            "CREATE TABLE plain (n INT)".to_owned(),
        ] {
            session.execute(&sql).unwrap();
        }
        let broken = history(vec![irreversible("b", &[], |op| {
            first(op)?;
            op.execute("INSERT INTO m SELECT n FROM nowhere")
        })]);
        let corrected = history(vec![irreversible("b", &[], first)]);
        for _ in 0..2 {
            let error = Migrator::new(&broken).upgrade(session, "head").unwrap_err();
            let Error::Revision(failure) = &error else {
                panic!("{error}")
            };
            assert!(!failure.undone, "{engine}: {error}");
            assert!(failure.to_string().contains("1146"), "{engine}: {error}");
            assert_eq!(rows::<B>(session), ["1"], "{engine}");
        }
        Migrator::new(&corrected).upgrade(session, "head").unwrap();
        assert_eq!(rows::<B>(session), ["1"], "{engine}");
        assert_eq!(B::of_rows(session, "n", "plain"), ["1"], "{engine}");
    }
}

/// Of several rows, those before the refused one stay.
fn a_half_done_statement_stays_and_is_asked_about<B: TestBackend>() {
    for up in [
        (|op| op.execute("INSERT INTO m SELECT n FROM source ORDER BY id")) as Run,
        |op| op.bulk_insert("m", ["n"], [(1,), (2,), (2,), (3,)]),
        |op| op.execute("UPDATE m2 SET n = 7"),
    ] {
        let history = history(vec![irreversible("b", &[], up)]);
        let place = B::place();
        let mut session = B::session(&place);
        let session = session.as_mut();
        for sql in [
            "CREATE TABLE m (n INT PRIMARY KEY) ENGINE = MyISAM",
            "CREATE TABLE m2 (n INT PRIMARY KEY) ENGINE = MyISAM",
            "INSERT INTO m2 VALUES (1), (2)",
            "CREATE TABLE source (id INT PRIMARY KEY, n INT)",
            "INSERT INTO source VALUES (1, 1), (2, 2), (3, 2), (4, 3)",
        ] {
            session.execute(sql).unwrap();
        }
        let migrator = Migrator::new(&history);
        let error = migrator.upgrade(session, "head").unwrap_err();
        let Error::Revision(failure) = &error else {
            panic!("{error}")
        };
        assert!(!failure.undone, "{error}");
        let help = failure.help().unwrap().typed("cargo migrate");
        assert!(help.contains("cargo migrate resolve b --done"), "{help}");
        let error = migrator.upgrade(session, "head").unwrap_err().to_string();
        assert!(error.contains("engine without transactions"), "{error}");
        migrator.resolve(session, "b", Decision::StepDone).unwrap();
        migrator.upgrade(session, "head").unwrap();
        assert_eq!(applied(&history, session), ["b"]);
    }
}

/// Rows of tables with transactions are rolled back as usual, whatever else there is.
fn other_tables_keep_their_transaction<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    for sql in [
        "CREATE TABLE m (n INT) ENGINE = MyISAM",
        "CREATE TABLE plain (n INT)",
        "INSERT INTO m VALUES (1)",
    ] {
        session.execute(sql).unwrap();
    }
    let broken = history(vec![irreversible("b", &[], |op| {
        op.execute("INSERT INTO plain VALUES (1) -- not m")?;
        op.execute("INSERT INTO plain VALUES (2), ('m')")
    })]);
    let error = Migrator::new(&broken).upgrade(session, "head").unwrap_err();
    let Error::Revision(failure) = &error else {
        panic!("{error}")
    };
    assert!(failure.undone, "{error}");
    assert_eq!(B::of_rows(session, "n", "plain"), [""; 0]);
}

/// The record cannot be kept in a table that no rollback restores.
fn the_version_table_has_transactions<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    session
        .execute("SET default_storage_engine = MyISAM")
        .unwrap();
    let history = history(vec![irreversible("a", &[], |op| {
        op.execute("CREATE TABLE m (n INT)")
    })]);
    let migrator = Migrator::new(&history);
    migrator.upgrade(session, "head").unwrap(); // the tables were created with an engine that has them
    session
        .execute("ALTER TABLE __diesel_schema_migrations ENGINE = MyISAM")
        .unwrap();
    let more = crate::histories::history(vec![
        irreversible("a", &[], |op| op.execute("CREATE TABLE m (n INT)")),
        irreversible("b", &["a"], |op| op.execute("CREATE TABLE n (n INT)")),
    ]);
    let error = Migrator::new(&more).upgrade(session, "head").unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("ALTER TABLE __diesel_schema_migrations ENGINE = InnoDB"),
        "{said}"
    );
    assert_eq!(B::tables(session), 1);
}

on_both! {
    every_row_comes_once
    the_revision_itself_may_make_the_table
    the_default_engine_may_be_changed
    batches_change_each_row_once
    changes_that_stay_are_not_reported_as_rolled_back
    a_half_done_statement_stays_and_is_asked_about
    other_tables_keep_their_transaction
    the_version_table_has_transactions
}
