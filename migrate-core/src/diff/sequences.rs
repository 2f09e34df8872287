//! Sequences: with a column of their own or alone.

use super::alike;
use super::change::ChangeKind;
use super::comparison::Comparison;
use super::lists::{by_name, names};
use super::plan::{Mark, Phase, Plan, Step};
use super::tables::table_ref;
use crate::operation::{Operation, SequenceOperation};
use crate::schema::{ObjectName, ObjectRef, Sequence, Sql, Type};

fn sequence_ref(name: &ObjectName) -> ObjectRef {
    ObjectRef::new("sequence", name.clone())
}

impl Comparison<'_> {
    pub(super) fn plan_sequences(&mut self, plan: &mut Plan) {
        let (old, new) = (self.from.sequences.clone(), self.to.sequences.clone());
        let (there, becomes) = (names(&old), by_name(&new));
        let canonical = (self.old.sequences.clone(), self.new.sequences.clone());
        let canonical = (by_name(&canonical.0), by_name(&canonical.1));
        for one in &old {
            let Some(other) = becomes.get(&one.name) else {
                self.drop_sequence(plan, one);
                continue;
            };
            let old = canonical.0.get(&one.name).copied().unwrap_or(one);
            let new = canonical.1.get(&one.name).copied().unwrap_or(other);
            self.alter_sequence(plan, (one, other), (old, new));
        }
        for other in new.iter().filter(|other| !there.contains(&other.name)) {
            self.create_sequence(plan, other);
        }
    }

    /// Whether a column is there before and after, so that a sequence can be its own at any time.
    fn keeps_column(&self, (table, column): &(ObjectName, String)) -> bool {
        let name = (table.clone(), column.clone());
        let part = self.columns.get(&name);
        part.is_some_and(|part| !part.fate.drops() && !part.fate.creates())
    }

    fn drop_sequence(&mut self, plan: &mut Plan, one: &Sequence) {
        let object = sequence_ref(&one.name);
        let mut alone = one.clone();
        let mut phase = Phase::DropTypes;
        if let Some(owner) = &one.owned_by {
            if self.written_out.contains(owner) {
                phase = Phase::Displace; // before its name is used again
            } else if !self.keeps_column(owner) {
                // it would go with its column
                alone.owned_by = None;
                self.own_sequence(
                    plan,
                    (&one.name, Phase::DropDefaults),
                    None,
                    Some(owner),
                    None,
                );
            }
        }
        let operation = Operation::Sequence(SequenceOperation::Drop {
            name: one.name.clone(),
            definition: Some(alone),
            if_exists: false,
        });
        let loses = format!("Where `{}` stands is lost.", one.name);
        let step = Step::new(phase, ChangeKind::Remove, object, operation).loses(loses);
        self.push_step_if_can(plan, step);
    }

    fn create_sequence(&mut self, plan: &mut Plan, other: &Sequence) {
        let object = sequence_ref(&other.name);
        let mut alone = other.clone();
        if let Some(owner) = other
            .owned_by
            .as_ref()
            .filter(|owner| !self.keeps_column(owner))
        {
            alone.owned_by = None;
            let mark = Mark::Makes(sequence_ref(&other.name));
            let place = (&other.name, Phase::AlterTables);
            self.own_sequence(plan, place, Some(owner), None, Some(mark));
        }
        let operation = Operation::Sequence(SequenceOperation::Create {
            sequence: alone,
            if_not_exists: false,
        });
        self.push_if_can(plan, Phase::Sequences, ChangeKind::Add, object, operation);
    }

    fn alter_sequence(
        &mut self,
        plan: &mut Plan,
        (one, other): (&Sequence, &Sequence),
        (old, new): (&Sequence, &Sequence),
    ) {
        let object = sequence_ref(&one.name);
        let (ty, options, owner) = alike::sequences(old, new);
        if ty {
            let as_type = |sequence: &Sequence| self.sequence_type(sequence);
            match as_type(other).zip(as_type(one)) {
                Some((forth, back)) => {
                    let operation = Operation::Execute {
                        sql: Sql::from(forth),
                        undo: Some(Sql::from(back)),
                    };
                    plan.push(Step::new(
                        Phase::Sequences,
                        ChangeKind::Alter,
                        object.clone(),
                        operation,
                    ));
                }
                None => self.note(object.clone(), "no operation changes its type"),
            }
        }
        if options {
            let ty = other.ty.as_ref().unwrap_or(&Type::BigInt);
            let (was, changed) = alike::sequence_options(&old.options, &new.options, ty);
            let operation = Operation::Sequence(SequenceOperation::Alter {
                name: one.name.clone(),
                options: changed,
                restart: None,
                was: Some(was),
            });
            self.push_if_can(
                plan,
                Phase::Sequences,
                ChangeKind::Alter,
                object.clone(),
                operation,
            );
        }
        if owner {
            let place = (&one.name, Phase::AlterTables);
            self.own_sequence(
                plan,
                place,
                other.owned_by.as_ref(),
                one.owned_by.as_ref(),
                None,
            );
        }
    }

    fn sequence_type(&self, sequence: &Sequence) -> Option<String> {
        let name = self.backend.name(&sequence.name).ok()?;
        let ty = match &sequence.ty {
            Some(Type::SmallInt) => "smallint",
            Some(Type::Integer) => "integer",
            Some(Type::BigInt) | None => "bigint",
            Some(_) => return None,
        };
        Some(format!("ALTER SEQUENCE {name} AS {ty}"))
    }

    /// Makes a sequence a column's own, or no column's.
    fn own_sequence(
        &mut self,
        plan: &mut Plan,
        (name, phase): (&ObjectName, Phase),
        new: Option<&(ObjectName, String)>,
        old: Option<&(ObjectName, String)>,
        after: Option<Mark>,
    ) {
        let object = sequence_ref(name);
        let owner = |owner: Option<&(ObjectName, String)>| match owner {
            Some((table, column)) => Some(format!(
                "{}.{}",
                self.backend.name(table).ok()?,
                self.backend.name(&ObjectName::from(column.as_str())).ok()?
            )),
            None => Some("NONE".to_owned()),
        };
        let Some(((forth, back), own)) =
            owner(new).zip(owner(old)).zip(self.backend.name(name).ok())
        else {
            return;
        };
        let operation = Operation::Execute {
            sql: Sql::from(format!("ALTER SEQUENCE {own} OWNED BY {forth}")),
            undo: Some(Sql::from(format!("ALTER SEQUENCE {own} OWNED BY {back}"))),
        };
        let mut step = Step::new(phase, ChangeKind::Alter, object, operation);
        step = after.into_iter().fold(step, Step::after);
        if let Some((table, column)) = new {
            let column = table_ref(table).column(column.as_str());
            step = step
                .after(Mark::Makes(table_ref(table)))
                .after(Mark::Makes(column));
        }
        plan.push(step);
    }
}
