//! PARTITION BY, as the rows of the catalogue say it. Pure.

use super::super::Dialect;
use super::super::lookup::unescaped;
use super::super::quote::{existing, quoted};
use super::rows::Fields;

/// A partition, or one of its subpartitions.
pub(super) struct Partition {
    position: u32,
    subposition: u32,
    name: String,
    subname: String,
    method: String,
    submethod: String,
    expression: String,
    subexpression: String,
    description: Option<String>,
    comment: String,
}

impl Partition {
    /// The rest of a row, after its table.
    pub(super) fn read(mut row: Fields) -> Partition {
        Partition {
            position: row.number().unwrap_or_default(),
            subposition: row.number().unwrap_or_default(),
            name: row.text(),
            subname: row.text(),
            method: row.text(),
            submethod: row.text(),
            expression: row.text(),
            subexpression: row.text(),
            description: row.maybe(),
            comment: row.text(),
        }
    }
}

/// Whether the partitions keep the versions of rows, by time or number (MariaDB).
pub(super) fn follows_time(all: &[Partition]) -> bool {
    all.first().is_some_and(|one| one.method == "SYSTEM_TIME")
}

/// The clause of a table that has partitions.
pub(super) fn clause(dialect: Dialect, mut all: Vec<Partition>) -> Option<String> {
    all.sort_by_key(|one| (one.position, one.subposition));
    let first = all.first()?;
    let sql = |text: &str| match dialect {
        Dialect::Mysql => unescaped(text),
        Dialect::Mariadb => text.to_owned(),
    };
    let mut text = format!("PARTITION BY {} ({})", first.method, sql(&first.expression));
    let subpartitions = all
        .iter()
        .filter(|one| one.position == first.position)
        .count();
    let named_by_server = all
        .iter()
        .all(|one| one.subname == format!("{}sp{}", one.name, one.subposition.saturating_sub(1)));
    let has_sub = !first.submethod.is_empty();
    if has_sub {
        text.push_str(&format!(
            " SUBPARTITION BY {} ({})",
            first.submethod,
            sql(&first.subexpression)
        ));
        if named_by_server {
            text.push_str(&format!(" SUBPARTITIONS {subpartitions}"));
        }
    }
    let counted = all.iter().all(|one| {
        one.description.is_none()
            && one.comment.is_empty()
            && one.name == format!("p{}", one.position.saturating_sub(1))
    });
    if counted && (named_by_server || !has_sub) {
        let count = all.last()?.position;
        return Some(format!("{text} PARTITIONS {count}"));
    }
    let mut parts = Vec::new();
    for one in all.iter().filter(|one| one.subposition <= 1) {
        let mut part = format!("PARTITION {}", existing(&one.name));
        match (&one.description, first.method.as_str()) {
            (None, _) => {}
            (Some(values), "RANGE" | "RANGE COLUMNS") => {
                part.push_str(&format!(" VALUES LESS THAN ({values})"));
            }
            (Some(values), _) if values == "DEFAULT" => part.push_str(" DEFAULT"),
            (Some(values), "LIST" | "LIST COLUMNS") => {
                part.push_str(&format!(" VALUES IN ({values})"));
            }
            (Some(values), _) => part.push_str(&format!(" {values}")),
        }
        let comment = |text: &str| match quoted(dialect, text) {
            Ok(comment) if !text.is_empty() => format!(" COMMENT = {comment}"),
            _ => String::new(),
        };
        let inner: Vec<String> = all
            .iter()
            .filter(|sub| has_sub && !named_by_server && sub.position == one.position)
            .map(|sub| {
                format!(
                    "SUBPARTITION {}{}",
                    existing(&sub.subname),
                    comment(&sub.comment)
                )
            })
            .collect();
        match inner.is_empty() {
            true => part.push_str(&comment(&one.comment)),
            false => part.push_str(&format!(" ({})", inner.join(", "))),
        }
        parts.push(part);
    }
    Some(format!("{text} ({})", parts.join(", ")))
}
