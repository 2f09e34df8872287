//! The lanes of one row in colour, as far as there is room for them. Knows cells of characters, and not what they show.

use anstyle::{AnsiColor, Style};

use crate::cli::draw::fit::width;
use crate::cli::style::{self, paint};

/// The colours of lanes, by column.
const LANES: [AnsiColor; 5] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Green,
    AnsiColor::Blue,
    AnsiColor::Red,
];

/// How the lanes of one row are shown.
pub(super) struct Frame {
    column: usize,
    sign: Style,
    /// How many cells there is room for.
    most: usize,
    ascii: bool,
}

impl Frame {
    /// For a revision in this column, whose sign has this style, with room for `most` cells.
    pub(super) fn new(column: usize, sign: Style, most: usize, ascii: bool) -> Frame {
        Frame {
            column,
            sign,
            most: most.max(3),
            ascii,
        }
    }

    /// Where the text begins beside so many lanes.
    pub(super) fn indent(&self, lanes: usize) -> usize {
        2 * lanes.min(self.most) + 1
    }

    /// The line of the revision itself, filled up to the text.
    pub(super) fn node(&self, cells: &[String], indent: usize) -> String {
        let cells = self.cells(cells, true);
        filled(&cells, indent)
    }

    /// A line of lanes, without blanks at its end.
    pub(super) fn lanes(&self, cells: &[String]) -> String {
        filled(&self.cells(cells, false), 0)
    }

    /// A line of lanes, filled up to the text.
    pub(super) fn padded(&self, cells: &[String], indent: usize) -> String {
        filled(&self.cells(cells, false), indent)
    }

    /// The cells that are shown. Of too many those on the right are left out, but for the revision's own.
    fn cells<'a>(&self, cells: &'a [String], own: bool) -> Vec<(Style, &'a str)> {
        let style = |column: usize| {
            if own && column == self.column {
                self.sign
            } else {
                LANES[column % LANES.len()].on_default()
            }
        };
        let room = if cells.len() <= self.most {
            cells.len()
        } else {
            self.most - 2
        };
        let (shown, hidden) = cells.split_at(room);
        let mut shown: Vec<_> = shown
            .iter()
            .enumerate()
            .map(|(column, cell)| (style(column), cell.as_str()))
            .collect();
        if hidden.iter().any(|cell| !cell.trim().is_empty()) {
            shown.push((style::KEY, if self.ascii { ".." } else { "… " }));
        }
        if own && self.column >= room {
            shown.push((self.sign, &cells[self.column]));
        }
        shown
    }
}

/// The painted cells, with blanks up to a width.
fn filled(cells: &[(Style, &str)], to: usize) -> String {
    let mut text = String::new();
    let mut blanks = 0;
    let mut all = 0;
    for (style, cell) in cells {
        let visible = cell.trim_end();
        all += width(cell);
        if visible.is_empty() {
            blanks += width(cell);
            continue;
        }
        text.extend(std::iter::repeat_n(' ', blanks));
        text += &paint(*style, visible);
        blanks = width(cell) - width(visible);
    }
    let end = if to == 0 {
        0
    } else {
        blanks + to.saturating_sub(all)
    };
    text.extend(std::iter::repeat_n(' ', end));
    text
}
