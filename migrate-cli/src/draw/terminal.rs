//! The drawing for the terminal: a line for each revision, with its lanes on the left. Lines keep
//! to the screen by cutting messages, and lanes where there are too many; never ids.

mod frame;
mod line;

use anstyle::{AnsiColor, Style};

use super::caption::State;
use super::cells::Room;
use super::fit::shown;
use super::lanes::{self, Row};
use crate::json::{Graph, GraphRevision};
use crate::screen::Screen;
use crate::style::{self, paint};
use frame::Frame;
use line::Line;

/// The drawing, newest revision first; unknown revisions are on top.
pub(super) fn draw(graph: &Graph) -> String {
    let mut drawing = Drawing {
        screen: graph.screen,
        text: String::new(),
        single: false,
    };
    for id in graph.unknown() {
        drawing.unknown(id);
    }
    if !graph.unknown().is_empty() && !graph.revisions.is_empty() {
        drawing.push("");
    }
    for (row, revision) in lanes::rows(graph).zip(&graph.revisions) {
        drawing.revision(&row, revision);
    }
    drawing.text
}

/// The sign of a state.
pub(super) fn sign(state: State, ascii: bool) -> char {
    let (drawn, plain) = match state {
        State::Unasked | State::Applied => ('●', '*'),
        State::Current => ('◉', '@'),
        State::Pending => ('○', 'o'),
        State::Unknown => ('?', '?'),
    };
    if ascii { plain } else { drawn }
}

/// The style of its sign.
pub(super) fn sign_style(state: State) -> Style {
    match state {
        State::Unasked => Style::new(),
        State::Applied => AnsiColor::Green.on_default(),
        State::Current => AnsiColor::Green.on_default().bold(),
        State::Pending => AnsiColor::Yellow.on_default(),
        State::Unknown => AnsiColor::Red.on_default().bold(),
    }
}

struct Drawing {
    screen: Screen,
    text: String,
    /// Whether the revision above took one line.
    single: bool,
}

impl Drawing {
    /// An unknown revision, without lanes.
    fn unknown(&mut self, id: &str) {
        let ascii = self.screen.ascii;
        let sign = paint(sign_style(State::Unknown), sign(State::Unknown, ascii));
        let id = paint(style::ID, shown(id, ascii));
        let flag = paint(style::FLAG, "(unknown)");
        self.push(&format!("{sign}  {id} {flag}"));
    }

    fn revision(&mut self, row: &Row<'_>, revision: &GraphRevision) {
        let Screen { columns, ascii } = self.screen;
        let state = State::of(revision);
        let line = Line::new(revision, &row.beyond, ascii);
        let room = Room::new(columns.saturating_sub(line.least() + 1) / 2, ascii);
        let frame = Frame::new(row, room, sign_style(state));
        if row.apart && self.single {
            self.push(&frame.lanes(&room.beside(row)));
        }
        let (text, message) = line.within(columns.saturating_sub(frame.indent()));
        self.push(&(frame.node(sign(state, ascii)) + &text));
        self.below(row, room, &frame, message.as_deref());
    }

    /// The lines below a revision: its links, and a message that did not fit next to it.
    fn below(&mut self, row: &Row<'_>, room: Room, frame: &Frame<'_>, mut message: Option<&str>) {
        let mut below = room.links(row);
        below.extend(room.cut(row));
        if below.is_empty() && message.is_some() {
            below.push(room.below(row));
        }
        self.single = below.is_empty();
        for strip in &below {
            match message.take() {
                Some(message) => self.push(&(frame.padded(strip) + message)),
                None => self.push(&frame.lanes(strip)),
            }
        }
    }

    fn push(&mut self, line: &str) {
        self.text += line;
        self.text.push('\n');
    }
}
