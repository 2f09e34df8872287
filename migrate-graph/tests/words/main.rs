//! What is said of mistakes, word for word: one line of history in, one answer out.
//!
//! `notation` reads histories, `problems` has what is wrong with a history, `answers` what is wrong
//! with a request.

mod answers;
mod notation;
mod problems;
