//! `schema print` against `diesel print-schema`: each case is a folder with `schema.sql`, perhaps a
//! `diesel.toml`, and `expected.txt`, which diesel's own command line printed. Where that fails,
//! `ours.txt` is what is printed.
//!
//! `DIESEL_CLI=PATH` runs that program (2.3, with all databases) and writes its answers into the
//! `expected.txt`. `PRINT_SCHEMA_CASES=FOLDER` tries the cases below another folder, too.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod follow;
mod graph;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use migrate_cli::{Exit, Invocation, Surroundings};
use migrate_core::History;
use migrate_core::engine::backend::{self, Access, BackendKind};
use migrate_core::engine::scratch::run_sql;
use migrate_tests::scratch::{Scratch, short_name};

#[test]
fn each_case_is_printed_as_diesel_prints_it() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("print/cases");
    let other = std::env::var_os("PRINT_SCHEMA_CASES").map(PathBuf::from);
    let mut wrong = Vec::new();
    let mut count = 0;
    for root in std::iter::once(own).chain(other) {
        for kind in backend::enabled() {
            for case in folders(&root.join(short_name(kind))) {
                count += 1;
                if let Err(why) = check(kind, &case) {
                    wrong.push(format!("== {}\n{why}", case.display()));
                }
            }
        }
    }
    assert!(count > 5, "only {count} cases");
    let sum = wrong.len();
    assert!(
        wrong.is_empty(),
        "{sum} of {count} differ:\n{}",
        wrong.join("\n")
    );
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("schema.sql").is_file());
    folders.sort();
    folders
}

fn check(kind: BackendKind, case: &Path) -> Result<(), String> {
    let database = Scratch::new(kind, "print");
    let url = database.url().parse().unwrap();
    let mut session = backend::connect(&url, Access::Write).unwrap();
    let sql = fs::read_to_string(case.join("schema.sql")).unwrap();
    run_sql(session.as_mut(), &sql).map_err(|failed| format!("{failed:?}"))?;
    drop(session);
    let config = case.join("diesel.toml");
    let expected = case.join("expected.txt");
    let ours = case.join("ours.txt");
    if let Some(diesel) = std::env::var_os("DIESEL_CLI")
        && !ours.exists()
    {
        fs::write(&expected, by_diesel(&diesel, database.url(), &config)?).unwrap();
    }
    let printed = printed(database.url(), &config)?;
    let file = match ours.exists() {
        true => ours,
        false => expected,
    };
    let wanted = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let different = first_difference(&printed, &wanted);
    different.map_or(Ok(()), |line| Err(format!("{line}\n{printed}")))
}

fn first_difference(printed: &str, wanted: &str) -> Option<String> {
    if printed == wanted {
        return None;
    }
    let mut lines = printed.lines().zip(wanted.lines());
    let line = lines.find(|(is, should)| is != should);
    Some(match line {
        Some((is, should)) => format!("printed: {is}\ndiesel:  {should}"),
        None => "one is longer".to_owned(),
    })
}

fn printed(url: &str, config: &Path) -> Result<String, String> {
    let mut arguments: Vec<OsString> = vec!["print".into(), url.into()];
    if config.exists() {
        arguments.extend(["--config-file".into(), config.into()]);
    }
    schema(arguments)
}

/// What a command of `schema` prints.
fn schema(mut arguments: Vec<OsString>) -> Result<String, String> {
    let history = History::new(&[]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    arguments.insert(0, "schema".into());
    let exit = migrate_cli::run(
        &history,
        Invocation {
            program: "test".to_owned(),
            arguments,
            surroundings: Surroundings {
                directory: std::env::temp_dir(),
                variable: &|_| None,
            },
            out: &mut out,
            err: &mut err,
            scripts: None,
            terminal: false,
        },
    );
    match exit {
        Exit::Done => Ok(String::from_utf8(out).unwrap()),
        exit => Err(format!("{exit:?}: {}", String::from_utf8_lossy(&err))),
    }
}

fn by_diesel(program: &OsString, url: &str, config: &Path) -> Result<String, String> {
    let mut diesel = Command::new(program);
    diesel.args(["print-schema", "--database-url", url]);
    diesel.arg("--config-file").arg(match config.exists() {
        true => config,
        false => Path::new("/nonexistent/diesel.toml"),
    });
    let output = diesel.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
