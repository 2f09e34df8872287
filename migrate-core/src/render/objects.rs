//! Columns, tables, constraints and indexes as their builders.

use super::code::Expr;
use super::literal::long;
use super::values::{default, name, sql_text, ty};
use crate::schema::{
    Action, Check, Column, Constraint, Deferrable, Exclude, ForeignKey, Identity, Index, IndexKey,
    IndexPart, Match, Nulls, Order, PrimaryKey, SequenceOptions, Table, TableOptions, Unique,
};

/// A column with constraints of its own, in their order.
pub(super) fn column(column: &Column, constraints: &[Constraint]) -> Expr {
    let Column {
        name,
        ty: column_type,
        nullable,
        default: given,
        generated,
        identity,
        collation,
        comment,
        on_update,
    } = column;
    let expr = Expr::call("column", [Expr::text(name), ty(column_type)]);
    // a key is read first
    let is_key = |constraint: &Constraint| {
        matches!(constraint, Constraint::PrimaryKey(_)) && of_column(constraint, name)
    };
    let (key, constraints) = match constraints.split_first() {
        Some((first, rest)) if is_key(first) => (true, rest),
        _ => (false, constraints),
    };
    let expr = expr.flag("primary_key", key).flag("nullable", *nullable);
    let expr = default(expr, given.as_ref(), "default", "default_sql");
    let expr = match identity {
        Some(identity) if identity.options.is_default() => match identity.always {
            true => expr.method("identity_always", []),
            false => expr.method("autoincrement", []),
        },
        Some(identity) => expr.method("identity", [self::identity(identity)]),
        None => expr,
    };
    let expr = match generated {
        Some(generated) => expr.method(
            match generated.stored {
                true => "generated_stored",
                false => "generated",
            },
            [sql_text(&generated.expression)],
        ),
        None => expr,
    };
    let expr = expr
        .optional("collate", collation.as_ref(), |text| Expr::text(text))
        .optional("on_update_sql", on_update.as_ref(), sql_text)
        .optional("comment", comment.as_ref(), |text| Expr::text(text));
    let fits = |constraint: &Constraint| of_column(constraint, name);
    // after `.references(…)` the methods of the key follow, and those of the column still may
    constraints
        .iter()
        .fold(expr, |expr, constraint| match fits(constraint) {
            true => inline(expr, constraint),
            false => expr.method("constraint", [self::constraint(constraint)]),
        })
}

/// Whether a constraint can be said at its column.
fn of_column(constraint: &Constraint, column: &str) -> bool {
    let only = |columns: &[String]| columns.len() == 1 && columns.iter().all(|one| one == column);
    match constraint {
        Constraint::PrimaryKey(key) => {
            *key == PrimaryKey {
                columns: vec![column.to_owned()],
                ..PrimaryKey::default()
            }
        }
        Constraint::Unique(key) => {
            *key == Unique {
                columns: vec![column.to_owned()],
                ..Unique::default()
            }
        }
        Constraint::Check(check) => {
            check.column.as_deref() == Some(column)
                && *check
                    == Check {
                        column: check.column.clone(),
                        ..Check::new(check.expression.clone())
                    }
        }
        Constraint::ForeignKey(key) => {
            only(&key.columns) && key.referred.len() == 1 && key.name.is_none() && !key.not_valid
        }
        Constraint::Exclude(_) => false,
    }
}

fn inline(expr: Expr, constraint: &Constraint) -> Expr {
    match constraint {
        Constraint::PrimaryKey(_) => expr.method("primary_key", []),
        Constraint::Unique(_) => expr.method("unique", []),
        Constraint::Check(check) => expr.method("check", [sql_text(&check.expression)]),
        Constraint::ForeignKey(key) => {
            let referred = key.referred.first().map_or("", String::as_str);
            let expr = expr.method("references", [name(&key.table), Expr::text(referred)]);
            key_options(expr, key)
        }
        Constraint::Exclude(_) => expr.method("constraint", [self::constraint(constraint)]),
    }
}

fn key_options(expr: Expr, key: &ForeignKey) -> Expr {
    let expr = expr
        .optional("on_delete", key.on_delete, action)
        .optional("on_update", key.on_update, action)
        .optional("match_type", key.match_type, |kind| {
            Expr::atom(match kind {
                Match::Simple => "Match::Simple",
                Match::Full => "Match::Full",
                Match::Partial => "Match::Partial",
            })
        });
    deferrable(expr, key.deferrable)
}

fn action(action: Action) -> Expr {
    Expr::atom(match action {
        Action::NoAction => "NoAction",
        Action::Restrict => "Restrict",
        Action::Cascade => "Cascade",
        Action::SetNull => "SetNull",
        Action::SetDefault => "SetDefault",
    })
}

fn deferrable(expr: Expr, deferrable: Option<Deferrable>) -> Expr {
    match deferrable {
        Some(Deferrable::InitiallyImmediate) => expr.method("deferrable", []),
        Some(Deferrable::InitiallyDeferred) => expr.method("initially_deferred", []),
        None => expr,
    }
}

pub(super) fn identity(identity: &Identity) -> Expr {
    let expr = Expr::call("Identity::default", []).flag("always", identity.always);
    options(expr, &identity.options)
}

/// The options of a sequence, which a numbered column has too.
pub(super) fn options(expr: Expr, options: &SequenceOptions) -> Expr {
    let SequenceOptions {
        start,
        increment,
        min,
        max,
        cache,
        cycle,
    } = options;
    let number = |number: i64| Expr::atom(long(number));
    expr.optional("start", *start, number)
        .optional("increment", *increment, number)
        .optional("min", *min, number)
        .optional("max", *max, number)
        .optional("cache", *cache, number)
        .flag("cycle", *cycle == Some(true))
        .flag("no_cycle", *cycle == Some(false))
}

/// A constraint as a builder of its own.
pub(super) fn constraint(constraint: &Constraint) -> Expr {
    match constraint {
        Constraint::PrimaryKey(PrimaryKey {
            name,
            columns,
            include,
            deferrable: when,
        }) => {
            let expr = included(Expr::call("primary_key", [Expr::texts(columns)]), include);
            named(deferrable(expr, *when), name.as_ref())
        }
        Constraint::Unique(Unique {
            name,
            columns,
            include,
            deferrable: when,
            nulls_not_distinct,
        }) => {
            let expr = included(Expr::call("unique", [Expr::texts(columns)]), include);
            let expr = expr.flag("nulls_not_distinct", *nulls_not_distinct);
            named(deferrable(expr, *when), name.as_ref())
        }
        Constraint::Check(of) => check(of),
        Constraint::ForeignKey(key) => {
            let expr = Expr::call("foreign_key", [Expr::texts(&key.columns)])
                .method("references", [name(&key.table), Expr::texts(&key.referred)]);
            let expr = key_options(expr, key).flag("not_valid", key.not_valid);
            named(expr, key.name.as_ref())
        }
        Constraint::Exclude(Exclude {
            name,
            method,
            parts,
            predicate,
            deferrable: when,
        }) => {
            let plain = parts.iter().all(|(part, _)| plain(part).is_some());
            let parts = parts.iter().map(|(part, operator)| {
                Expr::Tuple(vec![self::part(part, plain), Expr::text(operator)])
            });
            let expr = Expr::call("exclude", [Expr::Array(parts.collect())])
                .optional("using", method.as_ref(), |text| Expr::text(text))
                .optional("filter", predicate.as_ref(), sql_text);
            named(deferrable(expr, *when), name.as_ref())
        }
    }
}

/// A check as a builder of its own.
pub(super) fn check(check: &Check) -> Expr {
    let Check {
        name,
        expression,
        column,
        not_valid,
        no_inherit,
    } = check;
    let expr = Expr::call("check", [sql_text(expression)])
        .optional("of_column", column.as_ref(), |text| Expr::text(text))
        .flag("not_valid", *not_valid)
        .flag("no_inherit", *no_inherit);
    named(expr, name.as_ref())
}

fn named(expr: Expr, name: Option<&String>) -> Expr {
    expr.optional("named", name, |name| Expr::text(name))
}

fn included(expr: Expr, columns: &[String]) -> Expr {
    let columns = (!columns.is_empty()).then_some(columns);
    expr.optional("include", columns, Expr::texts)
}

/// A table with its columns and constraints.
pub(super) fn table(table: &Table, if_not_exists: bool) -> Expr {
    let Table {
        name: own,
        columns,
        constraints,
        comment,
        options,
    } = table;
    let mut rest = constraints.as_slice();
    let mut expr = Expr::call("table", [name(own)]);
    for column in columns {
        // constraints keep their order: only those that come next can be said at the column
        let next = rest
            .iter()
            .take_while(|constraint| of_column(constraint, &column.name));
        let (own, others) = rest.split_at(next.count());
        rest = others;
        expr = expr.method("column", [self::column(column, own)]);
    }
    for constraint in rest {
        expr = match constraint {
            Constraint::PrimaryKey(key)
                if key.name.is_none() && key.include.is_empty() && key.deferrable.is_none() =>
            {
                expr.method("primary_key", [Expr::texts(&key.columns)])
            }
            Constraint::Unique(key)
                if *key
                    == Unique {
                        columns: key.columns.clone(),
                        ..Unique::default()
                    } =>
            {
                expr.method("unique", [Expr::texts(&key.columns)])
            }
            Constraint::Check(check) if *check == Check::new(check.expression.clone()) => {
                expr.method("check", [sql_text(&check.expression)])
            }
            constraint => expr.method("constraint", [self::constraint(constraint)]),
        };
    }
    let TableOptions {
        strict,
        without_rowid,
        engine,
        charset,
        collation,
        unlogged,
        parameters,
        suffix,
    } = options;
    let expr = expr
        .optional("comment", comment.as_ref(), |text| Expr::text(text))
        .flag("strict", *strict)
        .flag("without_rowid", *without_rowid)
        .optional("engine", engine.as_ref(), |text| Expr::text(text))
        .optional("charset", charset.as_ref(), |text| Expr::text(text))
        .optional("collate", collation.as_ref(), |text| Expr::text(text))
        .flag("unlogged", *unlogged);
    with(expr, parameters)
        .optional("suffix", suffix.as_ref(), sql_text)
        .flag("if_not_exists", if_not_exists)
}

fn with(expr: Expr, parameters: &[(String, String)]) -> Expr {
    parameters.iter().fold(expr, |expr, (key, value)| {
        expr.method("with", [Expr::text(key), Expr::text(value)])
    })
}

pub(super) fn index(index: &Index) -> Expr {
    let Index {
        name: own,
        table,
        parts,
        unique,
        predicate,
        include,
        method,
        parameters,
        nulls_not_distinct,
    } = index;
    let plain = parts.iter().all(|part| plain(part).is_some());
    let parts = match parts.as_slice() {
        [] => Expr::atom("Vec::<String>::new()"),
        parts => Expr::Array(parts.iter().map(|part| self::part(part, plain)).collect()),
    };
    let expr = Expr::call("index", [Expr::text(own)])
        .method("on", [name(table), parts])
        .flag("unique", *unique)
        .optional("using", method.as_ref(), |text| Expr::text(text))
        .optional("filter", predicate.as_ref(), sql_text);
    let expr = included(expr, include);
    with(expr, parameters).flag("nulls_not_distinct", *nulls_not_distinct)
}

/// The column of a part that is nothing else.
fn plain(part: &IndexPart) -> Option<&str> {
    match &part.key {
        IndexKey::Column(column) => {
            (*part == IndexPart::from(column.as_str())).then_some(column.as_str())
        }
        IndexKey::Expression(_) => None,
    }
}

/// A part of an index; as a text, if all are plain columns.
fn part(part: &IndexPart, all_plain: bool) -> Expr {
    let IndexPart {
        key,
        order,
        collation,
        nulls,
        operator_class,
        prefix,
    } = part;
    let column = |function: &str, column: &String| Expr::call(function, [Expr::text(column)]);
    let expr = match (key, order) {
        (IndexKey::Column(name), _) if all_plain => return Expr::text(name),
        (IndexKey::Column(name), None) => column("key", name),
        (IndexKey::Column(name), Some(Order::Ascending)) => column("asc", name),
        (IndexKey::Column(name), Some(Order::Descending)) => column("desc", name),
        (IndexKey::Expression(sql), order) => Expr::call("expression", [sql_text(sql)])
            .flag("ascending", *order == Some(Order::Ascending))
            .flag("descending", *order == Some(Order::Descending)),
    };
    expr.optional("collate", collation.as_ref(), |text| Expr::text(text))
        .optional("operator_class", operator_class.as_ref(), |text| {
            Expr::text(text)
        })
        .flag("nulls_first", *nulls == Some(Nulls::First))
        .flag("nulls_last", *nulls == Some(Nulls::Last))
        .optional("prefix", *prefix, |length| Expr::atom(length.to_string()))
}
