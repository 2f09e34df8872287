//! The journal table as SQL: how it is created, written and read. Differences between backends come
//! from their rules; the session sends the SQL.

use std::time::SystemTime;

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text};
use migrate_graph::Direction;

use super::author::{Author, utc};
use super::entry::{Entry, Event, direction_name};
use crate::redact::redacted;
use crate::schema::Value;

/// The table's name, as in diesel's own tools.
pub const VERSION_TABLE: &str = "__diesel_schema_migrations";

/// A row of the version table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedRow {
    /// The revision's id.
    pub version: String,
    /// When it was applied, by the server's clock, as the server writes it.
    pub run_on: String,
}

/// The table's name. Tools that read a schema skip names that begin like this.
pub(crate) const TABLE: &str = "__migrate_journal";

/// The columns after the id, in the order in which rows are written.
pub(crate) const COLUMNS: &str = "run, at, actor, tool, revision, direction, event, step, statement, hash, operation, query, micros, \
     checksum, from_version, detail";

/// The maximum length, in bytes, of a text that no program reads again.
const LONGEST: usize = 8_000;

/// Selects rows of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Which {
    /// All.
    All,
    /// Those after the last one that closed a revision.
    Tail,
    /// The last one about each revision as a whole, all such of the last run, and those after the
    /// last one that closed a revision.
    Revisions,
    /// The first one of each run, and all of the last so many runs.
    Runs(usize),
}

/// A row to be written, without the columns that describe the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) at: SystemTime,
    pub(crate) revision: String,
    pub(crate) direction: Direction,
    pub(crate) event: Event,
    pub(crate) step: Option<usize>,
    pub(crate) statement: Option<usize>,
    pub(crate) hash: Option<String>,
    pub(crate) operation: Option<String>,
    /// Stored unchanged, unless it is `raw`: a program may have to send it again.
    pub(crate) query: Option<String>,
    /// Whether the query is raw SQL, which is never sent from here.
    pub(crate) raw: bool,
    pub(crate) micros: Option<u128>,
    /// The expression for what the server adds to them.
    pub(crate) and_micros: Option<String>,
    pub(crate) checksum: Option<String>,
    pub(crate) from: String,
    pub(crate) detail: Option<String>,
}

impl Row {
    /// A row about a revision, now, with no other columns set.
    pub(crate) fn new(revision: &str, direction: Direction, event: Event) -> Row {
        Row {
            at: SystemTime::now(),
            revision: revision.to_owned(),
            direction,
            event,
            step: None,
            statement: None,
            hash: None,
            operation: None,
            query: None,
            raw: false,
            micros: None,
            and_micros: None,
            checksum: None,
            from: String::new(),
            detail: None,
        }
    }

    pub(crate) fn values(self, author: &Author) -> [Value; 16] {
        let number = |number: Option<usize>| match number.and_then(|n| i64::try_from(n).ok()) {
            Some(number) => Value::Integer(number),
            None => Value::Null,
        };
        let micros = self.micros.and_then(|micros| i64::try_from(micros).ok());
        let hidden = |text: String| redacted(&author.secrets.hidden_in(&text));
        let read_by_people =
            |text: Option<String>| Value::from(text.map(|text| shortened(hidden(text))));
        let query = match self.raw {
            true => self.query.map(hidden),
            false => self.query,
        };
        let detail = match self.event {
            Event::Batch | Event::Opened => self.detail.into(), // a key after which a run resumes
            _ => read_by_people(self.detail),
        };
        [
            author.run.as_str().into(),
            utc(self.at).into(),
            shortened(author.actor.clone()).into(),
            env!("CARGO_PKG_VERSION").into(),
            self.revision.into(),
            direction_name(self.direction).into(),
            self.event.name().into(),
            number(self.step),
            number(self.statement),
            self.hash.into(),
            read_by_people(self.operation),
            query.into(),
            micros.into(),
            self.checksum.into(),
            self.from.into(),
            detail,
        ]
    }
}

/// The text, shortened when it is very long.
fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

/// The query for some of the rows, in their order.
#[allow(dead_code, reason = "only backends read, and there may be none")]
pub(crate) fn select_sql(table: &str, which: Which) -> String {
    format!("{} ORDER BY id", selected(table, which))
}

/// How rows of the version table are read beside those of the journal.
#[allow(dead_code, reason = "only servers are asked like this")]
pub(crate) struct Versions<'a> {
    pub(crate) table: &'a str,
    /// The expression for their order, from 1.
    pub(crate) number: &'a str,
    /// When a revision was applied, and its id, as text.
    pub(crate) columns: [&'a str; 2],
}

/// The query for the rows of the version table, in their order, and then for some of the journal.
/// Those of the version table have no event; `more` is another query for rows of this form.
#[allow(dead_code, reason = "only servers are asked like this")]
pub(crate) fn records_sql(
    versions: &Versions<'_>,
    table: &str,
    which: Which,
    more: Option<&str>,
) -> String {
    let more = more.map_or_else(String::new, |more| format!(" UNION ALL {more}"));
    let Versions {
        table: of,
        number,
        columns: [run_on, version],
    } = versions;
    format!(
        "SELECT * FROM ({} UNION ALL \
         SELECT {number}, '', {run_on}, '', '', {version}, '', '', \
         NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL FROM {of}{more}) AS records \
         ORDER BY event <> '', id",
        selected(table, which)
    )
}

fn selected(table: &str, which: Which) -> String {
    // the key's index is read backwards up to the first row that is like this
    let after_last = |like: &str| {
        format!("id > COALESCE((SELECT id FROM {table} WHERE {like} ORDER BY id DESC LIMIT 1), 0)")
    };
    let tail = after_last(&format!("event IN ({})", names(Event::closing())));
    let some = match which {
        Which::All => String::new(),
        Which::Tail => format!(" WHERE {tail}"),
        Which::Revisions => {
            let whole = names(Event::closing().chain([Event::Accepted]));
            let other = format!("run <> (SELECT run FROM {table} ORDER BY id DESC LIMIT 1)");
            let last_run = after_last(&other);
            is_one_of(&format!(
                "SELECT MAX(id) AS key_of_it FROM {table} WHERE event IN ({whole}) GROUP BY revision \
                 UNION SELECT id FROM {table} WHERE event IN ({whole}) AND {last_run} \
                 UNION SELECT id FROM {table} WHERE {tail}"
            ))
        }
        Which::Runs(number) => is_one_of(&format!(
            "SELECT MIN(id) AS key_of_it FROM {table} GROUP BY run \
             UNION SELECT id FROM {table} WHERE run IN (SELECT run FROM \
             (SELECT run FROM {table} GROUP BY run ORDER BY MAX(id) DESC LIMIT {}) AS last_runs)",
            number.min(1 << 31)
        )),
    };
    format!("SELECT id, {COLUMNS} FROM {table}{some}")
}

/// The condition that leaves only the rows with these keys. In this form each database computes
/// them once: MySQL does it for each row if the keys are no table, and SQLite if they are joined.
fn is_one_of(keys: &str) -> String {
    format!(" WHERE id IN (SELECT key_of_it FROM ({keys}) AS chosen)")
}

fn names(events: impl Iterator<Item = Event>) -> String {
    let quoted: Vec<String> = events.map(|event| format!("'{}'", event.name())).collect();
    quoted.join(", ")
}

/// A row as diesel reads it, from any backend.
#[derive(QueryableByName)]
pub(crate) struct Stored {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    run: String,
    #[diesel(sql_type = Text)]
    at: String,
    #[diesel(sql_type = Text)]
    actor: String,
    #[diesel(sql_type = Text)]
    tool: String,
    #[diesel(sql_type = Text)]
    revision: String,
    #[diesel(sql_type = Text)]
    direction: String,
    #[diesel(sql_type = Text)]
    event: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    step: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    statement: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    hash: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    operation: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    query: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    micros: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    checksum: Option<String>,
    #[diesel(sql_type = Text)]
    from_version: String,
    #[diesel(sql_type = Nullable<Text>)]
    detail: Option<String>,
}

impl Stored {
    /// The row of the version table, if it is one.
    #[allow(dead_code, reason = "only servers are asked like this")]
    pub(crate) fn applied(&self) -> Option<AppliedRow> {
        let is_one = self.event.is_empty() && self.direction.is_empty();
        is_one.then(|| AppliedRow {
            version: self.revision.clone(),
            run_on: self.at.clone(),
        })
    }

    /// Whether it is one of the journal.
    #[allow(dead_code, reason = "only servers are asked like this")]
    pub(crate) fn is_entry(&self) -> bool {
        !self.event.is_empty()
    }
}

impl From<Stored> for Entry {
    fn from(row: Stored) -> Entry {
        let number = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
        Entry {
            id: row.id,
            run: row.run,
            at: row.at,
            actor: row.actor,
            tool: row.tool,
            revision: row.revision,
            direction: match row.direction.as_str() {
                "down" => Direction::Down,
                _ => Direction::Up,
            },
            event: Event::of_name(&row.event),
            step: number(row.step),
            statement: number(row.statement),
            hash: row.hash,
            operation: row.operation,
            query: row.query,
            micros: row.micros.and_then(|micros| u64::try_from(micros).ok()),
            checksum: row.checksum,
            from: row.from_version,
            detail: row.detail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Secrets;

    fn row(event: Event) -> Row {
        let text = || Some("(('882cc892fc32', 1".to_owned());
        Row {
            operation: Some("execute `x(('882cc8…`".to_owned()),
            query: text(),
            detail: text(),
            ..Row::new("a", Direction::Up, event)
        }
    }

    #[test]
    fn secrets_are_stored_only_where_a_program_reads_them() {
        let author = Author::who_hides(Secrets::of(["882cc892fc32".to_owned()]));
        let written = |row: Row| row.values(&author)[10..].to_vec();
        let (hidden, kept) = ("(('***', 1", "(('882cc892fc32', 1");
        for (raw, event, query, detail) in [
            (false, Event::Intent, kept, hidden),
            (true, Event::Intent, hidden, hidden),
            // a run resumes after this key
            (false, Event::Batch, kept, kept),
        ] {
            let values = written(Row { raw, ..row(event) });
            assert_eq!(values[0], "execute `x(('***…`".into());
            assert_eq!(values[1], query.into());
            assert_eq!(values[5], detail.into());
        }
    }
}
