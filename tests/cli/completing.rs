//! Completions: what `complete` answers, and the scripts. Each is read; bash, and those of zsh,
//! fish and elvish that are in the PATH, also run theirs.

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

/// The script for a shell, which registers itself by these words, and asks the program.
fn script(shell: &str, registers: &str) {
    let script = Project::empty("scripts")
        .migrate(["completions", shell])
        .ok();
    let script = script.stdout;
    assert!(script.contains(registers), "{shell}: {script}");
    assert!(
        script.contains("cargo-migrate complete") || script.contains("'complete'"),
        "{script}"
    );
}

/// Runs the lines in a shell that may be missing: then only the words of its script were checked.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
fn where_it_is(program: &str, arguments: &[&str], project: &Project) -> Option<Output> {
    if is_here(program) {
        return Some(shell(program, arguments, project));
    }
    eprintln!("not run, only read: the script for {program}, which is not in the PATH");
    None
}

#[test]
fn zsh_completes_it() {
    script("zsh", "#compdef cargo-migrate");
    // the functions of zsh's completion that the script calls
    let lines = r#"
        typeset -A _comps; _comps=(cargo _cargo)
        compdef() { print "compdef $*" }
        _describe() { print -r -- "${(P)${@[-1]}}" }
        _files() { print files }
        source <(cargo-migrate completions zsh)
        words=(migrate st); CURRENT=2; _cargo-migrate
        words=(cargo-migrate show 2026); CURRENT=3; _cargo-migrate
        words=(cargo-migrate backup x); CURRENT=3; _cargo-migrate
    "#;
    if let Some(said) = where_it_is("zsh", &["-f", "-c", lines], &project()) {
        said.prints("compdef _cargo-migrate cargo-migrate")
            .prints("stamp:Record")
            .prints("20260101000000:")
            .prints("files");
    }
}

#[test]
fn fish_completes_it() {
    script("fish", "complete -c cargo ");
    let lines = "cargo-migrate completions fish | source; complete -C 'cargo migrate st'; complete -C 'cargo migrate show 2026'";
    if let Some(said) = where_it_is("fish", &["--no-config", "-c", lines], &project()) {
        said.prints("stamp\tRecord").prints("20260101000000");
    }
}

#[test]
fn elvish_completes_it() {
    script("elvish", "set edit:completion:arg-completer[cargo] =");
    // without a terminal there is no module `edit:`
    let lines = r#"
        use str
        var completion: = (ns [&arg-completer=[&cargo={|@words| put of-cargo}]])
        var edit: = (ns [&completion:=$completion: &complex-candidate~={|word &display=''| put $word}])
        eval &ns=(ns [&edit:=$edit:]) (cargo-migrate completions elvish | slurp)
        fn show {|@words|
            echo (str:join ' ' $words)': '(str:join ' ' [($completion:arg-completer[$words[0]] $@words)])
        }
        show cargo migrate st
        show cargo-migrate show 2026
        show cargo migrate up --dia
        show cargo b
    "#;
    if let Some(said) = where_it_is("elvish", &["-norc", "-c", lines], &project()) {
        assert_eq!(
            said.stdout.lines().collect::<Vec<_>>(),
            [
                "cargo migrate st: status stamp",
                "cargo-migrate show 2026: 20260202000000 20260101000000",
                "cargo migrate up --dia: --dialect",
                "cargo b: of-cargo",
            ],
            "{said}"
        );
    }
}

#[test]
fn bash_and_powershell_have_a_script_that_registers_itself() {
    script(
        "bash",
        "complete -o bashdefault -o default -F _cargo_migrate cargo cargo-migrate",
    );
    script(
        "powershell",
        "Register-ArgumentCompleter -Native -CommandName 'cargo', 'cargo-migrate'",
    );
}
