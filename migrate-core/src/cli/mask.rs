//! The last guard against printing a password: a URL that stands where none is expected, as when somebody gives it as a
//! target, is quoted in the error. Knows what a password in a URL looks like, and nothing else.

/// The text, with `***` for each password in a URL.
pub(super) fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + "://".len());
        shown += before;
        let end = address.find(ends_a_url).unwrap_or(address.len());
        let (address, after) = address.split_at(end);
        shown += &masked_address(address);
        rest = after;
    }
    shown + rest
}

/// A blank, or a mark that quotes: no URL goes on after it. A `'` may be part of a password.
fn ends_a_url(character: char) -> bool {
    character.is_whitespace() || "\"`<>\\".contains(character)
}

/// What follows `://`. The password goes up to the last `@`, as one that was not encoded may hold another.
fn masked_address(address: &str) -> String {
    match address
        .rsplit_once('@')
        .map(|(user, host)| (user.split_once(':'), host))
    {
        Some((Some((user, _)), host)) => format!("{user}:***@{host}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_passwords_are_hidden() {
        for (text, shown) in [
            (
                "`postgres://ada:s3cret@host/db` is not a target",
                "`postgres://ada:***@host/db` is not a target",
            ),
            ("mysql://ada:s3:cr@et@host", "mysql://ada:***@host"),
            ("postgres://u:pa'ss@h/db", "postgres://u:***@h/db"),
            (
                "'postgres://u:pass@h/db' refused",
                "'postgres://u:***@h/db' refused",
            ),
            ("a://u:p@h b://u:p@h", "a://u:***@h b://u:***@h"),
            (
                "see https://docs.rs/diesel and ada@host",
                "see https://docs.rs/diesel and ada@host",
            ),
            ("postgres://ada@host:5432/db", "postgres://ada@host:5432/db"),
            (
                "\"url\": \"x://u:p@h\", \"b\": \"@\"",
                "\"url\": \"x://u:***@h\", \"b\": \"@\"",
            ),
            ("://", "://"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
