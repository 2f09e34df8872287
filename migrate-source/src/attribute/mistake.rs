//! The mistakes in one attribute, or in its item, and their messages.

use std::fmt;

use super::super::token::Token;
use super::metadata::MetadataMistake;
use migrate_graph::LossFault;

/// A mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake<S> {
    /// What is wrong.
    pub kind: MistakeKind,
    /// Where.
    pub span: S,
}

/// The keys of the attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `id = "…"`
    Id,
    /// `down_revision = None`, `"…"` or `["…", "…"]`
    DownRevision,
    /// `depends_on = ["…"]`
    DependsOn,
    /// `branch_labels = ["…"]`
    BranchLabels,
    /// `transaction = false`
    Transaction,
    /// `lossy = ["table.column: reason"]`
    Lossy,
    /// `downgrade = function`
    Downgrade,
    /// `reversible`
    Reversible,
    /// `irreversible`
    Irreversible,
}

/// The ways in which an attribute can be wrong by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// No `id`.
    MissingId,
    /// No `down_revision`.
    MissingDownRevision,
    /// Neither `downgrade` nor `reversible` nor `irreversible`.
    MissingDowngrade,
    /// An unknown key, with the one that was probably meant.
    UnknownKey {
        /// The key that was found.
        key: String,
        /// A key that is similar.
        near: Option<Key>,
    },
    /// A key that was there before.
    RepeatedKey(Key),
    /// A second decision on how to take the revision back.
    SeveralDowngrades {
        /// The key that decided first.
        first: Key,
        /// The key that decides again.
        again: Key,
    },
    /// Something where a key should be.
    NotAKey(String),
    /// A key without its value.
    NoValue(Key),
    /// A value of the wrong sort.
    WrongValue(Key),
    /// A value for a key that takes none.
    UnwantedValue(Key),
    /// An empty list of parents.
    NoParents,
    /// Something after a value where a comma should be.
    NoComma,
    /// An attribute that is not on a function.
    NotAFunction,
    /// A revision that is there in some builds and not in others.
    Conditional,
    /// A revision in an inline module of this name that is private.
    PrivateModule(String),
    /// An entry of `lossy` that cannot be read.
    Lossy(LossFault),
    /// Something in the `metadata.toml` of an SQL folder.
    Metadata(MetadataMistake),
}

impl Key {
    /// All of them, in the order in which they are usually written.
    pub const ALL: [Key; 9] = [
        Key::Id,
        Key::DownRevision,
        Key::DependsOn,
        Key::BranchLabels,
        Key::Transaction,
        Key::Lossy,
        Key::Downgrade,
        Key::Irreversible,
        Key::Reversible,
    ];

    /// The key as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Key::Id => "id",
            Key::DownRevision => "down_revision",
            Key::DependsOn => "depends_on",
            Key::BranchLabels => "branch_labels",
            Key::Transaction => "transaction",
            Key::Lossy => "lossy",
            Key::Downgrade => "downgrade",
            Key::Reversible => "reversible",
            Key::Irreversible => "irreversible",
        }
    }

    /// The key as it is written with a value.
    fn example(self) -> &'static str {
        match self {
            Key::Id => "id = \"20261121093000\"",
            Key::DownRevision => {
                "down_revision = \"…\"`, `down_revision = None` or `down_revision = [\"…\", \"…\"]"
            }
            Key::DependsOn => "depends_on = [\"…\"]",
            Key::BranchLabels => "branch_labels = [\"…\"]",
            Key::Transaction => "transaction = false",
            Key::Lossy => "lossy = [\"table.column: reason\"]",
            Key::Downgrade => "downgrade = function",
            Key::Reversible => "reversible",
            Key::Irreversible => "irreversible",
        }
    }

    pub(super) fn decides_downgrade(self) -> bool {
        matches!(self, Key::Downgrade | Key::Reversible | Key::Irreversible)
    }

    pub(super) fn of<S>(token: &Token<'_, S>) -> Option<Key> {
        Key::ALL.into_iter().find(|key| key.name() == token.text)
    }
}

impl MistakeKind {
    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            MistakeKind::MissingId => "`id` is missing".to_owned(),
            MistakeKind::MissingDownRevision => "`down_revision` is missing".to_owned(),
            MistakeKind::MissingDowngrade => "this revision declares no downgrade".to_owned(),
            MistakeKind::UnknownKey { key, .. } => format!("unknown key `{key}`"),
            MistakeKind::RepeatedKey(key) => format!("`{}` is given twice", key.name()),
            MistakeKind::SeveralDowngrades { first, again } => {
                format!("`{}` contradicts `{}`", again.name(), first.name())
            }
            MistakeKind::NotAKey(found) => format!("expected a key, found `{found}`"),
            MistakeKind::NoValue(key) => format!("`{}` has no value", key.name()),
            MistakeKind::WrongValue(key) => format!("`{}` must be {}", key.name(), key.sort()),
            MistakeKind::UnwantedValue(key) => format!("`{}` takes no value", key.name()),
            MistakeKind::NoParents => "an empty list of parents".to_owned(),
            MistakeKind::NoComma => "expected `,`".to_owned(),
            MistakeKind::NotAFunction => "`#[revision]` belongs on a function".to_owned(),
            MistakeKind::Conditional => "a revision cannot be conditional".to_owned(),
            MistakeKind::PrivateModule(module) => {
                format!("this revision is in the private module `{module}`")
            }
            MistakeKind::Lossy(fault) => fault.to_string(),
            MistakeKind::Metadata(mistake) => mistake.message(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            MistakeKind::MissingId => format!("add `{}`", Key::Id.example()),
            MistakeKind::MissingDownRevision => {
                "name the revision that this one continues: `down_revision = \"…\"`; or begin a history: `down_revision = None`"
                    .to_owned()
            }
            MistakeKind::MissingDowngrade => {
                "add `downgrade = function`, `reversible` or `irreversible`".to_owned()
            }
            MistakeKind::UnknownKey { near: Some(near), .. } => format!("did you mean `{}`?", near.name()),
            MistakeKind::UnknownKey { near: None, .. } | MistakeKind::NotAKey(_) => {
                let names: Vec<String> = Key::ALL.iter().map(|key| format!("`{}`", key.name())).collect();
                format!("the keys are {}", names.join(", "))
            }
            MistakeKind::RepeatedKey(_) => "remove one of the two".to_owned(),
            MistakeKind::SeveralDowngrades { .. } => {
                "keep one of `downgrade = function`, `reversible` and `irreversible`".to_owned()
            }
            MistakeKind::NoValue(key) | MistakeKind::WrongValue(key) | MistakeKind::UnwantedValue(key) => {
                format!("write `{}`", key.example())
            }
            MistakeKind::NoParents => "a revision without parents begins a history: `down_revision = None`".to_owned(),
            MistakeKind::Conditional => {
                "a history is the same in every build: remove the `cfg`, and decide inside the function".to_owned()
            }
            MistakeKind::PrivateModule(module) => format!("write `pub mod {module}`"),
            MistakeKind::Lossy(fault) => fault.help(),
            MistakeKind::Metadata(mistake) => mistake.help(),
            MistakeKind::NoComma | MistakeKind::NotAFunction => return None,
        })
    }
}

impl Key {
    fn sort(self) -> &'static str {
        match self {
            Key::Id => "a string literal",
            Key::DownRevision => "a string literal, a list of them, or `None`",
            Key::DependsOn | Key::BranchLabels | Key::Lossy => "a list of string literals",
            Key::Transaction => "`true` or `false`",
            Key::Downgrade => "the path of a function, or `\"nothing\"`",
            Key::Reversible | Key::Irreversible => "without a value",
        }
    }
}

impl fmt::Display for MistakeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}
