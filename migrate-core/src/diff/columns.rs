//! Columns of tables that stay: new ones, ones that go, and one operation for each that changes.

use std::collections::BTreeSet;

use super::alike::{self, Aspects};
use super::change::ChangeKind;
use super::comparison::{ColumnPart, Comparison, collation};
use super::families::{Fit, fit, is_stored_alike};
use super::parts::{Fate, Version};
use super::plan::{Mark, Phase, Plan, Step};
use super::tables::table_ref;
use crate::operation::{ColumnChange, Operation};
use crate::schema::{
    Column, Constraint, DefaultValue, ObjectName, ObjectRef, Sql, Table, Type, Value,
};

pub(super) fn column_ref(table: &ObjectName, column: &str) -> ObjectRef {
    table_ref(table).column(column)
}

impl Comparison<'_> {
    /// Plans all of them; the answer are the constraints that come and go with a column.
    pub(super) fn plan_columns(&mut self, plan: &mut Plan) -> BTreeSet<usize> {
        let mut inline = BTreeSet::new();
        for ((table, name), part) in self.columns.clone() {
            let old_table = match self.tables.get(&table) {
                Some(part) => part.old_name.clone(),
                None => continue,
            };
            match (part.fate, &part.old, &part.new) {
                (Fate::Alter, Some(old), Some(new)) => {
                    self.alter_column(plan, &table, &old_table, &part, (old, new));
                }
                (Fate::Keep, Some(old), Some(new)) if part.resets_default => {
                    self.alter_column(plan, &table, &old_table, &part, (old, new));
                }
                (Fate::Keep, Some(old), Some(new)) => {
                    self.renumber_column(plan, &table, &old_table, &part, (old, new));
                }
                _ => {}
            }
            if let Some(old) = part.old.as_ref().filter(|_| part.fate.drops()) {
                inline.extend(self.drop_column(plan, (&table, &old_table), &part, old));
            }
            if let Some(new) = part.new.as_ref().filter(|_| part.fate.creates()) {
                inline.extend(self.add_column(plan, &table, &name, new));
            }
        }
        inline
    }

    /// The constraints that are part of a column's own statement.
    fn own_constraints(&self, table: &ObjectName, column: &Column, drops: bool) -> Vec<usize> {
        let is_own = |constraint: &Constraint| match constraint {
            Constraint::Check(check) => check.column.as_ref() == Some(&column.name),
            Constraint::PrimaryKey(_) | Constraint::Unique(_) => {
                column.identity.is_some() && constraint.columns() == [column.name.as_str()]
            }
            Constraint::ForeignKey(key) => {
                self.rules.keys_before_tables
                    && key.columns == [column.name.as_str()]
                    && fills_with_null(column)
            }
            Constraint::Exclude(_) => false,
        };
        let fits = |at: &usize| {
            let part = &self.constraints[*at];
            let (fits, version) = match drops {
                true => (part.fate.drops(), &part.old),
                false => (part.fate.creates(), &part.new),
            };
            let version = version.as_ref().filter(|_| fits);
            version.is_some_and(|version| is_own(&version.canonical))
        };
        let places = self.constraints.places(table);
        places.iter().copied().filter(fits).collect()
    }

    fn add_column(
        &mut self,
        plan: &mut Plan,
        table: &ObjectName,
        name: &str,
        new: &Version<Column>,
    ) -> Vec<usize> {
        let own = self.own_constraints(table, &new.canonical, false);
        let given = |at: &usize| {
            self.constraints[*at]
                .new
                .as_ref()
                .map(|new| new.given.clone())
        };
        let constraints: Vec<Constraint> = own.iter().filter_map(given).collect();
        let needed: Vec<Mark> = constraints
            .iter()
            .flat_map(|constraint| self.keys_of_referred(constraint))
            .collect();
        let add = |column: Column| Operation::AddColumn {
            table: table.clone(),
            column,
            constraints: constraints.clone(),
            if_not_exists: false,
        };
        let phase = match new.canonical.generated {
            Some(_) => Phase::AddComputed, // others may change their type before
            None => Phase::AddColumns,
        };
        let step = |operation| {
            let object = column_ref(table, name);
            let step = Step::new(phase, ChangeKind::Add, object, operation);
            needed.iter().cloned().fold(step, Step::after)
        };
        let column = new.given.clone();
        let filled = column.generated.is_some() || column.identity.is_some();
        let is_empty =
            !column.nullable && !filled && fills_with_null(&column) && !is_serial(&column.ty);
        if !is_empty {
            self.push_step_if_can(plan, step(add(column)));
            return own;
        }
        let may_fail =
            format!("It fails where `{table}` has rows: `{table}.{name}` has no value for them.");
        let fill = self.answers.fill(&table.to_string(), name, &column.ty);
        let mut first = column.clone();
        let change = match &fill {
            // an expression may be about other columns, which no default is
            Some(DefaultValue::Expression(_)) => {
                first.nullable = true;
                ColumnChange {
                    nullable: Some(false),
                    ..ColumnChange::default()
                }
            }
            Some(value) => {
                first.default = Some(value.clone());
                ColumnChange {
                    default: Some(column.default.clone()),
                    ..ColumnChange::default()
                }
            }
            None if self.backend.can(&add(column.clone())).is_ok() => {
                plan.push(step(add(column)).may_fail(may_fail));
                return own;
            }
            None => {
                first.nullable = true;
                ColumnChange {
                    nullable: Some(false),
                    ..ColumnChange::default()
                }
            }
        };
        self.push_step_if_can(plan, step(add(first.clone())));
        self.fill_nulls(plan, table, &column, &change, &first);
        let alter = alter(table, name, change, &first);
        let step = Step::new(
            Phase::AlterColumns,
            ChangeKind::Alter,
            column_ref(table, name),
            alter,
        )
        .may_fail(may_fail_of(fill.is_none(), may_fail));
        self.push_step_if_can(plan, step);
        own
    }

    fn drop_column(
        &mut self,
        plan: &mut Plan,
        (table, old_table): (&ObjectName, &ObjectName),
        part: &ColumnPart,
        old: &Version<Column>,
    ) -> Vec<usize> {
        let name = &old.canonical.name;
        let own = self.own_constraints(table, &old.canonical, true);
        let is_replaced = part.fate == Fate::Replace;
        let constraints: Vec<Constraint> = own
            .iter()
            .filter_map(|at| {
                let version = self.constraints[*at].old.as_ref()?;
                // a column that goes for good does so under its new name
                Some(
                    if is_replaced {
                        &version.given
                    } else {
                        &version.canonical
                    }
                    .clone(),
                )
            })
            .collect();
        let origin = self.origin_of(table, &part.old_name);
        let (phase, place, column) = match origin {
            Some(column) if is_replaced => (Phase::DropColumnsFirst, old_table, column.clone()),
            // what it is computed from may change its type
            _ if old.given.generated.is_some() && self.rules.users_pin_columns => {
                (Phase::Displace, table, old.given.clone())
            }
            _ if old.given.identity.is_some() => (Phase::Displace, table, old.given.clone()),
            _ => (Phase::DropColumns, table, old.given.clone()),
        };
        let operation = Operation::DropColumn {
            table: place.clone(),
            name: column.name.clone(),
            definition: Some((column, constraints)),
            if_exists: false,
        };
        let lost = old.canonical.generated.is_none();
        let loses = lost.then(|| format!("The values of `{table}.{name}` are lost."));
        let step = Step::new(
            phase,
            ChangeKind::Remove,
            column_ref(table, name),
            operation,
        )
        .loses(loses);
        let computed = self.computed_from(table, name);
        let step = computed.into_iter().fold(step, |step, computed| {
            step.after(Mark::Takes(column_ref(table, &computed)))
        });
        self.push_step_if_can(plan, step);
        own
    }

    /// A column as it was given, under its old names.
    fn origin_of(&self, table: &ObjectName, old_name: &str) -> Option<&Column> {
        let table = self.tables.get(table)?.origin.as_ref()?;
        table.columns.iter().find(|column| column.name == old_name)
    }

    /// One operation for a column, unless a part of it has to be done before or after others.
    fn alter_column(
        &mut self,
        plan: &mut Plan,
        table: &ObjectName,
        old_table: &ObjectName,
        part: &ColumnPart,
        (old, new): (&Version<Column>, &Version<Column>),
    ) {
        let name = &new.given.name;
        let mut aspects = part.aspects;
        let mut was = old.given.clone();
        let is_serial = self.is_written_out(table, name);
        let is_numbered =
            |column: &Column| column.identity.is_some() || is_serial && column.default.is_some();
        let numbers = aspects.identity || is_serial;
        let counting = self.backend.counts_on(table, name).filter(|_| numbers);
        if numbers && is_numbered(&was) {
            self.count_on(plan, table, name, Phase::DropDefaults, counting.as_ref());
        }
        // what uses a sequence or function that goes, or has the name of a sequence that comes
        let steps_back = part.resets_default
            || is_serial && aspects.default && was.default.is_some()
            || was.identity.is_some() && aspects.identity && new.given.default.is_some()
            || new.given.identity.is_some() && aspects.identity && was.default.is_some();
        if steps_back {
            let mut change = ColumnChange::default();
            if was.default.is_some() {
                change.default = Some(None);
                aspects.default = new.given.default.is_some();
            }
            if was.identity.is_some() && aspects.identity {
                change.identity = Some(None);
                aspects.identity = new.given.identity.is_some();
            }
            if !change.is_empty() {
                let before = self.origin_of(table, &part.old_name);
                let (phase, operation) = match before.filter(|_| !self.rules.renames_follow) {
                    // before what it uses is renamed
                    Some(before) => {
                        let operation = alter(old_table, &before.name, change.clone(), before);
                        (Phase::DropParts, operation)
                    }
                    None => {
                        let operation = alter(table, name, change.clone(), &was);
                        (Phase::DropDefaults, operation)
                    }
                };
                let object = column_ref(table, name);
                let step = Step::new(phase, ChangeKind::Alter, object.clone(), operation)
                    .marked(Mark::Takes(object));
                self.push_step_if_can(plan, step);
                was = change.applied_to(&was);
            }
        }
        if self.rules.numbers_need_key && was.identity.is_some() {
            let stops =
                aspects.identity && new.given.identity.is_none() || self.numbers_pause(table, name);
            if stops {
                let before = Column {
                    name: part.old_name.clone(),
                    ..was.clone()
                };
                self.stop_numbers(plan, table, old_table, &before);
                was.identity = None;
                aspects.identity = new.given.identity.is_some();
            }
        }
        let mut change = changed(aspects, &was, &new.given, part.is_converted());
        if let (Some(Some(identity)), Some(before)) = (&mut change.identity, &mut was.identity) {
            // an option is changed, never taken away
            let (old, new) =
                alike::sequence_options(&before.options, &identity.options, &new.canonical.ty);
            before.options = old;
            identity.options = new;
        }
        let number = (self.rules.numbers_need_key
            && change.identity.as_ref().is_some_and(Option::is_some))
        .then(|| change.identity.take())
        .flatten();
        let mut using_back = None;
        if part.is_converted() {
            change.using = self.cast(name, &old.given.ty, &new.given.ty);
            using_back = self.cast(name, &new.given.ty, &old.given.ty);
        }
        let (loses, may_fail) = self.risk(table, name, part, (&old.canonical, &new.canonical));
        if aspects.on_update {
            self.restate(plan, table, (&was, &new.given), number.is_none());
        } else if !change.is_empty() {
            self.fill_nulls(plan, table, &new.given, &change, &was);
            let operation = Operation::AlterColumn {
                table: table.clone(),
                name: name.clone(),
                change: change.clone(),
                was: Some(was.clone()),
                using_back,
            };
            let phase = match change.aspects().as_slice() {
                ["comment"] => Phase::Comments,
                _ => Phase::AlterColumns,
            };
            let step = Step::new(phase, ChangeKind::Alter, column_ref(table, name), operation)
                .loses(loses)
                .may_fail(may_fail);
            self.push_step_if_can(plan, step);
        }
        if let Some(identity) = number {
            let was = change.applied_to(&was);
            let change = ColumnChange {
                identity: Some(identity),
                ..ColumnChange::default()
            };
            let operation = alter(table, name, change, &was);
            let object = column_ref(table, name);
            self.push_if_can(plan, Phase::Number, ChangeKind::Alter, object, operation);
        }
        if numbers && is_numbered(&new.given) {
            self.count_on(plan, table, name, Phase::Number, counting.as_ref());
        }
    }

    /// Gives rows without a value the one that was answered, before NULL is refused.
    fn fill_nulls(
        &mut self,
        plan: &mut Plan,
        table: &ObjectName,
        new: &Column,
        change: &ColumnChange,
        was: &Column,
    ) {
        if change.nullable != Some(false) || !was.nullable {
            return;
        }
        let name = &*new.name;
        let Some(value) = self.answers.fill(&table.to_string(), name, &new.ty) else {
            return;
        };
        let value = match &value {
            DefaultValue::Value(Value::Expression(sql)) | DefaultValue::Expression(sql) => {
                Ok(sql.text(self.kind).to_owned())
            }
            DefaultValue::Value(value) => self.backend.literal(value),
        };
        let column = self.backend.name(&ObjectName::from(name));
        let (Ok(value), Ok(table_name), Ok(column)) = (value, self.backend.name(table), column)
        else {
            return;
        };
        let operation = Operation::Execute {
            sql: Sql::from(format!(
                "UPDATE {table_name} SET {column} = {value} WHERE {column} IS NULL"
            )),
            undo: Some(Sql::from("SELECT 1")), // the values may stay
        };
        let object = column_ref(table, name);
        let mut step = Step::new(Phase::AlterColumns, ChangeKind::Alter, object, operation);
        step.change.fills = Some(value);
        plan.push(step);
    }

    /// States a whole column again, for what `ColumnChange` lacks.
    fn restate(
        &mut self,
        plan: &mut Plan,
        table: &ObjectName,
        (was, new): (&Column, &Column),
        numbered: bool,
    ) {
        let statement = |column: &Column| {
            let mut whole = column.clone();
            if !numbered {
                whole.identity = None;
            }
            let change = ColumnChange {
                ty: Some(whole.ty.clone()),
                ..ColumnChange::default()
            };
            let operation = alter(table, &whole.name, change, &whole);
            self.backend
                .ddl(&operation)
                .ok()
                .filter(|statements| statements.len() == 1)
        };
        let object = column_ref(table, &new.name);
        match statement(new).zip(statement(was)) {
            Some((forth, back)) => {
                let operation = Operation::Execute {
                    sql: Sql::from(forth.concat()),
                    undo: Some(Sql::from(back.concat())),
                };
                plan.push(Step::new(
                    Phase::AlterColumns,
                    ChangeKind::Alter,
                    object,
                    operation,
                ));
            }
            None => self.note(
                object,
                "no operation changes what it becomes when its row changes",
            ),
        }
    }

    /// The expression that turns values into those of another type.
    fn cast(&self, column: &str, from: &Type, to: &Type) -> Option<Sql> {
        let column = self.backend.name(&ObjectName::from(column)).ok()?;
        self.backend.cast(&column, from, to).map(Sql::from)
    }

    /// The character set that a column gets, if it is another one without all characters.
    fn lacking_charset(&self, table: &ObjectName, part: &ColumnPart) -> Option<String> {
        if !self.rules.collations_name_charsets {
            return None;
        }
        let charset = |column: &Column, table: &Table, schema| {
            let own = column.collation.clone();
            let collation = own.or_else(|| collation(table, schema))?;
            let charset = collation.split_once('_').map(|(charset, _)| charset);
            Some(charset.unwrap_or(&collation).to_owned())
        };
        let tables = self.tables.get(table)?;
        let (old, new) = (part.old.as_ref()?, part.new.as_ref()?);
        let (old_table, new_table) = (tables.old.as_ref()?, tables.new.as_ref()?);
        let before = charset(&old.given, &old_table.canonical, &self.from);
        let after = charset(&new.given, &new_table.canonical, &self.to)?;
        let is_whole = ["utf8mb4", "utf16", "utf16le", "utf32"].contains(&after.as_str());
        (before.as_ref() != Some(&after) && !is_whole).then_some(after)
    }

    /// What may be lost, and what may fail.
    fn risk(
        &self,
        table: &ObjectName,
        name: &str,
        part: &ColumnPart,
        (old, new): (&Column, &Column),
    ) -> (Option<String>, Option<String>) {
        let place = format!("`{table}.{name}`");
        let (mut loses, mut fails) = (None, Vec::new());
        if part.aspects.ty {
            let is_strict = self.tables.get(table).and_then(|part| part.new.as_ref());
            let is_strict = is_strict.is_some_and(|new| new.canonical.options.strict);
            let found = fit(&old.ty, &new.ty);
            let is_other = matches!(found, Fit::Converted | Fit::Rounded)
                && !is_stored_alike(&old.ty, &new.ty);
            let found = match (self.rules.keeps_values, is_strict) {
                (false, _) => found,
                (true, true) if is_other => Fit::Converted,
                (true, _) => {
                    let stays = match found {
                        Fit::Narrower => Some("too large for"),
                        _ if is_other => Some("none of"),
                        _ => None,
                    };
                    loses = stays.map(|stays| {
                        format!("Values of {place} that are {stays} its new type stay as they are.")
                    });
                    Fit::Fits
                }
            };
            match found {
                Fit::Fits => {}
                Fit::Narrower => {
                    fails.push(format!("a value of {place} is too large for its new type"));
                }
                Fit::Converted => {
                    fails.push(format!(
                        "a value of {place} cannot be converted to its new type"
                    ));
                }
                Fit::Rounded => {
                    loses = Some(format!(
                        "Values of {place} lose what the new type does not keep."
                    ));
                }
            }
        }
        if part.aspects.collation
            && let Some(charset) = self.lacking_charset(table, part)
        {
            fails.push(format!(
                "a text of {place} has a character that `{charset}` lacks"
            ));
        }
        let is_filled = self.answers.has_fill(&table.to_string(), name);
        if part.aspects.nullable && !new.nullable && !is_filled {
            fails.push(format!("{place} is NULL"));
        }
        let fails =
            (!fails.is_empty()).then(|| format!("It fails where {}.", fails.join(", or where ")));
        (loses, fails)
    }
}

fn may_fail_of(wanted: bool, text: String) -> Option<String> {
    wanted.then_some(text)
}

pub(super) fn alter(
    table: &ObjectName,
    name: &str,
    change: ColumnChange,
    was: &Column,
) -> Operation {
    Operation::AlterColumn {
        table: table.clone(),
        name: name.to_owned(),
        change,
        was: Some(was.clone()),
        using_back: None,
    }
}

/// The aspects that differ, as they are to be. With a type of another kind, the default is stated
/// again.
fn changed(aspects: Aspects, was: &Column, new: &Column, converted: bool) -> ColumnChange {
    let default = aspects.default || converted && (was.default.is_some() || new.default.is_some());
    ColumnChange {
        ty: aspects.ty.then(|| new.ty.clone()),
        using: None,
        nullable: aspects.nullable.then_some(new.nullable),
        default: default.then(|| new.default.clone()),
        identity: aspects.identity.then(|| new.identity.clone()),
        generated: aspects.generated.then(|| new.generated.clone()),
        collation: aspects.collation.then(|| new.collation.clone()),
        comment: aspects.comment.then(|| new.comment.clone()),
    }
}

fn fills_with_null(column: &Column) -> bool {
    matches!(
        column.default,
        None | Some(DefaultValue::Value(Value::Null))
    )
}

pub(super) fn is_serial(ty: &Type) -> bool {
    matches!(ty, Type::SmallSerial | Type::Serial | Type::BigSerial)
}
