//! Files that come, go and change are noticed without a build script, and without touching anything else.

use migrate_tests::Project;

fn project() -> Project {
    let project = Project::library("files");
    project.table_revision("20260101000000", "");
    project.migrate(["up"]).ok();
    project
}

#[test]
fn a_new_file_is_applied() {
    let project = project();
    project.table_revision("20260201000000", "20260101000000");
    let up = project.migrate(["up", "--json"]).ok();
    assert_eq!(up.json()["steps"][0]["revision"], "20260201000000", "{up}");
    project.migrate(["up"]).ok().says("nothing to do");
}

#[test]
fn an_edited_file_is_compiled_again() {
    let project = project();
    project.migrate(["down", "base"]).ok();
    let text = project.read("migrations/20260101000000_table.rs");
    project.write(
        "migrations/20260101000000_table.rs",
        &text.replace("table(\"t_20260101000000\")", "table(\"edited\")"),
    );
    project.migrate(["up"]).ok();
    let sql = "CREATE TABLE proof AS SELECT * FROM edited";
    project.write(
        "migrations/20260201000000_proof.rs",
        &format!(
            "//! A proof.\nuse migrate_core::prelude::*;\n\n/// Read it\n#[revision(id = \"20260201000000\", down_revision = \"20260101000000\", irreversible)]\nfn upgrade(op: &mut Operations) -> Result<()> {{\n    op.execute(\"{sql}\")\n}}\n"
        ),
    );
    project.migrate(["up"]).ok();
}

#[test]
fn a_deleted_file_is_gone() {
    let project = project();
    project.table_revision("20260201000000", "20260101000000");
    project.migrate(["status"]).ok();
    project.remove("migrations/20260201000000_table.rs");
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(
        status["pending"].as_array().expect("pending").len(),
        0,
        "{status}"
    );
    project.migrate(["up"]).ok().says("nothing to do");
}

#[test]
fn a_renamed_file_is_the_same_revision() {
    let project = project();
    let text = project.read("migrations/20260101000000_table.rs");
    project.remove("migrations/20260101000000_table.rs");
    project.write("migrations/20260101000000_other.rs", &text);
    project.migrate(["up"]).ok().says("nothing to do");
    project.migrate(["edit", "head"]).code(2);
    let shown = project.migrate(["show", "head"]).ok();
    assert!(shown.stdout.contains("20260101000000_other.rs"), "{shown}");
}
