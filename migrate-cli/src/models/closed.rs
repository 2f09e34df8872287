//! A schema as a file of closed models: what `schema print --closed` prints. Pure.

use migrate_models::{DieselType, EnumType, Models, Table, table_text, type_declaration};

use super::Ground;
use crate::print;

/// The file, and what models cannot say.
pub fn closed(ground: Ground<'_>, library: &str) -> (String, Vec<String>) {
    let (models, unsaid) = super::declare::declared(ground);
    let mut parts = Vec::new();
    if !models.enums.is_empty() {
        let types = models.enums.iter().map(|ty| type_declaration(ty, library));
        let types: Vec<String> = types.collect();
        let types = types.join("\n");
        let types = types.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("    {line}\n"),
        });
        parts.push(format!(
            "pub mod sql_types {{\n{}}}\n",
            types.collect::<String>()
        ));
    }
    for table in &models.tables {
        let uses = uses(table, &models);
        parts.push(table_text(table, &models.tables, &uses, library));
    }
    let Ground {
        kind,
        before,
        config,
        current,
        ..
    } = ground;
    parts.push(print::relations(before, kind, config, current));
    let text = parts.join("\n");
    (format!("{}\n", text.trim_end()), unsaid)
}

/// What a table with types of its own imports.
fn uses(table: &Table, models: &Models) -> Vec<String> {
    fn has(ty: &DieselType, name: &str) -> bool {
        ty.name == name || ty.arguments.iter().any(|inner| has(inner, name))
    }
    let is_used = |one: &&EnumType| {
        table
            .columns
            .iter()
            .any(|column| has(&column.ty, &one.rust_name))
    };
    let used: Vec<&EnumType> = models.enums.iter().filter(is_used).collect();
    if used.is_empty() {
        return Vec::new();
    }
    let own = used
        .iter()
        .map(|one| format!("super::sql_types::{}", one.rust_name));
    std::iter::once("diesel::sql_types::*".to_owned())
        .chain(own)
        .collect()
}
