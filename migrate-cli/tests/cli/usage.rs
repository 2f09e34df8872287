//! The command line itself: help, mistakes, and numbers that look like options.

use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, SHORT, TWO_HEADS};
use crate::support::Folder;

#[test]
fn help_is_data() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "--help");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_data_eq!(
        said.out,
        str![[r#"
Migrate a database

Usage: cargo migrate [OPTIONS] <COMMAND>

Run revisions:
  up        Apply pending revisions, up to a target [alias: upgrade]
  down      Revert revisions, down to a target [alias: downgrade]
  redo      Revert the last applied revision and apply it again
  stamp     Record revisions as applied, without running them
  reset     Drop everything in the database, and apply all revisions
  backup    Copy a SQLite database, and check the copy
  database  Create the database that the URL names, or drop it
Look:
  status    Show what is applied, what is pending, and the last run
  current   Show the revisions the database is at
  log       Show the runs on the database: who, when and what, newest first
  history   List the revisions, newest first
  graph     Draw the revisions as a graph, newest first
  show      Show all that is known about revisions
  heads     Show the heads: the revisions that no other continues
  branches  Show the branch points, and the revisions that continue each
  schema    Show, compare and draw schemas
  drift     Compare the database with what its applied revisions created
  config    Show the configuration: every value, and where it comes from
Test and repair:
  check     Check the history, and that the database is up to date
  test      Test the history on scratch databases
  ping      Check that the database can be reached and migrated
  resolve   Record how an interrupted revision ended
  accept    Accept the edits of applied revisions, without running them
General options:
      --database-url <URL>
          Database to use: a URL, or the path of a SQLite file
          
          Without it: the variable DATABASE_URL, then DATABASE_URL in a `.env` file here or in a
          folder above, then `database-url` in `[package.metadata.migrate]`. `config` prints which
          one is used.

      --lock-timeout <SECONDS>
          Seconds to wait while another process migrates the database [default: 60]

      --env <NAME>
          Environment, such as production, instead of MIGRATE_ENV
          
          It chooses the sections of the configuration, and `op.environment()` returns it.

  -x <KEY=VALUE>
          Pass KEY=VALUE to revisions, for `op.argument`; may be repeated

  -q, --quiet
          Print data and errors only, no progress

  -h, --help
          Print help (see a summary with '-h')

  -V, --version
          Print the version

Examples:
  cargo migrate status        # what is applied, and what is pending
  cargo migrate up --dry-run  # try all that is pending
  cargo migrate up            # apply it

See `cargo migrate help COMMAND` for more about one command.

"#]]
    );
    assert_data_eq!(
        folder.run(&CHAIN, "down -h").out,
        str![[r#"
Revert revisions, down to a target

Usage: cargo migrate down [OPTIONS] <TARGET>

Arguments:
  <TARGET>  `-1` (the last), `-N`, `base` (all), or a revision's id or a unique prefix of it

Options:
      --dry-run               Run the revisions in a transaction, print each statement with its
                              duration, and roll back
      --sql                   Print the SQL as a script, without a database; the target may be a
                              range A:B
      --dialect <NAME>        Kind of database [default: that of the URL] [possible values: sqlite,
                              postgres, mysql, mariadb]
      --transaction <EXTENT>  One transaction for each `revision`, one for `all`, or `none`
                              [default: revision]
      --json                  Print one JSON object instead of text

General options:
      --database-url <URL>  Database to use: a URL, or the path of a SQLite file
      --env <NAME>          Environment, such as production, instead of MIGRATE_ENV
  -x <KEY=VALUE>            Pass KEY=VALUE to revisions, for `op.argument`; may be repeated
  -q, --quiet               Print data and errors only, no progress
  -h, --help                Print help (see more with '--help')

Examples:
  cargo migrate down -1              # the last revision
  cargo migrate down 20261108120000  # what came after this one
  cargo migrate down base            # all of them

"#]]
    );
    assert_data_eq!(
        folder.run(&CHAIN, "--version").out,
        str![[r#"
cargo migrate (migrate-core 0.1.0)

"#]]
    );
}

#[test]
fn mistakes_on_the_command_line() {
    let folder = Folder::new();
    for (line, message) in [
        (
            "down",
            str![[r#"
error: the following required arguments were not provided:
  <TARGET>

  tip: revert the last revision: `cargo migrate down -1`

Usage: cargo migrate down <TARGET>

For more information, try '--help'.

"#]],
        ),
        (
            "stamp",
            str![[r#"
error: the following required arguments were not provided:
  <TARGET>...

Usage: cargo migrate stamp <TARGET>...

For more information, try '--help'.

"#]],
        ),
        (
            "up --lock-timeout soon",
            str![[r#"
error: invalid value 'soon' for '--lock-timeout <SECONDS>': expected a number of seconds, such as 60 or 0.5

For more information, try '--help'.

"#]],
        ),
        (
            "sideways",
            str![[r#"
error: unrecognized subcommand 'sideways'

Usage: cargo migrate [OPTIONS] <COMMAND>

For more information, try '--help'.

"#]],
        ),
        (
            "down -x",
            str![[r#"
error: a value is required for '-x <KEY=VALUE>' but none was supplied

For more information, try '--help'.

"#]],
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(said.err, message);
    }
    let said = folder.run(&CHAIN, "");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    let said = folder.run(&CHAIN, "down --json");
    assert_eq!(said.code, 2);
    assert_data_eq!(
        said.out,
        str![[r#"
{
  "error": {
    "kind": "usage",
    "exit_code": 2,
    "message": "the following required arguments were not provided: <TARGET>",
    "notes": [],
    "help": null
  }
}

"#]]
    );
}

#[test]
fn negative_targets_and_options_do_not_hide_each_other() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up");
    for line in [
        "down -1 --json -q",
        "up --json -q",
        "-q down --json -1",
        "up -q",
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{line}");
        assert_eq!(said.out.is_empty(), line == "up -q", "{line}");
    }
}

#[test]
fn a_program_of_another_name_speaks_of_itself() {
    let folder = Folder::new();
    let url = [("DATABASE_URL", folder.database().into_os_string())];
    assert_data_eq!(
        folder.run_as("app", &CHAIN, "check", &url).err,
        str![[r#"
help: apply what is pending: `app up`

"#]]
    );
    folder.run_as("app", &CHAIN, "up", &url);
    assert_data_eq!(
        folder.run_as("app", &SHORT, "up", &url).err,
        str![[r#"
error: the database has revisions that this history does not know: `20261115180000`
help: check out the branch that has them; or, if the database no longer has their changes, delete their records: `app stamp --purge 20261108120000`

"#]]
    );
    assert_data_eq!(
        folder.run_as("app", &TWO_HEADS, "up", &url).err,
        str![[r#"
error: `head` means one head, and there are 2: `20261108120000` and `20261109130000`
help: name one: `20261108120000`; or all: `heads`; or `cargo migrate merge 20261108120000 20261109130000`

"#]]
    );
    assert_data_eq!(
        folder.run_as("app", &CHAIN, "down", &url).err,
        str![[r#"
error: the following required arguments were not provided:
  <TARGET>

  tip: revert the last revision: `app down -1`

Usage: app down <TARGET>

For more information, try '--help'.

"#]]
    );
}

#[test]
fn a_password_in_the_wrong_place_is_not_printed() {
    let folder = Folder::new();
    let url = "postgres://ada:s3cret@host/db";
    for line in [
        "up URL",
        "down URL",
        "stamp URL",
        "show URL",
        "history -r URL",
        "URL",
        "up --database-urll=URL",
        "redo URL",
        "up --lock-timeout URL",
        "up --database-url URL",
        "status --database-url postgress://ada:s3cret@host/db",
        "up head --database-url=URL URL",
    ] {
        for form in ["", " --json"] {
            let said = folder.run(&CHAIN, &(line.replace("URL", url) + form));
            assert_eq!(said.code, 2, "{line}");
            assert!(said.err.starts_with("error: "), "{line}: {}", said.err);
            assert!(!format!("{said:?}").contains("s3cret"), "{line}: {said:?}");
        }
    }
}
