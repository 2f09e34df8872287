//! Rows for the tables of a schema, at the edges of their types and different from each other, so
//! that what a revision does to rows can be seen. Pure, and the same for a seed; it must not know
//! how rows are written, nor what they are for.

mod checks;
mod order;
mod values;

use migrate_core::engine::backend::{Backend, BackendKind};
use migrate_core::error::Unsupported;
use migrate_core::operation::Operation;
use migrate_core::schema::{
    Column, Constraint, ForeignKey, IndexKey, ObjectName, Schema, Sql, Table, Type, Value,
};

use checks::Hints;
use order::{foreign_keys, may_be_null, needed, order};
use values::Types;

/// How many rows a table gets.
pub(super) const ROWS: usize = 8;

/// How many times a row is tried with other values.
pub(super) const TRIES: usize = 64;

/// What rows are made for.
#[derive(Clone, Copy)]
pub(super) struct Field<'s> {
    pub(super) schema: &'s Schema,
    pub(super) rules: &'static dyn Backend,
    pub(super) seed: u64,
    /// Whether values stay away from the edges of their types.
    pub(super) calm: bool,
    /// Whether no value is NULL that need not be.
    pub(super) whole: bool,
    /// Checks that the database does not have yet, and that rows must satisfy all the same.
    pub(super) demands: &'s [(ObjectName, Sql)],
}

/// The tables in the order in which they get rows.
pub(super) struct Plan<'s> {
    pub(super) tables: Vec<Seeds<'s>>,
    /// Whether deferrable keys have to be deferred.
    pub(super) defers: bool,
    /// The tables that get none.
    pub(super) left: Vec<&'s Table>,
}

/// The rows of one table.
pub(super) struct Seeds<'s> {
    field: Field<'s>,
    table: &'s Table,
    columns: Vec<Seeded<'s>>,
    later: Vec<&'s ForeignKey>,
}

/// A column that gets values.
struct Seeded<'s> {
    column: &'s Column,
    nullable: bool,
    /// Whether it alone must differ from row to row.
    is_key: bool,
    /// What the first try takes, one after another.
    usual: Vec<Value>,
    /// What the other tries may take besides.
    others: Vec<Value>,
    /// The key that it is part of, with the place in it.
    key: Option<(&'s ForeignKey, usize)>,
}

impl<'s> Field<'s> {
    /// Who gets rows so that these tables have some.
    pub(super) fn plan(
        self,
        wanted: impl IntoIterator<Item = ObjectName>,
        has_rows: impl Fn(&ObjectName) -> bool,
    ) -> Plan<'s> {
        let find = |name: &ObjectName| self.schema.table(name);
        let mut tables = needed(&find, wanted);
        tables.retain(|table| !has_rows(&table.name));
        let order = order(tables, self.kind());
        let of = |turn: order::Turn<'s>| Seeds::of(self, turn.table, turn.later);
        Plan {
            tables: order.turns.into_iter().map(of).collect(),
            defers: order.defers,
            left: order.left,
        }
    }

    fn kind(self) -> BackendKind {
        self.rules.kind()
    }

    fn types(self) -> Types<'s> {
        Types {
            kind: self.kind(),
            schema: self.schema,
            calm: self.calm,
        }
    }

    /// The columns that alone must differ from row to row.
    fn keys(self, table: &'s Table) -> Vec<&'s str> {
        let constraints = table.constraints.iter().filter_map(|one| match one {
            Constraint::PrimaryKey(key) => Some(key.columns.as_slice()),
            Constraint::Unique(key) => Some(key.columns.as_slice()),
            _ => None,
        });
        let mut columns: Vec<&str> = constraints.flatten().map(String::as_str).collect();
        let indexes = self.schema.indexes_of(&table.name);
        for index in indexes.filter(|index| index.unique) {
            for part in &index.parts {
                match &part.key {
                    IndexKey::Column(column) => columns.push(column),
                    IndexKey::Expression(sql) => {
                        let hints = Hints::of(sql, self.kind());
                        let named = table.columns.iter().map(|column| column.name.as_str());
                        columns.extend(named.filter(|column| hints.names(column)));
                    }
                    _ => {}
                }
            }
        }
        let exclusions = table.constraints.iter().filter_map(|one| match one {
            Constraint::Exclude(exclude) => Some(&exclude.parts),
            _ => None,
        });
        for (part, _) in exclusions.flatten() {
            if let IndexKey::Column(column) = &part.key {
                columns.push(column);
            }
        }
        columns
    }
}

impl<'s> Seeds<'s> {
    fn of(field: Field<'s>, table: &'s Table, later: Vec<&'s ForeignKey>) -> Seeds<'s> {
        let types = field.types();
        let keys = field.keys(table);
        let checks = table.constraints.iter().filter_map(|one| match one {
            Constraint::Check(check) => Some(Hints::of(&check.expression, field.kind())),
            _ => None,
        });
        let checks: Vec<Hints> = checks.collect();
        // of two keys that share a column, the longer one gives both their values
        let mut references: Vec<&ForeignKey> = foreign_keys(table).collect();
        references.sort_by_key(|key| std::cmp::Reverse(key.columns.len()));
        let primary = table.primary_key();
        let seeded = |column: &'s Column| {
            let is_written = column.generated.is_none()
                && !column
                    .identity
                    .as_ref()
                    .is_some_and(|identity| identity.always);
            if !is_written {
                return None;
            }
            let domain = field
                .schema
                .domains
                .iter()
                .find(|domain| matches!(&column.ty, Type::Named(name) if domain.name == *name));
            let in_primary = primary.is_some_and(|key| key.columns.contains(&column.name));
            let is_key = keys.contains(&column.name.as_str()) || column.identity.is_some();
            let base = types.base(&column.ty);
            let mut hinted: Vec<Value> = Vec::new();
            for hints in checks.iter().filter(|hints| hints.names(&column.name)) {
                hinted.extend(hints.values(&base));
            }
            for check in domain.iter().flat_map(|domain| &domain.checks) {
                hinted.extend(Hints::of(&check.expression, field.kind()).values(&base));
            }
            let edges = types.edges(&column.ty);
            let numbered = (0..ROWS).map_while(|n| types.numbered(&column.ty, n));
            let numbered: Vec<Value> = numbered.collect();
            let (usual, others) = match is_key && numbered.len() == ROWS {
                true => (numbered, hinted),
                false => (edges.clone(), hinted),
            };
            let position = |key: &&'s ForeignKey| {
                let at = key.columns.iter().position(|name| *name == column.name)?;
                Some((*key, at))
            };
            Some(Seeded {
                column,
                nullable: column.nullable
                    && !field.whole
                    && !in_primary
                    && domain.is_none_or(|domain| domain.nullable),
                is_key,
                usual,
                others,
                key: references.iter().find_map(position),
            })
        };
        Seeds {
            field,
            table,
            columns: table.columns.iter().filter_map(seeded).collect(),
            later,
        }
    }

    /// The table.
    pub(super) fn table(&self) -> &'s Table {
        self.table
    }

    /// The columns that get values.
    pub(super) fn columns(&self) -> Vec<String> {
        let names = self.columns.iter().map(|one| one.column.name.clone());
        names.collect()
    }

    /// Whether keys are filled once all tables have rows.
    pub(super) fn has_later(&self) -> bool {
        !self.later.is_empty()
    }

    /// The operation that inserts rows.
    pub(super) fn insert(&self, rows: Vec<Vec<Value>>) -> Operation {
        Operation::BulkInsert {
            table: self.table.name.clone(),
            columns: self.columns(),
            rows,
        }
    }

    /// A row with a number, as a try with a number makes it. `rows` is how many rows a table has.
    pub(super) fn row(
        &self,
        number: usize,
        attempt: usize,
        rows: &dyn Fn(&ObjectName) -> usize,
    ) -> Result<Vec<Value>, Unsupported> {
        let name = self.table.name.to_string();
        let mut dice = Dice::of(self.field.seed, &name, number * TRIES + attempt);
        let mut values: Vec<Option<Value>> = Vec::with_capacity(self.columns.len());
        for (at, one) in self.columns.iter().enumerate() {
            let is_null = one.nullable && one.is_null(at, number, attempt, &mut dice);
            values.push(match one.key {
                _ if is_null => Some(Value::Null),
                Some((key, _)) if self.later.contains(&key) && one.nullable => Some(Value::Null),
                Some((key, _)) if self.later.contains(&key) => {
                    Some(one.own(number, attempt, &mut dice, self.field))
                }
                Some((key, _)) if key.table == self.table.name => None,
                Some((key, place)) => {
                    // two keys to one table may have to differ
                    let row = number + attempt * self.alike_before(key);
                    Some(self.referring(key, place, row, rows(&key.table))?)
                }
                None => Some(one.own(number, attempt, &mut dice, self.field)),
            });
        }
        // a row refers to itself where its table refers to itself
        let own = |referred: &str| {
            let at = self
                .columns
                .iter()
                .position(|one| one.column.name == referred)?;
            values[at].clone()
        };
        let whole = self
            .columns
            .iter()
            .zip(&values)
            .map(|(one, value)| match (value, one.key) {
                (Some(value), _) => value.clone(),
                (None, Some((key, place))) => referred_column(key, place, self.table)
                    .and_then(own)
                    .unwrap_or(Value::Null),
                (None, None) => Value::Null,
            });
        Ok(whole.collect())
    }

    /// How many keys before this one refer to the same table.
    fn alike_before(&self, key: &ForeignKey) -> usize {
        let keys = self.table.constraints.iter().filter_map(|one| match one {
            Constraint::ForeignKey(key) => Some(key),
            _ => None,
        });
        let before = keys.take_while(|other| *other != key);
        before.filter(|other| other.table == key.table).count()
    }

    /// The value of another table's row, as an expression.
    fn referring(
        &self,
        key: &ForeignKey,
        place: usize,
        number: usize,
        rows: usize,
    ) -> Result<Value, Unsupported> {
        let other = self.field.schema.table(&key.table);
        let referred = other.and_then(|other| referred_column(key, place, other));
        let (Some(referred), true) = (referred, rows > 0) else {
            return Ok(Value::Null);
        };
        self.key_of(key, referred, number % rows)
    }

    fn key_of(
        &self,
        key: &ForeignKey,
        referred: &str,
        number: usize,
    ) -> Result<Value, Unsupported> {
        let other = self.field.schema.table(&key.table);
        let rules = self.field.rules;
        let quoted = |name: &str| rules.name(&name.into());
        let columns = (0..key.columns.len()).filter_map(|at| referred_column(key, at, other?));
        let order: Vec<String> = columns.map(quoted).collect::<Result<_, _>>()?;
        let table = rules.name(&key.table)?;
        // within another query, as MySQL reads no table that it writes to
        Ok(Value::Expression(Sql::from(format!(
            "SELECT {0} FROM (SELECT * FROM {table} ORDER BY {1} LIMIT 1 OFFSET {number}) AS seeded",
            quoted(referred)?,
            order.join(", "),
        ))))
    }

    /// The statements that fill the keys that were left out.
    pub(super) fn fill(&self) -> Result<Vec<String>, Unsupported> {
        let rules = self.field.rules;
        let mut statements = Vec::new();
        for key in &self.later {
            let other = self.field.schema.table(&key.table);
            let mut parts = Vec::new();
            for (place, column) in key.columns.iter().enumerate() {
                let Some(referred) = other.and_then(|other| referred_column(key, place, other))
                else {
                    continue;
                };
                let value = rules.literal(&self.key_of(key, referred, 0)?)?;
                parts.push(format!(
                    "{} = {value}",
                    rules.name(&column.as_str().into())?
                ));
            }
            statements.push(format!(
                "UPDATE {} SET {}",
                rules.name(&self.table.name)?,
                parts.join(", ")
            ));
        }
        Ok(statements)
    }

    /// Why the table can have no rows, where that is known beforehand.
    pub(super) fn obstacle(&self, rows: &dyn Fn(&ObjectName) -> usize) -> Option<String> {
        let mut keys = foreign_keys(self.table);
        let empty = keys.find(|key| {
            let is_own = key.table == self.table.name;
            let is_later = self.later.contains(key);
            !is_own && !is_later && !may_be_null(self.table, key) && rows(&key.table) == 0
        });
        if let Some(key) = empty {
            return Some(format!("it refers to `{}`, which has no rows", key.table));
        }
        let unknown = self.columns.iter().find(|one| {
            one.usual.is_empty() && one.key.is_none() && !one.nullable && one.others.is_empty()
        })?;
        Some(format!(
            "no value of the type of `{}` is known",
            unknown.column.name
        ))
    }
}

impl Seeded<'_> {
    /// Whether a row has NULL there: at first each column in another row, and never in the first.
    fn is_null(&self, at: usize, number: usize, attempt: usize, dice: &mut Dice) -> bool {
        match attempt {
            _ if self.usual.is_empty() && self.key.is_none() => true,
            0 => number == 1 + at % (ROWS - 1),
            _ => dice.below(4) == 0,
        }
    }

    /// A value of its own.
    fn own(&self, number: usize, attempt: usize, dice: &mut Dice, field: Field<'_>) -> Value {
        let usual = || self.usual.get(number % self.usual.len().max(1)).cloned();
        if attempt == 0 {
            return usual()
                .or_else(|| self.others.first().cloned())
                .unwrap_or(Value::Null);
        }
        let keeps = self.is_key && self.others.is_empty() && attempt < TRIES / 4;
        if keeps || self.usual.len() + self.others.len() == 0 {
            return usual().unwrap_or(Value::Null);
        }
        // what checks name is worth more tries
        if !self.others.is_empty() && dice.below(4) > 0 {
            return self.others[dice.below(self.others.len())].clone();
        }
        if dice.below(3) == 0 {
            let n = number + ROWS * (1 + attempt);
            if let Some(value) = field.types().numbered(&self.column.ty, n) {
                return value;
            }
        }
        match self.usual.is_empty() {
            true => self.others[dice.below(self.others.len())].clone(),
            false => self.usual[dice.below(self.usual.len())].clone(),
        }
    }
}

/// The column that a key refers to at a place.
fn referred_column<'a>(key: &'a ForeignKey, place: usize, other: &'a Table) -> Option<&'a str> {
    let of_primary = || other.primary_key().map(|key| key.columns.as_slice());
    let columns = match key.referred.is_empty() {
        true => of_primary()?,
        false => &key.referred,
    };
    columns.get(place).map(String::as_str)
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn of(seed: u64, table: &str, number: usize) -> Dice {
        let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
        for byte in table.bytes().chain(number.to_le_bytes()) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Dice(state)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from(mixed % end).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
