//! Histories of any length for measurements and counts: a chain of SQL folders with one statement
//! each. It must not know what is measured.

use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};

/// The statement of a revision: in turn a table, a column, an index, rows.
#[must_use]
pub fn sql(number: usize) -> String {
    let name = format!("t{}", number / 4);
    match number % 4 {
        0 => format!(
            "CREATE TABLE {name} (id integer NOT NULL PRIMARY KEY, name varchar(50) NOT NULL)"
        ),
        1 => format!("ALTER TABLE {name} ADD COLUMN phone varchar(20)"),
        2 => format!("CREATE INDEX ix_{name} ON {name} (name)"),
        _ => format!(
            "INSERT INTO {name} (id, name, phone) VALUES (1, 'Ada', '1'), (2, 'Grace', NULL)"
        ),
    }
}

/// A history of so many revisions. It stays until the process ends.
#[must_use]
pub fn of_sql(count: usize) -> History {
    let leaked = |text: String| -> &'static str { text.leak() };
    let ids: Vec<&'static str> = (0..count)
        .map(|number| leaked(format!("2026{number:010}")))
        .collect();
    let revisions: Vec<&'static Revision> = (0..count)
        .map(|number| {
            let parents = ids[number.saturating_sub(1)..number].to_vec();
            let revision = Revision::new(
                ids[number],
                parents.leak(),
                "A revision under measurement.",
                leaked(format!("migrations/{}_measured/up.sql", ids[number])),
                1,
                Body::sql(leaked(sql(number))),
                Downgrade::Irreversible,
            );
            &*Box::leak(Box::new(revision))
        })
        .collect();
    History::new(Box::leak(Box::new([&*revisions.leak()])))
}
