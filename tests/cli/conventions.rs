//! What the configuration says of generated revisions: names, comments, what does not block a table
//! in use.

use migrate_tests::Project;

const MODELS: &str = r#"//! The tables.

migrate_core::table! {
    teams (id) {
        id -> Integer,
        #[migrate(unique)]
        name -> Text,
    }
}

migrate_core::table! {
    #[migrate(unique([team_id, age]), check("age < 200"), check("age <> 13"))]
    users (id) {
        id -> Integer,
        #[migrate(references(teams.id), index)]
        team_id -> Integer,
        #[migrate(check("age > 0"))]
        age -> Integer,
    }
}
"#;

const NAMES: &str = r#"
[package.metadata.migrate.names]
unique = "uq_{table}_{columns}"
foreign-key = "fk_{table}_{column}_{referred_table}"
check = "ck_{table}_{columns}"
index = "idx_{table}_{columns}"
primary-key = "pk_{table}"
"#;

/// A project with these models and this section in its manifest.
fn declared(name: &str, metadata: &str) -> Project {
    let project = Project::library(name);
    let manifest = project.read("Cargo.toml");
    project
        .write("src/schema.rs", MODELS)
        .write("Cargo.toml", &format!("{manifest}{metadata}"));
    project
}

#[test]
fn names_of_the_convention() {
    let project = declared("names", NAMES);
    let mut preview = project.migrate(["new", "--autogenerate", "--dry-run"]).ok();
    for name in [
        "pk_teams",
        "uq_teams_name",
        "uq_users_team_id_age",
        "fk_users_team_id_teams",
        "ck_users_age",
        "\"ck_users\"",
        "\"ck_users1\"",
        "idx_users_team_id",
    ] {
        preview = preview.prints(name);
    }
    project.migrate(["new", "--autogenerate", "Tables"]).ok();
    project.migrate(["up"]).ok();
    project.migrate(["check", "--models"]).ok();

    // closed models are printed without what the convention names
    let printed = project.migrate(["schema", "print", "--closed"]).ok();
    printed
        .prints("#[migrate(unique)]")
        .prints("#[migrate(index)]");

    // another convention is for what is new: what is there keeps its name
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &manifest
            .replace("uq_{table}", "u_{table}")
            .replace("idx_", "i_"),
    );
    project.migrate(["check", "--models"]).ok();
    let printed = project.migrate(["schema", "print", "--closed"]).ok();
    printed.prints("#[migrate(unique(name = uq_teams_name))]");
    let models = project.read("src/schema.rs");
    project.write(
        "src/schema.rs",
        &models.replace(
            "name -> Text,",
            "name -> Text,\n        #[migrate(unique, index)]\n        town -> Nullable<Text>,",
        ),
    );
    let preview = project.migrate(["new", "--autogenerate", "--dry-run"]).ok();
    preview.prints("u_teams_town").prints("i_teams_town");
}

#[test]
fn names_that_are_none() {
    for (line, message, help) in [
        (
            "uniqe = \"uq_{table}\"",
            "unknown key `uniqe` in `[package.metadata.migrate.names]`",
            "a key with a similar name exists: `unique`",
        ),
        (
            "unique = \"uq_{tabel}\"",
            "unknown placeholder `{tabel}` in `unique`",
            "the placeholders are `{table}`, `{columns}` and `{column}`",
        ),
        (
            "foreign-key = \"{name}\"",
            "unknown placeholder `{name}` in `foreign-key`",
            "`{referred_table}`",
        ),
        (
            "index = \"ix_{table\"",
            "`index` has a brace without its other half",
            "the placeholders are",
        ),
        (
            "check = \"ck\"",
            "`check` is to have `{table}`: else several would have one name",
            "the placeholders are",
        ),
        (
            "check = 1",
            "`check` in `[package.metadata.migrate.names]` is to be a string",
            "such as `check = ",
        ),
    ] {
        let project = declared(
            "misnamed",
            &format!("\n[package.metadata.migrate.names]\n{line}\n"),
        );
        let at = project.read("Cargo.toml").lines().count();
        project
            .migrate(["check"])
            .code(2)
            .says(&format!("`Cargo.toml:{at}`: {message}"))
            .says(help);
    }
    declared("unnamed", "\n[package.metadata.migrate]\nnames = \"x\"\n")
        .migrate(["check"])
        .code(2)
        .says("`names` in `[package.metadata.migrate]` is to be a table");
}

#[cfg(feature = "servers")]
mod servers {
    use crate::flows::{Flow, On};

    /// A project on PostgreSQL with these lines in its section.
    fn flow(name: &str, lines: &str) -> Flow {
        let flow = Flow::new(name, On::Postgres, &[]);
        let manifest = flow.project.read("Cargo.toml");
        flow.project.write(
            "Cargo.toml",
            &format!("{manifest}\n[package.metadata.migrate]\n{lines}\n"),
        );
        flow
    }

    #[test]
    fn documentation_is_a_comment() {
        let flow = flow("documented", "docs-are-comments = true");
        flow.project.write(
            "src/schema.rs",
            r#"//! The tables.

migrate_core::table! {
    /// Who may log in.
    ///
    /// Others may not.
    users (id) {
        id -> Integer,
        /// As it was typed.
        email -> Text,
        /// Not this.
        #[migrate(comment = "this")]
        name -> Text,
    }
}

diesel::table! {
    /// Representation of the `posts` table.
    ///
    /// (Automatically generated by Diesel.)
    posts (id) {
        id -> Integer,
    }
}
"#,
        );
        flow.migrate("new --autogenerate Users").ok();
        flow.migrate("up").ok();
        let comment = |of: &str, column: u8| {
            let condition = format!(
                "pg_description WHERE objoid = '{of}'::regclass AND objsubid = {column} AND description = "
            );
            move |text: &str| format!("{condition}'{text}'")
        };
        for of in [
            comment("users", 0)("Who may log in.\n\nOthers may not."),
            comment("users", 2)("As it was typed."),
            comment("users", 3)("this"),
        ] {
            assert_eq!(flow.count(&of), 1, "{of}");
        }
        assert_eq!(
            flow.count("pg_description WHERE objoid = 'posts'::regclass"),
            0
        );
        flow.migrate("check --models --scratch-url URL").ok();
        let manifest = flow.project.read("Cargo.toml");
        flow.project.write(
            "Cargo.toml",
            &manifest.replace("docs-are-comments = true", "docs-are-comments = false"),
        );
        flow.migrate("check --models --scratch-url URL")
            .code(1)
            .prints("comment");
    }
}
