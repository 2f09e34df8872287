//! Many operations, put into small functions by their tables: one large function takes the compiler
//! long. The order of what depends on each other stays.

use std::collections::{BTreeMap, BTreeSet};

use super::file::Line;
use crate::operation::Operation;
use crate::schema::{Constraint, ObjectName};

/// Up to so many lines, one function has them all.
const FEW: usize = 60;

/// The lines of a function of its own.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) lines: Vec<Line>,
}

/// The lines in groups; as they were if there are few.
pub(super) fn grouped(lines: Vec<Line>, prefix: &str) -> Result<Vec<Group>, Vec<Line>> {
    if lines.len() <= FEW {
        return Err(lines);
    }
    let mut groups: Vec<(Topic, Vec<Line>)> = Vec::new();
    // the groups to which a line may still be added: what came after them has nothing to do with it
    let mut open: BTreeMap<ObjectName, usize> = BTreeMap::new();
    for line in lines {
        let topic = topic(&line);
        if !only_adds(&line) {
            // what is added later may take a name that is free from here on
            open.clear();
        }
        let own = own_table(&line).and_then(|table| open.get(table).copied());
        let continues = groups.last().is_some_and(|(before, lines)| {
            *before == topic && (lines.len() < FEW || matches!(topic, Topic::Table(_)))
        });
        match (own, continues) {
            (Some(at), _) => groups[at].1.push(line),
            (None, true) => {
                if let Some((_, lines)) = groups.last_mut() {
                    lines.push(line);
                }
            }
            (None, false) => {
                match &topic {
                    Topic::Table(table) => drop(open.insert(table.clone(), groups.len())),
                    Topic::Keys | Topic::Others => {}
                }
                groups.push((topic, vec![line]));
            }
        }
    }
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let groups = groups.into_iter().map(|(topic, lines)| {
        let wanted = match &topic {
            Topic::Table(table) => identifier(&table.to_string()),
            Topic::Keys => "foreign_keys".to_owned(),
            Topic::Others => "objects".to_owned(),
        };
        let name = free(&format!("{prefix}{wanted}"), &mut taken);
        Group { name, lines }
    });
    Ok(groups.collect())
}

/// What a group is about.
#[derive(PartialEq)]
enum Topic {
    Table(ObjectName),
    /// Foreign keys of several tables.
    Keys,
    /// What belongs to no table, or may depend on everything before it.
    Others,
}

fn topic(line: &Line) -> Topic {
    let Line::Step(step) = line else {
        return Topic::Others;
    };
    match &step.operation {
        Operation::AddConstraint {
            constraint: Constraint::ForeignKey(_),
            ..
        } => Topic::Keys,
        Operation::CreateTable { table, .. } => Topic::Table(table.name.clone()),
        Operation::DropTable { name: table, .. }
        | Operation::SetTableComment { table, .. }
        | Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::RenameConstraint { table, .. }
        | Operation::ValidateConstraint { table, .. }
        | Operation::DropIndex { table, .. }
        | Operation::RenameIndex { table, .. }
        | Operation::BulkInsert { table, .. } => Topic::Table(table.clone()),
        Operation::CreateIndex { index, .. } => Topic::Table(index.table.clone()),
        Operation::RenameTable { .. }
        | Operation::View(_)
        | Operation::Sequence(_)
        | Operation::EnumType(_)
        | Operation::Domain(_)
        | Operation::Schema(_)
        | Operation::Extension(_)
        | Operation::Execute { .. }
        | Operation::Custom(_) => Topic::Others,
    }
}

/// The table of a line that depends on nothing but this table, and may come right after the table's
/// other lines.
fn own_table(line: &Line) -> Option<&ObjectName> {
    let Line::Step(step) = line else {
        return None;
    };
    match &step.operation {
        Operation::CreateIndex { index, .. } => Some(&index.table),
        Operation::SetTableComment { table, .. } => Some(table),
        Operation::AddColumn {
            table, constraints, ..
        } => {
            let refers = |constraint: &Constraint| matches!(constraint, Constraint::ForeignKey(_));
            (!constraints.iter().any(refers)).then_some(table)
        }
        Operation::AddConstraint {
            table,
            constraint: Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Check(_),
        } => Some(table),
        _ => None,
    }
}

/// Whether a line leaves everything that is there as it is.
fn only_adds(line: &Line) -> bool {
    let Line::Step(step) = line else {
        return true;
    };
    matches!(
        step.operation,
        Operation::CreateTable { .. }
            | Operation::AddColumn { .. }
            | Operation::AddConstraint { .. }
            | Operation::CreateIndex { .. }
            | Operation::SetTableComment { .. }
            | Operation::BulkInsert { .. }
    )
}

/// Names that a function of the file must not have: those that the prelude has, those of the
/// revision, and the language's.
const RESERVED: &[&str] = &[
    "add_value",
    "alter",
    "asc",
    "check",
    "column",
    "comment",
    "desc",
    "domain",
    "downgrade",
    "enum_type",
    "exclude",
    "expression",
    "extension",
    "foreign_key",
    "index",
    "key",
    "no_comment",
    "op",
    "primary_key",
    "rename_value",
    "sequence",
    "sql",
    "sql_for",
    "table",
    "unique",
    "upgrade",
    "view",
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "_",
];

fn free(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    let name = names.find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(name.clone());
    name
}

/// A name as an identifier in snake case.
fn identifier(name: &str) -> String {
    let mut text = String::new();
    for sign in name.chars() {
        match sign {
            sign if sign.is_ascii_alphanumeric() => text.push(sign.to_ascii_lowercase()),
            _ if !text.ends_with('_') => text.push('_'),
            _ => {}
        }
    }
    match text.trim_matches('_') {
        "" => "a_table".to_owned(),
        text if text.starts_with(|sign: char| sign.is_ascii_digit()) => format!("table_{text}"),
        text => text.to_owned(),
    }
}
