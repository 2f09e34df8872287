//! The type of a column as diesel's command line calls it. Pure; it must not know where the types
//! are printed.

use migrate_core::BackendKind;
use migrate_core::schema::{Column, ObjectName, RangeOf, Schema, Table, Type};

use super::config::PrintSchema;
use super::names::type_name;

/// The type of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ColumnType {
    /// The schema that has the type, unless it is the default one.
    pub(super) schema: Option<String>,
    pub(super) rust: String,
    pub(super) sql: String,
    pub(super) array: bool,
    pub(super) nullable: bool,
    pub(super) unsigned: bool,
    pub(super) max_length: Option<u64>,
}

impl std::fmt::Display for ColumnType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let wrap = |text: String, holds: bool, name: &str, end: &str| match holds {
            true => format!("{name}{text}{end}"),
            false => text,
        };
        let text = wrap(self.rust.clone(), self.unsigned, "Unsigned<", ">");
        let text = wrap(text, self.array, "Array<Nullable<", ">>");
        f.write_str(&wrap(text, self.nullable, "Nullable<", ">"))
    }
}

/// What the type of a column is found with.
pub(super) struct Types<'s> {
    pub(super) kind: BackendKind,
    pub(super) schema: &'s Schema,
    pub(super) config: &'s PrintSchema,
    /// The schema that unqualified names are in.
    pub(super) current: &'s str,
}

/// The schema whose name PostgreSQL's types need not have.
const PUBLIC: &str = "public";
/// The schema of PostgreSQL's own types.
const OWN: &str = "pg_catalog";

impl Types<'_> {
    /// The type, or why there is none.
    pub(super) fn of(&self, table: &Table, column: &Column) -> Result<ColumnType, String> {
        let mut ty = match self.kind {
            BackendKind::Sqlite => self.sqlite(table, column)?,
            BackendKind::Postgres => self.postgres(&column.ty),
            _ => self.mysql(&column.ty)?,
        };
        ty.nullable = column.nullable && !self.is_not_null_domain(&column.ty);
        Ok(ty)
    }

    /// Whether the type is one that the crate has.
    pub(super) fn is_known(&self, rust: &str) -> bool {
        let more = match self.kind {
            BackendKind::Sqlite => &[][..],
            BackendKind::Postgres => POSTGRES,
            _ => MYSQL,
        };
        COMMON.contains(&rust) || more.contains(&rust)
    }

    fn is_not_null_domain(&self, ty: &Type) -> bool {
        let Type::Named(name) = ty else {
            return false;
        };
        let mut domains = self.schema.domains.iter();
        domains.any(|domain| domain.name == *name && !domain.nullable)
    }

    fn postgres(&self, ty: &Type) -> ColumnType {
        let domain = match ty {
            Type::Named(name) => self.schema.domains.iter().find(|one| one.name == *name),
            _ => None,
        };
        match domain {
            Some(domain)
                if !self
                    .config
                    .pg_domains_as_custom_types
                    .matches(&domain.name.name) =>
            {
                self.postgres_type(&domain.ty)
            }
            Some(domain) => ColumnType {
                max_length: self.postgres_type(&domain.ty).max_length,
                ..self.postgres_type(ty)
            },
            None => self.postgres_type(ty),
        }
    }

    fn postgres_type(&self, ty: &Type) -> ColumnType {
        let (schema, sql, max_length) = match ty {
            Type::Array(element) => {
                return ColumnType {
                    array: true,
                    max_length: None,
                    ..self.postgres_type(element)
                };
            }
            Type::Precise(ty, _) => return self.postgres_type(ty),
            Type::Named(name) => {
                let schema = name.schema.clone();
                let schema = schema.unwrap_or_else(|| self.schema_of_type(&name.name));
                (schema, name.name.clone(), None)
            }
            Type::Citext => (PUBLIC.to_owned(), "citext".to_owned(), None),
            Type::Other(text) => {
                let (schema, name) = spelled(text);
                let schema = schema.unwrap_or_else(|| self.schema_of_type(&name));
                (schema, name, None)
            }
            Type::VarChar(length) => own("varchar", Some(*length)),
            Type::Char(length) => own("bpchar", Some(*length)),
            Type::Bit(length) => own("bit", Some(*length)),
            Type::VarBit(length) => own("varbit", Some(*length)),
            ty => own(postgres_name(ty), None),
        };
        ColumnType {
            rust: type_name(&sql),
            sql,
            schema: (schema != PUBLIC).then_some(schema),
            max_length,
            ..ColumnType::default()
        }
    }

    /// The schema of a type whose name is not qualified.
    fn schema_of_type(&self, name: &str) -> String {
        let named = |one: &ObjectName| one.schema.is_none() && one.name == name;
        let is_created = self.schema.enums.iter().any(|one| named(&one.name))
            || self.schema.domains.iter().any(|one| named(&one.name));
        match !is_created && BUILT_IN.contains(&name) {
            true => OWN.to_owned(),
            false => self.current.to_owned(),
        }
    }

    fn mysql(&self, ty: &Type) -> Result<ColumnType, String> {
        let mut unsigned = false;
        let mut inner = ty;
        loop {
            inner = match inner {
                Type::Unsigned(ty) => {
                    unsigned = true;
                    ty
                }
                Type::Precise(ty, _) => ty,
                _ => break,
            };
        }
        let length = |number: &u32| Some(u64::from(*number));
        let chars = |text: &String| text.chars().count() as u64;
        let (sql, max_length) = match inner {
            Type::VarChar(number) => ("varchar", length(number)),
            Type::Char(number) => ("char", length(number)),
            Type::VarBinary(number) => ("varbinary", length(number)),
            Type::FixedBinary(number) => ("binary", length(number)),
            Type::Enum(values) => ("enum", values.iter().map(chars).max()),
            Type::Set(values) => (
                "set",
                Some(values.iter().map(chars).sum::<u64>() + values.len() as u64 - 1),
            ),
            Type::Json | Type::Jsonb if self.kind == BackendKind::Mariadb => ("longtext", None),
            Type::Other(text) => {
                let text = text.to_lowercase();
                let sql = mysql_spelled(&text)?;
                return Ok(ColumnType {
                    rust: type_name(&sql),
                    sql,
                    unsigned: text.contains("unsigned"),
                    ..ColumnType::default()
                });
            }
            ty => (mysql_name(ty), None),
        };
        Ok(ColumnType {
            sql: sql.to_owned(),
            rust: type_name(sql),
            unsigned,
            max_length,
            ..ColumnType::default()
        })
    }

    fn sqlite(&self, table: &Table, column: &Column) -> Result<ColumnType, String> {
        let wide = self.config.sqlite_integer_primary_key_is_bigint == Some(true)
            && (self.is_rowid(table, column) || self.references_rowid(table, column));
        let rust = match sqlite_name(&column.ty, table.options.strict)? {
            "Integer" if wide => "BigInt",
            rust => rust,
        };
        Ok(ColumnType {
            rust: rust.to_owned(),
            sql: rust.to_owned(),
            ..ColumnType::default()
        })
    }

    /// Whether a column is the only one of a key and declared as `INTEGER`.
    fn is_rowid(&self, table: &Table, column: &Column) -> bool {
        let key = table.primary_key().map(|key| key.columns.as_slice());
        let declared = match &column.ty {
            Type::Other(text) => text.eq_ignore_ascii_case("integer"),
            ty => *ty == Type::Integer,
        };
        declared
            && !table.options.without_rowid
            && matches!(key, Some([only]) if only.eq_ignore_ascii_case(&column.name))
    }

    fn references_rowid(&self, table: &Table, column: &Column) -> bool {
        let mut referred = super::keys::of_column(table, &column.name);
        referred.any(|key| {
            self.schema.table(&key.table).is_some_and(|parent| {
                !parent.options.without_rowid
                    && parent
                        .primary_key()
                        .is_none_or(|key| key.columns.len() == 1)
            })
        })
    }
}

fn own(name: &str, length: Option<u32>) -> (String, String, Option<u64>) {
    (OWN.to_owned(), name.to_owned(), length.map(u64::from))
}

/// A type's schema and name from its spelling.
fn spelled(text: &str) -> (Option<String>, String) {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for sign in text.chars() {
        match sign {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            '(' if !quoted => break,
            sign => parts
                .iter_mut()
                .next_back()
                .into_iter()
                .for_each(|part| part.push(sign)),
        }
    }
    let name = parts.pop().unwrap_or_default();
    let name = match name.trim() {
        "character varying" => "varchar",
        "bit varying" => "varbit",
        name if name.starts_with("interval ") => "interval",
        name => name,
    };
    (parts.pop(), name.to_owned())
}

/// What the catalogue calls a type.
fn postgres_name(ty: &Type) -> &'static str {
    match ty {
        Type::TinyInt | Type::SmallInt | Type::SmallSerial => "int2",
        Type::BigInt | Type::BigSerial => "int8",
        Type::Float => "float4",
        Type::Double => "float8",
        Type::Numeric | Type::Decimal(..) => "numeric",
        Type::Money => "money",
        Type::Bool => "bool",
        Type::CChar => "char",
        Type::Name => "name",
        Type::Date => "date",
        Type::Time => "time",
        Type::Timetz => "timetz",
        Type::Timestamp | Type::Datetime => "timestamp",
        Type::Timestamptz => "timestamptz",
        Type::Interval => "interval",
        Type::Json => "json",
        Type::Jsonb => "jsonb",
        Type::Uuid => "uuid",
        Type::Inet => "inet",
        Type::Cidr => "cidr",
        Type::MacAddr => "macaddr",
        Type::MacAddr8 => "macaddr8",
        Type::Oid => "oid",
        Type::PgLsn => "pg_lsn",
        Type::PgSnapshot => "pg_snapshot",
        Type::TsVector => "tsvector",
        Type::TsQuery => "tsquery",
        Type::Range(of) => match of {
            RangeOf::BigInt => "int8range",
            RangeOf::Numeric => "numrange",
            RangeOf::Date => "daterange",
            RangeOf::Timestamp => "tsrange",
            RangeOf::Timestamptz => "tstzrange",
            _ => "int4range",
        },
        Type::Multirange(of) => match of {
            RangeOf::BigInt => "int8multirange",
            RangeOf::Numeric => "nummultirange",
            RangeOf::Date => "datemultirange",
            RangeOf::Timestamp => "tsmultirange",
            RangeOf::Timestamptz => "tstzmultirange",
            _ => "int4multirange",
        },
        Type::Binary
        | Type::VarBinary(_)
        | Type::FixedBinary(_)
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob => "bytea",
        ty if ty.is_integer() || *ty == Type::Serial => "int4",
        _ => "text",
    }
}

/// What MySQL calls a type, as diesel's command line takes it: `int` is `integer` there.
fn mysql_name(ty: &Type) -> &'static str {
    match ty {
        Type::TinyInt => "tinyint",
        Type::SmallInt => "smallint",
        Type::MediumInt => "mediumint",
        Type::Integer => "integer",
        Type::BigInt => "bigint",
        Type::Float => "float",
        Type::Double => "double",
        Type::Numeric | Type::Decimal(..) => "decimal",
        Type::Bool => "bool",
        Type::TinyText => "tinytext",
        Type::MediumText => "mediumtext",
        Type::LongText => "longtext",
        Type::Binary => "blob",
        Type::TinyBlob => "tinyblob",
        Type::MediumBlob => "mediumblob",
        Type::LongBlob => "longblob",
        Type::Bit(_) => "bit",
        Type::Date => "date",
        Type::Time => "time",
        Type::Timestamp | Type::Timestamptz => "timestamp",
        Type::Datetime => "datetime",
        Type::Year => "year",
        Type::Json | Type::Jsonb => "json",
        Type::Uuid => "uuid",
        Type::Inet => "inet6",
        _ => "text",
    }
}

fn mysql_spelled(text: &str) -> Result<String, String> {
    let name = match text {
        "tinyint(1)" => "bool",
        text if text.starts_with("int") && !text.starts_with("inte") => "integer",
        text => text.split('(').next().unwrap_or_default(),
    };
    if name.contains("unsigned") {
        return Ok(name.replace("unsigned", "").trim().to_owned());
    }
    match name.contains(' ') {
        true => Err(format!("diesel has no type for `{name}`")),
        false => Ok(name.to_owned()),
    }
}

/// diesel's type for what a column of SQLite is declared as.
fn sqlite_name(ty: &Type, strict: bool) -> Result<&'static str, String> {
    Ok(match ty {
        Type::Other(text) => {
            let text = text.to_lowercase();
            let has = |part: &str| text.contains(part);
            match text.as_str() {
                "" | "generated always" => "Binary",
                "boolean" | "bool" => "Bool",
                _ if has("tiny") && has("int") => "Bool",
                "int2" => "SmallInt",
                _ if has("small") && has("int") => "SmallInt",
                "int8" => "BigInt",
                _ if has("big") && has("int") => "BigInt",
                _ if has("int") => "Integer",
                _ if has("char") || has("clob") || has("text") => "Text",
                _ if has("blob") || has("binary") => "Binary",
                _ if has("float") || has("real") => "Float",
                _ if has("double") || has("num") || has("dec") => "Double",
                "datetime" | "timestamp" => "Timestamp",
                "date" => "Date",
                "time" => "Time",
                _ => return Err(format!("diesel has no type for `{text}`")),
            }
        }
        Type::Precise(ty, _) => sqlite_name(ty, strict)?,
        Type::Bool => "Bool",
        Type::SmallInt | Type::TinyInt | Type::Year => "SmallInt",
        Type::BigInt => "BigInt",
        Type::Float => "Float",
        Type::Double if strict => "Float",
        Type::Double | Type::Numeric | Type::Decimal(..) => "Double",
        Type::Date => "Date",
        Type::Time => "Time",
        Type::Timestamp | Type::Timestamptz | Type::Datetime => "Timestamp",
        Type::Binary
        | Type::VarBinary(_)
        | Type::FixedBinary(_)
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob
        | Type::Jsonb => "Binary",
        ty if ty.is_integer() => "Integer",
        _ => "Text",
    })
}

/// The name of a table or type without its schema, if it is in the one that is printed.
pub(super) fn schema_of<'n>(name: &'n ObjectName, current: &'n str) -> &'n str {
    name.schema.as_deref().unwrap_or(current)
}

/// PostgreSQL's own types for which there is no [`Type`].
const BUILT_IN: &[&str] = &[
    "aclitem",
    "bit",
    "box",
    "bpchar",
    "char",
    "cid",
    "circle",
    "cstring",
    "gtsvector",
    "int2vector",
    "interval",
    "jsonpath",
    "line",
    "lseg",
    "oidvector",
    "path",
    "pg_lsn",
    "pg_node_tree",
    "point",
    "polygon",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "tid",
    "txid_snapshot",
    "varbit",
    "varchar",
    "xid",
    "xid8",
    "xml",
];

const COMMON: &[&str] = &[
    "Bool",
    "Integer",
    "SmallInt",
    "BigInt",
    "Binary",
    "Text",
    "Double",
    "Float",
    "Numeric",
    "Timestamp",
    "Date",
    "Time",
    "Float4",
    "Smallint",
    "Int2",
    "Int4",
    "Int8",
    "Bigint",
    "Float8",
    "Decimal",
    "VarChar",
    "Varchar",
    "Char",
    "Tinytext",
    "Mediumtext",
    "Longtext",
    "Tinyblob",
    "Blob",
    "Mediumblob",
    "Longblob",
    "Varbinary",
    "Bit",
];

const POSTGRES: &[&str] = &[
    "Cidr",
    "Citext",
    "Inet",
    "Jsonb",
    "MacAddr",
    "MacAddr8",
    "Money",
    "Oid",
    "Range",
    "Timestamptz",
    "Uuid",
    "Json",
    "PgLsn",
    "Record",
    "Interval",
    "Int4range",
    "Int8range",
    "Daterange",
    "Numrange",
    "Tsrange",
    "Tstzrange",
    "Int4multirange",
    "Int8multirange",
    "Datemultirange",
    "Nummultirange",
    "Tsmultirange",
    "Tstzmultirange",
    "SmallSerial",
    "BigSerial",
    "Serial",
    "Bytea",
    "Bpchar",
    "Macaddr",
    "Macaddr8",
];

const MYSQL: &[&str] = &["TinyInt", "Tinyint", "Datetime", "Json"];
