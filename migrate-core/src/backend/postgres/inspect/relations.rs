//! Tables, views and sequences, and what a table is besides its columns: a partition, a child, a
//! table of another server. It must not know constraints and indexes.

use diesel::QueryResult;

use super::super::catalogue::packed;
use super::super::{ddl, quote, sequences, types};
use super::columns::{Columns, FoundColumn, identifier};
use super::fields::Fields;
use super::{Found, PG_CLASS, Relation, altered, own, parameter};
use crate::backend::is_excluded;
use crate::schema::{
    Column, DefaultValue, ObjectName, ObjectRef, Other, Sequence, SequenceOptions, Sql, Table,
    Type, View,
};

/// A relation as the catalogue has it.
pub(super) struct Raw {
    oid: u32,
    name: ObjectName,
    quoted: String,
    kind: String,
    persistence: String,
    is_partition: bool,
    options: Vec<String>,
    comment: Option<String>,
    partitioned_by: Option<String>,
    bound: Option<String>,
    /// The tables that it inherits from, by number and as SQL.
    parents: Vec<u32>,
    quoted_parents: Vec<String>,
    parent: Option<ObjectName>,
    method: Option<String>,
    tablespace: Option<String>,
    row_security: bool,
    forced_security: bool,
    identity: String,
    of_type: Option<String>,
    query: Option<String>,
    server: Option<String>,
    server_options: Option<String>,
    sequence: Option<RawSequence>,
}

struct RawSequence {
    ty: Type,
    options: SequenceOptions,
    /// The table and column that it belongs to, and whether as the sequence of an identity.
    owner: Option<(u32, i32)>,
    is_internal: bool,
}

/// The query for all relations.
pub(super) fn query(found: &Found) -> String {
    // few tables have a parent
    let parents = |what: &str| {
        format!(
            "CASE WHEN h.inhrelid IS NOT NULL THEN (SELECT pg_catalog.string_agg({what}, pg_catalog.chr(29) ORDER BY i.inhseqno) \
             FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid) END"
        )
    };
    let parent = |what: &str| {
        format!(
            "CASE WHEN h.inhrelid IS NOT NULL THEN (SELECT {what} FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent \
             JOIN pg_catalog.pg_namespace AS z ON z.oid = p.relnamespace WHERE i.inhrelid = c.oid ORDER BY i.inhseqno LIMIT 1) END"
        )
    };
    let fields = packed(&[
        "c.oid",
        "n.nspname",
        "c.relname",
        "CAST(c.oid AS pg_catalog.regclass)",
        "c.relkind",
        "c.relpersistence",
        "c.relispartition",
        "CASE WHEN c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL THEN \
         NULLIF(pg_catalog.array_to_string(c.reloptions || ARRAY(SELECT 'toast.' || o FROM \
         pg_catalog.unnest(t.reloptions) AS o), pg_catalog.chr(29)), '') END",
        "k.description",
        "CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END",
        "CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END",
        &parents("CAST(i.inhparent AS text)"),
        &parents("CAST(CAST(i.inhparent AS pg_catalog.regclass) AS text)"),
        &parent("z.nspname"),
        &parent("p.relname"),
        "NULLIF(m.amname, 'heap')",
        "CASE WHEN c.reltablespace <> 0 THEN (SELECT pg_catalog.quote_ident(s.spcname) FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace) END",
        "c.relrowsecurity",
        "c.relforcerowsecurity",
        "c.relreplident",
        "CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END",
        "CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END",
        "CASE WHEN f.ftrelid IS NOT NULL THEN (SELECT pg_catalog.quote_ident(s.srvname) FROM pg_catalog.pg_foreign_server AS s WHERE s.oid = f.ftserver) END",
        "CASE WHEN f.ftrelid IS NOT NULL THEN (SELECT pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.option_value), ', ') \
         FROM pg_catalog.pg_options_to_table(f.ftoptions) AS o) END",
        "pg_catalog.format_type(s.seqtypid, NULL)",
        "s.seqstart",
        "s.seqincrement",
        "s.seqmin",
        "s.seqmax",
        "s.seqcache",
        "s.seqcycle",
        "d.refobjid",
        "d.refobjsubid",
        "d.deptype = 'i'",
    ]);
    format!(
        "SELECT {fields} AS text FROM pg_catalog.pg_class AS c \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_description AS k ON k.objoid = c.oid AND k.objsubid = 0 \
         AND k.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         LEFT JOIN (SELECT DISTINCT inhrelid FROM pg_catalog.pg_inherits) AS h ON h.inhrelid = c.oid \
         LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid \
         LEFT JOIN pg_catalog.pg_am AS m ON m.oid = c.relam \
         LEFT JOIN pg_catalog.pg_foreign_table AS f ON f.ftrelid = c.oid \
         LEFT JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = c.oid \
         LEFT JOIN pg_catalog.pg_depend AS d ON c.relkind = 'S' AND d.objid = c.oid AND d.deptype IN ('a', 'i') \
         AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = d.classid AND d.refobjsubid > 0 \
         WHERE c.relnamespace IN ({}) AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND {} ORDER BY c.oid",
        found.spaces,
        own("pg_class", "c.oid")
    )
}

/// All relations.
pub(super) fn of(rows: &[String], found: &Found) -> Vec<Raw> {
    rows.iter()
        .map(|row| raw(found, &mut Fields::of(row)))
        .filter(|raw| raw.kind == "S" || !is_excluded(&raw.name.name))
        .collect()
}

fn raw(found: &Found, row: &mut Fields) -> Raw {
    let oid = row.oid();
    let (schema, name) = (row.text(), row.text());
    Raw {
        oid,
        name: found.name(&schema, name),
        quoted: row.text(),
        kind: row.text(),
        persistence: row.text(),
        is_partition: row.flag(),
        options: row.list(),
        comment: row.maybe().filter(|comment| !comment.is_empty()),
        partitioned_by: row.maybe(),
        bound: row.maybe(),
        parents: row
            .list()
            .iter()
            .filter_map(|oid| oid.parse().ok())
            .collect(),
        quoted_parents: row.list(),
        parent: match (row.maybe(), row.maybe()) {
            (Some(schema), Some(name)) => Some(found.name(&schema, name)),
            _ => None,
        },
        method: row.maybe(),
        tablespace: row.maybe(),
        row_security: row.flag(),
        forced_security: row.flag(),
        identity: row.text(),
        of_type: row.maybe(),
        query: row.maybe(),
        server: row.maybe(),
        server_options: row.maybe(),
        sequence: row.maybe().map(|ty| RawSequence {
            ty: types::read(&ty),
            options: SequenceOptions {
                start: row.number(),
                increment: row.number(),
                min: row.number(),
                max: row.number(),
                cache: row.number(),
                cycle: Some(row.flag()),
            },
            owner: row.number().zip(row.number()),
            is_internal: row.flag(),
        }),
    }
}

/// Adds tables, views, sequences, and what they have that has no type of its own.
pub(super) fn put(found: &mut Found, all: &[Raw], columns: &Columns) -> QueryResult<()> {
    for raw in all.iter().filter(|raw| raw.kind != "S") {
        let kind = match raw.kind.as_str() {
            "v" | "m" => "view",
            "f" => "foreign table",
            _ if raw.is_partition => "partition",
            _ => "table",
        };
        let object = ObjectRef {
            on: raw.parent.clone().filter(|_| kind == "partition"),
            ..ObjectRef::new(kind, raw.name.clone())
        };
        found.knows(PG_CLASS, raw.oid, object);
        let own = columns.get(&raw.oid).map_or(&[][..], Vec::as_slice);
        let table = match kind {
            "table" => {
                let table = table(raw, own)?;
                found.schema.tables.push(table);
                Some(found.schema.tables.len() - 1)
            }
            "view" => {
                found.schema.views.push(view(raw));
                None
            }
            _ => {
                let other = separate(raw, own)?;
                found.other(other);
                None
            }
        };
        let keyword = match raw.kind.as_str() {
            "v" => "VIEW",
            "m" => "MATERIALIZED VIEW",
            "f" => "FOREIGN TABLE",
            _ => "TABLE",
        };
        let relation = Relation {
            name: raw.name.clone(),
            quoted: raw.quoted.clone(),
            table,
            keyword,
        };
        others(found, raw, &relation, own, columns)?;
        found.relations.insert(raw.oid, relation);
    }
    for raw in all {
        if let Some(sequence) = &raw.sequence {
            put_sequence(found, raw, sequence, columns)?;
        }
    }
    Ok(())
}

fn table(raw: &Raw, columns: &[FoundColumn]) -> QueryResult<Table> {
    let mut table = Table::new(raw.name.clone());
    let own = columns.iter().filter(|found| found.is_local);
    table.columns = own.map(|found| found.column.clone()).collect();
    table.comment = raw.comment.clone();
    table.options.unlogged = raw.persistence == "u";
    let parameters: Vec<(String, String)> = raw.options.iter().map(|o| parameter(o)).collect();
    let mut suffix = Vec::new();
    if !raw.quoted_parents.is_empty() {
        suffix.push(format!("INHERITS ({})", raw.quoted_parents.join(", ")));
    }
    if let Some(key) = &raw.partitioned_by {
        suffix.push(format!("PARTITION BY {key}"));
    }
    if let Some(method) = &raw.method {
        suffix.push(format!("USING {}", identifier(method)?));
    }
    match suffix.is_empty() {
        true => table.options.parameters = parameters,
        // parameters stand behind these words
        false if !parameters.is_empty() => suffix.push(with(&parameters)?),
        false => {}
    }
    table.options.suffix = (!suffix.is_empty()).then(|| Sql::from(suffix.join(" ")));
    Ok(table)
}

fn with(parameters: &[(String, String)]) -> QueryResult<String> {
    let parameters = quote::parameters(parameters)
        .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    Ok(format!("WITH {parameters}"))
}

fn view(raw: &Raw) -> View {
    let query = raw.query.as_deref().unwrap_or_default().trim();
    View {
        materialized: raw.kind == "m",
        ..View::new(
            raw.name.clone(),
            query.strip_suffix(';').unwrap_or(query).trim_end(),
        )
    }
}

/// A partition or a foreign table.
fn separate(raw: &Raw, columns: &[FoundColumn]) -> QueryResult<Other> {
    let words = match (raw.kind.as_str(), raw.persistence.as_str()) {
        ("f", _) => "FOREIGN TABLE",
        (_, "u") => "UNLOGGED TABLE",
        _ => "TABLE",
    };
    let mut create = format!("CREATE {words} {}", raw.quoted);
    match (&raw.bound, raw.quoted_parents.first()) {
        (Some(bound), Some(parent)) => {
            create.push_str(&format!(" PARTITION OF {parent} {bound}"));
        }
        _ => {
            let columns: Vec<String> = columns
                .iter()
                .filter(|found| found.is_local)
                .map(foreign_column)
                .collect::<QueryResult<_>>()?;
            create.push_str(&format!(" ({})", columns.join(", ")));
            if !raw.quoted_parents.is_empty() {
                create.push_str(&format!(" INHERITS ({})", raw.quoted_parents.join(", ")));
            }
        }
    }
    if let Some(key) = &raw.partitioned_by {
        create.push_str(&format!(" PARTITION BY {key}"));
    }
    if let Some(method) = &raw.method {
        create.push_str(&format!(" USING {}", identifier(method)?));
    }
    if !raw.options.is_empty() {
        let parameters: Vec<(String, String)> = raw.options.iter().map(|o| parameter(o)).collect();
        create.push_str(&format!(" {}", with(&parameters)?));
    }
    if let Some(server) = &raw.server {
        create.push_str(&format!(" SERVER {server}"));
    }
    if let Some(options) = &raw.server_options {
        create.push_str(&format!(" OPTIONS ({options})"));
    }
    let (kind, drop) = match raw.kind.as_str() {
        "f" => ("foreign table", "FOREIGN TABLE"),
        _ => ("partition", "TABLE"),
    };
    Ok(Other {
        on: raw.parent.clone().filter(|_| raw.is_partition),
        create: Some(vec![create]),
        drop: Some(format!("DROP {drop} {}", raw.quoted)),
        ..Other::new(kind, raw.name.clone())
    })
}

fn foreign_column(found: &FoundColumn) -> QueryResult<String> {
    let definition = ddl::column_definition(&found.column)
        .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    let Some(options) = &found.foreign else {
        return Ok(definition);
    };
    // the options stand behind the type
    let bare = Column::new(&found.column.name, found.column.ty.clone());
    let bare = Column {
        nullable: true,
        ..bare
    };
    let start = ddl::column_definition(&bare)
        .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    let rest = definition.strip_prefix(&start).unwrap_or_default();
    Ok(format!("{start} OPTIONS ({options}){rest}"))
}

/// What a relation has that has no type of its own.
fn others(
    found: &mut Found,
    raw: &Raw,
    relation: &Relation,
    columns: &[FoundColumn],
    all: &Columns,
) -> QueryResult<()> {
    let (on, quoted) = (&relation.name, &relation.quoted);
    let alter = |what: &str| format!("ALTER {} {quoted} {what}", relation.keyword);
    let mut add = |kind: &str, name: &str, set: &str, reset: &str| {
        found.other(altered(
            kind,
            on.sibling(name),
            on,
            alter(set),
            alter(reset),
        ));
    };
    if raw.row_security {
        let (set, reset) = ("ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY");
        add("row level security", &on.name, set, reset);
    }
    if raw.forced_security {
        let (set, reset) = ("FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY");
        add("forced row level security", &on.name, set, reset);
    }
    match raw.identity.as_str() {
        "f" if raw.kind != "f" => {
            add(
                "replica identity",
                &on.name,
                "REPLICA IDENTITY FULL",
                "REPLICA IDENTITY DEFAULT",
            );
        }
        "n" if matches!(raw.kind.as_str(), "r" | "p") => {
            add(
                "replica identity",
                &on.name,
                "REPLICA IDENTITY NOTHING",
                "REPLICA IDENTITY DEFAULT",
            );
        }
        _ => {} // that of an index is read with it
    }
    if let Some(tablespace) = &raw.tablespace {
        let set = format!("SET TABLESPACE {tablespace}");
        add("tablespace", &on.name, &set, "SET TABLESPACE pg_default");
    }
    if let Some(ty) = &raw.of_type {
        add("typed table", &on.name, &format!("OF {ty}"), "NOT OF");
    }
    let is_view = matches!(raw.kind.as_str(), "v" | "m");
    if is_view {
        for option in &raw.options {
            let (name, value) = parameter(option);
            let set = format!("SET ({name} = {})", super::literal(&value)?);
            add("option", &name, &set, &format!("RESET ({name})"));
        }
        if let Some(method) = &raw.method {
            // 15
            let set = format!("SET ACCESS METHOD {}", identifier(method)?);
            add("access method", &on.name, &set, "SET ACCESS METHOD heap");
        }
    }
    if relation.table.is_none() {
        let target = format!("{} {quoted}", relation.keyword);
        let what = on.sibling(format!("{} {}", relation.keyword.to_lowercase(), on.name));
        found.comment(raw.comment.as_deref(), &target, what, Some(on))?;
    }
    let parent = |column: &FoundColumn| {
        let mut parents = raw.parents.iter().filter_map(|parent| all.get(parent));
        parents.find_map(|columns| {
            columns
                .iter()
                .find(|other| other.column.name == column.column.name)
        })
    };
    for column in columns {
        for other in column.others(on, quoted)? {
            found.other(other);
        }
        if raw.is_partition || !column.is_local {
            for other in column.overrides(parent(column), on, quoted)? {
                found.other(other);
            }
        }
        if let Some(text) = column.default.as_ref().filter(|_| is_view) {
            let name = identifier(&column.column.name)?;
            let set = format!("ALTER COLUMN {name} SET DEFAULT {text}");
            let drop = format!("ALTER COLUMN {name} DROP DEFAULT");
            let name = on.sibling(&column.column.name);
            found.other(altered("default", name, on, alter(&set), alter(&drop)));
        }
        if relation.table.is_none() || !column.is_local {
            let name = &column.column.name;
            let target = format!("COLUMN {quoted}.{}", identifier(name)?);
            let what = on.sibling(format!("column {name}"));
            found.comment(column.column.comment.as_deref(), &target, what, Some(on))?;
        }
    }
    Ok(())
}

/// Adds a sequence, or makes it a part of its column.
fn put_sequence(
    found: &mut Found,
    raw: &Raw,
    sequence: &RawSequence,
    columns: &Columns,
) -> QueryResult<()> {
    let options = sequences::without_defaults(&sequence.options, &sequence.ty);
    let mut owner = None;
    if let Some((table, number)) = sequence.owner {
        let of_table = columns.get(&table).map_or(&[][..], Vec::as_slice);
        let column = of_table.iter().find(|column| column.number == number);
        let (Some(relation), Some(column)) = (found.relations.get(&table).cloned(), column) else {
            return Ok(()); // it belongs to a table that is left out
        };
        let place = relation.table.and_then(|at| {
            let table = found.schema.tables.get_mut(at)?;
            let name = &column.column.name;
            table.columns.iter_mut().find(|column| column.name == *name)
        });
        let part = ObjectRef::new("table", relation.name.clone()).column(&column.column.name);
        match place {
            _ if sequence.is_internal && relation.table.is_none() => return Ok(()),
            Some(column) if sequence.is_internal => {
                if let Some(identity) = &mut column.identity {
                    identity.options = options;
                }
                found.knows(PG_CLASS, raw.oid, part);
                return Ok(());
            }
            Some(column)
                if options.is_default()
                    && raw.name == sequences::of_column(&relation.name, &column.name)
                    && takes_from(column, &raw.quoted)
                    && column.ty == sequence.ty =>
            {
                if let Some(serial) = sequences::serial(&sequence.ty) {
                    column.ty = serial;
                    column.default = None;
                    found.knows(PG_CLASS, raw.oid, part);
                    return Ok(());
                }
            }
            _ => {}
        }
        owner = Some((relation.name, column.column.name.clone()));
    }
    found.knows(
        PG_CLASS,
        raw.oid,
        ObjectRef::new("sequence", raw.name.clone()),
    );
    let what = raw.name.sibling(format!("sequence {}", raw.name.name));
    let target = format!("SEQUENCE {}", raw.quoted);
    found.comment(raw.comment.as_deref(), &target, what, None)?;
    if raw.persistence == "u" && owner.is_none() {
        let alter = |what: &str| format!("ALTER SEQUENCE {} SET {what}", raw.quoted);
        found.other(altered(
            "unlogged sequence",
            raw.name.clone(),
            &raw.name,
            alter("UNLOGGED"),
            alter("LOGGED"),
        ));
    }
    let mut one = Sequence::new(raw.name.clone());
    one.ty = Some(sequence.ty.clone()).filter(|ty| *ty != Type::BigInt);
    one.options = options;
    one.owned_by = owner;
    found.schema.sequences.push(one);
    Ok(())
}

/// Whether the default of a column, which is not null, is the next number of a sequence.
fn takes_from(column: &Column, sequence: &str) -> bool {
    let Ok(literal) = quote::text(sequence) else {
        return false;
    };
    let next = Sql::from(format!("nextval({literal}::regclass)"));
    !column.nullable && column.default == Some(DefaultValue::Expression(next))
}
