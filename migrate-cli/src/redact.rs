//! The last guard against printing a password: a URL given where none is expected, such as a
//! target, is quoted in the error; so is a driver's string of key words. Knows what a password
//! looks like in those, and nothing else.

pub(super) use migrate_core::engine::HIDDEN;
use migrate_core::engine::backend::DatabaseUrl;
use migrate_core::engine::{Secrets, after_a_key_word, length_of_value, redacted};

/// Hides passwords in a text: those recognized by their context, and those of registered texts.
#[derive(Clone, Default)]
pub(super) struct Mask {
    /// Texts that are known to hold a password, and how they are shown.
    known: Vec<(String, String)>,
    /// The passwords by themselves.
    secrets: Secrets,
}

impl Mask {
    /// Makes a text known, such as an argument. One without a password changes nothing; one that
    /// has it may hold it in any form, with blanks and quotes in it.
    pub(super) fn know(&mut self, text: &str) {
        let mut known = Vec::new();
        for (secret, meant) in secrets(text) {
            known.extend(pieces(text, secret));
            self.secrets.know(secret.to_owned());
            self.secrets.know(meant);
        }
        let shown = hidden(text);
        if shown != text {
            known.push((text.to_owned(), shown));
        }
        self.known.append(&mut known);
        // the longest first, so that no part of one remains
        self.known
            .sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    }

    /// The text, with `***` for each password in it.
    pub(super) fn apply(&self, text: &str) -> String {
        // the passwords first: the rest of a text may be shorter
        let text = self.secrets.hidden_in(text);
        let text = self.known.iter().fold(text, |text, (known, shown)| {
            match text.contains(known.as_str()) {
                true => text.replace(known.as_str(), shown).into(),
                false => text,
            }
        });
        redacted(&text)
    }
}

/// The passwords in a text, as they are written and as they are meant.
fn secrets(text: &str) -> Vec<(&str, String)> {
    let mut found = DatabaseUrl::secrets_in(text);
    let mut rest = text;
    while let Some(end) = after_a_key_word(rest) {
        let value = &rest[end..];
        let length = length_of_value(value);
        let secret = value[..length].trim_matches('\'');
        if !secret.is_empty() {
            found.push((secret, secret.replace('\\', "")));
        }
        rest = &value[length..];
    }
    found
}

/// What is left of a text when it is cut within the secret, as a range or a branch's target is, and
/// how that is shown.
fn pieces(text: &str, secret: &str) -> Vec<(String, String)> {
    // this part of the text, not its first occurrence
    let start = secret.as_ptr().addr() - text.as_ptr().addr();
    let end = start + secret.len();
    let cuts = text.match_indices([':', '@', '=']);
    cuts.filter(|(at, _)| (start..end).contains(at))
        .flat_map(|(at, _)| {
            let before = (text[..at].to_owned(), format!("{}{HIDDEN}", &text[..start]));
            let after = (text[at + 1..].to_owned(), HIDDEN.to_owned());
            [before, after]
        })
        // at the colon before it, where that is the first of the text
        .chain((end < text.len()).then(|| (text[start..].to_owned(), HIDDEN.to_owned())))
        .filter(|(piece, _)| piece.len() >= 4)
        .collect()
}

/// A text that is a URL or a driver's string, with `***` for its password.
pub(super) fn hidden(text: &str) -> String {
    redacted(&DatabaseUrl::redacted(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_text_is_hidden_whatever_its_password_holds() {
        let url = "postgres://ada:s3c \"ret\" `x`@host/db";
        let mut mask = Mask::default();
        mask.know(url);
        mask.know("head");
        assert_eq!(
            mask.apply(&format!("`{url}` is no target, head is")),
            "`postgres://ada:***@host/db` is no target, head is"
        );
    }

    #[test]
    fn a_known_password_is_hidden_in_what_is_left_of_its_text() {
        let mut mask = Mask::default();
        mask.know("url=mysql://ada:s%2Fcret:1=2@host/db");
        for (text, shown) in [
            ("no s/cret:1=2 here", "no *** here"),
            ("no s%2Fcret:1=2", "no ***"),
            ("`1=2@host/db` is no end", "`***` is no end"),
            ("`url=mysql://ada:s%2Fcret` is", "`url=mysql://ada:***` is"),
            ("`mysql:ada`, `host/db`", "`mysql:ada`, `host/db`"),
        ] {
            assert_eq!(mask.apply(text), shown);
        }
        let mut mask = Mask::default();
        mask.know("postgres://postgres:postgres@host/postgres");
        assert_eq!(mask.apply("role `postgres`"), "role `postgres`");
        mask.know("ada:secret@host/db");
        assert_eq!(
            mask.apply("name the end alone: `secret@host/db`, a secret"),
            "name the end alone: `***`, a secret"
        );
        mask.know("host=h password='a b:c d' user=u");
        assert_eq!(mask.apply("`c d' user=u` is"), "`***` is");
    }

    #[test]
    fn a_known_password_is_hidden_where_a_text_was_cut() {
        let mut mask = Mask::default();
        mask.know("postgres://ada:882\"cc892fc32@host/db");
        assert_eq!(mask.apply("execute `x('882\"cc8…`"), "execute `x('***…`");
        assert_eq!(
            mask.apply("SELECT dblink('postgres://ada:882\"cc8…"),
            "SELECT dblink('postgres://ada:***"
        );
        assert_eq!(mask.apply("\n…892fc32@host/db'"), "\n…***@host/db'");
    }
}
