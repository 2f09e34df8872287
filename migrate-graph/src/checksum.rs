//! What a revision does, as one number: the same for as long as only its looks change.
//!
//! The number is recorded when a revision is applied, and compared with what is compiled later. So
//! it must be the same for every compiler, platform and version of this crate: the hash is our own,
//! and `VERSION` says by which rules a text was made canonical. This module must not know where a
//! revision is read from.

pub mod sql;

use std::fmt;
use std::str::FromStr;

/// The rules by which texts are made canonical. Checksums of other rules cannot be compared: they
/// are no checksums here.
const VERSION: &str = "1-";

/// What a revision does, as one number.
///
/// ```
/// use migrate_graph::Checksum;
///
/// let one = Checksum::of_sql("CREATE TABLE a (b int); -- the first", None, true);
/// let two = Checksum::of_sql("create_nothing", None, true);
/// assert_eq!(one, Checksum::of_sql("CREATE TABLE a (\n  b int\n);", None, true));
/// assert_ne!(one, two);
/// assert_eq!(one.to_string().parse(), Ok(one));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum(u64);

impl Checksum {
    /// The checksum with this number, which [`number`](Self::number) has given before.
    #[must_use]
    pub const fn new(number: u64) -> Checksum {
        Checksum(number)
    }

    /// The number itself.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The checksum of a revision that is written in SQL: what takes it up, what takes it down, and
    /// whether it runs in a transaction. Comments do not count, nor does white space outside of
    /// literals.
    #[must_use]
    pub fn of_sql(up: &str, down: Option<&str>, transaction: bool) -> Checksum {
        let mut digest = Digest::default();
        digest.piece(b"sql");
        digest.piece(&[u8::from(transaction)]);
        sql::each_token(up, |token| digest.piece(token.as_bytes()));
        if let Some(down) = down {
            digest.mark();
            sql::each_token(down, |token| digest.piece(token.as_bytes()));
        }
        digest.finish()
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}{:016x}", self.0)
    }
}

/// A text that is no checksum of this version's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoChecksum;

impl fmt::Display for NoChecksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a checksum that can be compared")
    }
}

impl std::error::Error for NoChecksum {}

impl FromStr for Checksum {
    type Err = NoChecksum;

    fn from_str(text: &str) -> Result<Checksum, NoChecksum> {
        let digits = text.strip_prefix(VERSION).filter(|digits| {
            digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        number.map(Checksum).ok_or(NoChecksum)
    }
}

/// FNV-1a over pieces of text, separated by bytes that UTF-8 does not contain.
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Digest {
        Digest(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// Adds a piece.
    pub fn piece(&mut self, bytes: &[u8]) {
        self.bytes(bytes);
        self.bytes(&[0xff]);
    }

    /// Ends a part that consists of pieces.
    pub fn mark(&mut self) {
        self.bytes(&[0xfe]);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        // no iterator: macros run unoptimized
        let mut at = 0;
        while at < bytes.len() {
            self.0 = (self.0 ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
    }

    /// The checksum of all pieces and marks.
    pub fn finish(self) -> Checksum {
        Checksum(self.0)
    }
}

#[cfg(test)]
mod tests;
