//! What is said while a database is being changed: before, at each step, and after. Words only; the report decides whether
//! and where they are seen.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use migrate_graph::Direction;

use super::progress_bar::Rows;
use super::style::{self, paint, visible};
use super::ui::Ui;
use super::words::{plural, time, word};
use migrate_core::engine::backend::LockConflict;
use migrate_core::error::{Error, ErrorKind};
use migrate_core::migrator::{Event, StepReport};

/// Says how a run goes, as it goes.
pub(super) struct Progress<'r, 'w> {
    ui: RefCell<&'r mut Ui<'w>>,
    of: Cell<usize>,
    rows: RefCell<Rows>,
}

impl<'r, 'w> Progress<'r, 'w> {
    pub(super) fn new(ui: &'r mut Ui<'w>) -> Progress<'r, 'w> {
        Progress {
            ui: RefCell::new(ui),
            of: Cell::new(0),
            rows: RefCell::default(),
        }
    }

    /// How many steps the run has; 0 when none was begun.
    pub(super) fn of(&self) -> usize {
        self.of.get()
    }

    /// Says a line.
    pub(super) fn say(&self, line: &str) {
        self.ui.borrow_mut().say(line);
    }

    /// Says a question, whose answer is typed on the same line; it is said also when all else is to be quiet.
    pub(super) fn ask(&self, question: &str) {
        self.ui.borrow_mut().show(question);
    }

    /// Says what happens, on the database of this name.
    ///
    /// `plan` is what so many steps will do.
    pub(super) fn event(&self, database: &str, plan: fn(usize) -> String, event: &Event<'_>) {
        match event {
            Event::Waiting { holder } => {
                let holder = holder.map_or_else(|| "another run".to_owned(), ToString::to_string);
                let holder = visible(&holder);
                self.say(&format!("waiting: {holder} is migrating `{database}`"));
            }
            Event::Started {
                revision,
                direction,
                number,
                of,
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
                self.talk(&format!(
                    "  [{number}/{of}] {direction} {id}{comma}{message} … "
                ));
            }
            Event::Rows { table, done, of } => {
                let mut ui = self.ui.borrow_mut();
                self.rows.borrow_mut().changed(&mut ui, table, *done, *of);
            }
            Event::StartedOver => {
                self.end_of_step("once more, from the first, without foreign keys");
            }
            Event::Retrying {
                lock_conflict,
                number,
                of,
                pause,
            } => {
                let why = match lock_conflict {
                    LockConflict::LockTimeout => "another session kept a lock",
                    LockConflict::Deadlock => "another session and this one waited for each other",
                };
                self.end_of_step(&format!(
                    "undone: {why}; try {} of {} in {}",
                    number + 1,
                    of.saturating_add(1),
                    time(*pause)
                ));
                self.talk("        once more … ");
            }
            Event::Finished { step } => self.end_of_step(&time(step.duration)),
            _ => {}
        }
    }

    /// Ends the line of a step that failed or was stopped, if one was begun.
    pub(super) fn failed(&self, error: &Error) {
        let how = match error {
            Error::Stopped { .. } => return,
            _ if error.kind() == ErrorKind::Stopped => "stopped",
            _ => "failed",
        };
        self.end_of_step(&paint(style::ERROR, how));
    }

    /// Ends the line of a step, or begins another one when there are lines about its rows in between.
    fn end_of_step(&self, how: &str) {
        let indent = if self.rows.borrow_mut().end() {
            "    … "
        } else {
            ""
        };
        self.talk(&format!("{indent}{how}\n"));
    }

    /// Says what was done, and where the database stands now.
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
            (down, 0) => format!("took back {}", plural(down, "revision")),
            (down, up) => format!("took back {} and applied {up}", plural(down, "revision")),
        };
        self.say(&format!("done: {did} in {}; {standing}", time(took)));
    }

    fn talk(&self, text: &str) {
        self.ui.borrow_mut().talk(text);
    }
}
