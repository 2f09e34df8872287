//! The queries over the catalogue: a fixed number, whatever its size. Each is of one view of
//! `information_schema` with its schema as a constant, never joined; those of several schemas are
//! the parts of one statement.
//!
//! Neither server reads its catalogue in a snapshot, also not in a transaction.

use diesel::QueryResult;

use super::super::Dialect;
use super::super::catalogue::packed;
use super::super::quote::text;
use crate::backend::Session;
use crate::backend::catalog_rows;

/// The fields of a row, in order.
#[derive(Default)]
pub(super) struct Fields(std::vec::IntoIter<Option<String>>);

impl Fields {
    fn of(row: &str) -> Fields {
        Fields(catalog_rows::fields(row).into_iter())
    }

    /// The next field; none if it is NULL.
    pub(super) fn maybe(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    /// The next field; empty if it is NULL.
    pub(super) fn text(&mut self) -> String {
        self.maybe().unwrap_or_default()
    }

    /// The next field as a number.
    pub(super) fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        self.maybe()?.parse().ok()
    }

    /// Whether the next field is `YES`.
    pub(super) fn yes(&mut self) -> bool {
        self.text() == "YES"
    }

    /// What is left.
    pub(super) fn rest(self) -> catalog_rows::Row {
        self.0.collect()
    }
}

/// What is read of each schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Tables,
    Views,
    Columns,
    Indexes,
    KeyColumns,
    KeyRules,
    Checks,
    /// Whether each check is enforced (MySQL).
    Enforced,
    Triggers,
    Routines,
    Parameters,
    Events,
    Partitions,
}

/// The statements: the views that each reads.
pub(super) const STATEMENTS: &[&[View]] = &[
    &[View::Tables, View::Views],
    &[View::Columns],
    &[View::Indexes],
    &[View::KeyColumns, View::KeyRules],
    &[View::Checks, View::Enforced],
    &[
        View::Triggers,
        View::Routines,
        View::Parameters,
        View::Events,
        View::Partitions,
    ],
];

/// The rows of some views of some schemas, each with its view.
pub(super) fn read(
    session: &mut dyn Session,
    dialect: Dialect,
    views: &[View],
    schemas: &[String],
) -> QueryResult<Vec<(View, Fields)>> {
    let parts: Vec<String> = views
        .iter()
        .enumerate()
        .filter(|(_, view)| dialect == Dialect::Mysql || **view != View::Enforced)
        .flat_map(|(at, view)| {
            schemas
                .iter()
                .map(move |schema| view.query(dialect, at, schema))
        })
        .collect();
    let rows = session.texts(&parts.join(" UNION ALL "))?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let mut fields = Fields::of(row);
            let view = views.get(fields.number::<usize>()?)?;
            Some((*view, fields))
        })
        .collect())
}

/// Facts about the server, and the schemas that exist with their collations.
pub(super) fn facts(session: &mut dyn Session, schemas: &[String]) -> QueryResult<Vec<Fields>> {
    let names: Vec<String> = schemas.iter().map(|name| text(name)).collect();
    let wanted = match names.is_empty() {
        true => "DATABASE()".to_owned(),
        false => names.join(", "),
    };
    let rows = session.texts(&format!(
        "SELECT {} AS text UNION ALL SELECT {} FROM information_schema.schemata WHERE schema_name IN ({wanted})",
        packed(&[
            "''",
            "VERSION()",
            "DATABASE()",
            "@@default_storage_engine",
            "@@lower_case_table_names",
            "@@GLOBAL.sql_mode",
        ]),
        packed(&[
            "schema_name",
            "default_character_set_name",
            "default_collation_name",
        ]),
    ))?;
    Ok(rows.iter().map(|row| Fields::of(row)).collect())
}

/// The rows of any query whose rows are packed.
pub(super) fn fields(session: &mut dyn Session, query: &str) -> QueryResult<Vec<Fields>> {
    let rows = session.texts(query)?;
    Ok(rows.iter().map(|row| Fields::of(row)).collect())
}

impl View {
    fn query(self, dialect: Dialect, tag: usize, schema: &str) -> String {
        let (name, own_schema, columns) = self.source(dialect);
        let tag = format!("'{tag}'");
        let mut all = vec![tag.as_str()];
        all.extend(columns);
        let condition = match self {
            View::KeyColumns => " AND referenced_table_name IS NOT NULL",
            View::Enforced => " AND constraint_type = 'CHECK'",
            View::Partitions => " AND partition_name IS NOT NULL",
            _ => "",
        };
        format!(
            "SELECT {} AS text FROM information_schema.{name} WHERE {own_schema} = {}{condition}",
            packed(&all),
            text(schema)
        )
    }

    /// The view of `information_schema`, its column for the schema, and the columns that are read.
    fn source(self, dialect: Dialect) -> (&'static str, &'static str, Vec<&'static str>) {
        let either = |mysql, mariadb| match dialect {
            Dialect::Mysql => mysql,
            Dialect::Mariadb => mariadb,
        };
        match self {
            View::Tables => (
                "tables",
                "table_schema",
                vec![
                    "table_schema",
                    "table_name",
                    "table_type",
                    "engine",
                    "table_collation",
                    "table_comment",
                    "create_options",
                ],
            ),
            View::Views => (
                "views",
                "table_schema",
                vec![
                    "table_schema",
                    "table_name",
                    "view_definition",
                    "check_option",
                    "security_type",
                    either("''", "algorithm"),
                ],
            ),
            View::Columns => (
                "columns",
                "table_schema",
                vec![
                    "table_schema",
                    "table_name",
                    "ordinal_position",
                    "column_name",
                    "column_type",
                    "is_nullable",
                    "column_default",
                    "extra",
                    "generation_expression",
                    "collation_name",
                    "column_comment",
                    either("srs_id", "NULL"),
                ],
            ),
            View::Indexes => (
                "statistics",
                "table_schema",
                vec![
                    "table_schema",
                    "table_name",
                    "index_name",
                    "seq_in_index",
                    "non_unique",
                    "column_name",
                    "collation",
                    "sub_part",
                    "index_type",
                    "index_comment",
                    either("IF(is_visible = 'NO', 'YES', 'NO')", "ignored"),
                    either("expression", "NULL"),
                ],
            ),
            View::KeyColumns => (
                "key_column_usage",
                "table_schema",
                vec![
                    "table_schema",
                    "table_name",
                    "constraint_name",
                    "ordinal_position",
                    "column_name",
                    "referenced_table_schema",
                    "referenced_table_name",
                    "referenced_column_name",
                ],
            ),
            View::KeyRules => (
                "referential_constraints",
                "constraint_schema",
                vec![
                    "constraint_schema",
                    "table_name",
                    "constraint_name",
                    "delete_rule",
                    "update_rule",
                ],
            ),
            View::Checks => (
                "check_constraints",
                "constraint_schema",
                vec![
                    "constraint_schema",
                    either("NULL", "table_name"),
                    "constraint_name",
                    either("NULL", "level"),
                    "check_clause",
                ],
            ),
            View::Enforced => (
                "table_constraints",
                "table_schema",
                vec!["table_schema", "table_name", "constraint_name", "enforced"],
            ),
            View::Triggers => (
                "triggers",
                "trigger_schema",
                vec![
                    "trigger_schema",
                    "trigger_name",
                    "action_timing",
                    "event_manipulation",
                    "event_object_table",
                    "action_order",
                    "action_statement",
                    "sql_mode",
                ],
            ),
            View::Routines => (
                "routines",
                "routine_schema",
                vec![
                    "routine_schema",
                    "routine_name",
                    "routine_type",
                    "dtd_identifier",
                    "character_set_name",
                    "collation_name",
                    "routine_body",
                    "routine_definition",
                    "is_deterministic",
                    "sql_data_access",
                    "security_type",
                    "routine_comment",
                    "sql_mode",
                    "database_collation",
                ],
            ),
            View::Parameters => (
                "parameters",
                "specific_schema",
                vec![
                    "specific_schema",
                    "specific_name",
                    "routine_type",
                    "ordinal_position",
                    "parameter_mode",
                    "parameter_name",
                    "dtd_identifier",
                    "character_set_name",
                    "collation_name",
                ],
            ),
            View::Events => (
                "events",
                "event_schema",
                vec![
                    "event_schema",
                    "event_name",
                    "event_definition",
                    "execute_at",
                    "interval_value",
                    "interval_field",
                    "IF(starts = created, NULL, starts)", // it was not said
                    "ends",
                    "status",
                    "on_completion",
                    "event_comment",
                    "sql_mode",
                ],
            ),
            View::Partitions => (
                "partitions",
                "table_schema",
                vec![
                    "table_schema",
                    "table_name",
                    "partition_ordinal_position",
                    "subpartition_ordinal_position",
                    "partition_name",
                    "subpartition_name",
                    "partition_method",
                    "subpartition_method",
                    "partition_expression",
                    "subpartition_expression",
                    "partition_description",
                    "partition_comment",
                ],
            ),
        }
    }
}
