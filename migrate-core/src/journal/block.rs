//! The journal's hash of a connection block: what it did, as far as could be seen, and the number
//! of its text.

/// The hash of a block that only read, as far as could be seen; the number of its text follows
/// after a `:`, where that is known.
const READS: &str = "reads";
/// The hash of a block that may have done anything, as `READS`.
pub(crate) const ANYTHING: &str = "block";

/// The content of the hash of a connection block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockHash<'a> {
    /// Whether it only read, as far as could be seen.
    pub(crate) reads: bool,
    /// The number of its text, if that is known.
    text: Option<&'a str>,
}

impl<'a> BlockHash<'a> {
    /// The content of a hash, if it is that of a block.
    pub(crate) fn of(hash: &'a str) -> Option<BlockHash<'a>> {
        let (kind, text) = match hash.split_once(':') {
            Some((kind, text)) => (kind, Some(text)),
            None => (hash, None),
        };
        let reads = match kind {
            READS => true,
            ANYTHING => false,
            _ => return None,
        };
        Some(BlockHash { reads, text })
    }

    /// Whether it is the block with this text, as far as is known.
    pub(crate) fn may_be(self, text: &BlockText) -> bool {
        self.text.is_none_or(|hash| hash == text.hash)
    }
}

/// A block from `with_connection!`: the number of its text, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlockText {
    pub(crate) hash: String,
    pub(crate) line: u32,
}

impl BlockText {
    /// The hash of the block.
    pub(crate) fn of_block(&self, reads: bool) -> String {
        let kind = if reads { READS } else { ANYTHING };
        format!("{kind}:{}", self.hash)
    }
}

/// The hash of a block whose text may be known.
pub(crate) fn hash_of_block(text: Option<&BlockText>, reads: bool) -> String {
    match (text, reads) {
        (Some(text), reads) => text.of_block(reads),
        (None, true) => READS.to_owned(),
        (None, false) => ANYTHING.to_owned(),
    }
}
