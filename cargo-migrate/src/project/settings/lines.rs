//! The line numbers of a manifest's keys, for messages: `cargo metadata` does not report them. Must
//! not know any key.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml_edit::{Document, Item, TableLike};

/// The line of each key below a section, by its path from there
/// (`environments.testing.database-url`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lines(BTreeMap<String, u32>);

impl Lines {
    /// Reads the lines below `section` (`package`, `metadata`, `migrate`); none where the manifest
    /// cannot be read.
    pub(crate) fn read(manifest: &Path, section: &[&str]) -> Lines {
        let text = fs::read_to_string(manifest).unwrap_or_default();
        Lines::parse(&text, section)
    }

    fn parse(text: &str, section: &[&str]) -> Lines {
        let mut lines = Lines::default();
        let Ok(document) = text.parse::<Document<String>>() else {
            return lines;
        };
        let mut table: &dyn TableLike = document.as_table();
        for key in section {
            match table.get(key).and_then(Item::as_table_like) {
                Some(inner) => table = inner,
                None => return lines,
            }
        }
        lines.collect(text, "", table);
        lines
    }

    /// The line of the key with this path.
    pub(crate) fn get(&self, path: &str) -> Option<u32> {
        self.0.get(path).copied()
    }

    fn collect(&mut self, text: &str, prefix: &str, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let path = super::join(prefix, name);
            let span = table.key(name).and_then(toml_edit::Key::span);
            if let Some(before) = span.and_then(|span| text.get(..span.start)) {
                let newlines = before.bytes().filter(|byte| *byte == b'\n').count();
                self.0.insert(
                    path.clone(),
                    u32::try_from(newlines + 1).unwrap_or(u32::MAX),
                );
            }
            if let Some(inner) = item.as_table_like() {
                self.collect(text, &path, inner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_line_however_it_is_written() {
        let text = "[package]\nname = 'a'\n\n[package.metadata.migrate]\ndirectory = 'x'\n\
                    environments.testing = { database-url = 'a' }\n\n\
                    [package.metadata.migrate.environments.production]\n# here\nlock-timeout = 5\n";
        let lines = Lines::parse(text, &["package", "metadata", "migrate"]);
        for (path, line) in [
            ("directory", Some(5)),
            ("environments.testing", Some(6)),
            ("environments.testing.database-url", Some(6)),
            ("environments.production", Some(8)),
            ("environments.production.lock-timeout", Some(10)),
            ("name", None),
        ] {
            assert_eq!(lines.get(path), line, "{path}");
        }
        assert_eq!(Lines::parse("[", &[]), Lines::default());
    }
}
