//! Runs that are killed at random instants, and run again until they are done. Knows processes and
//! clocks, but not what a run does.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::BackendKind;
use migrate_tests::scratch::Scratch;

use crate::Outcome;
use crate::child;
use crate::database::Contents;
use crate::history::REVISIONS;
use crate::random::Random;

/// Every so many histories, one is reverted and applied again, also under kills.
const DOWN_EACH: usize = 3;

/// The results of undisturbed runs, and their durations.
struct Undisturbed {
    applied: Contents,
    reverted: Contents,
    up: Duration,
    down: Duration,
}

/// Kills so many runs on this kind of database, and compares the results of the histories.
pub(crate) fn run(kind: BackendKind, count: usize, seed: u64) -> Outcome {
    let undisturbed = Undisturbed::of(kind)?;
    let mut series = Series {
        random: Random::new(seed),
        left: count,
        runs: 0,
    };
    let (mut histories, mut reverted) = (0, 0);
    while series.left > 0 {
        let scratch = Scratch::new(kind, "kills");
        let done = series
            .bring(&scratch, "up", &undisturbed.applied, undisturbed.up)
            .and_then(|()| {
                if histories % DOWN_EACH != DOWN_EACH - 1 {
                    return Ok(());
                }
                reverted += 1;
                series.bring(&scratch, "down", &undisturbed.reverted, undisturbed.down)?;
                series.bring(&scratch, "up", &undisturbed.applied, undisturbed.up)
            });
        if let Err(problem) = done {
            let killed = count - series.left;
            let place = scratch.keep();
            return Err(format!(
                "history {histories}, after {killed} kills: {problem}\nthe database is left for a look: {place}"
            ));
        }
        histories += 1;
    }
    Ok(format!(
        "{count} kills in {} runs of {histories} histories, {reverted} of them reverted and applied again; \
         undisturbed {:.2?} up and {:.2?} down; seed {seed}; schema and data equal an undisturbed run each time",
        series.runs, undisturbed.up, undisturbed.down
    ))
}

impl Undisturbed {
    fn of(kind: BackendKind) -> Result<Undisturbed, String> {
        let scratch = Scratch::new(kind, "undisturbed");
        let run = |arguments: &[&str]| -> Result<(Contents, Duration), String> {
            let start = Instant::now();
            succeeded(start_child(&scratch, arguments).wait_with_output())?;
            let time = start.elapsed();
            Ok((Contents::of(scratch.url()), time))
        };
        let (applied, up) = run(&["up"])?;
        let (reverted, down) = run(&["down", "base"])?;
        assert_eq!((applied.applied(), reverted.applied()), (REVISIONS, 0));
        Ok(Undisturbed {
            applied,
            reverted,
            up,
            down,
        })
    }
}

struct Series {
    random: Random,
    left: usize,
    runs: usize,
}

impl Series {
    /// Runs a command again and again, killing it, until it completes.
    fn bring(
        &mut self,
        scratch: &Scratch,
        verb: &str,
        expected: &Contents,
        usual: Duration,
    ) -> Result<(), String> {
        let arguments: &[&str] = match verb {
            "up" => &["up"],
            _ => &["down", "base"],
        };
        let mut killed_after = Vec::new();
        loop {
            let delay = (self.left > 0).then(|| self.random.below(usual * 2 / 3));
            self.runs += 1;
            let output = run_for(start_child(scratch, arguments), delay);
            if output.status.signal() == Some(9) {
                self.left = self.left.saturating_sub(1);
                killed_after.push(delay.unwrap_or_default());
                continue;
            }
            let killed_after = || format!("`{verb}`, killed after {killed_after:.1?}");
            succeeded(Ok(output)).map_err(|problem| format!("{}: {problem}", killed_after()))?;
            return match Contents::of(scratch.url()).differences(expected) {
                None => Ok(()),
                Some(lines) => Err(format!(
                    "{}: it is not what an undisturbed run leaves:\n{lines}",
                    killed_after()
                )),
            };
        }
    }
}

/// The command as a child, running.
pub(crate) fn start_child(scratch: &Scratch, arguments: &[&str]) -> Child {
    child::command(scratch.url(), arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this program can be started again")
}

/// Lets the child run for this time, or to its end, and then kills it.
fn run_for(mut child: Child, delay: Option<Duration>) -> Output {
    if let Some(delay) = delay {
        thread::sleep(delay);
        child.kill().expect("a child can be killed"); // SIGKILL; nothing happens when it has ended
    }
    child.wait_with_output().expect("a child can be waited for")
}

/// Checks that the run succeeded; otherwise returns its output.
pub(crate) fn succeeded(output: std::io::Result<Output>) -> Result<Output, String> {
    let output = output.map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(output),
        false => Err(format!(
            "{}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}
