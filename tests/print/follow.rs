//! After a run that changed the schema, the file that `diesel.toml` names is written again.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use migrate_cli::{Exit, Invocation, Surroundings};
use migrate_core::History;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade, Revision};

const USERS: Revision = Revision::new(
    "1",
    &[],
    "Users",
    "m/1.rs",
    1,
    Body::Operations(|op| {
        op.create_table(table("users").column(column("id", Integer).primary_key()))
    }),
    Downgrade::Reversible,
);

static HISTORY: History = History::new(&[&[&USERS]]);

fn run(folder: &Path, arguments: &[&str]) -> (Exit, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = migrate_cli::run(
        &HISTORY,
        Invocation {
            program: "test".to_owned(),
            arguments: arguments.iter().map(OsString::from).collect(),
            surroundings: Surroundings {
                directory: folder.to_owned(),
                variable: &|name| {
                    let url = || folder.join("app.db").into_os_string();
                    (name == "DATABASE_URL").then(url)
                },
            },
            out: &mut out,
            err: &mut err,
            scripts: None,
            terminal: false,
        },
    );
    let said = [out, err].concat();
    (exit, String::from_utf8(said).unwrap())
}

#[test]
fn the_file_of_diesel_toml_follows_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("src/schema.rs");
    fs::write(
        folder.join("diesel.toml"),
        "[print_schema]\nfile = \"src/schema.rs\"\n",
    )
    .unwrap();
    let (exit, said) = run(folder, &["up"]);
    assert_eq!(exit, Exit::Done, "{said}");
    assert!(said.contains("wrote `src/schema.rs`"), "{said}");
    let users = fs::read_to_string(&file).unwrap();
    assert!(users.contains("users (id) {"), "{users}");
    let (_, said) = run(folder, &["up"]);
    assert!(!said.contains("wrote"), "{said}");
    assert_eq!(run(folder, &["schema", "print", "--check"]).0, Exit::Done);

    let (exit, said) = run(folder, &["down", "base", "--dry-run"]);
    assert_eq!(exit, Exit::Done, "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), users);
    assert_eq!(run(folder, &["down", "base"]).0, Exit::Done);
    assert!(!fs::read_to_string(&file).unwrap().contains("users"));

    let models = "migrate_core::table! {}\n";
    fs::write(&file, models).unwrap();
    let (exit, said) = run(folder, &["up"]);
    assert_eq!(exit, Exit::Done, "{said}");
    assert!(said.contains("`src/schema.rs` was not written"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), models);
    let (exit, said) = run(folder, &["schema", "print", "--check"]);
    assert_eq!(exit, Exit::No, "{said}");
    assert!(said.contains("line 1 is"), "{said}");
    let (exit, said) = run(folder, &["schema", "print", "-o", "other/schema.rs"]);
    assert_eq!(exit, Exit::Done, "{said}");
    assert_eq!(
        fs::read_to_string(folder.join("other/schema.rs")).unwrap(),
        users
    );

    fs::write(folder.join("diesel.toml"), "[print_schema]\nfiles = 1\n").unwrap();
    let (exit, said) = run(folder, &["redo"]);
    assert_eq!(exit, Exit::Done, "{said}");
    assert!(
        said.contains("warning: `schema.rs` was not written"),
        "{said}"
    );
    assert_eq!(run(folder, &["schema", "print"]).0, Exit::Usage);
}
