//! A password is put wherever a URL may stand, and looked for in all that every command prints:
//! answers, errors, panics, on each database, in each form in which it could be repeated; and in
//! the journal, which others may read.

mod commands;
mod secret;
mod subcommand;
mod terminal;

use std::fs;
use std::process::{Command, Stdio};

use migrate_core::engine::backend::BackendKind;
use migrate_tests::run;
use migrate_tests::scratch::Scratch;
use tempfile::TempDir;

use commands::{COMMANDS, FEW};
use secret::{PASSWORDS, Secret};

/// How a command learns the URL.
#[derive(Clone, Copy, Debug)]
enum Way {
    Flag,
    Variable,
    File,
}

const WAYS: [Way; 3] = [Way::Flag, Way::Variable, Way::File];

/// The runner of a history that can misbehave, in a folder of its own.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new() -> Runner {
        Runner {
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
        }
    }

    fn command(&self, url: &str, way: Way, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crash"));
        command
            .args(arguments)
            .env("MIGRATE_TEST_RUNNER", "misbehaviour")
            .env_remove("DATABASE_URL")
            .env("NO_COLOR", "1")
            .env("RUST_BACKTRACE", "1")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        let file = self.folder.path().join(".env");
        let _ = fs::remove_file(&file); // of the command before
        match way {
            Way::Flag => drop(command.args(["--database-url", url])),
            Way::Variable => drop(command.env("DATABASE_URL", url)),
            // a `'` in it makes the file a broken one, which must not be quoted either
            Way::File => {
                fs::write(&file, format!("DATABASE_URL='{url}'\n")).expect("it can be written");
            }
        }
        command
    }

    /// Commands with this URL, in turn by each way.
    fn all(&self, commands: &[&[&str]], url: &str, secret: &Secret) {
        for (index, arguments) in commands.iter().enumerate() {
            let arguments: Vec<String> = arguments
                .iter()
                .map(|argument| argument.replace("{URL}", url))
                .collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let way = WAYS[index % WAYS.len()];
            secret.is_not_in(&run(&mut self.command(url, way, &arguments)));
        }
    }
}

/// Every command on a database of this kind, with its right URL, and some with those that lead
/// nowhere.
fn no_output_has_the_password(kind: BackendKind) {
    let runner = Runner::new();
    for password in PASSWORDS {
        let secret = Secret::new(password);
        let scratch = Scratch::new(kind, "canary");
        let user = secret.user(&scratch);
        for way in WAYS {
            // else all that follows would be about that
            run(&mut runner.command(user.url(), way, &["status", "--json"])).ok();
        }
        runner.all(COMMANDS, user.url(), &secret);
        secret.is_not_in_the_journal(&scratch);
        for wrong in secret.wrong_urls(&user, kind) {
            runner.all(FEW, &wrong, &secret);
        }
    }
}

#[test]
fn sqlite() {
    no_output_has_the_password(BackendKind::Sqlite);
}

#[cfg(feature = "servers")]
#[test]
fn postgres() {
    no_output_has_the_password(BackendKind::Postgres);
}

#[cfg(feature = "servers")]
#[test]
fn mariadb() {
    no_output_has_the_password(BackendKind::Mariadb);
}

#[cfg(feature = "servers")]
#[test]
fn mysql() {
    no_output_has_the_password(BackendKind::Mysql);
}
