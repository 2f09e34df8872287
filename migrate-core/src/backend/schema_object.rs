//! What is in a database, as far as a reset drops it: plain data. What makes it is each backend's business.

/// Something in a database that a reset drops.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaObject {
    /// What it is, in the plural: `tables`, `views`.
    pub kind: &'static str,
    /// Its name, as one would write it.
    pub name: String,
    /// Whether it is what this tool or diesel's keep beside the data.
    pub bookkeeping: bool,
    /// The statement that drops it.
    pub(crate) drop: String,
}

/// Why nothing was dropped; empty where everything was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotDropped {
    /// What outside of it would have been lost.
    pub lost: Vec<String>,
    /// What the database refused to drop, each with the reason.
    pub refused: Vec<String>,
}

impl NotDropped {
    /// Whether everything was dropped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.refused.is_empty()
    }
}
