//! What attributes say about constraints and indexes, as those of a schema, with the names of the
//! convention. Pure.

use migrate_core::schema::{
    Action, Check, Constraint, Deferrable, Exclude, ForeignKey, Index, IndexKey, IndexPart, Match,
    ObjectName, Sql,
};
use migrate_core::{BackendKind, op};
use migrate_models as models;
use models::{ColumnKey, PartKey, SqlText, TableKey};

use crate::configuration::names::{Named, Nameless, Names};

/// SQL, with the texts of single databases.
pub(super) fn sql(text: &SqlText) -> Sql {
    let mut texts = text.texts.iter();
    let common = text.texts.iter().find(|(only, _)| only.is_none());
    let start = match common {
        Some((_, common)) => Sql::from(common.as_str()),
        None => match texts.next() {
            Some((Some(only), text)) => Sql::only(kind_of(only), text.as_str()),
            _ => Sql::from(""),
        },
    };
    texts.fold(start, |sql, (only, text)| match only {
        Some(only) => sql.on(kind_of(only), text.as_str()),
        None => sql,
    })
}

fn kind_of(name: &str) -> BackendKind {
    match name {
        "postgres" | "postgresql" => BackendKind::Postgres,
        "mysql" => BackendKind::Mysql,
        "mariadb" => BackendKind::Mariadb,
        _ => BackendKind::Sqlite,
    }
}

fn deferrable(said: Option<models::Deferrable>) -> Option<Deferrable> {
    said.map(|said| match said {
        models::Deferrable::InitiallyImmediate => Deferrable::InitiallyImmediate,
        models::Deferrable::InitiallyDeferred => Deferrable::InitiallyDeferred,
    })
}

fn action(said: Option<models::Action>) -> Option<Action> {
    said.map(|said| match said {
        models::Action::NoAction => Action::NoAction,
        models::Action::Restrict => Action::Restrict,
        models::Action::Cascade => Action::Cascade,
        models::Action::SetNull => Action::SetNull,
        models::Action::SetDefault => Action::SetDefault,
    })
}

/// A foreign key; `columns` are those that refer, `referred` those that it names or the key of its
/// table.
pub(super) fn foreign_key(
    said: &models::ForeignKey,
    columns: Vec<String>,
    table: ObjectName,
    referred: Vec<String>,
) -> ForeignKey {
    let mut key = ForeignKey::new(columns, table, referred);
    key.name = said.name.clone();
    key.on_delete = action(said.on_delete);
    key.on_update = action(said.on_update);
    key.deferrable = deferrable(said.deferrable);
    key.match_type = said.match_type.as_deref().and_then(|said| match said {
        "Full" => Some(Match::Full),
        "Partial" => Some(Match::Partial),
        _ => None,
    });
    key.not_valid = said.not_valid;
    key
}

/// A unique constraint.
pub(super) fn unique(said: &models::Unique) -> Constraint {
    let mut key = op::unique(said.columns.iter().cloned()).include(said.include.iter().cloned());
    if let Some(name) = &said.name {
        key = key.named(name.as_str());
    }
    if said.nulls_not_distinct {
        key = key.nulls_not_distinct();
    }
    match said.deferrable {
        Some(models::Deferrable::InitiallyDeferred) => key.initially_deferred(),
        Some(models::Deferrable::InitiallyImmediate) => key.deferrable(),
        None => key,
    }
    .into()
}

/// A check.
pub(super) fn check(expression: &SqlText, name: Option<&String>, not_valid: bool) -> Check {
    let mut check = Check::new(sql(expression));
    check.name = name.cloned();
    check.not_valid = not_valid;
    check
}

/// An exclusion constraint.
pub(super) fn exclude(said: &models::Exclude) -> Exclude {
    let parts = said.parts.iter();
    let parts = parts.map(|(one, operator)| (part(one), operator.clone()));
    let mut exclude = Exclude::new(parts.collect());
    exclude.name = said.name.clone();
    exclude.method = said.using.clone();
    exclude.predicate = said.filter.as_ref().map(sql);
    exclude.deferrable = deferrable(said.deferrable);
    exclude
}

/// An index.
pub(super) fn index(said: &models::Index, table: &ObjectName) -> Index {
    let parts: Vec<IndexPart> = said.parts.iter().map(part).collect();
    let mut index = Index::new(said.name.as_str(), table.clone(), parts);
    index.unique = said.unique;
    index.predicate = said.filter.as_ref().map(sql);
    index.include = said.include.clone();
    index.method = said.using.clone();
    index.parameters = said.with.clone();
    index.nulls_not_distinct = said.nulls_not_distinct;
    index
}

fn part(said: &models::IndexPart) -> IndexPart {
    let mut part = match &said.key {
        PartKey::Column(name) => IndexPart::from(name.as_str()),
        PartKey::Expression(text) => IndexKey::Expression(sql(text)).into(),
    };
    if said.descending {
        part = part.descending();
    }
    if let Some(name) = &said.collate {
        part = part.collate(name.as_str());
    }
    part = match said.nulls_first {
        Some(true) => part.nulls_first(),
        Some(false) => part.nulls_last(),
        None => part,
    };
    if let Some(name) = &said.operator_class {
        part = part.operator_class(name.as_str());
    }
    if let Some(length) = said.prefix {
        part = part.prefix(length);
    }
    part
}

/// The indexes that no declaration of a table names.
pub(super) fn unnamed<'b>(
    model: &models::Table,
    before: impl Iterator<Item = &'b Index>,
) -> Vec<&'b Index> {
    let columns = model.columns.iter().flat_map(|one| &one.attributes);
    let of_columns = columns.filter_map(|one| match &one.key {
        ColumnKey::Index { name } => name.as_ref(),
        _ => None,
    });
    let of_table = model.attributes.iter().filter_map(|one| match &one.key {
        TableKey::Index(index) => Some(&index.name),
        _ => None,
    });
    let named: Vec<&String> = of_columns.chain(of_table).collect();
    let free = before.filter(|index| !named.contains(&&index.name));
    free.collect()
}

/// The name of an index over one column that says none: that of the same index before, else the
/// one of the convention.
pub(super) fn index_name(
    table: &ObjectName,
    column: &str,
    names: &Names,
    before: &[&Index],
) -> String {
    let is_same = |index: &&&Index| {
        let plain = Index::new(
            index.name.as_str(),
            index.table.clone(),
            vec![column.into()],
        );
        ***index == plain
    };
    let wanted = names.formed(
        Nameless::Index,
        &Named {
            table: &table.name,
            columns: &[column.to_owned()],
            ..Named::default()
        },
    );
    let mut same = before.iter().filter(is_same).map(|index| &index.name);
    match same.clone().any(|name| *name == wanted) {
        true => wanted,
        false => same.next().cloned().unwrap_or(wanted),
    }
}

/// Gives constraints without a name the one of the convention, unless the table had the same
/// constraint before, whose name stays.
pub(super) fn name(
    constraints: &mut [Constraint],
    table: &ObjectName,
    names: &Names,
    before: &[Constraint],
) {
    let mut taken: Vec<String> = constraints
        .iter()
        .filter_map(|one| one.name().map(str::to_owned))
        .collect();
    let mut known: Vec<&Constraint> = before
        .iter()
        .filter(|one| {
            one.name()
                .is_none_or(|name| !taken.iter().any(|own| own == name))
        })
        .collect();
    for constraint in constraints {
        if constraint.name().is_some() || matches!(constraint, Constraint::PrimaryKey(_)) {
            continue;
        }
        let found = known.iter().position(|one| is_same(one, constraint));
        if let Some(found) = found {
            let same = known.remove(found);
            if let Some(name) = same.name() {
                taken.push(name.to_owned());
                *constraint = constraint.renamed(name);
            }
        } else {
            let mut wanted = conventional(constraint, table, names, 0);
            for number in 1.. {
                if !taken.contains(&wanted) {
                    break;
                }
                wanted = conventional(constraint, table, names, number);
            }
            taken.push(wanted.clone());
            *constraint = constraint.renamed(wanted);
        }
        if let Constraint::Check(check) = constraint {
            check.column = None;
        }
    }
}

/// The name that the convention has for a constraint; with a number, if the others are taken.
pub(super) fn conventional(
    constraint: &Constraint,
    table: &ObjectName,
    names: &Names,
    number: usize,
) -> String {
    let (kind, referred) = match constraint {
        Constraint::PrimaryKey(_) => (Nameless::PrimaryKey, ""),
        Constraint::Unique(_) => (Nameless::Unique, ""),
        Constraint::ForeignKey(key) => (Nameless::ForeignKey, key.table.name.as_str()),
        Constraint::Check(_) => (Nameless::Check, ""),
        _ => (Nameless::Exclude, ""),
    };
    let columns = match constraint {
        Constraint::Check(check) => check.column.as_slice(),
        other => other.columns(),
    };
    names.formed(
        kind,
        &Named {
            table: &table.name,
            columns,
            referred,
            number,
        },
    )
}

/// Whether two constraints are the same but for their names, as far as one can tell without a
/// server.
fn is_same(one: &Constraint, other: &Constraint) -> bool {
    match (one, other) {
        (Constraint::Unique(one), Constraint::Unique(other)) => {
            one.columns == other.columns && one.nulls_not_distinct == other.nulls_not_distinct
        }
        (Constraint::ForeignKey(one), Constraint::ForeignKey(other)) => {
            one.columns == other.columns
                && one.table == other.table
                && one.referred == other.referred
        }
        (Constraint::Check(one), Constraint::Check(other)) => {
            let plain = |sql: &Sql| {
                let skipped =
                    |sign: &char| !matches!(sign, ' ' | '\n' | '(' | ')' | '[' | ']' | '"' | '`');
                let text = sql.common_text();
                text.chars()
                    .filter(skipped)
                    .collect::<String>()
                    .to_lowercase()
            };
            plain(&one.expression) == plain(&other.expression)
        }
        (Constraint::Exclude(one), Constraint::Exclude(other)) => one.parts == other.parts,
        _ => false,
    }
}

/// An open table does not say that the rows that are there were checked: that stays as it is.
pub(super) fn keep_unchecked(added: &mut [Constraint], before: &[Constraint]) {
    for constraint in added {
        let mut unchecked = constraint.clone();
        match &mut unchecked {
            Constraint::Check(check) => check.not_valid = true,
            Constraint::ForeignKey(key) => key.not_valid = true,
            _ => continue,
        }
        let is_same = |one: &&Constraint| match (*one, &unchecked) {
            (Constraint::Check(one), Constraint::Check(now)) => {
                let mut now = now.clone();
                now.column.clone_from(&one.column);
                *one == now
            }
            (one, now) => one == now,
        };
        if let Some(one) = before.iter().find(is_same) {
            *constraint = one.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_keeps_the_name_that_it_has() {
        let key = |name: Option<&str>, column: &str| {
            unique(&models::Unique {
                name: name.map(str::to_owned),
                columns: vec![column.to_owned()],
                include: Vec::new(),
                deferrable: None,
                nulls_not_distinct: false,
            })
        };
        let before = [key(Some("uq"), "a")];
        let mut now = [key(None, "a"), key(None, "b"), key(None, "b")];
        name(&mut now, &"t".into(), &Names::default(), &before);
        let names = now.iter().map(|one| one.name().unwrap());
        assert_eq!(names.collect::<Vec<_>>(), ["uq", "t_b_key", "t_b_key1"]);
    }

    #[test]
    fn what_is_not_valid_for_the_rows_stays_so() {
        let check = |expression: &str, not_valid: bool| {
            let mut check = Check::new(Sql::from(expression));
            check.name = Some("ck".to_owned());
            check.not_valid = not_valid;
            Constraint::from(check)
        };
        let key = |not_valid: bool| {
            let mut key = ForeignKey::new(vec!["a".into()], "others".into(), vec!["id".into()]);
            key.name = Some("fk".to_owned());
            key.not_valid = not_valid;
            Constraint::from(key)
        };
        let before = [check("a > 0", true), key(true)];
        let mut now = [check("a > 0", false), key(false), check("a > 1", false)];
        keep_unchecked(&mut now, &before);
        let expected = [check("a > 0", true), key(true), check("a > 1", false)];
        assert_eq!(now, expected);
    }
}
