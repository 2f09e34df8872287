//! A schema as a file of closed models: what `schema print --closed` prints. Pure.

use std::collections::BTreeSet;

use migrate_core::schema::{ObjectName, Schema};
use migrate_models::{DieselType, EnumType, Models, Table, table_text, type_declaration};

use super::Ground;
use crate::print;

/// The file, and what models cannot say.
pub fn closed(ground: Ground<'_>, library: &str) -> (String, Vec<String>) {
    let (models, mut unsaid) = super::declare::declared(ground);
    unsaid.extend(left_out(ground));
    let mut parts = Vec::new();
    if !unsaid.is_empty() {
        let lines = unsaid.iter().flat_map(|what| {
            let said = format!("not here: {what}");
            said.lines()
                .map(|line| format!("// {line}\n"))
                .collect::<Vec<_>>()
        });
        parts.push(lines.collect());
    }
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

/// What has the name of a table and is none that models can declare.
fn left_out(ground: Ground<'_>) -> Vec<String> {
    let Schema { views, others, .. } = ground.before;
    let views = views.iter().map(|view| &view.name);
    let names = views.chain(others.iter().map(|other| &other.name));
    let names: BTreeSet<&ObjectName> = names.collect();
    let shown = names
        .into_iter()
        .filter(|name| ground.config.filter.has(&name.name));
    let shown = shown.filter_map(|name| Some((name, ground.occupied(name)?)));
    shown
        .map(|(name, what)| format!("`{name}`: it is {what}"))
        .collect()
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
