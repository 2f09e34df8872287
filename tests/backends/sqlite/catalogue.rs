//! SQLite's catalogue, one fact per line.

use std::collections::BTreeSet;

use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

/// Everything but the checks, from the pragmas.
const FACTS: &str = "
    WITH tables AS (
        SELECT name, wr, strict FROM pragma_table_list
        WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
          AND name NOT LIKE '\\_\\_%' ESCAPE '\\'
    )
    SELECT 'table ' || name || iif(wr, ' without rowid', '') || iif(strict, ' strict', '') AS text
      FROM tables
    UNION ALL
    SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || iif(c.\"notnull\", ' not null', '')
        || coalesce(' default ' || c.dflt_value, '') || iif(c.pk, ' primary key ' || c.pk, '')
        || iif(c.hidden, ' generated ' || c.hidden, '')
      FROM tables t, pragma_table_xinfo(t.name) c
    UNION ALL
    SELECT 'foreign key ' || t.name || '(' || group_concat(f.\"from\", ', ') || ') -> ' || f.\"table\" || '('
        || group_concat(coalesce(f.\"to\", 'primary key'), ', ') || ') on delete ' || f.on_delete
        || ' on update ' || f.on_update
      FROM tables t, pragma_foreign_key_list(t.name) f GROUP BY t.name, f.id
    UNION ALL
    SELECT iif(i.origin = 'c', 'index ' || i.name, 'constraint ' || i.origin) || ' on ' || t.name || '('
        || (SELECT group_concat(coalesce(k.name, 'expression') || iif(k.desc, ' desc', ''), ', ')
              FROM pragma_index_xinfo(i.name) k WHERE k.key)
        || ')' || iif(i.\"unique\", ' unique', '') || iif(i.partial, ' partial', '')
      FROM tables t, pragma_index_list(t.name) i
    UNION ALL
    SELECT 'numbered ' || name FROM sqlite_schema
     WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'
";

/// All facts.
pub(super) fn facts(connection: &mut SqliteConnection) -> BTreeSet<String> {
    let mut facts: BTreeSet<String> = texts(connection, FACTS).into_iter().collect();
    let definitions = texts(
        connection,
        "SELECT sql AS text FROM sqlite_schema WHERE sql LIKE '%CHECK (%' AND type = 'table'",
    );
    facts.extend(definitions.iter().flat_map(|definition| checks(definition)));
    facts
}

/// The column `text` of a query's rows.
pub(super) fn texts(connection: &mut SqliteConnection, query: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let rows: Vec<Row> = sql_query(query).load(connection).unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

/// The checks in a table's definition, which no pragma lists.
fn checks(definition: &str) -> Vec<String> {
    let starts = definition
        .match_indices("CHECK (")
        .map(|(at, found)| at + found.len());
    starts
        .map(|start| format!("check {}", up_to_closing(&definition[start..])))
        .collect()
}

fn up_to_closing(text: &str) -> &str {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}
