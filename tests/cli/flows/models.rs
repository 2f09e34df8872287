//! Change the models, generate, review, apply: what teams that come from Alembic do all day.

use super::{Flow, On};

const SCHEMA: &str = r#"//! The tables.

use migrate_core::table;

table! {
    teams (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[max_length = 80]
        #[migrate(unique)]
        name -> Varchar,
    }
}

table! {
    #[migrate(index(ix_users_email, [email]))]
    users (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[max_length = 120]
        email -> Varchar,
        age -> Nullable<Integer>,
        #[migrate(references(teams.id, on_delete = Cascade))]
        team_id -> Integer,
    }
}

diesel::joinable!(users -> teams (team_id));
diesel::allow_tables_to_appear_in_same_query!(teams, users);
"#;

const FILE: &str = "src/schema.rs";

/// A project that declares models, without a revision. On SQLite they are compiled too; elsewhere
/// the source is enough, and nothing is built when they change.
fn declared(on: On) -> Flow {
    let flow = Flow::new("shop", on, &[]);
    flow.project.write(FILE, SCHEMA);
    if on == On::Sqlite {
        flow.project.write(
            "src/lib.rs",
            "//! Under test.\n\npub mod schema;\n\nmigrate_core::migrations!();\n",
        );
    }
    flow
}

impl Flow {
    fn revisions(&self) -> usize {
        std::fs::read_dir(self.project.path("migrations"))
            .unwrap()
            .count()
    }
}

fn from_models_to_a_database_and_on(on: On) {
    let flow = declared(on);
    flow.migrate("check --scratch-url URL")
        .code(1)
        .prints("models: + create table `teams`\n")
        .prints("models: + create table `users`\n");
    flow.migrate("new --autogenerate 'Initial tables'")
        .ok()
        .says("+ create table `teams`")
        .says("proven: forth and back on a scratch")
        .prints("_initial_tables.rs\n");
    let first = flow.project.read(&flow.file("_initial_tables.rs"));
    assert!(first.contains("reversible"), "{first}");
    flow.migrate("up").ok();
    flow.migrate("check --models --scratch-url URL")
        .ok()
        .prints("models: no revision is missing\n");

    // nothing to do writes no file
    let nothing = flow.migrate("new --autogenerate").ok();
    assert_eq!(nothing.stdout, "");
    nothing.says("nothing to do: the history leads to what the models declare");
    assert_eq!(flow.revisions(), 1);

    // a rename is asked about, and written nowhere without an answer
    flow.by_hand("INSERT INTO teams (name) VALUES ('red')");
    flow.by_hand("INSERT INTO users (email, age, team_id) VALUES ('a@b', 7, 1)");
    flow.edit(FILE, "age ->", "years ->");
    flow.migrate("new --autogenerate")
        .code(2)
        .says("error: one question is open")
        .says("`--rename users.age:years`, or `--drop users.age`; or `--no-renames`");
    let asked = flow.migrate("new --autogenerate --json").code(2).json();
    assert_eq!(asked["questions"][0]["rename"], "--rename users.age:years");
    assert_eq!(flow.revisions(), 1);
    flow.project
        .write("answers.toml", "rename = [\"users.age:years\"]\n");
    flow.migrate("new --autogenerate --answers answers.toml")
        .ok()
        .prints("_rename_column_age_of_users_to_years.rs\n");
    flow.migrate("up").ok();
    assert_eq!(flow.count("users WHERE years = 7"), 1);

    // a longer text, and a default
    flow.edit(
        FILE,
        "        #[max_length = 120]\n",
        "        #[max_length = 200]\n        #[migrate(default = \"\")]\n",
    );
    flow.migrate("new --autogenerate -m 'Longer addresses'")
        .ok()
        .says("~ alter column `email` of `users`");
    flow.migrate("up").ok();
    flow.by_hand("INSERT INTO users (team_id) VALUES (1)");
    assert_eq!(flow.count("users WHERE email = ''"), 1);

    // a column for rows that are there needs a value
    flow.edit(FILE, "years ->", "level -> Integer,\n        years ->");
    flow.migrate("new --autogenerate")
        .code(2)
        .says("`users.level` is not null and has no default")
        .says("--fill users.level=VALUE");
    let preview = flow
        .migrate("new --autogenerate --fill users.level=3 --dry-run")
        .ok()
        .stdout;
    assert!(preview.contains("op.add_column("), "{preview}");
    assert_eq!(flow.revisions(), 3);
    flow.migrate("new --autogenerate --fill users.level=3").ok();
    flow.migrate("up").ok();
    assert_eq!(flow.count("users WHERE level = 3"), 2);

    // the models themselves say what is renamed, until a revision does
    flow.edit(
        FILE,
        "years ->",
        "#[migrate(renamed_from = years)]\n        grade ->",
    );
    flow.migrate("new --autogenerate 'Grades'")
        .ok()
        .says("→ rename column `years` of `users` to `grade`")
        .says("took `renamed_from` out of `src/schema.rs`");
    assert!(!flow.project.read(FILE).contains("renamed_from"));
    flow.migrate("up").ok();

    // what loses values says so, in the file too
    flow.edit(FILE, "level -> Integer,\n        ", "");
    flow.migrate("new --autogenerate 'No levels'")
        .ok()
        .says("- drop column `level` of `users`\n")
        .says("The values of `users.level` are lost.")
        .says("note: the downgrade may fail: ");
    let last = flow.project.read(&flow.file("_no_levels.rs"));
    assert!(
        last.contains("// The values of `users.level` are lost."),
        "{last}"
    );
    flow.migrate("up").ok();
    flow.by_hand("DELETE FROM users");
    flow.migrate("down -2").ok();
    flow.migrate("up").ok();
    flow.migrate("check --models --scratch-url URL")
        .ok()
        .prints("models: no revision is missing\n");
}

super::on_each_database!(from_models_to_a_database_and_on);

#[cfg(feature = "servers")]
mod mysql {
    #[test]
    fn from_models_to_a_database_and_on() {
        super::from_models_to_a_database_and_on(crate::flows::On::Mysql);
    }
}

/// A label that is new is used by a default in the revision after the one that adds it.
#[cfg(feature = "servers")]
#[test]
fn labels_of_an_enum_type() {
    let flow = Flow::new("moods", On::Postgres, &[]);
    flow.project
        .write(
            FILE,
            r#"//! The tables.

/// The types.
pub mod sql_types {
    /// A mood.
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "mood"))]
    #[migrate_core::migrate(labels("sad", "ok"))]
    pub struct Mood;
}

migrate_core::table! {
    use diesel::sql_types::*;
    use super::sql_types::Mood;

    people (id) {
        id -> Integer,
        #[migrate(default = "ok")]
        mood -> Mood,
    }
}
"#,
        )
        .write(
            "src/lib.rs",
            "//! Under test.\n\npub mod schema;\n\nmigrate_core::migrations!();\n",
        );
    flow.migrate("new --autogenerate People").ok();
    flow.migrate("up").ok();
    flow.by_hand("INSERT INTO people (id) VALUES (1)");
    flow.edit(FILE, "\"ok\"))]", "\"fine\", \"ok\"))]");
    flow.edit(FILE, "default = \"ok\"", "default = \"fine\"");
    flow.migrate("new --autogenerate Fine")
        .ok()
        .prints("_fine.rs\n")
        .prints("_fine_uses_of_new_labels.rs\n");
    for file in ["_fine.rs", "_fine_uses_of_new_labels.rs"] {
        let text = flow.project.read(&flow.file(file));
        assert!(!text.contains("transaction = false"), "{text}");
    }
    for line in ["up", "down -2", "up"] {
        flow.migrate(line).ok();
    }
    flow.by_hand("INSERT INTO people (id) VALUES (2)");
    assert_eq!(flow.count("people WHERE mood = 'fine'"), 1);
    flow.edit(FILE, "\"sad\", ", "");
    flow.migrate("new --autogenerate Glad").ok().says("mood");
    flow.migrate("up").ok();
    flow.migrate("check --models --scratch-url URL")
        .ok()
        .prints("models: no revision is missing\n");
}

/// Names in an open table: texts follow a renamed column, and what is on swapped columns follows
/// them; an expression fills a new column from others.
#[cfg(feature = "servers")]
fn names_within_an_open_table(on: On) {
    let more = match on {
        On::Mysql => "CREATE INDEX ix_more ON u ((abs(age)))",
        _ => "CREATE INDEX ix_more ON u (abs(age)) WHERE age > 1",
    };
    let revision = format!(
        "use migrate_core::prelude::*;\n\n\
         #[revision(id = \"20260101000000\", down_revision = None, irreversible)]\n\
         fn upgrade(op: &mut Operations) -> Result<()> {{\n    \
         op.execute(\"CREATE TABLE u (id int NOT NULL PRIMARY KEY, b int DEFAULT 4, c int DEFAULT 5, age int, \
         twice int GENERATED ALWAYS AS (age * 2) STORED, CONSTRAINT ck CHECK (age > 0), CONSTRAINT uq UNIQUE (b))\")?;\n    \
         op.execute(\"{more}\")\n}}\n"
    );
    let flow = Flow::new("names", on, &[("20260101000000_u", &revision)]);
    let columns = [
        "id -> Integer",
        "b -> Nullable<Integer>",
        "c -> Nullable<Integer>",
    ];
    let rest = ["age -> Nullable<Integer>", "twice -> Nullable<Integer>"];
    let columns: Vec<String> = (columns.iter().chain(&rest))
        .map(|column| format!("        {column},\n"))
        .collect();
    let text = format!(
        "diesel::table! {{\n    u (id) {{\n{}    }}\n}}\n",
        columns.concat()
    );
    flow.project.write(FILE, &text);
    flow.migrate("up").ok();
    flow.migrate("new --autogenerate")
        .ok()
        .says("nothing to do");
    flow.by_hand("INSERT INTO u (id, age) VALUES (1, 7)");

    flow.edit(FILE, "age ->", "years ->");
    flow.migrate("new --autogenerate Years --rename u.age:years")
        .ok()
        .says("proven: forth and back");
    flow.migrate("up").ok();
    assert_eq!(flow.count("u WHERE years = 7 AND twice = 14"), 1);
    flow.migrate("down -1").ok();
    flow.migrate("up").ok();

    flow.migrate("new --autogenerate Swapped --rename u.b:c --rename u.c:b")
        .ok()
        .says("proven: forth and back")
        .keeps_quiet_about("default");
    flow.migrate("up").ok();
    flow.by_hand("INSERT INTO u (id, years, c) VALUES (2, 8, 40)");
    assert_eq!(flow.count("u WHERE b = 5 AND c = 4"), 1);
    assert_eq!(flow.count("u WHERE b = 5 AND c = 40"), 1);

    flow.edit(FILE, "twice ->", "said -> Integer,\n        twice ->");
    flow.migrate("new --autogenerate Said --fill 'u.said=sql:years + b'")
        .ok()
        .says("~ fill column `said` of `u` with years + b where it is NULL");
    flow.migrate("up").ok();
    assert_eq!(flow.count("u WHERE said = 12 OR said = 13"), 2);
    flow.migrate("new --autogenerate")
        .ok()
        .says("nothing to do");
}

#[cfg(feature = "servers")]
mod names {
    #[test]
    fn within_an_open_table_on_postgres() {
        super::names_within_an_open_table(crate::flows::On::Postgres);
    }

    #[test]
    fn within_an_open_table_on_mysql() {
        super::names_within_an_open_table(crate::flows::On::Mysql);
    }
}
