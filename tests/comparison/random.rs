//! Random schemas: what a database can hold, small numbers first, so that a failure shrinks to few
//! tables and columns. It must not know how a schema is read or compared.

use std::collections::BTreeMap;

use migrate_core::engine::backend::BackendKind;
use migrate_core::schema::{
    Action, Check, Column, Constraint, DefaultValue, EnumType, ForeignKey, Generated, Identity,
    Index, IndexKey, IndexPart, ObjectName, Order, PrimaryKey, Schema, Sql, Table, Type, Unique,
    Value, View,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::Index as Pick;

/// The names of tables. Some need quoting, one has the greatest length of PostgreSQL.
const TABLES: &[&str] = &[
    "users",
    "posts",
    "Order",
    "select",
    "naïve tëam",
    "it's",
    "a\"b",
    "c`d",
    "quite_long_0123456789012345678901234567890123456789012345678901",
    "tags",
];

/// The families of columns. A column's name says its family, so that a column of one name in two
/// schemas can change its type without losing its values.
const FAMILIES: &[Family] = &[
    Family::Integer,
    Family::Text,
    Family::Decimal,
    Family::Bool,
    Family::Time,
    Family::Double,
    Family::Bytes,
    Family::Json,
    Family::Uuid,
    Family::Date,
    Family::Labels,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Integer,
    Text,
    Decimal,
    Bool,
    Time,
    Double,
    Bytes,
    Json,
    Uuid,
    Date,
    Labels,
}

impl Family {
    /// The names of its columns.
    fn names(self) -> [&'static str; 3] {
        match self {
            Family::Integer => ["age", "Rank", "key"],
            Family::Text => ["name", "to", "e-mail"],
            Family::Decimal => ["price", "sum", "tax rate"],
            Family::Bool => ["done", "is", "not"],
            Family::Time => ["created_at", "seen", "At"],
            Family::Double => ["ratio", "x", "y"],
            Family::Bytes => ["digest", "blob", "raw"],
            Family::Json => ["doc", "json", "extra"],
            Family::Uuid => ["token", "uid", "ref"],
            Family::Date => ["day", "born", "date"],
            Family::Labels => ["mood", "kind", "state"],
        }
    }

    /// Its types on a kind of database, the widest last.
    fn types(self, kind: BackendKind) -> Vec<Type> {
        let mysql = matches!(kind, BackendKind::Mysql | BackendKind::Mariadb);
        match self {
            Family::Integer => match mysql {
                true => vec![
                    Type::Integer,
                    Type::TinyInt,
                    Type::SmallInt,
                    Type::MediumInt,
                    Type::Integer.unsigned(),
                    Type::BigInt,
                    Type::BigInt.unsigned(),
                ],
                false => vec![Type::Integer, Type::SmallInt, Type::BigInt],
            },
            Family::Text => {
                let mut types = vec![
                    Type::VarChar(20),
                    Type::Text,
                    Type::VarChar(80),
                    Type::Char(4),
                ];
                if mysql {
                    types.extend([Type::TinyText, Type::MediumText]);
                }
                types
            }
            Family::Decimal => vec![
                Type::Decimal(10, 2),
                Type::Decimal(5, 0),
                Type::Decimal(12, 4),
            ],
            Family::Bool => vec![Type::Bool],
            Family::Time => match kind {
                BackendKind::Sqlite => vec![Type::Timestamp],
                BackendKind::Postgres => vec![
                    Type::Timestamp,
                    Type::Timestamptz,
                    Type::Timestamp.precision(3),
                    Type::Timestamptz.precision(0),
                ],
                _ => vec![
                    Type::Datetime,
                    Type::Timestamp.precision(3),
                    Type::Datetime.precision(0),
                ],
            },
            Family::Double => vec![Type::Double, Type::Float],
            Family::Bytes => match mysql {
                true => vec![Type::VarBinary(16), Type::Binary, Type::FixedBinary(8)],
                false => vec![Type::Binary],
            },
            Family::Json => match kind {
                BackendKind::Postgres => vec![Type::Json, Type::Jsonb],
                _ => vec![Type::Json],
            },
            Family::Uuid => vec![Type::Uuid],
            Family::Date => vec![Type::Date],
            Family::Labels => match kind {
                BackendKind::Postgres => vec![Type::named("mood")],
                BackendKind::Sqlite => vec![Type::Text],
                _ => vec![
                    Type::one_of(["sad", "ok"]),
                    Type::one_of(["sad", "it's", "ok"]),
                    Type::one_of(["sad", "so,so", "ok", "happy"]),
                ],
            },
        }
    }

    /// Its defaults on a kind of database.
    fn defaults(self, kind: BackendKind) -> Vec<DefaultValue> {
        let value = |value: Value| DefaultValue::Value(value);
        let expression = |text: &str| DefaultValue::Expression(Sql::from(text));
        match self {
            Family::Integer => vec![
                value(0.into()),
                value(Value::Integer(7)),
                expression(match kind {
                    BackendKind::Postgres | BackendKind::Sqlite => "abs(-3)",
                    _ => "(1 + 2)",
                }),
            ],
            Family::Text => vec![
                value("".into()),
                value("new".into()),
                value("it's".into()),
                value("a\\b".into()),
                value("ünï".into()),
                value("NULL".into()),
                value("(1)".into()),
                expression(match kind {
                    BackendKind::Sqlite => "upper('ab')",
                    _ => "concat('a', 'b')",
                }),
            ],
            Family::Decimal => vec![value(Value::Integer(1)), value(Value::Double(1.5))],
            Family::Bool => vec![value(true.into()), value(false.into())],
            Family::Time => vec![expression("CURRENT_TIMESTAMP")],
            Family::Double => vec![value(Value::Double(0.25)), value(Value::Integer(-1))],
            Family::Labels => vec![value("ok".into()), value("sad".into())],
            Family::Date if kind == BackendKind::Postgres => vec![value("2020-02-29".into())],
            Family::Json if kind == BackendKind::Postgres => vec![value("{}".into())],
            Family::Bytes | Family::Json | Family::Uuid | Family::Date => Vec::new(),
        }
    }

    /// Conditions over a column, which stands for `@`.
    fn conditions(self, kind: BackendKind) -> &'static [&'static str] {
        match self {
            Family::Integer => &[
                "@ > 0",
                "@ BETWEEN 1 AND 9",
                "@ IN (1, 2, 3)",
                "@ <> 5 OR @ IS NULL",
                "(@ % 2) = 0",
                "NOT (@ = 3)",
                "CASE WHEN @ > 0 THEN 1 ELSE 0 END = 1",
                "abs(@) < 100",
                "-@ < 5",
                "@ + 1 > 2 * (3 - @)",
                "@ NOT IN (7, 8)",
            ],
            Family::Text => &[
                "@ <> ''",
                "length(@) > 2",
                "@ IN ('a', 'b')",
                "@ LIKE 'a%'",
                "lower(@) = @",
                "@ = 'it''s'",
                "@ <> 'a,)b' AND @ <> 'c\"d'",
                "coalesce(@, 'x') <> 'y'",
                "@ NOT IN ('q', 'r')",
                "trim(@) <> ''",
            ],
            Family::Decimal | Family::Double => &["@ >= 0", "@ < 1000.5", "@ BETWEEN 0 AND 9.75"],
            Family::Bool if kind == BackendKind::Postgres => &["@", "NOT @", "@ IS NOT NULL"],
            Family::Bool => &["@ IS NOT NULL", "@ = 1"],
            Family::Time | Family::Date => &["@ IS NOT NULL", "@ > '2020-01-01'"],
            Family::Bytes | Family::Json | Family::Uuid | Family::Labels => &["@ IS NOT NULL"],
        }
    }

    /// Whether a key can be over its columns as they are.
    fn can_be_key(self, kind: BackendKind, ty: &Type) -> bool {
        match self {
            Family::Json => false,
            Family::Text | Family::Bytes
                if !matches!(kind, BackendKind::Sqlite | BackendKind::Postgres) =>
            {
                matches!(
                    ty,
                    Type::VarChar(_) | Type::Char(_) | Type::VarBinary(_) | Type::FixedBinary(_)
                )
            }
            _ => true,
        }
    }
}

/// A schema before it is fitted to a kind of database: choices, by small numbers.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    tables: BTreeMap<usize, RawTable>,
    labels: u8,
    wide_ids: bool,
    views: u8,
}

#[derive(Clone, Debug)]
struct RawTable {
    columns: BTreeMap<(usize, usize), RawColumn>,
    key: u8,
    uniques: Vec<(Vec<Pick>, bool)>,
    checks: Vec<(Pick, Pick, bool)>,
    indexes: Vec<RawIndex>,
    references: Vec<(Pick, u8, bool)>,
    comment: u8,
    options: u8,
    generated: u8,
}

#[derive(Clone, Debug)]
struct RawColumn {
    ty: Pick,
    nullable: bool,
    default: Option<Pick>,
    comment: u8,
}

#[derive(Clone, Debug)]
struct RawIndex {
    columns: Vec<(Pick, bool)>,
    unique: bool,
    predicate: Option<(Pick, Pick)>,
    expression: Option<Pick>,
    include: Option<Pick>,
    method: bool,
}

/// Any choices.
pub(crate) fn raw() -> impl Strategy<Value = Raw> {
    let column = (
        any::<Pick>(),
        any::<bool>(),
        prop_oneof![3 => proptest::strategy::Just(None), 2 => any::<Pick>().prop_map(Some)],
        0..6_u8,
    )
        .prop_map(|(ty, nullable, default, comment)| RawColumn {
            ty,
            nullable,
            default,
            comment,
        });
    let index = (
        vec((any::<Pick>(), any::<bool>()), 1..4),
        any::<bool>(),
        proptest::option::weighted(0.3, (any::<Pick>(), any::<Pick>())),
        proptest::option::weighted(0.2, any::<Pick>()),
        proptest::option::weighted(0.2, any::<Pick>()),
        proptest::bool::weighted(0.2),
    )
        .prop_map(
            |(columns, unique, predicate, expression, include, method)| RawIndex {
                columns,
                unique,
                predicate,
                expression,
                include,
                method,
            },
        );
    let table = (
        btree_map((0..FAMILIES.len(), 0..3_usize), column, 0..7),
        0..8_u8,
        vec((vec(any::<Pick>(), 1..3), any::<bool>()), 0..3),
        vec((any::<Pick>(), any::<Pick>(), any::<bool>()), 0..3),
        vec(index, 0..4),
        vec((any::<Pick>(), 0..8_u8, any::<bool>()), 0..3),
        0..6_u8,
        0..8_u8,
        0..8_u8,
    )
        .prop_map(
            |(columns, key, uniques, checks, indexes, references, comment, options, generated)| {
                RawTable {
                    columns,
                    key,
                    uniques,
                    checks,
                    indexes,
                    references,
                    comment,
                    options,
                    generated,
                }
            },
        );
    (
        btree_map(0..TABLES.len(), table, 0..6),
        0..5_u8,
        any::<bool>(),
        0..4_u8,
    )
        .prop_map(|(tables, labels, wide_ids, views)| Raw {
            tables,
            labels,
            wide_ids,
            views,
        })
}

impl Raw {
    /// The schema, with what a kind of database cannot hold left out.
    pub(crate) fn schema(&self, kind: BackendKind) -> Schema {
        let build = Build { raw: self, kind };
        let mut schema = Schema::empty();
        if kind == BackendKind::Postgres {
            let labels: &[&str] = match self.labels {
                0 => &["sad", "ok"],
                1 => &["sad", "so so", "ok"],
                2 => &["ok", "sad", "it's"],
                3 => &["sad", "ok", "happy"],
                _ => &["bad", "sad", "ok"],
            };
            schema
                .enums
                .push(EnumType::new("mood", labels.iter().copied()));
        }
        for (place, table) in &self.tables {
            let (table, indexes) = build.table(TABLES[*place], table);
            schema.indexes.extend(indexes);
            schema.tables.push(table);
        }
        for table in schema.tables.iter().take(usize::from(self.views % 3)) {
            let column = quoted(kind, &table.columns[0].name);
            let name = &table.name.name;
            let query = format!("SELECT {column} FROM {}", quoted(kind, name));
            schema.views.push(View::new(
                format!("v_{}", name.chars().take(9).collect::<String>()),
                query,
            ));
        }
        schema.views.dedup_by(|a, b| a.name == b.name);
        schema
    }
}

/// A name in an expression.
fn quoted(kind: BackendKind, name: &str) -> String {
    match kind {
        BackendKind::Sqlite | BackendKind::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        _ => format!("`{}`", name.replace('`', "``")),
    }
}

struct Build<'r> {
    raw: &'r Raw,
    kind: BackendKind,
}

impl Build<'_> {
    fn is_mysql(&self) -> bool {
        matches!(self.kind, BackendKind::Mysql | BackendKind::Mariadb)
    }

    fn has_comments(&self) -> bool {
        self.kind != BackendKind::Sqlite
    }

    fn id_type(&self) -> Type {
        match self.raw.wide_ids && self.kind != BackendKind::Sqlite {
            true => Type::BigInt,
            false => Type::Integer,
        }
    }

    fn table(&self, name: &str, raw: &RawTable) -> (Table, Vec<Index>) {
        let mut table = Table::new(name);
        let mut families = BTreeMap::new();
        let number = TABLES.iter().position(|one| *one == name).unwrap_or(0);
        self.key(&mut table, raw.key, number);
        for ((family, place), column) in &raw.columns {
            let family = FAMILIES[*family];
            let column = self.column(family, family.names()[*place], column);
            families.insert(column.name.clone(), family);
            table.columns.push(column);
        }
        self.references(&mut table, raw, number);
        let columns: Vec<Column> = table
            .columns
            .iter()
            .filter(|column| families.contains_key(&column.name))
            .cloned()
            .collect();
        if let Some(generated) = self.generated(raw.generated, &columns, &families) {
            table.columns.push(generated);
        }
        let keys: Vec<&Column> = columns
            .iter()
            .filter(|column| families[&column.name].can_be_key(self.kind, &column.ty))
            .collect();
        for (place, (picks, named)) in raw.uniques.iter().enumerate() {
            let Some(columns) = chosen(picks, &keys) else {
                continue;
            };
            let taken = |constraint: &Constraint| match constraint {
                Constraint::Unique(unique) => unique.columns == columns,
                _ => false,
            };
            if !table.constraints.iter().any(taken) {
                let mut unique = Unique::default();
                unique.columns = columns;
                unique.name = named.then(|| format!("uq {number} {place}"));
                table.constraints.push(unique.into());
            }
        }
        for (place, (column, condition, named)) in raw.checks.iter().enumerate() {
            if columns.is_empty() {
                break;
            }
            let column = column.get(&columns);
            // some servers do not check a column that is numbered or has an action
            let mut check = Check::new(self.condition(families[&column.name], column, condition));
            // MySQL makes a name of the table's, which must not be too long
            let named = *named || self.is_mysql();
            check.name = named.then(|| format!("ck_{number}_{place}"));
            let same = |constraint: &Constraint| match constraint {
                Constraint::Check(other) => other.expression == check.expression,
                _ => false,
            };
            if !table.constraints.iter().any(same) {
                table.constraints.push(check.into());
            }
        }
        table.comment = self.comment(raw.comment);
        match self.kind {
            BackendKind::Sqlite => {
                let has_key = table.primary_key().is_some();
                let numbered = table.columns.iter().any(|column| column.identity.is_some());
                table.options.without_rowid = raw.options == 1 && has_key && !numbered;
            }
            BackendKind::Postgres => table.options.unlogged = false,
            _ => {}
        }
        let mut indexes = Vec::new();
        for (place, index) in raw.indexes.iter().enumerate() {
            let name = format!("ix {number} {place}");
            indexes.extend(self.index(name, &table, index, &keys, &columns, &families));
        }
        (table, indexes)
    }

    fn key(&self, table: &mut Table, key: u8, number: usize) {
        let mut primary = PrimaryKey::default();
        match key {
            // without a key
            7 if !self.is_mysql() => {
                table.columns.push(Column::new("id", self.id_type()));
                return;
            }
            6 => {
                for name in ["id", "part"] {
                    table.columns.push(Column::new(name, self.id_type()));
                    primary.columns.push(name.to_owned());
                }
                primary.name = (self.kind != BackendKind::Mysql
                    && self.kind != BackendKind::Mariadb)
                    .then(|| format!("pk {number}"));
            }
            key => {
                let mut id = Column::new("id", self.id_type());
                if key % 2 == 0 {
                    id.identity = Some(Identity::default());
                }
                table.columns.push(id);
                primary.columns.push("id".to_owned());
            }
        }
        table.constraints.push(primary.into());
    }

    fn column(&self, family: Family, name: &str, raw: &RawColumn) -> Column {
        let types = family.types(self.kind);
        let mut column = Column::new(name, raw.ty.get(&types).clone());
        column.nullable = raw.nullable;
        let defaults = family.defaults(self.kind);
        if let (Some(pick), false) = (&raw.default, defaults.is_empty()) {
            let default = pick.get(&defaults).clone();
            let long = matches!(
                column.ty,
                Type::Text | Type::TinyText | Type::MediumText | Type::Char(_)
            );
            if !(long && self.is_mysql()) {
                column.default = Some(default);
            }
        }
        column.comment = self.comment(raw.comment);
        column
    }

    fn generated(
        &self,
        choice: u8,
        columns: &[Column],
        families: &BTreeMap<String, Family>,
    ) -> Option<Column> {
        let base = columns
            .iter()
            .find(|column| families[&column.name] == Family::Integer)?;
        if choice < 5 {
            return None;
        }
        let expression = format!(
            "{} {} 2",
            quoted(self.kind, &base.name),
            if choice == 5 { "+" } else { "*" }
        );
        let stored = choice == 7 || self.kind == BackendKind::Postgres;
        let mut column = Column::new("twice", Type::BigInt);
        column.nullable = true;
        column.generated = Some(Generated::new(expression, stored));
        Some(column)
    }

    fn references(&self, table: &mut Table, raw: &RawTable, number: usize) {
        let targets: Vec<usize> = self
            .raw
            .tables
            .iter()
            .filter(|(_, table)| table.key < 6)
            .map(|(place, _)| *place)
            .collect();
        if targets.is_empty() {
            return;
        }
        for (place, (target, action, named)) in raw.references.iter().enumerate() {
            let target = *target.get(&targets);
            let mut column = Column::new(["owner_id", "parent_id"][place], self.id_type());
            column.nullable = true;
            let mut key = ForeignKey::new(
                vec![column.name.clone()],
                ObjectName::from(TABLES[target]),
                vec!["id".to_owned()],
            );
            key.on_delete = match action {
                0 | 1 => None,
                2 | 3 => Some(Action::Cascade),
                4 | 5 => Some(Action::SetNull),
                _ => Some(Action::Restrict),
            };
            // RESTRICT is what MySQL and MariaDB do without a word
            if self.is_mysql() && key.on_delete == Some(Action::Restrict) {
                key.on_delete = None;
            }
            key.name = (*named || self.is_mysql()).then(|| format!("fk_{number}_{place}"));
            table.columns.push(column);
            table.constraints.push(key.into());
        }
    }

    fn condition(&self, family: Family, column: &Column, pick: &Pick) -> String {
        let conditions = family.conditions(self.kind);
        pick.get(conditions)
            .replace('@', &quoted(self.kind, &column.name))
    }

    fn index(
        &self,
        name: String,
        table: &Table,
        raw: &RawIndex,
        keys: &[&Column],
        columns: &[Column],
        families: &BTreeMap<String, Family>,
    ) -> Option<Index> {
        let picks: Vec<Pick> = raw.columns.iter().map(|(pick, _)| *pick).collect();
        let names = chosen(&picks, keys)?;
        let mut parts: Vec<IndexPart> = names
            .iter()
            .zip(&raw.columns)
            .map(|(name, (_, descending))| {
                let mut part = IndexPart::from(name.as_str());
                if *descending && self.kind != BackendKind::Mariadb {
                    part.order = Some(Order::Descending);
                }
                part
            })
            .collect();
        let text = columns
            .iter()
            .find(|column| families[&column.name] == Family::Text);
        if let (Some(_), Some(text), true) =
            (raw.expression, text, self.kind != BackendKind::Mariadb)
        {
            let mut expression = format!("lower({})", quoted(self.kind, &text.name));
            if self.kind == BackendKind::Mysql {
                expression = format!("CAST({expression} AS CHAR(30))");
            }
            parts.push(IndexKey::Expression(Sql::from(expression)).into());
        }
        let mut index = Index::new(name, table.name.clone(), parts);
        index.unique = raw.unique;
        let partial = matches!(self.kind, BackendKind::Sqlite | BackendKind::Postgres);
        if let (Some((column, condition)), true, false) =
            (&raw.predicate, partial, columns.is_empty())
        {
            let column = column.get(columns);
            index.predicate = Some(Sql::from(self.condition(
                families[&column.name],
                column,
                condition,
            )));
        }
        if self.kind == BackendKind::Postgres {
            if let (Some(include), false) = (&raw.include, columns.is_empty()) {
                index.include.push(include.get(columns).name.clone());
            }
            if raw.method && !index.unique && index.parts.len() == 1 && index.include.is_empty() {
                index.method = Some("hash".to_owned());
                for part in &mut index.parts {
                    part.order = None;
                }
            }
        }
        Some(index)
    }

    fn comment(&self, choice: u8) -> Option<String> {
        let text = match choice {
            4 => "it's a \\ comment",
            5 => "ünï; -- x",
            _ => return None,
        };
        self.has_comments().then(|| text.to_owned())
    }
}

/// Different columns, by name.
fn chosen(picks: &[Pick], of: &[&Column]) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for pick in picks {
        if of.is_empty() {
            return None;
        }
        let name = &pick.get(of).name;
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    Some(names)
}
