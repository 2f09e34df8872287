//! What has no type of its own, in all catalogues: triggers, functions, policies, and whatever else
//! a schema can contain. It must not know tables and views, but their numbers.

mod kinds;
mod text_search;

use diesel::QueryResult;

use super::super::catalogue::packed;
use super::Found;
use super::fields::Fields;
use crate::schema::{Extension, ObjectName, ObjectRef, Other};

/// A kind of object: where it is, and the SQL for what is read of it. `o` is its row, `n` its
/// schema, and `$s` the prefix of a name in that schema.
struct Kind {
    /// Its name; with a list of names, the SQL that chooses.
    kind: &'static str,
    /// The words that name it in DROP and COMMENT.
    keyword: &'static str,
    catalogue: &'static str,
    schema: &'static str,
    /// Its name, and the name as SQL, with what identifies it besides.
    name: &'static str,
    target: &'static str,
    /// The number of the table or view that it is on.
    on: &'static str,
    /// The statements that create it.
    create: &'static str,
    rows: &'static str,
}

/// The query for all of them, and the extensions.
pub(super) fn query(found: &Found) -> String {
    let mut branches: Vec<String> = kinds::KINDS
        .iter()
        .chain(text_search::KINDS)
        .map(|kind| branch(found, kind))
        .collect();
    branches.push(kinds::publications(found));
    branches.push(kinds::extensions());
    branches.push(kinds::schemas(found));
    branches.join(" UNION ALL ")
}

/// Adds all of them.
pub(super) fn put(rows: Vec<String>, found: &mut Found) -> QueryResult<()> {
    for row in rows {
        put_one(found, &mut Fields::of(&row))?;
    }
    Ok(())
}

fn branch(found: &Found, kind: &Kind) -> String {
    let Kind {
        kind,
        keyword,
        catalogue,
        schema,
        name,
        target,
        on,
        create,
        rows,
    } = kind;
    let fields = packed(&[
        &format!("CAST('pg_catalog.{catalogue}'::pg_catalog.regclass AS oid)"),
        "o.oid",
        kind,
        "n.nspname",
        name,
        on,
        keyword,
        target,
        create,
        &format!("pg_catalog.obj_description(o.oid, '{catalogue}')"),
    ]);
    // what an extension owns, or the server made for another object, goes with that
    let own = format!(
        "NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS i WHERE i.classid = 'pg_catalog.{catalogue}'::pg_catalog.regclass \
         AND i.objid = o.oid AND (i.deptype = 'e' OR i.deptype = 'i' AND i.refobjid <> i.objid))"
    );
    format!(
        "SELECT {fields} AS text FROM pg_catalog.{catalogue} AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = {schema} \
         WHERE n.oid IN ({}) AND {rows} AND {own}",
        found.spaces,
    )
    .replace("$s", found.prefix())
}

fn put_one(found: &mut Found, row: &mut Fields) -> QueryResult<()> {
    let (catalogue, oid) = (row.oid(), row.oid());
    let kind = row.text();
    let schema = row.maybe();
    let name = row.text();
    if kind == "extension" {
        let schema = schema.filter(|schema| found.only.as_ref() != Some(schema));
        found.schema.extensions.push(Extension {
            schema,
            ..Extension::new(name)
        });
        return Ok(());
    }
    let name = match &schema {
        Some(schema) => found.name(schema, name),
        None => ObjectName::from(name),
    };
    let on = match row.oid() {
        0 => None,
        number => match found.relations.get(&number) {
            Some(relation) => Some(relation.name.clone()),
            None => return Ok(()), // on a table that is left out
        },
    };
    let (keyword, target) = (row.text(), row.text());
    let create = row.list();
    let what = name.sibling(format!("{kind} {}", name.name));
    found.comment(
        row.maybe().as_deref(),
        &format!("{keyword} {target}"),
        what,
        on.as_ref(),
    )?;
    if create.is_empty() && kind == "schema" {
        return Ok(()); // only its comment was wanted
    }
    let object = ObjectRef {
        on: on.clone(),
        ..ObjectRef::new(kind.clone(), name.clone())
    };
    found.knows(catalogue, oid, object);
    found.other(Other {
        on,
        create: Some(create).filter(|create| !create.is_empty()),
        drop: Some(format!("DROP {keyword} {target}")),
        ..Other::new(kind, name)
    });
    Ok(())
}
