//! Whether a view's query is the new one or the old one. Servers write a query anew; its names and values
//! stay. Pure.

use std::collections::BTreeSet;

/// Whether all that only the new query names is in the one that was found, and nothing that only the old one names;
/// not when that tells nothing.
pub(super) fn is_now(new: &str, old: &str, found: &str) -> bool {
    let (new, old, found) = (words(new), words(old), words(found));
    let mut came = new.difference(&old).peekable();
    let mut went = old.difference(&new).peekable();
    (came.peek().is_some() || went.peek().is_some())
        && came.all(|word| found.contains(word))
        && !went.any(|word| found.contains(word))
}

/// The names, numbers and texts of a query, in small letters.
fn words(query: &str) -> BTreeSet<String> {
    query
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_known_by_what_it_names() {
        let (old, new) = (
            "SELECT name FROM users",
            "SELECT name FROM users WHERE id > 1",
        );
        let found = "select `users`.`name` AS `name` from `users`";
        let replaced = format!("{found} where (`users`.`id` > 1)");
        assert!(!is_now(new, old, found));
        assert!(is_now(new, old, &replaced));
        assert!(is_now(old, new, found));
        assert!(!is_now(old, new, &replaced));
        assert!(!is_now(old, old, found));
    }
}
