//! Hides the passwords of a text that can be told by their surroundings: URLs, drivers' strings of key words. For what is shown
//! and for what is written down; knows what a password looks like in those, and nothing else.

/// What stands for a password.
pub(crate) const HIDDEN: &str = "***";

/// The text, with `***` for each password that its surroundings tell.
pub(crate) fn masked(text: &str) -> String {
    masked_key_words(&masked_urls(text))
}

/// The text, with `***` for each password in a URL.
fn masked_urls(text: &str) -> String {
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
        Some(_) => address.to_owned(),
        None => masked_beginning(address),
    }
}

/// The beginning of an address that was cut off: what follows the first colon is a password, unless it is a port.
fn masked_beginning(address: &str) -> String {
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    match address[..end].split_once(':') {
        Some((user, port))
            if !address.starts_with('[')
                && !port.is_empty()
                && !port.starts_with(|c: char| c.is_ascii_digit() || ",.;)]'".contains(c)) =>
        {
            format!("{user}:{HIDDEN}")
        }
        _ => address.to_owned(),
    }
}

/// How the words end that a password follows, in a query, in libpq's strings and in other drivers'; SQLite's for encrypted files
/// only within a URI.
const KEY_WORDS: [&str; 5] = ["password=", "passwd=", "pwd=", "?key=", "&key="];

/// The text, with `***` for what follows each of the key words.
fn masked_key_words(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(end) = after_a_key_word(rest) {
        let (before, value) = rest.split_at(end);
        shown += before;
        let length = length_of_value(value);
        if length > 0 {
            shown += "***";
        }
        rest = &value[length..];
    }
    shown + rest
}

/// Where the first key word ends.
pub(crate) fn after_a_key_word(text: &str) -> Option<usize> {
    // of ASCII only, so that no byte moves
    let lower = text.to_ascii_lowercase();
    KEY_WORDS
        .iter()
        .filter_map(|word| lower.find(word).map(|at| at + word.len()))
        .min()
}

/// How long a value is: up to its closing quote, or else to where a query or a string of key words goes on.
pub(crate) fn length_of_value(value: &str) -> usize {
    if let Some(quoted) = value.strip_prefix('\'') {
        let mut escaped = false;
        let closing = quoted.find(|character| {
            let closes = character == '\'' && !escaped;
            escaped = character == '\\' && !escaped;
            closes
        });
        return closing.map_or(value.len(), |at| at + 2);
    }
    value
        .find(|character: char| ends_a_url(character) || "&;".contains(character))
        .unwrap_or(value.len())
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
            (
                "`postgres://h/d?user=a&password=s3cret&port=1` is no target",
                "`postgres://h/d?user=a&password=***&port=1` is no target",
            ),
            (
                "host=h password=s3cret dbname=d",
                "host=h password=*** dbname=d",
            ),
            (
                r"host=h password='it\'s a s3cret' dbname=d",
                "host=h password=*** dbname=d",
            ),
            ("Server=h;Pwd=s3cret;Uid=a", "Server=h;Pwd=***;Uid=a"),
            ("PGPASSWORD=s3cret psql", "PGPASSWORD=*** psql"),
            (
                "\"text\": \"password=s3cret\\\" b\"",
                "\"text\": \"password=***\\\" b\"",
            ),
            ("`SELECT 'x://u:s3cret…`", "`SELECT 'x://u:***`"),
            ("http://localhost:8080/a:b", "http://localhost:8080/a:b"),
            ("password='open", "password=***"),
            (
                "file:app.db?mode=rw&key=s3cret",
                "file:app.db?mode=rw&key=***",
            ),
            ("the key=value pairs", "the key=value pairs"),
            ("password=", "password="),
            (
                "SET password = md5(name), passwords = 1",
                "SET password = md5(name), passwords = 1",
            ),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
