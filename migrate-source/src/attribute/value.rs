//! Reads keys and values from tokens, and goes on after what it cannot read.

use super::super::token::{Kind, Token, string_value};
use super::{Downgrade, Key, Mistake, MistakeKind, NOTHING, Word, is_punct};
use migrate_graph::suggest::nearest;

/// Walks through the entries of an attribute and collects mistakes.
pub(super) struct Reader<'tokens, S> {
    tokens: &'tokens [Token<'tokens, S>],
    at: usize,
    /// The place of the last key, for values that are missing.
    key: S,
    mistakes: Vec<Mistake<S>>,
    /// How many mistakes there were before this entry.
    before: usize,
}

impl<'tokens, S: Clone> Reader<'tokens, S> {
    pub(super) fn new(tokens: &'tokens [Token<'tokens, S>], attribute: &S) -> Reader<'tokens, S> {
        Reader {
            tokens,
            at: 0,
            key: attribute.clone(),
            mistakes: Vec::new(),
            before: 0,
        }
    }

    pub(super) fn finish(self) -> Vec<Mistake<S>> {
        self.mistakes
    }

    pub(super) fn mistake(&mut self, kind: MistakeKind, span: S) {
        self.mistakes.push(Mistake { kind, span });
    }

    fn peek(&self) -> Option<&'tokens Token<'tokens, S>> {
        self.tokens.get(self.at)
    }

    /// The next key; skips entries that have none. A key that is only similar goes to `meant`.
    pub(super) fn key(&mut self, mut meant: impl FnMut(Key, &S)) -> Option<(Key, S)> {
        loop {
            let token = self.peek()?;
            self.at += 1;
            self.before = self.mistakes.len();
            if token.kind == Kind::Ident {
                if let Some(key) = Key::of(token) {
                    self.key = token.span.clone();
                    return Some((key, token.span.clone()));
                }
                let near = nearest(&token.text, Key::ALL.iter().map(|key| key.name()));
                let near = Key::ALL.into_iter().find(|key| Some(key.name()) == near);
                if let Some(near) = near {
                    meant(near, &token.span);
                }
                let key = token.text.clone().into_owned();
                self.mistake(MistakeKind::UnknownKey { key, near }, token.span.clone());
            } else {
                let found = token.text.clone().into_owned();
                self.mistake(MistakeKind::NotAKey(found), token.span.clone());
                self.at -= 1;
            }
            self.skip_entry();
        }
    }

    /// Goes past the next comma that is not within a group.
    pub(super) fn skip_entry(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            self.at += 1;
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                Kind::Punct(',') if depth == 0 => return,
                _ => {}
            }
        }
    }

    /// Expects a comma or the end.
    pub(super) fn end_entry(&mut self) {
        match self.peek() {
            Some(token) if !is_punct(token, ',') => {
                // a mistake within this entry explains the rest of it
                if self.mistakes.len() > self.before {
                    return self.skip_entry();
                }
                self.mistake(MistakeKind::NoComma, token.span.clone());
                if Key::of(token).is_none() {
                    self.skip_entry();
                }
            }
            Some(_) => self.at += 1,
            None => {}
        }
    }

    fn equals(&mut self, key: Key) -> Option<&'tokens Token<'tokens, S>> {
        if !self.peek().is_some_and(|token| is_punct(token, '=')) {
            self.mistake(MistakeKind::NoValue(key), self.key.clone());
            return None;
        }
        self.at += 1;
        match self.peek() {
            Some(value) if !is_punct(value, ',') => Some(value),
            _ => {
                self.mistake(MistakeKind::NoValue(key), self.key.clone());
                None
            }
        }
    }

    fn wrong<T>(&mut self, key: Key, value: &Token<'_, S>) -> Option<T> {
        self.mistake(MistakeKind::WrongValue(key), value.span.clone());
        None
    }

    /// Takes a string literal that is the whole value.
    fn literal(&mut self, key: Key, value: &Token<'_, S>) -> Option<Word<S>> {
        let Some(text) = string_value(&value.text).filter(|_| value.kind == Kind::Literal) else {
            return self.wrong(key, value);
        };
        self.at += 1;
        Some(Word {
            text,
            span: value.span.clone(),
        })
    }

    pub(super) fn string(&mut self, key: Key) -> Option<Word<S>> {
        let value = self.equals(key)?;
        self.literal(key, value)
    }

    /// A string, a list of strings, or `None`.
    pub(super) fn strings(&mut self, key: Key) -> Option<Vec<Word<S>>> {
        let value = self.equals(key)?;
        match value.kind {
            Kind::Ident if value.text == "None" => {
                self.at += 1;
                Some(Vec::new())
            }
            Kind::Open('[') => self.list(key),
            _ => Some(vec![self.literal(key, value)?]),
        }
    }

    /// As [`strings`](Self::strings), but a list has something in it.
    pub(super) fn parents(&mut self) -> Option<Vec<Word<S>>> {
        let first = self.tokens.get(self.at + 1);
        let parents = self.strings(Key::DownRevision)?;
        if let Some(open) =
            first.filter(|first| first.kind == Kind::Open('[') && parents.is_empty())
        {
            self.mistake(MistakeKind::NoParents, open.span.clone());
            return None;
        }
        Some(parents)
    }

    fn list(&mut self, key: Key) -> Option<Vec<Word<S>>> {
        self.at += 1;
        let mut words = Vec::new();
        while let Some(value) = self.peek() {
            if value.kind == Kind::Close(']') {
                self.at += 1;
                return Some(words);
            }
            words.push(self.literal(key, value)?);
            match self.peek() {
                Some(token) if is_punct(token, ',') => self.at += 1,
                Some(token) if token.kind != Kind::Close(']') => {
                    self.mistake(MistakeKind::NoComma, token.span.clone());
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    pub(super) fn boolean(&mut self, key: Key) -> Option<bool> {
        let value = self.equals(key)?;
        let boolean = match &*value.text {
            "true" => true,
            "false" => false,
            _ => return self.wrong(key, value),
        };
        self.at += 1;
        Some(boolean)
    }

    /// The path of a function, or the word that declares that there is nothing to revert.
    pub(super) fn downgrade(&mut self, key: Key) -> Option<Downgrade<S>> {
        let value = self.tokens.get(self.at + 1);
        if value.is_none_or(|value| value.kind != Kind::Literal) {
            return self.path(key).map(Downgrade::Function);
        }
        let word = self.string(key)?;
        if word.text != NOTHING {
            self.mistake(MistakeKind::WrongValue(key), word.span);
            return None;
        }
        Some(Downgrade::Nothing(word.span))
    }

    /// A path, as the tokens that it is made of.
    fn path(&mut self, key: Key) -> Option<Vec<Word<S>>> {
        let first = self.equals(key)?;
        let start = self.at;
        let mut wants_name = true;
        if is_punct(first, ':') {
            self.colons();
        }
        while let Some(token) = self.peek() {
            if wants_name && token.kind == Kind::Ident {
                self.at += 1;
            } else if wants_name || !self.colons() {
                break;
            }
            wants_name = !wants_name;
        }
        // `$crate` comes from a macro, and is no name that could be written again
        if wants_name || first.text == "None" || first.text.starts_with('$') {
            return self.wrong(key, first);
        }
        let word = |token: &Token<'_, S>| Word {
            text: token.text.clone().into_owned(),
            span: token.span.clone(),
        };
        Some(self.tokens[start..self.at].iter().map(word).collect())
    }

    fn colons(&mut self) -> bool {
        let colons = self.tokens[self.at..]
            .iter()
            .take(2)
            .filter(|token| is_punct(token, ':'))
            .count();
        if colons == 2 {
            self.at += 2;
        }
        colons == 2
    }

    /// Expects that the key has no value.
    pub(super) fn flag(&mut self, key: Key) {
        if let Some(token) = self.peek().filter(|token| is_punct(token, '=')) {
            self.mistake(MistakeKind::UnwantedValue(key), token.span.clone());
        }
    }
}
