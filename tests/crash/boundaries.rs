//! Runs that end themselves at a boundary that the engine reports: before and after each statement,
//! each write to the journal and each commit, of each revision, up and down. One database goes
//! through the history; at each revision it goes up and down as often as there are boundaries.

use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use migrate_core::engine::backend::BackendKind;
use migrate_tests::scratch::Scratch;

use crate::Outcome;
use crate::child::{self, Way};
use crate::database::{self, Contents};
use crate::history::{REVISIONS, id};
use crate::kills::succeeded;

/// After how many rounds up and down MariaDB's tables are rebuilt.
const ROUNDS: usize = 8;

/// Every so many boundaries, the runs of [`journal`] are killed.
const JOURNAL_EACH: usize = 5;

/// Kills at every so many boundaries, beginning with the `first`th: with 1 and 0, at every one.
pub(crate) fn run(kind: BackendKind, each: usize, first: usize) -> Outcome {
    let (_, kills) = kill_and_resume(kind, each, first)?;
    Ok(format!(
        "{} kills at boundaries of {REVISIONS} revisions up, {} down{}; schema and data equal an undisturbed run each time",
        kills[0],
        kills[1],
        if each == 1 {
            ", which are all there are"
        } else {
            ""
        }
    ))
}

/// The rows of the journal after the history up and down, and after the same with kills at fixed
/// boundaries. They are equal for two builds that write the same rows.
pub(crate) fn journal(kind: BackendKind) -> Outcome {
    let undisturbed = Scratch::new(kind, "journal");
    for arguments in [&["up"][..], &["down", "base"]] {
        succeeded(child::command(undisturbed.url(), arguments).output())?;
    }
    let (killed, [up, down]) = kill_and_resume(kind, JOURNAL_EACH, 0)?;
    let mut lines = vec!["rows of an undisturbed run".to_owned()];
    lines.extend(database::journal(undisturbed.url()));
    lines.push(format!("rows after {up} kills up and {down} down"));
    lines.extend(database::journal(killed.url()));
    Ok(lines.join("\n"))
}

/// Takes a database through the history with kills. Returns it, and the numbers of kills up and
/// down.
fn kill_and_resume(
    kind: BackendKind,
    each: usize,
    first: usize,
) -> Result<(Scratch, [usize; 2]), String> {
    let standing = undisturbed(kind)?;
    let scratch = Scratch::new(kind, "boundaries");
    let mut kills = [0, 0];
    for number in 0..REVISIONS {
        let mut up = Leg::new(Way::Up, number, each, first);
        let mut down = Leg::new(Way::Down, number, each, first);
        let described = |leg: &Leg, problem: String| {
            format!(
                "revision {number}, boundary {} {:?}: {problem}",
                leg.at, leg.way
            )
        };
        loop {
            let alive = up.travel(&scratch).map_err(|text| described(&up, text))?;
            compare(&scratch, &standing[number + 1]).map_err(|text| described(&up, text))?;
            if !alive && !down.left {
                break;
            }
            down.travel(&scratch)
                .map_err(|text| described(&down, text))?;
            compare(&scratch, &standing[number]).map_err(|text| described(&down, text))?;
            if kind == BackendKind::Mariadb && up.kills.is_multiple_of(ROUNDS) {
                standing[number].make_room(scratch.url());
            }
        }
        kills[0] += up.kills;
        kills[1] += down.kills;
    }
    Ok((scratch, kills))
}

/// The contents of the database at each revision, from none to all, without kills.
fn undisturbed(kind: BackendKind) -> Result<Vec<Contents>, String> {
    let scratch = Scratch::new(kind, "undisturbed");
    let mut standing = vec![Contents::of(scratch.url())];
    for number in 0..REVISIONS {
        let up = child::command(scratch.url(), &["up", &id(number)]).output();
        succeeded(up)?;
        standing.push(Contents::of(scratch.url()));
    }
    Ok(standing)
}

fn compare(scratch: &Scratch, expected: &Contents) -> Result<(), String> {
    match Contents::of(scratch.url()).differences(expected) {
        None => Ok(()),
        Some(lines) => Err(format!(
            "it is not what an undisturbed run leaves:\n{lines}"
        )),
    }
}

/// One direction of one revision, with the boundaries at which it is still to be killed.
struct Leg {
    way: Way,
    target: String,
    at: usize,
    each: usize,
    left: bool,
    kills: usize,
}

impl Leg {
    fn new(way: Way, number: usize, each: usize, first: usize) -> Leg {
        let target = match way {
            Way::Up => id(number),
            Way::Down if number == 0 => "base".to_owned(),
            Way::Down => id(number - 1),
        };
        Leg {
            way,
            target,
            // the offset differs from revision to revision, so that a few kills see every kind of
            // boundary
            at: 1 + (first + number * 7) % each,
            each,
            left: true,
            kills: 0,
        }
    }

    /// Runs to the target, and dies on the way as long as boundaries are left; returns whether some
    /// may be left.
    fn travel(&mut self, scratch: &Scratch) -> Result<bool, String> {
        if self.left {
            let output = self.die(scratch);
            if output.status.signal() != Some(9) {
                succeeded(Ok(output))?;
                self.left = false;
                return Ok(false);
            }
            self.kills += 1;
        }
        let verb = match self.way {
            Way::Up => "up",
            Way::Down => "down",
        };
        succeeded(child::command(scratch.url(), &[verb, &self.target]).output())?;
        if self.left {
            self.at += self.each;
        }
        Ok(self.left)
    }

    fn die(&self, scratch: &Scratch) -> Output {
        child::mortal(scratch.url(), self.way, &self.target, self.at)
            .output()
            .expect("this program can be started again")
    }
}
