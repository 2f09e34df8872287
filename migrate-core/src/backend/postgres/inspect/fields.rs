//! The fields of a row of the catalogue, one after the other. It must not know what they mean.

use std::str::FromStr;
use std::vec::IntoIter;

use crate::backend::catalog_rows::fields;

/// The separator between the items of a list within a field, and between the parts of an item;
/// no name contains them.
const BETWEEN_ITEMS: char = '\u{1d}';
const BETWEEN_PARTS: char = '\u{1c}';

/// The rest of a row.
pub(super) struct Fields(IntoIter<Option<String>>);

impl Fields {
    pub(super) fn of(row: &str) -> Fields {
        Fields(fields(row).into_iter())
    }

    /// The next field; `None` if it is NULL.
    pub(super) fn maybe(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    /// The next field, empty if it is NULL.
    pub(super) fn text(&mut self) -> String {
        self.maybe().unwrap_or_default()
    }

    /// The next field, a number.
    pub(super) fn number<T: FromStr>(&mut self) -> Option<T> {
        self.maybe()?.parse().ok()
    }

    /// The next field, the number of an object; zero if there is none.
    pub(super) fn oid(&mut self) -> u32 {
        self.number().unwrap_or_default()
    }

    /// The next field, whether something is so.
    pub(super) fn flag(&mut self) -> bool {
        self.maybe().as_deref() == Some("true")
    }

    /// The next field, a list.
    pub(super) fn list(&mut self) -> Vec<String> {
        match self.maybe() {
            Some(text) => text.split(BETWEEN_ITEMS).map(str::to_owned).collect(),
            None => Vec::new(),
        }
    }
}

/// The parts of an item of a list.
pub(super) fn parts(item: &str) -> Vec<&str> {
    item.split(BETWEEN_PARTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_taken_in_order() {
        let mut row = Fields::of("7\u{1f}\u{1e}\u{1f}true\u{1f}a\u{1d}b\u{1c}c\u{1f}\u{1e}");
        assert_eq!((row.oid(), row.maybe(), row.flag()), (7, None, true));
        let list = row.list();
        assert_eq!(list, ["a", "b\u{1c}c"]);
        assert_eq!(parts(&list[1]), ["b", "c"]);
        assert!(row.list().is_empty() && row.text().is_empty());
    }
}
