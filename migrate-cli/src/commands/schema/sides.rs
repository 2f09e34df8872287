//! Two states that are compared, one of which may be the models, with what a person answered. It
//! must not know what becomes of the difference.

use std::collections::BTreeSet;

use super::diff::ask_about;
use crate::error::CliError;
use crate::models::is_same_name;
use crate::states::{Compared, Declared, Found, State, States};
use migrate_core::engine::backend::{self, BackendKind};
use migrate_core::engine::diff::{Answers, Fill, Rename, diff};
use migrate_core::schema::{Column, DefaultValue, Schema, Table, Type, Value};
use migrate_graph::suggest::nearest;

/// Two states, one of which may be the models.
pub(crate) struct Sides<'s> {
    pub(crate) from: &'s State,
    pub(crate) to: &'s State,
    /// The tables that it is about; all, if it is empty.
    pub(crate) only: &'s [String],
    /// Whether tables that no model declares stay, also beside closed models.
    pub(crate) keeps: bool,
}

impl Sides<'_> {
    /// What differs, with the questions asked on a terminal. Models take the other state as their
    /// ground, and are read again with each answer: an open table keeps what it had under its old
    /// name.
    pub(crate) fn compared(
        &self,
        states: &mut States<'_, '_, '_>,
        kind: BackendKind,
        answers: &mut Answers,
    ) -> Result<Compared, CliError> {
        let declared = match [self.from, self.to].contains(&&State::Models) {
            true => Some(states.declared()?),
            false => None,
        };
        let other = match self.from {
            State::Models => self.to,
            from => from,
        };
        let ground = states.get_for(other, kind)?;
        let kind = ground.kind;
        let told = match &declared {
            Some(declared) if *self.to == State::Models => {
                states.told(declared, kind, &ground.schema)
            }
            _ => Vec::new(),
        };
        let given = answers.renames.clone();
        for rename in told {
            if !answers.renames.contains(&rename) {
                answers.renames.push(rename);
            }
        }
        refuse_contradictions(&answers.renames)?;
        loop {
            let mut side = |state: &State, answers: &Answers| match (state, &declared) {
                (State::Models, Some(declared)) => {
                    self.models(states, declared, kind, &ground.schema, answers)
                }
                (state, _) if state == other => Ok((ground.clone(), Vec::new())),
                (state, _) => Ok((states.get_for(state, kind)?, Vec::new())),
            };
            let (from, mut notes) = side(self.from, answers)?;
            // a table that no model declares stays, unless one that is new looks like it
            let mut wide = answers.clone();
            if declared.is_some() && *self.to == State::Models {
                wide.drops.extend(likely_renamed(
                    &from.schema,
                    &side(self.to, answers)?.0.schema,
                    kind,
                    answers,
                )?);
            }
            let (to, more) = side(self.to, &wide)?;
            notes.extend(more);
            let mut compared = states.compare(from, to, answers)?;
            compared.notes.extend(notes);
            let before = answers.clone();
            ask_about(&mut compared, answers, states.ui)?;
            if *answers == before || declared.is_none() {
                self.refuse_unknown(&compared, declared.as_ref(), answers, &given)?;
                return Ok(compared);
            }
        }
    }

    /// Refuses answers about what neither state has: a slip of the finger would drop what was to be
    /// renamed, or leave rows without their value.
    fn refuse_unknown(
        &self,
        compared: &Compared,
        declared: Option<&Declared>,
        answers: &Answers,
        given: &[Rename],
    ) -> Result<(), CliError> {
        let Compared { from, to, kind, .. } = compared;
        let there = names(from, &answers.renames);
        let wanted = names(to, &[]);
        for name in &answers.drops {
            let is_table = from.tables.iter().any(|table| table.name.name == *name);
            if !there.contains(name) && !is_table {
                return Err(unknown("--drop", name, "nothing there is called", &there));
            }
        }
        for fill in &answers.fills {
            let Some(column) = column_of(to, &fill.column) else {
                let what = "no column is called";
                return Err(unknown("--fill", &fill.column, what, &wanted));
            };
            refuse_other_type(fill, column, to)?;
        }
        if let (Some(declared), false) = (declared, self.only.is_empty()) {
            let models = declared.models.tables.iter().map(|table| &table.name);
            let tables = from.tables.iter().chain(&to.tables);
            let tables = tables.map(|table| table.name.to_string());
            let known: BTreeSet<String> = models.cloned().chain(tables).collect();
            for name in self.only {
                let is_it = |one: &String| {
                    let plain = one
                        .rsplit_once('.')
                        .map_or(one.as_str(), |(_, plain)| plain);
                    is_same_name(*kind, one, name) || is_same_name(*kind, plain, name)
                };
                if !known.iter().any(is_it) {
                    return Err(unknown("--only", name, "no table is called", &known));
                }
            }
        } else if !self.only.is_empty() {
            return Err(CliError::usage(
                "`--only` chooses tables of the models, and neither state is `models`",
            )
            .help("leave `--only` or `--to` out"));
        }
        let notes = compared.difference.notes.iter();
        let unused = notes.filter(|note| note.object.kind == "rename");
        let unused: Vec<String> = unused.map(|note| note.object.name.to_string()).collect();
        let typed = given.iter().find(|one| unused.contains(&one.to_string()));
        let Some(rename) = typed else { return Ok(()) };
        if !there.contains(&rename.from) {
            let option = format!("--rename {rename}");
            return Err(unknown(
                &option,
                &rename.from,
                "nothing there is called",
                &there,
            ));
        }
        Err(CliError::usage(format!(
            "`--rename {rename}`: nothing that goes and comes has these names"
        ))
        .help("name what goes and what comes: `--rename TABLE.OLD:NEW`; or leave it out"))
    }

    fn models(
        &self,
        states: &mut States<'_, '_, '_>,
        declared: &Declared,
        kind: BackendKind,
        ground: &Schema,
        answers: &Answers,
    ) -> Result<(Found, Vec<String>), CliError> {
        let (mut found, notes) =
            states.models(declared, kind, ground, answers, (self.only, self.keeps))?;
        states.select(&mut found)?;
        Ok((found, notes))
    }
}

/// The tables that stay without a declaration, and that a new table may be the new name of.
fn likely_renamed(
    from: &Schema,
    to: &Schema,
    kind: BackendKind,
    answers: &Answers,
) -> Result<Vec<String>, CliError> {
    let is_new = |table: &Table| from.table(&table.name).is_none();
    if !to.tables.iter().any(is_new) {
        return Ok(Vec::new());
    }
    let (mut old, mut new) = (Schema::empty(), Schema::empty());
    old.tables.clone_from(&from.tables);
    new.tables = to
        .tables
        .iter()
        .filter(|table| is_new(table))
        .cloned()
        .collect();
    let difference = diff(&old, &new, backend::rules(kind)?, answers);
    let questions = difference.questions.into_iter();
    let tables = questions.filter(|question| question.kind == "table");
    Ok(tables.map(|question| question.from).collect())
}

/// The tables, columns and labels of a schema, as answers call them; columns of a table that is
/// renamed by its new name, too.
fn names(schema: &Schema, renames: &[Rename]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in &schema.tables {
        let old = table.name.to_string();
        let new = renames.iter().find(|rename| rename.from == old);
        let new = new.map(|rename| table.name.sibling(rename.to.as_str()).to_string());
        for name in [Some(old), new].into_iter().flatten() {
            let columns = table.columns.iter();
            found.extend(columns.map(|column| format!("{name}.{}", column.name)));
            found.insert(name);
        }
    }
    for one in &schema.enums {
        let labels = one.values.iter();
        found.extend(labels.map(|label| format!("{}.{label}", one.name)));
    }
    found
}

/// The column that an answer is about.
fn column_of<'s>(schema: &'s Schema, name: &str) -> Option<&'s Column> {
    let (table, column) = name.rsplit_once('.')?;
    let mut tables = schema.tables.iter();
    let table = tables.find(|one| one.name.to_string() == table)?;
    table.columns.iter().find(|one| one.name == column)
}

/// Refuses a value that cannot be one of the column's type.
fn refuse_other_type(fill: &Fill, column: &Column, schema: &Schema) -> Result<(), CliError> {
    let Fill {
        column: name, text, ..
    } = fill;
    let labels = match (&column.ty, fill.value_of(&column.ty)) {
        (_, Err(expected)) => {
            let message = format!("`{text}` is no value of `{name}`, which is {:?}", column.ty);
            return Err(CliError::usage(message).help(format!(
                "give it {expected}; or an expression: `--fill {name}=sql:EXPRESSION`"
            )));
        }
        (Type::Named(ty), Ok(DefaultValue::Value(Value::Text(label)))) => {
            let mut enums = schema.enums.iter();
            let known = enums.find(|one| one.name == *ty);
            known.filter(|one| !one.values.contains(&label))
        }
        _ => None,
    };
    let Some(known) = labels else { return Ok(()) };
    let values: Vec<String> = known.values.iter().map(|one| format!("`{one}`")).collect();
    let message = format!(
        "`{text}` is no value of `{name}`, whose type is `{}`",
        known.name
    );
    Err(CliError::usage(message).help(format!("its labels are {}", values.join(", "))))
}

/// That an answer is about nothing that is there.
fn unknown(option: &str, name: &str, what: &str, known: &BTreeSet<String>) -> CliError {
    let failure = CliError::usage(format!("`{option}`: {what} `{name}`"));
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("leave it out, or write the name as `cargo migrate schema diff history models` prints it"),
    }
}

/// Refuses two renames to one name, and two of one: each would drop what the other keeps.
pub(super) fn refuse_contradictions(renames: &[Rename]) -> Result<(), CliError> {
    // a column may be called by its table's old name, or by the new one
    let whole = |rename: &Rename| {
        let (place, old) = match rename.from.rsplit_once('.') {
            Some((place, old)) => (format!("{place}."), old),
            None => (String::new(), rename.from.as_str()),
        };
        let place = match renames.iter().find(|one| format!("{}.", one.from) == place) {
            Some(one) => {
                let schema = one.from.rsplit_once('.');
                let schema = schema.map_or(String::new(), |(schema, _)| format!("{schema}."));
                format!("{schema}{}.", one.to)
            }
            None => place,
        };
        (format!("{place}{old}"), format!("{place}{}", rename.to))
    };
    let all: Vec<_> = renames.iter().map(|one| (one, whole(one))).collect();
    for (at, (one, (from, to))) in all.iter().enumerate() {
        for (other, (other_from, other_to)) in &all[at + 1..] {
            let message = match (from == other_from, to == other_to) {
                (false, true) => format!("two renames lead to `{to}`"),
                (true, false) => format!("`{from}` is renamed twice"),
                _ => continue,
            };
            let drop = if from == other_from { from } else { other_from };
            return Err(CliError::usage(message)
                .notes([one, other].map(|rename| format!("`{rename}`")))
                .help(match from == other_from {
                    true => "keep one of them".to_owned(),
                    false => format!("keep one of them; `--drop {drop}` drops the other"),
                }));
        }
    }
    Ok(())
}
