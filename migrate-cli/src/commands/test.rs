//! `test`: the ladder on each kind of database that is listed for tests, with the rungs that need
//! the project's sources.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::check::models_check;
use super::schema::print as schema_print;
use super::schema::print::{PrintArgs, Printed};
use crate::args::{Dialect, FormatArgs};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::interrupt;
use crate::json::{self, TestFailure, TestedBackend};
use crate::ladder::{Chosen, Ladder, Own, Rung, Verdict, backends, name_of, place};
use crate::print;
use crate::states::{ScratchUrl, Scratching};
use crate::text::test::junit;
use crate::ui::Ui;
use migrate_core::engine::backend::{self, BackendKind, DatabaseUrl};
use migrate_core::error::Error;
use migrate_core::{CancelToken, Migrator};

/// Test the history on scratch databases, without a test being written
///
/// Each rung is a kind of test; without RUNG, all run. They run on the databases that `backends`
/// under `[package.metadata.migrate.test]` lists, else on SQLite. SQLite's are in memory. A server
/// is named by `postgres-url`, `mysql-url` or `mariadb-url` there, or by MIGRATE_TEST_POSTGRES_URL
/// and so on: scratch databases are made beside that one, and dropped. Exits with 1 when a rung
/// fails.
#[derive(Args, Clone, Debug)]
pub struct TestArgs {
    /// Only these rungs
    #[arg(value_enum, value_name = "RUNG")]
    pub rungs: Vec<Rung>,

    /// Only these revisions; those before them are applied and not tested
    #[arg(long, value_name = "REVISION")]
    pub only: Vec<String>,

    /// Only what comes after this revision
    #[arg(long, value_name = "REVISION")]
    pub since: Option<String>,

    /// Only on this kind of database, whether it is listed or not; may be repeated
    #[arg(long = "dialect", value_name = "NAME")]
    pub dialects: Vec<Dialect>,

    /// What the values of rows are made from; another number gives others
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,

    /// Also write the answer into this file, as JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl TestArgs {
    /// Whether it reads the models of the project's source.
    pub fn needs_models(&self) -> bool {
        self.rungs.is_empty() || self.rungs.contains(&Rung::Models)
    }
}

/// Tests the history.
pub(super) fn test(
    context: &Context<'_>,
    args: &TestArgs,
    ui: &mut Ui<'_>,
) -> Result<json::Test, CliError> {
    let kinds = match args.dialects.is_empty() {
        true => backends(&context.configuration, context.surroundings)?,
        false => args.dialects.iter().map(|one| (*one).into()).collect(),
    };
    let migrator: Migrator<'_> = context.migrator();
    let graph = migrator.graph()?;
    let chosen = Chosen::of(graph, &args.only, args.since.as_deref())?;
    let stop = interrupt::stop();
    let mut answer = json::Test {
        ok: true,
        revisions: chosen.len(),
        ..json::Test::default()
    };
    let run = Run {
        context,
        args,
        stop: &stop,
        chosen: &chosen,
        printed: context.url()?.map_or(kinds[0], |url| url.kind()),
        several: kinds.len() > 1,
    };
    for kind in kinds {
        let tested = run.on(kind, graph, ui);
        stop.end();
        let tested = tested?;
        answer.ok &= !tested.failed();
        answer.backends.push(tested);
    }
    if let Some(file) = &args.junit {
        let path = context.surroundings.directory.join(file);
        fs::write(&path, junit(&answer)).map_err(|error| {
            CliError::usage(format!("cannot write `{}`: {error}", file.display()))
        })?;
    }
    Ok(answer)
}

/// What is tested on each kind of database.
struct Run<'r, 'a> {
    context: &'r Context<'a>,
    args: &'r TestArgs,
    stop: &'r CancelToken,
    chosen: &'r Chosen,
    /// The kind of database that the files of diesel.toml are for.
    printed: BackendKind,
    /// Whether several kinds are tested.
    several: bool,
}

impl Run<'_, '_> {
    /// The ladder on one kind of database.
    fn on(
        &self,
        kind: BackendKind,
        graph: &migrate_graph::Graph,
        ui: &mut Ui<'_>,
    ) -> Result<TestedBackend, CliError> {
        let mut tested = TestedBackend {
            backend: name_of(kind),
            ..TestedBackend::default()
        };
        let own = self.context.url()?;
        let (configuration, surroundings) =
            (&self.context.configuration, self.context.surroundings);
        let place = backend::rules(kind)
            .map_err(CliError::from)
            .and_then(|_| place(kind, configuration, surroundings, own.as_ref()));
        let place = match place {
            Ok(place) => place,
            Err(error) => {
                tested.error = Some(error);
                return Ok(tested);
            }
        };
        let dialect = match self.several || !self.args.dialects.is_empty() {
            true => format!(" --dialect {}", name_of(kind)),
            false => String::new(),
        };
        let seed = match self.args.seed {
            0 => String::new(),
            seed => format!(" --seed {seed}"),
        };
        let migrator = || self.context.migrator();
        let ladder = Ladder {
            history: self.context.history,
            kind,
            place: place.clone(),
            graph,
            chosen: self.chosen,
            rules: self.context.rules()?,
            migrator: &migrator,
            seed: self.args.seed,
            stop: self.stop,
            command: format!("cargo migrate test{dialect}{seed}"),
            own: Own::default(),
        };
        let (mut applies, mut reverts) = (true, true);
        for rung in self.rungs() {
            if ui.terminal && !ui.json {
                ui.say(&format!("{}: {} …", name_of(kind), rung.name()));
            }
            let start = Instant::now();
            let verdict = match (applies, rung) {
                (false, _) => Ok(Verdict::skipped("revision", "the history does not apply")),
                (true, Rung::Down) if !reverts => {
                    Ok(Verdict::skipped("revision", "a downgrade is not whole"))
                }
                (true, Rung::Models) => silently(ui, |ui| self.models(kind, place.as_ref(), ui)),
                (true, Rung::Print) => silently(ui, |ui| self.print(kind, place.as_ref(), ui)),
                (true, rung) => ladder.climb(rung),
            };
            match verdict {
                Ok(verdict) => {
                    applies &= rung != Rung::Up || verdict.failures.is_empty();
                    reverts &= rung != Rung::Stairway || verdict.failures.is_empty();
                    tested.rungs.push(verdict.answered(rung, start));
                }
                Err(error) if error.exit == Exit::Stopped => return Err(error),
                Err(error) => {
                    tested.error = Some(error);
                    break;
                }
            }
        }
        Ok(tested)
    }

    /// The rungs, in the order in which they run.
    fn rungs(&self) -> Vec<Rung> {
        let all = <Rung as clap::ValueEnum>::value_variants().iter().copied();
        let typed = &self.args.rungs;
        all.filter(|rung| typed.is_empty() || typed.contains(rung))
            .collect()
    }

    /// Whether the history leads to the models.
    fn models(
        &self,
        kind: BackendKind,
        place: Option<&DatabaseUrl>,
        ui: &mut Ui<'_>,
    ) -> Result<Verdict, CliError> {
        if self.context.configuration.models.is_none() {
            return Ok(Verdict::skipped("table", "the source declares no models"));
        }
        if !self.args.only.is_empty() {
            return Ok(Verdict::skipped("table", "they are those of the head"));
        }
        let options = scratching(kind, place);
        let (found, tables) = models_check(self.context, &options, ui, Some(kind))?;
        let mut verdict = Verdict::of("table");
        verdict.count = tables;
        let doubtful = found.doubtful.iter();
        verdict.notes.extend(doubtful.map(|table| {
            format!("`{table}`: only the server knows whether its texts mean the same")
        }));
        let missing = !found.changes.is_empty();
        if missing || !found.known {
            let heads = self.heads()?;
            verdict.failures.push(TestFailure {
                revision: heads.first().cloned(),
                place: heads.first().and_then(|id| self.place_of(id)),
                message: match found.why {
                    Some(why) => why,
                    None => {
                        "a revision is missing: the history does not lead to the models".to_owned()
                    }
                },
                changes: found.changes,
                notes: match missing {
                    true => vec!["`cargo migrate new --autogenerate` writes it".to_owned()],
                    false => Vec::new(),
                },
                repeat: Some("cargo migrate test models".to_owned()),
            });
        }
        Ok(verdict)
    }

    /// Whether the files of diesel.toml are what would be printed.
    fn print(
        &self,
        kind: BackendKind,
        place: Option<&DatabaseUrl>,
        ui: &mut Ui<'_>,
    ) -> Result<Verdict, CliError> {
        let skipped = |why: &str| Ok(Verdict::skipped("file", why));
        let config = print::diesel_toml(self.context.surroundings, None)?.unwrap_or_default();
        let files: Vec<&PathBuf> = config
            .values()
            .filter_map(|one| one.file.as_ref())
            .collect();
        if files.is_empty() {
            return skipped("`diesel.toml` names no file");
        }
        if kind != self.printed {
            return skipped("its file is for another database");
        }
        if !self.args.only.is_empty() {
            return skipped("it is that of the head");
        }
        let text = |file: &PathBuf| fs::read_to_string(file).unwrap_or_default();
        if files.iter().any(|file| print::declares_models(&text(file))) {
            return skipped("its file declares models");
        }
        let args = PrintArgs {
            state: Some("history".to_owned()),
            closed: false,
            output: None,
            check: true,
            config_file: None,
            schema_key: None,
            scratching: scratching(kind, place),
        };
        let mut verdict = Verdict::of("file");
        verdict.count = files.len();
        if let Printed::Differing(files) = schema_print::print(self.context, &args, ui)? {
            for (file, first) in files {
                let heads = self.heads()?;
                let shown = file.strip_prefix(&self.context.surroundings.directory);
                let shown = shown.unwrap_or(&file).display();
                verdict.failures.push(TestFailure {
                    revision: heads.first().cloned(),
                    place: heads.first().and_then(|id| self.place_of(id)),
                    message: format!("`{shown}` is not what the head prints: {first}"),
                    repeat: Some("cargo migrate test print".to_owned()),
                    ..TestFailure::default()
                });
            }
        }
        Ok(verdict)
    }

    fn heads(&self) -> Result<Vec<String>, Error> {
        let migrator = self.context.migrator();
        let graph = migrator.graph()?;
        let heads = graph.heads().map(|head| graph.id(head).to_owned());
        Ok(heads.collect())
    }

    fn place_of(&self, id: &str) -> Option<json::Place> {
        let revision = self.context.history.get(id)?;
        Some(json::Place {
            file: revision.file().to_owned(),
            line: revision.line(),
            column: None,
            note: None,
        })
    }
}

/// Without the progress of runs on scratch databases.
fn silently<'w, T>(ui: &mut Ui<'w>, run: impl FnOnce(&mut Ui<'w>) -> T) -> T {
    let quiet = std::mem::replace(&mut ui.quiet, true);
    let done = run(ui);
    ui.quiet = quiet;
    done
}

/// Where the scratch databases of the rungs that read sources are made.
fn scratching(kind: BackendKind, place: Option<&DatabaseUrl>) -> Scratching {
    let url = place.map_or(":memory:", DatabaseUrl::as_secret_str);
    Scratching {
        server: ScratchUrl {
            scratch_urls: vec![url.to_owned()],
        },
        dialect: Some(match kind {
            BackendKind::Postgres => Dialect::Postgres,
            BackendKind::Mysql => Dialect::Mysql,
            BackendKind::Mariadb => Dialect::Mariadb,
            _ => Dialect::Sqlite,
        }),
        fresh: true,
    }
}
