//! `schema.rs` from a schema, byte for byte as `diesel print-schema` of 2.3 writes it. Where that
//! fails for the whole file, one table is left out with a comment. It must not know where a schema
//! comes from.

mod config;
mod file;
mod keys;
mod names;
mod patch;
mod tables;
mod text;
mod types;

use std::io::Write;
use std::process::{Command, Stdio};

use migrate_core::BackendKind;
use migrate_core::schema::{Column, Schema, Table};

pub use config::PrintSchema;
pub(crate) use config::parse;
pub use file::declares_models;
pub(crate) use file::{diesel_toml, of_file};
pub(crate) use names::{rust_name, type_name};
use tables::Printed;
use text::Entry;

/// What is printed, before rustfmt and the patch. `default` is the schema whose name tables need
/// not have: `public` on PostgreSQL, the database on MySQL.
pub(crate) fn plain(
    schema: &Schema,
    kind: BackendKind,
    config: &PrintSchema,
    default: &str,
) -> String {
    let printed = Printed::new(schema, kind, config, default);
    let tables = printed.tables.iter();
    let entries = tables
        .filter(|table| config.filter.has(&table.name.name))
        .map(|table| match printed.definition(table) {
            Ok(table) => Entry::Table(table),
            Err(why) => Entry::LeftOut {
                name: table.name.to_string(),
                why,
            },
        });
    let entries: Vec<Entry> = entries.collect();
    let module = config.schema.as_deref();
    let module = module.map(|module| names::rust_name(module, None));
    text::file(&printed, &entries, module.as_deref())
}

/// What says which of the printed tables can be joined, and appear in one query.
pub(crate) fn relations(
    schema: &Schema,
    kind: BackendKind,
    config: &PrintSchema,
    default: &str,
) -> String {
    let printed = Printed::new(schema, kind, config, default);
    let tables = printed.tables.iter();
    let names: Vec<tables::Name> = tables
        .filter(|table| config.filter.has(&table.name.name))
        .map(|table| printed.name(&table.name))
        .collect();
    text::relations(&printed, names.iter().collect(), 0).join("\n")
}

/// What diesel calls the type of a column.
pub(crate) struct Named {
    /// Its name, without what is around it.
    pub(crate) rust: String,
    /// What `#[max_length = …]` says.
    pub(crate) length: Option<u64>,
    pub(crate) array: bool,
    pub(crate) unsigned: bool,
    /// Whether it is no type of diesel's.
    pub(crate) own: bool,
}

/// What diesel calls the type of a column, if it has a name for it.
pub(crate) fn named(
    schema: &Schema,
    kind: BackendKind,
    config: &PrintSchema,
    current: &str,
    table: &Table,
    column: &Column,
) -> Option<Named> {
    let types = types::Types {
        kind,
        schema,
        config,
        current,
    };
    let ty = types.of(table, column).ok()?;
    Some(Named {
        own: !types.is_known(&ty.rust),
        rust: ty.rust,
        length: ty.max_length,
        array: ty.array,
        unsigned: ty.unsigned,
    })
}

/// The text as rustfmt has it, with the settings of the current directory; as it was where there is
/// no rustfmt.
pub(crate) fn formatted(text: String) -> String {
    let format = || {
        let mut child = Command::new("rustfmt")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let sent = child.stdin.take()?.write_all(text.as_bytes());
        let output = child.wait_with_output().ok()?;
        (sent.is_ok() && output.status.success())
            .then(|| String::from_utf8(output.stdout).ok())
            .flatten()
    };
    format().unwrap_or(text)
}

/// The text with the patch that the configuration names.
///
/// # Errors
///
/// What is wrong with the patch.
pub(crate) fn patched(text: String, config: &PrintSchema) -> Result<String, String> {
    let Some(path) = &config.patch_file else {
        return Ok(text);
    };
    let patch = std::fs::read_to_string(path).map_err(|error| error.to_string());
    let patched = patch.and_then(|patch| patch::apply(&text, &patch));
    patched.map_err(|why| format!("the patch `{}` does not apply: {why}", path.display()))
}
