//! The catalogue queries that show on MySQL and MariaDB whether a statement took effect, and how
//! the catalogue spells definitions. Pure.

use super::Dialect;
use super::ddl::column::default_value;
use super::lookup::unescaped;
use super::quote::{object, sql, text};
use super::types::{digits_of_moment, spelled};
use crate::backend::{BackendKind, CatalogQueries, FoundColumn, Query, SchemaQueries};
use crate::error::Unsupported;
use crate::schema::{Column, ConstraintKind, DefaultValue, ObjectName, Type, Value};
use crate::sql::{plain, tokens};

impl Dialect {
    /// The queries for all effects of a statement, as each change of the schema commits by itself.
    pub(super) fn catalog_queries(self) -> CatalogQueries {
        CatalogQueries::Schema(match self {
            Dialect::Mysql => &Dialect::Mysql,
            Dialect::Mariadb => &Dialect::Mariadb,
        })
    }
}

impl SchemaQueries for Dialect {
    fn relations(&self, name: &ObjectName) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM information_schema.tables WHERE {} \
             AND (@@lower_case_table_names > 0 OR BINARY table_name = {})",
            packed(&[
                "table_name",
                "CASE table_type WHEN 'VIEW' THEN 'view' WHEN 'SEQUENCE' THEN 'sequence' ELSE 'table' END",
            ]),
            of_table("", name),
            text(&name.name)
        ))
    }

    fn columns(&self, table: &ObjectName) -> Query {
        let default = match self {
            Dialect::Mysql => {
                "IF(c.column_default IS NULL, NULL, IF(c.extra LIKE '%DEFAULT_GENERATED%', \
                 c.column_default, QUOTE(c.column_default)))"
            }
            Dialect::Mariadb => "c.column_default",
        };
        Ok(format!(
            "SELECT {} AS text FROM information_schema.columns c WHERE {} ORDER BY c.ordinal_position",
            packed(&[
                "c.column_name",
                "c.column_type",
                "IF(c.is_nullable = 'YES', '1', '0')",
                default,
                "c.generation_expression",
                "IF(c.extra LIKE '%auto_increment%', 'numbered', '')",
            ]),
            of_table("c.", table)
        ))
    }

    fn table_comment(&self, table: &ObjectName) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM information_schema.tables WHERE {}",
            packed(&["table_comment"]),
            of_table("", table)
        ))
    }

    fn constraints(&self, table: &ObjectName) -> Query {
        let key = |column: &str| {
            format!(
                "(SELECT GROUP_CONCAT(k.{column} ORDER BY k.ordinal_position SEPARATOR '\n') \
                 FROM information_schema.key_column_usage k WHERE k.constraint_schema = tc.constraint_schema \
                 AND k.table_name = tc.table_name AND k.constraint_name = tc.constraint_name)"
            )
        };
        let of_check = match self {
            Dialect::Mysql => "",
            Dialect::Mariadb => "AND cc.table_name = tc.table_name",
        };
        Ok(format!(
            "SELECT {} AS text FROM information_schema.table_constraints tc \
             LEFT JOIN information_schema.referential_constraints rc ON rc.constraint_schema = tc.constraint_schema \
             AND rc.constraint_name = tc.constraint_name AND rc.table_name = tc.table_name \
             LEFT JOIN information_schema.check_constraints cc ON cc.constraint_schema = tc.constraint_schema \
             AND cc.constraint_name = tc.constraint_name {of_check} AND tc.constraint_type = 'CHECK' WHERE {}",
            packed(&[
                "tc.constraint_name",
                "CASE tc.constraint_type WHEN 'PRIMARY KEY' THEN 'p' WHEN 'UNIQUE' THEN 'u' WHEN 'FOREIGN KEY' THEN 'f' \
                 WHEN 'CHECK' THEN 'c' ELSE '' END",
                &key("column_name"),
                "rc.referenced_table_name",
                &key("referenced_column_name"),
                "rc.delete_rule",
                "rc.update_rule",
                "cc.check_clause",
            ]),
            of_table("tc.", table)
        ))
    }

    fn index(&self, table: &ObjectName, name: &str) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM information_schema.statistics WHERE {} AND index_name = {} GROUP BY index_name",
            packed(&[
                "index_name",
                "IF(MIN(non_unique) = 0, '1', '0')",
                "GROUP_CONCAT(COALESCE(column_name, '') ORDER BY seq_in_index SEPARATOR '\n')",
                "'0'",
                "'1'",
            ]),
            of_table("", table),
            text(name)
        ))
    }

    fn sequence(&self, name: &ObjectName) -> Option<Query> {
        if *self == Dialect::Mysql {
            return None;
        }
        let fields = packed(&[
            "start_value",
            "increment",
            "minimum_value",
            "maximum_value",
            "cache_size",
            "IF(cycle_option, '1', '0')",
            "next_not_cached_value",
        ]);
        Some(object(*self, name).map(|name| format!("SELECT {fields} AS text FROM {name}")))
    }

    fn schema(&self, name: &str) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM information_schema.schemata WHERE schema_name = {}",
            packed(&["schema_name"]),
            text(name)
        ))
    }

    fn routine(&self, kind: &str, name: &ObjectName) -> Option<Query> {
        let (view, column, schema) = match kind {
            "trigger" => ("triggers", "trigger_name", "trigger_schema"),
            "procedure" | "function" => ("routines", "routine_name", "routine_schema"),
            "event" => ("events", "event_name", "event_schema"),
            _ => return None,
        };
        let of_kind = match view {
            "routines" => format!(" AND routine_type = {}", text(&kind.to_uppercase())),
            _ => String::new(),
        };
        let place = match &name.schema {
            Some(schema) => text(schema),
            None => "DATABASE()".to_owned(),
        };
        Some(Ok(format!(
            "SELECT {} AS text FROM information_schema.{view} WHERE {schema} = {place} AND {column} = {}{of_kind}",
            packed(&[column]),
            text(&name.name)
        )))
    }

    fn spelled(&self, mut column: FoundColumn) -> FoundColumn {
        column.ty = canonical(*self, &column.ty);
        column.default = column
            .default
            .map(|default| match default.starts_with('\'') {
                true => plain_default(&default),
                false => plain_default(&self.expression(&default)),
            })
            .filter(|default| default != "null");
        column.generated = column.generated.map(|text| self.expression(&text));
        column
    }

    fn expression(&self, text: &str) -> String {
        match self {
            Dialect::Mysql => plain(&unescaped(text)),
            Dialect::Mariadb => plain(text),
        }
    }

    fn wanted(&self, column: &Column) -> Result<FoundColumn, Unsupported> {
        let ty = spelled(*self, &column.ty)?;
        let default = match &column.default {
            None | Some(DefaultValue::Value(Value::Null)) => None,
            Some(default) => {
                let digits = digits_of_moment(&column.ty);
                let default = default_value(*self, default, &ty, digits)?;
                Some(plain_default(&default))
            }
        };
        let generated = match &column.generated {
            Some(generated) => Some(plain(sql(*self, &generated.expression)?)),
            None => None,
        };
        Ok(FoundColumn {
            name: column.name.clone(),
            sure_type: !matches!(column.ty, Type::Other(_)),
            ty: canonical(*self, &ty),
            nullable: column.nullable,
            default,
            generated,
            numbered: column.identity.as_ref().map(|_| "numbered".to_owned()),
        })
    }

    fn keeps_name(&self, kind: ConstraintKind) -> bool {
        kind != ConstraintKind::PrimaryKey
    }
}

/// The fields of a row as one text.
pub(super) fn packed(fields: &[&str]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("COALESCE(CONVERT({field} USING utf8mb4), CHAR(30 USING utf8mb4))"))
        .collect();
    format!("CONCAT_WS(CHAR(31 USING utf8mb4), {})", fields.join(", "))
}

/// The condition that a row belongs to a table.
fn of_table(prefix: &str, table: &ObjectName) -> String {
    let schema = match &table.schema {
        Some(schema) => text(schema),
        None => "DATABASE()".to_owned(),
    };
    format!(
        "{prefix}table_schema = {schema} AND {prefix}table_name = {}",
        text(&table.name)
    )
}

/// A default in a comparable form: without a cast that only says that it is a value.
fn plain_default(default: &str) -> String {
    match plain(default).as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        "current_timestamp0" => "current_timestamp".to_owned(),
        default => default.to_owned(),
    }
}

/// A type as `information_schema` spells it, without display widths.
fn canonical(dialect: Dialect, spelling: &str) -> String {
    let mut text = compact(spelling);
    let mut rest = String::new();
    for word in ["zerofill", "unsigned"] {
        if let Some(before) = text.strip_suffix(word) {
            rest.insert_str(0, word);
            rest.insert(0, ' ');
            text.truncate(before.len());
        }
    }
    let (word, arguments) = match text.split_once('(') {
        Some((word, arguments)) => (word, arguments.strip_suffix(')')),
        None => (text.as_str(), None),
    };
    let word = match word {
        "integer" => "int",
        "dec" | "numeric" | "fixed" => "decimal",
        "real" => "double",
        "json" if dialect == Dialect::Mariadb => "longtext",
        word => word,
    };
    let arguments = match (word, arguments) {
        ("bool" | "boolean", _) => return "tinyint(1)".to_owned(),
        ("tinyint", Some("1")) => Some("1".to_owned()),
        ("tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year", _) => None,
        ("char" | "binary" | "bit", None) => Some("1".to_owned()),
        ("decimal", None) => Some("10,0".to_owned()),
        ("decimal", Some(precision)) if !precision.contains(',') => Some(format!("{precision},0")),
        (_, arguments) => arguments.map(str::to_owned),
    };
    let rest = rest
        .replace("unsigned", " unsigned")
        .replace("zerofill", " zerofill");
    match arguments {
        Some(arguments) => format!("{word}({arguments}){rest}"),
        None => format!("{word}{rest}"),
    }
}

/// In lower case and without spaces, except between quotes.
fn compact(spelling: &str) -> String {
    tokens(spelling, BackendKind::Mysql)
        .map(|token| match token.contains('\'') {
            true => token.to_owned(),
            false => token.to_lowercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_the_same_however_it_is_spelled() {
        for (one, other) in [
            ("INTEGER", "int(11)"),
            ("BIGINT UNSIGNED", "bigint(20) unsigned"),
            ("BOOLEAN", "tinyint(1)"),
            ("DECIMAL(10, 2)", "decimal(10,2)"),
            ("NUMERIC", "decimal(10,0)"),
            ("ENUM('a', 'B c')", "enum('a','B c')"),
            ("CHAR", "char(1)"),
            ("YEAR", "year(4)"),
        ] {
            let mysql = |text| canonical(Dialect::Mysql, text);
            assert_eq!(mysql(one), mysql(other));
        }
        assert_eq!(canonical(Dialect::Mariadb, "JSON"), "longtext");
        assert_ne!(
            canonical(Dialect::Mysql, "VARCHAR(20)"),
            canonical(Dialect::Mysql, "varchar(21)")
        );
    }

    #[test]
    fn names_are_written_so_that_they_end_where_they_should() {
        let name = ObjectName::qualified("d'", "t\\");
        let query = Dialect::Mysql.relations(&name).unwrap();
        assert!(query.contains("table_schema = 'd''' AND table_name = _utf8mb4 X'745C'"));
    }
}
