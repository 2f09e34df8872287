//! `test`: the ladder on each kind of database that is listed for tests, with the rungs that need
//! the project's sources.

use std::collections::VecDeque;
use std::fs;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
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
use crate::json::{self, TestFailure, TestedBackend, TestedRung};
use crate::ladder::{
    Chosen, Ladder, Own, Past, Previous, Rung, Since, Verdict, backends, name_of, place,
};
use crate::print;
use crate::states::{ScratchUrl, Scratching};
use crate::text::test::junit;
use crate::ui::Ui;
use crate::words::plural;
use migrate_core::engine::backend::{self, BackendKind, DatabaseUrl};
use migrate_core::error::Error;
use migrate_core::{CancelToken, Migrator};

/// Test the history on scratch databases
///
/// A RUNG is a kind of test; without one, all run. The exit code is 1 if one fails.
///
/// They run on the kinds of database that `backends` lists under `[package.metadata.migrate.test]`,
/// by default on SQLite, in memory. A server is named there by `postgres-url`, `mysql-url` or
/// `mariadb-url`, or by a variable such as MIGRATE_TEST_POSTGRES_URL: scratch databases are made on
/// it, and dropped.
#[derive(Args, Clone, Debug)]
pub struct TestArgs {
    /// Kinds of test [default: all]
    #[arg(value_enum, value_name = "RUNG")]
    pub rungs: Vec<Rung>,

    /// Only these revisions; those before them are applied and not tested
    #[arg(long, value_name = "REVISION")]
    pub only: Vec<String>,

    /// Only what comes after this revision, or is new since this commit of git
    ///
    /// A commit can be a tag, a branch, or `origin/main...` for where this branch began. A text
    /// that names both a revision and a commit is the revision.
    #[arg(long, value_name = "REVISION|COMMIT")]
    pub since: Option<String>,

    /// With `--since`: SQL statements that must work before the new revisions and after them
    #[arg(long, value_name = "FILE")]
    pub queries: Option<PathBuf>,

    /// Kind of database, instead of those that `backends` lists; may be repeated
    #[arg(long = "dialect", value_name = "NAME")]
    pub dialects: Vec<Dialect>,

    /// Seed for the generated rows
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,

    /// How many tests run at once [default: one for each core, on a server at most 4]
    ///
    /// Only `orders`, `scripts`, `resume` and `previous` run beside others.
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZeroUsize>,

    /// Keep the scratch database of each failure, and print its URL
    #[arg(long)]
    pub keep: bool,

    /// Also write the results to this file, as JUnit XML
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
    let previous = previous(context, args)?;
    let since = match &previous.past {
        Some(past) => Some(Since::Past(&past.revisions)),
        None => args.since.as_deref().map(Since::Revision),
    };
    let chosen = Chosen::of(graph, &args.only, since)?;
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
        previous: &previous,
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

/// What was released before.
fn previous(context: &Context<'_>, args: &TestArgs) -> Result<Previous, CliError> {
    let read = |path: &Path| {
        fs::read_to_string(path)
            .map_err(|error| CliError::usage(format!("cannot read `{}`: {error}", path.display())))
    };
    let past = match &context.configuration.past {
        Some(file) => {
            let past: Result<Past, _> = serde_json::from_str(&read(file)?);
            Some(past.map_err(|error| {
                CliError::usage(format!("cannot read `{}`: {error}", file.display()))
            })?)
        }
        None => None,
    };
    let queries = match &args.queries {
        Some(file) => {
            let text = read(&context.surroundings.directory.join(file))?;
            Some((file.display().to_string(), text))
        }
        None => None,
    };
    Ok(Previous {
        since: args.since.clone(),
        past,
        queries,
    })
}

/// What is tested on each kind of database.
struct Run<'r, 'a> {
    context: &'r Context<'a>,
    args: &'r TestArgs,
    stop: &'r CancelToken,
    chosen: &'r Chosen,
    previous: &'r Previous,
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
        let seed_given = match self.args.seed {
            0 => String::new(),
            seed => format!(" --seed {seed}"),
        };
        let migrator = self.context.migrators();
        let rules = self.context.rules()?;
        let (history, chosen, previous) = (self.context.history, self.chosen, self.previous);
        let (seed, keep) = (self.args.seed, self.args.keep);
        let is_part = !self.args.only.is_empty();
        let command = format!("cargo migrate test{dialect}{seed_given}");
        let on_ladder = |stop: &CancelToken, own: Own, rungs: &mut dyn FnMut(&Ladder<'_>)| {
            let ladder = Ladder {
                history,
                kind,
                place: place.clone(),
                graph,
                chosen,
                rules,
                migrator: &migrator,
                previous,
                seed,
                stop,
                command: command.clone(),
                keep,
                own,
            };
            rungs(&ladder);
            ladder.own
        };
        let climb_one = |ladder: &Ladder<'_>, rung: Rung| {
            let start = Instant::now();
            Ok(ladder.climb(rung)?.answered(rung, start))
        };
        let skipped = |rung: Rung, why: &str| {
            Ok(Verdict::skipped("revision", why).answered(rung, Instant::now()))
        };
        let jobs = self.jobs(kind);
        let rungs = self.rungs();
        if ui.terminal && !ui.json {
            ui.say(&format!(
                "{}: {} …",
                name_of(kind),
                plural(rungs.len(), "rung")
            ));
        }
        let (first, rest): (Vec<Rung>, Vec<Rung>) = rungs
            .into_iter()
            .partition(|rung| matches!(rung, Rung::Graph | Rung::Up));
        let mut done: Vec<Done> = Vec::new();
        let mut applies = true;
        let left = on_ladder(self.stop, Own::default(), &mut |ladder| {
            for rung in &first {
                let tested: Result<TestedRung, CliError> = climb_one(ladder, *rung);
                let is_whole = tested.as_ref().is_ok_and(|one| one.failures.is_empty());
                applies &= tested.is_ok() && (*rung != Rung::Up || is_whole);
                let ends = tested.is_err();
                done.push((*rung, tested));
                if ends {
                    break;
                }
            }
        });
        let (with_sources, rest): (Vec<Rung>, Vec<Rung>) = rest
            .into_iter()
            .partition(|rung| matches!(rung, Rung::Models | Rung::Print));
        if applies {
            let climb = |stop: &CancelToken, own: Own, rungs: Vec<Rung>| {
                let mut reverts = true;
                let mut done = Vec::new();
                on_ladder(stop, own, &mut |ladder| {
                    for &rung in &rungs {
                        let tested = match (rung, reverts) {
                            (Rung::Down, false) => skipped(rung, "a downgrade is not whole"),
                            (Rung::Previous, _) if is_part => {
                                skipped(rung, "it is about all that is new")
                            }
                            _ => climb_one(ladder, rung),
                        };
                        let fails = |one: &TestedRung| !one.failures.is_empty();
                        reverts &= rung != Rung::Stairway || !tested.as_ref().is_ok_and(fails);
                        let ends = tested.is_err();
                        done.push((rung, tested));
                        if ends {
                            break;
                        }
                    }
                });
                done
            };
            let (shared, apart): (Vec<Rung>, Vec<Rung>) =
                rest.into_iter().partition(|rung| shares_its_work(*rung));
            let catalogue = left.catalogue();
            let here = |stop: &CancelToken| climb(stop, left.left(), shared);
            let there = |stop: &CancelToken, rung: Rung| {
                climb(stop, Own::knowing(catalogue.clone()), vec![rung])
            };
            done.extend(in_parallel(jobs, self.stop, queue(apart), here, &there));
            // no scratch database of another rung is left, and Ctrl-C ends these at once
            for rung in with_sources {
                if done.iter().any(|(_, tested)| tested.is_err()) {
                    break;
                }
                let start = Instant::now();
                let verdict = silently(ui, |ui| match rung {
                    Rung::Models => self.models(kind, place.as_ref(), ui),
                    _ => self.print(kind, place.as_ref(), ui),
                });
                done.push((rung, verdict.map(|verdict| verdict.answered(rung, start))));
            }
        } else {
            let rest = rest.into_iter().chain(with_sources);
            done.extend(rest.map(|rung| (rung, skipped(rung, "the history does not apply"))));
        }
        done.sort_by_key(|(rung, _)| *rung as usize);
        let is_stop =
            |(_, tested): &Done| matches!(tested, Err(error) if error.exit == Exit::Stopped);
        if let Some(at) = done.iter().position(is_stop)
            && let (_, Err(error)) = done.swap_remove(at)
        {
            return Err(error);
        }
        for (_, one) in done {
            match one {
                Ok(one) => tested.rungs.push(one),
                Err(error) => {
                    tested.error = Some(error);
                    break;
                }
            }
        }
        Ok(tested)
    }

    /// How many rungs run at once on this kind of database.
    fn jobs(&self, kind: BackendKind) -> usize {
        let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        match (self.args.jobs, kind) {
            (Some(jobs), _) => jobs.get(),
            (None, BackendKind::Sqlite) => cores(),
            // the server's other users have something to do, too
            (None, _) => cores().min(ON_SERVERS),
        }
    }

    /// The rungs, in their order.
    fn rungs(&self) -> Vec<Rung> {
        let all = <Rung as clap::ValueEnum>::value_variants().iter().copied();
        let typed = &self.args.rungs;
        let is_usual = |rung: Rung| rung != Rung::Previous || self.previous.is_wanted();
        all.filter(|rung| match typed.is_empty() {
            true => is_usual(*rung),
            false => typed.contains(rung),
        })
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
                ..TestFailure::default()
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

/// At most so many rungs run at once on a server, unless more are asked for.
const ON_SERVERS: usize = 4;

/// A rung, and what became of it.
type Done = (Rung, Result<TestedRung, CliError>);

/// Whether a rung begins with what another one of these leaves.
fn shares_its_work(rung: Rung) -> bool {
    use Rung::{Down, FullTables, Rows, Stairway};
    matches!(rung, Stairway | Down | Rows | FullTables)
}

/// Rungs that any thread may run. What takes long comes first.
fn queue(rungs: Vec<Rung>) -> VecDeque<Rung> {
    let (mut long, short): (VecDeque<Rung>, VecDeque<Rung>) =
        rungs.into_iter().partition(|rung| *rung == Rung::Resume);
    long.extend(short);
    long
}

/// Runs what is in a queue in so many threads, of which this one is one: it begins with `here`,
/// which shares what cannot be sent to another thread.
fn in_parallel(
    jobs: usize,
    stop: &CancelToken,
    queue: VecDeque<Rung>,
    here: impl FnOnce(&CancelToken) -> Vec<Done>,
    climb: &(dyn Fn(&CancelToken, Rung) -> Vec<Done> + Sync),
) -> Vec<Done> {
    let others = queue.len().min(jobs.saturating_sub(1));
    let stops: Vec<CancelToken> = (0..=others).map(|_| stop.beside()).collect();
    let queue = Mutex::new(queue);
    let work = |stop: &CancelToken| {
        let mut done = Vec::new();
        loop {
            let next = queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            let Some(rung) = next else { return done };
            done.extend(climb(stop, rung));
        }
    };
    let cancelled = stops.clone();
    stop.begin(Some(Box::new(move || {
        match cancelled.iter().filter(|stop| stop.cancel()).count() {
            0 => Err("no statement can be cancelled".to_owned()),
            _ => Ok(()),
        }
    })));
    thread::scope(|scope| {
        let threads = stops.iter().skip(1).map(|stop| scope.spawn(|| work(stop)));
        let threads: Vec<_> = threads.collect();
        let mut done = here(&stops[0]);
        done.extend(work(&stops[0]));
        for thread in threads {
            match thread.join() {
                Ok(more) => done.extend(more),
                Err(panic) => resume_unwind(panic),
            }
        }
        done
    })
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
