//! The objects of a database that a reset drops: plain data. Each backend lists its own.

/// An object that a reset drops.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaObject {
    /// Its kind, in the plural: `tables`, `views`.
    pub kind: &'static str,
    /// Its name, for display.
    pub name: String,
    /// Whether it is a bookkeeping table of this tool or of diesel.
    pub bookkeeping: bool,
    /// The statement that drops it.
    pub(crate) drop: String,
}

/// Why nothing was dropped; empty if everything was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotDropped {
    /// Objects outside that would have been dropped too.
    pub lost: Vec<String>,
    /// Objects that the database refused to drop, each with the reason.
    pub refused: Vec<String>,
}

impl NotDropped {
    /// Whether everything was dropped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.refused.is_empty()
    }
}
