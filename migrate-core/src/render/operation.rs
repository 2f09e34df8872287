//! An operation as the call on `op` that makes it.

use super::code::Expr;
use super::literal::long;
use super::objects::{check, column, constraint, identity, index, options, table};
use super::values::{default, name, sql_text, sql_value, ty, uniform, value};
use crate::operation::{
    ColumnChange, DomainOperation, EnumPosition, EnumTypeOperation, ExtensionOperation, Operation,
    SchemaOperation, SequenceOperation, ViewOperation,
};
use crate::schema::{
    Check, Column, Constraint, ConstraintKind, Domain, EnumType, ObjectName, Sequence, Sql, Value,
    View,
};

/// The call that makes an operation; `None` if no call makes it.
pub(super) fn call(operation: &Operation) -> Option<Expr> {
    let op = Expr::atom("op");
    Some(match operation {
        Operation::CreateTable {
            table: new,
            if_not_exists,
        } => op.method("create_table", [table(new, *if_not_exists)]),
        Operation::DropTable {
            name: own,
            definition,
            if_exists,
        } => {
            let method = if_exists_name(*if_exists, "drop_table", "drop_table_if_exists");
            let definition = definition
                .as_ref()
                .map(|definition| table(definition, false));
            op.method(method, [definition.unwrap_or_else(|| name(own))])
        }
        Operation::RenameTable { from, to } => {
            op.method("rename_table", [name(from), Expr::text(to)])
        }
        Operation::SetTableComment {
            table,
            comment,
            was,
        } => op.method(
            "comment_on_table",
            [name(table), table_comment(comment.as_ref(), was.as_ref())],
        ),
        Operation::AddColumn {
            table,
            column: new,
            constraints,
            if_not_exists,
        } => op.method(
            if_exists_name(*if_not_exists, "add_column", "add_column_if_not_exists"),
            [name(table), column(new, constraints)],
        ),
        Operation::DropColumn {
            table,
            name: own,
            definition,
            if_exists,
        } => {
            let definition = definition.as_ref();
            let definition = definition.map(|(old, constraints)| column(old, constraints));
            op.method(
                if_exists_name(*if_exists, "drop_column", "drop_column_if_exists"),
                [name(table), definition.unwrap_or_else(|| Expr::text(own))],
            )
        }
        Operation::AlterColumn {
            table,
            name: own,
            change,
            was,
            using_back,
        } => op.method(
            "alter_column",
            [
                name(table),
                alter(own, change, was.as_ref(), using_back.as_ref()),
            ],
        ),
        Operation::RenameColumn { table, from, to } => rename("rename_column", table, from, to),
        Operation::AddConstraint {
            table,
            constraint: new,
        } => op.method("add_constraint", [name(table), constraint(new)]),
        Operation::DropConstraint {
            table,
            name: own,
            kind,
            definition,
            if_exists,
        } => drop_constraint(table, own.as_ref(), *kind, definition.as_ref(), *if_exists)?,
        Operation::RenameConstraint { table, from, to } => {
            rename("rename_constraint", table, from, to)
        }
        Operation::ValidateConstraint { table, name: own } => {
            op.method("validate_constraint", [name(table), Expr::text(own)])
        }
        Operation::CreateIndex {
            index: new,
            if_not_exists,
            concurrently,
        } => {
            let new = index(new)
                .flag("concurrently", *concurrently)
                .flag("if_not_exists", *if_not_exists);
            op.method("create_index", [new])
        }
        Operation::DropIndex {
            name: own,
            table,
            definition,
            if_exists,
            concurrently,
        } => {
            let call = op
                .method("drop_index", [Expr::text(own)])
                .flag("if_exists", *if_exists)
                .flag("concurrently", *concurrently);
            match definition {
                Some(definition) => call.method("was", [index(definition)]),
                None => call.method("on", [name(table)]),
            }
        }
        Operation::RenameIndex { table, from, to } => rename("rename_index", table, from, to),
        Operation::View(operation) => view(operation)?,
        Operation::Sequence(operation) => sequence(operation),
        Operation::EnumType(operation) => enum_type(operation),
        Operation::Domain(operation) => domain(operation),
        Operation::Schema(operation) => schema(operation)?,
        Operation::Extension(operation) => extension(operation)?,
        Operation::Execute { sql, undo } => {
            let sql = match undo {
                Some(undo) => sql_value(sql).method("undone_by", [sql_text(undo)]),
                None => sql_text(sql),
            };
            op.method("execute", [sql])
        }
        Operation::BulkInsert {
            table,
            columns,
            rows,
        } => op.method(
            "bulk_insert",
            [name(table), Expr::texts(columns), self::rows(rows)],
        ),
        Operation::Custom(_) => return None,
    })
}

fn if_exists_name(conditional: bool, plain: &'static str, other: &'static str) -> &'static str {
    match conditional {
        true => other,
        false => plain,
    }
}

fn rename(method: &'static str, table: &ObjectName, from: &str, to: &str) -> Expr {
    Expr::atom("op").method(method, [name(table), Expr::text(from), Expr::text(to)])
}

fn table_comment(text: Option<&String>, was: Option<&Option<String>>) -> Expr {
    let plain = match text {
        Some(text) if was.is_none() => return Expr::text(text),
        Some(text) => Expr::call("comment", [Expr::text(text)]),
        None => Expr::call("no_comment", []),
    };
    plain.optional("was", was, |was| match was {
        Some(text) => Expr::call("Some", [Expr::text(text)]),
        None => Expr::atom("None"),
    })
}

fn alter(own: &str, change: &ColumnChange, was: Option<&Column>, using_back: Option<&Sql>) -> Expr {
    let ColumnChange {
        ty: to,
        using,
        nullable,
        default: given,
        identity: numbered,
        generated,
        collation,
        comment,
    } = change;
    let expr = Expr::call("alter", [Expr::text(own)])
        .optional("set_type", to.as_ref(), ty)
        .optional("using", using.as_ref(), sql_text)
        .optional("using_back", using_back, sql_text)
        .flag("drop_not_null", *nullable == Some(true))
        .flag("set_not_null", *nullable == Some(false));
    let expr = match given {
        Some(given) => default(expr, given.as_ref(), "set_default", "set_default_sql")
            .flag("drop_default", given.is_none()),
        None => expr,
    };
    let expr = match numbered {
        Some(Some(numbered)) if numbered.options.is_default() => match numbered.always {
            true => expr.method("set_identity_always", []),
            false => expr.method("set_identity", []),
        },
        Some(Some(numbered)) => expr.method("set_identity_options", [identity(numbered)]),
        Some(None) => expr.method("drop_identity", []),
        None => expr,
    };
    let expr = match generated {
        Some(Some(generated)) => expr.method(
            if_exists_name(generated.stored, "set_generated", "set_generated_stored"),
            [sql_text(&generated.expression)],
        ),
        Some(None) => expr.method("drop_generated", []),
        None => expr,
    };
    let text = |expr: Expr, change: &Option<Option<String>>, set, drop| match change {
        Some(Some(text)) => expr.method(set, [Expr::text(text)]),
        Some(None) => expr.method(drop, []),
        None => expr,
    };
    let expr = text(expr, collation, "set_collation", "drop_collation");
    let expr = text(expr, comment, "set_comment", "drop_comment");
    expr.optional("was", was, |was| column(was, &[]))
}

fn drop_constraint(
    table: &ObjectName,
    own: Option<&String>,
    kind: Option<ConstraintKind>,
    definition: Option<&Constraint>,
    if_exists: bool,
) -> Option<Expr> {
    let op = Expr::atom("op");
    let method = if_exists_name(if_exists, "drop_constraint", "drop_constraint_if_exists");
    if let Some(definition) = definition {
        return Some(op.method(method, [name(table), constraint(definition)]));
    }
    let by_kind = match kind.filter(|_| !if_exists) {
        Some(ConstraintKind::ForeignKey) => "drop_foreign_key",
        Some(ConstraintKind::Unique) => "drop_unique",
        Some(ConstraintKind::Check) => "drop_check",
        Some(ConstraintKind::PrimaryKey) if own.is_none() => {
            return Some(op.method("drop_primary_key", [name(table)]));
        }
        // a name is enough where constraints of all kinds share their names
        _ => method,
    };
    Some(op.method(by_kind, [name(table), Expr::text(own?)]))
}

fn view(operation: &ViewOperation) -> Option<Expr> {
    let op = Expr::atom("op");
    let written = |view: &View| {
        let View {
            name: own,
            columns,
            query,
            materialized,
        } = view;
        let columns = (!columns.is_empty()).then_some(columns.as_slice());
        Expr::call("view", [name(own), sql_text(query)])
            .optional("columns", columns, Expr::texts)
            .flag("materialized", *materialized)
    };
    Some(match operation {
        ViewOperation::Create {
            view,
            if_not_exists,
        } => op.method(
            "create_view",
            [written(view).flag("if_not_exists", *if_not_exists)],
        ),
        ViewOperation::Replace { view, was } => {
            let was = was.as_ref().filter(|was| only_query_differs(view, was));
            let was = was.map(|was| &was.query);
            op.method(
                "replace_view",
                [written(view).optional("was", was, sql_text)],
            )
        }
        ViewOperation::Rename {
            from,
            to,
            materialized,
        } => op.method(
            if_exists_name(*materialized, "rename_view", "rename_materialized_view"),
            [name(from), Expr::text(to)],
        ),
        ViewOperation::Drop {
            name: own,
            materialized,
            definition,
            if_exists,
        } => {
            let method = match (if_exists, materialized, definition) {
                (true, true, None) => return None,
                (true, _, _) => "drop_view_if_exists",
                (false, true, _) => "drop_materialized_view",
                (false, false, _) => "drop_view",
            };
            let definition = definition.as_ref().map(written);
            op.method(method, [definition.unwrap_or_else(|| name(own))])
        }
    })
}

/// Whether the call says all that the operation does, so that the call can be reversed too.
pub(super) fn says_all(operation: &Operation) -> bool {
    match operation {
        Operation::View(ViewOperation::Replace {
            view,
            was: Some(was),
        }) => only_query_differs(view, was),
        operation => call(operation).is_some(),
    }
}

/// Whether `.was(…)` can say what a view was.
fn only_query_differs(view: &View, was: &View) -> bool {
    let query = view.query.clone();
    View {
        query,
        ..was.clone()
    } == *view
}

fn sequence(operation: &SequenceOperation) -> Expr {
    let op = Expr::atom("op");
    let written = |sequence: &Sequence| {
        let expr = Expr::call("sequence", [name(&sequence.name)]).optional(
            "of_type",
            sequence.ty.as_ref(),
            ty,
        );
        let expr = options(expr, &sequence.options);
        match &sequence.owned_by {
            Some((table, column)) => expr.method("owned_by", [name(table), Expr::text(column)]),
            None => expr,
        }
    };
    match operation {
        SequenceOperation::Create {
            sequence,
            if_not_exists,
        } => op.method(
            "create_sequence",
            [written(sequence).flag("if_not_exists", *if_not_exists)],
        ),
        SequenceOperation::Alter {
            name: own,
            options: changed,
            restart,
            was,
        } => {
            let named = || Expr::call("sequence", [name(own)]);
            let expr = options(named(), changed)
                .optional("restart", *restart, |number| Expr::atom(long(number)))
                .optional("was", was.as_ref(), |was| options(named(), was));
            op.method("alter_sequence", [expr])
        }
        SequenceOperation::Rename { from, to } => {
            op.method("rename_sequence", [name(from), Expr::text(to)])
        }
        SequenceOperation::Drop {
            name: own,
            definition,
            if_exists,
        } => {
            let definition = definition.as_ref().map(written);
            op.method(
                if_exists_name(*if_exists, "drop_sequence", "drop_sequence_if_exists"),
                [definition.unwrap_or_else(|| name(own))],
            )
        }
    }
}

fn enum_type(operation: &EnumTypeOperation) -> Expr {
    let op = Expr::atom("op");
    let written =
        |of: &EnumType| Expr::call("enum_type", [name(&of.name), Expr::texts(&of.values)]);
    match operation {
        EnumTypeOperation::Create { enum_type } => op.method("create_enum", [written(enum_type)]),
        EnumTypeOperation::Drop {
            name: own,
            definition,
            if_exists,
        } => {
            let definition = definition.as_ref().map(written);
            op.method(
                if_exists_name(*if_exists, "drop_enum", "drop_enum_if_exists"),
                [definition.unwrap_or_else(|| name(own))],
            )
        }
        EnumTypeOperation::Rename { from, to } => {
            op.method("rename_enum", [name(from), Expr::text(to)])
        }
        EnumTypeOperation::AddValue {
            name: own,
            value,
            position,
            if_not_exists,
        } => {
            let added = Expr::call("add_value", [Expr::text(value)]);
            let added = match position {
                Some(EnumPosition::Before(other)) => added.method("before", [Expr::text(other)]),
                Some(EnumPosition::After(other)) => added.method("after", [Expr::text(other)]),
                None => added,
            };
            let added = added.flag("if_not_exists", *if_not_exists);
            op.method("alter_enum", [name(own), added])
        }
        EnumTypeOperation::RenameValue {
            name: own,
            from,
            to,
        } => {
            let renamed = Expr::call("rename_value", [Expr::text(from), Expr::text(to)]);
            op.method("alter_enum", [name(own), renamed])
        }
    }
}

fn domain(operation: &DomainOperation) -> Expr {
    let op = Expr::atom("op");
    let written = |of: &Domain| {
        let expr = Expr::call("domain", [name(&of.name), ty(&of.ty)]);
        let expr = expr.flag("not_null", !of.nullable);
        let expr = default(expr, of.default.as_ref(), "default", "default_sql").optional(
            "collate",
            of.collation.as_ref(),
            |text| Expr::text(text),
        );
        of.checks.iter().fold(expr, |expr, of| {
            match *of == Check::new(of.expression.clone()) {
                true => expr.method("check", [sql_text(&of.expression)]),
                false => expr.method("constraint", [check(of)]),
            }
        })
    };
    match operation {
        DomainOperation::Create { domain } => op.method("create_domain", [written(domain)]),
        DomainOperation::Drop {
            name: own,
            definition,
            if_exists,
        } => {
            let definition = definition.as_ref().map(written);
            op.method(
                if_exists_name(*if_exists, "drop_domain", "drop_domain_if_exists"),
                [definition.unwrap_or_else(|| name(own))],
            )
        }
    }
}

fn schema(operation: &SchemaOperation) -> Option<Expr> {
    let op = Expr::atom("op");
    Some(match operation {
        SchemaOperation::Create {
            name,
            if_not_exists,
        } => op.method(
            if_exists_name(
                *if_not_exists,
                "create_schema",
                "create_schema_if_not_exists",
            ),
            [Expr::text(name)],
        ),
        SchemaOperation::Drop {
            name,
            if_exists,
            cascade,
        } => {
            let method = match (if_exists, cascade) {
                (true, true) => return None,
                (true, false) => "drop_schema_if_exists",
                (false, true) => "drop_schema_cascade",
                (false, false) => "drop_schema",
            };
            op.method(method, [Expr::text(name)])
        }
        SchemaOperation::Rename { from, to } => {
            op.method("rename_schema", [Expr::text(from), Expr::text(to)])
        }
    })
}

fn extension(operation: &ExtensionOperation) -> Option<Expr> {
    let op = Expr::atom("op");
    Some(match operation {
        ExtensionOperation::Create {
            name,
            schema,
            version,
            if_not_exists,
        } => {
            let plain = schema.is_none() && version.is_none() && !if_not_exists;
            let extension = match plain {
                true => Expr::text(name),
                false => Expr::call("extension", [Expr::text(name)])
                    .optional("schema", schema.as_ref(), |text| Expr::text(text))
                    .optional("version", version.as_ref(), |text| Expr::text(text))
                    .flag("if_not_exists", *if_not_exists),
            };
            op.method("create_extension", [extension])
        }
        ExtensionOperation::Drop {
            name,
            if_exists,
            cascade: false,
        } => op.method(
            if_exists_name(*if_exists, "drop_extension", "drop_extension_if_exists"),
            [Expr::text(name)],
        ),
        ExtensionOperation::Drop { cascade: true, .. } => return None,
    })
}

/// How many columns a tuple can have.
const LARGEST_TUPLE: usize = 16;

/// Rows as tuples where each column has values of one type, else as values.
fn rows(rows: &[Vec<Value>]) -> Expr {
    let Some(first) = rows.first() else {
        return Expr::atom("Vec::<Vec<Value>>::new()");
    };
    let kind = std::mem::discriminant::<Value>;
    let same = |at: usize| {
        let mut column = rows.iter().filter_map(|row| row.get(at));
        let given = first.get(at).map(kind);
        let small = |value: &Value| match value {
            Value::Integer(number) => i32::try_from(*number).is_ok(),
            value => *value != Value::Null,
        };
        column.all(|value| Some(kind(value)) == given && small(value))
    };
    let as_tuples = !first.is_empty()
        && first.len() <= LARGEST_TUPLE
        && rows.iter().all(|row| row.len() == first.len())
        && (0..first.len()).all(same);
    let row = |row: &Vec<Value>| match as_tuples {
        true => Expr::Tuple(row.iter().map(value).collect()),
        false if row.is_empty() => Expr::atom("Vec::<Value>::new()"),
        false => Expr::call(
            "Vec::from",
            [Expr::Array(row.iter().map(uniform).collect())],
        ),
    };
    Expr::Array(rows.iter().map(row).collect())
}
