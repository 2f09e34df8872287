//! Tables, and their columns, constraints and indexes.

use super::compare::{self, Comparison, Difference};
use super::probe::{Answer, SchemaProbe, made, other, unclear};
use crate::backend::ProbeResult;
use crate::backend::{FoundColumn, FoundConstraint};
use crate::schema::{Column, Constraint, ConstraintKind, Index, ObjectName, Table};

impl SchemaProbe<'_> {
    pub(super) fn created_table(&mut self, table: &Table, if_not_exists: bool) -> Answer {
        let name = &table.name;
        match self.kinds(name)?.as_slice() {
            [] => return Ok(ProbeResult::Absent),
            _ if if_not_exists => return Ok(ProbeResult::There),
            [kind] if kind == "table" => {}
            kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
        }
        let found = self.columns(name)?;
        let wanted: Vec<FoundColumn> = self.wanted_all(&table.columns)?;
        let key = table.primary_key().map(|key| key.columns.as_slice());
        let mut differences = compare::columns(&wanted, &found, key.unwrap_or_default());
        let constraints = self.constraints(name)?;
        for constraint in &table.constraints {
            if let Comparison::Different(text) = self.constraint_among(&constraints, constraint) {
                differences.push(Difference::sure(text));
            }
        }
        differences.retain(|difference| difference.sure);
        Ok(match differences.is_empty() {
            true => ProbeResult::There,
            false => other("the table", name, &differences),
        })
    }

    pub(super) fn commented(&mut self, table: &ObjectName, comment: &Option<String>) -> Answer {
        let found = self.rows(self.queries.table_comment(table))?;
        let Some([now]) = found.first().map(Vec::as_slice) else {
            return Ok(unclear(format!("there is no table `{table}`")));
        };
        let now = now.as_deref().unwrap_or_default();
        Ok(made(now == comment.as_deref().unwrap_or_default()))
    }

    pub(super) fn added_column(
        &mut self,
        table: &ObjectName,
        column: &Column,
        constraints: &[Constraint],
        if_not_exists: bool,
    ) -> Answer {
        let Some(found) = self.column(table, &column.name)? else {
            return Ok(ProbeResult::Absent);
        };
        if if_not_exists {
            return Ok(ProbeResult::There);
        }
        let wanted = self.queries.wanted(column)?;
        let is_key = |constraint: &Constraint| constraint.kind() == ConstraintKind::PrimaryKey;
        let mut differences = compare::column(&wanted, &found, constraints.iter().any(is_key));
        if !constraints.is_empty() {
            let found = self.constraints(table)?;
            for constraint in constraints {
                if let Comparison::Different(text) = self.constraint_among(&found, constraint) {
                    differences.push(Difference::sure(text));
                }
            }
        }
        differences.retain(|difference| difference.sure);
        Ok(match differences.is_empty() {
            true => ProbeResult::There,
            false => other("the column", &column.name, &differences),
        })
    }

    pub(super) fn altered(&mut self, table: &ObjectName, name: &str) -> Answer {
        Ok(match self.column(table, name)? {
            // a statement that can be repeated is never skipped for a resemblance
            Some(_) => ProbeResult::Repeatable,
            None => unclear(format!("there is no column `{name}` of `{table}`")),
        })
    }

    pub(super) fn added_constraint(
        &mut self,
        table: &ObjectName,
        constraint: &Constraint,
    ) -> Answer {
        let found = self.constraints(table)?;
        Ok(match self.constraint_among(&found, constraint) {
            Comparison::Unknown if constraint.name().is_none() => unclear(format!(
                "`{table}` has a {} that may be this one",
                constraint.kind()
            )),
            Comparison::Same | Comparison::Unknown => ProbeResult::There,
            Comparison::Different(text) => match self.has_name(&found, constraint) {
                true => unclear(text),
                false => ProbeResult::Absent,
            },
        })
    }

    pub(super) fn dropped_constraint(
        &mut self,
        table: &ObjectName,
        name: Option<&str>,
        kind: Option<ConstraintKind>,
        definition: Option<&Constraint>,
    ) -> Answer {
        let found = self.constraints(table)?;
        let kind = kind.or_else(|| definition.map(Constraint::kind));
        if kind == Some(ConstraintKind::PrimaryKey) {
            return Ok(made(
                !found
                    .iter()
                    .any(|found| found.kind == ConstraintKind::PrimaryKey),
            ));
        }
        if let Some(name) = name {
            return Ok(made(!found.iter().any(|found| found.name == name)));
        }
        let Some(definition) = definition else {
            return Ok(made(true));
        };
        Ok(match self.constraint_among(&found, definition) {
            Comparison::Same => ProbeResult::Absent,
            // servers rewrite an expression: another check may be this one
            Comparison::Unknown => unclear(format!("`{table}` has a check that may be this one")),
            Comparison::Different(_) => ProbeResult::There,
        })
    }

    /// Whether the constraint is among those that were found.
    pub(super) fn constraint_among(
        &self,
        found: &[FoundConstraint],
        wanted: &Constraint,
    ) -> Comparison {
        let named = wanted
            .name()
            .filter(|_| self.queries.keeps_name(wanted.kind()));
        match named {
            Some(name) => match found.iter().find(|found| found.name == name) {
                Some(found) => self.compare(wanted, found),
                None => Comparison::Different(format!("without the {} `{name}`", wanted.kind())),
            },
            None => {
                let comparison: Vec<Comparison> = found
                    .iter()
                    .map(|found| self.compare(wanted, found))
                    .collect();
                [Comparison::Same, Comparison::Unknown]
                    .into_iter()
                    .find(|one| comparison.contains(one))
                    .unwrap_or_else(|| {
                        Comparison::Different(format!("without its {}", compare::describe(wanted)))
                    })
            }
        }
    }

    fn compare(&self, wanted: &Constraint, found: &FoundConstraint) -> Comparison {
        let kind = self.session.backend().kind();
        compare::constraint((self.queries, kind), wanted, found)
    }

    pub(super) fn has_name(&self, found: &[FoundConstraint], constraint: &Constraint) -> bool {
        match constraint.name() {
            Some(name) => found.iter().any(|found| found.name == name),
            None => false,
        }
    }

    pub(super) fn created_index(&mut self, index: &Index, if_not_exists: bool) -> Answer {
        let Some(found) = self.index(&index.table, &index.name)? else {
            return Ok(ProbeResult::Absent);
        };
        let differences = compare::index(index, &found);
        Ok(match differences.is_empty() || if_not_exists {
            true => ProbeResult::There,
            false => other("the index", &index.name, &differences),
        })
    }
}
