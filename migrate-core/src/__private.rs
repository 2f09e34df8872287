//! What the macros expand to calls of. Not part of the public interface: it changes with the
//! macros, whose version is pinned to this crate's.

pub use crate::history::History;
pub use crate::history::check::{names, part, slots, whole};
pub use crate::revision::{Body, Downgrade, answer, function};

use crate::revision::{Needs, Revision};

/// Stands for a revision whose function cannot be one, so that the error is the only one.
pub const UNUSABLE: Revision = Revision::new(
    "",
    &[],
    "",
    "",
    0,
    Body::new(Needs::Operations, |_op| Ok(())),
    Downgrade::Irreversible,
);
