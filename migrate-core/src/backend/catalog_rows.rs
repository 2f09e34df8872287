//! Rows of catalogue queries, parsed. Pure.

use crate::schema::{Action, ConstraintKind};

/// The separator between two fields of a row, and the one for NULL: characters that no name
/// contains.
const BETWEEN: char = '\u{1f}';
const NULL: &str = "\u{1e}";

/// The fields of a row.
pub(crate) type Row = Vec<Option<String>>;

/// Splits a row.
pub(crate) fn fields(text: &str) -> Vec<Option<String>> {
    text.split(BETWEEN)
        .map(|field| (field != NULL).then(|| field.to_owned()))
        .collect()
}

/// A column as the catalogue shows it, or would: name, type, `1` if nullable, default, generation
/// expression, how it is numbered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundColumn {
    pub name: String,
    pub ty: String,
    /// Whether the type is spelled as the catalogue spells it.
    pub sure_type: bool,
    pub nullable: bool,
    pub default: Option<String>,
    pub generated: Option<String>,
    pub numbered: Option<String>,
}

impl FoundColumn {
    pub(crate) fn read(row: Row) -> Option<FoundColumn> {
        let [name, ty, nullable, default, generated, numbered] =
            <[Option<String>; 6]>::try_from(row).ok()?;
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        Some(FoundColumn {
            name: name?,
            ty: ty?,
            sure_type: true,
            nullable: nullable.as_deref() == Some("1"),
            default,
            generated: some(generated),
            numbered: some(numbered),
        })
    }

    /// Whether it is the column of this name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name || self.name.to_lowercase() == name.to_lowercase()
    }
}

/// A constraint as the catalogue shows it: name, kind (`p`, `u`, `f`, `c`), columns (one per line),
/// the referenced table, its columns, ON DELETE and ON UPDATE in SQL's words, expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundConstraint {
    pub(crate) name: String,
    pub(crate) kind: ConstraintKind,
    pub(crate) columns: Vec<String>,
    pub(crate) table: Option<String>,
    pub(crate) referred: Vec<String>,
    pub(crate) on_delete: Option<Action>,
    pub(crate) on_update: Option<Action>,
    pub(crate) expression: Option<String>,
}

impl FoundConstraint {
    pub(crate) fn read(row: Row) -> Option<FoundConstraint> {
        let [
            name,
            kind,
            columns,
            table,
            referred,
            on_delete,
            on_update,
            expression,
        ] = <[Option<String>; 8]>::try_from(row).ok()?;
        Some(FoundConstraint {
            name: name?,
            kind: match kind?.as_str() {
                "p" => ConstraintKind::PrimaryKey,
                "u" => ConstraintKind::Unique,
                "f" => ConstraintKind::ForeignKey,
                "c" => ConstraintKind::Check,
                _ => return None,
            },
            columns: lines(columns),
            table,
            referred: lines(referred),
            on_delete: on_delete.as_deref().and_then(action),
            on_update: on_update.as_deref().and_then(action),
            expression,
        })
    }
}

fn action(words: &str) -> Option<Action> {
    match words {
        "CASCADE" => Some(Action::Cascade),
        "SET NULL" => Some(Action::SetNull),
        "SET DEFAULT" => Some(Action::SetDefault),
        _ => None, // RESTRICT and NO ACTION are each other's default
    }
}

/// An index as the catalogue shows it: name, `1` if unique, its columns (one per line, empty for an
/// expression), `1` if partial, `1` if valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundIndex {
    pub(crate) name: String,
    pub(crate) unique: bool,
    pub(crate) columns: Vec<String>,
    pub(crate) partial: bool,
    pub(crate) valid: bool,
}

impl FoundIndex {
    pub(crate) fn read(row: Row) -> Option<FoundIndex> {
        let [name, unique, columns, partial, valid] = <[Option<String>; 5]>::try_from(row).ok()?;
        Some(FoundIndex {
            name: name?,
            unique: unique.as_deref() == Some("1"),
            columns: columns
                .unwrap_or_default()
                .split('\n')
                .map(str::to_owned)
                .collect(),
            partial: partial.as_deref() == Some("1"),
            valid: valid.as_deref() == Some("1"),
        })
    }
}

/// A sequence as the catalogue shows it: start, increment, minimum, maximum, cache, `1` if it
/// cycles, and the next number if none was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundSequence {
    pub(crate) start: i64,
    pub(crate) increment: i64,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) cache: i64,
    pub(crate) cycle: bool,
    pub(crate) next: Option<i64>,
}

impl FoundSequence {
    pub(crate) fn read(row: Row) -> Option<FoundSequence> {
        let [start, increment, min, max, cache, cycle, next] =
            <[Option<String>; 7]>::try_from(row).ok()?;
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
        Some(FoundSequence {
            start: number(start)?,
            increment: number(increment)?,
            min: number(min)?,
            max: number(max)?,
            cache: number(cache)?,
            cycle: cycle.as_deref() == Some("1"),
            next: number(next),
        })
    }
}

fn lines(text: Option<String>) -> Vec<String> {
    match text {
        Some(text) if !text.is_empty() => text.split('\n').map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_fields() {
        assert_eq!(
            fields("a\u{1f}\u{1e}\u{1f}"),
            [Some("a".to_owned()), None, Some(String::new())]
        );
        assert_eq!(FoundIndex::read(fields("a")), None);
        let index = FoundIndex::read(fields("ix\u{1f}1\u{1f}a\n\u{1f}0\u{1f}1"));
        let index = index.expect("it has all fields");
        assert_eq!(index.columns, ["a", ""]);
        assert!(index.unique && !index.partial && index.valid);
    }
}
