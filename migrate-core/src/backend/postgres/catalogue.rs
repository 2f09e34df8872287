//! What PostgreSQL's catalogue is asked when it is not known whether a statement was carried out, and how it spells what
//! it was told. Pure.

use super::quote::{literal, object, sql, text};
use super::{Postgres, types};
use crate::backend::BackendKind;
use crate::backend::settle::{Catalogue, FoundColumn, Query, plain};
use crate::error::Unsupported;
use crate::schema::{Column, ConstraintKind, DefaultValue, ObjectName, Type, Value};

impl Catalogue for Postgres {
    fn kind(&self) -> BackendKind {
        BackendKind::Postgres
    }

    fn first_schema(&self) -> Option<Query> {
        Some(Ok(
            "SELECT CAST(pg_catalog.current_schema() AS text) AS text".to_owned(),
        ))
    }

    fn relations(&self, name: &ObjectName) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM pg_catalog.pg_class AS c WHERE c.oid = {}",
            packed(&[
                "c.relname",
                "CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' \
                 WHEN 'i' THEN 'index' WHEN 'c' THEN 'type' ELSE 'table' END",
            ]),
            relation(name)?
        ))
    }

    fn columns(&self, table: &ObjectName) -> Query {
        let expression = "pg_catalog.pg_get_expr(d.adbin, d.adrelid)";
        Ok(format!(
            "SELECT {} AS text FROM pg_catalog.pg_attribute AS a \
             JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid \
             LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
             WHERE a.attrelid = {} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
            packed(&[
                "a.attname",
                "pg_catalog.format_type(a.atttypid, a.atttypmod)",
                "CASE WHEN a.attnotnull THEN '0' ELSE '1' END",
                &format!("CASE WHEN a.attgenerated = '' THEN {expression} END"),
                &format!("CASE WHEN a.attgenerated <> '' THEN {expression} END"),
                "a.attidentity",
                "(SELECT k.collname FROM pg_catalog.pg_collation AS k WHERE k.oid = a.attcollation)",
                "CASE WHEN a.attcollation IN (0, t.typcollation) THEN '0' ELSE '1' END",
                "pg_catalog.col_description(a.attrelid, a.attnum)",
            ]),
            relation(table)?
        ))
    }

    fn table_comment(&self, table: &ObjectName) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM pg_catalog.pg_class AS c WHERE c.oid = {}",
            packed(&["pg_catalog.obj_description(c.oid, 'pg_class')"]),
            relation(table)?
        ))
    }

    fn constraints(&self, table: &ObjectName) -> Query {
        let names = |relation: &str, key: &str| {
            format!(
                "(SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(10) ORDER BY u.place) \
                 FROM pg_catalog.unnest(k.{key}) WITH ORDINALITY AS u (number, place) \
                 JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.{relation} AND a.attnum = u.number)"
            )
        };
        let action = |column: &str| {
            format!(
                "CASE k.{column} WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END"
            )
        };
        Ok(format!(
            "SELECT {} AS text FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = {}",
            packed(&[
                "k.conname",
                "k.contype",
                &names("conrelid", "conkey"),
                "(SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid = k.confrelid)",
                &names("confrelid", "confkey"),
                &action("confdeltype"),
                &action("confupdtype"),
                "pg_catalog.pg_get_expr(k.conbin, k.conrelid)",
                "CASE WHEN k.convalidated THEN '1' ELSE '0' END",
            ]),
            relation(table)?
        ))
    }

    fn index(&self, table: &ObjectName, name: &str) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid \
             WHERE c.relname = {} AND x.indrelid = {}",
            packed(&[
                "c.relname",
                "CASE WHEN x.indisunique THEN '1' ELSE '0' END",
                "(SELECT pg_catalog.string_agg(coalesce(a.attname, ''), pg_catalog.chr(10) ORDER BY u.place) \
                 FROM pg_catalog.unnest(x.indkey::int2[]) WITH ORDINALITY AS u (number, place) \
                 LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.number \
                 WHERE u.place <= x.indnkeyatts)",
                "CASE WHEN x.indpred IS NULL THEN '0' ELSE '1' END",
                "CASE WHEN x.indisvalid THEN '1' ELSE '0' END",
            ]),
            text(name)?,
            relation(table)?
        ))
    }

    fn sequence(&self, name: &ObjectName) -> Option<Query> {
        let fields = packed(&[
            "q.seqstart",
            "q.seqincrement",
            "q.seqmin",
            "q.seqmax",
            "q.seqcache",
            "CASE WHEN q.seqcycle THEN '1' ELSE '0' END",
            "CASE WHEN s.is_called THEN NULL ELSE s.last_value END",
        ]);
        let query = || {
            Ok(format!(
                "SELECT {fields} AS text FROM pg_catalog.pg_sequence AS q, {} AS s WHERE q.seqrelid = {}",
                object(name)?,
                relation(name)?
            ))
        };
        Some(query())
    }

    fn enum_values(&self, name: &ObjectName) -> Option<Query> {
        let query = || {
            Ok(format!(
                "SELECT pg_catalog.array_to_string(ARRAY['enum'] || ARRAY(SELECT e.enumlabel::text \
                 FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder), \
                 pg_catalog.chr(31)) AS text FROM pg_catalog.pg_type AS t WHERE t.oid = {} AND t.typtype = 'e'",
                named_type(name)?
            ))
        };
        Some(query())
    }

    fn domain(&self, name: &ObjectName) -> Option<Query> {
        let query = || {
            Ok(format!(
                "SELECT {} AS text FROM pg_catalog.pg_type AS t WHERE t.oid = {} AND t.typtype = 'd'",
                packed(&["pg_catalog.format_type(t.typbasetype, t.typtypmod)"]),
                named_type(name)?
            ))
        };
        Some(query())
    }

    fn schema(&self, name: &str) -> Option<Query> {
        Some(text(name).map(|name| {
            format!(
                "SELECT CAST(nspname AS text) AS text FROM pg_catalog.pg_namespace WHERE nspname = {name}"
            )
        }))
    }

    fn extension(&self, name: &str) -> Option<Query> {
        Some(text(name).map(|name| {
            format!("SELECT extversion AS text FROM pg_catalog.pg_extension WHERE extname = {name}")
        }))
    }

    fn spelled(&self, mut column: FoundColumn) -> FoundColumn {
        column.default = column
            .default
            .map(|default| plain(&default))
            .filter(|default| default != "null");
        column.generated = column.generated.map(|expression| plain(&expression));
        column
    }

    fn wanted(&self, column: &Column) -> Result<FoundColumn, Unsupported> {
        let default = match &column.default {
            None | Some(DefaultValue::Value(Value::Null)) => None,
            Some(DefaultValue::Value(value)) => Some(plain(&literal(value)?)),
            Some(DefaultValue::Expression(expression)) => Some(plain(sql(expression)?)),
        };
        let numbered = matches!(
            column.ty,
            Type::SmallSerial | Type::Serial | Type::BigSerial
        );
        let generated = match &column.generated {
            Some(generated) => Some(plain(sql(&generated.expression)?)),
            None => None,
        };
        Ok(FoundColumn {
            name: column.name.clone(),
            ty: shown(&column.ty)?,
            sure_type: is_sure(&column.ty),
            nullable: column.nullable && !numbered,
            default: default.or_else(|| numbered.then(|| "nextval".to_owned())),
            generated,
            numbered: column
                .identity
                .as_ref()
                .map(|identity| if identity.always { "a" } else { "d" }.to_owned()),
            collation: column.collation.clone(),
            own_collation: column.collation.is_some(),
            comment: column.comment.clone(),
        })
    }

    fn keeps_name(&self, _kind: ConstraintKind) -> bool {
        true
    }

    fn without_index(&self, name: &ObjectName) -> Result<Vec<String>, Unsupported> {
        Ok(vec![format!("DROP INDEX CONCURRENTLY {}", object(name)?)])
    }
}

/// The fields of a row as one text.
fn packed(fields: &[&str]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("CAST({field} AS text)"))
        .collect();
    format!(
        "pg_catalog.array_to_string(ARRAY[{}], pg_catalog.chr(31), pg_catalog.chr(30))",
        fields.join(", ")
    )
}

/// What a name means where the connection looks for it; NULL when there is nothing.
fn relation(name: &ObjectName) -> Query {
    Ok(format!("pg_catalog.to_regclass({})", text(&object(name)?)?))
}

fn named_type(name: &ObjectName) -> Query {
    Ok(format!("pg_catalog.to_regtype({})", text(&object(name)?)?))
}

/// Whether the catalogue's spelling of a type is known.
fn is_sure(ty: &Type) -> bool {
    match ty {
        Type::Named(_) | Type::Other(_) | Type::Citext => false,
        Type::Array(ty) => is_sure(ty),
        _ => true,
    }
}

/// A type as `format_type` spells it.
fn shown(ty: &Type) -> Result<String, Unsupported> {
    Ok(match ty {
        Type::SmallSerial => "smallint".to_owned(),
        Type::Serial => "integer".to_owned(),
        Type::BigSerial => "bigint".to_owned(),
        Type::VarChar(length) => format!("character varying({length})"),
        Type::Char(length) => format!("character({length})"),
        Type::Decimal(precision, scale) => format!("numeric({precision},{scale})"),
        Type::Timestamp => "timestamp without time zone".to_owned(),
        Type::Time => "time without time zone".to_owned(),
        Type::Precise(of, digits) => match of.as_ref() {
            Type::Timestamp => format!("timestamp({digits}) without time zone"),
            Type::Time => format!("time({digits}) without time zone"),
            _ => types::declared(ty)?,
        },
        Type::Array(of) => match of.as_ref() {
            Type::Array(_) => shown(of)?, // its brackets are counted once
            of => format!("{}[]", shown(of)?),
        },
        ty => types::declared(ty)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_spelled_as_the_catalogue_does() {
        for (ty, expected) in [
            (Type::VarChar(20), "character varying(20)"),
            (Type::Integer.array().array(), "integer[]"),
            (
                Type::Timestamp.precision(3),
                "timestamp(3) without time zone",
            ),
            (
                Type::Timestamptz.precision(0),
                "timestamp(0) with time zone",
            ),
            (Type::Serial, "integer"),
        ] {
            assert_eq!(shown(&ty).unwrap(), expected);
        }
    }

    #[test]
    fn a_name_is_quoted_within_its_text() {
        let name = ObjectName::qualified("a'b", "c\"d");
        assert_eq!(
            relation(&name).unwrap(),
            r#"pg_catalog.to_regclass('"a''b"."c""d"')"#
        );
    }
}
