//! The platform in containers: PostgreSQL there, SQLite in tests; two revisions, many tables with
//! keys between them.

use super::{Flow, On, on_each_database};

const REVISIONS: [(&str, &str); 2] = [
    (
        "001_initial_schema",
        include_str!("digame/001_initial_schema.rs"),
    ),
    (
        "20250523_behavioral_models",
        include_str!("digame/20250523_behavioral_models.rs"),
    ),
];

/// A container migrates when it starts, every time it starts; another one only migrates; a third
/// only looks.
fn containers(on: On) {
    let flow = Flow::new("digame", on, &REVISIONS);
    // check only: nothing is there, and nothing comes to be
    flow.migrate("check").code(1);
    flow.migrate("current --check-heads").code(1);
    // migrate only
    flow.migrate("upgrade head")
        .ok()
        .says("[1/2] up 001_initial_schema, Initial schema")
        .says("[2/2] up 20250523_behavioral_models, Behavioral models");
    flow.is_at(&["20250523_behavioral_models"]);
    // migrate on start, once more
    flow.migrate("upgrade head")
        .ok()
        .says("nothing to do: the database is at head `20250523_behavioral_models`");
    // verification afterwards
    flow.migrate("check").ok();
    flow.migrate("current --check-heads").ok();
    flow.by_hand("INSERT INTO users (email) VALUES ('ada@example.org')");
    flow.by_hand("INSERT INTO behavioral_models (user_id, name) VALUES (1, 'mornings')");
    flow.migrate("status")
        .ok()
        .prints("applied:  2 of 2 revisions")
        .prints("pending:  0");
}

/// Down and up again, by steps and by names, also by the beginning of one.
fn there_and_back(on: On) {
    let flow = Flow::new("digame", on, &REVISIONS);
    flow.migrate("upgrade +1").ok();
    flow.is_at(&["001_initial_schema"]);
    flow.migrate("upgrade 20250523_behavioral_models").ok();
    flow.migrate("downgrade -1").ok();
    flow.is_at(&["001_initial_schema"]);
    flow.migrate("upgrade head").ok();
    flow.migrate("downgrade 001_initial_schema")
        .ok()
        .says("[1/1] down 20250523_behavioral_models");
    flow.is_at(&["001_initial_schema"]);
    flow.migrate("upgrade 2025").ok();
    flow.is_at(&["20250523_behavioral_models"]);
    flow.migrate("downgrade 001").ok();
    flow.migrate("history")
        .ok()
        .prints("001_initial_schema -> 20250523_behavioral_models (head), Behavioral models")
        .prints("<base> -> 001_initial_schema, Initial schema");
    flow.migrate("show 001")
        .ok()
        .prints("001_initial_schema")
        .prints("migrations/001_initial_schema.rs");
    flow.migrate("downgrade base").ok();
    flow.is_at(&[]);
    assert!(flow.migrate("current").ok().stdout.is_empty());
}

/// The recovery of their guide: look, stamp the one before, fix, try again.
fn recovery(on: On) {
    let flow = Flow::new("digame", on, &REVISIONS);
    flow.migrate("upgrade head").ok();
    flow.migrate("revision -m 'Add notes to anomalies'").ok();
    let file = flow.file("add_notes_to_anomalies.rs");
    flow.fill(
        &file,
        "    op.add_column(\"anomalies\", column(\"note\", Text).nullable())?;\n    op.execute(\"INSERT INTO anomalys (id) VALUES (1)\")",
        "    op.drop_column(\"anomalies\", \"note\")",
    );
    flow.migrate("upgrade head")
        .code(3)
        .says("anomalys")
        .says("the statement was: INSERT INTO anomalys (id) VALUES (1)");
    flow.is_at(&["20250523_behavioral_models"]);
    // nothing of it is left, so there is nothing to repair, and a stamp of where it stands changes
    // nothing
    flow.migrate("stamp 20250523_behavioral_models")
        .ok()
        .says("nothing to do");
    flow.edit(
        &file,
        "anomalys (id) VALUES (1)",
        "users (email) VALUES ('grace@example.org')",
    );
    flow.migrate("upgrade head").ok();
    flow.migrate("check").ok();
    assert_eq!(flow.count("users WHERE email = 'grace@example.org'"), 1);
    assert_eq!(flow.count("anomalies WHERE note IS NULL"), 0);
    flow.migrate("downgrade -1").ok();
}

on_each_database! {
    containers
    there_and_back
    recovery
}
