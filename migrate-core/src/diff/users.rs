//! Views, and everything that only the server's own words describe. They go before what they use
//! changes, and come after it.

use std::collections::{BTreeMap, BTreeSet};

use super::change::ChangeKind;
use super::comparison::Comparison;
use super::parts::{Fate, Part, Version};
use super::pins::is_part_of_table;
use super::plan::{Mark, Phase, Plan, Step};
use super::tables::table_ref;
use crate::dialect::BackendKind;
use crate::operation::{Operation, ViewOperation};
use crate::schema::{Dependency, ObjectName, ObjectRef, Other, Sql, View};
use crate::sql;

pub(super) fn view_ref(name: &ObjectName) -> ObjectRef {
    ObjectRef::new("view", name.clone())
}

pub(super) fn other_ref(other: &Other) -> ObjectRef {
    let mut object = ObjectRef::new(other.kind.as_str(), other.name.clone());
    object.on.clone_from(&other.on);
    object
}

/// The names, without schemas and in lower case, of tables and views that change.
#[derive(Debug, Default)]
pub(super) struct Moves {
    tables: BTreeSet<String>,
    views: BTreeMap<String, Vec<ObjectName>>,
}

impl Comparison<'_> {
    pub(super) fn plan_views(&mut self, plan: &mut Plan) {
        let moves = self.moves();
        let parts = self.views.to_vec();
        for part in parts {
            let object = view_ref(&part.table);
            let replaced = match (&part.old, &part.new) {
                (Some(old), Some(new)) if part.fate == Fate::Replace => {
                    self.replaced_view(&part, old, new, &moves)
                }
                _ => None,
            };
            if let Some(operation) = replaced {
                self.push_if_can(
                    plan,
                    Phase::CreateUsers,
                    ChangeKind::Alter,
                    object,
                    operation,
                );
                continue;
            }
            if let Some(old) = part.old.as_ref().filter(|_| part.fate.drops()) {
                let operation = Operation::View(ViewOperation::Drop {
                    name: old.given.name.clone(),
                    materialized: old.given.materialized,
                    definition: Some(old.given.clone()),
                    if_exists: false,
                });
                let loses = old
                    .given
                    .materialized
                    .then(|| format!("The rows of `{}` are computed again.", old.given.name));
                let mut step = Step::new(
                    Phase::DropUsers,
                    ChangeKind::Remove,
                    object.clone(),
                    operation,
                )
                .loses(loses.filter(|_| part.fate == Fate::Drop).or(None));
                for index in self.indexes.of(&part.table) {
                    if let Some(old) = &index.old {
                        let index = super::keys::index_ref(&part.table, &old.canonical);
                        step = step.after(Mark::Takes(index));
                    }
                }
                for other in self.others.of(&part.table) {
                    let old = other.old.as_ref();
                    if let Some(old) =
                        old.filter(|old| old.canonical.on.as_ref() == Some(&part.table))
                    {
                        step = step.after(Mark::Takes(other_ref(&old.canonical)));
                    }
                }
                self.push_step_if_can(plan, step);
            }
            if let Some(new) = part.new.as_ref().filter(|_| part.fate.creates()) {
                let operation = Operation::View(ViewOperation::Create {
                    view: new.given.clone(),
                    if_not_exists: false,
                });
                self.push_if_can(plan, Phase::CreateUsers, ChangeKind::Add, object, operation);
            }
        }
    }

    /// What changes of all that a view may use.
    pub(super) fn moves(&self) -> Moves {
        let mut moves = Moves::default();
        if self.views.iter().all(|view| view.fate == Fate::Keep) {
            return moves; // no view is replaced
        }
        let plain = |name: &ObjectName| name.name.to_lowercase();
        for (name, table) in &self.tables {
            let renamed = table.old_name != *name;
            if table.is_new() || table.goes() || renamed {
                moves.tables.extend([plain(name), plain(&table.old_name)]);
            }
        }
        for ((table, name), column) in &self.columns {
            if column.fate != Fate::Keep || column.old_name != *name {
                moves.tables.insert(plain(table));
            }
        }
        for view in self.views.iter().filter(|view| view.fate != Fate::Keep) {
            let of_name = moves.views.entry(plain(&view.table)).or_default();
            of_name.push(view.table.clone());
        }
        moves
    }

    /// A view is replaced where it stands if nothing that it uses changes, and nothing blocks that.
    pub(super) fn replaced_view(
        &self,
        part: &Part<View>,
        old: &Version<View>,
        new: &Version<View>,
        moves: &Moves,
    ) -> Option<Operation> {
        let mut used = [&old.given, &new.given]
            .into_iter()
            .flat_map(|view| sql::names(view.query.text(self.kind), self.kind));
        let changes = used.any(|name| {
            let mut views = moves.views.get(&name).into_iter().flatten();
            moves.tables.contains(&name) || views.any(|view| *view != part.table)
        });
        let blocked =
            self.rules.users_pin_columns || old.given.materialized || new.given.materialized;
        (!changes && !blocked).then(|| {
            Operation::View(ViewOperation::Replace {
                view: new.given.clone(),
                was: Some(old.given.clone()),
            })
        })
    }

    pub(super) fn plan_others(&mut self, plan: &mut Plan) {
        let parts = self.others.to_vec();
        for part in parts {
            let replaced = part.fate == Fate::Replace;
            if replaced
                && part
                    .old
                    .as_ref()
                    .is_some_and(|old| is_part_of_table(&old.canonical.kind))
            {
                continue; // noted
            }
            let pinned = self.uses_touched(&part);
            if let (true, Some(old), Some(new)) = (replaced && !pinned, &part.old, &part.new)
                && let Some(operation) = self.redefined(&old.given, &new.given)
            {
                let object = other_ref(&new.canonical);
                plan.push(Step::new(
                    Phase::CreateUsers,
                    ChangeKind::Alter,
                    object,
                    operation,
                ));
                continue;
            }
            let usable = |version: &Option<Version<Other>>, wanted: bool| {
                let missing = |other: &Other| other.create.is_none() || other.drop.is_none();
                wanted
                    && version
                        .as_ref()
                        .is_some_and(|version| missing(&version.given))
            };
            let known =
                !usable(&part.old, part.fate.drops()) && !usable(&part.new, part.fate.creates());
            if !known {
                let (object, text) = match (&part.old, &part.new) {
                    (Some(old), None) => (
                        other_ref(&old.canonical),
                        "it is not dropped: no statement creates it again",
                    ),
                    (None, Some(new)) => (
                        other_ref(&new.canonical),
                        "it is not created: no statement is known for it",
                    ),
                    (Some(old), _) => (
                        other_ref(&old.canonical),
                        "it differs, and no statement is known for it",
                    ),
                    (None, None) => continue,
                };
                if self
                    .tables
                    .get(&part.table)
                    .is_none_or(|table| !table.goes())
                {
                    self.note(object, text);
                }
                continue;
            }
            if let Some(old) = part.old.as_ref().filter(|_| part.fate.drops()) {
                self.drop_other(plan, old, pinned);
            }
            if let Some(new) = part.new.as_ref().filter(|_| part.fate.creates()) {
                self.create_other(plan, new);
            }
        }
    }

    /// Drops something; what is pinned goes before what it uses changes, under the old names.
    fn drop_other(&mut self, plan: &mut Plan, old: &Version<Other>, pinned: bool) {
        let object = other_ref(&old.canonical);
        let phase = match old.given.on {
            _ if is_comment(&old.given) => Phase::DropComments,
            Some(_) => Phase::DropUsers,
            None if pinned => Phase::DropUsers,
            None => Phase::DropTypes, // a function may be used by what changes until the end
        };
        let create = old.given.create.clone().unwrap_or_default();
        let drop = old.given.drop.clone().unwrap_or_default();
        let rows = is_part_of_table(&old.given.kind) || old.given.kind.ends_with("table");
        let loses = rows.then(|| format!("The rows of `{}` are lost.", old.given.name));
        // the statements that follow the first one describe it further, and go with it
        for statement in create.iter().skip(1).rev() {
            let operation = Operation::Execute {
                sql: nothing(),
                undo: Some(Sql::from(statement.as_str())),
            };
            plan.push(Step::new(
                phase,
                ChangeKind::Alter,
                object.clone(),
                operation,
            ));
        }
        let operation = Operation::Execute {
            sql: Sql::from(drop),
            undo: create.first().map(|text| Sql::from(text.as_str())),
        };
        plan.push(Step::new(phase, ChangeKind::Remove, object, operation).loses(loses));
    }

    fn create_other(&mut self, plan: &mut Plan, new: &Version<Other>) {
        let object = other_ref(&new.canonical);
        let phase = match is_part_of_table(&new.given.kind) {
            true => Phase::CreateTables,
            false if is_comment(&new.given) => Phase::Comments,
            false => Phase::CreateUsers,
        };
        let create = new.given.create.clone().unwrap_or_default();
        for (at, statement) in create.iter().enumerate() {
            let operation = Operation::Execute {
                sql: Sql::from(statement.as_str()),
                undo: match at {
                    0 => new.given.drop.as_deref().map(Sql::from),
                    _ => Some(nothing()),
                },
            };
            let kind = if at == 0 {
                ChangeKind::Add
            } else {
                ChangeKind::Alter
            };
            let mut step = Step::new(phase, kind, object.clone(), operation);
            if let Some(table) = &new.canonical.on {
                step = step
                    .after(Mark::Makes(table_ref(table)))
                    .after(Mark::Makes(view_ref(table)));
            }
            plan.push(step);
        }
    }

    /// A statement that replaces something where it stands, if the server has one and what it is
    /// called with stays.
    fn redefined(&self, old: &Other, new: &Other) -> Option<Operation> {
        let (Some([before]), Some([after])) = (old.create.as_deref(), new.create.as_deref()) else {
            return None;
        };
        let head = |text: &str| -> Option<Vec<String>> {
            let tokens: Vec<String> = sql::tokens(text, self.kind)
                .map(str::to_lowercase)
                .collect();
            let replaces = tokens.get(..3)? == ["create", "or", "replace"];
            let end = tokens
                .iter()
                .position(|token| token == "language" || token == "as")?;
            let is_function = matches!(tokens.get(3)?.as_str(), "function" | "procedure");
            (replaces && is_function).then(|| tokens[..end].to_vec())
        };
        (head(before)? == head(after)?).then(|| Operation::Execute {
            sql: Sql::from(after.as_str()),
            undo: Some(Sql::from(before.as_str())),
        })
    }

    /// What uses what is created after it, and dropped before it: by what the catalogue says, and
    /// by the names in the texts of views and the like.
    pub(super) fn link(&self, plan: &mut Plan) {
        link_by_catalogue(plan, &self.from.dependencies, &self.to.dependencies);
        let mut takes: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
        let mut makes: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
        for part in self.views.iter() {
            let key = part.table.name.to_lowercase();
            if part.fate.drops() {
                takes
                    .entry(key.clone())
                    .or_default()
                    .push(Mark::Takes(view_ref(&part.table)));
            }
            if part.fate.creates() {
                makes
                    .entry(key)
                    .or_default()
                    .push(Mark::Makes(view_ref(&part.table)));
            }
        }
        for part in self.others.iter() {
            // what hangs on a table has its name there only, and nothing uses a comment
            let is_used = |other: &&Other| other.on.is_none() && !is_comment(other);
            let Some(other) = part.canonical().filter(is_used) else {
                continue;
            };
            let names = sql::names(&other.name.name, self.kind);
            let Some(key) = names.into_iter().next() else {
                continue;
            };
            if part.fate.drops() {
                takes
                    .entry(key.clone())
                    .or_default()
                    .push(Mark::Takes(other_ref(other)));
            }
            if part.fate.creates() {
                makes
                    .entry(key)
                    .or_default()
                    .push(Mark::Makes(other_ref(other)));
            }
        }
        for (name, table) in &self.tables {
            if table.is_new() {
                makes
                    .entry(name.name.to_lowercase())
                    .or_default()
                    .push(Mark::Makes(table_ref(name)));
            }
        }
        let users = self
            .views
            .iter()
            .map(|part| {
                let text = |version: &Option<Version<View>>| {
                    let version = version.as_ref();
                    version.map(|version| version.given.query.text(self.kind).to_owned())
                };
                (view_ref(&part.table), text(&part.old), text(&part.new))
            })
            .chain(self.others.iter().filter_map(|part| {
                let text = |version: &Option<Version<Other>>| {
                    let version = version.as_ref()?;
                    Some(version.given.create.as_ref()?.join(";\n"))
                };
                Some((
                    other_ref(part.canonical()?),
                    text(&part.old),
                    text(&part.new),
                ))
            }));
        let mut needs: BTreeMap<Mark, BTreeSet<Mark>> = BTreeMap::new();
        for (user, old, new) in users {
            for name in old.iter().flat_map(|text| names(text, self.kind)) {
                for mark in takes.get(&name).into_iter().flatten() {
                    needs
                        .entry(mark.clone())
                        .or_default()
                        .insert(Mark::Takes(user.clone()));
                }
            }
            for name in new.iter().flat_map(|text| names(text, self.kind)) {
                for mark in makes.get(&name).into_iter().flatten() {
                    needs
                        .entry(Mark::Makes(user.clone()))
                        .or_default()
                        .insert(mark.clone());
                }
            }
        }
        plan.need(&needs);
    }
}

/// The names in a statement, and in the body of a function between dollar signs.
fn names(text: &str, kind: BackendKind) -> Vec<String> {
    let mut names = sql::names(text, kind);
    for token in sql::tokens(text, kind).filter(|token| token.starts_with('$')) {
        let tag = token[1..].find('$').map(|end| &token[..end + 2]);
        let body = tag.and_then(|tag| token.strip_prefix(tag)?.strip_suffix(tag));
        names.extend(body.iter().flat_map(|body| sql::names(body, kind)));
    }
    names
}

/// Whether it is a comment on something that has no field for it.
pub(super) fn is_comment(other: &Other) -> bool {
    other.kind == "comment"
}

/// A statement that does nothing, for what needs no statement in one direction.
fn nothing() -> Sql {
    Sql::from("SELECT 1")
}

fn link_by_catalogue(plan: &mut Plan, old: &[Dependency], new: &[Dependency]) {
    let mut needs: BTreeMap<Mark, BTreeSet<Mark>> = BTreeMap::new();
    for Dependency { user, used } in old {
        let used = whole(used);
        needs
            .entry(Mark::Takes(used))
            .or_default()
            .insert(Mark::Takes(user.clone()));
    }
    for Dependency { user, used } in new {
        let used = Mark::Makes(whole(used));
        needs
            .entry(Mark::Makes(user.clone()))
            .or_default()
            .insert(used.clone());
        // a table is created with its columns, and with its conditions
        let table = match &user.on {
            Some(table) if user.kind == "constraint" => table_ref(table),
            _ => ObjectRef {
                column: None,
                ..user.clone()
            },
        };
        let is_table = matches!(&used, Mark::Makes(used) if used.kind == "table");
        if !(is_table && user.kind == "constraint") {
            needs.entry(Mark::Makes(table)).or_default().insert(used);
        }
    }
    plan.need(&needs);
}

/// Other things are created as a whole; only a table's columns come and go by themselves.
fn whole(used: &ObjectRef) -> ObjectRef {
    let mut used = used.clone();
    if used.kind != "table" {
        used.column = None;
    }
    used
}
