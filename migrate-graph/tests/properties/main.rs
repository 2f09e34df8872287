//! What must hold of every history: checked on random ones, against oracles that are slow and
//! obviously right.
//!
//! `histories` makes the histories, `oracle` answers the slow way, the other files hold the
//! properties.

mod arbitrary;
mod derived;
mod histories;
mod oracle;
mod order;
mod plans;
