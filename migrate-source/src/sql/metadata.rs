//! Reads `metadata.toml`: diesel's key, and those that place the revision in the history.
//!
//! Other keys are ignored, as diesel does; but one that is similar to a key of ours is a mistake.
//! diesel silently ignores a file that it cannot read; here that is a mistake too.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::super::attribute::{
    MetadataKey, MetadataMistake, Mistake, NOTHING, Word, lossy_mistakes,
};
use super::super::token::Span;
use super::mistake;
use migrate_graph::suggest::nearest;

/// The contents of the file.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) run_in_transaction: Option<bool>,
    pub(super) down_revision: Option<Vec<Word<Span>>>,
    pub(super) depends_on: Vec<Word<Span>>,
    pub(super) branch_labels: Vec<Word<Span>>,
    /// The place of `downgrade = "nothing"`.
    pub(super) nothing: Option<Span>,
    pub(super) lossy: Vec<Word<Span>>,
}

impl Metadata {
    /// Reads the text, and adds its mistakes to `mistakes`, in the order of the file.
    pub(super) fn read(text: &str, mistakes: &mut Vec<Mistake<Span>>) -> Metadata {
        let mut metadata = Metadata::default();
        match DeTable::parse(text) {
            Ok(table) => {
                for (key, value) in table.get_ref() {
                    mistakes.extend(metadata.read_key(key, value));
                }
                let faults = lossy_mistakes(&metadata.lossy).into_iter();
                mistakes.extend(faults.map(|(kind, span)| Mistake { kind, span }));
                mistakes.sort_by_key(|mistake| mistake.span.start);
            }
            Err(error) => {
                let message = error.message().lines().collect::<Vec<_>>().join(", ");
                let range = error.span().unwrap_or_default();
                mistakes.push(mistake(MetadataMistake::NotToml(message), span(range)));
            }
        }
        metadata
    }

    fn read_key(
        &mut self,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Mistake<Span>> {
        let name = key.get_ref().as_ref();
        let Some(known) = MetadataKey::ALL.into_iter().find(|key| key.name() == name) else {
            let kind = MetadataMistake::UnknownKey {
                key: name.to_owned(),
                near: nearly(name)?,
            };
            return Some(mistake(kind, span(key.span())));
        };
        let read = match known {
            MetadataKey::RunInTransaction => {
                self.run_in_transaction = value.get_ref().as_bool();
                self.run_in_transaction.is_some()
            }
            MetadataKey::DownRevision => {
                self.down_revision = words(value);
                self.down_revision.is_some()
            }
            MetadataKey::DependsOn => take(&mut self.depends_on, value),
            MetadataKey::BranchLabels => take(&mut self.branch_labels, value),
            MetadataKey::Lossy => take(&mut self.lossy, value),
            MetadataKey::Downgrade => {
                let is_nothing = value.get_ref().as_str() == Some(NOTHING);
                self.nothing = is_nothing.then(|| span(value.span()));
                is_nothing
            }
        };
        let wrong = || mistake(MetadataMistake::WrongValue(known), span(value.span()));
        (!read).then(wrong)
    }
}

/// The key of ours that was probably meant. What is nearly diesel's own key diesel has passed over
/// for as long as the file is there, and so do we.
fn nearly(name: &str) -> Option<MetadataKey> {
    let near = nearest(name, MetadataKey::ALL.iter().map(|key| key.name()))?;
    let near = MetadataKey::ALL.into_iter().find(|key| key.name() == near);
    near.filter(|near| *near != MetadataKey::RunInTransaction)
}

fn take(words_so_far: &mut Vec<Word<Span>>, value: &Spanned<DeValue<'_>>) -> bool {
    let words = words(value);
    let read = words.is_some();
    *words_so_far = words.unwrap_or_default();
    read
}

/// A string, or the strings of a list.
fn words(value: &Spanned<DeValue<'_>>) -> Option<Vec<Word<Span>>> {
    let list = value.get_ref().as_array();
    let all = list.map_or(vec![value], |list| list.iter().collect());
    all.into_iter().map(word).collect()
}

fn word(value: &Spanned<DeValue<'_>>) -> Option<Word<Span>> {
    Some(Word {
        text: value.get_ref().as_str()?.to_owned(),
        span: span(value.span()),
    })
}

fn span(range: Range<usize>) -> Span {
    // no metadata has 4 GiB
    let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Span {
        start: clamp(range.start),
        end: clamp(range.end),
    }
}
