//! The tables of a source file in outline: names alone, which is all that a reference needs. Other
//! files are read by their text, since a macro has the tokens of its own call only. It must not
//! open files.

use migrate_models::Outline;
use migrate_source::{Kind, Lexer, Span, Token, string_value};

/// The tables of this text. Whatever a macro is called, what it is given has the form of a table.
pub(super) fn outlines(text: &str) -> Vec<Outline> {
    // most files declare none
    if !text.contains("table!") && !text.contains("view!") {
        return Vec::new();
    }
    let tokens: Result<Vec<_>, _> = Lexer::new(text).collect();
    let mut tokens = tokens.unwrap_or_default();
    tokens.retain(|token| !matches!(token.kind, Kind::Doc { .. }));
    let mut outlines = Vec::new();
    for (index, window) in tokens.windows(3).enumerate() {
        let kinds = [window[0].kind, window[1].kind, window[2].kind];
        if let [Kind::Ident, Kind::Punct('!'), Kind::Open(_)] = kinds {
            let mut reader = Reader {
                tokens: &tokens[index + 3..],
            };
            outlines.extend(reader.table());
        }
    }
    outlines
}

/// What is left of the tokens.
struct Reader<'t> {
    tokens: &'t [Token<'t, Span>],
}

impl Reader<'_> {
    /// A table, if this is one.
    fn table(&mut self) -> Option<Outline> {
        while self.kind() == Some(Kind::Ident) && self.text() == Some("use") {
            self.until(Kind::Punct(';'))?;
        }
        let sql_name = self.attributes();
        let mut schema = None;
        let mut name = self.word()?;
        if self.kind() == Some(Kind::Punct('.')) {
            self.tokens = &self.tokens[1..];
            schema = Some(std::mem::replace(&mut name, self.word()?));
        }
        let mut key = Vec::new();
        if self.kind() == Some(Kind::Open('(')) {
            self.tokens = &self.tokens[1..];
            while self.kind() != Some(Kind::Close(')')) {
                if self.kind() == Some(Kind::Punct(',')) {
                    self.tokens = &self.tokens[1..];
                } else {
                    key.push(self.word()?);
                }
            }
            self.tokens = &self.tokens[1..];
        } else {
            key.push("id".to_owned());
        }
        self.is(Kind::Open('{'))?;
        let mut columns = Vec::new();
        while self.kind() != Some(Kind::Close('}')) {
            let sql_name = self.attributes();
            let rust_name = self.word()?;
            self.is(Kind::Punct('-'))?;
            self.is(Kind::Punct('>'))?;
            columns.push((rust_name.clone(), sql_name.unwrap_or(rust_name)));
            self.ty()?;
        }
        let in_database = |rust: String| {
            let column = columns.iter().find(|(other, _)| *other == rust);
            column.map_or(rust, |(_, name)| name.clone())
        };
        Some(Outline {
            schema,
            name: sql_name.unwrap_or_else(|| name.clone()),
            rust_name: name,
            key: key.into_iter().map(in_database).collect(),
            columns,
            only: Vec::new(),
        })
    }

    fn kind(&self) -> Option<Kind> {
        self.tokens.first().map(|token| token.kind)
    }

    fn text(&self) -> Option<&str> {
        self.tokens.first().map(|token| &*token.text)
    }

    fn is(&mut self, kind: Kind) -> Option<()> {
        let is = self.kind() == Some(kind);
        self.tokens = self.tokens.get(1..)?;
        is.then_some(())
    }

    fn word(&mut self) -> Option<String> {
        let word = self.text()?.to_owned();
        self.is(Kind::Ident)?;
        let word = word.strip_prefix("r#").map(str::to_owned).unwrap_or(word);
        Some(word)
    }

    fn until(&mut self, kind: Kind) -> Option<()> {
        let end = self.tokens.iter().position(|token| token.kind == kind)?;
        self.tokens = &self.tokens[end + 1..];
        Some(())
    }

    /// Skips attributes; what `#[sql_name = "…"]` says among them.
    fn attributes(&mut self) -> Option<String> {
        let mut name = None;
        while let [hash, open, content @ ..] = self.tokens
            && hash.kind == Kind::Punct('#')
            && open.kind == Kind::Open('[')
        {
            if let [key, equals, value, ..] = content
                && key.text == "sql_name"
                && equals.kind == Kind::Punct('=')
            {
                name = string_value(&value.text);
            }
            self.tokens = content;
            self.group();
        }
        name
    }

    /// Skips what is left of a group, with the end of it.
    fn group(&mut self) {
        let mut depth = 1usize;
        while let [first, rest @ ..] = self.tokens
            && depth > 0
        {
            match first.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth -= 1,
                _ => {}
            }
            self.tokens = rest;
        }
    }

    /// Skips a type and the comma behind it.
    fn ty(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.kind()? {
                Kind::Punct('<') => depth += 1,
                Kind::Punct('>') => depth = depth.saturating_sub(1),
                Kind::Punct(',') if depth == 0 => {
                    self.tokens = &self.tokens[1..];
                    return Some(());
                }
                Kind::Close(_) => return Some(()),
                Kind::Open(_) => return None,
                _ => {}
            }
            self.tokens = &self.tokens[1..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let text = r##"
            use x; // table! { no { id -> Integer } }
            table! {
                use diesel::sql_types::*;
                /// Doc.
                #[migrate(index(ix, [a]))] #[sql_name = "People"]
                auth.people (r#type, b) {
                    #[sql_name = "Type"] r#type -> Nullable<Array<Text>>,
                    b -> diesel::sql_types::Text
                }
            }
            mod x { exact!(teams { id -> Integer, }); }
            println!("{}", x);
            macro_rules! t { ($x:ident) => { table! { $x { id -> Integer } } } }
            table! { half { id -> "##;
        let found = outlines(text);
        let [people, teams] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(people.schema.as_deref(), Some("auth"));
        assert_eq!((&*people.name, &*people.rust_name), ("People", "people"));
        assert_eq!(people.key, ["Type", "b"]);
        assert_eq!(people.columns.len(), 2);
        assert_eq!(teams.key, ["id"]);
    }
}
