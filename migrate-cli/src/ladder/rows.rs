//! The rows of tables before and after: read as texts with their types, compared as multisets. It
//! must not know what came in between.

use std::collections::BTreeMap;

use crate::error::CliError;
use migrate_core::engine::backend::{BackendKind, Session};
use migrate_core::error::Error;
use migrate_core::schema::{ObjectName, Table, Type};

/// Between the values of a row.
const SEPARATOR: char = '\u{1f}';

/// The rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// What is not there any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// The columns with other values; none if whole rows are gone.
    pub(super) columns: Vec<String>,
    /// How many rows are changed or gone.
    pub(super) rows: usize,
    /// How many there were.
    pub(super) of: usize,
    /// One of them, in the columns that differ.
    pub(super) example: String,
}

impl Rows {
    /// Reads a table.
    pub(super) fn read(session: &mut dyn Session, table: &Table) -> Result<Rows, CliError> {
        let columns: Vec<_> = table
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
            .collect();
        let rules = session.backend();
        let quoted = |name: ObjectName| {
            let name = rules.name(&name);
            name.map_err(|error| CliError::usage(error.to_string()))
        };
        let mut parts = Vec::with_capacity(columns.len());
        for column in &columns {
            let name = quoted(column.name.as_str().into())?;
            parts.push(as_text(rules.kind(), &name, &column.ty));
        }
        let from = quoted(table.name.clone())?;
        let row = match (parts.as_slice(), rules.kind()) {
            ([], _) => "''".to_owned(),
            (parts, BackendKind::Sqlite) => parts.join(&format!(" || '{SEPARATOR}' || ")),
            (parts, _) => format!("CONCAT_WS('{SEPARATOR}', {})", parts.join(", ")),
        };
        let row = match rules.kind() {
            BackendKind::Sqlite | BackendKind::Postgres => row,
            _ => format!("CONVERT({row} USING utf8mb4)"),
        };
        let texts = session.texts(&format!("SELECT {row} AS text FROM {from}"));
        let failed = |source| CliError::from(Error::database("read the rows of a table", source));
        let texts = texts.map_err(failed)?;
        let rows = texts
            .iter()
            .map(|text| text.split(SEPARATOR).map(str::to_owned).collect());
        Ok(Rows {
            rows: rows.collect(),
            columns: columns.iter().map(|column| column.name.clone()).collect(),
        })
    }

    /// What of these rows is missing in others, in the columns of both that are not left out.
    pub(super) fn lost(&self, after: &Rows, left_out: &dyn Fn(&str) -> bool) -> Option<Lost> {
        let at = |rows: &Rows, name: &str| rows.columns.iter().position(|column| column == name);
        let common: Vec<(&str, usize, usize)> = self
            .columns
            .iter()
            .filter(|name| !left_out(name))
            .filter_map(|name| Some((name.as_str(), at(self, name)?, at(after, name)?)))
            .collect();
        let of = |columns: &[(&str, usize, usize)]| {
            let before = columns
                .iter()
                .map(|(_, before, _)| *before)
                .collect::<Vec<_>>();
            let then = columns
                .iter()
                .map(|(_, _, after)| *after)
                .collect::<Vec<_>>();
            missing(&self.projected(&before), &after.projected(&then))
        };
        let gone = self.rows.len().saturating_sub(after.rows.len());
        let missing = of(&common);
        if missing.is_empty() && gone == 0 {
            return None;
        }
        let differs = |column: &&(&str, usize, usize)| !of(&[**column]).is_empty();
        let differing: Vec<_> = common.iter().filter(differs).copied().collect();
        let shown = match differing.as_slice() {
            [] => missing.first().cloned(),
            columns => of(columns).into_iter().next(),
        };
        let names: &[_] = if gone > 0 || differing.is_empty() {
            &[]
        } else {
            &differing
        };
        Some(Lost {
            columns: names.iter().map(|(name, ..)| (*name).to_owned()).collect(),
            rows: missing.len().max(gone),
            of: self.rows.len(),
            example: shown.map_or_else(String::new, |row| shown_row(&row)),
        })
    }

    fn projected(&self, columns: &[usize]) -> Vec<Vec<String>> {
        let row = |row: &Vec<String>| {
            let value = |at: &usize| row.get(*at).cloned().unwrap_or_default();
            columns.iter().map(value).collect()
        };
        self.rows.iter().map(row).collect()
    }
}

/// The rows that occur more often in one multiset than in the other.
fn missing(before: &[Vec<String>], after: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut there: BTreeMap<&Vec<String>, usize> = BTreeMap::new();
    for row in after {
        *there.entry(row).or_default() += 1;
    }
    let mut missing = Vec::new();
    for row in before {
        match there.get_mut(row) {
            Some(count) if *count > 0 => *count -= 1,
            _ => missing.push(row.clone()),
        }
    }
    missing
}

/// A column as text that says what NULL is, and of what type a value is where each has its own.
fn as_text(kind: BackendKind, name: &str, ty: &Type) -> String {
    match kind {
        BackendKind::Sqlite => format!("quote({name})"),
        BackendKind::Postgres => format!("COALESCE('=' || CAST({name} AS text), 'NULL')"),
        // by its bytes, as no other form has all values
        _ => {
            let spelling = match ty {
                Type::Other(spelling) => spelling.to_lowercase(),
                _ => String::new(),
            };
            let is_any = |words: &[&str]| words.iter().any(|word| spelling.contains(word));
            let bytes = match ty {
                Type::Binary
                | Type::VarBinary(_)
                | Type::FixedBinary(_)
                | Type::TinyBlob
                | Type::MediumBlob
                | Type::LongBlob
                | Type::Bit(_) => name.to_owned(),
                _ if is_any(&["point", "line", "polygon", "geom"]) => {
                    format!("ST_AsBinary({name})")
                }
                _ if spelling.starts_with("vector") => name.to_owned(),
                _ => format!("CONVERT({name} USING utf8mb4)"),
            };
            format!("COALESCE(CONCAT('#', HEX({bytes})), 'NULL')")
        }
    }
}

/// A row for people.
fn shown_row(row: &[String]) -> String {
    let shown = row.iter().map(|value| {
        let text = match value.strip_prefix('#').map(unhex) {
            Some(Some(text)) => format!("'{text}'"),
            _ => match value.strip_prefix('=') {
                Some(text) => format!("'{text}'"),
                None => value.clone(),
            },
        };
        match text.char_indices().nth(40) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn unhex(digits: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(columns: &str, texts: &[&str]) -> Rows {
        let split = |text: &str| text.split(' ').map(str::to_owned).collect();
        Rows {
            columns: split(columns),
            rows: texts.iter().map(|text| split(text)).collect(),
        }
    }

    #[test]
    fn what_is_lost_is_found_in_the_columns_of_both() {
        let none = |_: &str| false;
        let before = rows("id name", &["1 a", "2 b", "2 b"]);
        assert_eq!(before.lost(&before, &none), None);
        // more rows, in another order, with another column
        let more = rows("new name id", &["x b 2", "x c 3", "x a 1", "x b 2"]);
        assert_eq!(before.lost(&more, &none), None);
        let emptied = rows("id name", &["1 NULL", "2 NULL", "2 b"]);
        let lost = before.lost(&emptied, &none).unwrap();
        assert_eq!(
            (lost.columns.join(" ").as_str(), lost.rows, lost.of),
            ("name", 2, 3)
        );
        assert_eq!(lost.example, "a");
        assert_eq!(before.lost(&emptied, &|column| column == "name"), None);
        let fewer = before.lost(&rows("id", &["1", "2"]), &none).unwrap();
        assert_eq!((fewer.columns.len(), fewer.rows), (0, 1));
        // even in columns that are left out
        assert!(before.lost(&rows("id", &["1", "2"]), &|_| true).is_some());
        let mixed = before
            .lost(&rows("id name", &["1 b", "2 a", "2 b"]), &none)
            .unwrap();
        assert_eq!(
            (mixed.columns.len(), mixed.rows, &*mixed.example),
            (0, 2, "1, a")
        );
    }

    #[test]
    fn rows_are_shown_as_people_write_them() {
        let row = ["=it's", "#C3A4", "#FF", "NULL", "'x'"].map(str::to_owned);
        assert_eq!(shown_row(&row), "'it's', 'ä', #FF, NULL, 'x'");
    }
}
