//! The declarations as data. It must not know how they are read, nor what a database makes of them.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// All that a set of source files declares.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Models {
    /// The tables, in the order of the files and of the text.
    pub tables: Vec<Table>,
    /// What `joinable!` says.
    pub joins: Vec<Join>,
    /// The enum types whose labels the source states.
    pub enums: Vec<EnumType>,
    /// What may declare more tables, and is not read.
    #[cfg_attr(feature = "serde", serde(default))]
    pub unread: Vec<Unread>,
}

/// What may declare tables, and is not read: a macro that makes them, or a file elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Unread {
    /// Where it is.
    pub place: Place,
    /// What it is: `` the macro `lookup!` ``.
    pub what: String,
    /// The tables that it may declare, by their names; none if it may declare any.
    pub names: Vec<String>,
}

impl Models {
    /// The enum type that a column of this file means by a type, on this database. Several files
    /// can have a type of one name; then it is the one in the column's own.
    #[must_use]
    pub fn enum_type(&self, ty: &str, file: &str, backend: &str) -> Option<&EnumType> {
        let mut found = self.enums.iter().filter(|found| {
            found.rust_name == ty
                && (found.only.is_empty() || found.only.iter().any(|name| name == backend))
        });
        let own = found.clone().find(|found| found.place.file == file);
        own.or_else(|| found.next())
    }
}

/// Where something is in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Place {
    /// The file, as it was named to the reader; empty in a macro.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
}

/// One `table!`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Table {
    /// Where its name is.
    pub place: Place,
    /// Whether it is the whole truth about the table (`migrate_core::table!`), or the least that
    /// there is (`diesel::table!`).
    pub closed: bool,
    /// The schema, where one is written.
    pub schema: Option<String>,
    /// The name in the database.
    pub name: String,
    /// The name in Rust, by which `joinable!` names it.
    pub rust_name: String,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The columns of the primary key, by their names in the database.
    pub key: Vec<String>,
    /// What `#[migrate(…)]` says of the table.
    pub attributes: Vec<Attribute<TableKey>>,
    /// Its documentation, if it has one.
    pub doc: Option<String>,
}

/// A column of a `table!`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Column {
    /// Where its name is.
    pub place: Place,
    /// The name in the database.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// The type that diesel reads, without `Nullable`.
    pub ty: DieselType,
    /// Whether the type is `Nullable<…>`.
    pub nullable: bool,
    /// What `#[max_length = …]` says.
    pub max_length: Option<u32>,
    /// What `#[migrate(…)]` says of the column.
    pub attributes: Vec<Attribute<ColumnKey>>,
    /// Its documentation, if it has one.
    pub doc: Option<String>,
}

/// A type of diesel as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct DieselType {
    /// The last part of its path: `Integer` of `diesel::sql_types::Integer`.
    pub name: String,
    /// What is between `<` and `>`.
    pub arguments: Vec<DieselType>,
}

/// One thing that `#[migrate(…)]` says.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Attribute<K> {
    /// Where its key is.
    pub place: Place,
    /// The databases that it is for, as `only(…)` names them; none for all of them.
    pub only: Vec<String>,
    /// What it says.
    pub key: K,
}

/// What an attribute of a column says.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ColumnKey {
    /// `ty = Decimal(10, 2)`, `ty = "numeric(10, 2)"`.
    Type(TypeText),
    /// `default = 0`.
    Default(Literal),
    /// `default_sql = "now()"`.
    DefaultSql(SqlText),
    /// `autoincrement`.
    Autoincrement,
    /// `identity`, `identity_always`, with `start` and the like.
    Identity {
        /// `GENERATED ALWAYS`.
        always: bool,
        /// `start`, `increment`, `min`, `max`, `cache`, by name.
        options: Vec<(String, i64)>,
    },
    /// `unique`, `unique(name = uq_users_email)`.
    Unique {
        /// Its name, if one is written.
        name: Option<String>,
    },
    /// `references(teams.id, on_delete = Cascade)`; its own columns are left empty.
    References(ForeignKey),
    /// `check("age > 0", name = ck_users_age, not_valid)`.
    Check {
        /// What rows must satisfy.
        expression: SqlText,
        /// Its name, if one is written.
        name: Option<String>,
        /// Whether the rows that are there may break it.
        not_valid: bool,
    },
    /// `index`, `index(name = ix_users_name)`.
    Index {
        /// Its name, if one is written.
        name: Option<String>,
    },
    /// `collate = "C"`.
    Collate(String),
    /// `charset = "latin1"`.
    Charset(String),
    /// `comment = "…"`.
    Comment(String),
    /// `on_update_sql = "CURRENT_TIMESTAMP"`.
    OnUpdateSql(SqlText),
    /// `generated = "…"`, `generated_stored = "…"`.
    Generated {
        /// What computes the column.
        expression: SqlText,
        /// Whether the values are stored.
        stored: bool,
    },
    /// `renamed_from = "old"`.
    RenamedFrom(String),
}

/// What an attribute of a table says.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TableKey {
    /// `index(ix_users_name, [name], unique)`.
    Index(Index),
    /// `unique([a, b], name = uq)`.
    Unique(Unique),
    /// `foreign_key([a, b], areas(a, b), on_delete = Cascade)`.
    ForeignKey(ForeignKey),
    /// `check("…", name = ck, no_inherit, not_valid)`.
    Check {
        /// What rows must satisfy.
        expression: SqlText,
        /// Its name, if one is written.
        name: Option<String>,
        /// Whether tables that inherit are free of it.
        no_inherit: bool,
        /// Whether the rows that are there may break it.
        not_valid: bool,
    },
    /// `exclude(using = gist, [(during, "&&")])`.
    Exclude(Exclude),
    /// `primary_key(name = pk_users)`.
    PrimaryKey {
        /// Its name.
        name: String,
    },
    /// `no_primary_key`: diesel wants a key where the table has none.
    NoPrimaryKey,
    /// `comment = "…"`.
    Comment(String),
    /// `engine = "InnoDB"`.
    Engine(String),
    /// `charset = "utf8mb4"`.
    Charset(String),
    /// `collate = "utf8mb4_bin"`.
    Collate(String),
    /// `strict`.
    Strict,
    /// `without_rowid`.
    WithoutRowid,
    /// `unlogged`.
    Unlogged,
    /// `with(fillfactor = 70)`.
    With(Vec<(String, String)>),
    /// `suffix = "…"`.
    Suffix(SqlText),
    /// `renamed_from = "old"`.
    RenamedFrom(String),
    /// `view`: it is no table.
    View,
    /// The whole table is for these databases: `only(postgres)` without a key in it.
    Only(Vec<String>),
}

/// SQL that may differ between databases.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct SqlText {
    /// The texts, each with its database; without one it is for all.
    pub texts: Vec<(Option<String>, String)>,
}

/// A literal default.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Literal {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `-1`
    Integer(i64),
    /// `1.5`
    Double(f64),
    /// `"text"`
    Text(String),
    /// `b"bytes"`
    Bytes(Vec<u8>),
}

/// A type as revisions write it, or in the server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TypeText {
    /// `"numeric(10, 2)"`
    Sql(String),
    /// `Decimal(10, 2)`, `Enum["a", "b"]`, `Array(Integer)`, `Timestamptz.precision(3)`,
    /// `Named("mood")`.
    Named {
        /// `Decimal`
        name: String,
        /// The numbers in `(…)`.
        numbers: Vec<u32>,
        /// The texts in `[…]` or `(…)`.
        texts: Vec<String>,
        /// The type in `(…)`.
        of: Option<Box<TypeText>>,
        /// `.precision(3)`
        precision: Option<u8>,
    },
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct ForeignKey {
    /// Its name, if one is written.
    pub name: Option<String>,
    /// The columns that refer; empty on a column.
    pub columns: Vec<String>,
    /// The schema of the table that is referred to.
    pub schema: Option<String>,
    /// The table that is referred to.
    pub table: String,
    /// The columns that are referred to; empty for the key of the table.
    pub referred: Vec<String>,
    /// `on_delete`
    pub on_delete: Option<Action>,
    /// `on_update`
    pub on_update: Option<Action>,
    /// `deferrable`, `initially_deferred`
    pub deferrable: Option<Deferrable>,
    /// `match_type`: `Simple`, `Full` or `Partial`.
    pub match_type: Option<String>,
    /// `not_valid`: whether the rows that are there may break it.
    pub not_valid: bool,
}

/// What becomes of rows whose referred row goes or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(missing_docs, reason = "the names are those of SQL")]
pub enum Action {
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

/// When a constraint is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(missing_docs, reason = "the names are those of SQL")]
pub enum Deferrable {
    InitiallyImmediate,
    InitiallyDeferred,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it is over.
    pub parts: Vec<IndexPart>,
    /// `unique`
    pub unique: bool,
    /// `filter = "…"`
    pub filter: Option<SqlText>,
    /// `include = [a, b]`
    pub include: Vec<String>,
    /// `using = gin`
    pub using: Option<String>,
    /// `with(fillfactor = 70)`
    pub with: Vec<(String, String)>,
    /// `nulls_not_distinct`
    pub nulls_not_distinct: bool,
}

/// A part of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct IndexPart {
    /// What it is over.
    pub key: PartKey,
    /// `desc(column)`
    pub descending: bool,
    /// `.collate("C")`
    pub collate: Option<String>,
    /// `.nulls_first()` is `true`, `.nulls_last()` is `false`.
    pub nulls_first: Option<bool>,
    /// `.operator_class("text_pattern_ops")`
    pub operator_class: Option<String>,
    /// `.prefix(64)`
    pub prefix: Option<u32>,
}

/// What a part of an index is over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum PartKey {
    /// A column, by its name in the database.
    Column(String),
    /// `expression("lower(email)")`
    Expression(SqlText),
}

/// A unique constraint over columns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Unique {
    /// Its name, if one is written.
    pub name: Option<String>,
    /// The columns, by their names in the database.
    pub columns: Vec<String>,
    /// `include = [a]`
    pub include: Vec<String>,
    /// `nulls_not_distinct`
    pub nulls_not_distinct: bool,
    /// `deferrable`, `initially_deferred`
    pub deferrable: Option<Deferrable>,
}

/// An exclusion constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Exclude {
    /// Its name, if one is written.
    pub name: Option<String>,
    /// `using = gist`
    pub using: Option<String>,
    /// The parts, each with its operator.
    pub parts: Vec<(IndexPart, String)>,
    /// `filter = "…"`
    pub filter: Option<SqlText>,
    /// `deferrable`, `initially_deferred`
    pub deferrable: Option<Deferrable>,
}

/// `joinable!(posts -> users (user_id))`
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Join {
    /// Where it is.
    pub place: Place,
    /// The table that refers, by its name in Rust.
    pub child: String,
    /// The table that is referred to, by its name in Rust.
    pub parent: String,
    /// The column that refers.
    pub column: String,
}

/// An enum type whose labels the source states.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct EnumType {
    /// Where it is.
    pub place: Place,
    /// The SQL type's name in Rust, as columns use it.
    pub rust_name: String,
    /// The schema of the type, where one is written.
    pub schema: Option<String>,
    /// The name of the type in the database.
    pub name: String,
    /// The labels, in order; none where the source does not state them.
    pub labels: Option<Vec<String>>,
    /// The databases that it is for; none for all of them.
    #[cfg_attr(feature = "serde", serde(default))]
    pub only: Vec<String>,
}
