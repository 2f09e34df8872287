//! Answers to `new --autogenerate`: two that contradict each other, those about nothing, and what
//! the answered revision does to the rows.

use diesel::connection::SimpleConnection;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types};
use migrate_tests::{Output, Project};

use crate::autogenerate::left_by;

fn new(project: &Project, arguments: &[&str]) -> Output {
    project.migrate(["new", "--autogenerate"].iter().chain(arguments))
}

fn connection(project: &Project) -> SqliteConnection {
    let path = project.path("app.db");
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

fn execute(project: &Project, sql: &str) {
    connection(project).batch_execute(sql).unwrap();
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    text: Option<String>,
}

/// The texts that a query selects as `text`.
fn texts(project: &Project, query: &str) -> Vec<String> {
    let found: Vec<Text> = sql_query(query).load(&mut connection(project)).unwrap();
    let found = found.into_iter();
    found
        .map(|one| one.text.unwrap_or_else(|| "NULL".to_owned()))
        .collect()
}

const TABLE: &str = "CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY, b TEXT, c TEXT);\n";

#[test]
fn two_answers_about_one_name_are_refused() {
    let project = left_by(
        "contradicting",
        TABLE,
        "migrate_core::table! {\n    u (id) {\n        id -> Integer,\n        d -> Nullable<Text>,\n        e -> Nullable<Text>,\n    }\n}\n",
    );
    new(&project, &["--rename", "u.b:d", "--rename", "u.c:d"])
        .code(2)
        .says("two renames lead to `u.d`")
        .says("`u.b:d`")
        .says("`--drop u.c` drops the other");
    new(&project, &["--rename", "u.b:d", "--rename", "u.b:e"])
        .code(2)
        .says("`u.b` is renamed twice");
    // one of them in a file, or in the source
    project.write("answers.toml", "rename = [\"u.c:d\"]\n");
    new(
        &project,
        &["--rename", "u.b:d", "--answers", "answers.toml"],
    )
    .code(2)
    .says("two renames lead to `u.d`");
    let text = project.read("src/schema.rs");
    let said = text.replace(
        "        d ->",
        "        #[migrate(renamed_from = \"c\")]\n        d ->",
    );
    project.write("src/schema.rs", &said);
    new(&project, &["--rename", "u.b:d"])
        .code(2)
        .says("two renames lead to `u.d`");
    // under the old name of its table, and under the new one
    project.write("src/schema.rs", &text.replace("u (id)", "v (id)"));
    new(
        &project,
        &["--rename", "u:v", "--rename", "u.b:d", "--rename", "v.c:d"],
    )
    .code(2)
    .says("two renames lead to `v.d`");
    new(
        &project,
        &["--rename", "u:v", "--rename", "u.b:d", "--rename", "v.c:e"],
    )
    .ok()
    .says("rename column `b`")
    .says("rename column `c`")
    .keeps_quiet_about("drop");
    project
        .migrate([
            "schema",
            "diff",
            "history@base",
            "models",
            "--rename",
            "u:v",
            "--rename",
            "w:v",
        ])
        .code(2)
        .says("two renames lead to `v`");
}

#[test]
fn names_are_swapped_with_what_is_on_them() {
    let project = left_by(
        "swapping",
        "CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY, b TEXT DEFAULT 'b' UNIQUE, c TEXT DEFAULT 'c');\n",
        "diesel::table! {\n    u (id) {\n        id -> Integer,\n        b -> Nullable<Text>,\n        c -> Nullable<Text>,\n    }\n}\n",
    );
    project.migrate(["up"]).ok();
    execute(&project, "INSERT INTO u (id) VALUES (1)");
    new(
        &project,
        &["Swapped", "--rename", "u.b:c", "--rename", "u.c:b"],
    )
    .ok();
    project.migrate(["up"]).ok();
    let unique =
        "SELECT ii.name AS text FROM pragma_index_list('u') il, pragma_index_info(il.name) ii";
    assert_eq!(texts(&project, unique), ["c"]);
    execute(&project, "INSERT INTO u (id, c) VALUES (2, 'other')");
    assert_eq!(
        texts(&project, "SELECT b || c AS text FROM u ORDER BY id"),
        ["cb", "cother"]
    );
}

#[test]
fn answers_about_nothing_are_refused() {
    let project = left_by(
        "unanswered",
        TABLE,
        "diesel::table! {\n    u (id) {\n        id -> Integer,\n        b -> Nullable<Text>,\n        count -> Integer,\n    }\n}\n",
    );
    for (arguments, said, near) in [
        (
            ["--drop", "u.d"],
            "`--drop`: nothing there is called `u.d`",
            "`u.b`",
        ),
        (
            ["--fill", "u.cuont=1"],
            "`--fill`: no column is called `u.cuont`",
            "`u.count`",
        ),
        (["--only", "w"], "`--only`: no table is called `w`", "`u`"),
        (
            ["--rename", "u.cc:count"],
            "nothing there is called `u.cc`",
            "`u.c`",
        ),
    ] {
        let refused = new(&project, &arguments).code(2).says(said);
        refused.says(&format!("did you mean {near}?"));
    }
    new(&project, &["--rename", "u.c:d"])
        .code(2)
        .says("nothing that goes and comes has these names");
    new(&project, &["--only", "u", "--to", "history@base"])
        .code(2)
        .says("neither state is `models`");
    // names on SQLite are one in any case
    new(
        &project,
        &[
            "--dry-run",
            "--only",
            "U",
            "--drop",
            "u.c",
            "--fill",
            "u.count=1",
        ],
    )
    .ok()
    .says("+ add column `count` to `u`");
}

#[test]
fn what_a_macro_or_another_file_may_declare_does_not_go() {
    let closed = "migrate_core::table! {\n    u (id) {\n        id -> Integer,\n        b -> Nullable<Text>,\n        c -> Nullable<Text>,\n    }\n}\n";
    let sql = format!("{TABLE}CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY);\n");
    let project = left_by("made_by_macros", &sql, closed);
    let maker = "macro_rules! lookup {\n    ($t:ident) => {\n        diesel::table! { $t (id) { id -> Integer, } }\n    };\n}\n";
    new(&project, &["--dry-run"])
        .ok()
        .says("- drop table `tags`");
    project.write(
        "src/schema.rs",
        &format!("{closed}\n{maker}\nlookup!(tags);\n"),
    );
    for line in [
        &["new", "--autogenerate"][..],
        &["schema", "diff", "history", "models"],
    ] {
        project
            .migrate(line)
            .code(2)
            .says("src/schema.rs:15:1: the macro `lookup!` may declare `tags`")
            .says("--drop tags");
    }
    project
        .migrate(["check", "--models"])
        .code(1)
        .prints("`lookup!` may declare `tags`");
    new(&project, &["--dry-run", "--drop", "tags"])
        .ok()
        .says("- drop table `tags`");
    // the macro is in another file, or the table is
    project.write("src/schema.rs", closed);
    project.write("src/deep/made.rs", maker);
    new(&project, &[])
        .code(2)
        .says("src/deep/made.rs:1:14: the macro `lookup!` may declare `tags`");
    project.write(
        "src/deep/made.rs",
        "diesel::table! { tags (id) { id -> Integer, } }\n",
    );
    new(&project, &[])
        .code(2)
        .says("src/deep/made.rs:1:18: the `table!` of `tags`");
    // as diesel left it for the database of now
    project.write(
        "diesel.toml",
        "[print_schema]\nfile = \"src/deep/made.rs\"\n",
    );
    let manifest = project.read("Cargo.toml");
    let models = "\n[package.metadata.migrate]\nmodels = [\"src/schema.rs\"]\n";
    project.write("Cargo.toml", &(manifest + models));
    new(&project, &["--dry-run"])
        .ok()
        .says("- drop table `tags`");
}

#[test]
fn a_value_fills_rows_also_where_the_table_is_rebuilt() {
    let columns = |more: &str| {
        format!(
            "migrate_core::table! {{\n    u (id) {{\n        id -> Integer,\n        b -> Nullable<Text>,\n        c -> Nullable<Text>,\n{more}    }}\n}}\n"
        )
    };
    let project = left_by(
        "filling",
        TABLE,
        &columns(
            "        #[migrate(unique)]\n        number -> Integer,\n        #[migrate(references(u.id))]\n        parent -> Integer,\n        \
             said -> Text,\n        code -> Text,\n        at -> Timestamp,\n",
        ),
    );
    project.migrate(["up"]).ok();
    execute(&project, "INSERT INTO u (id, b, c) VALUES (7, 'b', 'c')");
    let fills = |number: &str, at: &str| {
        ["u.parent=7", "u.said=sql:b || c", "u.code=007", number, at]
            .map(|fill| format!("--fill={fill}"))
    };
    for (number, at, said) in [
        (
            "u.number='abc'",
            "u.at=sql:CURRENT_TIMESTAMP",
            "`'abc'` is no value of `u.number`, which is Integer",
        ),
        (
            "u.number=1",
            "u.at=soon",
            "`soon` is no value of `u.at`, which is Timestamp",
        ),
    ] {
        let given = fills(number, at);
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        new(&project, &given)
            .code(2)
            .says(said)
            .says("sql:EXPRESSION");
    }
    let given = fills("u.number=sql:id * 2", "u.at=2026-01-31 12:30:00");
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    new(&project, &given)
        .ok()
        .says("~ fill column `said` of `u` with b || c where it is NULL")
        .says("proven: forth and back");
    project.migrate(["up"]).ok();
    assert_eq!(
        texts(
            &project,
            "SELECT number || ' ' || parent || ' ' || said || ' ' || code || ' ' || at AS text FROM u"
        ),
        ["14 7 bc 007 2026-01-31 12:30:00"]
    );
    new(&project, &[]).ok().says("nothing to do");
    project.migrate(["down", "-1"]).ok();
    assert_eq!(texts(&project, "SELECT b AS text FROM u"), ["b"]);
}

#[test]
fn texts_of_an_open_table_follow_a_renamed_column() {
    let project = left_by(
        "respelling",
        "CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY, age INTEGER, low INTEGER CHECK (low < 10), twice INTEGER AS (age * 2), CONSTRAINT ck CHECK (age > low), CONSTRAINT length CHECK (length(age) < 4));\n\
         CREATE INDEX ix ON u (abs(age)) WHERE \"age\" > 1;\n",
        "diesel::table! {\n    u (id) {\n        id -> Integer,\n        years -> Nullable<Integer>,\n        low -> Nullable<Integer>,\n        twice -> Nullable<Integer>,\n    }\n}\n",
    );
    project.migrate(["up"]).ok();
    execute(&project, "INSERT INTO u (id, age, low) VALUES (1, 7, 3)");
    let renamed = new(&project, &["Years", "--rename", "u.age:years"]).ok();
    renamed
        .says("→ rename column `age` of `u` to `years`\nproven: forth and back")
        .keeps_quiet_about("drop");
    project.migrate(["up"]).ok();
    assert_eq!(
        texts(
            &project,
            "SELECT CAST(years + twice AS TEXT) AS text FROM u"
        ),
        ["21"]
    );
    // a check that names a column that goes, goes with it
    let text = project.read("src/schema.rs");
    project.write(
        "src/schema.rs",
        &text.replace("        low -> Nullable<Integer>,\n", ""),
    );
    new(&project, &["--dry-run"])
        .ok()
        .says("- drop constraint `ck` of `u`")
        .says("- drop column `low` of `u`")
        .keeps_quiet_about("`length`");
    // the text of a view is no one's but a person's
    project.write("schema/views.sql", "CREATE VIEW v AS SELECT low FROM u;\n");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.migrate]\nsql = [\"schema/*.sql\"]\n"),
    );
    project.write("src/schema.rs", &text);
    new(&project, &["View"]).ok();
    project.migrate(["up"]).ok();
    project.write("Cargo.toml", &manifest);
    project.write("src/schema.rs", &text.replace("low ->", "least ->"));
    let failed = new(&project, &["--rename", "u.low:least"]).code(3);
    failed.says("note: view `v` names the column `u.low`, which becomes `least`");
    project.write(
        "schema/views.sql",
        "CREATE VIEW v AS SELECT least FROM u;\n",
    );
    project.write(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.migrate]\nsql = [\"schema/*.sql\"]\n"),
    );
    new(&project, &["--rename", "u.low:least"])
        .ok()
        .says("proven");
}

#[test]
fn what_is_no_table_is_named_and_not_created() {
    let project = left_by(
        "occupied",
        "CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY);\nCREATE VIRTUAL TABLE docs USING fts5(body);\nCREATE VIEW v AS SELECT id FROM u;\n",
        "migrate_core::table! {\n    u (id) {\n        id -> Integer,\n    }\n}\nmigrate_core::table! {\n    docs (rowid) {\n        rowid -> Integer,\n        body -> Text,\n    }\n}\n\
         diesel::table! {\n    v (id) {\n        id -> Integer,\n        more -> Integer,\n    }\n}\n",
    );
    new(&project, &[])
        .ok()
        .says("note: `docs` is a virtual table, which models do not declare: it is not compared")
        .says("note: `v` is a view, which models do not declare: it is not compared: `#[migrate(view)]` says so")
        .says("nothing to do");
    project.migrate(["up"]).ok();
    let printed = project.migrate(["schema", "print", "--closed"]).ok();
    printed
        .prints("// not here: `docs`: it is a virtual table\n")
        .prints("// not here: `v`: it is a view\n");
    let text = project.read("src/schema.rs");
    project.write("src/schema.rs", &text.replace("diesel", "migrate_core"));
    new(&project, &[])
        .code(2)
        .says("`v` is a view, no table")
        .says("`#[migrate(view)]`");
}

#[test]
fn patterns_and_names_are_in_any_case_where_the_database_has_no_case() {
    let closed = "migrate_core::table! {\n    u (id) {\n        id -> Integer,\n        #[migrate(default = \"b\", unique)]\n        b -> Nullable<Text>,\n        spare_id -> Nullable<Integer>,\n    }\n}\n";
    let project = left_by(
        "any_case",
        "CREATE TABLE spare (id INTEGER NOT NULL PRIMARY KEY);\n\
         CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY, b TEXT DEFAULT 'b' UNIQUE, spare_id INTEGER REFERENCES spare (id));\n",
        closed,
    );
    let manifest = project.read("Cargo.toml");
    let exclude = "\n[package.metadata.migrate]\nexclude = [\"SPARE\"]\n";
    project.write("Cargo.toml", &(manifest + exclude));
    // a model cannot declare the foreign key, which stays
    new(&project, &[]).ok().says("nothing to do");
    // and does so where the table is rebuilt
    project.write(
        "src/schema.rs",
        &closed.replace("b -> Nullable<Text>", "b -> Text"),
    );
    new(&project, &["--fill", "u.b=x", "Filled"])
        .ok()
        .says("proven: forth and back");
    project.migrate(["up"]).ok();
    let referred = "SELECT \"table\" AS text FROM pragma_foreign_key_list('u')";
    assert_eq!(texts(&project, referred), ["spare"]);
    // what is there besides does not depend on case either
    let open = "diesel::table! {\n    U (ID) {\n        ID -> Integer,\n        b -> Text,\n        spare_id -> Nullable<Integer>,\n    }\n}\n";
    project.write("src/schema.rs", open);
    new(&project, &[]).ok().says("nothing to do");
}

#[test]
fn programs_get_what_people_are_shown() {
    let closed = "migrate_core::table! {\n    u (id) {\n        id -> Integer,\n        c -> Nullable<Text>,\n    }\n}\n";
    let project = left_by("answering", TABLE, closed);
    let wanted = |answer: &serde_json::Value| {
        assert_eq!(answer["changes"][0]["text"], "drop column `b` of `u`");
        assert_eq!(
            answer["changes"][0]["loses"],
            "The values of `u.b` are lost."
        );
        assert_eq!(
            answer["proven"],
            "forth and back on a scratch SQLite database"
        );
        assert!(answer["notes"].is_array(), "{answer}");
    };
    let dry = new(&project, &["--dry-run", "--json"]).ok().json();
    wanted(&dry);
    assert!(
        dry["text"].as_str().unwrap().contains("DROP COLUMN `b`"),
        "{dry}"
    );
    let written = new(&project, &["--json"]).ok().json();
    wanted(&written);
    assert!(
        written["path"]
            .as_str()
            .unwrap()
            .contains("_drop_column_b_of_u"),
        "{written}"
    );
    let nothing = new(&project, &["--json"]).ok().json();
    assert_eq!(nothing["changes"], serde_json::json!([]));
    assert!(nothing["path"].is_null());

    // what a kind of database does not have is named where it is
    project.write("src/schema.rs", &closed.replace("Nullable<Text>", "Mood"));
    let place = "src/schema.rs:4:9: column `u.c`: the type `Mood` is not diesel's";
    project
        .migrate(["check"])
        .code(1)
        .prints("models: could not be compared: the models cannot be used\n")
        .prints(place);
    let check = project.migrate(["check", "--json"]).code(1).json();
    assert_eq!(check["models"]["known"], false);
    assert!(
        check["models"]["notes"][0]
            .as_str()
            .unwrap()
            .starts_with(place),
        "{check}"
    );

    // so are models that cannot be read
    project.write(
        "src/schema.rs",
        &closed.replace("c ->", "#[migrate(unqiue)] c ->"),
    );
    let check = project.migrate(["check", "--json"]).code(1).json();
    assert_eq!(check["models"]["why"], "the models have 1 problem");
    let note = check["models"]["notes"][0].as_str().unwrap();
    assert!(
        note.starts_with("src/schema.rs:4:19: unknown key `unqiue`"),
        "{note}"
    );
    project
        .migrate(["check"])
        .code(1)
        .prints("models: could not be compared: the models have 1 problem\n")
        .says("unknown key `unqiue`");
}

#[test]
fn a_database_that_is_behind_is_not_adopted() {
    let project = left_by(
        "behind",
        TABLE,
        "diesel::table! {\n    u (id) {\n        id -> Integer,\n        b -> Nullable<Text>,\n    }\n}\n",
    );
    project.migrate(["up"]).ok();
    project
        .write(
            "migrations/20260102000000_more/up.sql",
            "CREATE UNIQUE INDEX ix ON u (b);\n",
        )
        .write(
            "migrations/20260102000000_more/down.sql",
            "DROP INDEX ix;\n",
        )
        .write(
            "migrations/20260102000000_more/metadata.toml",
            "down_revision = \"20260101000000\"\n",
        );
    project
        .migrate(["schema", "adopt"])
        .code(1)
        .says("the database is not at the head of the history")
        .says("pending: 20260102000000")
        .says("`--from history`");
    assert!(project.read("src/schema.rs").starts_with("diesel::table!"));
    project
        .migrate(["schema", "adopt", "--from", "history"])
        .ok();
    assert!(project.read("src/schema.rs").contains("index(ix"));
}
