//! `check` where no database is named: what the source files show, and what only the compiled
//! revisions do.

use migrate_tests::Project;

/// A revision that promises to be reversible, and does this.
fn reversible(body: &str) -> String {
    format!(
        r#"//! A revision under test.

use migrate_core::prelude::*;

/// Forget them
#[revision(id = "20260102000000", down_revision = "20260101000000", reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {{
    {body}
}}
"#
    )
}

#[test]
fn a_promise_that_cannot_be_kept_is_found_without_a_database() {
    let project = Project::library("promises");
    project.table_revision("20260101000000", "").write(
        "migrations/20260102000000_forget.rs",
        &reversible("op.drop_table(\"t_20260101000000\")"),
    );
    let check = |arguments: &[&str]| {
        let mut command = project.command(["check"]);
        migrate_tests::run(command.args(arguments).env_remove("DATABASE_URL"))
    };
    check(&[])
        .code(1)
        .prints("revision `20260102000000` in `migrations/20260102000000_forget.rs:7` is declared `reversible`")
        .prints("cannot be reversed without the definition of what it drops")
        .prints("op.drop_table(table(…).column(…))")
        .prints("no database was checked");
    let problem = check(&["--json"]).code(1).json()["problems"][0].clone();
    assert_eq!(problem["kind"], "not_reversible");
    assert_eq!(problem["revisions"], serde_json::json!(["20260102000000"]));
    assert_eq!(problem["places"][0]["line"], 7);

    project.write(
        "migrations/20260102000000_forget.rs",
        &reversible("op.add_column(\"t_20260101000000\", column(\"a\", Integer).nullable())"),
    );
    check(&[])
        .ok()
        .prints("ok: 2 revisions, head 20260102000000");
    // a database whose driver is not there is no dialect to check
    check(&["--dialect", "postgres"])
        .code(2)
        .says("PostgreSQL is not enabled");
}

#[test]
fn revisions_name_their_package() {
    let project = Project::library("packaged");
    project.table_revision("20260101000000", "");
    for command in [vec!["show"], vec!["history"], vec!["history", "-i"]] {
        let said = project
            .migrate(command.iter().chain(&["--json"]))
            .ok()
            .json();
        assert_eq!(said["revisions"][0]["package"], "packaged", "{said}");
    }
}
