//! Two people, two branches of git, one revision each: two heads after the merge, which the
//! compiler refuses and `merge` joins.

use std::process::Command;

use migrate_tests::{Output, Project, run};

fn git(project: &Project, args: &[&str]) -> Output {
    let mut command = Command::new("git");
    command
        .args([
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(project.root());
    run(&mut command).ok()
}

/// `cargo check` in the project, as a person would type it.
fn cargo_check(project: &Project) -> Output {
    let mut command = Command::new(env!("CARGO"));
    let like = project.command([""; 0]);
    command
        .args(["check", "--quiet", "--offline"])
        .current_dir(project.root());
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    run(&mut command)
}

#[test]
fn a_merge_of_two_branches_of_git() {
    let project = Project::library("team");
    project.table_revision("20260101000000", "");
    project.write(".gitignore", "/target\n*.db\n");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "--quiet", "-m", "base"]);
    for (branch, id) in [("ada", "20260201000000"), ("grace", "20260202000000")] {
        git(&project, &["checkout", "--quiet", "-b", branch, "main"]);
        project.table_revision(id, "20260101000000");
        git(&project, &["add", "."]);
        git(&project, &["commit", "--quiet", "-m", branch]);
    }
    project.migrate(["up"]).ok(); // Grace's database has her branch
    git(&project, &["merge", "--quiet", "-m", "merge", "ada"]);

    // the compiler and the command say the same: which two, continuing what, in which files, and
    // what to type
    let compiled = cargo_check(&project);
    assert_ne!(compiled.code, 0, "{compiled}");
    let said = project.migrate(["up"]).code(2);
    for output in [&compiled, &said] {
        for fact in [
            "20260201000000",
            "20260202000000",
            "`20260101000000`",
            "20260201000000_table.rs",
            "cargo migrate merge",
        ] {
            assert!(
                output.stderr.contains(fact),
                "`{fact}` is not said\n{output}"
            );
        }
    }
    assert!(
        compiled.stderr.contains("20260202000000_table.rs"),
        "{compiled}"
    );
    // what only looks at the database works too, and names both; what changes it still refuses
    for args in [["current"].as_slice(), &["status"], &["log"]] {
        let looked = project.migrate(args).ok();
        assert!(looked.stdout.contains("20260202000000"), "{looked}");
        assert!(
            looked.stderr.contains(
                "note: the history has 2 heads: `20260201000000` and `20260202000000`; `cargo migrate merge heads` joins them"
            ),
            "{looked}"
        );
    }
    project.migrate(["up", "20260201000000"]).code(2);
    // what only reads still works, and shows both
    let heads = project.migrate(["heads", "--json"]).ok();
    assert_eq!(
        heads.json()["heads"].as_array().expect("heads").len(),
        2,
        "{heads}"
    );

    // the command that was given, word for word
    let help = said
        .stderr
        .lines()
        .find(|line| line.contains("cargo migrate merge"))
        .expect("a command");
    let command = help[help.find("merge ").expect("the command")..].trim_end_matches('`');
    let mut words: Vec<&str> = command
        .split('"')
        .next()
        .expect("words")
        .split_whitespace()
        .collect();
    words.push("join the branches");
    let merged = project.migrate(words).ok();
    assert!(
        merged.stdout.trim().ends_with("_join_the_branches.rs"),
        "{merged}"
    );

    cargo_check(&project).ok();
    let up = project.migrate(["up", "--json"]).ok();
    let steps = up.json()["steps"].as_array().expect("steps").len();
    assert_eq!(steps, 2, "Ada's revision and the merge: {up}");
    project.migrate(["check"]).ok();
    // and down again, across the merge
    project.migrate(["down", "base"]).ok();
}

#[test]
fn branches_with_labels_have_heads_of_their_own() {
    let project = Project::library("labels");
    project.table_revision("20260101000000", "");
    project
        .migrate([
            "new",
            "billing",
            "--branch-label",
            "billing",
            "--rev-id",
            "b1",
        ])
        .ok();
    project
        .migrate([
            "new",
            "accounts",
            "--head",
            "20260101000000",
            "--splice",
            "--branch-label",
            "accounts",
            "--rev-id",
            "a1",
        ])
        .ok();
    project
        .migrate([
            "new",
            "more billing",
            "--head",
            "billing@head",
            "--rev-id",
            "b2",
            "--depends-on",
            "a1",
        ])
        .ok();
    cargo_check(&project).ok();

    project.migrate(["up"]).code(2).says("heads").says("help: ");
    project.migrate(["up", "accounts@head"]).ok();
    project.migrate(["up", "heads"]).ok();
    project.migrate(["current", "--check-heads"]).ok();
    project.migrate(["down", "billing@-1"]).ok();
    project.migrate(["current", "--check-heads"]).code(1);
    project.migrate(["branches"]).ok().prints("20260101000000");
    project
        .migrate(["history", "-r", "20260101000000:b2", "--verbose"])
        .ok()
        .prints("b1");
    project
        .migrate(["history", "--indicate-current"])
        .ok()
        .prints("current");
    // from the source files, and from the compiled revisions with the database
    project.migrate(["graph"]).ok().prints("billing");
    let asked = project.migrate(["graph", "--indicate-current"]).ok();
    asked.prints("(current)").prints("(pending)");
    project.migrate(["stamp", "--purge", "a1", "b1"]).ok();
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(status["pending"], serde_json::json!(["b2"]), "{status}");
}
