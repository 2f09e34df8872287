//! The text of one row of the picture: id, marks for labels and words, message, and what the
//! tooltip says.

use super::page::{LETTER, escaped};
use crate::draw::caption::{self, State};
use crate::draw::fit::{fit, width};
use crate::draw::lanes::Row;
use crate::json::GraphRevision;

/// Messages are cut to so many columns.
const MESSAGE: usize = 80;

/// The text next to a revision's sign.
pub(super) struct Caption {
    /// All that is said, in the tooltip.
    pub(super) title: String,
    /// Nothing where there is no revision.
    pub(super) id: Option<String>,
    /// Words in frames, each with its class.
    marks: Vec<(&'static str, String)>,
    message: String,
}

impl Caption {
    /// Of a revision.
    pub(super) fn new(revision: &GraphRevision, row: &Row<'_>) -> Caption {
        let labels = caption::labels(revision).iter();
        let mut marks: Vec<_> = labels.map(|label| ("label", label.clone())).collect();
        for word in caption::words(revision) {
            let class = match word {
                "head" => "head",
                "current" => "current",
                "pending" => "pending",
                "gap" => "gap",
                _ => "word",
            };
            marks.push((class, word.to_owned()));
        }
        for id in &row.beyond {
            marks.push(("word", format!("depends on {id}")));
        }
        Caption {
            title: title(revision),
            id: Some(revision.revision.id.clone()),
            marks,
            message: fit(&revision.revision.message, MESSAGE, "…"),
        }
    }

    /// Of an id that the history does not know.
    pub(super) fn unknown(id: &str) -> Caption {
        Caption {
            title: format!("{id}: applied, but not in this history"),
            id: Some(id.to_owned()),
            marks: vec![("unknown", State::Unknown.name().to_owned())],
            message: String::new(),
        }
    }

    /// Of an empty history.
    pub(super) fn nothing() -> Caption {
        let message = "no revisions".to_owned();
        Caption {
            title: message.clone(),
            id: None,
            marks: Vec::new(),
            message,
        }
    }

    /// The elements, and where they end on the right. Lengths are given with the text, so that any
    /// font keeps to them.
    pub(super) fn text(&self, left: usize, y: usize) -> (String, usize) {
        let mut text = String::new();
        let mut x = left;
        if let Some(id) = &self.id {
            // 7.2 for each letter
            let length = width(id) * 36 / 5;
            let base = y + 4;
            text += &format!(
                "<text class=\"id\" x=\"{x}\" y=\"{base}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>\n",
                escaped(id)
            );
            x += length + 8;
        }
        for (class, mark) in &self.marks {
            // 6.6 for each letter
            let length = width(mark) * 33 / 5;
            text += &format!(
                "<g class=\"mark {class}\"><rect x=\"{x}\" y=\"{}\" width=\"{}\" height=\"18\" rx=\"4\"/>\
                 <text x=\"{}\" y=\"{}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\">{}</text></g>\n",
                y - 9,
                length + 12,
                x + 6,
                y + 4,
                escaped(mark)
            );
            x += length + 18;
        }
        if !self.message.is_empty() {
            text += &format!(
                "<text class=\"message\" x=\"{x}\" y=\"{}\">{}</text>\n",
                y + 4,
                escaped(&self.message)
            );
            x += width(&self.message) * LETTER;
        }
        (text, x)
    }
}

/// All that is known and of use, a line each.
fn title(revision: &GraphRevision) -> String {
    let graph = &revision.revision;
    let mut title = caption::sentence(revision);
    let mut line = |key: &str, ids: &[String]| {
        if !ids.is_empty() {
            title += &format!("\n{key} {}", ids.join(", "));
        }
    };
    line("continues", &graph.down_revision);
    line("depends on", &revision.dependencies);
    if let Some(file) = &graph.file {
        title += &format!("\n{file}");
    }
    title
}
