//! The file of a SQLite target, and the options of its URI. Text only: whether the file exists is
//! not known here.

use std::path::PathBuf;

/// The file that SQLite would open, if any.
pub(super) fn file_of(target: &str) -> Option<PathBuf> {
    let Some(uri) = target.strip_prefix("file:") else {
        return (target != ":memory:" && !target.is_empty()).then(|| PathBuf::from(target));
    };
    let (_, query) = uri.split_once('?').unwrap_or((uri, ""));
    let special = query
        .split('&')
        .any(|part| part == "mode=memory" || part.starts_with("vfs="));
    let path = decoded(path_of(uri))?;
    (!special && !path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// Whether a URI names no file at all: SQLite would open a temporary one, which is deleted with the
/// connection.
pub(super) fn is_nowhere(target: &str) -> bool {
    target.strip_prefix("file:").is_some_and(|uri| {
        let memory = parameters(uri).any(|part| part == "mode=memory" || part.starts_with("vfs="));
        path_of(uri).is_empty() && !memory
    })
}

/// Whether a URI forbids writing.
pub(super) fn is_read_only(target: &str) -> bool {
    target.strip_prefix("file:").is_some_and(|uri| {
        parameters(uri).any(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key {
                "mode" => value == "ro",
                // as SQLite reads a boolean
                "immutable" => matches!(
                    value.to_ascii_lowercase().as_str(),
                    "1" | "yes" | "true" | "on"
                ),
                _ => false,
            }
        })
    })
}

/// The path of a URI, still encoded. An authority is empty or `localhost`: SQLite itself refuses
/// anything else.
fn path_of(uri: &str) -> &str {
    let path = uri.split_once('?').map_or(uri, |(path, _)| path);
    let path = path.split('#').next().unwrap_or(path);
    match path.strip_prefix("//") {
        Some(rest) => &rest[rest.find('/').unwrap_or(rest.len())..],
        None => path,
    }
}

fn parameters(uri: &str) -> impl Iterator<Item = &str> {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    query.split('#').next().unwrap_or(query).split('&')
}

/// The text with each `%41` decoded.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_behind_a_target() {
        let file = |target: &str| file_of(target).map(|path| path.to_str().unwrap().to_owned());
        assert_eq!(file("app.db").as_deref(), Some("app.db"));
        assert_eq!(file(":memory:"), None);
        assert_eq!(file("file:app.db?mode=rw").as_deref(), Some("app.db"));
        assert_eq!(file("file:///a%20b.db").as_deref(), Some("/a b.db"));
        assert_eq!(file("file://localhost/a.db").as_deref(), Some("/a.db"));
        assert_eq!(file("file:100%.db").as_deref(), Some("100%.db"));
        assert_eq!(file("file:x?mode=memory&cache=shared"), None);
        assert_eq!(file("file::memory:?cache=shared"), None);
    }

    #[test]
    fn what_a_uri_asks_for() {
        for (target, nowhere, read_only) in [
            ("app.db", false, false),
            ("file:", true, false),
            ("file:?mode=rwc", true, false),
            ("file://localhost", true, false),
            ("file:?mode=memory", false, false),
            ("file::memory:", false, false),
            ("file:app.db?mode=ro", false, true),
            ("file:app.db?cache=shared&mode=ro#x", false, true),
            ("file:app.db?immutable=1", false, true),
            ("file:app.db?immutable=0", false, false),
            ("odd?mode=ro", false, false),
        ] {
            assert_eq!(is_nowhere(target), nowhere, "{target}");
            assert_eq!(is_read_only(target), read_only, "{target}");
        }
    }
}
