//! What is in a database, as far as a reset drops it: plain data.

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

impl Belonging {
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn new(kind: &'static str, name: String, drop: String) -> Belonging {
        let plain = name.trim_matches('"');
        Belonging {
            kind,
            bookkeeping: kind == "tables" && BOOKKEEPING.contains(&plain),
            name,
            drop,
        }
    }
}

/// The tables that this tool and diesel's keep.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
const BOOKKEEPING: [&str; 2] = [crate::applied::TABLE, crate::journal::TABLE];

/// The bookkeeping first: were a reset cut off where each drop is final, nothing would still be recorded as applied.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) fn bookkeeping_first(mut all: Vec<Belonging>) -> Vec<Belonging> {
    all.sort_by_key(|belonging| !belonging.bookkeeping);
    all
}
