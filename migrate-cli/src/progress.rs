//! What is printed while a run changes a database: before, at each step, and after. `ui` decides
//! whether and where.

use std::cell::{Cell, RefCell};
use std::io;
use std::time::Duration;

use migrate_graph::Direction;

use super::clock::{Clock, SECOND};
use super::progress_bar::Rows;
use super::style::{self, paint, visible};
use super::ui::Ui;
use super::words::{plural, time, word};
use migrate_core::engine::backend::{Holder, LockConflict};
use migrate_core::error::{Error, ErrorKind};
use migrate_core::migrator::{Event, StepReport};

/// Prints the progress of a run.
pub(super) struct Progress<'r, 'w> {
    ui: RefCell<&'r mut Ui<'w>>,
    of: Cell<usize>,
    rows: RefCell<Rows>,
    /// Runs while a step has nothing else to show, on a terminal.
    clock: RefCell<Option<Clock>>,
}

impl<'r, 'w> Progress<'r, 'w> {
    pub(super) fn new(ui: &'r mut Ui<'w>) -> Progress<'r, 'w> {
        Progress {
            ui: RefCell::new(ui),
            of: Cell::new(0),
            rows: RefCell::default(),
            clock: RefCell::default(),
        }
    }

    fn begin_clock(&self) {
        let ui = self.ui.borrow();
        if ui.terminal && !ui.quiet {
            self.clock.replace(Some(Clock::start(io::stderr(), SECOND)));
        }
    }

    /// How many steps the run has; 0 when none was begun.
    pub(super) fn of(&self) -> usize {
        self.of.get()
    }

    /// Prints a line.
    pub(super) fn say(&self, line: &str) {
        self.clock.take();
        self.ui.borrow_mut().say(line);
    }

    /// Prints a question, even with `--quiet`; the answer is typed on the same line.
    pub(super) fn ask(&self, question: &str) {
        self.clock.take();
        self.ui.borrow_mut().show(question);
    }

    /// Prints that another run has the lock of the database of this name.
    pub(super) fn waiting(&self, database: &str, holder: Option<&Holder>) {
        let holder = holder.map_or_else(|| "another run".to_owned(), ToString::to_string);
        let holder = visible(&holder);
        self.say(&format!("waiting: {holder} is migrating `{database}`"));
    }

    /// Prints an event of a run on the database of this name.
    ///
    /// `plan` says what a number of steps will do.
    pub(super) fn event(&self, database: &str, plan: fn(usize) -> String, event: &Event<'_>) {
        match event {
            Event::Waiting { holder } => self.waiting(database, *holder),
            Event::Started {
                revision,
                direction,
                number,
                of,
                resumes_after,
            } => {
                self.of.set(*of);
                if *number == 1 {
                    self.say(&format!("`{database}`: {}", plan(*of)));
                }
                let (direction, id, message) = (
                    word(*direction),
                    paint(style::ID, revision.id()),
                    revision.message(),
                );
                let comma = if message.is_empty() { "" } else { ", " };
                let resumes = match resumes_after.filter(|done| *done > 0) {
                    Some(done) => format!(", resumed after {}", plural(done, "operation")),
                    None => String::new(),
                };
                self.talk(&format!(
                    "  [{number}/{of}] {direction} {id}{comma}{message}{resumes} … "
                ));
                self.begin_clock();
            }
            Event::Rows { table, done, of } => {
                self.clock.take();
                let mut ui = self.ui.borrow_mut();
                self.rows.borrow_mut().changed(&mut ui, table, *done, *of);
            }
            Event::StartedOver => {
                self.end_of_step("starting again from the first revision, without foreign keys");
            }
            Event::Retrying {
                lock_conflict,
                number,
                of,
                pause,
            } => {
                let why = match lock_conflict {
                    LockConflict::LockTimeout => "lock timeout",
                    LockConflict::Deadlock => "deadlock",
                };
                self.end_of_step(&format!(
                    "rolled back: {why}; try {} of {} in {}",
                    number + 1,
                    of.saturating_add(1),
                    time(*pause)
                ));
                self.talk("        retrying … ");
                self.begin_clock();
            }
            Event::Finished { step } => self.end_of_step(&time(step.duration)),
            _ => {}
        }
    }

    /// Ends the line of a failed or stopped step, if one was begun.
    pub(super) fn failed(&self, error: &Error) {
        let how = match error {
            Error::Stopped { .. } => return,
            _ if error.kind() == ErrorKind::Stopped => "stopped",
            _ => "failed",
        };
        self.end_of_step(&paint(style::ERROR, how));
    }

    /// Ends the line of a step, or begins another one when there are lines about its rows in
    /// between.
    fn end_of_step(&self, how: &str) {
        let indent = if self.rows.borrow_mut().end() {
            "    … "
        } else {
            ""
        };
        self.talk(&format!("{indent}{how}\n"));
    }

    /// Prints what was done, and the current revisions.
    pub(super) fn done(&self, steps: &[StepReport], took: Duration, standing: &str) {
        let count = |direction| {
            steps
                .iter()
                .filter(|step| step.direction == direction)
                .count()
        };
        let did = match (count(Direction::Down), count(Direction::Up)) {
            (0, 0) => return self.say(&format!("nothing to do: {standing}")),
            (0, up) => format!("applied {}", plural(up, "revision")),
            (down, 0) => format!("reverted {}", plural(down, "revision")),
            (down, up) => format!("reverted {} and applied {up}", plural(down, "revision")),
        };
        self.say_done(&format!("{did} in {}; {standing}", time(took)));
    }

    /// Prints what was done by a command without steps.
    pub(super) fn say_done(&self, what: &str) {
        self.say(&format!("{} {what}", paint(style::DONE, "done:")));
    }

    fn talk(&self, text: &str) {
        self.clock.take();
        self.ui.borrow_mut().talk(text);
    }
}
