//! A message that is built while the compiler evaluates a constant.

use crate::revision::Revision;

/// The maximum length of a message; the rest is cut off.
const CAPACITY: usize = 600;

/// A text in progress.
pub(super) struct Text {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Text {
    pub(super) const fn new(text: &str) -> Text {
        Text {
            bytes: [0; CAPACITY],
            length: 0,
        }
        .push(text)
    }

    /// Adds a text, or as much of it as fits; never half a character.
    pub(super) const fn push(mut self, text: &str) -> Text {
        let mut room = CAPACITY - self.length;
        if text.len() < room {
            room = text.len();
        }
        while !text.is_char_boundary(room) {
            room -= 1;
        }
        let mut index = 0;
        while index < room {
            self.bytes[self.length] = text.as_bytes()[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    pub(super) const fn quoted(self, text: &str) -> Text {
        self.push("`").push(text).push("`")
    }

    /// The file and line of a revision.
    pub(super) const fn place(self, revision: &Revision) -> Text {
        self.push(revision.file()).push(":").number(revision.line())
    }

    const fn number(self, number: u32) -> Text {
        let digit = [b'0' + (number % 10) as u8];
        let text = if number >= 10 {
            self.number(number / 10)
        } else {
            self
        };
        match std::str::from_utf8(&digit) {
            Ok(digit) => text.push(digit),
            Err(_) => text,
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "a problem in the history",
        }
    }
}
