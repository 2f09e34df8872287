//! The catalogue of MySQL or MariaDB, one fact per line.

use std::collections::BTreeSet;

use migrate_core::engine::backend::{BackendKind, Session};

/// Everything that an operation can create or change, in the connection's database.
const FACTS: &str = r"
SELECT CONCAT('table ', table_name, ' engine ', engine, ' collate ', table_collation,
    IF(table_comment = '', '', CONCAT(' comment ', QUOTE(table_comment)))) AS fact
  FROM information_schema.tables
 WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\_\_%'
UNION ALL
SELECT CONCAT('column ', table_name, '.', column_name, ' ', column_type,
    IF(collation_name IS NULL, '', CONCAT(' collate ', collation_name)),
    IF(is_nullable = 'NO', ' not null', ''),
    IF(column_default IS NULL, '', CONCAT(' default ', column_default)),
    IF(extra = '', '', CONCAT(' ', extra)),
    IF(COALESCE(generation_expression, '') = '', '', CONCAT(' as ', generation_expression)),
    IF(column_comment = '', '', CONCAT(' comment ', QUOTE(column_comment))))
  FROM information_schema.columns
 WHERE table_schema = DATABASE() AND table_name NOT LIKE '\_\_%'
UNION ALL
SELECT CONCAT(IF(index_name = 'PRIMARY', 'primary key', IF(non_unique = 0, 'unique index ', 'index ')),
    IF(index_name = 'PRIMARY', '', index_name), ' on ', table_name, ' (',
    GROUP_CONCAT(CONCAT(COALESCE(column_name, {EXPRESSION}), IF(sub_part IS NULL, '', CONCAT('(', sub_part, ')')),
        IF(collation = 'D', ' desc', '')) ORDER BY seq_in_index SEPARATOR ', '), ')',
    IF(index_type = 'BTREE', '', CONCAT(' ', LOWER(index_type))))
  FROM information_schema.statistics
 WHERE table_schema = DATABASE() AND table_name NOT LIKE '\_\_%'
 GROUP BY table_name, index_name, non_unique, index_type
UNION ALL
SELECT CONCAT('foreign key ', k.constraint_name, ' on ', k.table_name, ' (',
    GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position SEPARATOR ', '), ') to ', k.referenced_table_name, ' (',
    GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position SEPARATOR ', '), ') on delete ', r.delete_rule,
    ' on update ', r.update_rule)
  FROM information_schema.key_column_usage k
  JOIN information_schema.referential_constraints r
    ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
 WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
 GROUP BY k.constraint_name, k.table_name, k.referenced_table_name, r.delete_rule, r.update_rule
UNION ALL
{CHECKS}
UNION ALL
SELECT CONCAT('view ', table_name, ' as ', REPLACE(view_definition, CONCAT('`', DATABASE(), '`.'), ''))
  FROM information_schema.views WHERE table_schema = DATABASE()
";

const CHECKS_OF_MYSQL: &str = r"
SELECT CONCAT('check ', c.constraint_name, ' on ', t.table_name, ' ', c.check_clause)
  FROM information_schema.check_constraints c
  JOIN information_schema.table_constraints t
    ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
 WHERE c.constraint_schema = DATABASE()";

const CHECKS_OF_MARIADB: &str = r"
SELECT CONCAT('check ', constraint_name, ' on ', table_name, ' ', check_clause)
  FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()
UNION ALL
SELECT CONCAT('sequence ', table_name)
  FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'SEQUENCE'";

/// The contents of the test's schemas, which are databases.
const ELSEWHERE: &str = r"
SELECT CONCAT('schema ', schema_name) AS fact FROM information_schema.schemata WHERE schema_name LIKE '{MINE}'
UNION ALL
SELECT CONCAT('table ', table_schema, '.', table_name, IF(table_comment = '', '', CONCAT(' comment ', QUOTE(table_comment))))
  FROM information_schema.tables WHERE table_schema LIKE '{MINE}'
UNION ALL
SELECT CONCAT('column ', table_schema, '.', table_name, '.', column_name, ' ', column_type, IF(is_nullable = 'NO', ' not null', ''))
  FROM information_schema.columns WHERE table_schema LIKE '{MINE}'
UNION ALL
SELECT CONCAT('index ', index_name, ' on ', table_schema, '.', table_name, ' (', column_name, ')')
  FROM information_schema.statistics WHERE table_schema LIKE '{MINE}'";

/// The suffix of a test's schemas: a schema is a database there, and so one of the whole server.
pub(crate) fn mine() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    std::thread::current().name().hash(&mut hasher);
    format!("_t{}_{:x}", std::process::id(), hasher.finish() as u32)
}

/// The pattern of their names.
pub(crate) fn pattern() -> String {
    format!("%{}", mine().replace('_', "\\_"))
}

/// The options of each sequence, which are in the sequence itself.
fn sequences(session: &mut dyn Session) -> Vec<String> {
    let names = session
        .texts(
            "SELECT CONVERT(table_name USING utf8mb4) AS text FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_type = 'SEQUENCE'",
        )
        .unwrap();
    names
        .iter()
        .flat_map(|name| {
            session
                .texts(&format!(
                    "SELECT CONCAT('rules of {name}: start ', start_value, ' increment ', increment, ' min ', minimum_value, \
                     ' max ', maximum_value, ' cache ', cache_size, IF(cycle_option, ' cycle', '')) AS text FROM `{name}`"
                ))
                .unwrap()
        })
        .collect()
}

/// All facts.
pub(super) fn facts(session: &mut dyn Session, kind: BackendKind) -> BTreeSet<String> {
    let (expression, checks) = match kind {
        BackendKind::Mysql => ("expression", CHECKS_OF_MYSQL),
        _ => ("'?'", CHECKS_OF_MARIADB),
    };
    let facts = FACTS
        .replace("{EXPRESSION}", expression)
        .replace("{CHECKS}", checks);
    let elsewhere = ELSEWHERE.replace("{MINE}", &pattern());
    let query = format!(
        "SELECT CONVERT(fact USING utf8mb4) AS text FROM ({facts} UNION ALL {elsewhere}) AS facts"
    );
    let mine = mine();
    session
        .texts(&query)
        .unwrap()
        .into_iter()
        .chain(sequences(session))
        .map(|fact| fact.replace(&mine, ""))
        .collect()
}
