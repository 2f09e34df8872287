//! The text next to the lanes: id, labels and words, message. Knows how much room there is.

use crate::draw::caption;
use crate::draw::fit::{fit, shown, width};
use crate::json::GraphRevision;
use crate::style::{self, paint};

/// A message that would get less room than this gets a line of its own.
const LEAST: usize = 24;

/// The text of one revision.
pub(super) struct Line {
    /// Id, labels and words.
    head: Head,
    message: String,
    /// The mark of what was cut.
    mark: &'static str,
}

impl Line {
    /// The text of a revision. What it depends on `beyond` the drawing is named.
    pub(super) fn new(revision: &GraphRevision, beyond: &[&str], ascii: bool) -> Line {
        let mut head = Head::default();
        head.push(style::ID, &shown(&revision.revision.id, ascii));
        let labels = caption::labels(revision);
        if !labels.is_empty() {
            let labels = shown(&labels.join(", "), ascii);
            head.push(style::FLAG, &format!("({labels})"));
        }
        for word in caption::words(revision) {
            head.push(style::FLAG, &format!("({word})"));
        }
        for id in beyond {
            head.push(style::FLAG, &format!("(depends on {})", shown(id, ascii)));
        }
        Line {
            head,
            message: shown(&revision.revision.message, ascii),
            mark: if ascii { "..." } else { "…" },
        }
    }

    /// The columns of what is never cut.
    pub(super) fn least(&self) -> usize {
        self.head.width
    }

    /// The text in a number of columns: next to the revision's sign, and the message if it does not
    /// fit there.
    pub(super) fn within(&self, columns: usize) -> (String, Option<String>) {
        let Line {
            head,
            message,
            mark,
        } = self;
        let room = columns.saturating_sub(head.width + ", ".len());
        if message.is_empty() {
            (head.painted.clone(), None)
        } else if room < width(message).min(LEAST) {
            (head.painted.clone(), Some(fit(message, columns, mark)))
        } else {
            let message = fit(message, room, mark);
            (format!("{}, {message}", head.painted), None)
        }
    }
}

/// Words with a blank between them.
#[derive(Default)]
struct Head {
    painted: String,
    width: usize,
}

impl Head {
    fn push(&mut self, style: anstyle::Style, word: &str) {
        if self.width > 0 {
            self.painted.push(' ');
            self.width += 1;
        }
        self.painted += &paint(style, word);
        self.width += width(word);
    }
}
