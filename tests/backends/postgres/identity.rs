//! The tables of an identity service, written with the operations: up, down, and up again.

use migrate_core::History;
use migrate_core::Migrator;
use migrate_core::engine::execute::Transactional;
use migrate_core::prelude::*;

use super::Postgres;
use crate::backend::{TestBackend, difference};
use crate::histories::{history, reversible, with_downgrade};

const TOUCH: &str = "CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- a semicolon; and a 'quote' inside
    NEW.updated_at = now();
    RETURN NEW;
END;
$$";

fn service() -> History {
    history(vec![
        with_downgrade(
            "20261101000000",
            &[],
            |op| {
                op.execute(TOUCH)?;
                op.create_enum(enum_type("user_status", ["pending", "active", "blocked"]))?;
                op.create_table(
                    table("users")
                        .column(
                            column("id", Uuid)
                                .primary_key()
                                .default_sql("gen_random_uuid()"),
                        )
                        .column(column("email", VarChar(320)))
                        .column(column("password_hash", Text))
                        .column(column("status", Type::named("user_status")).default("pending"))
                        .column(column("profile", Jsonb).default_sql("'{}'::jsonb"))
                        .column(column("last_ip", Inet).nullable())
                        .column(column("created_at", Timestamptz).default_sql("now()"))
                        .column(column("updated_at", Timestamptz).default_sql("now()")),
                )?;
                op.create_index(
                    index("ux_users_email")
                        .on("users", [expression("lower(email)")])
                        .unique(),
                )?;
                op.execute(
                    "CREATE TRIGGER users_touch BEFORE UPDATE ON users \
                     FOR EACH ROW EXECUTE FUNCTION touch_updated_at()",
                )
            },
            |op| {
                op.drop_table("users")?;
                op.drop_enum("user_status")?;
                op.execute("DROP FUNCTION touch_updated_at()")
            },
        ),
        reversible("20261102000000", &["20261101000000"], |op| {
            op.create_table(
                table("identity_documents")
                    .column(
                        column("id", Uuid)
                            .primary_key()
                            .default_sql("gen_random_uuid()"),
                    )
                    .column(
                        column("user_id", Uuid)
                            .references("users", "id")
                            .on_delete(Cascade),
                    )
                    .column(column("kind", VarChar(20)).check("kind IN ('passport', 'id_card')"))
                    .column(column("number", VarChar(50)))
                    .column(column("tags", Text.array()).default_sql("'{}'"))
                    .column(column("valid_during", Type::Range(RangeOf::Date)).nullable())
                    .column(column("created_at", Timestamptz).default_sql("now()"))
                    .constraint(unique(["kind", "number"]).named("uq_documents_number"))
                    .comment("what a user showed"),
            )?;
            op.create_table(
                table("ocr_jobs")
                    .column(column("id", BigInt).primary_key().identity_always())
                    .column(
                        column("document_id", Uuid)
                            .references("identity_documents", "id")
                            .on_delete(Cascade),
                    )
                    .column(column("result", Jsonb).nullable())
                    .column(
                        column("confidence", Decimal(5, 4))
                            .nullable()
                            .check("confidence <= 1"),
                    )
                    .column(column("finished_at", Timestamptz).nullable()),
            )?;
            op.create_index(
                index("ix_ocr_jobs_open")
                    .on("ocr_jobs", [desc("id")])
                    .filter("finished_at IS NULL")
                    .include(["document_id"]),
            )?;
            op.create_index(
                index("ix_ocr_jobs_result")
                    .on("ocr_jobs", ["result"])
                    .using("gin"),
            )
        }),
        reversible("20261103000000", &["20261102000000"], |op| {
            op.create_table(
                table("audit_logs")
                    .column(column("id", BigInt).primary_key().autoincrement())
                    .column(
                        column("user_id", Uuid)
                            .nullable()
                            .references("users", "id")
                            .on_delete(SetNull),
                    )
                    .column(column("action", Text))
                    .column(column("details", Jsonb).default_sql("'{}'::jsonb"))
                    .column(column("ip", Inet).nullable())
                    .column(column("at", Timestamptz.precision(3)).default_sql("now()")),
            )?;
            op.alter_column(
                "users",
                alter("password_hash")
                    .drop_not_null()
                    .was(column("password_hash", Text)),
            )
        }),
        reversible("20261104000000", &["20261103000000"], |op| {
            op.create_index(
                index("ix_audit_logs_at")
                    .on("audit_logs", ["at"])
                    .using("brin")
                    .concurrently(),
            )
        })
        .without_transaction(),
    ])
}

#[test]
fn up_down_and_up() {
    let history = service();
    let migrator = Migrator::new(&history);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    let session = session.as_mut();
    let empty = Postgres::catalogue(session);
    migrator.upgrade(session, "head").unwrap();
    let full = Postgres::catalogue(session);
    migrator.downgrade(session, "base").unwrap();
    assert_eq!(difference(&empty, &Postgres::catalogue(session)), [""; 0]);
    migrator.upgrade(session, "head").unwrap();
    assert_eq!(difference(&full, &Postgres::catalogue(session)), [""; 0]);

    // it works as intended: the trigger fires, the cascade deletes, the log stays
    let mut run = Transactional::new(session);
    let mut op = run.operations();
    op.execute("INSERT INTO users (email, password_hash, created_at, updated_at) VALUES ('a@b', 'x', '2020-01-01', '2020-01-01')")
        .unwrap();
    op.execute("INSERT INTO identity_documents (user_id, kind, number) SELECT id, 'passport', '1' FROM users")
        .unwrap();
    op.execute("INSERT INTO ocr_jobs (document_id) SELECT id FROM identity_documents")
        .unwrap();
    op.execute(
        "INSERT INTO audit_logs (user_id, action, ip) SELECT id, 'login', '10.0.0.1/8' FROM users",
    )
    .unwrap();
    op.execute("UPDATE users SET status = 'active'").unwrap();
    assert_eq!(
        Postgres::of_rows(session, "updated_at > created_at", "users"),
        ["true"]
    );
    Transactional::new(session)
        .operations()
        .execute("DELETE FROM users")
        .unwrap();
    assert_eq!(Postgres::of_rows(session, "count(*)", "ocr_jobs"), ["0"]);
    assert_eq!(
        Postgres::of_rows(session, "user_id IS NULL", "audit_logs"),
        ["true"]
    );
}
