//! Enough of TOML to find keys in a `Cargo.toml` that cargo has accepted.
//!
//! The macros read manifests too, and a whole TOML parser would be compiled into every user's
//! build for the sake of two keys. What is not valid TOML is read somehow, without panicking:
//! cargo reports it. This module must not know any key by name.

/// The keys of a manifest with their values, tables flattened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    entries: Vec<(Vec<String>, Value)>,
}

/// A value in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    String(String),
    /// A list.
    List(Vec<Value>),
    /// A table, whose keys are entries of their own.
    Table,
    /// A number, a boolean or a date, as it is written.
    Other(String),
}

impl Manifest {
    /// Reads the text of a manifest.
    ///
    /// ```
    /// use migrate_graph::source::Manifest;
    /// let manifest = Manifest::parse("[package]\nname = \"a\"\nmetadata.migrate = { directory = 'b' }");
    /// assert_eq!(manifest.string(&["package", "metadata", "migrate", "directory"]), Some("b"));
    /// assert!(manifest.has(&["package", "metadata"]));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Manifest {
        let mut reader = Reader {
            rest: text,
            entries: Vec::new(),
        };
        reader.document();
        Manifest {
            entries: reader.entries,
        }
    }

    /// The value with this path.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<&Value> {
        self.entries
            .iter()
            .find(|(key, _)| key == path)
            .map(|(_, value)| value)
    }

    /// The string with this path, if there is one and it is a string.
    #[must_use]
    pub fn string(&self, path: &[&str]) -> Option<&str> {
        self.get(path).and_then(Value::as_str)
    }

    /// The strings in the list with this path.
    pub fn strings(&self, path: &[&str]) -> impl Iterator<Item = &str> {
        let list = match self.get(path) {
            Some(Value::List(list)) => list.as_slice(),
            _ => &[],
        };
        list.iter().filter_map(Value::as_str)
    }

    /// Whether there is a value or a table with this path.
    #[must_use]
    pub fn has(&self, path: &[&str]) -> bool {
        self.entries
            .iter()
            .any(|(key, _)| key.len() >= path.len() && key.iter().zip(path).all(|(a, b)| a == b))
    }

    /// Every value with its path.
    pub fn entries(&self) -> impl Iterator<Item = (&[String], &Value)> {
        self.entries
            .iter()
            .map(|(key, value)| (key.as_slice(), value))
    }
}

impl Value {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

struct Reader<'text> {
    rest: &'text str,
    entries: Vec<(Vec<String>, Value)>,
}

impl Reader<'_> {
    fn document(&mut self) {
        let mut table = Vec::new();
        loop {
            self.skip_blank();
            if self.rest.is_empty() {
                return;
            }
            if self.eat("[") {
                let _ = self.eat("[");
                table = self.key();
                self.entries.push((table.clone(), Value::Table));
                self.skip_line();
            } else {
                self.pair(&table);
                self.skip_line();
            }
        }
    }

    /// `key = value`, below the path of a table.
    fn pair(&mut self, table: &[String]) {
        let path = [table, &self.key()].concat();
        self.skip_spaces();
        if self.eat("=") {
            self.skip_spaces();
            let value = self.value(&path);
            self.entries.push((path, value));
        }
    }

    fn key(&mut self) -> Vec<String> {
        let mut parts = Vec::new();
        loop {
            self.skip_spaces();
            let part = match self.rest.chars().next() {
                Some(quote @ ('"' | '\'')) => self.string(quote),
                _ => {
                    let end = self
                        .rest
                        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
                    self.take(end).to_owned()
                }
            };
            parts.push(part);
            self.skip_spaces();
            if !self.eat(".") {
                return parts;
            }
        }
    }

    fn value(&mut self, path: &[String]) -> Value {
        match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => Value::String(self.string(quote)),
            Some('[') => self.list(path),
            Some('{') => self.table(path),
            _ => {
                let end = self.rest.find([',', ']', '}', '#', '\n']);
                Value::Other(self.take(end).trim().to_owned())
            }
        }
    }

    fn list(&mut self, path: &[String]) -> Value {
        self.rest = &self.rest[1..];
        let mut list = Vec::new();
        loop {
            self.skip_blank();
            if self.rest.is_empty() || self.eat("]") {
                return Value::List(list);
            }
            let before = self.rest.len();
            list.push(self.value(path));
            self.skip_blank();
            if !self.eat(",") && self.rest.len() == before {
                self.skip_character();
            }
        }
    }

    fn table(&mut self, path: &[String]) -> Value {
        self.rest = &self.rest[1..];
        loop {
            self.skip_blank();
            if self.rest.is_empty() || self.eat("}") {
                return Value::Table;
            }
            let before = self.rest.len();
            self.pair(path);
            self.skip_blank();
            if !self.eat(",") && self.rest.len() == before {
                self.skip_character();
            }
        }
    }

    /// From the opening quote.
    fn string(&mut self, quote: char) -> String {
        let three: &str = if quote == '"' { "\"\"\"" } else { "'''" };
        let delimiter = if self.rest.starts_with(three) {
            three
        } else {
            &three[..1]
        };
        self.rest = &self.rest[delimiter.len()..];
        if delimiter.len() == 3 {
            let _ = self.eat("\r\n") || self.eat("\n");
        }
        let mut text = String::new();
        while let Some(character) = self.rest.chars().next() {
            if self.eat(delimiter) {
                break;
            }
            self.skip_character();
            match character {
                '\\' if quote == '"' => self.escape(&mut text),
                '\n' if delimiter.len() == 1 => break,
                _ => text.push(character),
            }
        }
        text
    }

    /// After a backslash.
    fn escape(&mut self, text: &mut String) {
        let Some(character) = self.rest.chars().next() else {
            return;
        };
        self.skip_character();
        match character {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'u' | 'U' => {
                let digits = if character == 'u' { 4 } else { 8 };
                let code = self
                    .rest
                    .get(..digits)
                    .and_then(|code| u32::from_str_radix(code, 16).ok());
                if let Some(character) = code.and_then(char::from_u32) {
                    text.push(character);
                    self.rest = &self.rest[digits..];
                }
            }
            '\n' | '\r' => self.rest = self.rest.trim_start(),
            _ => text.push(character),
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take(&mut self, end: Option<usize>) -> &str {
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn skip_character(&mut self) {
        let length = self.rest.chars().next().map_or(0, char::len_utf8);
        self.rest = &self.rest[length..];
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn skip_line(&mut self) {
        let end = self.rest.find('\n').map(|newline| newline + 1);
        self.take(end);
    }

    /// Goes past space, newlines and comments.
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return;
            }
            self.skip_line();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, path: &[&str], expected: &str) {
        assert_eq!(Manifest::parse(text).string(path), Some(expected), "{text}");
    }

    #[test]
    fn every_way_to_write_a_key() {
        let path = ["package", "metadata", "migrate", "directory"];
        for text in [
            "[package.metadata.migrate]\ndirectory = \"x\"",
            "[package]\nmetadata.migrate.directory = 'x' # comment",
            "[ package . \"metadata\" ]\nmigrate = { a = [1, { b = 2 }], directory = \"x\" }",
            "package = { metadata = { migrate = { directory = '''x''' } } }",
            "[package]\nname = \"[a]\" # [b]\n[package.metadata]\n'migrate'.\"directory\"=\"\"\"\nx\"\"\"",
            "[[bin]]\nname = \"b\"\n[package.metadata.migrate]\ndirectory = \"\\u0078\"",
        ] {
            check(text, &path, "x");
        }
    }

    #[test]
    fn lists() {
        let text = "[workspace]\nmembers = [\n  \"a\", # one\n  'b/*',\n]\nexclude = []";
        let manifest = Manifest::parse(text);
        assert_eq!(
            manifest
                .strings(&["workspace", "members"])
                .collect::<Vec<_>>(),
            ["a", "b/*"]
        );
        assert_eq!(manifest.strings(&["workspace", "exclude"]).count(), 0);
        assert!(manifest.has(&["workspace"]) && !manifest.has(&["package"]));
        assert!(Manifest::parse("[workspace]").has(&["workspace"]));
    }

    #[test]
    fn escapes_and_several_lines() {
        check("a = \"q\\\"\\\\\\t\"", &["a"], "q\"\\\t");
        check(
            "a = \"\"\"\none \\\n   two \"three\" \"\"\"",
            &["a"],
            "one two \"three\" ",
        );
        check("a = 'C:\\x'", &["a"], "C:\\x");
        check("a = true\nb = 1979-05-27\nc = \"d\"", &["c"], "d");
    }

    #[test]
    fn what_is_not_toml_ends_somehow() {
        let text = "[a.b]\nc = { d = [\"é\\u00\", '''x''', 1], e = \"\"\"\n\"\"\" } # f\n]]=}{,\nx = [1 2 =]\ny = {1 = }";
        for (end, _) in text.char_indices() {
            let _ = Manifest::parse(&text[..end]);
            let _ = Manifest::parse(&text[end..]);
        }
    }
}
