//! Indexes and what they are over, also of those that belong to a constraint. It must not know what
//! else a constraint is.

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::super::catalogue::packed;
use super::super::default::bare;
use super::columns::identifier;
use super::fields::{Fields, parts};
use super::{Found, PG_CLASS, altered, literal, own, parameter};
use crate::schema::{Index, IndexKey, IndexPart, Nulls, ObjectRef, Order, Other};

/// The indexes by their numbers.
pub(super) type Indexes = BTreeMap<u32, FoundIndex>;

/// An index as the catalogue has it.
pub(super) struct FoundIndex {
    pub(super) index: Index,
    /// Its table, by number.
    pub(super) table: u32,
    /// Its name as SQL.
    quoted: String,
    /// Whether it is a constraint's.
    of_constraint: bool,
    is_valid: bool,
    /// The statement that creates it, if it has something that an [`Index`] has no field for.
    pub(super) definition: Option<String>,
    comment: Option<String>,
    tablespace: Option<String>,
    is_clustered: bool,
    is_identity: bool,
}

/// The query for all indexes.
pub(super) fn query(found: &Found) -> String {
    let part = "(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(pg_catalog.chr(28), \
         CASE u.number WHEN 0 THEN 'e' ELSE 'c' END, \
         CASE u.number WHEN 0 THEN pg_catalog.pg_get_indexdef(x.indexrelid, CAST(u.place AS integer), false) ELSE a.attname END, \
         CAST(x.indoption[u.place - 1] AS text), \
         CASE WHEN x.indcollation[u.place - 1] NOT IN (0, COALESCE(a.attcollation, y.typcollation)) \
         THEN (SELECT g.collname FROM pg_catalog.pg_collation AS g WHERE g.oid = x.indcollation[u.place - 1]) ELSE '' END, \
         CASE WHEN o.opcdefault AND (o.opcintype = COALESCE(a.atttypid, k.atttypid) \
         OR (o.opcmethod, COALESCE(a.atttypid, k.atttypid)) NOT IN \
         (SELECT q.opcmethod, q.opcintype FROM pg_catalog.pg_opclass AS q WHERE q.opcdefault)) \
         THEN '' ELSE o.opcname END), \
         pg_catalog.chr(29) ORDER BY u.place) \
         FROM pg_catalog.unnest(CAST(x.indkey AS int2[])) WITH ORDINALITY AS u (number, place) \
         LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.number AND u.number <> 0 \
         JOIN pg_catalog.pg_attribute AS k ON k.attrelid = x.indexrelid AND k.attnum = u.place \
         JOIN pg_catalog.pg_type AS y ON y.oid = k.atttypid \
         JOIN pg_catalog.pg_opclass AS o ON o.oid = x.indclass[u.place - 1] \
         WHERE u.place <= x.indnkeyatts)";
    let included = "CASE WHEN x.indnatts > x.indnkeyatts THEN (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(29) ORDER BY u.place) \
         FROM pg_catalog.unnest(CAST(x.indkey AS int2[])) WITH ORDINALITY AS u (number, place) \
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.number \
         WHERE u.place > x.indnkeyatts) END";
    // a class with parameters or outside the search path, and what cannot be used yet
    let special = "NOT x.indisvalid OR EXISTS (SELECT FROM pg_catalog.pg_attribute AS k \
         WHERE k.attrelid = x.indexrelid AND k.attoptions IS NOT NULL) \
         OR CAST(x.indclass AS oid[]) && ARRAY(SELECT o.oid FROM pg_catalog.pg_opclass AS o \
         WHERE NOT o.opcdefault AND NOT pg_catalog.pg_opclass_is_visible(o.oid)) \
         OR EXISTS (SELECT FROM pg_catalog.unnest(CAST(x.indcollation AS oid[])) AS u (number) \
         WHERE u.number <> 0 AND NOT pg_catalog.pg_collation_is_visible(u.number))";
    let distinct = match found.version >= 150_000 {
        true => "x.indnullsnotdistinct",
        false => "false",
    };
    let fields = packed(&[
        "x.indexrelid",
        "x.indrelid",
        "c.relname",
        "CAST(c.oid AS pg_catalog.regclass)",
        "m.amname",
        "x.indisunique",
        "x.indisvalid",
        part,
        included,
        "CASE WHEN x.indpred IS NOT NULL THEN pg_catalog.pg_get_expr(x.indpred, x.indrelid) END",
        "pg_catalog.array_to_string(c.reloptions, pg_catalog.chr(29))",
        distinct,
        "w.conindid IS NOT NULL",
        &format!("CASE WHEN {special} THEN pg_catalog.pg_get_indexdef(x.indexrelid, 0, true) END"),
        "d.description",
        "CASE WHEN c.reltablespace <> 0 THEN (SELECT pg_catalog.quote_ident(s.spcname) FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace) END",
        "x.indisclustered",
        "x.indisreplident",
    ]);
    format!(
        "SELECT {fields} AS text FROM pg_catalog.pg_index AS x \
         JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid \
         JOIN pg_catalog.pg_am AS m ON m.oid = c.relam \
         LEFT JOIN (SELECT DISTINCT conindid FROM pg_catalog.pg_constraint WHERE contype IN ('p', 'u', 'x')) AS w \
         ON w.conindid = x.indexrelid \
         LEFT JOIN pg_catalog.pg_description AS d ON d.objoid = c.oid AND d.objsubid = 0 \
         AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         WHERE c.relnamespace IN ({}) AND NOT c.relispartition AND {} ORDER BY c.oid",
        found.spaces,
        own("pg_class", "c.oid")
    )
}

/// All indexes.
pub(super) fn of(rows: Vec<String>, found: &Found) -> Indexes {
    let mut all = Indexes::new();
    for row in rows {
        let mut row = Fields::of(&row);
        let (oid, table) = (row.oid(), row.oid());
        if let Some(relation) = found.relations.get(&table) {
            let on = relation.name.clone();
            all.insert(oid, index(&mut row, table, on));
        }
    }
    all
}

fn index(row: &mut Fields, number: u32, table: crate::schema::ObjectName) -> FoundIndex {
    let name = row.text();
    let quoted = row.text();
    let method = row.text();
    let unique = row.flag();
    let is_valid = row.flag();
    let keys = row.list().iter().map(|text| part(text)).collect();
    let mut index = Index::new(name, table, keys);
    index.method = Some(method).filter(|method| method != "btree");
    index.unique = unique;
    index.include = row.list();
    index.predicate = row.maybe().map(|text| bare(&text).into());
    index.parameters = row.list().iter().map(|text| parameter(text)).collect();
    index.nulls_not_distinct = row.flag();
    FoundIndex {
        index,
        table: number,
        quoted,
        of_constraint: row.flag(),
        is_valid,
        definition: row.maybe(),
        comment: row.maybe(),
        tablespace: row.maybe(),
        is_clustered: row.flag(),
        is_identity: row.flag(),
    }
}

fn part(text: &str) -> IndexPart {
    let fields = parts(text);
    let field = |at: usize| fields.get(at).copied().unwrap_or_default();
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let key = match field(0) {
        "e" => IndexKey::Expression(bare(field(1)).into()),
        _ => IndexKey::Column(field(1).to_owned()),
    };
    let option: u8 = field(2).parse().unwrap_or_default();
    let (is_descending, nulls_first) = (option & 1 != 0, option & 2 != 0);
    let mut part = IndexPart::from(key);
    part.order = is_descending.then_some(Order::Descending);
    part.nulls = match (is_descending, nulls_first) {
        (false, true) => Some(Nulls::First),
        (true, false) => Some(Nulls::Last),
        _ => None,
    };
    part.collation = some(field(3));
    part.operator_class = some(field(4));
    part
}

/// Adds the indexes that belong to no constraint, and what any of them has that has no field.
pub(super) fn put(found: &mut Found, all: Indexes) -> QueryResult<()> {
    for (oid, one) in all {
        let name = one.index.name.clone();
        let table = one.index.table.clone();
        let Some(relation) = found.relations.get(&one.table).cloned() else {
            continue;
        };
        others(found, &one, &relation)?;
        if one.of_constraint {
            for (parameter, value) in &one.index.parameters {
                let alter = |what: &str| format!("ALTER INDEX {} {what}", one.quoted);
                let set = alter(&format!("SET ({parameter} = {})", literal(value)?));
                found.other(altered(
                    "index option",
                    table.sibling(format!("{name} {parameter}")),
                    &table,
                    set,
                    alter(&format!("RESET ({parameter})")),
                ));
            }
            continue;
        }
        let kind = match (one.is_valid, &one.definition) {
            (false, _) => "invalid index",
            (true, _) => "index",
        };
        let object = ObjectRef::new(kind, table.sibling(&name)).on(table.clone());
        found.knows(PG_CLASS, oid, object);
        match one.definition {
            Some(definition) => found.other(Other {
                on: Some(table.clone()),
                create: Some(vec![definition]),
                drop: Some(format!("DROP INDEX {}", one.quoted)),
                ..Other::new(kind, table.sibling(name))
            }),
            None => found.schema.indexes.push(one.index),
        }
    }
    Ok(())
}

fn others(found: &mut Found, one: &FoundIndex, relation: &super::Relation) -> QueryResult<()> {
    let (name, table) = (&one.index.name, &one.index.table);
    let index = identifier(name)?;
    let alter = |what: &str| format!("ALTER {} {} {what}", relation.keyword, relation.quoted);
    found.comment(
        one.comment.as_deref(),
        &format!("INDEX {}", one.quoted),
        table.sibling(format!("index {name}")),
        Some(table),
    )?;
    if let Some(tablespace) = &one.tablespace {
        let set = |to: &str| format!("ALTER INDEX {} SET TABLESPACE {to}", one.quoted);
        let (set, reset) = (set(tablespace), set("pg_default"));
        let what = table.sibling(format!("index {name}"));
        found.other(altered("tablespace", what, table, set, reset));
    }
    if one.is_clustered {
        let set = alter(&format!("CLUSTER ON {index}"));
        let reset = alter("SET WITHOUT CLUSTER");
        found.other(altered("cluster", table.sibling(name), table, set, reset));
    }
    if one.is_identity {
        let set = alter(&format!("REPLICA IDENTITY USING INDEX {index}"));
        let reset = alter("REPLICA IDENTITY DEFAULT");
        let what = table.sibling(&table.name);
        found.other(altered("replica identity", what, table, set, reset));
    }
    Ok(())
}
