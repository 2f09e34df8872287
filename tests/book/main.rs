//! The book and the README: their commands run, their links lead somewhere, and the reference of
//! commands is what the program prints. It needs neither a network nor mdBook.

#![expect(
    clippy::unwrap_used,
    reason = "a test's helper panics as the test does"
)]

mod blocks;
mod console;
mod links;
mod pages;
mod reference;
mod shell;
