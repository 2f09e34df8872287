//! Completions: the scripts in the shells that are here, and what `complete` answers.

use std::env;
use std::path::Path;
use std::process::Command;

use migrate_tests::{Output, Project, cargo_migrate, run};

fn project() -> Project {
    let project = Project::library("completed");
    project.table_revision("20260101000000", "");
    project.table_revision("20260202000000", "20260101000000");
    project
}

/// Runs a script in a shell, in a project, with `cargo-migrate` in the PATH.
fn shell(program: &str, arguments: &[&str], project: &Project) -> Output {
    let binary = cargo_migrate();
    let folder = Path::new(&binary).parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(folder).chain(env::split_paths(&path))).unwrap();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(project.path(""))
        .env("PATH", path);
    run(&mut command).ok()
}

fn is_here(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[test]
fn words_and_ids_are_completed_without_a_build() {
    let project = project();
    let complete = |words: &[&str]| {
        let words = ["complete", "--"].iter().chain(words);
        let answer = project.migrate(words).ok();
        let words = answer
            .stdout
            .lines()
            .map(|line| line.split('\t').next().unwrap());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(complete(&["st"]), ["status", "stamp"]);
    assert_eq!(
        complete(&["show", "2026"]),
        ["20260202000000", "20260101000000"]
    );
    assert_eq!(
        complete(&["down", ""]),
        ["-1", "base", "20260202000000", "20260101000000"]
    );
    assert_eq!(complete(&["-p", ""]), ["completed"]);
    assert_eq!(complete(&["completions", "f"]), ["fish"]);
    // broken files, or no project, are no error while one types
    project.write("migrations/broken.rs", "#[revision(");
    assert_eq!(complete(&["show", "2026"]), [""; 0]);
    project.write("Cargo.toml", "[");
    assert_eq!(complete(&["down", ""]), ["-1", "base"]);
    project
        .migrate(["complete", "--next", "--", "completions"])
        .ok()
        .prints("bash");
}

#[test]
fn bash_completes_cargo_migrate_and_leaves_the_rest_to_cargo() {
    let project = project();
    let script = r#"
        _cargo() { COMPREPLY=(of-cargo); }
        complete -F _cargo cargo
        source <(cargo-migrate completions bash)
        try() {
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            $(complete -p "$1" | sed 's/.*-F \([^ ]*\).*/\1/') "$1" "${!#}" ""
            echo "$*: ${COMPREPLY[*]}"
        }
        try cargo migrate st
        try cargo +nightly migrate show 2026
        try cargo-migrate up --dia
        try cargo migrate schema dump --format ""
        try cargo b
        try cargo migrat
    "#;
    let said = shell("bash", &["--norc", "-c", script], &project);
    assert_eq!(
        said.stdout.lines().collect::<Vec<_>>(),
        [
            "cargo migrate st: status stamp",
            "cargo +nightly migrate show 2026: 20260202000000 20260101000000",
            "cargo-migrate up --dia: --dialect",
            "cargo migrate schema dump --format : sql json",
            "cargo b: of-cargo",
            "cargo migrat: of-cargo",
        ],
        "{said}"
    );
}

#[test]
fn zsh_and_fish_complete_it_where_they_are() {
    let project = project();
    if is_here("zsh") {
        // the functions of zsh's completion that the script calls
        let script = r#"
            typeset -A _comps; _comps=(cargo _cargo)
            compdef() { print "compdef $*" }
            _describe() { print -r -- "${(P)${@[-1]}}" }
            _files() { print files }
            source <(cargo-migrate completions zsh)
            words=(migrate st); CURRENT=2; _cargo-migrate
            words=(cargo-migrate show 2026); CURRENT=3; _cargo-migrate
            words=(cargo-migrate backup x); CURRENT=3; _cargo-migrate
        "#;
        shell("zsh", &["-f", "-c", script], &project)
            .prints("compdef _cargo-migrate cargo-migrate")
            .prints("stamp:Record")
            .prints("20260101000000:")
            .prints("files");
    }
    if is_here("fish") {
        let script = "cargo-migrate completions fish | source; complete -C 'cargo migrate st'; complete -C 'cargo migrate show 2026'";
        shell("fish", &["--no-config", "-c", script], &project)
            .prints("stamp\tRecord")
            .prints("20260101000000");
    }
}

#[test]
fn each_shell_has_a_script_that_asks_the_program() {
    let project = Project::empty("scripts");
    for (shell, registers) in [
        (
            "bash",
            "complete -o bashdefault -o default -F _cargo_migrate cargo cargo-migrate",
        ),
        ("zsh", "#compdef cargo-migrate"),
        ("fish", "complete -c cargo "),
        ("elvish", "set edit:completion:arg-completer[cargo] ="),
        (
            "powershell",
            "Register-ArgumentCompleter -Native -CommandName 'cargo', 'cargo-migrate'",
        ),
    ] {
        let script = project.migrate(["completions", shell]).ok().stdout;
        assert!(script.contains(registers), "{shell}: {script}");
        assert!(
            script.contains("cargo-migrate complete") || script.contains("'complete'"),
            "{script}"
        );
    }
}
