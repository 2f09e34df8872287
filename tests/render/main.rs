//! Operations as the text of a revision: the text is as rustfmt prints it, compiles, and makes the
//! operations that it was made from.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod bodies;
mod golden;
mod random;
mod rustfmt;
