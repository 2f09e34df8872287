//! The gym: SQLite on developers' machines, a server in production; data migrations, merges, and a
//! log of what was done.

use super::{Flow, On, exists, on_each_database};

const REVISIONS: [(&str, &str); 4] = [
    (
        "20260901000000_principles",
        include_str!("gym/20260901000000_principles.rs"),
    ),
    (
        "20260902000000_strength",
        include_str!("gym/20260902000000_strength.rs"),
    ),
    (
        "20260903000000_text",
        include_str!("gym/20260903000000_text.rs"),
    ),
    (
        "20260904000000_titles",
        include_str!("gym/20260904000000_titles.rs"),
    ),
];

/// Every form of going somewhere, with rows in the tables.
fn up_and_down_with_rows(on: On) {
    let flow = Flow::new("gym", on, &REVISIONS);
    flow.migrate("upgrade +1").ok();
    for id in 1..=25 {
        flow.by_hand(&format!(
            "INSERT INTO principles (title) VALUES (' principle {id}')"
        ));
    }
    flow.by_hand("INSERT INTO scenarios (principle_id, txt) VALUES (1, 'one')");
    flow.migrate("upgrade 20260902000000").ok();
    assert_eq!(flow.count("principles WHERE strength = 1"), 25);
    flow.by_hand("UPDATE principles SET strength = id");
    flow.migrate("upgrade head").ok();
    assert_eq!(flow.count("scenarios WHERE text = 'one'"), 1);
    assert_eq!(flow.count("principles WHERE strength > 5"), 0);
    assert_eq!(flow.count("principles WHERE title LIKE ' %'"), 0);
    flow.migrate("downgrade -1").ok();
    flow.migrate("downgrade 20260901000000").ok();
    flow.is_at(&["20260901000000"]);
    assert_eq!(flow.count("scenarios WHERE txt = 'one'"), 1);
    flow.migrate("upgrade head").ok();
    flow.migrate("downgrade base").ok();
    flow.is_at(&[]);
    // what CI runs
    flow.migrate("upgrade head").ok();
    flow.migrate("current").ok().prints("20260904000000");
    flow.migrate("history")
        .ok()
        .prints("Rename scenarios.txt to text");
    flow.migrate("show head")
        .ok()
        .prints("Tidy titles and strengths");
}

/// The SQL first, to be read by others and run by hand.
fn scripts(on: On) {
    let flow = Flow::new("gym", on, &REVISIONS);
    let up = flow.migrate("upgrade head --sql").ok();
    assert!(
        up.stdout.contains("CREATE TABLE") && up.stdout.contains("UPDATE principles"),
        "{up}"
    );
    if on == On::Sqlite {
        assert!(
            !exists(&flow.project.path("app.db")),
            "a script touches nothing"
        );
    }
    // as with Alembic, a script on the way down has to be told where it begins; what to type is
    // said
    flow.migrate("downgrade -1 --sql")
        .code(2)
        .says("help: name it: `head:-1`");
    let down = flow.migrate("downgrade --sql head:-1").ok();
    assert!(down.stdout.contains("DELETE FROM"), "{down}");

    flow.by_hand(&up.stdout);
    flow.is_at(&["20260904000000"]);
    flow.migrate("check").ok();
    flow.by_hand(&down.stdout);
    flow.is_at(&["20260903000000"]);
}

/// Two people write at once; the second line is joined.
fn merge(on: On) {
    let flow = Flow::new("gym", on, &REVISIONS);
    flow.migrate("upgrade head").ok();
    let begun = |name: &str, table: &str| {
        let text = include_str!("gym/20260903000000_text.rs")
            .replace("20260903000000", name)
            .replace("20260902000000", "20260904000000")
            .replace(
                "op.rename_column(\"scenarios\", \"txt\", \"text\")",
                &format!("op.create_table(table(\"{table}\").column(column(\"id\", Integer).primary_key()))"),
            );
        flow.project
            .write(&format!("migrations/{name}_{table}.rs"), &text);
    };
    begun("20260905000000", "sessions");
    begun("20260906000000", "judges");
    flow.migrate("upgrade head")
        .code(2)
        .says("cargo migrate merge");
    flow.migrate("heads")
        .ok()
        .prints("20260905000000")
        .prints("20260906000000");
    flow.migrate("branches").ok().prints("20260904000000");
    flow.migrate("merge -m 'Join sessions and judges'").ok();
    flow.migrate("upgrade head")
        .ok()
        .says("Join sessions and judges");
    flow.migrate("check").ok();
    assert_eq!(flow.count("sessions") + flow.count("judges"), 0);
}

/// A version table that speaks of revisions which are gone: no correction by hand.
fn lost_head(on: On) {
    let flow = Flow::new("gym", on, &REVISIONS);
    flow.migrate("upgrade head").ok();
    flow.by_hand("UPDATE __diesel_schema_migrations SET version = '20260904999999' WHERE version = '20260904000000'");
    flow.migrate("upgrade head")
        .code(1)
        .says("20260904999999")
        .says("cargo migrate stamp --purge");
    flow.migrate("status").ok().prints("20260904999999");
    flow.migrate("stamp --purge head").ok();
    flow.is_at(&["20260904000000"]);
    flow.migrate("upgrade head").ok().says("nothing to do");
    flow.migrate("stamp base").ok();
    flow.is_at(&[]);
    flow.migrate("stamp 20260903000000").ok();
    flow.is_at(&["20260903000000"]);
    flow.migrate("stamp head").ok();
}

on_each_database! {
    up_and_down_with_rows
    scripts
    merge
    lost_head
}

/// Before production: the migration is tried on a copy of the database.
#[test]
fn on_a_copy_of_the_database() {
    let flow = Flow::new("gym", On::Sqlite, &REVISIONS);
    flow.migrate("upgrade 20260902000000").ok();
    flow.by_hand("INSERT INTO principles (title) VALUES (' kept ')");
    flow.migrate("backup copy.db").ok().prints("copy.db");
    flow.migrate("upgrade head --database-url copy.db").ok();
    flow.migrate("check --database-url copy.db").ok();
    flow.is_at(&["20260902000000"]);
    assert_eq!(flow.count("principles WHERE title = ' kept '"), 1);
    // and then for good, with a downgrade
    flow.migrate("upgrade head --backup").ok().says("rm -f ");
}
