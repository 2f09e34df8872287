//! Reads a query as MySQL and MariaDB keep it: takes the qualification by one schema out of it, and
//! finds the names of its columns. Pure.

use super::{Dialect, pieces, unquoted};
use crate::dialect::BackendKind;

/// The text with a schema's names unqualified, as the catalogue quotes them: `shop.users` becomes
/// `users`. If the schema's name also means something else in it, such as an alias, the text stays
/// as it is.
#[allow(dead_code, reason = "only MySQL's backend asks")]
pub(crate) fn unqualified(text: &str, schema: &str, backend: BackendKind) -> String {
    let parts: Vec<&str> = pieces(text, Dialect::of(backend))
        .map(|piece| &text[piece.span])
        .collect();
    let mut unqualified = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        let is_schema = part.starts_with('`') && unquoted(part) == schema;
        let follows_point = at > 0 && parts[at - 1] == ".";
        let has_point = parts.get(at + 1) == Some(&".");
        if is_schema && !follows_point {
            if !has_point {
                return text.to_owned();
            }
            at += 2;
            continue;
        }
        unqualified.push_str(part);
        at += 1;
    }
    unqualified
}

/// The names that a query gives its columns, if it says them all: `AS` before each comma.
#[allow(dead_code, reason = "only MySQL's backend asks")]
pub(crate) fn selected_names(query: &str, backend: BackendKind) -> Option<Vec<String>> {
    let tokens: Vec<&str> = super::tokens(query, backend).collect();
    let (select, rest) = tokens.split_first()?;
    select.eq_ignore_ascii_case("select").then_some(())?;
    let mut depth = 0_usize;
    let mut names = Vec::new();
    let mut last_two: [&str; 2] = ["", ""];
    for token in rest.iter().copied().chain(["from"]) {
        match token {
            "(" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        let ends = ["from", "union", "limit"]
            .iter()
            .any(|word| token.eq_ignore_ascii_case(word));
        if depth == 0 && (ends || token == ",") {
            let [word, name] = last_two;
            (word.eq_ignore_ascii_case("as") && name.starts_with('`')).then_some(())?;
            names.push(unquoted(name));
            if ends {
                return Some(names);
            }
        }
        last_two = [last_two[1], token];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_its_columns() {
        let of = |text| selected_names(text, BackendKind::Mysql);
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let query = "select `a`.`b` AS `x`,concat(`a`,',') AS `y``z` from `a`";
        assert_eq!(of(query), names(&["x", "y`z"]));
        assert_eq!(of("select 1 AS `1`"), names(&["1"]));
        assert_eq!(of("select 1 AS `a` union select 2 AS `b`"), names(&["a"]));
        assert_eq!(
            of("with `c` as (select 1 AS `1`) select `c`.`1` AS `1` from `c`"),
            None
        );
        assert_eq!(of("select `a` from `b`"), None);
    }

    #[test]
    fn the_schema_is_left_out_wherever_it_qualifies() {
        let of = |text| unqualified(text, "shop", BackendKind::Mysql);
        assert_eq!(
            of(
                "select `shop`.`users`.`id` AS `id`,'`shop`.' from `shop`.`users` where (`shop`.`users`.`a` > 1)"
            ),
            "select `users`.`id` AS `id`,'`shop`.' from `users` where (`users`.`a` > 1)"
        );
        assert_eq!(of("nextval(`shop`.`sq`)"), "nextval(`sq`)");
        assert_eq!(of("`shop`.`shop`.`shop`"), "`shop`.`shop`");
        assert_eq!(of("`other`.`shop`.`id`"), "`other`.`shop`.`id`");
        let alias = "select `shop`.`id` from `shop`.`users` `shop`";
        assert_eq!(of(alias), alias);
    }
}
