//! What models declare: the tables of `table!`, with what `#[migrate(…)]` adds, as data with
//! places. The macro and the command line read source through the same functions. It must not
//! know what any database makes of a declaration, nor read files.

mod declared;
mod problem;
#[cfg(feature = "read")]
mod read;
mod write;

pub use declared::{
    Action, Attribute, Column, ColumnKey, Deferrable, DieselType, EnumType, Exclude, ForeignKey,
    Index, IndexPart, Join, Literal, Models, PartKey, Place, SqlText, Table, TableKey, TypeText,
    Unique, Unread,
};
pub use problem::Problem;
#[cfg(feature = "places")]
pub use read::read_file;
#[cfg(feature = "read")]
pub use read::{FileModels, Outline, Places, read_attribute, read_table, read_tokens, takes_type};
pub use write::{column_attribute, diesel_type, table_attribute, table_text, type_declaration};
