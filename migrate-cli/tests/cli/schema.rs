//! `schema dump`, `schema diff`, `drift` and `check --drift`.

use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, EMPTY};
use crate::support::Folder;

#[test]
fn a_history_is_dumped_as_sql_without_a_database() {
    let said = Folder::new().run_with(&CHAIN, "schema dump history -q --dialect sqlite", &[]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_data_eq!(
        said.out,
        str![[r#"
CREATE TABLE `orders` (
  `id` INTEGER NOT NULL PRIMARY KEY
);
CREATE TABLE `users` (
  `id` INTEGER NOT NULL PRIMARY KEY,
  `name` TEXT NOT NULL,
  `phone` VARCHAR(20)
);

"#]]
    );
}

#[test]
fn a_dump_creates_the_same_schema_again() {
    let folder = Folder::new();
    folder.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT DEFAULT 'x' NOT NULL, CHECK (n <> '')); CREATE INDEX ix_n ON t (n DESC); CREATE VIEW v AS SELECT n FROM t;");
    let dump = folder.run(&EMPTY, "schema dump");
    assert_eq!(dump.code, 0, "{dump:?}");
    std::fs::write(folder.path().join("dump.sql"), &dump.out).unwrap();
    let said = folder.run(&EMPTY, "schema diff database dump.sql");
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
    let again = folder.run(&EMPTY, "schema dump dump.sql");
    assert_eq!(again.out, dump.out);
    let json = folder.run(&EMPTY, "schema dump --format json");
    std::fs::write(folder.path().join("dump.json"), &json.out).unwrap();
    let said = folder.run(&EMPTY, "schema diff dump.json database");
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
}

#[test]
fn a_difference_is_a_line_for_each_change() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    folder.execute("DROP TABLE orders; ALTER TABLE users ADD COLUMN mail TEXT; CREATE INDEX ix_mail ON users (mail);");
    let said = folder.run(&CHAIN, "schema diff history database");
    assert_eq!(said.code, 1, "{said:?}");
    assert_data_eq!(
        said.out,
        str![[r#"
+ add column `mail` to `users`
+ create index `ix_mail` on `users`
- drop table `orders`
    The rows of `orders` are lost.

"#]]
    );
    assert_data_eq!(
        said.err,
        str![[r#"
`scratch`: 3 revisions on a scratch database
  [1/3] up 20261101090000, Create users. … 0 ms
  [2/3] up 20261108120000, Add a phone number to users. … 0 ms
  [3/3] up 20261115180000, Create orders. … 0 ms
3 changes

"#]]
    );
}

#[test]
fn statements_that_rebuild_a_table_are_those_that_were_sent() {
    let folder = Folder::new();
    std::fs::write(
        folder.path().join("a.sql"),
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("b.sql"),
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT NOT NULL);",
    )
    .unwrap();
    let said = folder.run_with(
        &EMPTY,
        "schema diff a.sql b.sql --format sql --dialect sqlite",
        &[],
    );
    assert_eq!(said.code, 1, "{said:?}");
    assert_data_eq!(
        said.out,
        str![[r#"
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = ON;
BEGIN;
-- It fails where `t.n` is NULL.
ALTER TABLE `main`.`t` RENAME TO `_migrate_old_t`;
CREATE TABLE `main`.`t` (
  `id` INTEGER PRIMARY KEY,
  `n` TEXT NOT NULL
);
INSERT OR ABORT INTO `main`.`t` (`id`, `n`) SELECT `id`, `n` FROM `main`.`_migrate_old_t`;
DROP TABLE `main`.`_migrate_old_t`;
COMMIT;
PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;

"#]]
    );
}

#[test]
fn an_open_question_is_exit_code_2_with_what_to_type() {
    let folder = Folder::new();
    std::fs::write(
        folder.path().join("a.sql"),
        "CREATE TABLE t (id INTEGER PRIMARY KEY, age INTEGER);",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("b.sql"),
        "CREATE TABLE t (id INTEGER PRIMARY KEY, years INTEGER);",
    )
    .unwrap();
    let said = folder.run_with(&EMPTY, "schema diff a.sql b.sql --dialect sqlite", &[]);
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
    assert_data_eq!(
        said.err,
        str![[r#"
error: one question is open
note: column `t.age` (Integer, null) goes and `t.years` (Integer, null) comes: no other column of that kind goes or comes
help: answer each: `--rename t.age:years`, or `--drop t.age`; or `--no-renames` for all

"#]]
    );
    let said = folder.run_with(
        &EMPTY,
        "schema diff a.sql b.sql --rename t.age:years --dialect sqlite",
        &[],
    );
    assert_eq!(said.code, 1, "{said:?}");
    assert_data_eq!(
        said.out,
        str![[r#"
→ rename column `age` of `t` to `years`

"#]]
    );
    let said = folder.run_with(
        &EMPTY,
        "schema diff a.sql b.sql --no-renames --dialect sqlite",
        &[],
    );
    assert_eq!(said.code, 1, "{said:?}");
    assert_data_eq!(
        said.out,
        str![[r#"
+ add column `years` to `t`
- drop column `age` of `t`
    The values of `t.age` are lost.

"#]]
    );
}

#[test]
fn a_drift_is_found_and_undone() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up +2").code, 0);
    let said = folder.run(&CHAIN, "drift -q");
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (0, "", "")
    );
    folder.execute("CREATE INDEX ix_hand ON users (name);");
    let said = folder.run(&CHAIN, "drift -q");
    assert_eq!(said.code, 1, "{said:?}");
    assert_data_eq!(
        said.out,
        str![[r#"
+ create index `ix_hand` on `users`

"#]]
    );
    let check = folder.run(&CHAIN, "check --drift");
    assert_eq!(check.code, 1, "{check:?}");
    assert_data_eq!(
        check.out,
        str![[r#"
pending: 20261115180000
drift: + create index `ix_hand` on `users`
not ok: 3 revisions, head 20261115180000; database `[DIR]/app.db` at 20261108120000

"#]]
    );
    let fix = folder.run(&CHAIN, "drift --fix sql -q");
    assert_eq!(fix.code, 1, "{fix:?}");
    folder.execute(&fix.out);
    assert_eq!(folder.run(&CHAIN, "drift").code, 0);
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    let check = folder.run(&CHAIN, "check --drift");
    assert_eq!(check.code, 0, "{check:?}");
    assert!(check.out.contains("drift: none\n"), "{check:?}");
}

#[test]
fn states_that_cannot_be_read_say_what_to_type() {
    let folder = Folder::new();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("old.json"), "{\"version\": 9, \"tables\": []}").unwrap();
    std::fs::write(at("torn.json"), "{\"version\": 1, \"tab").unwrap();
    std::fs::write(
        at("bad.sql"),
        "CREATE TABLE t (id INTEGER);\n\nCREATE TABLE t (id INTEGER);\n",
    )
    .unwrap();
    std::fs::write(
        at("text.db"),
        "this is no database, and long enough to be taken for one of another kind",
    )
    .unwrap();
    std::fs::create_dir(at("empty-folder")).unwrap();
    let mut all = String::new();
    for state in [
        "databse",
        "none.db",
        "none.sql",
        "old.json",
        "torn.json",
        "bad.sql",
        "text.db",
        "empty-folder",
        "models",
        "history@",
        "history@2027",
    ] {
        let said = folder.run_with(
            &CHAIN,
            &format!("schema dump {state} -q --dialect sqlite"),
            &[],
        );
        assert_eq!(said.out, "", "{state}");
        all += &format!("{} {state}\n{}", said.code, said.err);
    }
    let said = folder.run_with(
        &CHAIN,
        "schema dump postgres://ada:secret@localhost:1/app",
        &[],
    );
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(!said.err.contains("secret"), "{said:?}");
    assert_data_eq!(
        all,
        str![[r#"
2 databse
error: there is no state and no file `databse`
help: a state with a similar name exists: `database`
2 none.db
error: there is no state and no file `none.db`
help: a state is `database`, `history`, `history@TARGET`, `models`, a URL, a SQLite file, a `.sql` file or a folder of them, a `.json` dump, or `empty`
2 none.sql
error: there is no file `none.sql`
2 old.json
error: `[DIR]/old.json` is not a dump of a schema: it has the version 9, and this program reads version 1
help: make one with `cargo migrate schema dump --format json`
2 torn.json
error: `[DIR]/torn.json` is not a dump of a schema: EOF while parsing a string at line 1 column 19
help: make one with `cargo migrate schema dump --format json`
3 bad.sql
error: [DIR]/bad.sql:3: table t already exists
2 text.db
error: cannot open `[DIR]/text.db`: the file is not a SQLite database
help: check the path; encrypted databases cannot be read either
2 empty-folder
error: there is no `.sql` file in the folder `empty-folder`
2 models
error: this program does not know the models
help: `cargo migrate` reads them from source: run it in the project
2 history@
error: `history@` names no target
help: write `history@REVISION`, or `history` for all of it
2 history@2027
error: no revision or branch label `2027`
help: `cargo migrate history` lists the revisions

"#]]
    );
}

#[test]
fn the_database_is_not_changed_and_no_scratch_is_left() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    let before = std::fs::read(folder.database()).unwrap();
    for line in [
        "schema dump",
        "schema diff history database",
        "drift",
        "check --drift",
    ] {
        assert_eq!(folder.run(&CHAIN, line).code, 0, "{line}");
    }
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name != ".env" && name != "app.db")
        .collect();
    assert_eq!(names, [""; 0]);
}
