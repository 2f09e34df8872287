//! A revision that is edited after it was applied, from the source file to what the commands say.

use migrate_tests::Project;

const FILE: &str = "migrations/20260101000000_table.rs";

#[test]
fn what_is_executed_counts_and_what_it_looks_like_does_not() {
    let project = Project::library("edited");
    project.table_revision("20260101000000", "");
    project.migrate(["up"]).ok();
    let edited = || {
        let status = project.migrate(["status", "--json"]).ok().json();
        status["edited"].as_array().expect("a list").len()
    };
    let written = project.read(FILE);
    assert_eq!(edited(), 0);

    // comments, layout, the message, the name of a function, a test next to it
    let looks = written
        .replace(
            "fn upgrade(op: &mut Operations)",
            "// Why.\nfn up_it_goes(\n    op: &mut Operations,\n)",
        )
        .replace("/// Create t_", "/// Another message for ")
        + "\n#[cfg(test)]\nmod tests {}\n";
    assert_ne!(looks, written);
    project.write(FILE, &looks);
    assert_eq!(edited(), 0);
    project.migrate(["check", "--database"]).ok();

    // the downgrade is part of the checksum too
    for (from, to) in [
        ("\"id\", Integer", "\"id\", BigInt"),
        ("drop_table(\"t_2", "drop_table(\"u_2"),
    ] {
        let changed = written.replace(from, to);
        assert_ne!(changed, written);
        project.write(FILE, &changed);
        assert_eq!(edited(), 1, "{to}");
    }
    project
        .migrate(["check", "--database"])
        .code(1)
        .prints("edited: 20260101000000")
        .says("cargo migrate accept 20260101000000");
    project.migrate(["accept", "20260101000000"]).ok();
    project.migrate(["check", "--database"]).ok();
    let log = project.migrate(["log"]).ok();
    log.prints("accepted  20260101000000")
        .prints("(cargo-migrate accept)")
        .prints("applied   20260101000000");

    project.write(FILE, &written);
    assert_eq!(edited(), 1, "what was accepted is what counts");
}
