//! What an interrupted run left: whether the statement that was sent last took effect. It reads the catalogue with the queries that a
//! backend has for that, and must not know which database that is, nor how a run is planned.

mod compare;
mod concurrent_index;
mod objects;
mod probe;
mod raw_sql;
mod table;

pub use probe::probe;
