//! DROP CONSTRAINT, by name or by definition.

use super::super::quote::{identifier, object, text};
use super::super::unsupported;
use super::{drop as dropped, of_table};
use crate::error::Unsupported;
use crate::schema::{Constraint, ConstraintKind, ObjectName};

pub(super) fn drop(
    table: &ObjectName,
    name: Option<&str>,
    kind: Option<ConstraintKind>,
    definition: Option<&Constraint>,
    if_exists: bool,
) -> Result<String, Unsupported> {
    if let Some(name) = name {
        return of_table(table, &dropped("CONSTRAINT", if_exists, &identifier(name)?));
    }
    let (code, columns) = match definition {
        _ if kind == Some(ConstraintKind::PrimaryKey) => ("p", None),
        Some(Constraint::PrimaryKey(_)) => ("p", None),
        Some(Constraint::Unique(key)) => ("u", Some(&key.columns)),
        Some(Constraint::ForeignKey(key)) => ("f", Some(&key.columns)),
        _ => {
            return Err(unsupported(
                format!("find a constraint of `{table}` that has no name"),
                "name it where it is added: `.named(\"…\")`",
            ));
        }
    };
    by_lookup(table, code, columns.map(Vec::as_slice), if_exists)
}

/// A block that looks up the name that the server chose: it depends on which other names exist.
fn by_lookup(
    table: &ObjectName,
    code: &str,
    columns: Option<&[String]>,
    if_exists: bool,
) -> Result<String, Unsupported> {
    let relation = text(&object(table)?)?;
    let same_columns = match columns {
        None => String::new(),
        Some(columns) => {
            let names: Vec<String> = columns
                .iter()
                .map(|name| text(name))
                .collect::<Result<_, _>>()?;
            format!(
                "\n       AND ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n (number, place)\n             \
                 JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = n.number ORDER BY n.place)\n           \
                 = ARRAY[{}]::text[]",
                names.join(", ")
            )
        }
    };
    let missing = match if_exists {
        true => "RETURN".to_owned(),
        false => format!(
            "RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = {}",
            text(&format!("no such constraint of `{table}`"))?
        ),
    };
    let body = format!(
        "DECLARE\n  found text;\nBEGIN\n  \
         SELECT k.conname INTO found FROM pg_catalog.pg_constraint AS k\n     \
         WHERE k.conrelid = pg_catalog.to_regclass({relation}) AND k.contype = '{code}'{same_columns}\n     \
         ORDER BY k.oid LIMIT 1;\n  \
         IF found IS NULL THEN {missing}; END IF;\n  \
         EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', {relation}, found);\nEND"
    );
    let mark = (0_u32..)
        .map(|number| format!("$migrate{number}$"))
        .find(|mark| !body.contains(mark.as_str()))
        .unwrap_or_default();
    Ok(format!("DO {mark}\n{body}\n{mark}"))
}
