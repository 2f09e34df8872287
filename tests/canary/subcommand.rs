//! `cargo migrate` itself: what it says before there is a runner, and what it hands on to one.

use migrate_tests::{Project, run};

use crate::commands::FEW;
use crate::secret::{PASSWORDS, Secret};

#[test]
fn cargo_migrate_prints_no_password() {
    let project = Project::library("canary");
    project.table_revision("20260101000000", "");
    project.migrate(["status"]).ok(); // builds the runner
    let source_only: &[&[&str]] = &[
        &["new", "A message", "--head", "{URL}"],
        &["merge", "{URL}"],
        &["edit", "{URL}"],
        &["completions", "{URL}"],
        &["init", "{URL}"],
        &["status", "--package", "{URL}"],
        &["status", "--manifest-path", "{URL}"],
    ];
    let secret = Secret::new(PASSWORDS[1]);
    for url in secret.urls_without_a_server() {
        for arguments in FEW.iter().chain(source_only) {
            let arguments = arguments
                .iter()
                .map(|argument| argument.replace("{URL}", &url));
            let mut command = project.command(arguments);
            secret.is_not_in(&run(command.env("DATABASE_URL", &url)));
        }
    }
    let secret = Secret::new(PASSWORDS[0]);
    let url = &secret.urls_without_a_server()[0];
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.migrate]\ndatabase-url = \"{url}\"\n"),
    );
    for arguments in FEW {
        let arguments = arguments
            .iter()
            .map(|argument| argument.replace("{URL}", url));
        let mut command = project.command(arguments);
        secret.is_not_in(&run(command.env_remove("DATABASE_URL")));
    }
}
