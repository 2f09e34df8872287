//! Servers that are killed during a run, and restarted: the run ends by itself and reports why, and
//! the next one resumes. Has a server of its own, managed by the scripts of `tests/servers`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl};
use migrate_tests::scratch::short_name;
use migrate_tests::workspace_root;

use crate::Outcome;
use crate::child;
use crate::database::Contents;
use crate::kills::succeeded;
use crate::random::Random;

/// Kills the server during so many runs.
pub(crate) fn run(kind: BackendKind, count: usize, seed: u64) -> Outcome {
    if kind == BackendKind::Sqlite {
        return Ok("has no server that could be killed".to_owned());
    }
    let server = OwnServer::start(short_name(kind))?;
    let url = server.database("undisturbed")?;
    succeeded(child::command(&url, &["up"]).output())?;
    let expected = Contents::of(&url);
    let mut random = Random::new(seed);
    let (mut outages, mut histories, mut longest) = (0, 0, Duration::ZERO);
    let mut script = Duration::from_millis(100);
    while outages < count {
        let url = server.database(&format!("outages{histories}"))?;
        let mut done = false;
        while !done {
            let (ended, failed) = if outages < count {
                let start = Instant::now();
                let killing = server.script("kill").spawn().map_err(said)?;
                thread::sleep(random.below(script));
                let ended = one(&url)?;
                succeeded(killing.wait_with_output())?;
                script = start.elapsed().min(Duration::from_secs(1));
                succeeded(server.script("restart").output())?;
                ended
            } else {
                one(&url)?
            };
            longest = longest.max(ended);
            outages += usize::from(failed);
            done = !failed;
        }
        if let Some(lines) = Contents::of(&url).differences(&expected) {
            return Err(format!(
                "history {histories}, after {outages} outages: it is not what an undisturbed run leaves:\n{lines}"
            ));
        }
        histories += 1;
    }
    Ok(format!(
        "the server was killed under {outages} runs of {histories} histories; each run ended by itself within {longest:.2?} and said \
         why, and the next one resumed; schema and data equal an undisturbed run each time; seed {seed}"
    ))
}

/// Runs to the end, whatever it is: returns the duration, and whether it failed.
fn one(url: &str) -> Result<(Duration, bool), String> {
    let start = Instant::now();
    let output = child::command(url, &["up", "--lock-timeout", "20"])
        .output()
        .map_err(said)?;
    let took = start.elapsed();
    let text = String::from_utf8_lossy(&output.stderr);
    let output_text = format!("{}\n{text}", output.status);
    match output.status.code() {
        Some(0) => Ok((took, false)),
        Some(2 | 3) if text.contains("error:") && !text.contains("panicked") => Ok((took, true)),
        _ => Err(format!(
            "a run under a lost server ended with {output_text}"
        )),
    }
}

/// A server for this series alone, stopped when dropped.
struct OwnServer {
    name: &'static str,
    state: PathBuf,
    url: String,
}

impl OwnServer {
    fn start(name: &'static str) -> Result<OwnServer, String> {
        let state = workspace_root().join("target/outages").join(name);
        let mut server = OwnServer {
            name,
            state,
            url: String::new(),
        };
        succeeded(server.script("start").output())?;
        server.url = address(&server.state, name)?;
        Ok(server)
    }

    /// A script of `tests/servers` for this server.
    fn script(&self, verb: &str) -> Command {
        let mut command = Command::new(workspace_root().join("tests/servers").join(verb));
        command
            .arg(self.name)
            .env("MIGRATE_TEST_SERVERS", &self.state)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Makes an empty database.
    fn database(&self, name: &str) -> Result<String, String> {
        let url: DatabaseUrl = self.url.parse().map_err(said)?;
        let mut session = backend::connect(&url, Access::Write).map_err(said)?;
        session
            .execute(&format!("CREATE DATABASE {name}"))
            .map_err(said)?;
        let server = self.url.rsplit_once('/').map_or("", |(server, _)| server);
        Ok(format!("{server}/{name}"))
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = self.script("stop").output(); // a series that failed says so already
    }
}

/// The administrator's URL that the scripts saved.
fn address(state: &Path, name: &str) -> Result<String, String> {
    let text = fs::read_to_string(state.join("env")).map_err(said)?;
    let variable = format!("MIGRATE_TEST_{}_URL=", name.to_uppercase());
    let line = text.lines().find_map(|line| {
        let (_, rest) = line.split_once(&variable)?;
        rest.split_whitespace().next()
    });
    line.map(str::to_owned)
        .ok_or_else(|| format!("{name} was started, and has no address"))
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
