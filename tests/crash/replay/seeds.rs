//! Rows for unknown tables: from the catalogue alone, each column by its type, references to rows
//! that are there, numbers and words that differ from row to row. What a table refuses is counted.
//! It must not know of revisions.

use std::collections::BTreeMap;

use migrate_core::engine::backend::{BackendKind, Session};

/// The minimum number of rows of each table.
const ROWS: usize = 3;

/// The number of strategies for values that are tried until a table accepts a row.
const STYLES: usize = 4;

/// The result.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) seeded: usize,
    pub(super) refused: usize,
    pub(super) sparse: usize,
    pub(super) tables: usize,
}

/// A column as the catalogue has it.
struct Column {
    name: String,
    ty: String,
    not_null: bool,
    /// The database provides its value: a sequence, a computed column.
    given: bool,
    /// The values of its enum, or of a list in a check.
    values: Vec<String>,
    /// The table and the column that it references.
    refers: Option<(String, String)>,
}

/// Gives each table at least [`ROWS`] rows, as far as it takes them; each statement is reported,
/// and whether it worked.
pub(super) fn fill(session: &mut dyn Session, report: &mut dyn FnMut(&str, bool)) -> Counts {
    let kind = session.backend().kind();
    let tables = tables(session);
    let mut counts = Counts {
        tables: tables.len(),
        ..Counts::default()
    };
    // tables that reference others accept rows once those have some
    for pass in 0..3 {
        let mut progress = false;
        for (table, columns) in &tables {
            let has = count(session, table);
            for row in has..ROWS {
                let done = (0..STYLES).any(|style| {
                    let sql = insert(kind, table, columns, row + 1, style);
                    let worked = session.execute(&sql).is_ok();
                    report(&sql, worked);
                    worked
                });
                progress |= done;
                counts.seeded += usize::from(done);
                counts.refused += usize::from(!done && pass == 2);
            }
        }
        if !progress && pass > 0 {
            break;
        }
    }
    counts.sparse = tables
        .keys()
        .filter(|table| count(session, table) < ROWS)
        .count();
    counts
}

/// Deletes all rows of all tables, as far as possible.
pub(super) fn empty(session: &mut dyn Session) {
    for _ in 0..3 {
        for table in tables(session).keys() {
            // a referenced one can be emptied later
            let _ = session.execute(&format!("DELETE FROM {table}"));
        }
    }
}

fn count(session: &mut dyn Session, table: &str) -> usize {
    let text = if is_mysql(session.backend().kind()) {
        "CHAR"
    } else {
        "TEXT"
    };
    let query = format!("SELECT CAST(COUNT(*) AS {text}) AS text FROM {table}");
    let rows = session.texts(&query).unwrap_or_default();
    rows.first()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(ROWS)
}

fn is_mysql(kind: BackendKind) -> bool {
    matches!(kind, BackendKind::Mysql | BackendKind::Mariadb)
}

fn quoted(kind: BackendKind, name: &str) -> String {
    let quote = if is_mysql(kind) { '`' } else { '"' };
    format!("{quote}{name}{quote}")
}

/// A row with this number, by one of the strategies: 0 fills all columns, 1 with smaller values, 2
/// and 3 the same but only columns that must not be NULL.
fn insert(kind: BackendKind, table: &str, columns: &[Column], row: usize, style: usize) -> String {
    let few = style >= 2;
    let chosen = columns
        .iter()
        .filter(|column| !column.given && (column.not_null || !few));
    let (names, values): (Vec<String>, Vec<String>) = chosen
        .map(|column| {
            (
                quoted(kind, &column.name),
                value(kind, column, row, style % 2 == 1),
            )
        })
        .unzip();
    match (names.is_empty(), is_mysql(kind)) {
        (true, true) => format!("INSERT INTO {table} () VALUES ()"),
        (true, false) => format!("INSERT INTO {table} DEFAULT VALUES"),
        _ => format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            names.join(", "),
            values.join(", ")
        ),
    }
}

fn value(kind: BackendKind, column: &Column, row: usize, small: bool) -> String {
    if let Some((table, key)) = &column.refers {
        let key = quoted(kind, key);
        return format!(
            "(SELECT {key} FROM {table} AS others ORDER BY {key} LIMIT 1 OFFSET {})",
            row - 1
        );
    }
    if !column.values.is_empty() {
        return text(&column.values[row % column.values.len()]);
    }
    let ty = column.ty.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| ty.contains(word));
    let number = if small { row } else { row + 100 };
    if ty.ends_with("[]") {
        return "'{}'".to_owned();
    }
    if has(&["json"]) {
        return "'{}'".to_owned();
    }
    if has(&["uuid"]) {
        return text(&format!("00000000-0000-4000-8000-{number:012}"));
    }
    if has(&["bool", "tinyint(1)"]) {
        return match kind {
            BackendKind::Postgres => row.is_multiple_of(2).to_string(),
            _ => (row % 2).to_string(),
        };
    }
    if has(&["timestamp", "datetime"]) {
        return text(&format!("2020-01-{:02} 00:00:0{row}", row + 1));
    }
    if has(&["interval"]) {
        return text(&format!("{row} days"));
    }
    if has(&["date"]) {
        return text(&format!("2020-01-{:02}", row + 1));
    }
    if ty.starts_with("time") {
        return text(&format!("00:00:0{row}"));
    }
    if ty.starts_with("year") {
        return format!("20{:02}", row + 10);
    }
    if has(&["range"]) {
        return text("empty");
    }
    if has(&["point"]) && kind == BackendKind::Postgres {
        return text(&format!("({row},{row})"));
    }
    if has(&["inet", "cidr"]) {
        return text(&format!("10.0.0.{row}"));
    }
    if has(&["blob", "binary"]) {
        return format!("X'{number:08}'");
    }
    if has(&["bytea"]) {
        return text(&format!("\\x{number:08}"));
    }
    if has(&["tsvector", "ltree", "xml", "hstore"]) {
        return text("");
    }
    if has(&[
        "int", "serial", "numeric", "decimal", "real", "floa", "doub", "money", "oid",
    ]) {
        return number.to_string();
    }
    if ty.starts_with("bit") {
        return if is_mysql(kind) {
            "b'0'".to_owned()
        } else {
            "'0'".to_owned()
        };
    }
    let longest = ty
        .split(['(', ')'])
        .nth(1)
        .and_then(|length| length.parse::<usize>().ok());
    let word = if small {
        format!("s{row}")
    } else {
        format!("seed {row} of {}", column.name)
    };
    let word: String = match longest {
        // the number must not be truncated
        Some(longest) if longest < word.len() => format!("{row}").chars().take(longest).collect(),
        _ => word,
    };
    text(&word)
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// The columns of each table, by the table's name as SQL.
fn tables(session: &mut dyn Session) -> BTreeMap<String, Vec<Column>> {
    let kind = session.backend().kind();
    let query = match kind {
        BackendKind::Sqlite => SQLITE,
        BackendKind::Postgres => POSTGRES,
        _ => MYSQL,
    };
    let lines = session
        .texts(query)
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for line in lines {
        let parts: Vec<&str> = line.split('\t').collect();
        let [table, name, ty, not_null, given, values, refers, key] = parts[..] else {
            panic!("no column: {line}");
        };
        let qualified = |name: &str| {
            let parts: Vec<String> = name.split('.').map(|part| quoted(kind, part)).collect();
            parts.join(".")
        };
        let columns = tables.entry(qualified(table)).or_default();
        if columns.iter().any(|column| column.name == name) {
            continue; // it refers to two tables; the first counts
        }
        columns.push(Column {
            name: name.to_owned(),
            ty: ty.to_owned(),
            not_null: not_null == "1",
            given: given == "1",
            values: listed(values),
            refers: (!refers.is_empty()).then(|| (qualified(refers), key.to_owned())),
        });
    }
    tables
}

/// The strings of `'a','b'`.
fn listed(text: &str) -> Vec<String> {
    let mut parts = text.split('\'');
    let mut values = Vec::new();
    parts.next();
    while let Some(value) = parts.next() {
        values.push(value.to_owned());
        parts.next();
    }
    values
}

// table, column, type, not null, given by the database, values, table and column that it references

const SQLITE: &str = "
SELECT t.name || char(9) || c.name || char(9) || c.type || char(9) || (c.\"notnull\" OR c.pk > 0) || char(9)
    || (c.hidden > 0 OR (c.pk = 1 AND upper(c.type) = 'INTEGER'
        AND (SELECT count(*) FROM pragma_table_info(t.name) WHERE pk > 0) = 1)) || char(9) || char(9)
    || coalesce(f.\"table\", '') || char(9)
    || coalesce(f.\"to\", (SELECT name FROM pragma_table_info(f.\"table\") WHERE pk = 1), '') AS text
  FROM pragma_table_list t, pragma_table_xinfo(t.name) c
  LEFT JOIN pragma_foreign_key_list(t.name) f ON f.\"from\" = c.name
 WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
   AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND c.hidden <> 1
 ORDER BY t.name, c.cid";

const POSTGRES: &str = r"
SELECT n.nspname || '.' || r.relname || E'\t' || a.attname || E'\t'
    || format_type(CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE a.atttypid END, a.atttypmod) || E'\t'
    || a.attnotnull::int || E'\t'
    || (a.attidentity <> '' OR a.attgenerated <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false))::int || E'\t'
    || coalesce((SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = a.atttypid), '')
    || E'\t' || coalesce(fn.nspname || '.' || fr.relname, '') || E'\t' || coalesce(fa.attname, '') AS text
  FROM pg_class r
  JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type y ON y.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  LEFT JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)
  LEFT JOIN pg_class fr ON fr.oid = k.confrelid
  LEFT JOIN pg_namespace fn ON fn.oid = fr.relnamespace
  LEFT JOIN pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = k.confkey[array_position(k.conkey, a.attnum)]
 WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND r.relname NOT LIKE '\_\_%'
 ORDER BY n.nspname, r.relname, a.attnum, k.conname";

const MYSQL: &str = r"
SELECT CONVERT(CONCAT_WS('\t', c.table_name, c.column_name, c.column_type, c.is_nullable = 'NO',
    c.extra LIKE '%auto_increment%' OR c.extra LIKE '%GENERATED%' AND c.extra NOT LIKE 'DEFAULT\_GENERATED%',
    IF(c.data_type IN ('enum', 'set'), c.column_type, ''), COALESCE(MIN(k.referenced_table_name), ''),
    COALESCE(MIN(k.referenced_column_name), '')) USING utf8mb4) AS text
  FROM information_schema.columns c
  JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
  LEFT JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema AND k.table_name = c.table_name
   AND k.column_name = c.column_name AND k.referenced_table_name IS NOT NULL
 WHERE c.table_schema = DATABASE() AND c.table_name NOT LIKE '\_\_%'
 GROUP BY c.table_name, c.column_name, c.column_type, c.is_nullable, c.extra, c.data_type, c.ordinal_position
 ORDER BY c.table_name, c.ordinal_position";
