//! Keys and checks: in a table's definition, added, and dropped by kind.

use super::super::Dialect;
use super::super::quote::{identifier, identifiers, object, sql, text};
use super::only_mariadb;
use crate::error::Unsupported;
use crate::operation::Operation;
use crate::schema::{
    Action, Check, Constraint, ConstraintKind, ForeignKey, Match, ObjectName, Table,
};

/// A constraint after the columns; of the table that is created, if any.
pub(super) fn of_table(
    dialect: Dialect,
    constraint: &Constraint,
    table: Option<&Table>,
) -> Result<String, Unsupported> {
    refuse(dialect, constraint)?;
    let body = match constraint {
        Constraint::PrimaryKey(key) => {
            format!("PRIMARY KEY {}", over(dialect, constraint, &key.columns)?)
        }
        Constraint::Unique(key) => {
            format!("UNIQUE {}", over(dialect, constraint, &key.columns)?)
        }
        Constraint::Check(check) => expression(dialect, check)?,
        Constraint::ForeignKey(key) => format!(
            "FOREIGN KEY {} {}",
            over(dialect, constraint, &key.columns)?,
            references(dialect, key, table)?
        ),
        Constraint::Exclude(_) => {
            return Err(dialect.lacks("keep rows apart by operators: it has no EXCLUDE"));
        }
    };
    match constraint.name() {
        Some(name) => Ok(format!("CONSTRAINT {} {body}", identifier(dialect, name)?)),
        None => Ok(body),
    }
}

/// ALTER TABLE … that drops a constraint.
pub(super) fn drop(
    dialect: Dialect,
    table: &ObjectName,
    name: Option<&str>,
    kind: Option<ConstraintKind>,
    if_exists: bool,
) -> Result<String, Unsupported> {
    Ok(format!(
        "ALTER TABLE {} {}",
        object(dialect, table)?,
        drop_part(dialect, table, name, kind, if_exists)?
    ))
}

/// The part of ALTER TABLE that drops a constraint.
pub(super) fn drop_part(
    dialect: Dialect,
    table: &ObjectName,
    name: Option<&str>,
    kind: Option<ConstraintKind>,
    if_exists: bool,
) -> Result<String, Unsupported> {
    let exists = only_mariadb(dialect, if_exists, "IF EXISTS ", || {
        format!("drop a constraint of `{table}`")
    })?;
    if kind == Some(ConstraintKind::PrimaryKey) {
        return match if_exists {
            true => Err(dialect.unsupported(
                format!("drop the primary key of `{table}` with `IF EXISTS`"),
                "leave that out",
            )),
            false => Ok("DROP PRIMARY KEY".to_owned()),
        };
    }
    let Some(name) = name else {
        return Err(dialect.unsupported(
            format!("drop a constraint of `{table}` without its name, without a connection to look it up"),
            "give it one: `.named(\"…\")`",
        ));
    };
    let words = match (kind, dialect) {
        (Some(ConstraintKind::ForeignKey), _) => "DROP FOREIGN KEY",
        (Some(ConstraintKind::Unique), _) => "DROP INDEX",
        (Some(ConstraintKind::Check), Dialect::Mysql) => "DROP CHECK",
        _ => "DROP CONSTRAINT",
    };
    Ok(format!("{words} {exists}{}", identifier(dialect, name)?))
}

/// Drops a foreign key and the index that the server created for it. Only the database knows
/// whether that index exists: without a connection, the statement itself looks it up.
pub(super) fn drop_with_index(
    dialect: Dialect,
    table: &ObjectName,
    name: &str,
    key: &ForeignKey,
) -> Result<Vec<String>, Unsupported> {
    let schema = match &table.schema {
        Some(schema) => text(schema),
        None => "DATABASE()".to_owned(),
    };
    let quoted = identifier(dialect, name)?;
    let alone = format!(
        "ALTER TABLE {} DROP FOREIGN KEY {quoted}",
        object(dialect, table)?
    );
    Ok(vec![
        format!(
            "SET @migrate_drop = (SELECT IF(GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR '\n') = {}, {}, {}) \
             FROM information_schema.statistics WHERE table_schema = {schema} AND table_name = {} AND index_name = {} \
             AND non_unique = 1)",
            text(&key.columns.join("\n")),
            text(&format!("{alone}, DROP INDEX {quoted}")),
            text(&alone),
            text(&table.name),
            text(name),
        ),
        "PREPARE migrate_drop FROM @migrate_drop".to_owned(),
        "EXECUTE migrate_drop".to_owned(),
        "DEALLOCATE PREPARE migrate_drop".to_owned(),
    ])
}

/// The operation with the referenced columns of each foreign key filled in: those of the table's
/// primary key if the author named none.
pub(in super::super) fn with_referred<E>(
    operation: &Operation,
    mut find: impl FnMut(&ObjectName) -> Result<Vec<String>, E>,
) -> Result<Operation, E> {
    let mut complete = operation.clone();
    let (itself, constraints) = match &mut complete {
        Operation::CreateTable { table, .. } => {
            (Some(&table.name), table.constraints.as_mut_slice())
        }
        Operation::AddColumn { constraints, .. } => (None, constraints.as_mut_slice()),
        Operation::AddConstraint { constraint, .. } => (None, std::slice::from_mut(constraint)),
        _ => return Ok(complete),
    };
    for constraint in constraints {
        match constraint {
            Constraint::ForeignKey(key)
                if key.referred.is_empty() && itself != Some(&key.table) =>
            {
                key.referred = find(&key.table)?;
            }
            _ => {}
        }
    }
    Ok(complete)
}

fn over(
    dialect: Dialect,
    constraint: &Constraint,
    columns: &[String],
) -> Result<String, Unsupported> {
    match columns.is_empty() {
        true => Err(dialect.unsupported(
            format!("make a {} over no column", constraint.kind()),
            "name its columns",
        )),
        false => identifiers(dialect, columns),
    }
}

fn expression(dialect: Dialect, check: &Check) -> Result<String, Unsupported> {
    Ok(format!("CHECK ({})", sql(dialect, &check.expression)?))
}

fn references(
    dialect: Dialect,
    key: &ForeignKey,
    table: Option<&Table>,
) -> Result<String, Unsupported> {
    let itself = table
        .filter(|table| table.name == key.table)
        .and_then(Table::primary_key);
    let referred = match (key.referred.is_empty(), itself) {
        (false, _) => &key.referred,
        (true, Some(primary)) => &primary.columns,
        (true, None) => {
            return Err(dialect.unsupported(
                format!(
                    "point at the primary key of `{}` without its columns",
                    key.table
                ),
                format!("name them: `.references({:?}, \"…\")`", key.table.name),
            ));
        }
    };
    let mut text = format!(
        "REFERENCES {} {}",
        object(dialect, &key.table)?,
        identifiers(dialect, referred)?
    );
    if let Some(action) = key.on_delete {
        text.push_str(&format!(" ON DELETE {}", words(dialect, action)?));
    }
    if let Some(action) = key.on_update {
        text.push_str(&format!(" ON UPDATE {}", words(dialect, action)?));
    }
    Ok(text)
}

fn words(dialect: Dialect, action: Action) -> Result<&'static str, Unsupported> {
    match action {
        Action::NoAction => Ok("NO ACTION"),
        Action::Restrict => Ok("RESTRICT"),
        Action::Cascade => Ok("CASCADE"),
        Action::SetNull => Ok("SET NULL"),
        Action::SetDefault => Err(dialect.unsupported(
            "set columns that point to their default: its tables ignore SET DEFAULT",
            "use `SetNull`, or a trigger",
        )),
    }
}

/// Refuses what only PostgreSQL has, and what the server would accept and ignore.
fn refuse(dialect: Dialect, constraint: &Constraint) -> Result<(), Unsupported> {
    let (later, include, nulls, unchecked) = match constraint {
        Constraint::PrimaryKey(key) => (
            key.deferrable.is_some(),
            !key.include.is_empty(),
            false,
            false,
        ),
        Constraint::Unique(key) => (
            key.deferrable.is_some(),
            !key.include.is_empty(),
            key.nulls_not_distinct,
            false,
        ),
        Constraint::Check(check) => (false, false, false, check.not_valid || check.no_inherit),
        Constraint::ForeignKey(key) => (key.deferrable.is_some(), false, false, key.not_valid),
        Constraint::Exclude(_) => (false, false, false, false),
    };
    let kind = constraint.kind();
    if later {
        return Err(dialect.unsupported(
            format!("check a {kind} later: it checks each statement"),
            "leave out `.deferrable(…)`",
        ));
    }
    if include || nulls {
        return Err(dialect.lacks(format!(
            "make a {kind} with `INCLUDE` or `NULLS NOT DISTINCT`"
        )));
    }
    if unchecked {
        return Err(dialect.lacks(format!("add a {kind} that is not valid or not inherited")));
    }
    match constraint {
        Constraint::ForeignKey(ForeignKey {
            match_type: Some(Match::Full | Match::Partial),
            ..
        }) => Err(dialect.unsupported(
            "match a foreign key fully or partially: it would ignore that, and ON DELETE with it",
            "leave out the match, and add a `.check(…)`",
        )),
        _ => Ok(()),
    }
}
