//! Environments, and `config`: what a person sees who writes sections, a `.env` file, variables and
//! options.

use migrate_tests::{Output, Project, run};

/// A project whose manifest ends in this.
fn project(name: &str, metadata: &str) -> Project {
    let project = Project::library(name);
    project.table_revision("20260101000000", "");
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", &format!("{manifest}\n{metadata}"));
    project
}

/// A command without the variable that the tests set otherwise.
fn migrate(project: &Project, line: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = project.command(line.split_whitespace());
    command
        .env_remove("DATABASE_URL")
        .envs(variables.iter().copied());
    run(&mut command)
}

/// A value and the kind of its origin.
fn value(output: &Output, key: &str) -> (String, String) {
    let json = output.json();
    let rows = json["values"].as_array().expect("values");
    let row = rows.iter().find(|row| row["key"] == key).expect(key);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    (text(&row["value"]), text(&row["origin"]["kind"]))
}

const METADATA: &str = "[package.metadata.migrate]
database-url = \"development.db\"
lock-timeout = 7

[package.metadata.migrate.environments.production]
database-url = \"production.db\"
";

#[test]
fn an_environment_overrides_the_section_and_is_overridden_by_what_is_nearer() {
    let project = project("environments", METADATA);
    let url = |line: &str, variables: &[(&str, &str)]| {
        value(
            &migrate(&project, &format!("config --json {line}"), variables).ok(),
            "database-url",
        )
    };
    let at = |name: &str| project.path(name).display().to_string();
    let pair = |value: &str, kind: &str| (value.to_owned(), kind.to_owned());
    assert_eq!(url("", &[]), pair(&at("development.db"), "section"));
    assert_eq!(
        url("--env production", &[]),
        pair(&at("production.db"), "section")
    );
    assert_eq!(
        url("", &[("MIGRATE_ENV", "production")]),
        pair(&at("production.db"), "section")
    );
    project.write(".env", "MIGRATE_ENV=production\n");
    assert_eq!(url("", &[]), pair(&at("production.db"), "section"));
    project.write(".env", "MIGRATE_ENV=production\nDATABASE_URL=file.db\n");
    assert_eq!(url("", &[]), pair(&at("file.db"), "env-file"));
    let variable = [("DATABASE_URL", "variable.db")];
    assert_eq!(url("", &variable), pair("variable.db", "variable"));
    assert_eq!(
        url("--database-url flag.db", &variable),
        pair("flag.db", "flag")
    );

    // and a run does what `config` says
    project.write(".env", "MIGRATE_ENV=production\n");
    migrate(&project, "up", &[]).ok();
    assert!(project.path("production.db").exists() && !project.path("development.db").exists());
}

#[test]
fn the_text_names_the_lines() {
    let project = project("lines", METADATA);
    let first = project.read("Cargo.toml").lines().count() - METADATA.lines().count() + 1;
    migrate(&project, "config --env production", &[])
        .ok()
        .prints(&format!(
            "Cargo.toml:{} [package.metadata.migrate.environments.production]",
            first + 5
        ))
        .prints(&format!(
            "Cargo.toml:{} [package.metadata.migrate]",
            first + 2
        ))
        .prints("multiple-heads          refuse ");
}

#[test]
fn unknown_keys_are_reported_with_line_and_suggestion() {
    let project = project(
        "unknown",
        "[package.metadata.migrate.environments.production]\nlock_timeout = 5\n",
    );
    let line = project.read("Cargo.toml").lines().count();
    migrate(&project, "heads", &[])
        .code(2)
        .says(&format!("`Cargo.toml:{line}`: unknown key `lock_timeout`"))
        .says("`lock-timeout`");
    let manifest = project
        .read("Cargo.toml")
        .replace("lock_timeout", "lock-timeout");
    project
        .write("Cargo.toml", &manifest)
        .write(".env", "A=1\nMIGRATE_ENV=prodction\n");
    migrate(&project, "status", &[])
        .code(2)
        .says("unknown environment `prodction`")
        .says(".env:2`")
        .says(&format!(
            "`production` is declared in `Cargo.toml:{}`",
            line - 1
        ))
        .says("an environment with a similar name exists: `production`");
}

/// `allow-reset` around all environments is said of the database beside it: not of one that a
/// variable or an option names, which may be anybody's.
#[test]
fn allow_reset_applies_to_the_database_next_to_it() {
    let project = project(
        "resettable",
        "[package.metadata.migrate]\ndatabase-url = \"development.db\"\nallow-reset = true\n\n\
         [package.metadata.migrate.environments.testing]\nallow-reset = true\n",
    );
    let theirs = [("DATABASE_URL", "theirs.db")];
    migrate(&project, "up", &theirs).ok();
    migrate(&project, "reset --yes", &[]).ok();
    migrate(&project, "reset --yes", &theirs)
        .code(2)
        .says("nothing allows it here");
    migrate(&project, "reset --yes --database-url theirs.db", &[])
        .code(2)
        .says("next to the database's URL");
    migrate(&project, "log --json", &theirs)
        .ok()
        .prints("\"up\"");
    migrate(&project, "reset --yes --env testing", &theirs).ok();
    migrate(&project, "reset --yes --allow-reset", &theirs).ok();
}

/// No database, a variable that is not set, and a text that is no URL: each is known without the
/// compiler.
#[test]
fn a_database_that_is_not_named_is_reported_before_the_build() {
    let project = project(
        "unnamed",
        "[package.metadata.migrate.environments.production]\ndatabase-url-variable = \"PROD_DATABASE_URL\"\n",
    );
    let typo = [("DATABASE_URL", "postgress://ada@host/db")];
    for (line, variables, message) in [
        ("up", &[][..], "no database was given"),
        ("status", &[], "no database was given"),
        ("check --database", &[], "no database was given"),
        ("reset --yes", &[], "no database was given"),
        ("up --env production", &[], "`PROD_DATABASE_URL` is not set"),
        (
            "check --env production --database",
            &[],
            "`PROD_DATABASE_URL` is not set",
        ),
        ("up", &typo, "unknown kind of database `postgress`"),
    ] {
        migrate(&project, line, variables)
            .code(2)
            .says(&format!("error: {message}"));
        assert!(
            !project.path("target").exists(),
            "{line}: something was built"
        );
    }
}
