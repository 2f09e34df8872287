//! Hides the passwords in a text: known ones, also where the text was cut inside one, and those in
//! URLs and in connection strings of drivers. For everything that is shown or recorded; knows the
//! syntax of passwords in those, and nothing else.

use std::borrow::Cow;
use std::fmt;

/// The replacement for a password.
pub const HIDDEN: &str = "***";

/// The marks of a cut text: our own, PostgreSQL's, and the quotes around the part of a statement
/// that MySQL repeats.
const CUTS: [&str; 4] = ["…", "...", "near '", "' at line "];

/// The minimum number of remaining characters of a cut secret that are hidden.
const FEWEST: usize = 4;

/// Texts that are known to be secret, the longest first.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// These texts, except for short words, which may also occur with another meaning.
    pub fn of(texts: impl IntoIterator<Item = String>) -> Secrets {
        let mut secrets = Secrets::default();
        texts.into_iter().for_each(|text| secrets.know(text));
        secrets
    }

    /// Adds a secret.
    pub fn know(&mut self, text: String) {
        if is_telling(&text) && !self.0.contains(&text) {
            self.0.push(text);
            // so that no part of one is left next to another
            self.0.sort_by_key(|text| std::cmp::Reverse(text.len()));
        }
    }

    /// The text, with `***` for each secret, and for the rest of one where the text was cut.
    pub fn hidden_in<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let whole = self.0.iter().fold(Cow::from(text), |text, secret| {
            match text.contains(secret.as_str()) {
                true => text.replace(secret.as_str(), HIDDEN).into(),
                false => text,
            }
        });
        match !self.0.is_empty() && CUTS.iter().any(|cut| whole.contains(cut)) {
            true => self.hidden_at_cuts(&whole).into(),
            false => whole,
        }
    }

    fn hidden_at_cuts(&self, text: &str) -> String {
        let mut cuts: Vec<(usize, &str)> = CUTS
            .iter()
            .flat_map(|cut| text.match_indices(cut))
            .collect();
        cuts.sort_unstable();
        let mut shown = String::with_capacity(text.len());
        let mut begin = 0;
        for (at, cut) in cuts {
            // two of them may share a quote
            if at >= begin {
                shown += &self.hidden_in_piece(&text[begin..at], begin == 0, false);
                shown += cut;
                begin = at + cut.len();
            }
        }
        shown + &self.hidden_in_piece(&text[begin..], begin == 0, true)
    }

    /// A piece between two cuts; its ends are cuts unless they are those of the text.
    fn hidden_in_piece<'a>(&self, piece: &'a str, begins: bool, ends: bool) -> Cow<'a, str> {
        let long = |piece: &str| piece.chars().count() >= FEWEST;
        let within = |secret: &String| secret.contains(piece);
        if !begins && !ends && long(piece) && self.0.iter().any(within) {
            return HIDDEN.into();
        }
        let mut piece = Cow::from(piece);
        for secret in &self.0 {
            // a cut is between characters, so the longest match is the rest
            let mut places = secret.char_indices().map(|(at, _)| at).rev();
            let beginning = places.find(|at| piece.ends_with(&secret[..*at]));
            if let Some(at) = beginning.filter(|at| !ends && long(&secret[..*at])) {
                piece = format!("{}{HIDDEN}", &piece[..piece.len() - at]).into();
            }
            let mut places = secret.char_indices().map(|(at, _)| at).skip(1);
            let end = places.find(|at| piece.starts_with(&secret[*at..]));
            if let Some(at) = end.filter(|at| !begins && long(&secret[*at..])) {
                piece = format!("{HIDDEN}{}", &piece[secret.len() - at..]).into();
            }
        }
        piece
    }
}

/// Whether a text is distinctive enough to be hidden wherever it occurs: a short word may have
/// another meaning.
pub(crate) fn is_telling(text: &str) -> bool {
    text.len() >= 8 && !text.chars().all(char::is_alphabetic)
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// The text, with `***` for each password that its context shows.
pub fn redacted(text: &str) -> String {
    masked_sql(&masked_key_words(&masked_urls(text)))
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

/// White space, or a quotation mark that ends a URL. A `'` may be part of a password.
fn ends_a_url(character: char) -> bool {
    character.is_whitespace() || "\"`<>\\".contains(character)
}

/// Masks what follows `://`. The password ends at the last `@`, as an unencoded one may contain
/// another.
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

/// Masks the start of an address that was cut off: after the first colon comes a password, unless
/// it is a port.
fn masked_beginning(address: &str) -> String {
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    match address[..end].split_once(':') {
        Some((user, port)) if !address.starts_with('[') && !port.is_empty() && !is_port(port) => {
            format!("{user}:{HIDDEN}")
        }
        _ => address.to_owned(),
    }
}

/// Whether this may be a port followed by the rest of a sentence: a password that begins with
/// digits continues itself, or was cut.
fn is_port(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match after.len() == text.len() {
        true => text.starts_with(|c: char| ",.;)]'".contains(c)),
        false => !after.starts_with(char::is_alphanumeric) && !after.contains('…'),
    }
}

/// The endings of words before a password, in a query, in libpq's strings and in those of other
/// drivers; SQLite's for encrypted files only within a URI.
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
pub fn after_a_key_word(text: &str) -> Option<usize> {
    // ASCII only, so that byte offsets do not change
    let lower = text.to_ascii_lowercase();
    KEY_WORDS
        .iter()
        .filter_map(|word| lower.find(word).map(|at| at + word.len()))
        .min()
}

/// The length of a value: up to its closing quote, or else to the next parameter of a query or
/// connection string.
pub fn length_of_value(value: &str) -> usize {
    if value.starts_with('\'') {
        return length_of_quoted(value, '\'');
    }
    value
        .find(|character: char| ends_a_url(character) || "&;".contains(character))
        .unwrap_or(value.len())
}

/// The length of a quoted text at the start of this one. If it was cut, it ends at the cut: quotes
/// after it do not belong to it.
fn length_of_quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == '…' {
            return at;
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

/// The words before a password in statements that create users and connections, on any database. A
/// statement that compares or sets a column of this name looks the same.
const BEFORE_A_PASSWORD: [&str; 3] = ["password", "identified by", "auth_string"];

/// The text, with `***` for each quoted text after such a word: `PASSWORD 'x'`, `IDENTIFIED WITH
/// plugin BY 'x'`, `PASSWORD = PASSWORD('x')`, `` `password` = "x" ``.
fn masked_sql(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = after_a_password_word(rest) {
        let (before, quoted) = rest.split_at(start);
        shown += before;
        let quote = quoted.chars().next().unwrap_or('\'');
        let length = match quote {
            '$' => length_of_dollar_quoted(quoted),
            quote => length_of_quoted(quoted, quote),
        };
        match length > 2 * quote.len_utf8() {
            true => shown += HIDDEN,
            false => shown += &quoted[..length],
        }
        rest = &quoted[length..];
    }
    shown + rest
}

/// The start of the first quoted text after a word for a password.
fn after_a_password_word(text: &str) -> Option<usize> {
    // ASCII only, so that byte offsets do not change
    let lower = text.to_ascii_lowercase();
    let words = BEFORE_A_PASSWORD
        .iter()
        .flat_map(|word| lower.match_indices(word));
    let plugins = lower
        .match_indices("identified with ")
        .chain(lower.match_indices("identified via "));
    let plugins = plugins.filter_map(|(at, word)| {
        let after = &lower[at + word.len()..];
        let [plugin, by] = [
            after.split_whitespace().next()?,
            after.split_whitespace().nth(1)?,
        ];
        let by = matches!(by, "by" | "as" | "using").then_some(by)?;
        let end = after[plugin.len()..].find(by)? + plugin.len() + by.len();
        Some((at, &lower[at..at + word.len() + end]))
    });
    words
        .chain(plugins)
        .filter_map(|(at, word)| quoted_after(&lower, at + word.len()))
        .min()
}

/// The start of a quoted text, if that comes next: after the quote that closes a name, white space,
/// signs of assignment, the word or function `password`, and a text encoding. A quote directly
/// after the word is that of a name.
fn quoted_after(lower: &str, end: usize) -> Option<usize> {
    let rest = &lower[end..];
    let closed = rest.strip_prefix(['"', '`', '\'', ']']).unwrap_or(rest);
    let mut after = closed.trim_start_matches([' ', '\t', '\r', '\n', '=', ':', '(']);
    if let Some(function) = after.strip_prefix("password") {
        after = function.trim_start_matches([' ', '(']);
    }
    if after.len() == closed.len() {
        return None;
    }
    let prefix = ["e'", "n'", "x'", "b'"]
        .iter()
        .any(|it| after.starts_with(it));
    let after = if prefix { &after[1..] } else { after };
    after
        .starts_with(['\'', '"', '$'])
        .then_some(lower.len() - after.len())
}

/// The length of a text in PostgreSQL's dollar quotes, or of the sign alone.
fn length_of_dollar_quoted(text: &str) -> usize {
    let Some(end) = text[1..].find('$').map(|end| end + 2) else {
        return 1;
    };
    let (tag, rest) = text.split_at(end);
    rest.find(tag)
        .map_or(text.len(), |close| close + 2 * tag.len())
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
            ("`http://localhost:8080`.", "`http://localhost:8080`."),
            ("x://localhost:80), see", "x://localhost:80), see"),
            ("`SELECT 'x://u:882cc892…`", "`SELECT 'x://u:***`"),
            ("`SELECT 'x://u:882…`", "`SELECT 'x://u:***`"),
            ("`SELECT 'x://u:88-2…`", "`SELECT 'x://u:***`"),
            (
                "postgres://h1:5432,h2:5433/d",
                "postgres://h1:5432,h2:5433/d",
            ),
            ("password='open", "password=***"),
            // a statement that was cut inside a value, and the text after it
            (
                "`UPDATE u SET password='a long valu…` is not undone\nhelp: don't",
                "`UPDATE u SET password=***…` is not undone\nhelp: don't",
            ),
            (
                "CREATE ROLE a PASSWORD 's3cret' LOGIN",
                "CREATE ROLE a PASSWORD *** LOGIN",
            ),
            ("ALTER ROLE a PASSWORD NULL", "ALTER ROLE a PASSWORD NULL"),
            (
                "ENCRYPTED PASSWORD E's3\\'c', x 'y'",
                "ENCRYPTED PASSWORD E***, x 'y'",
            ),
            ("PASSWORD $a$s3'cret$a$ LOGIN", "PASSWORD *** LOGIN"),
            (
                "CREATE USER 'a'@'%' IDENTIFIED BY 's3''cret' COMMENT 'b'",
                "CREATE USER 'a'@'%' IDENTIFIED BY *** COMMENT 'b'",
            ),
            (
                "IDENTIFIED WITH caching_sha2_password BY \"s3cret\" REQUIRE NONE",
                "IDENTIFIED WITH caching_sha2_password BY *** REQUIRE NONE",
            ),
            (
                "IDENTIFIED BY PASSWORD '*94BD'",
                "IDENTIFIED BY PASSWORD ***",
            ),
            (
                "SET PASSWORD FOR 'a'@'b' = PASSWORD('s3cret')",
                "SET PASSWORD FOR 'a'@'b' = PASSWORD(***)",
            ),
            ("SET PASSWORD = 's3cret'", "SET PASSWORD = ***"),
            (
                "OPTIONS (user 'a', password 's3cret')",
                "OPTIONS (user 'a', password ***)",
            ),
            (
                "CHANGE MASTER TO MASTER_PASSWORD='s3cret'",
                "CHANGE MASTER TO MASTER_PASSWORD=***",
            ),
            (
                "UPDATE u SET `password` = 's3cret'",
                "UPDATE u SET `password` = ***",
            ),
            (
                "CREATE ROLE a PASSWORD 'a long pa…`: no",
                "CREATE ROLE a PASSWORD ***…`: no",
            ),
            ("\"password\": \"s3cret\"", "\"password\": ***"),
            (
                "password authentication failed for user \"ada\"",
                "password authentication failed for user \"ada\"",
            ),
            ("column \"password\" of 'a'", "column \"password\" of 'a'"),
            ("(password TEXT DEFAULT '')", "(password TEXT DEFAULT '')"),
            ("password = ''", "password = ''"),
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
            assert_eq!(redacted(text), shown);
        }
    }

    #[test]
    fn the_rest_of_a_cut_secret_is_hidden() {
        let secrets = Secrets::of(["882cc892fc32".to_owned(), "postgres".to_owned()]);
        for (text, shown) in [
            ("x 882cc892fc32 y", "x *** y"),
            ("(('882cc892…`", "(('***…`"),
            ("(('882c…`", "(('***…`"),
            ("(('882…`", "(('882…`"),
            ("…892fc32@h/d' 882c", "…***@h/d' 882c"),
            ("892fc32@h/d…", "892fc32@h/d…"),
            ("\n…c892f…\n    ^", "\n…***…\n    ^"),
            ("…c892f", "…c892f"),
            (
                "Failing row contains (1, 882cc8...).",
                "Failing row contains (1, ***...).",
            ),
            ("near '882cc892f' at line 1", "near '***' at line 1"),
            ("near ' at line 1", "near ' at line 1"),
            ("role postgr…", "role postgr…"),
            ("é… …", "é… …"),
        ] {
            assert_eq!(secrets.hidden_in(text), shown);
        }
        assert_eq!(format!("{secrets:?}"), "***");
        assert_eq!(Secrets::default().hidden_in("a…"), "a…");
        assert_eq!(
            Secrets::of(["éééé-1234".to_owned()]).hidden_in("éééé…"),
            "***…"
        );
    }
}
