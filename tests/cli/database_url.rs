//! Where the database's URL comes from, and which one wins.

use migrate_tests::{Output, Project, run};

/// `current` in a project, with or without the variable, and where the database is said to be.
fn database(project: &Project, args: &[&str], variable: Option<&str>) -> String {
    let mut command = project.command(["status", "--json"].iter().chain(args));
    match variable {
        Some(url) => command.env("DATABASE_URL", url),
        None => command.env_remove("DATABASE_URL"),
    };
    let output: Output = run(&mut command).ok();
    output.json()["database"]
        .as_str()
        .expect("a database")
        .to_owned()
}

#[test]
fn flag_variable_file_metadata_in_this_order() {
    let project = Project::library("urls");
    project.table_revision("20260101000000", "");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.migrate]\ndatabase-url = \"metadata.db\"\n"),
    );

    let by_metadata = database(&project, &[], None);
    assert_eq!(by_metadata, project.path("metadata.db").to_string_lossy());
    project.write(".env", "DATABASE_URL=file.db\n");
    assert!(database(&project, &[], None).ends_with("file.db"));
    assert!(database(&project, &[], Some("variable.db")).ends_with("variable.db"));
    assert!(
        database(
            &project,
            &["--database-url", "flag.db"],
            Some("variable.db")
        )
        .ends_with("flag.db")
    );

    // reading made none of them
    for name in ["metadata.db", "file.db", "variable.db", "flag.db"] {
        assert!(!project.path(name).exists(), "{name} was made by reading");
    }
}

#[test]
fn a_broken_file_is_reported() {
    let project = Project::library("broken");
    project
        .table_revision("20260101000000", "")
        .write(".env", "DATABASE_URL='unclosed\n");
    let mut command = project.command(["status"]);
    command.env_remove("DATABASE_URL");
    run(&mut command).code(2).says(".env");
}

#[test]
fn an_unknown_key_of_the_metadata_is_reported() {
    let project = Project::library("unknown");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.migrate]\ndatabase_url = \"x.db\"\n"),
    );
    project
        .migrate(["heads"])
        .code(2)
        .says("`database_url`")
        .says("`database-url`");
}

#[test]
fn a_path_in_a_file_starts_where_the_file_is() {
    let project = Project::library("deep");
    project
        .table_revision("20260101000000", "")
        .write(".env", "DATABASE_URL=file.db\n");
    let mut command = project.command(["up"]);
    command
        .env_remove("DATABASE_URL")
        .current_dir(project.path("src"));
    run(&mut command).ok();
    assert!(project.path("file.db").exists());
    assert!(!project.path("src/file.db").exists());
}
