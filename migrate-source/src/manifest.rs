//! A `Cargo.toml` as far as revisions need it: values by the path of their keys.
//!
//! A manifest that is not TOML reads as empty: cargo reports it, so it is not reported twice. This
//! module must not know any key by name.

use toml::{Table, Value};

/// The keys of a manifest with their values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest(Table);

impl Manifest {
    /// Reads the text of a manifest.
    ///
    /// ```
    /// use migrate_source::Manifest;
    /// let manifest = Manifest::parse("[package]\nname = \"a\"\nmetadata.migrate = { directory = 'b' }");
    /// assert_eq!(manifest.string(&["package", "metadata", "migrate", "directory"]), Some("b"));
    /// assert!(manifest.has(&["package", "metadata"]));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Manifest {
        Manifest(text.parse().unwrap_or_default())
    }

    /// The value with this path.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<&Value> {
        let (last, tables) = path.split_last()?;
        let mut table = &self.0;
        for key in tables {
            table = table.get(*key)?.as_table()?;
        }
        table.get(*last)
    }

    /// The string with this path, if there is one and it is a string.
    #[must_use]
    pub fn string(&self, path: &[&str]) -> Option<&str> {
        self.get(path).and_then(Value::as_str)
    }

    /// The strings in the list with this path.
    pub fn strings(&self, path: &[&str]) -> impl Iterator<Item = &str> {
        let list = self.get(path).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    /// The table with this path; the whole manifest where the path is empty.
    #[must_use]
    pub fn table(&self, path: &[&str]) -> Option<&Table> {
        match path {
            [] => Some(&self.0),
            path => self.get(path)?.as_table(),
        }
    }

    /// Whether there is a value or a table with this path.
    #[must_use]
    pub fn has(&self, path: &[&str]) -> bool {
        self.get(path).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_key() {
        let path = ["package", "metadata", "migrate", "directory"];
        for text in [
            "[package.metadata.migrate]\ndirectory = \"x\"",
            "[package]\nmetadata.migrate.directory = 'x' # comment",
            "package = { metadata = { migrate = { directory = '''x''' } } }",
        ] {
            assert_eq!(Manifest::parse(text).string(&path), Some("x"), "{text}");
        }
    }

    #[test]
    fn lists_and_tables() {
        let text = "[workspace]\nmembers = [\"a\", 1, 'b/*']\n[dependencies]\na = \"1\"\n";
        let manifest = Manifest::parse(text);
        let members: Vec<_> = manifest.strings(&["workspace", "members"]).collect();
        assert_eq!(members, ["a", "b/*"]);
        assert_eq!(manifest.table(&["dependencies"]).map(Table::len), Some(1));
        assert_eq!(manifest.table(&[]).map(Table::len), Some(2));
        assert!(manifest.has(&["workspace"]) && !manifest.has(&["package"]));
    }

    #[test]
    fn what_is_not_toml_is_empty() {
        assert_eq!(Manifest::parse("[a\nb = "), Manifest::default());
        assert!(!Manifest::parse("]").has(&["a"]));
    }
}
