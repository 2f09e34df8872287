//! The commands that read and write source files, and `bundle`, one file each: `<Verb>Args`, whose
//! doc comment is the help text, and one function that returns what the command has to say. Nothing
//! here prints.

pub(crate) mod adopt;
pub(crate) mod autogenerate;
pub(crate) mod bundle;
pub(crate) mod check;
pub(crate) mod close;
pub(crate) mod completions;
pub(crate) mod edit;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod merge;
pub(crate) mod new;
mod write;
