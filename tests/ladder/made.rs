//! A history of many revisions, each of three operations, to measure the ladder.

use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};

/// A line of revisions: one makes a table with an index, the next two add to it; or without
/// `ALTER TABLE`, for which SQLite reads its whole schema again.
pub(crate) fn history(revisions: usize, alters: bool) -> History {
    let mut made: Vec<&'static Revision> = Vec::with_capacity(revisions);
    for number in 0..revisions {
        let id: &'static str = format!("r{number:06}").leak();
        let parents: Vec<&'static str> = made.last().map(|last| last.id()).into_iter().collect();
        let table = number / 3;
        let (up, down) = match number % 3 {
            _ if !alters => (
                format!(
                    "CREATE TABLE s{number} (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b VARCHAR(50));
                     CREATE INDEX ix_s{number}_a ON s{number} (a);
                     CREATE VIEW v{number} AS SELECT id, b FROM s{number};"
                ),
                format!("DROP VIEW v{number}; DROP TABLE s{number};"),
            ),
            0 => (
                format!(
                    "CREATE TABLE t{table} (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b VARCHAR(50));
                     CREATE INDEX ix_t{table}_a ON t{table} (a);
                     ALTER TABLE t{table} ADD COLUMN c INTEGER;"
                ),
                format!("DROP TABLE t{table};"),
            ),
            1 => (
                format!(
                    "ALTER TABLE t{table} ADD COLUMN d INTEGER;
                     CREATE TABLE u{table} (id INTEGER NOT NULL PRIMARY KEY, t_id INTEGER);
                     CREATE VIEW v{table} AS SELECT id, d FROM t{table};"
                ),
                format!(
                    "DROP VIEW v{table}; DROP TABLE u{table}; ALTER TABLE t{table} DROP COLUMN d;"
                ),
            ),
            _ => (
                format!(
                    "ALTER TABLE t{table} ADD COLUMN f VARCHAR(20);
                     ALTER TABLE t{table} ADD COLUMN g INTEGER;
                     UPDATE t{table} SET g = 1;"
                ),
                format!(
                    "ALTER TABLE t{table} DROP COLUMN g;
                     ALTER TABLE t{table} DROP COLUMN f;"
                ),
            ),
        };
        let (up, down) = (Body::sql(up.leak()), Body::sql(down.leak()));
        let down = Downgrade::Function(down);
        let revision = Revision::new(id, parents.leak(), "", "migrations/made.rs", 1, up, down);
        made.push(&*Box::leak(Box::new(revision)));
    }
    History::new(vec![&*made.leak()].leak())
}
