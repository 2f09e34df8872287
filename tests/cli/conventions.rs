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
    use migrate_tests::servers::{Database, Server};

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
    fn names_on_servers() {
        for (on, name) in [(On::Postgres, "names-postgres"), (On::Mysql, "names-mysql")] {
            let flow = Flow::new(name, on, &[]);
            let manifest = flow.project.read("Cargo.toml");
            let models = super::MODELS.replace(
                "        name -> Text",
                "        #[max_length = 80]\n        name -> Varchar",
            );
            flow.project
                .write("src/schema.rs", &models)
                .write("Cargo.toml", &format!("{manifest}{}", super::NAMES));
            flow.migrate("new --autogenerate Tables").ok();
            flow.migrate("up").ok();
            flow.migrate("check --models --scratch-url URL").ok();
            flow.migrate("schema print --closed")
                .ok()
                .prints("#[migrate(unique)]")
                .prints("index)]");
            flow.migrate("down -1").ok();
        }
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

    const TABLES: &str = r#"//! The tables.

migrate_core::table! {
    teams (id) {
        id -> Integer,
    }
}

migrate_core::table! {
    users (id) {
        id -> Integer,
        team_id -> Integer,
        age -> Integer,
    }
}
"#;

    /// The same with an index, a check, a foreign key and a new column.
    fn with_more(models: &str) -> String {
        models
            .replace(
                "team_id -> Integer,",
                "#[migrate(references(teams.id), index)]\n        team_id -> Integer,",
            )
            .replace(
                "age -> Integer,",
                "#[migrate(check(\"age > 0\"))]\n        age -> Integer,\n        name -> Nullable<Text>,",
            )
    }

    /// What is known of the index, the check and the key.
    fn validity(flow: &Flow) -> (i64, i64, i64) {
        let constraints =
            "pg_constraint WHERE conrelid = 'users'::regclass AND contype IN ('c', 'f')";
        (
            flow.count(
                "pg_index WHERE indrelid = 'users'::regclass AND NOT indisprimary AND indisvalid",
            ),
            flow.count(&format!("{constraints} AND convalidated")),
            flow.count(&format!("{constraints} AND NOT convalidated")),
        )
    }

    #[test]
    fn what_would_block_a_table_in_use_is_apart() {
        let flow = flow("in-use", "concurrently = true\nnot-valid = true");
        flow.project.write("src/schema.rs", TABLES);
        flow.migrate("new --autogenerate Tables").ok();
        flow.migrate("up").ok();
        flow.by_hand("INSERT INTO teams VALUES (1); INSERT INTO users VALUES (1, 1, 1)");
        flow.project.write("src/schema.rs", &with_more(TABLES));
        flow.migrate("new --autogenerate --dry-run")
            .ok()
            .prints(".concurrently()")
            .prints(".not_valid()")
            .prints("op.validate_constraint(\"users\", \"users_age_check\")")
            .prints("downgrade = \"nothing\"")
            .prints("transaction = false");
        let written = flow
            .migrate("new --autogenerate 'More of users' --json")
            .ok();
        let written = written.json();
        let id = |value: &serde_json::Value| value["id"].as_str().unwrap().to_owned();
        let then = written["then"].as_array().unwrap();
        let names: Vec<&str> = then
            .iter()
            .map(|one| one["message"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            ["More of users, validation", "More of users, indexes"]
        );
        assert_eq!(
            then[0]["down_revision"][0].as_str(),
            Some(id(&written).as_str())
        );
        assert_eq!(
            then[1]["down_revision"][0].as_str(),
            Some(id(&then[0]).as_str())
        );

        flow.migrate(&format!("up {}", id(&written))).ok();
        assert_eq!(validity(&flow), (0, 0, 2));
        flow.migrate(&format!("up {}", id(&then[0]))).ok();
        assert_eq!(validity(&flow), (0, 2, 0));
        flow.migrate("up").ok();
        assert_eq!(validity(&flow), (1, 2, 0));
        flow.migrate("check --models --scratch-url URL").ok();
        flow.migrate("down -1").ok();
        assert_eq!(validity(&flow), (0, 2, 0));
        flow.migrate("down -2").ok();
        assert_eq!(validity(&flow), (0, 0, 0));
        flow.migrate("up").ok();
        flow.migrate("new --autogenerate")
            .ok()
            .says("nothing to do");
    }

    #[test]
    fn what_would_block_a_table_in_use_is_apart_in_sql() {
        let flow = flow("in-use-sql", "concurrently = true\nnot-valid = true");
        flow.project.write("src/schema.rs", TABLES);
        flow.migrate("new --autogenerate Tables --sql").ok();
        flow.migrate("up").ok();
        flow.by_hand("INSERT INTO teams VALUES (1); INSERT INTO users VALUES (1, 1, 1)");
        // an index alone is one revision, with its message
        let index = TABLES.replace(
            "age -> Integer,",
            "#[migrate(index)]\n        age -> Integer,",
        );
        flow.project.write("src/schema.rs", &index);
        flow.migrate("new --autogenerate Index")
            .ok()
            .prints("_index/up.sql\n");
        flow.migrate("up").ok();
        assert_eq!(validity(&flow), (1, 0, 0));
        flow.project.write("src/schema.rs", &with_more(&index));
        flow.migrate("new --autogenerate More")
            .ok()
            .prints("_more/up.sql\n")
            .prints("_more_validation/up.sql\n")
            .prints("_more_indexes/up.sql\n");
        flow.migrate("up").ok();
        assert_eq!(validity(&flow), (2, 2, 0));
        flow.migrate("check --models --scratch-url URL").ok();
        flow.migrate("down -3").ok();
        assert_eq!(validity(&flow), (1, 0, 0));
    }

    /// A package for SQLite and a server.
    fn with_sqlite(name: &str, on: On) -> Flow {
        let flow = Flow::new(name, on, &[]);
        let manifest = flow.project.read("Cargo.toml");
        let sqlite = "libsqlite3-sys = { version = \"0.38\", features = [\"bundled\"] }\n";
        let manifest = ["postgres", "mysql"]
            .iter()
            .fold(manifest, |manifest, server| {
                let one = format!("features = [\"{server}\"]");
                manifest.replace(&one, &format!("features = [\"{server}\", \"sqlite\"]"))
            })
            .replace("[dependencies]\n", &format!("[dependencies]\n{sqlite}"));
        flow.project.write("Cargo.toml", &manifest);
        flow
    }

    const OF_BOTH: &str = r#"//! The tables.

migrate_core::table! {
    #[migrate(only(postgres, index(ix_users_lower, [expression("lower(email)")])))]
    users (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[max_length = 80]
        #[migrate(unique)]
        email -> Varchar,
        note -> Nullable<Text>,
        #[migrate(default_sql = (postgres = "md5('x')", sqlite = "hex(1)"))]
        token -> Text,
    }
}
"#;

    #[test]
    fn one_revision_for_two_databases() {
        let flow = with_sqlite("both", On::Postgres);
        let on_sqlite = |line: &str| {
            let mut command = flow.project.command(line.split_whitespace());
            migrate_tests::run(command.env("DATABASE_URL", "app.db"))
        };
        let both = "new --autogenerate --backend sqlite,postgres";
        flow.project.write("src/schema.rs", OF_BOTH);
        flow.migrate(&format!("{both} --sql"))
            .code(2)
            .says("a folder's statements are those of one database");
        flow.migrate(&format!("{both} --from database"))
            .code(2)
            .says("is of one kind of database");
        flow.migrate(&format!("{both} --dialect sqlite"))
            .code(2)
            .says("--dialect");
        flow.migrate(&format!("{both} Users"))
            .ok()
            .says("+ create table `users`\n")
            .says("+ create index `ix_users_lower` on `users`, on PostgreSQL only\n")
            .says("proven: forth and back on a scratch SQLite database")
            .says("proven: forth and back on a scratch PostgreSQL database");
        let first = flow.project.read(&flow.file("_users.rs"));
        assert!(
            first.contains("if op.backend() == BackendKind::Postgres {"),
            "{first}"
        );
        assert!(first.contains("reversible"), "{first}");
        for line in ["up", "down -1", "up"] {
            flow.migrate(line).ok();
            on_sqlite(line).ok();
        }
        flow.migrate(both).ok().says("nothing to do");

        // what agrees is written once, whatever each database calls it
        let changed = OF_BOTH
            .replace("        note -> Nullable<Text>,\n", "")
            .replace("max_length = 80", "max_length = 120")
            .replace("token -> Text", "#[migrate(index)]\n        token -> Text");
        flow.project.write("src/schema.rs", &changed);
        flow.migrate(&format!(
            "{both} Changed --scratch-url sqlite:x.db --scratch-url URL"
        ))
        .ok();
        let second = flow.project.read(&flow.file("_changed.rs"));
        assert!(!second.contains("if op.backend()"), "{second}");
        for line in ["up", "down -1", "up"] {
            flow.migrate(line).ok();
            on_sqlite(line).ok();
        }
        flow.migrate("check --models --scratch-url URL").ok();
        on_sqlite("check --models").ok();
        assert!(!flow.project.path("x.db").exists());

        // what is a revision of its own on one of them
        let manifest = flow.project.read("Cargo.toml");
        flow.project.write(
            "Cargo.toml",
            &format!("{manifest}\n[package.metadata.migrate]\nconcurrently = true\n"),
        );
        let indexed = changed.replace(
            "        id -> Integer",
            "        #[migrate(index)]\n        id -> Integer",
        );
        flow.project.write("src/schema.rs", &indexed);
        flow.migrate(&format!("{both} Concurrent"))
            .ok()
            .prints("_concurrent.rs\n")
            .prints("_concurrent_indexes.rs\n");
        for line in ["up", "down -2", "up"] {
            flow.migrate(line).ok();
            on_sqlite(line).ok();
        }
        flow.migrate(both).ok().says("nothing to do");
    }

    #[test]
    fn one_revision_for_mysql_mariadb_and_sqlite() {
        let flow = with_sqlite("three", On::Mysql);
        let mariadb = Database::new(Server::Mariadb, "three");
        let at = |url: &str, line: &str| {
            let mut command = flow.project.command(line.split_whitespace());
            migrate_tests::run(command.env("DATABASE_URL", url))
        };
        let everywhere = |line: &str| {
            flow.migrate(line).ok();
            at(mariadb.url(), line).ok();
            at("app.db", line).ok();
        };
        let token =
            "        #[migrate(default_sql = (postgres = \"md5('x')\", sqlite = \"hex(1)\"))]\n";
        // MariaDB has no indexes on expressions
        let models = OF_BOTH
            .replace("only(postgres, index", "only(mysql, index")
            .replace(token, "");
        let other = mariadb.url().replacen("mysql://", "mariadb://", 1);
        let all = "new --autogenerate --backend sqlite,mysql,mariadb --scratch-url URL";
        flow.project.write("src/schema.rs", &models);
        flow.migrate(&format!("{all} Users"))
            .code(2)
            .says("the scratch database is to be one of MariaDB, and `")
            .says("` is one of MySQL");
        let all = format!("{all} --scratch-url {other}");
        flow.migrate(&format!("{all} Users"))
            .ok()
            .says("+ create table `users`\n")
            .says("+ create index `ix_users_lower` on `users`, on MySQL only\n")
            .says("proven: forth and back on a scratch MySQL database")
            .says("proven: forth and back on a scratch MariaDB database");
        for line in ["up", "down -1", "up"] {
            everywhere(line);
        }
        let changed = models
            .replace("        note -> Nullable<Text>,\n", "")
            .replace("max_length = 80", "max_length = 120");
        flow.project.write("src/schema.rs", &changed);
        flow.migrate(&format!("{all} Changed")).ok();
        everywhere("up");
        flow.migrate(&all).ok().says("nothing to do");
    }
}
