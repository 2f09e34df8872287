//! The reader: tokens into declarations with places, and declarations into models. One for the
//! macros and for the command line; it must not open files, nor know any database.

mod attributes;
mod case;
mod cfg;
mod checks;
mod column_keys;
mod enums;
mod file;
mod imports;
mod items;
mod lone;
mod reader;
mod references;
mod resolve;
mod shared_keys;
mod table;
mod table_keys;
#[cfg(feature = "places")]
mod text;
mod type_text;
mod types;

pub use checks::takes_type;
pub use file::{FileModels, read_attribute, read_table, read_tokens};
pub use reader::Places;
pub use references::Outline;
#[cfg(feature = "places")]
pub use text::read_file;
