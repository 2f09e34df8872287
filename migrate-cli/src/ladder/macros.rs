//! What `migrate_core::test_migrations!` expands to calls of: one rung on one kind of database, as
//! a test that panics with what it found.

use std::borrow::Borrow;
use std::env;
use std::path::PathBuf;
use std::time::Instant;

use clap::ValueEnum;

use super::place::{kind_of, name_of, place};
use super::{Chosen, Ladder, Rung};
use crate::configuration::{self, Configuration, Given, Origin, Surroundings};
use crate::error::CliError;
use crate::json::TestedRung;
use crate::text::test::failure_text;
use migrate_core::{CancelToken, History, Migrator};

/// What the manifests of a package declare.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The folder of the package.
    pub folder: &'static str,
    /// Keys of the section `migrate`, with their values.
    pub values: &'static [(&'static str, &'static str)],
    /// The URLs of the application's databases, which a test must not reach.
    pub databases: &'static [&'static str],
}

/// Tests a history by one rung on one kind of database.
///
/// # Panics
///
/// With what the rung found, or why it cannot be tested.
#[expect(clippy::panic, reason = "so a test fails")]
pub fn check(history: impl Borrow<History>, declared: &Declared, backend: &str, rung: &str) {
    match tested(history.borrow(), declared, backend, rung) {
        Ok(tested) if tested.failures.is_empty() => {}
        Ok(tested) => {
            let failures = tested.failures.iter();
            let texts = failures.map(|failure| failure_text(failure, tested.rung, backend));
            panic!("\n{}", texts.collect::<Vec<_>>().join("\n"));
        }
        Err(error) => {
            let notes = error.notes.iter().map(|note| format!("\nnote: {note}"));
            let help = error.help.iter();
            let help = help.map(|help| format!("\nhelp: {}", help.typed(crate::CARGO_MIGRATE)));
            let more: String = notes.chain(help).collect();
            panic!("{backend} cannot be tested: {}{more}", error.message);
        }
    }
}

fn tested(
    history: &History,
    declared: &Declared,
    backend: &str,
    rung: &str,
) -> Result<TestedRung, CliError> {
    let surroundings = Surroundings {
        directory: PathBuf::from(declared.folder),
        variable: &|name| env::var_os(name),
    };
    let configuration = declared.configuration();
    let kind = kind_of(backend)?;
    let rung = Rung::from_str(rung, false).map_err(CliError::usage)?;
    let own = configuration::parsed_url(None, &configuration, &surroundings).ok();
    let place = place(kind, &configuration, &surroundings, own.flatten().as_ref())?;
    let migrator = || Migrator::new(history);
    let graph = migrator();
    let graph = graph.graph()?;
    let chosen = Chosen::of(graph, &[], None)?;
    let stop = CancelToken::new();
    let ladder = Ladder {
        history,
        kind,
        place,
        graph,
        chosen: &chosen,
        rules: configuration.rules()?,
        migrator: &migrator,
        stop: &stop,
        command: format!("cargo migrate test --dialect {}", name_of(kind)),
    };
    let start = Instant::now();
    Ok(ladder.climb(rung)?.answered(rung, start))
}

impl Declared {
    fn configuration(&self) -> Configuration {
        let given = |value: &str| Given {
            value: value.to_owned(),
            origin: Origin::Section {
                section: "package.metadata.migrate".to_owned(),
                file: PathBuf::from(self.folder).join("Cargo.toml"),
                line: None,
            },
        };
        let values = self.values.iter();
        Configuration {
            values: values
                .map(|(key, value)| ((*key).to_owned(), given(value)))
                .collect(),
            databases: self.databases.iter().map(ToString::to_string).collect(),
            ..Configuration::default()
        }
    }
}
