//! The tables of an identity service, as far as the four databases share them, written with the
//! operations: up, down, and up again. What only PostgreSQL has is in `postgres::identity`.

use migrate_core::prelude::*;
use migrate_core::{History, Migrator};

use crate::backend::{TestBackend, difference, on_each_backend};
use crate::histories::{history, reversible, with_downgrade};

/// A new id, if the database generates it.
fn new_id() -> migrate_core::schema::Sql {
    sql("gen_random_uuid()")
        .on(BackendKind::Sqlite, "randomblob(16)")
        .on(BackendKind::Mysql, "uuid_to_bin(uuid())")
        .on(BackendKind::Mariadb, "uuid()")
}

/// An empty document, as the database spells it as a default.
fn empty() -> migrate_core::schema::Sql {
    sql("'{}'")
        .on(BackendKind::Mysql, "json_object()")
        .on(BackendKind::Mariadb, "'{}'")
}

fn now() -> migrate_core::schema::Sql {
    sql("CURRENT_TIMESTAMP")
}

/// Updates `updated_at`, by a trigger in each database's language.
fn touch(op: &mut Operations<'_>) -> Result<()> {
    match op.dialect() {
        BackendKind::Postgres => {
            op.execute(
                "CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    \
                 -- a semicolon; and a 'quote' inside\n    NEW.updated_at = timestamptz '2030-01-01';\n    RETURN NEW;\nEND;\n$$",
            )?;
            op.execute(
                "CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch_updated_at()",
            )
        }
        BackendKind::Sqlite => op.execute(
            "CREATE TRIGGER users_touch AFTER UPDATE OF status ON users BEGIN\n    \
             -- a semicolon; and a 'quote' inside\n    \
             UPDATE users SET updated_at = '2030-01-01' WHERE id = new.id;\nEND",
        ),
        _ => op.execute(
            "CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW BEGIN\n    \
             -- a semicolon; and a 'quote' inside\n    \
             SET NEW.updated_at = '2030-01-01 00:00:00';\nEND",
        ),
    }
}

fn users(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("users")
            .column(column("id", Uuid).primary_key().default_sql(new_id()))
            .column(column("email", VarChar(255)))
            .column(column("password_hash", Text))
            .column(
                column("status", VarChar(10))
                    .default("pending")
                    .check("status IN ('pending', 'active', 'blocked')"),
            )
            .column(column("profile", Json).default_sql(empty()))
            .column(column("last_ip", VarChar(45)).nullable())
            .column(column("created_at", Timestamptz).default_sql(now()))
            .column(column("updated_at", Timestamptz).default_sql(now())),
    )?;
    op.create_index(index("ux_users_email").on("users", ["email"]).unique())?;
    touch(op)
}

fn without_users(op: &mut Operations<'_>) -> Result<()> {
    op.drop_table("users")?;
    match op.dialect() {
        BackendKind::Postgres => op.execute("DROP FUNCTION touch_updated_at()"),
        _ => Ok(()), // the trigger goes with its table
    }
}

fn documents(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("identity_documents")
            .column(column("id", Uuid).primary_key().default_sql(new_id()))
            .column(
                column("user_id", Uuid)
                    .references("users", "id")
                    .on_delete(Cascade),
            )
            .column(column("kind", VarChar(20)).check("kind IN ('passport', 'id_card')"))
            .column(column("number", VarChar(50)))
            .column(column("created_at", Timestamptz).default_sql(now()))
            .constraint(unique(["kind", "number"]).named("uq_documents_number")),
    )?;
    op.create_table(
        table("ocr_jobs")
            .column(column("id", BigInt).primary_key().autoincrement())
            .column(
                column("document_id", Uuid)
                    .references("identity_documents", "id")
                    .on_delete(Cascade),
            )
            .column(column("result", Json).nullable())
            .column(
                column("confidence", Decimal(5, 4))
                    .nullable()
                    .check("confidence <= 1"),
            )
            .column(column("finished_at", Timestamptz).nullable()),
    )?;
    op.create_index(index("ix_ocr_jobs_finished").on("ocr_jobs", [desc("finished_at")]))
}

fn audit(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("audit_logs")
            .column(column("id", BigInt).primary_key().autoincrement())
            .column(
                column("user_id", Uuid)
                    .nullable()
                    .references("users", "id")
                    .on_delete(SetNull),
            )
            .column(column("action", VarChar(50)))
            .column(column("details", Json).default_sql(empty()))
            .column(column("at", Timestamptz).default_sql(now())),
    )?;
    op.create_index(index("ix_audit_logs_at").on("audit_logs", ["at"]))?;
    op.alter_column(
        "users",
        alter("password_hash")
            .drop_not_null()
            .was(column("password_hash", Text)),
    )
}

fn service() -> History {
    history(vec![
        with_downgrade("20261101000000", &[], users, without_users),
        reversible("20261102000000", &["20261101000000"], documents),
        reversible("20261103000000", &["20261102000000"], audit),
    ])
}

fn up_down_and_up<B: TestBackend>() {
    let history = service();
    let migrator = Migrator::new(&history);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    if B::KIND == BackendKind::Sqlite {
        session.execute("PRAGMA foreign_keys = ON").unwrap();
    }
    let empty = B::catalogue(session);
    migrator.upgrade(session, "head").unwrap();
    let full = B::catalogue(session);
    assert_eq!(B::tables(session), 4);
    migrator.downgrade(session, "base").unwrap();
    assert_eq!(difference(&empty, &B::catalogue(session)), [""; 0]);
    migrator.upgrade(session, "head").unwrap();
    assert_eq!(difference(&full, &B::catalogue(session)), [""; 0]);

    // it works as intended: the trigger fires, the cascade deletes, the log stays
    for statement in [
        "INSERT INTO users (email) VALUES ('a@b')",
        "INSERT INTO identity_documents (user_id, kind, number) SELECT id, 'passport', '1' FROM users",
        "INSERT INTO ocr_jobs (document_id) SELECT id FROM identity_documents",
        "INSERT INTO audit_logs (user_id, action) SELECT id, 'login' FROM users",
        "UPDATE users SET status = 'active'",
    ] {
        session.execute(statement).unwrap();
    }
    assert_eq!(
        B::of_rows(session, "count(*)", "users WHERE updated_at > '2029-12-30'"),
        ["1"]
    );
    session
        .execute("UPDATE users SET status = 'gone'")
        .unwrap_err();
    session.execute("DELETE FROM users").unwrap();
    assert_eq!(B::of_rows(session, "count(*)", "ocr_jobs"), ["0"]);
    assert_eq!(
        B::of_rows(session, "count(*)", "audit_logs WHERE user_id IS NULL"),
        ["1"]
    );
}

on_each_backend! {
    up_down_and_up
}
