//! Two schemas side by side, part by part: what is there under its old names, what is to be, and
//! what becomes of each. It must not know how an operation looks.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::alike::{self, Aspects};
use super::answers::Answers;
use super::change::{Difference, Note};
use super::families::{is_one_family, is_text};
use super::parts::{Fate, Part, Parts, Version, matched, matched_by_key};
use super::plan::Plan;
use super::renames::Found;
use super::touched::Known;
use crate::backend::{Backend, DiffRules};
use crate::dialect::BackendKind;
use crate::schema::{Column, Constraint, Index, ObjectName, ObjectRef, Other, Schema, Table, View};

/// A table of one schema or of both.
#[derive(Clone, Debug)]
pub(super) struct TablePart {
    /// Its name before.
    pub(super) old_name: ObjectName,
    /// As it is there, under the new names.
    pub(super) old: Option<Version<Table>>,
    pub(super) new: Option<Version<Table>>,
    /// As it was given, under the old names.
    pub(super) origin: Option<Table>,
}

impl TablePart {
    pub(super) fn is_new(&self) -> bool {
        self.old.is_none()
    }

    pub(super) fn goes(&self) -> bool {
        self.new.is_none()
    }
}

/// A column of a table that stays.
#[derive(Clone, Debug)]
pub(super) struct ColumnPart {
    /// As it is there, under the new names.
    pub(super) old: Option<Version<Column>>,
    pub(super) new: Option<Version<Column>>,
    /// Its name before.
    pub(super) old_name: String,
    pub(super) aspects: Aspects,
    pub(super) fate: Fate,
    /// Its default is dropped and set again, since it uses what is replaced.
    pub(super) resets_default: bool,
}

impl ColumnPart {
    /// Whether its type or collation changes.
    pub(super) fn is_retyped(&self) -> bool {
        self.fate == Fate::Alter && (self.aspects.ty || self.aspects.collation)
    }

    /// Whether it gets a type of another kind.
    pub(super) fn is_converted(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => {
                self.is_retyped() && !is_one_family(&old.canonical.ty, &new.canonical.ty)
            }
            _ => false,
        }
    }
}

/// A column of a table, under the new names.
pub(super) type ColumnName = (ObjectName, String);

/// Everything about a comparison.
#[derive(Debug)]
pub(super) struct Comparison<'d> {
    pub(super) backend: &'d dyn Backend,
    pub(super) rules: DiffRules,
    pub(super) kind: BackendKind,
    pub(super) answers: &'d Answers,
    /// What is there, as it was given.
    pub(super) origin: &'d Schema,
    /// What is there, under the new names; its lists begin as those of `origin`.
    pub(super) from: Schema,
    pub(super) old: Schema,
    /// What is to be.
    pub(super) to: Schema,
    pub(super) new: Schema,
    pub(super) found: Found,
    /// The serial columns that are written out, since they change.
    pub(super) written_out: BTreeSet<ColumnName>,
    pub(super) tables: BTreeMap<ObjectName, TablePart>,
    pub(super) columns: BTreeMap<ColumnName, ColumnPart>,
    pub(super) constraints: Parts<Constraint>,
    pub(super) indexes: Parts<Index>,
    pub(super) views: Parts<View>,
    pub(super) others: Parts<Other>,
    pub(super) known: Known,
    pub(super) notes: Vec<Note>,
    pub(super) doubtful: BTreeSet<ObjectName>,
}

impl<'d> Comparison<'d> {
    pub(super) fn new(
        backend: &'d dyn Backend,
        answers: &'d Answers,
        origin: &'d Schema,
        ((from, to), (old, new)): ((Schema, Schema), (Schema, Schema)),
        found: Found,
        written_out: BTreeSet<ColumnName>,
    ) -> Comparison<'d> {
        let mut comparison = Comparison {
            backend,
            rules: backend.diff_rules(),
            kind: backend.kind(),
            answers,
            origin,
            from,
            old,
            to,
            new,
            found,
            written_out,
            tables: BTreeMap::new(),
            columns: BTreeMap::new(),
            constraints: Parts::default(),
            indexes: Parts::default(),
            views: Parts::default(),
            others: Parts::default(),
            known: Known::default(),
            notes: Vec::new(),
            doubtful: BTreeSet::new(),
        };
        comparison.match_tables();
        comparison.match_indexes();
        comparison.match_users();
        comparison.known = Known::new(
            &comparison.from,
            &comparison.new,
            &comparison.found,
            &comparison.indexes,
        );
        comparison
    }

    pub(super) fn note(&mut self, object: ObjectRef, text: impl Into<String>) {
        let text = text.into();
        self.notes.push(Note { object, text });
    }

    fn match_tables(&mut self) {
        let from = places(&self.from.tables);
        let to = places(&self.to.tables);
        for table in &self.old.tables {
            let Some(&at) = from.get(&table.name) else {
                continue;
            };
            let given = self.from.tables[at].clone();
            let origin = self
                .origin
                .tables
                .get(at)
                .cloned()
                .unwrap_or_else(|| given.clone());
            let part = TablePart {
                old_name: origin.name.clone(),
                old: Some(Version {
                    given,
                    canonical: table.clone(),
                }),
                new: None,
                origin: Some(origin),
            };
            self.tables.insert(table.name.clone(), part);
        }
        for table in &self.new.tables {
            let Some(given) = to.get(&table.name).map(|at| &self.to.tables[*at]) else {
                continue;
            };
            let version = Version {
                given: given.clone(),
                canonical: table.clone(),
            };
            match self.tables.get_mut(&table.name) {
                Some(part) => part.new = Some(version),
                None => {
                    let part = TablePart {
                        old_name: table.name.clone(),
                        old: None,
                        new: Some(version),
                        origin: None,
                    };
                    self.tables.insert(table.name.clone(), part);
                }
            }
        }
        let names: Vec<ObjectName> = self.tables.keys().cloned().collect();
        let indexes = self.new.indexes.clone();
        let taken: BTreeSet<(&ObjectName, &str)> = indexes
            .iter()
            .map(|index| (&index.table, index.name.as_str()))
            .collect();
        let mut constraints = Vec::new();
        for name in names {
            self.match_columns(&name);
            constraints.extend(self.match_constraints(&name, &taken));
        }
        self.constraints = Parts::from(constraints);
    }

    fn match_columns(&mut self, table: &ObjectName) {
        let Some(TablePart {
            old: Some(old),
            new: Some(new),
            origin: Some(origin),
            ..
        }) = self.tables.get(table)
        else {
            return;
        };
        let collations = (
            collation(&old.canonical, &self.from),
            collation(&new.canonical, &self.to),
        );
        let mut columns: BTreeMap<String, ColumnPart> = BTreeMap::new();
        for column in &old.canonical.columns {
            let at = old
                .given
                .columns
                .iter()
                .position(|other| other.name == column.name);
            let given = at.map_or(column, |at| &old.given.columns[at]);
            let old_name = at.and_then(|at| origin.columns.get(at)).unwrap_or(given);
            let part = ColumnPart {
                old_name: old_name.name.clone(),
                old: Some(self.version(table, column, given)),
                new: None,
                aspects: Aspects::default(),
                fate: Fate::Drop,
                resets_default: false,
            };
            columns.insert(column.name.clone(), part);
        }
        for column in &new.canonical.columns {
            let given = new
                .given
                .columns
                .iter()
                .find(|other| other.name == column.name);
            let mut version = self.version(table, column, given.unwrap_or(column));
            let part = columns
                .entry(column.name.clone())
                .or_insert_with(|| ColumnPart {
                    old_name: column.name.clone(),
                    old: None,
                    new: None,
                    aspects: Aspects::default(),
                    fate: Fate::Create,
                    resets_default: false,
                });
            if let Some(old) = &mut part.old {
                let column = &version.canonical;
                part.aspects = alike::columns(&old.canonical, column);
                // a schema that was declared does not know what its columns inherit
                let known = collations.0.is_some() && collations.1.is_some();
                let differ = known && collations.0 != collations.1;
                if differ && is_text(&old.canonical.ty) && is_text(&column.ty) {
                    let inherited = |of: &Option<String>, table: &Option<String>| {
                        of.clone().or_else(|| table.clone())
                    };
                    old.given.collation = inherited(&old.canonical.collation, &collations.0);
                    version.given.collation = inherited(&column.collation, &collations.1);
                    part.aspects.collation = old.given.collation != version.given.collation;
                }
                part.fate = self
                    .rules
                    .fate_of_column(&old.canonical, column, part.aspects);
                if part.aspects.text {
                    self.doubtful.insert(table.clone());
                }
            }
            part.new = Some(version);
        }
        let named = columns
            .into_iter()
            .map(|(name, part)| ((table.clone(), name), part));
        self.columns.extend(named);
    }

    /// A column in both forms; one that is written out is not read as serial again.
    fn version(&self, table: &ObjectName, canonical: &Column, given: &Column) -> Version<Column> {
        let is_serial = self.is_written_out(table, &canonical.name)
            && self.backend.written_out(table, canonical).is_some();
        Version {
            canonical: if is_serial { given } else { canonical }.clone(),
            given: given.clone(),
        }
    }

    fn match_constraints(
        &mut self,
        name: &ObjectName,
        taken: &BTreeSet<(&ObjectName, &str)>,
    ) -> Vec<Part<Constraint>> {
        let Some(table) = self.tables.get(name) else {
            return Vec::new();
        };
        let old = match (&table.old, &table.origin) {
            (Some(old), Some(origin)) => self.versions(old, origin),
            _ => Vec::new(),
        };
        let new = match &table.new {
            Some(new) => self.versions(new, &new.given),
            None => Vec::new(),
        };
        let old_table = table.old_name.clone();
        let parts = matched(
            (name, &old_table),
            old,
            new,
            self.rules.names_ignore_case,
            |own| taken.contains(&(name, own)),
        );
        if parts.iter().any(|part| part.doubtful) {
            self.doubtful.insert(name.clone());
        }
        parts
    }

    /// The constraints of a table, each as it was given and spelled one way. Spelling may drop or
    /// sort them; `places` has them where those that were given are.
    fn versions(&self, table: &Version<Table>, places: &Table) -> Vec<Version<Constraint>> {
        let (canonical, given) = (&table.canonical, &table.given);
        let mut free: Vec<usize> = (0..given.constraints.len()).collect();
        let mut versions = Vec::with_capacity(canonical.constraints.len());
        // each by itself, as two without a name have nothing in common but their texts
        let spelled = |constraint: &Constraint| {
            let mut alone = given.clone();
            alone.constraints = vec![constraint.clone()];
            let mut schema = Schema::empty();
            schema.server.clone_from(&self.from.server);
            schema.tables = vec![alone];
            let spelled = self.backend.canonical(&schema).tables.pop();
            spelled.and_then(|mut table| table.constraints.pop())
        };
        let all_spelled: OnceCell<Vec<Option<Constraint>>> = OnceCell::new();
        let is_spelled = |constraint: &Constraint, at: usize| {
            let all = all_spelled.get_or_init(|| given.constraints.iter().map(spelled).collect());
            all[at].as_ref() == Some(constraint)
        };
        let fits: [Fits<'_>; 5] = [
            &|a, b, _| a == b,
            &|a, b, _| a.kind() == b.kind() && a.name().is_some() && a.name() == b.name(),
            &|a, b, at| a.kind() == b.kind() && is_spelled(a, at),
            &|a, b, _| a.kind() == b.kind() && a.columns() == b.columns() && a.name() == b.name(),
            &|a, b, _| a.kind() == b.kind() && a.columns() == b.columns(),
        ];
        let mut rest: Vec<&Constraint> = canonical.constraints.iter().collect();
        for fits in fits {
            rest.retain(|constraint| {
                let at = free
                    .iter()
                    .position(|at| fits(constraint, &given.constraints[*at], *at));
                let Some(at) = at else {
                    return true;
                };
                let place = free.remove(at);
                versions.push(Version {
                    given: places.constraints.get(place).unwrap_or(constraint).clone(),
                    canonical: (*constraint).clone(),
                });
                false
            });
        }
        versions.extend(rest.into_iter().map(|constraint| Version {
            given: constraint.clone(),
            canonical: constraint.clone(),
        }));
        versions
    }

    fn match_indexes(&mut self) {
        let tables: BTreeSet<&ObjectName> = self
            .old
            .indexes
            .iter()
            .chain(&self.new.indexes)
            .map(|index| &index.table)
            .collect();
        let sides = [&self.old, &self.from, &self.new, &self.to];
        let [was, from, becomes, to] = sides.map(|schema| by_table(&schema.indexes));
        let mut all = Vec::new();
        for table in tables {
            let of = |side: &BTreeMap<_, Vec<_>>| side.get(table).cloned().unwrap_or_default();
            let (given_old, given_new) = (of(&from), of(&to));
            let old = of(&was)
                .into_iter()
                .map(|(_, index): (usize, &Index)| {
                    let mut given = given_old.iter();
                    let same = given.find(|(_, other)| other.name == index.name);
                    let given = same
                        .and_then(|(at, _)| self.origin.indexes.get(*at))
                        .unwrap_or(index);
                    Version {
                        given: given.clone(),
                        canonical: index.clone(),
                    }
                })
                .collect();
            let new = of(&becomes)
                .into_iter()
                .map(|(_, index)| {
                    let mut given = given_new.iter();
                    let same = given.find(|(_, other)| other.name == index.name);
                    let given = same.map_or(index, |(_, given)| *given);
                    Version {
                        given: given.clone(),
                        canonical: index.clone(),
                    }
                })
                .collect();
            let old_table = self.tables.get(table).map_or(table, |part| &part.old_name);
            let ignore_case = self.rules.names_ignore_case;
            let parts = matched((table, old_table), old, new, ignore_case, |_| false);
            if parts.iter().any(|part| part.doubtful) {
                self.doubtful.insert(table.clone());
            }
            all.extend(parts);
        }
        self.indexes = Parts::from(all);
    }

    /// Views and everything else, by kind, name and table.
    fn match_users(&mut self) {
        let key = |view: &View| (String::new(), view.name.clone(), None);
        self.views = matched_by_key(
            (&self.old.views, &self.from.views, &self.origin.views),
            (&self.new.views, &self.to.views),
            key,
            |view| view.name.clone(),
            alike::views,
        );
        let key = |other: &Other| (other.kind.clone(), other.name.clone(), other.on.clone());
        self.others = matched_by_key(
            (&self.old.others, &self.from.others, &self.origin.others),
            (&self.new.others, &self.to.others),
            key,
            |other| other.on.clone().unwrap_or_else(|| other.name.clone()),
            alike::others,
        );
    }

    /// Whether this is a serial column that is written out.
    pub(super) fn is_written_out(&self, table: &ObjectName, column: &str) -> bool {
        let has = || {
            let name = (table.clone(), column.to_owned());
            self.written_out.contains(&name)
        };
        !self.written_out.is_empty() && has()
    }

    /// A table's part, if it is in both schemas.
    pub(super) fn stays(&self, table: &ObjectName) -> bool {
        self.tables
            .get(table)
            .is_some_and(|part| !part.is_new() && !part.goes())
    }

    /// The columns that are dropped, or dropped and added again.
    pub(super) fn goes(&self, table: &ObjectName, column: &str) -> bool {
        let name = (table.clone(), column.to_owned());
        self.columns
            .get(&name)
            .is_some_and(|part| part.fate.drops())
    }
}

impl Comparison<'_> {
    /// Plans every change.
    pub(super) fn plan_all(&mut self, plan: &mut Plan) {
        self.plan_renames(plan);
        let new = self.family(false);
        let old = self.family(true);
        self.plan_new_tables(plan, &new);
        self.plan_dropped_tables(plan, &old);
        self.plan_table_changes(plan);
        let inline = self.plan_columns(plan);
        let apart = new.apart.union(&old.apart).copied().collect();
        self.plan_constraints(plan, &apart, &inline);
        self.plan_indexes(plan);
        self.plan_types(plan);
        self.plan_views(plan);
        self.plan_others(plan);
        self.link(plan);
        plan.commit_labels();
    }

    /// The answer. What a question is about is left out.
    pub(super) fn difference(mut self, mut plan: Plan) -> Difference {
        let open = std::mem::take(&mut self.found.open);
        plan.steps.retain(|step| {
            let object = &step.change.object;
            let asked = |name: &ObjectName| open.contains(&self.found.new_name(name));
            !asked(&object.name) && !object.on.as_ref().is_some_and(asked)
        });
        let mut notes = std::mem::take(&mut self.found.notes);
        notes.append(&mut self.notes);
        notes.dedup();
        let doubtful = match self.rules.keeps_text {
            true => Vec::new(),
            false => self.doubtful.into_iter().collect(),
        };
        Difference {
            changes: plan.ordered(self.rules.keys_before_tables),
            questions: self.found.questions,
            notes,
            doubtful,
        }
    }
}

impl DiffRules {
    /// Whether a column that differs is altered, or dropped and added again.
    fn fate_of_column(self, old: &Column, new: &Column, aspects: Aspects) -> Fate {
        if !aspects.any() {
            return Fate::Keep;
        }
        if !aspects.generated {
            return Fate::Alter;
        }
        let is_virtual = |column: &Column| {
            column
                .generated
                .as_ref()
                .is_some_and(|generated| !generated.stored)
        };
        let in_place = match (self.alters_generated, is_virtual(old), is_virtual(new)) {
            (true, old, new) => old == new,
            (false, false, _) => new.generated.is_none(),
            (false, true, _) => false,
        };
        if in_place { Fate::Alter } else { Fate::Replace }
    }
}

/// Where each table is in a list, by its name.
fn places(tables: &[Table]) -> BTreeMap<&ObjectName, usize> {
    let tables = tables.iter().enumerate().rev();
    tables.map(|(at, table)| (&table.name, at)).collect()
}

/// The indexes of a list, by their tables.
fn by_table(indexes: &[Index]) -> BTreeMap<&ObjectName, Vec<(usize, &Index)>> {
    let mut tables: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (at, index) in indexes.iter().enumerate() {
        tables.entry(&index.table).or_default().push((at, index));
    }
    tables
}

/// The collation of a table's text: its own, or the database's.
pub(super) fn collation(table: &Table, schema: &Schema) -> Option<String> {
    let of_database = schema
        .server
        .as_ref()
        .and_then(|server| server.locale.last());
    table.options.collation.as_ref().or(of_database).cloned()
}

/// Whether a constraint that was spelled one way may be a given one, which has a place.
type Fits<'f> = &'f dyn Fn(&Constraint, &Constraint, usize) -> bool;
