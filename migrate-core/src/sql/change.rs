//! What a statement that creates, alters, renames or drops something leaves in the catalogue,
//! judged by its words: data about the statement alone. Conservative: what is uncertain is left
//! out. Pure; knows no catalogue.

use super::tokens::Tokens;
use super::unclosed;
use crate::dialect::BackendKind;
use crate::schema::ObjectName;

/// What one statement changes. The server runs it as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SchemaChange {
    /// A table, view, trigger, routine or event is created or dropped.
    Object {
        creates: bool,
        /// `OR REPLACE`: it can be repeated whatever exists.
        replaces: bool,
        /// In lower case.
        kind: String,
        name: ObjectName,
    },
    /// `CREATE INDEX CONCURRENTLY`, which leaves an invalid index when it fails.
    CreateIndexConcurrently { index: String, table: ObjectName },
    /// `DROP INDEX CONCURRENTLY`.
    DropIndexConcurrently { index: ObjectName },
    /// A table or its indexes are altered.
    AlterTable {
        table: ObjectName,
        changes: Vec<TableChange>,
    },
    /// Tables are renamed, each from one name to another.
    RenameTables(Vec<(ObjectName, ObjectName)>),
}

/// One action of a change of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TableChange {
    /// The part exists afterwards, or does not. If that is not `certain` to be a change
    /// (`IF EXISTS`), it may have been so before.
    Part {
        part: TablePart,
        present: bool,
        certain: bool,
    },
    /// A part of the table is renamed.
    Renamed {
        part: PartKind,
        from: String,
        to: String,
    },
    /// The table is renamed.
    RenamedTable(ObjectName),
    /// Repeating it has no further effect, and nothing has to be probed for.
    Repeatable,
    /// Unknown.
    Unknown,
}

/// A part of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TablePart {
    Named(PartKind, String),
    PrimaryKey,
}

/// The kinds of named parts of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    Column,
    Index,
    ForeignKey,
    Check,
    /// A constraint of any kind.
    Constraint,
}

/// Kinds whose definition contains other statements.
const BODIES: &[&str] = &["trigger", "procedure", "function", "event"];

/// The words allowed before INDEX.
const INDEXES: &[&str] = &["unique", "fulltext", "spatial"];

/// The first words of a table's options: setting one again has no further effect.
const OPTIONS: &[&str] = &[
    "algorithm",
    "auto_increment",
    "avg_row_length",
    "character",
    "charset",
    "checksum",
    "collate",
    "comment",
    "compression",
    "default",
    "disable",
    "enable",
    "engine",
    "force",
    "key_block_size",
    "lock",
    "max_rows",
    "min_rows",
    "row_format",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
];

/// Words by which an action does more than its first words say, and more each time that it is
/// repeated.
const MORE: &[&str] = &[
    "check",
    "key",
    "partition",
    "partitioning",
    "partitions",
    "primary",
    "references",
    "remove",
    "rename",
    "tablespace",
    "union",
    "unique",
];

/// What a text of one statement changes in the schema, as far as that is certain. `ALTER TABLE`,
/// `RENAME TABLE` and indexes are parsed in the grammar of MySQL and MariaDB, where they commit by
/// themselves.
pub(crate) fn schema_change(sql: &str, backend: BackendKind) -> Option<SchemaChange> {
    let tokens = Tokens::of(sql, backend);
    if unclosed(sql, backend).is_some() || tokens.iter().copied().any(is_odd_name) {
        return None;
    }
    let tokens = Tokens::new(&tokens, backend);
    let always: &[fn(Tokens<'_>) -> Option<SchemaChange>] =
        &[object, concurrent_index, drop_concurrently];
    let changes: &[fn(Tokens<'_>) -> Option<SchemaChange>] = match backend {
        BackendKind::Mysql | BackendKind::Mariadb => &[index, alter, rename],
        BackendKind::Sqlite | BackendKind::Postgres => &[],
    };
    let mut all = always.iter().chain(changes);
    all.find_map(|read| read(tokens))
}

/// Whether a token belongs to a name that the tokens do not show as one: it consists of characters
/// that only some databases treat as letters.
fn is_odd_name(token: &str) -> bool {
    let first = token.chars().next();
    token == "$" || first.is_some_and(|sign| !sign.is_ascii() && !sign.is_alphanumeric())
}

/// `CREATE [OR REPLACE] KIND [IF NOT EXISTS] name` or `DROP KIND [IF EXISTS] name`.
fn object(mut tokens: Tokens<'_>) -> Option<SchemaChange> {
    let creates = match tokens.word()?.as_str() {
        "create" => true,
        "drop" => false,
        _ => return None,
    };
    let replaces = creates && tokens.take(&["or", "replace"]);
    if tokens.take(&["definer", "="]) {
        tokens.next();
        if tokens.take(&["@"]) {
            tokens.next();
        }
        tokens.take(&["(", ")"]);
    }
    let kind = tokens.word()?;
    let body = BODIES.contains(&kind.as_str());
    (body || ["table", "view"].contains(&kind.as_str())).then_some(())?;
    let conditional = tokens.take_condition();
    let name = tokens.object()?;
    let says = |word: &str| {
        tokens
            .rest()
            .iter()
            .any(|token| token.eq_ignore_ascii_case(word))
    };
    if creates && kind == "event" && says("at") {
        return None; // it is dropped once it has run
    }
    let ends = || {
        tokens
            .rest()
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case("end"))
    };
    let one = match body && creates {
        true => ends() || is_one(tokens),
        false => is_one(tokens) && (creates || is_single(tokens)),
    };
    one.then_some(SchemaChange::Object {
        creates,
        // if the object existed, nothing was done, and nothing will be
        replaces: replaces && !conditional,
        kind,
        name,
    })
}

/// `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table`. If it fails, it
/// leaves an invalid index, which `IF NOT EXISTS` then accepts.
fn concurrent_index(mut tokens: Tokens<'_>) -> Option<SchemaChange> {
    tokens.take(&["create"]).then_some(())?;
    tokens.take(&["unique"]);
    tokens.take(&["index", "concurrently"]).then_some(())?;
    tokens.take_condition();
    if tokens.take(&["on"]) {
        return None; // it has no name
    }
    let index = tokens.name()?;
    tokens.take(&["on"]).then_some(())?;
    tokens.take(&["only"]);
    let table = tokens.object()?;
    is_one(tokens).then_some(SchemaChange::CreateIndexConcurrently { index, table })
}

/// `DROP INDEX CONCURRENTLY [IF EXISTS] name`.
fn drop_concurrently(mut tokens: Tokens<'_>) -> Option<SchemaChange> {
    tokens
        .take(&["drop", "index", "concurrently"])
        .then_some(())?;
    tokens.take_condition();
    let index = tokens.object()?;
    tokens.take_one(&["restrict", "cascade"]);
    tokens
        .is_empty()
        .then_some(SchemaChange::DropIndexConcurrently { index })
}

/// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON table` or `DROP INDEX [IF EXISTS] name ON table`.
fn index(mut tokens: Tokens<'_>) -> Option<SchemaChange> {
    let present = tokens.take_one(&["create", "drop"])? == "create";
    let replaces = present && tokens.take(&["or", "replace"]);
    tokens.take_one(INDEXES);
    tokens.take(&["index"]).then_some(())?;
    let certain = !tokens.take_condition();
    let name = tokens.name()?;
    if tokens.take(&["using"]) {
        tokens.word()?;
    }
    tokens.take(&["on"]).then_some(())?;
    let table = tokens.object()?;
    is_one(tokens).then(|| SchemaChange::AlterTable {
        table,
        changes: vec![match replaces {
            true => TableChange::Repeatable,
            false => named(PartKind::Index, name, present, certain),
        }],
    })
}

/// `RENAME TABLE a TO b, c TO d`.
fn rename(mut tokens: Tokens<'_>) -> Option<SchemaChange> {
    tokens.take(&["rename"]).then_some(())?;
    tokens.take_one(&["table", "tables"])?;
    if tokens.take_condition() {
        return None;
    }
    let mut pairs = Vec::new();
    loop {
        let from = tokens.object()?;
        tokens.take(&["to"]).then_some(())?;
        pairs.push((from, tokens.object()?));
        if !tokens.take(&[","]) {
            break;
        }
    }
    tokens
        .is_empty()
        .then_some(SchemaChange::RenameTables(pairs))
}

/// `ALTER TABLE name`, and its actions.
fn alter(mut tokens: Tokens<'_>) -> Option<SchemaChange> {
    tokens.take(&["alter"]).then_some(())?;
    tokens.take(&["online"]);
    tokens.take(&["ignore"]);
    tokens.take(&["table"]).then_some(())?;
    if tokens.take_condition() {
        return None; // a table that is not there leaves no trace either
    }
    let table = tokens.object()?;
    // a comment that the server executes may contain anything
    let is_hidden = tokens.rest().iter().any(|token| token.starts_with("/*"));
    (is_one(tokens) && !is_hidden).then_some(())?;
    if tokens.take(&["wait"]) {
        tokens.word()?;
    }
    tokens.take(&["nowait"]);
    let mut changes = Vec::new();
    loop {
        changes.push(part(&mut tokens).unwrap_or(TableChange::Unknown));
        if !tokens.next_part() {
            return Some(SchemaChange::AlterTable { table, changes });
        }
    }
}

/// One action of an `ALTER TABLE`, as far as it has to be parsed.
fn part(tokens: &mut Tokens<'_>) -> Option<TableChange> {
    let more = |token: &&str| MORE.iter().any(|word| token.eq_ignore_ascii_case(word));
    let parts = tokens.parts();
    let leaves_more = parts[0].rest().iter().any(more);
    part_by_its_word(tokens).filter(|trace| *trace != TableChange::Repeatable || !leaves_more)
}

fn part_by_its_word(tokens: &mut Tokens<'_>) -> Option<TableChange> {
    let word = tokens.word()?;
    match word.as_str() {
        "add" => added(tokens),
        "drop" => dropped(tokens),
        "rename" => renamed(tokens),
        "modify" => Some(TableChange::Repeatable),
        "alter" => {
            tokens.take_one(&["column", "index", "check", "constraint"]);
            tokens.name().map(|_| TableChange::Repeatable)
        }
        "change" => {
            tokens.take(&["column"]);
            if tokens.take_condition() {
                return None;
            }
            let (from, to) = (bare_name(tokens)?, bare_name(tokens)?);
            Some(match from.to_lowercase() == to.to_lowercase() {
                true => TableChange::Repeatable,
                false => TableChange::Renamed {
                    part: PartKind::Column,
                    from,
                    to,
                },
            })
        }
        "order" => tokens.take(&["by"]).then_some(TableChange::Repeatable),
        "convert" => tokens
            .take(&["to", "character", "set"])
            .then_some(TableChange::Repeatable),
        option if OPTIONS.contains(&option) => Some(TableChange::Repeatable),
        _ => None,
    }
}

fn added(tokens: &mut Tokens<'_>) -> Option<TableChange> {
    if tokens.take(&["primary", "key"]) {
        return Some(primary_key(true));
    }
    if tokens.take(&["constraint"]) {
        let certain = !tokens.take_condition();
        let name = tokens.name()?;
        return match tokens.word()?.as_str() {
            "primary" => Some(primary_key(true)), // which keeps no name
            "foreign" => Some(named(PartKind::ForeignKey, name, true, certain)),
            "check" => Some(named(PartKind::Check, name, true, certain)),
            "unique" => {
                tokens.take_one(&["index", "key"]);
                let own = tokens.name();
                let own = own.filter(|own| !own.eq_ignore_ascii_case("using"));
                Some(named(PartKind::Index, own.unwrap_or(name), true, certain))
            }
            _ => None,
        };
    }
    if tokens
        .take_one(&["foreign", "check", "partition", "period", "system"])
        .is_some()
    {
        return None;
    }
    if let Some(word) = tokens
        .take_one(INDEXES)
        .or_else(|| tokens.take_one(&["index", "key"]))
    {
        if INDEXES.contains(&word) {
            tokens.take_one(&["index", "key"]);
        }
        let certain = !tokens.take_condition();
        // without a name, it begins with its columns or its kind
        let named = tokens
            .name()
            .filter(|name| !name.eq_ignore_ascii_case("using"))
            .map(|name| named(PartKind::Index, name, true, certain));
        return named;
    }
    tokens.take(&["column"]);
    let certain = !tokens.take_condition();
    if tokens.take(&["("]) && tokens.take_one(NO_COLUMN).is_some() {
        return None;
    }
    // of several, each is equivalent to all of them
    Some(named(PartKind::Column, bare_name(tokens)?, true, certain))
}

/// Keywords in the place of an added column's name.
const NO_COLUMN: &[&str] = &[
    "check",
    "constraint",
    "foreign",
    "fulltext",
    "index",
    "key",
    "primary",
    "spatial",
    "unique",
];

/// A name without a table's name before it.
fn bare_name(tokens: &mut Tokens<'_>) -> Option<String> {
    let name = tokens.name()?;
    (tokens.rest().first() != Some(&".")).then_some(name)
}

fn dropped(tokens: &mut Tokens<'_>) -> Option<TableChange> {
    if tokens.take(&["primary", "key"]) {
        return Some(primary_key(false));
    }
    if tokens
        .take_one(&["partition", "period", "system"])
        .is_some()
    {
        return None;
    }
    let kind = if tokens.take_one(&["index", "key"]).is_some() {
        PartKind::Index
    } else if tokens.take(&["foreign", "key"]) {
        PartKind::ForeignKey
    } else if let Some(word) = tokens.take_one(&["constraint", "check"]) {
        match word {
            "check" => PartKind::Check,
            _ => PartKind::Constraint,
        }
    } else {
        tokens.take(&["column"]);
        PartKind::Column
    };
    let certain = !tokens.take_condition();
    Some(named(kind, bare_name(tokens)?, false, certain))
}

fn renamed(tokens: &mut Tokens<'_>) -> Option<TableChange> {
    let part = match tokens.take_one(&["column", "index", "key"]) {
        Some("column") => PartKind::Column,
        Some(_) => PartKind::Index,
        None => {
            tokens.take_one(&["to", "as", "="]);
            return tokens.object().map(TableChange::RenamedTable);
        }
    };
    if tokens.take_condition() {
        return None;
    }
    let from = bare_name(tokens)?;
    tokens.take(&["to"]).then_some(())?;
    let to = bare_name(tokens)?;
    Some(TableChange::Renamed { part, from, to })
}

fn named(kind: PartKind, name: String, present: bool, certain: bool) -> TableChange {
    TableChange::Part {
        part: TablePart::Named(kind, name),
        present,
        certain,
    }
}

fn primary_key(present: bool) -> TableChange {
    TableChange::Part {
        part: TablePart::PrimaryKey,
        present,
        certain: true,
    }
}

/// Whether the text contains nothing but the statement.
fn is_one(tokens: Tokens<'_>) -> bool {
    !tokens.rest().contains(&";")
}

/// Whether it concerns one object only.
fn is_single(tokens: Tokens<'_>) -> bool {
    let more = |token: &&str| *token == "," || token.starts_with("/*");
    !tokens.rest().iter().any(more)
}

#[cfg(test)]
mod tests;
