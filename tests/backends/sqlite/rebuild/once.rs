//! Consecutive changes of one table are made in one rebuild; anything else in between ends the
//! sequence.

use migrate_core::engine::execute::Transactional;
use std::cell::RefCell;

use migrate_core::migrator::Event;
use migrate_core::prelude::*;

use super::{database, migrate, rows, texts};

#[test]
fn changes_in_a_row_copy_the_rows_once() {
    let mut session = database();
    let session = session.as_mut();
    session
        .execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)")
        .unwrap();
    session
        .execute("INSERT INTO t VALUES (1, 'x', 'y')")
        .unwrap();
    let root = |session: &mut dyn migrate_core::engine::backend::Session| {
        session
            .texts("SELECT CAST(total_changes() AS TEXT) AS text")
            .unwrap()
            .remove(0)
            .parse::<i64>()
            .unwrap()
    };
    let before = root(session);
    let mut run = Transactional::new(session);
    let mut op = run.operations();
    op.alter_column("t", alter("a").set_not_null()).unwrap();
    op.alter_column("T", alter("b").set_not_null()).unwrap();
    op.add_constraint(
        ObjectName::qualified("main", "t"),
        unique(["a"]).named("uq_a"),
    )
    .unwrap();
    op.add_column("t", column("c", Text).nullable()).unwrap();
    op.drop_column("t", "b").unwrap();
    run.finish().unwrap();
    assert_eq!(root(session) - before, 1, "one row was copied once");
    assert_eq!(
        texts(session)["table t of t"],
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, `c` TEXT, CONSTRAINT `uq_a` UNIQUE (`a`))"
    );
    assert_eq!(rows(session, "t", "id, a, c"), [r#"[1,"x",null]"#]);
}

#[test]
fn the_next_statement_sees_the_change() {
    thread_local! {
        static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }
    let mut session = database();
    let session = session.as_mut();
    session.execute("CREATE TABLE t (a TEXT)").unwrap();
    session.execute("INSERT INTO t VALUES (NULL)").unwrap();
    migrate(session, |op| {
        use diesel::prelude::*;
        op.execute("UPDATE t SET a = '7'")?;
        op.alter_column("t", alter("a").set_type(Integer))?;
        let kind: String = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(
            "(SELECT typeof(a) FROM t)",
        ))
        .get_result(op.sqlite()?)?;
        SEEN.with_borrow_mut(|seen| seen.push(kind));
        op.alter_column("t", alter("a").set_default(1))?;
        op.rename_column("t", "a", "b")?;
        op.alter_column("t", alter("b").set_not_null())?;
        op.create_index(index("ix").on("t", ["b"]))?;
        op.rename_index("t", "ix", "ix_b")
    })
    .unwrap();
    SEEN.with_borrow(|seen| assert_eq!(seen[..], ["integer"]));
    let texts = texts(session);
    assert_eq!(
        texts["table t of t"],
        "CREATE TABLE t (\"b\" INTEGER NOT NULL DEFAULT 1)"
    );
    assert_eq!(texts["index ix_b of t"], "CREATE INDEX `ix_b` ON `t` (`b`)");
    let _ = std::marker::PhantomData::<Event<'_>>;
}

#[test]
fn rows_without_a_key_keep_their_numbers() {
    let mut session = database();
    let session = session.as_mut();
    session
        .execute("CREATE TABLE t (a TEXT, rowid TEXT)")
        .unwrap();
    session
        .execute("INSERT INTO t VALUES ('x', 'r'), ('y', 's'), ('z', 't')")
        .unwrap();
    session.execute("DELETE FROM t WHERE a = 'y'").unwrap();
    migrate(session, |op| {
        op.alter_column("t", alter("a").set_not_null())
    })
    .unwrap();
    assert_eq!(
        rows(session, "t", "_rowid_, a, rowid"),
        [r#"[1,"x","r"]"#, r#"[3,"z","t"]"#]
    );
}

#[test]
fn strict_tables_and_tables_without_rowid_keep_their_kind() {
    let mut session = database();
    let session = session.as_mut();
    let strict = "CREATE TABLE s (id INT PRIMARY KEY, v ANY, d TEXT) STRICT, WITHOUT ROWID";
    session.execute(strict).unwrap();
    session
        .execute("INSERT INTO s VALUES (5, x'01', 'd'), (1, 2.5, NULL)")
        .unwrap();
    migrate(session, |op| {
        op.alter_column("s", alter("d").set_type(VarChar(3)).set_default("e"))?;
        op.alter_column("s", alter("v").set_type(Timestamp))?;
        op.alter_column("s", alter("v").set_type("ANY"))
    })
    .unwrap();
    assert_eq!(
        texts(session)["table s of s"],
        strict.replace("d TEXT", "d TEXT DEFAULT 'e'")
    );
    assert_eq!(
        rows(session, "s", "id, quote(v), d"),
        [r#"[1,"2.5",null]"#, r#"[5,"X'01'","d"]"#]
    );
}
