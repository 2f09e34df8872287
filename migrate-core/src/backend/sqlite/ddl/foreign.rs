//! Features that other databases have and SQLite lacks, each refused by name.

use super::super::unsupported;
use crate::error::Unsupported;
use crate::operation::Operation;
use crate::schema::{Constraint, Index, IndexPart, ObjectName, TableOptions, Type};

const LEAVE_OUT: &str = "leave it out where `op.backend()` is SQLite";

/// An operation on a kind of object that SQLite lacks.
pub(super) fn operation(operation: &Operation) -> Unsupported {
    let (what, help) = match operation {
        Operation::Sequence(_) => (
            "sequences",
            "number the rows of a table: `.primary_key().autoincrement()`",
        ),
        Operation::EnumType(_) => (
            "enum types",
            "use `Text` with `.check(\"mood IN ('sad', 'ok')\")`",
        ),
        Operation::Domain(_) => ("domains", "give each column its own `.check(…)`"),
        Operation::Schema(_) => (
            "schemas",
            "attach another database: op.execute(\"ATTACH DATABASE 'audit.db' AS audit\")",
        ),
        _ => ("extensions of its own", LEAVE_OUT),
    };
    unsupported(format!("{operation}: it has no {what}"), help)
}

pub(super) fn comment(table: &ObjectName) -> Unsupported {
    unsupported(format!("keep a comment on `{table}`"), LEAVE_OUT)
}

pub(super) fn validation(table: &ObjectName, name: &str) -> Unsupported {
    unsupported(
        format!(
            "validate the constraint `{name}` of `{table}`: it has no constraints that are not valid"
        ),
        LEAVE_OUT,
    )
}

pub(super) fn if_not_exists(statement: &str) -> Unsupported {
    unsupported(
        format!("say {statement}"),
        "ask the catalogue first, or leave the condition out",
    )
}

pub(super) fn concurrently(wanted: bool) -> Result<(), Unsupported> {
    refuse(
        wanted,
        "change an index concurrently: it has one writer at a time",
        "leave out `.concurrently()` where `op.backend()` is SQLite",
    )
}

pub(super) fn index(index: &Index) -> Result<(), Unsupported> {
    let what = |what: &str| format!("{what} the index `{}`", index.name);
    refuse(
        !index.include.is_empty(),
        &what("include columns in"),
        "make them parts of the index",
    )?;
    refuse(
        index.method.is_some(),
        &what("choose a method for"),
        "leave out `.using(…)`",
    )?;
    refuse(
        !index.parameters.is_empty(),
        &what("set parameters of"),
        "leave out `.with(…)`",
    )?;
    refuse(
        index.nulls_not_distinct,
        &what("take NULLs to be alike in"),
        "leave out `.nulls_not_distinct()`",
    )
}

pub(super) fn index_part(part: &IndexPart) -> Result<(), Unsupported> {
    refuse(
        part.nulls.is_some(),
        "say where an index sorts NULL: it is the smallest value",
        "leave out `.nulls_first()` or `.nulls_last()`",
    )?;
    refuse(
        part.operator_class.is_some(),
        "use an operator class",
        "leave out `.operator_class(…)`",
    )?;
    refuse(
        part.prefix.is_some(),
        "sort an index by the beginning of a column",
        "use an expression: `expression(\"substr(title, 1, 40)\")`",
    )
}

pub(super) fn table_options(name: &ObjectName, options: &TableOptions) -> Result<(), Unsupported> {
    let TableOptions {
        strict: _,
        without_rowid: _,
        engine,
        charset,
        collation,
        unlogged,
        parameters,
        suffix: _,
    } = options;
    let what = |what: &str| format!("{what} of the table `{name}`");
    refuse(
        engine.is_some(),
        &what("choose the engine"),
        "leave out `.engine(…)`",
    )?;
    refuse(
        charset.is_some(),
        &what("choose the character set"),
        "leave out `.charset(…)`",
    )?;
    refuse(
        collation.is_some(),
        &what("choose the collation"),
        "give it to the columns: `.collate(…)`",
    )?;
    refuse(
        *unlogged,
        &what("leave out the log"),
        "leave out `.unlogged()`",
    )?;
    refuse(
        !parameters.is_empty(),
        &what("set parameters"),
        "leave out `.with(…)`",
    )
}

pub(super) fn constraint(constraint: &Constraint) -> Result<(), Unsupported> {
    let kind = constraint.kind();
    let (included, waits, alike, not_valid, matched) = match constraint {
        Constraint::PrimaryKey(key) => (
            !key.include.is_empty(),
            key.deferrable.is_some(),
            false,
            false,
            false,
        ),
        Constraint::Unique(key) => (
            !key.include.is_empty(),
            key.deferrable.is_some(),
            key.nulls_not_distinct,
            false,
            false,
        ),
        Constraint::Check(check) => (false, false, false, check.not_valid, false),
        Constraint::ForeignKey(key) => {
            (false, false, false, key.not_valid, key.match_type.is_some())
        }
        Constraint::Exclude(_) => {
            return Err(unsupported(
                "keep an exclusion constraint",
                "check it in a trigger, created with `op.execute(…)`",
            ));
        }
    };
    refuse(
        included,
        &format!("include columns in a {kind}"),
        "leave out `.include(…)`",
    )?;
    refuse(
        waits,
        &format!("let the check of a {kind} wait"),
        "leave out `.deferrable()`",
    )?;
    refuse(
        alike,
        "take NULLs to be alike in a unique constraint",
        "leave out `.nulls_not_distinct()`",
    )?;
    refuse(
        not_valid,
        &format!("add a {kind} that is not valid"),
        "leave out `.not_valid()`",
    )?;
    refuse(
        matched,
        "say how a foreign key matches: it is always MATCH SIMPLE",
        "leave out `.match_type(…)`",
    )
}

/// A type without an equivalent in SQLite.
pub(in super::super) fn column_type(ty: &Type) -> Result<(), Unsupported> {
    let (what, help) = match ty {
        Type::Unsigned(_) => (
            "a number without a sign",
            "use `BigInt` with `.check(\"size >= 0\")`",
        ),
        Type::SmallSerial | Type::Serial | Type::BigSerial => (
            "a serial type",
            "use `Integer` with `.primary_key().autoincrement()`",
        ),
        Type::Array(_) => ("an array", "use `Json`, or a table of its own"),
        Type::Range(_) | Type::Multirange(_) => ("a range", "use a column for each end"),
        Type::Enum(_) | Type::Set(_) => (
            "a list of values as a type",
            "use `Text` with `.check(\"state IN ('open', 'done')\")`",
        ),
        Type::Named(_) => (
            "types of the user's own",
            "use one of its own types, or a string",
        ),
        Type::Interval => ("an interval", "use `BigInt`, as seconds"),
        Type::Money => (
            "an amount of money",
            "use `Decimal(…)`, or `BigInt` as cents",
        ),
        Type::Bit(_) | Type::VarBit(_) => ("a string of bits", "use `Binary` or `BigInt`"),
        Type::TsVector | Type::TsQuery => (
            "a type for search in text",
            "use an FTS5 table, created with `op.execute(…)`",
        ),
        Type::Inet | Type::Cidr | Type::MacAddr | Type::MacAddr8 => {
            ("a type for network addresses", "use `Text`")
        }
        Type::Citext => (
            "text without regard to case as a type",
            "use `Text` with `.collate(\"NOCASE\")`",
        ),
        Type::Oid | Type::PgLsn | Type::PgSnapshot | Type::Name | Type::CChar => {
            ("PostgreSQL's internal types", "use `BigInt` or `Text`")
        }
        Type::Timetz => ("a time of day with a time zone", "use `Time`"),
        // a new type is decided about here: what is let through becomes TEXT
        Type::TinyInt
        | Type::SmallInt
        | Type::MediumInt
        | Type::Integer
        | Type::BigInt
        | Type::Float
        | Type::Double
        | Type::Numeric
        | Type::Decimal(..)
        | Type::Bool
        | Type::Text
        | Type::TinyText
        | Type::MediumText
        | Type::LongText
        | Type::VarChar(_)
        | Type::Char(_)
        | Type::Binary
        | Type::VarBinary(_)
        | Type::FixedBinary(_)
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::Timestamptz
        | Type::Datetime
        | Type::Year
        | Type::Precise(..)
        | Type::Json
        | Type::Jsonb
        | Type::Uuid
        | Type::Other(_) => return Ok(()),
    };
    Err(unsupported(format!("keep {what}"), help))
}

fn refuse(wanted: bool, what: &str, help: &str) -> Result<(), Unsupported> {
    match wanted {
        true => Err(unsupported(what, help)),
        false => Ok(()),
    }
}
