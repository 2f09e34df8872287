//! Constraints of tables and domains. It must not know how their indexes are read.

use diesel::QueryResult;

use super::super::catalogue::packed;
use super::super::default::bare;
use super::columns::{Columns, identifier};
use super::fields::Fields;
use super::indexes::Indexes;
use super::{Found, PG_CONSTRAINT, PG_TYPE};
use crate::schema::{
    Action, Check, Constraint, Deferrable, Exclude, ForeignKey, Match, ObjectName, ObjectRef,
    Other, PrimaryKey, Unique,
};

/// A constraint as the catalogue has it.
struct Raw {
    oid: u32,
    name: String,
    kind: String,
    columns: Vec<String>,
    /// The table that a foreign key references, and its columns.
    referred: Option<(ObjectName, Vec<String>)>,
    on_delete: Option<Action>,
    on_update: Option<Action>,
    is_full: bool,
    deferrable: Option<Deferrable>,
    is_valid: bool,
    no_inherit: bool,
    expression: String,
    index: u32,
    operators: Vec<String>,
    comment: Option<String>,
    /// Whether it has something that a [`Constraint`] has no field for.
    is_special: bool,
    /// Its definition, if it may be needed.
    definition: Option<String>,
}

/// The query for all constraints.
pub(super) fn query(found: &Found) -> String {
    let numbers =
        |column: &str| format!("pg_catalog.array_to_string({column}, pg_catalog.chr(29))");
    // a name for each column of each constraint costs more than all the rest: of tables that are
    // read, they are known
    let elsewhere = format!(
        "CASE WHEN r.relnamespace NOT IN ({}) THEN \
         (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(29) ORDER BY u.place) \
         FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (number, place) \
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number) END",
        found.spaces
    );
    let option = match found.version {
        180_000.. => "NOT k.conenforced OR k.conperiod OR k.confdelsetcols IS NOT NULL",
        150_000.. => "k.confdelsetcols IS NOT NULL",
        _ => "false",
    };
    // what a Constraint has no field for; NOT NULL is a column's, unless it has an option
    let special = format!(
        "k.contype = 'n' OR {option} \
                   OR k.conexclop IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.unnest(k.conexclop) AS o WHERE NOT pg_catalog.pg_operator_is_visible(o)) \
                   OR k.contype = 'x' AND EXISTS (SELECT FROM pg_catalog.pg_index AS x \
                   WHERE x.indexrelid = k.conindid AND x.indnatts > x.indnkeyatts)"
    );
    let fields = packed(&[
        "k.conrelid",
        "k.contypid",
        "k.oid",
        "k.conname",
        "k.contype",
        &numbers("k.conkey"),
        "n.nspname",
        "r.relname",
        "k.confrelid",
        &numbers("k.confkey"),
        &elsewhere,
        "k.confdeltype",
        "k.confupdtype",
        "k.confmatchtype",
        "CASE WHEN k.condeferrable THEN k.condeferred END",
        "k.convalidated",
        "k.connoinherit",
        "pg_catalog.pg_get_expr(k.conbin, k.conrelid)",
        "k.conindid",
        "CASE WHEN k.conexclop IS NOT NULL THEN (SELECT pg_catalog.string_agg(p.oprname, pg_catalog.chr(29) ORDER BY o.place) \
         FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY AS o (oid, place) \
         JOIN pg_catalog.pg_operator AS p ON p.oid = o.oid) END",
        "d.description",
        "k.special",
        "CASE WHEN k.contype = 'x' OR k.special THEN pg_catalog.pg_get_constraintdef(k.oid) END",
    ]);
    format!(
        "SELECT {fields} AS text FROM (SELECT k.*, {special} AS special FROM pg_catalog.pg_constraint AS k \
         WHERE k.connamespace IN ({}) AND k.contype IN ('p', 'u', 'c', 'f', 'x', 'n') AND k.conparentid = 0 \
         AND (k.conislocal OR k.contypid <> 0) \
         AND (k.contype <> 'n' OR k.contypid = 0 AND (NOT k.convalidated OR k.connoinherit)) OFFSET 0) AS k \
         LEFT JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid \
         LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace \
         LEFT JOIN pg_catalog.pg_description AS d ON d.objoid = k.oid \
         AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass ORDER BY k.oid",
        found.spaces
    )
}

/// Adds all constraints to their tables and domains.
pub(super) fn put(
    rows: Vec<String>,
    found: &mut Found,
    columns: &Columns,
    indexes: &Indexes,
) -> QueryResult<()> {
    for row in rows {
        let mut row = Fields::of(&row);
        let (table, domain) = (row.oid(), row.oid());
        let raw = raw(found, columns, table, &mut row);
        match domain {
            0 => put_on(found, table, &raw, indexes)?,
            domain => put_domain(found, domain, &raw)?,
        }
    }
    Ok(())
}

fn raw(found: &Found, columns: &Columns, table: u32, row: &mut Fields) -> Raw {
    Raw {
        oid: row.oid(),
        name: row.text(),
        kind: row.text(),
        columns: names(columns, table, &row.list()),
        referred: {
            let table = row.maybe().zip(row.maybe());
            let (oid, numbers, elsewhere) = (row.oid(), row.list(), row.list());
            table.map(|(schema, name)| {
                let columns = match elsewhere.is_empty() {
                    true => names(columns, oid, &numbers),
                    false => elsewhere,
                };
                (found.name(&schema, name), columns)
            })
        },
        on_delete: action(&row.text()),
        on_update: action(&row.text()),
        is_full: row.text() == "f",
        deferrable: row.maybe().map(|deferred| match deferred.as_str() {
            "true" => Deferrable::InitiallyDeferred,
            _ => Deferrable::InitiallyImmediate,
        }),
        is_valid: row.flag(),
        no_inherit: row.flag(),
        expression: row.text(),
        index: row.oid(),
        operators: row.list(),
        comment: row.maybe(),
        is_special: row.flag(),
        definition: row.maybe(),
    }
}

/// The columns of a table that have some numbers; 0 is an expression.
fn names(columns: &Columns, table: u32, numbers: &[String]) -> Vec<String> {
    let of_table = columns.get(&table).map_or(&[][..], Vec::as_slice);
    let numbers = numbers.iter().filter_map(|number| number.parse().ok());
    let found = numbers.filter_map(|number: i32| of_table.iter().find(|one| one.number == number));
    found.map(|one| one.column.name.clone()).collect()
}

fn action(letter: &str) -> Option<Action> {
    match letter {
        "r" => Some(Action::Restrict),
        "c" => Some(Action::Cascade),
        "n" => Some(Action::SetNull),
        "d" => Some(Action::SetDefault),
        _ => None,
    }
}

fn put_on(found: &mut Found, table: u32, raw: &Raw, indexes: &Indexes) -> QueryResult<()> {
    let Some(relation) = found.relations.get(&table).cloned() else {
        return Ok(());
    };
    let (on, quoted) = (&relation.name, &relation.quoted);
    let name = identifier(&raw.name)?;
    let object = ObjectRef::new("constraint", on.sibling(&raw.name)).on(on.clone());
    found.knows(PG_CONSTRAINT, raw.oid, object.clone());
    if raw.index != 0 && raw.kind != "f" {
        found.knows(super::PG_CLASS, raw.index, object);
    }
    found.comment(
        raw.comment.as_deref(),
        &format!("CONSTRAINT {name} ON {quoted}"),
        on.sibling(format!("constraint {}", raw.name)),
        Some(on),
    )?;
    let index = indexes.get(&raw.index).filter(|_| raw.kind == "x");
    let is_special = raw.is_special || index.is_some_and(|index| index.definition.is_some());
    let table = relation
        .table
        .and_then(|at| found.schema.tables.get_mut(at));
    let constraint = match is_special {
        true => None,
        false => typed(raw, indexes),
    };
    match (table, constraint) {
        (Some(table), Some(constraint)) => table.constraints.push(constraint),
        (table, _) => {
            if let Some(table) = table.filter(|_| raw.kind == "n") {
                // the constraint makes it NOT NULL
                let columns = table.columns.iter_mut();
                for column in columns.filter(|column| raw.columns.contains(&column.name)) {
                    column.nullable = true;
                }
            }
            let alter = |what: &str| format!("ALTER {} {quoted} {what}", relation.keyword);
            let definition = definition(raw, indexes)?;
            found.other(super::altered(
                "constraint",
                on.sibling(&raw.name),
                on,
                alter(&format!("ADD CONSTRAINT {name} {definition}")),
                alter(&format!("DROP CONSTRAINT {name}")),
            ));
        }
    }
    Ok(())
}

/// The words after a constraint's name.
fn definition(raw: &Raw, indexes: &Indexes) -> QueryResult<String> {
    if let Some(definition) = &raw.definition {
        return Ok(definition.clone());
    }
    let Some(constraint) = typed(raw, indexes) else {
        return Ok(String::new());
    };
    let unnamed = super::super::ddl::constraint_definition(&constraint)
        .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    let prefix = format!("CONSTRAINT {} ", identifier(&raw.name)?);
    Ok(unnamed.strip_prefix(&prefix).unwrap_or(&unnamed).to_owned())
}

fn typed(raw: &Raw, indexes: &Indexes) -> Option<Constraint> {
    let name = Some(raw.name.clone());
    let index = indexes.get(&raw.index).map(|found| &found.index);
    let include = || index.map_or_else(Vec::new, |index| index.include.clone());
    Some(match raw.kind.as_str() {
        "p" => Constraint::PrimaryKey(PrimaryKey {
            name,
            columns: raw.columns.clone(),
            include: include(),
            deferrable: raw.deferrable,
        }),
        "u" => Constraint::Unique(Unique {
            name,
            columns: raw.columns.clone(),
            include: include(),
            deferrable: raw.deferrable,
            nulls_not_distinct: index.is_some_and(|index| index.nulls_not_distinct),
        }),
        "c" => Constraint::Check(check(raw)),
        "f" => {
            let (table, columns) = raw.referred.clone()?;
            let mut key = ForeignKey::new(raw.columns.clone(), table, columns);
            key.name = name;
            key.on_delete = raw.on_delete;
            key.on_update = raw.on_update;
            key.deferrable = raw.deferrable;
            key.match_type = raw.is_full.then_some(Match::Full);
            key.not_valid = !raw.is_valid;
            Constraint::ForeignKey(key)
        }
        "x" => {
            let index = index?;
            let operators = raw.operators.iter().cloned();
            let mut exclude = Exclude::new(index.parts.iter().cloned().zip(operators).collect());
            exclude.name = name;
            exclude.method = index.method.clone();
            exclude.predicate = index.predicate.clone();
            exclude.deferrable = raw.deferrable;
            Constraint::Exclude(exclude)
        }
        _ => return None,
    })
}

fn check(raw: &Raw) -> Check {
    let mut check = Check::new(bare(&raw.expression));
    check.name = Some(raw.name.clone());
    check.not_valid = !raw.is_valid;
    check.no_inherit = raw.no_inherit;
    check
}

fn put_domain(found: &mut Found, domain: u32, raw: &Raw) -> QueryResult<()> {
    let Some(object) = found.objects.get(&(PG_TYPE, domain)).cloned() else {
        return Ok(());
    };
    found.knows(PG_CONSTRAINT, raw.oid, object.clone());
    let quoted = super::super::quote::object(&object.name)
        .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    let name = identifier(&raw.name)?;
    found.comment(
        raw.comment.as_deref(),
        &format!("CONSTRAINT {name} ON DOMAIN {quoted}"),
        object.name.sibling(format!("constraint {}", raw.name)),
        Some(&object.name),
    )?;
    let mut domains = found.schema.domains.iter_mut();
    match domains.find(|domain| domain.name == object.name) {
        Some(one) if raw.is_valid => one.checks.push(check(raw)),
        Some(_) => {
            let alter = |what: &str| format!("ALTER DOMAIN {quoted} {what}");
            let expression = bare(&raw.expression);
            found.other(Other {
                on: Some(object.name.clone()),
                create: Some(vec![alter(&format!(
                    "ADD CONSTRAINT {name} CHECK ({expression}) NOT VALID"
                ))]),
                drop: Some(alter(&format!("DROP CONSTRAINT {name}"))),
                ..Other::new("constraint", object.name.sibling(&raw.name))
            });
        }
        None => {}
    }
    Ok(())
}
