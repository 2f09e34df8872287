//! The drawing as a picture for a page: one file that needs nothing else, on light and dark pages.
//! The lanes are those of the terminal, a row for each revision, newest on top; what was cut for
//! lack of room is in the tooltips.

mod page;
mod row;
mod ways;

use super::caption::State;
use super::fit::width;
use super::lanes;
use crate::json::Graph;
pub(in crate::draw) use page::escaped;
use page::{LANE, MARGIN, ROW, STYLE};
use row::Caption;
use ways::Ways;

/// Rows with more lanes than this move their own text to the right, not everyone's.
const ALIGNED_LANES: usize = 8;

/// The text of the picture.
pub(super) fn draw(graph: &Graph) -> String {
    let mut picture = Picture {
        ways: Ways::default(),
        revisions: String::new(),
        width: 20 * MARGIN,
        rows: 0,
        height: MARGIN,
    };
    let rows: Vec<lanes::Row<'_>> = lanes::rows(graph).collect();
    let aligned = rows
        .iter()
        .map(|row| row.beside.len().min(ALIGNED_LANES))
        .max();
    let aligned = aligned.unwrap_or(1);
    for id in graph.unknown() {
        picture.row(0, aligned, State::Unknown, &Caption::unknown(id));
    }
    for (row, revision) in rows.iter().zip(&graph.revisions) {
        picture.ways.row(row, picture.rows);
        let lanes = aligned.max(row.beside.len());
        picture.row(
            row.column,
            lanes,
            State::of(revision),
            &Caption::new(revision, row),
        );
    }
    if graph.is_empty() {
        picture.row(0, 0, State::Unasked, &Caption::nothing());
    }
    picture.legend(graph);
    picture.finished(graph)
}

struct Picture {
    ways: Ways,
    revisions: String,
    width: usize,
    rows: usize,
    /// Where the last row ends.
    height: usize,
}

impl Picture {
    /// Adds a revision in a column, with its text after a number of lanes.
    fn row(&mut self, column: usize, lanes: usize, state: State, caption: &Caption) {
        let (x, y) = page::place(column, self.rows);
        self.revisions += &format!("<g>\n<title>{}</title>\n", escaped(&caption.title));
        if caption.id.is_some() {
            self.revisions += &sign(state, x, y, column);
        }
        let left = MARGIN + lanes * LANE + LANE / 2;
        let (text, right) = caption.text(left, y);
        self.revisions += &text;
        self.revisions += "</g>\n";
        self.width = self.width.max(right + MARGIN);
        self.rows += 1;
        self.height = MARGIN + self.rows * ROW;
    }

    /// Adds what the signs mean, in a last row, if any needs an explanation.
    fn legend(&mut self, graph: &Graph) {
        let mut states: Vec<State> = graph.revisions.iter().map(State::of).collect();
        states.extend(graph.unknown().iter().map(|_| State::Unknown));
        states.retain(|state| *state != State::Unasked);
        states.sort();
        states.dedup();
        let depends = graph.shows_dependencies();
        if states.is_empty() && !depends {
            return;
        }
        let y = self.height + ROW / 2;
        let mut x = MARGIN + LANE / 2;
        self.revisions += "<g class=\"legend\">\n";
        for state in states {
            self.revisions += &sign(state, x, y, 0);
            x = self.explained(x + LANE / 2 + 4, y, state.name());
        }
        if depends {
            let end = x + 24;
            self.revisions += &format!(
                "<path class=\"way dependency w0\" d=\"M{} {y}H{end}\"/>\n",
                x - 6
            );
            x = self.explained(end + 6, y, "depends on");
        }
        self.revisions += "</g>\n";
        self.width = self.width.max(x);
        self.height += ROW;
    }

    /// A word of the legend; where the next may begin.
    fn explained(&mut self, x: usize, y: usize, word: &str) -> usize {
        self.revisions += &format!(
            "<text class=\"message\" x=\"{x}\" y=\"{}\">{word}</text>\n",
            y + 4
        );
        x + width(word) * page::LETTER + 2 * LANE
    }

    fn finished(self, graph: &Graph) -> String {
        let (width, height) = (self.width, self.height + MARGIN);
        let title = match graph.revisions.len() {
            1 => "1 revision".to_owned(),
            count => format!("{count} revisions"),
        };
        let ways = self.ways.finished();
        let revisions = self.revisions;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
             <rect class=\"page\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n{ways}{revisions}</svg>\n"
        )
    }
}

/// The sign of a state; without one, of a revision as such.
fn sign(state: State, x: usize, y: usize, column: usize) -> String {
    let colour = page::colour(column);
    match state {
        State::Unasked | State::Applied => {
            format!("<circle class=\"full s{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>\n")
        }
        State::Current => format!(
            "<circle class=\"ring s{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"8\"/>\n\
             <circle class=\"full s{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>\n"
        ),
        State::Pending => {
            format!("<circle class=\"open s{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>\n")
        }
        State::Unknown => format!(
            "<circle class=\"strange\" cx=\"{x}\" cy=\"{y}\" r=\"7\"/>\n\
             <text class=\"question\" x=\"{x}\" y=\"{}\">?</text>\n",
            y + 4
        ),
    }
}
