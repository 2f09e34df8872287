//! The order of changes: by phase, within one by table and name, and always after what a change
//! needs. It must not know why a change is made.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, ChangeKind};
use crate::operation::{EnumTypeOperation, Operation};
use crate::schema::{ObjectName, ObjectRef};

/// When a change is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// New labels that must be committed before anything uses them.
    Labels,
    /// Schemas and extensions.
    Surroundings,
    /// Comments of what goes, while it is there.
    DropComments,
    /// Views, triggers and the like that go, or that block a change.
    DropUsers,
    DropKeys,
    /// Columns stop to be numbered before their key goes.
    StopNumbers,
    DropParts,
    /// Columns that are added again.
    DropColumnsFirst,
    RenameTables,
    RenameColumns,
    RenameOthers,
    /// Defaults that block a change of a type, or that use what goes.
    DropDefaults,
    /// What is replaced by another of its name goes.
    Displace,
    Types,
    Sequences,
    CreateTables,
    AddColumns,
    AlterColumns,
    AddComputed,
    AlterTables,
    AddParts,
    Indexes,
    Number,
    AddKeys,
    DropColumns,
    DropTables,
    DropTypes,
    CreateUsers,
    Comments,
    DropSurroundings,
}

/// What a change does to an object, for those that must come after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Makes(ObjectRef),
    Takes(ObjectRef),
    /// A name of an index or constraint is free again.
    Frees(ObjectName),
}

/// One change with its place.
#[derive(Clone, Debug)]
pub(super) struct Step {
    phase: Phase,
    table: String,
    name: String,
    pub(super) change: Change,
    marks: Vec<Mark>,
    after: Vec<Mark>,
}

impl Step {
    pub(super) fn new(
        phase: Phase,
        kind: ChangeKind,
        object: ObjectRef,
        operation: Operation,
    ) -> Step {
        let table = match object.kind.as_str() {
            "table" | "column" => object.name.to_string(),
            _ => object
                .on
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        };
        let name = match &object.column {
            Some(column) => column.clone(),
            None => object.name.to_string(),
        };
        let mark = match kind {
            ChangeKind::Remove => Some(Mark::Takes(object.clone())),
            ChangeKind::Add => Some(Mark::Makes(object.clone())),
            _ => None,
        };
        Step {
            phase,
            table,
            name,
            change: Change {
                operation,
                kind,
                object,
                loses: None,
                may_fail: None,
                commits: false,
                fills: None,
            },
            marks: mark.into_iter().collect(),
            after: Vec::new(),
        }
    }

    /// A step that stays where it is planned within its phase.
    pub(super) fn in_order(
        phase: Phase,
        kind: ChangeKind,
        object: ObjectRef,
        operation: Operation,
    ) -> Step {
        Step {
            table: String::new(),
            name: String::new(),
            ..Step::new(phase, kind, object, operation)
        }
    }

    pub(super) fn loses(mut self, loses: impl Into<Option<String>>) -> Step {
        self.change.loses = loses.into();
        self
    }

    pub(super) fn may_fail(mut self, may_fail: impl Into<Option<String>>) -> Step {
        self.change.may_fail = may_fail.into();
        self
    }

    pub(super) fn after(mut self, mark: Mark) -> Step {
        self.after.push(mark);
        self
    }

    pub(super) fn marked(mut self, mark: Mark) -> Step {
        self.marks.push(mark);
        self
    }
}

/// All changes, in any order.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
}

impl Plan {
    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Puts steps behind those that their marks need, and what is made again behind what is taken.
    pub(super) fn need(&mut self, needs: &BTreeMap<Mark, BTreeSet<Mark>>) {
        for step in &mut self.steps {
            let mut marks = step.marks.clone();
            let changes = step.change.kind != ChangeKind::Remove && step.phase > Phase::Displace;
            if changes && marks.is_empty() {
                marks.push(Mark::Makes(step.change.object.clone()));
            }
            for mark in marks {
                step.after
                    .extend(needs.get(&mark).into_iter().flatten().cloned());
                if let Mark::Makes(object) = mark {
                    step.after.push(Mark::Takes(object));
                }
            }
        }
    }

    /// Marks new labels that something else uses: they must be committed before.
    pub(super) fn commit_labels(&mut self) {
        let is_label = |step: &Step| step.phase == Phase::Labels;
        if !self.steps.iter().any(is_label) {
            return;
        }
        let others: Vec<String> = self
            .steps
            .iter()
            .filter(|step| !is_label(step))
            .map(|step| format!("{:?}", step.change.operation))
            .collect();
        let uses = |label: &str| {
            // as a literal in SQL, or as a value
            let in_sql = format!("{:?}", format!("'{}'", label.replace('\'', "''")));
            let value = format!("Text({label:?})");
            let text = in_sql.trim_matches('"');
            others
                .iter()
                .any(|other| other.contains(text) || other.contains(&value))
        };
        let any = self.steps.iter().any(|step| match &step.change.operation {
            Operation::EnumType(EnumTypeOperation::AddValue { value, .. }) => uses(value),
            _ => false,
        });
        for step in self.steps.iter_mut().filter(|step| is_label(step)) {
            step.change.commits = any;
        }
    }

    /// The changes in order. With `by_table`, changes of one table are next to each other where
    /// that is possible.
    pub(super) fn ordered(self, by_table: bool) -> Vec<Change> {
        let mut steps = self.steps;
        // stable: of equal ones, in the order in which they were planned
        steps.sort_by(|a, b| place(a, by_table).cmp(&place(b, by_table)));
        let mut marked: BTreeMap<&Mark, Vec<usize>> = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            for mark in &step.marks {
                marked.entry(mark).or_default().push(at);
            }
        }
        let mut order = Vec::with_capacity(steps.len());
        let mut seen = vec![false; steps.len()];
        for at in 0..steps.len() {
            visit(at, &steps, &marked, &mut seen, &mut order);
        }
        let mut changes: Vec<Option<Change>> =
            steps.into_iter().map(|step| Some(step.change)).collect();
        let taken = order.into_iter().filter_map(|at| changes[at].take());
        taken.collect()
    }
}

/// The sort key of a step.
fn place(step: &Step, by_table: bool) -> (Phase, &str, Phase, &str) {
    let group = match step.phase {
        // foreign keys go before: what they refer to may be a key of any table
        Phase::StopNumbers | Phase::DropParts if by_table => Phase::DropParts,
        Phase::AddColumns
        | Phase::AlterColumns
        | Phase::AddComputed
        | Phase::AlterTables
        | Phase::AddParts
        | Phase::Number
        | Phase::AddKeys
        | Phase::DropColumns
            if by_table =>
        {
            Phase::AlterColumns
        }
        phase => phase,
    };
    (group, &step.table, step.phase, &step.name)
}

/// Puts what a step needs before it. Of steps that need each other, the first one goes first.
fn visit(
    at: usize,
    steps: &[Step],
    marked: &BTreeMap<&Mark, Vec<usize>>,
    seen: &mut [bool],
    order: &mut Vec<usize>,
) {
    let needed = |at: usize| {
        let after = steps[at].after.iter();
        let mut needed: Vec<usize> = after
            .flat_map(|mark| marked.get(mark).into_iter().flatten().copied())
            .collect();
        needed.sort_unstable_by(|a, b| b.cmp(a));
        needed
    };
    if std::mem::replace(&mut seen[at], true) {
        return;
    }
    // a list and not calls, which a long chain of tables would nest too deeply
    let mut open = vec![(at, needed(at))];
    while let Some((at, rest)) = open.last_mut() {
        match rest.pop() {
            Some(before) if !std::mem::replace(&mut seen[before], true) => {
                open.push((before, needed(before)));
            }
            Some(_) => {}
            None => {
                order.push(*at);
                open.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(phase: Phase, name: &str) -> Step {
        let operation = Operation::Execute {
            sql: name.into(),
            undo: None,
        };
        Step::new(phase, ChangeKind::Add, ObjectRef::new("x", name), operation)
    }

    fn names(steps: Vec<Step>) -> Vec<String> {
        let ordered = Plan { steps }.ordered(false);
        ordered
            .into_iter()
            .map(|change| change.object.name.name)
            .collect()
    }

    #[test]
    fn what_a_step_needs_is_pulled_ahead() {
        let needs = |name: &str| Mark::Makes(ObjectRef::new("x", name));
        let steps = vec![
            step(Phase::CreateUsers, "function"),
            step(Phase::CreateTables, "table").after(needs("function")),
            step(Phase::Types, "type"),
        ];
        assert_eq!(names(steps), ["type", "function", "table"]);
        let circle = vec![
            step(Phase::Types, "b").after(needs("a")),
            step(Phase::Types, "a").after(needs("b")),
        ];
        assert_eq!(names(circle), ["b", "a"]);
    }
}
