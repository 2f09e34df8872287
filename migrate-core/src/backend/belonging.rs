//! What is in a database, as far as a reset drops it: plain data. What makes it is each backend's business.

/// Something in a database that a reset drops.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Belonging {
    /// What it is, in the plural: `tables`, `views`.
    pub kind: &'static str,
    /// Its name, as one would write it.
    pub name: String,
    /// Whether it is what this tool or diesel's keep beside the data.
    pub bookkeeping: bool,
    /// The statement that drops it.
    pub(crate) drop: String,
}
