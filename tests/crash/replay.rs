//! `crash replay`: applies a folder of diesel's SQL migrations revision by revision, by `up`, by
//! the script of `--sql` through the server's own client, and by diesel's harness, with rows in
//! every table that accepts them before each revision; and compares the results. `seeds` generates
//! the rows.

mod seeds;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use diesel::connection::Connection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Session};
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{Error, History, Migrator, Revision};
use migrate_tests::scratch::{Scratch, short_name};

use crate::database::Contents;

const USAGE: &str = "usage: crash replay BACKEND FOLDER… [--keys-off]
  BACKEND     sqlite, postgres, mysql or mariadb
  FOLDER      a folder of SQL migrations, each a folder with `up.sql`
  --keys-off  applies them with foreign keys off, as applications do that turn them off before they migrate";

/// Replays folders on the database of the first argument.
pub(crate) fn run(words: &[String], keys_off: bool) -> ExitCode {
    let kind = words
        .first()
        .and_then(|word| backend::enabled().find(|kind| short_name(*kind) == word));
    let (Some(kind), [_, folders @ ..]) = (kind, words) else {
        eprintln!("error: the first argument must name a database of this build\n{USAGE}");
        return ExitCode::from(2);
    };
    if folders.is_empty() {
        eprintln!("error: no folder is named\n{USAGE}");
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for folder in folders {
        match Replay::of(kind, Path::new(folder), keys_off) {
            Ok(replay) => {
                println!("{folder}: {}, {replay}", short_name(kind));
                if !replay.differences.is_empty() {
                    code = ExitCode::FAILURE;
                }
            }
            Err(problem) => {
                println!("{folder}: {problem}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// The result of one folder.
#[derive(Default)]
struct Replay {
    revisions: usize,
    of: usize,
    seeded: usize,
    refused: usize,
    /// Tables with fewer than three rows before the last revision.
    sparse: usize,
    tables: usize,
    /// Revisions that all three refused before the tables were emptied.
    emptied: usize,
    notes: Vec<String>,
    differences: Vec<String>,
}

impl std::fmt::Display for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} of {} revisions; {} rows seeded, {} refused; {} revisions took empty tables only; at the end {} of {} tables had three rows or \
             more; ",
            self.revisions,
            self.of,
            self.seeded,
            self.refused,
            self.emptied,
            self.tables - self.sparse,
            self.tables
        )?;
        match self.differences.is_empty() {
            true => write!(f, "up, script and diesel leave the same")?,
            false => write!(f, "DIFFERENT")?,
        }
        for line in self.notes.iter().chain(&self.differences) {
            write!(f, "\n  {}", line.replace('\n', "\n  "))?;
        }
        Ok(())
    }
}

/// One of the three ways, with its own database.
struct Lane {
    name: &'static str,
    scratch: Scratch,
    /// Whether it is still compared: not after it has differed.
    runs: bool,
    /// The statements to send on each connection that applies a revision.
    before_all: Option<&'static str>,
}

impl Lane {
    fn session(&self) -> Box<dyn Session> {
        let url: DatabaseUrl = self
            .scratch
            .url()
            .parse()
            .expect("a scratch database's URL");
        backend::connect(&url, Access::Write).expect("a scratch database can be opened")
    }

    /// Applies the next revision by the engine.
    fn upgrade(&self, history: &History, id: &str) -> Result<(), String> {
        let mut session = self.session();
        if let Some(sql) = self.before_all {
            session.execute(sql).map_err(|error| error.to_string())?;
        }
        let ran = Migrator::new(history).upgrade(session.as_mut(), id);
        ran.map(drop).map_err(|error| error.to_string())
    }

    fn contents(&self) -> (Contents, Vec<String>) {
        let versions = self
            .session()
            .texts("SELECT version AS text FROM __diesel_schema_migrations ORDER BY 1");
        let contents = Contents::of(self.scratch.url()).without_revisions();
        (contents.map(without_moments), versions.unwrap_or_default())
    }
}

impl Replay {
    fn of(kind: BackendKind, folder: &Path, keys_off: bool) -> Result<Replay, String> {
        let before_all = keys_off.then(|| keys_off_statement(kind)).flatten();
        let revisions = revisions(folder)?;
        let history = History::new(Box::leak(Box::new([&*revisions.clone().leak()])));
        let mut lanes = ["up", "script", "diesel"].map(|name| Lane {
            name,
            scratch: Scratch::new(kind, "replay"),
            runs: true,
            before_all,
        });
        let mut replay = Replay {
            of: revisions.len(),
            ..Replay::default()
        };
        let mut before = None;
        for revision in &revisions {
            replay.seed(&lanes);
            let id = revision.id();
            let mut ended = false;
            let each = |replay: &mut Replay| -> Vec<(&str, Result<(), String>)> {
                let running = lanes.iter().filter(|lane| lane.runs);
                let apply = |lane: &Lane| match lane.name {
                    "up" => lane.upgrade(&history, id),
                    "script" => by_script(kind, &history, before, id, lane, &mut replay.notes),
                    _ => by_diesel(kind, folder, id, lane),
                };
                let mut apply = apply;
                running.map(|lane| (lane.name, apply(lane))).collect()
            };
            let mut how = each(&mut replay);
            if how.iter().all(|(_, came)| came.is_err()) {
                // as real databases do not have the rows of the seeds
                let running = lanes.iter().filter(|lane| lane.runs);
                running.for_each(|lane| seeds::empty(lane.session().as_mut()));
                replay.emptied += 1;
                how = each(&mut replay);
            }
            if how.iter().all(|(_, came)| came.is_err()) {
                let (_, came) = &how[0];
                let why = came.as_ref().err().cloned().unwrap_or_default();
                replay.notes.push(format!(
                    "ends before {id}, as all fail: {}",
                    first_lines(&why, 2)
                ));
                ended = true;
            } else {
                for (name, came) in &how {
                    if let Err(problem) = came {
                        replay.differences.push(format!(
                            "{id}: {name} alone fails: {}",
                            first_lines(problem, 12)
                        ));
                        let lane = lanes.iter_mut().find(|lane| lane.name == *name);
                        lane.into_iter().for_each(|lane| lane.runs = false);
                        ended |= *name == "up";
                    }
                }
            }
            if ended {
                break;
            }
            replay.revisions += 1;
            replay.compare(id, &mut lanes);
            before = Some(id);
        }
        Ok(replay)
    }

    /// At least three rows in each table, if possible; the same statements in each lane.
    fn seed(&mut self, lanes: &[Lane]) {
        let mut first = lanes[0].session();
        let mut others: Vec<_> = lanes[1..]
            .iter()
            .filter(|lane| lane.runs)
            .map(|lane| (lane.name, lane.session()))
            .collect();
        let differences = &mut self.differences;
        let counts = seeds::fill(first.as_mut(), &mut |sql, worked| {
            for (name, session) in &mut others {
                if session.execute(sql).is_ok() != worked {
                    differences.push(format!("{name}: the seed `{sql}` works in one only"));
                }
            }
        });
        self.seeded += counts.seeded;
        self.refused += counts.refused;
        (self.sparse, self.tables) = (counts.sparse, counts.tables);
    }

    fn compare(&mut self, id: &str, lanes: &mut [Lane]) {
        let (contents, versions) = lanes[0].contents();
        for lane in lanes[1..].iter_mut().filter(|lane| lane.runs) {
            let (others, recorded) = lane.contents();
            let lines = others.differences(&contents);
            if recorded == versions && lines.is_none() {
                continue;
            }
            lane.runs = false;
            let lines =
                lines.unwrap_or_else(|| format!("recorded: {recorded:?}, and {versions:?}"));
            self.differences.push(format!(
                "{id}: {} (+) is not what up leaves (-):\n{}",
                lane.name,
                first_lines(&lines, 12)
            ));
        }
    }
}

fn by_script(
    kind: BackendKind,
    history: &History,
    before: Option<&str>,
    id: &str,
    lane: &Lane,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    let range = before.map_or_else(|| id.to_owned(), |before| format!("{before}:{id}"));
    match Migrator::new(history).upgrade_script(kind, &range) {
        Ok(script) => {
            let before = lane
                .before_all
                .map_or_else(String::new, |sql| format!("{sql};\n"));
            lane.scratch.run_script(&format!("{before}{script}"))
        }
        // refused by name, which is not a difference: the following ones are still compared
        Err(Error::NoScript(missing)) => {
            let reasons: Vec<&str> = missing.iter().map(|one| one.reason.as_str()).collect();
            notes.push(format!("{id}: no script: {}", reasons.join("; ")));
            lane.upgrade(history, id)
        }
        Err(error) => Err(error.to_string()),
    }
}

fn by_diesel(kind: BackendKind, folder: &Path, id: &str, lane: &Lane) -> Result<(), String> {
    match kind {
        BackendKind::Sqlite => diesel_runs::<SqliteConnection>(lane, folder, id),
        #[cfg(feature = "servers")]
        BackendKind::Postgres => diesel_runs::<diesel::PgConnection>(lane, folder, id),
        #[cfg(feature = "servers")]
        _ => diesel_runs::<diesel::MysqlConnection>(lane, folder, id),
        #[cfg(not(feature = "servers"))]
        kind => unreachable!("{kind:?} is not compiled in"),
    }
}

fn diesel_runs<C>(lane: &Lane, folder: &Path, id: &str) -> Result<(), String>
where
    C: Connection + MigrationHarness<<C as Connection>::Backend>,
{
    let said = |error: Box<dyn std::error::Error + Send + Sync>| error.to_string();
    let mut connection = C::establish(lane.scratch.url()).map_err(|error| error.to_string())?;
    if let Some(sql) = lane.before_all {
        connection
            .batch_execute(sql)
            .map_err(|error| error.to_string())?;
    }
    let source = FileBasedMigrations::from_path(folder).map_err(|error| error.to_string())?;
    let migrations: Vec<Box<dyn Migration<C::Backend>>> = source.migrations().map_err(said)?;
    // creates the version table, as each of diesel's commands does
    connection.applied_migrations().map_err(said)?;
    let migration = migrations
        .iter()
        .find(|migration| migration.name().version().to_string() == id)
        .ok_or_else(|| format!("diesel has no `{id}`"))?;
    connection
        .run_migration(migration.as_ref())
        .map(drop)
        .map_err(said)
}

/// Turns foreign keys off for a connection.
fn keys_off_statement(kind: BackendKind) -> Option<&'static str> {
    match kind {
        BackendKind::Sqlite => Some("PRAGMA foreign_keys = OFF"),
        BackendKind::Mysql | BackendKind::Mariadb => Some("SET foreign_key_checks = 0"),
        _ => None,
    }
}

/// The revisions of a folder, each the parent of the next.
fn revisions(folder: &Path) -> Result<Vec<&'static Revision>, String> {
    let said = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let entries = fs::read_dir(folder).map_err(|error| said(folder, error))?;
    let mut folders: Vec<(String, PathBuf)> = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| said(folder, error))?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.join("up.sql").is_file() {
            let version = name.split('_').next().unwrap_or_default().replace('-', "");
            folders.push((version, path));
        }
    }
    folders.sort();
    let mut revisions: Vec<&'static Revision> = Vec::new();
    for (version, path) in folders {
        let file = path.join("up.sql");
        let text = fs::read_to_string(&file).map_err(|error| said(&file, error))?;
        let parents = revisions
            .last()
            .map(|parent| parent.id())
            .into_iter()
            .collect::<Vec<_>>();
        let file: &'static str = file.display().to_string().leak();
        let body = Body::sql(text.leak());
        let revision = Revision::new(
            version.leak(),
            parents.leak(),
            "",
            file,
            1,
            body,
            Downgrade::Irreversible,
        );
        let metadata = fs::read_to_string(path.join("metadata.toml")).unwrap_or_default();
        let outside = metadata.lines().any(|line| {
            let words: String = line.split_whitespace().collect();
            words.starts_with("run_in_transaction=false")
        });
        revisions.push(Box::leak(Box::new(match outside {
            true => revision.without_transaction(),
            false => revision,
        })));
    }
    match revisions.is_empty() {
        true => Err("has no folder with `up.sql`".to_owned()),
        false => Ok(revisions),
    }
}

/// A row or a fact without parts that differ from run to run: this year's timestamps, random UUIDs
/// and tokens. The seeds contain none of them.
fn without_moments(row: &str) -> String {
    let is_moment = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let year = word.get(..4).and_then(|year| year.parse::<u32>().ok());
        digits >= 8 && year.is_some_and(|year| year > 2023 && word.as_bytes().get(4) == Some(&b'-'))
    };
    let is_random = |word: &str| {
        let dashes: Vec<usize> = word.match_indices('-').map(|(at, _)| at).collect();
        let hex = word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let token = word.rsplit('_').next().unwrap_or_default();
        let token = token.len() >= 20 && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
        hex || token
            || word.len() == 36 && dashes == [8, 13, 18, 23] && !word.starts_with("00000000")
    };
    let mut words = Vec::new();
    let mut behind_a_moment = false;
    for word in row.split(' ') {
        let (name, value) = word.split_once('=').unwrap_or(("", word));
        // within an expression, it is in quotes and parentheses
        let value = value.trim_start_matches(['\'', '(']);
        let time = behind_a_moment && name.is_empty() && value.contains(':');
        behind_a_moment = is_moment(value);
        words.push(match behind_a_moment || time || is_random(value) {
            true => format!("{name}=…"),
            false => word.to_owned(),
        });
    }
    words.join(" ")
}

fn first_lines(text: &str, count: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .take(count)
        .map(|line| line.chars().take(300).collect())
        .collect();
    lines.join("\n")
}
