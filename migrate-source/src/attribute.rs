//! Reads the arguments of `#[revision(…)]` into a declaration and a list of mistakes.
//!
//! The macro and the command line both read attributes with this, from the compiler's tokens or
//! from a file's: that is why nothing here knows what a span is. It must not know which other
//! revisions exist.

mod metadata;
mod mistake;
mod value;

pub use metadata::{MetadataKey, MetadataMistake};
pub use mistake::{Key, Mistake, MistakeKind};

use super::token::{Kind, Token};
use migrate_graph::problem::Part;
use migrate_graph::{Header, Loss};
use value::Reader;

/// What an attribute declares, with the place of each literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration<S> {
    /// The id, if there is one that can be read.
    pub id: Option<Word<S>>,
    /// The parents, if there are some that can be read or there is `None`.
    pub down_revision: Option<Vec<Word<S>>>,
    /// The dependencies.
    pub depends_on: Vec<Word<S>>,
    /// The branch labels.
    pub branch_labels: Vec<Word<S>>,
    /// Whether the revision runs in a transaction.
    pub transaction: bool,
    /// What it says that it loses.
    pub lossy: Vec<Word<S>>,
    /// The downgrade, if declared.
    pub downgrade: Option<Downgrade<S>>,
}

/// A word of the user's and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<S> {
    /// The word itself; of a string, its value.
    pub text: String,
    /// Where it is.
    pub span: S,
}

/// How a revision is reverted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Downgrade<S> {
    /// By a function: the tokens of its path, such as `downgrade` or `super :: shared :: down`.
    Function(Vec<Word<S>>),
    /// By the reverse of the upgrade; where the key is.
    Reversible(S),
    /// Not at all; where the key is.
    Irreversible(S),
    /// Declared to have nothing to revert; the place of that declaration.
    Nothing(S),
}

/// The value of `downgrade` that declares that there is nothing to revert.
pub const NOTHING: &str = "nothing";

impl<S: Clone> Declaration<S> {
    /// Reads an attribute. `attribute` is its place as a whole, for what is missing from it.
    ///
    /// Continues after a mistake, so that every mistake is found and the valid parts are kept.
    pub fn read(tokens: &[Token<'_, S>], attribute: &S) -> (Declaration<S>, Vec<Mistake<S>>) {
        let mut declaration = Declaration {
            id: None,
            down_revision: None,
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            transaction: true,
            lossy: Vec::new(),
            downgrade: None,
        };
        let mut seen = Seen::default();
        let mut reader = Reader::new(tokens, attribute);
        while let Some((key, span)) = reader.key(|meant, span| seen.note_meant(meant, span)) {
            if seen.note(key, &span, &mut reader) {
                declaration.read_value(key, span, &mut reader);
            } else {
                reader.skip_entry();
            }
        }
        let mut mistakes = reader.finish();
        mistakes.extend(seen.missing(attribute));
        (declaration, mistakes)
    }

    fn read_value(&mut self, key: Key, span: S, reader: &mut Reader<'_, S>) {
        match key {
            Key::Id => self.id = reader.string(key),
            Key::DownRevision => self.down_revision = reader.parents(),
            Key::DependsOn => self.depends_on = reader.strings(key).unwrap_or_default(),
            Key::BranchLabels => self.branch_labels = reader.strings(key).unwrap_or_default(),
            Key::Transaction => self.transaction = reader.boolean(key).unwrap_or(true),
            Key::Lossy => {
                self.lossy = reader.strings(key).unwrap_or_default();
                for (kind, span) in lossy_mistakes(&self.lossy) {
                    reader.mistake(kind, span);
                }
            }
            Key::Downgrade => self.downgrade = reader.downgrade(key),
            Key::Reversible => {
                reader.flag(key);
                self.downgrade = Some(Downgrade::Reversible(span));
            }
            Key::Irreversible => {
                reader.flag(key);
                self.downgrade = Some(Downgrade::Irreversible(span));
            }
        }
        reader.end_entry();
    }
}

impl<S> Declaration<S> {
    /// The header that this declares, if there is an id.
    ///
    /// Parents that could not be read are missing from it: see that no mistake was found before
    /// judging the shape of a graph.
    pub fn header(&self, message: &str) -> Option<Header> {
        let texts = |words: &[Word<S>]| words.iter().map(|word| word.text.clone()).collect();
        Some(Header {
            id: self.id.as_ref()?.text.clone(),
            down_revision: self.down_revision.as_deref().map_or_else(Vec::new, texts),
            depends_on: texts(&self.depends_on),
            branch_labels: texts(&self.branch_labels),
            message: message.to_owned(),
        })
    }

    /// The place of a part of the header.
    pub fn span(&self, part: Part) -> Option<&S> {
        let word = match part {
            Part::Id => self.id.as_ref(),
            Part::DownRevision(index) => self.down_revision.as_ref()?.get(index),
            Part::DependsOn(index) => self.depends_on.get(index),
            Part::BranchLabel(index) => self.branch_labels.get(index),
        };
        word.map(|word| &word.span)
    }
}

/// The keys that have occurred, readable or not: what was tried is not missing.
struct Seen<S>(Vec<(Key, S)>);

impl<S> Default for Seen<S> {
    fn default() -> Seen<S> {
        Seen(Vec::new())
    }
}

impl<S: Clone> Seen<S> {
    /// Notes a key; false if it contradicts one that is there already.
    fn note(&mut self, key: Key, span: &S, reader: &mut Reader<'_, S>) -> bool {
        let first = self.0.iter().find(|(other, _)| {
            *other == key || (other.decides_downgrade() && key.decides_downgrade())
        });
        let kind = match first {
            None => {
                self.0.push((key, span.clone()));
                return true;
            }
            Some((other, _)) if *other == key => MistakeKind::RepeatedKey(key),
            Some((other, _)) => MistakeKind::SeveralDowngrades {
                first: *other,
                again: key,
            },
        };
        reader.mistake(kind, span.clone());
        false
    }

    /// Notes a key that was probably meant, so that it is not missing as well.
    fn note_meant(&mut self, key: Key, span: &S) {
        if !self.0.iter().any(|(other, _)| *other == key) {
            self.0.push((key, span.clone()));
        }
    }

    fn missing(&self, attribute: &S) -> Vec<Mistake<S>> {
        let has = |wanted: fn(Key) -> bool| self.0.iter().any(|(key, _)| wanted(*key));
        let kinds = [
            (has(|key| key == Key::Id), MistakeKind::MissingId),
            (
                has(|key| key == Key::DownRevision),
                MistakeKind::MissingDownRevision,
            ),
            (has(Key::decides_downgrade), MistakeKind::MissingDowngrade),
        ];
        let missing = kinds.into_iter().filter(|(has, _)| !has);
        missing
            .map(|(_, kind)| Mistake {
                kind,
                span: attribute.clone(),
            })
            .collect()
    }
}

/// The entries of `lossy` that cannot be read.
pub(super) fn lossy_mistakes<S: Clone>(words: &[Word<S>]) -> Vec<(MistakeKind, S)> {
    let mistake = |word: &Word<S>| {
        let fault = Loss::read(&word.text).err()?;
        Some((MistakeKind::Lossy(fault), word.span.clone()))
    };
    words.iter().filter_map(mistake).collect()
}

/// Whether this token is that punctuation.
fn is_punct<S>(token: &Token<'_, S>, punct: char) -> bool {
    token.kind == Kind::Punct(punct)
}

#[cfg(test)]
mod tests;
