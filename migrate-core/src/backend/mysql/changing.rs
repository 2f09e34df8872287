//! What changes of a schema need here beyond the operations: options of tables. Pure.

use super::Dialect;
use super::quote::{identifier, object};
use crate::schema::{ObjectName, TableOptions};

/// The statements that give a table other options; `None` if no statement does.
pub(super) fn options(
    dialect: Dialect,
    table: &ObjectName,
    old: &TableOptions,
    new: &TableOptions,
) -> Option<Vec<String>> {
    let TableOptions {
        strict,
        without_rowid,
        engine,
        charset,
        collation,
        unlogged,
        parameters,
        suffix,
    } = new;
    let same = *strict == old.strict
        && *without_rowid == old.without_rowid
        && *unlogged == old.unlogged
        && *parameters == old.parameters
        && *suffix == old.suffix;
    let mut changes = Vec::new();
    let mut set = |word: &str, old: &Option<String>, new: &Option<String>| match new {
        _ if old == new => Some(()),
        Some(name) => {
            changes.push(format!("{word} = {}", identifier(dialect, name).ok()?));
            Some(())
        }
        None => None, // what the server's default is, is not known here
    };
    // both servers have it as their default
    let said = |engine: &Option<String>| engine.clone().or_else(|| Some("InnoDB".to_owned()));
    set("ENGINE", &said(&old.engine), &said(engine))?;
    set("DEFAULT CHARACTER SET", &old.charset, charset)?;
    set("COLLATE", &old.collation, collation)?;
    if !same {
        return None;
    }
    let name = object(dialect, table).ok()?;
    Some(vec![format!("ALTER TABLE {name} {}", changes.join(", "))])
}
