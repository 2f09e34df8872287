//! The lanes of one row in colour, as far as there is room for them. Knows cells of characters, and
//! not what they show.

use anstyle::{AnsiColor, Style};

use crate::draw::cells::{Room, Strip};
use crate::draw::lanes::Row;
use crate::style::{self, paint};

/// The colours of lanes, by column.
const LANES: [AnsiColor; 5] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Green,
    AnsiColor::Blue,
    AnsiColor::Red,
];

/// How the lanes of one row are shown.
pub(super) struct Frame<'a> {
    row: &'a Row<'a>,
    room: Room,
    /// The style of the revision's sign.
    sign: Style,
}

impl<'a> Frame<'a> {
    /// For a row, whose sign has this style.
    pub(super) fn new(row: &'a Row<'a>, room: Room, sign: Style) -> Frame<'a> {
        Frame { row, room, sign }
    }

    /// Where the text begins.
    pub(super) fn indent(&self) -> usize {
        2 * self.room.taken(self.row.beside.len()) + 1
    }

    /// The line of the revision itself, up to its text.
    pub(super) fn node(&self, sign: char) -> String {
        let column = self.row.column;
        let mut strip = self.room.beside(self.row);
        let mut line = Line::default();
        let hidden = match strip.cells.get_mut(column) {
            Some(cell) => {
                *cell = [sign, ' '];
                false
            }
            None => true,
        };
        for (at, cell) in strip.cells.iter().enumerate() {
            line.push(if at == column { self.sign } else { lane(at) }, *cell);
        }
        self.more(&mut line, strip.more || hidden);
        if hidden {
            line.push(self.sign, [sign, ' ']);
        }
        line.up_to(self.indent())
    }

    /// A line of lanes, without blanks at its end.
    pub(super) fn lanes(&self, strip: &Strip) -> String {
        self.line(strip).text
    }

    /// A line of lanes, up to where the text begins.
    pub(super) fn padded(&self, strip: &Strip) -> String {
        self.line(strip).up_to(self.indent())
    }

    fn line(&self, strip: &Strip) -> Line {
        let mut line = Line::default();
        for (at, cell) in strip.cells.iter().enumerate() {
            line.push(lane(at), *cell);
        }
        self.more(&mut line, strip.more);
        line
    }

    /// Says that there are more lanes.
    fn more(&self, line: &mut Line, more: bool) {
        if more {
            line.push(
                style::KEY,
                if self.room.ascii {
                    ['.', '.']
                } else {
                    ['…', ' ']
                },
            );
        }
    }
}

fn lane(column: usize) -> Style {
    LANES[column % LANES.len()].on_default()
}

/// Cells in colour. Blanks are written only before other text.
#[derive(Default)]
struct Line {
    text: String,
    /// The columns of the text.
    width: usize,
    blanks: usize,
}

impl Line {
    fn push(&mut self, style: Style, cell: [char; 2]) {
        let visible = cell
            .iter()
            .rposition(|char| *char != ' ')
            .map_or(0, |at| at + 1);
        if visible > 0 {
            self.blank();
            let cell: String = cell[..visible].iter().collect();
            self.text += &paint(style, cell);
            self.width += visible;
        }
        self.blanks += 2 - visible;
    }

    fn blank(&mut self) {
        self.text.extend(std::iter::repeat_n(' ', self.blanks));
        self.width += std::mem::take(&mut self.blanks);
    }

    fn up_to(mut self, width: usize) -> String {
        self.blanks = width.saturating_sub(self.width);
        self.blank();
        self.text
    }
}
