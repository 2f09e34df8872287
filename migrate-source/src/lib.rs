//! Reads revision files and folders into headers, with the place of everything.
//!
//! The macros and the command line read sources with the same code, so that they cannot disagree.
//! This crate must not judge whether revisions fit together: that is [`migrate_graph::graph`]'s
//! work.

mod attribute;
mod checksum;
mod config;
mod file;
mod folder;
mod histories;
mod incomplete;
mod library;
mod manifest;
mod read;
mod signature;
mod sql;
mod tested;
mod token;
mod workspace;

pub use attribute::{
    Declaration, Downgrade, Key, MetadataKey, MetadataMistake, Mistake, MistakeKind, NOTHING, Word,
};
pub use config::{Config, ConfigProblem, SEVERAL_HEADS, folder_variable};
pub use file::{RevisionFile, SourceRevision, SqlFolder, doc_text};
pub use folder::{Folder, Listing};
pub use histories::{Histories, HistoryProblem, in_another_history};
pub use incomplete::Incomplete;
pub use library::{LIBRARY, library_name, uses_library};
pub use manifest::Manifest;
pub use read::{FolderProblem, FolderProblemKind};
pub use signature::TakesOperations;
pub use sql::{UNFILLED, help};
pub use tested::{RUNGS, Tested};
pub use token::{Kind, LexError, LexErrorKind, Lexer, Position, Span, Token, string_value};
pub use workspace::{Participant, Workspace, is_published, read_manifest};
