//! A chain of five with short ids, and a database in every trouble that its guide knows.

use super::{Flow, On, on_each_database};

/// The chain: one table each.
fn chain(on: On) -> Flow {
    let revisions: Vec<(String, String)> = ["users", "models", "policies", "audit_log", "user_context"]
        .iter()
        .enumerate()
        .map(|(index, table)| {
            let id = format!("{:03}", index + 1);
            let parent = match index {
                0 => "None".to_owned(),
                index => format!("\"{index:03}\""),
            };
            let text = format!(
                "//! Under test.\n\nuse migrate_core::prelude::*;\n\n/// Create {table}\n\
                 #[revision(id = \"{id}\", down_revision = {parent}, reversible)]\n\
                 fn upgrade(op: &mut Operations) -> Result<()> {{\n    op.create_table(\n        table(\"{table}\")\n            \
                 .column(column(\"id\", Integer).primary_key())\n            .column(column(\"value\", Text).nullable()),\n    )\n}}\n"
            );
            (format!("m{id}_{table}"), text)
        })
        .collect();
    let revisions: Vec<(&str, &str)> = revisions
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    Flow::new("mindbridge", on, &revisions)
}

/// "relation already exists": the tables exist, but no revision is recorded.
fn tables_that_exist_already(on: On) {
    let flow = chain(on);
    for table in ["users", "models", "policies"] {
        flow.by_hand(&format!(
            "CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY, value TEXT)"
        ));
    }
    flow.by_hand("INSERT INTO users (id, value) VALUES (1, 'kept')");
    flow.migrate("upgrade head")
        .code(3)
        .says("the upgrade of revision `001` failed")
        .says("already exists");
    flow.is_at(&[]);
    flow.migrate("stamp 003")
        .ok()
        .says("recorded 3 revisions as applied");
    flow.is_at(&["003"]);
    flow.migrate("upgrade head")
        .ok()
        .says("[1/2] up 004")
        .says("[2/2] up 005");
    flow.migrate("check").ok();
    assert_eq!(flow.count("users WHERE value = 'kept'"), 1);

    // the version table is dropped, and all is stamped again
    flow.by_hand("DROP TABLE __diesel_schema_migrations");
    flow.migrate("check").code(1);
    flow.migrate("stamp head").ok();
    flow.migrate("check").ok();
    flow.migrate("stamp base").ok();
    flow.is_at(&[]);
    flow.migrate("stamp head").ok();
    assert_eq!(flow.count("users WHERE value = 'kept'"), 1);
}

/// `KeyError: '002'` at run time becomes an error before anything runs, and of the compiler too.
fn a_broken_chain(on: On) {
    let flow = chain(on);
    flow.migrate("upgrade 001").ok();
    flow.project.remove("migrations/m002_models.rs");
    let said = flow
        .migrate("upgrade head")
        .code(2)
        .says("no revision `002` in this history");
    assert!(
        said.stderr.contains("migrations/m003_policies.rs:6:"),
        "{said}"
    );
    flow.is_broken_for_the_compiler("no revision `002` in this history");
    flow.edit(
        "migrations/m003_policies.rs",
        "down_revision = \"002\"",
        "down_revision = \"001\"",
    );
    flow.migrate("upgrade head").ok();
    flow.is_at(&["005"]);
}

/// A migration that failed half way, and the repair script's three ways out: status, stamp, reset.
fn failed_half_way(on: On) {
    let flow = chain(on);
    flow.migrate("upgrade 003").ok();
    flow.by_hand("INSERT INTO users (id, value) VALUES (1, 'kept')");
    flow.edit(
        "migrations/m004_audit_log.rs",
        "    op.create_table(",
        "    op.execute(\"UPDATE users SET value = 'half'\")?;\n    op.execute(\"UPDATE missing SET value = 1\")?;\n    op.create_table(",
    );
    flow.migrate("upgrade head").code(3).says("missing");
    flow.migrate("status")
        .ok()
        .prints("current:  003")
        .prints("pending:  2");
    assert_eq!(flow.count("users WHERE value = 'kept'"), 1);
    flow.edit(
        "migrations/m004_audit_log.rs",
        "    op.execute(\"UPDATE missing SET value = 1\")?;\n",
        "",
    );
    // a conflicting table that was created by hand: mark the revision as applied
    flow.edit(
        "migrations/m004_audit_log.rs",
        "reversible)]",
        "irreversible)]",
    );
    flow.migrate("upgrade +1").ok();
    assert_eq!(flow.count("users WHERE value = 'half'"), 1);
    flow.migrate("upgrade head").ok();

    // reset: loses data, and is asked for
    flow.migrate("reset --yes").code(2);
    flow.migrate("reset --yes --allow-reset --env production")
        .code(2)
        .says("unknown environment `production`: it was given by `--env`")
        .says("`[package.metadata.migrate.environments.production]`");
    assert_eq!(flow.count("users"), 1);
    flow.migrate("reset --yes --allow-reset")
        .ok()
        .says("5 tables: audit_log, models, policies, user_context, users")
        .says("5 revisions to apply");
    flow.migrate("check").ok();
    assert_eq!(flow.count("users"), 0);
}

on_each_database! {
    tables_that_exist_already
    a_broken_chain
    failed_half_way
}

/// Row-level security, a trigger and a setting for the policies, which only PostgreSQL has.
#[cfg(feature = "servers")]
#[test]
fn policies_and_triggers() {
    let flow = chain(On::Postgres);
    flow.project.write(
        "migrations/m006_security.rs",
        r#"//! Under test.

use migrate_core::prelude::*;

/// Let users see their own rows
#[revision(id = "006", down_revision = "005", downgrade = downgrade)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("ALTER TABLE models ENABLE ROW LEVEL SECURITY")?;
    op.execute(
        "CREATE POLICY own ON models USING (value = current_setting('app.user', true))",
    )?;
    op.execute(
        "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             INSERT INTO audit_log (id, value) VALUES (NEW.id, TG_OP);
             RETURN NEW;
         END;
         $$",
    )?;
    op.execute("CREATE TRIGGER told AFTER INSERT ON models FOR EACH ROW EXECUTE FUNCTION told()")
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.execute("DROP TRIGGER told ON models")?;
    op.execute("DROP FUNCTION told()")?;
    op.execute("DROP POLICY own ON models")?;
    op.execute("ALTER TABLE models DISABLE ROW LEVEL SECURITY")
}
"#,
    );
    flow.migrate("upgrade head").ok();
    flow.by_hand("INSERT INTO models (id, value) VALUES (1, 'ada')");
    assert_eq!(flow.count("audit_log WHERE value = 'INSERT'"), 1);
    flow.migrate("downgrade 005").ok();
    flow.migrate("upgrade head").ok();
    flow.migrate("downgrade base").ok();
    flow.migrate("reset --yes --allow-reset").ok();
    assert_eq!(flow.count("pg_policies WHERE policyname = 'own'"), 1);
}
