//! What a statement that creates, alters, renames or drops something leaves in the catalogue, by its words: data about the statement
//! alone. Careful: of what is not certain, nothing is said. Pure; knows no catalogue.

mod reader;

use crate::dialect::BackendKind;
use crate::schema::ObjectName;
use reader::Reader;

/// What one statement changes. The server carries it out as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SchemaChange {
    /// A table, view, trigger, routine or event is created or dropped.
    Object {
        creates: bool,
        /// `OR REPLACE`: it can be run again whatever is there.
        replaces: bool,
        /// In small letters.
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

/// One part of a change of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TableChange {
    /// A part of the table is present afterwards, or is not. Where that is not `certain` to be a change (`IF EXISTS`), it may have been so
    /// before.
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
    /// It leaves the same when it is run again, and nothing to look for.
    Repeatable,
    /// Nothing is known of it.
    Unknown,
}

/// A part of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TablePart {
    Named(PartKind, String),
    PrimaryKey,
}

/// The kinds of a table's parts that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    Column,
    Index,
    ForeignKey,
    Check,
    /// A constraint of any kind.
    Constraint,
}

/// Kinds whose statements have others inside.
const BODIES: &[&str] = &["trigger", "procedure", "function", "event"];

/// What can stand before the word INDEX.
const INDEXES: &[&str] = &["unique", "fulltext", "spatial"];

/// What an option of a table begins with: setting it again leaves the same.
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

/// Words with which a part of a change leaves more than its first words say, and more each time that it is run.
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

/// What a text that is one statement changes in the schema, as far as that is certain. `ALTER TABLE`, `RENAME TABLE` and indexes are read
/// in the grammar of MySQL and MariaDB, where they commit by themselves.
pub(crate) fn schema_change(sql: &str, backend: BackendKind) -> Option<SchemaChange> {
    let reader = Reader::new(sql, backend);
    if reader.has_odd_names() {
        return None;
    }
    let always: &[fn(Reader<'_>) -> Option<SchemaChange>] =
        &[object, concurrent_index, drop_concurrently];
    let changes: &[fn(Reader<'_>) -> Option<SchemaChange>] = match backend {
        BackendKind::Mysql | BackendKind::Mariadb => &[index, alter, rename],
        BackendKind::Sqlite | BackendKind::Postgres => &[],
    };
    let mut all = always.iter().chain(changes);
    all.find_map(|read| read(reader.clone()))
}

/// `CREATE [OR REPLACE] KIND [IF NOT EXISTS] name` or `DROP KIND [IF EXISTS] name`.
fn object(mut reader: Reader<'_>) -> Option<SchemaChange> {
    let creates = match reader.word()?.as_str() {
        "create" => true,
        "drop" => false,
        _ => return None,
    };
    let replaces = creates && reader.takes(&["or", "replace"]);
    if reader.takes(&["definer", "="]) {
        reader.skip();
        if reader.takes(&["@"]) {
            reader.skip();
        }
        reader.takes(&["(", ")"]);
    }
    let kind = reader.word()?;
    let body = BODIES.contains(&kind.as_str());
    (body || ["table", "view"].contains(&kind.as_str())).then_some(())?;
    let conditional = is_conditional(&mut reader);
    let name = reader.object()?;
    let says = |word: &str| {
        reader
            .rest()
            .iter()
            .any(|token| token.eq_ignore_ascii_case(word))
    };
    if creates && kind == "event" && says("at") {
        return None; // it is dropped once it has run
    }
    let ends = || {
        reader
            .rest()
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case("end"))
    };
    let one = match body && creates {
        true => ends() || is_one(&reader),
        false => is_one(&reader) && (creates || is_single(&reader)),
    };
    one.then_some(SchemaChange::Object {
        creates,
        // where something was there already, nothing was done, and nothing will be
        replaces: replaces && !conditional,
        kind,
        name,
    })
}

/// `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table`. Where that fails, it leaves an index by half, over
/// which `IF NOT EXISTS` passes the next time.
fn concurrent_index(mut reader: Reader<'_>) -> Option<SchemaChange> {
    reader.takes(&["create"]).then_some(())?;
    reader.takes(&["unique"]);
    reader.takes(&["index", "concurrently"]).then_some(())?;
    is_conditional(&mut reader);
    if reader.takes(&["on"]) {
        return None; // it has no name
    }
    let index = reader.name()?;
    reader.takes(&["on"]).then_some(())?;
    reader.takes(&["only"]);
    let table = reader.object()?;
    is_one(&reader).then_some(SchemaChange::CreateIndexConcurrently { index, table })
}

/// `DROP INDEX CONCURRENTLY [IF EXISTS] name`.
fn drop_concurrently(mut reader: Reader<'_>) -> Option<SchemaChange> {
    reader
        .takes(&["drop", "index", "concurrently"])
        .then_some(())?;
    is_conditional(&mut reader);
    let index = reader.object()?;
    reader.takes_one(&["restrict", "cascade"]);
    reader
        .is_over()
        .then_some(SchemaChange::DropIndexConcurrently { index })
}

/// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON table` or `DROP INDEX [IF EXISTS] name ON table`.
fn index(mut reader: Reader<'_>) -> Option<SchemaChange> {
    let present = reader.takes_one(&["create", "drop"])? == "create";
    let replaces = present && reader.takes(&["or", "replace"]);
    reader.takes_one(INDEXES);
    reader.takes(&["index"]).then_some(())?;
    let certain = !is_conditional(&mut reader);
    let name = reader.name()?;
    if reader.takes(&["using"]) {
        reader.word()?;
    }
    reader.takes(&["on"]).then_some(())?;
    let table = reader.object()?;
    is_one(&reader).then(|| SchemaChange::AlterTable {
        table,
        changes: vec![match replaces {
            true => TableChange::Repeatable,
            false => named(PartKind::Index, name, present, certain),
        }],
    })
}

/// `RENAME TABLE a TO b, c TO d`.
fn rename(mut reader: Reader<'_>) -> Option<SchemaChange> {
    reader.takes(&["rename"]).then_some(())?;
    reader.takes_one(&["table", "tables"])?;
    if is_conditional(&mut reader) {
        return None;
    }
    let mut pairs = Vec::new();
    loop {
        let from = reader.object()?;
        reader.takes(&["to"]).then_some(())?;
        pairs.push((from, reader.object()?));
        if !reader.takes(&[","]) {
            break;
        }
    }
    reader
        .is_over()
        .then_some(SchemaChange::RenameTables(pairs))
}

/// `ALTER TABLE name`, and its parts.
fn alter(mut reader: Reader<'_>) -> Option<SchemaChange> {
    reader.takes(&["alter"]).then_some(())?;
    reader.takes(&["online"]);
    reader.takes(&["ignore"]);
    reader.takes(&["table"]).then_some(())?;
    if is_conditional(&mut reader) {
        return None; // a table that is not there leaves no trace either
    }
    let table = reader.object()?;
    // what stands in a comment that the server reads may be anything
    let is_hidden = reader.rest().iter().any(|token| token.starts_with("/*"));
    (is_one(&reader) && !is_hidden).then_some(())?;
    if reader.takes(&["wait"]) {
        reader.word()?;
    }
    reader.takes(&["nowait"]);
    let mut changes = Vec::new();
    loop {
        changes.push(part(&mut reader).unwrap_or(TableChange::Unknown));
        if !reader.next_part() {
            return Some(SchemaChange::AlterTable { table, changes });
        }
    }
}

/// One part of an `ALTER TABLE`, as far as it has to be read.
fn part(reader: &mut Reader<'_>) -> Option<TableChange> {
    let more = |token: &&str| MORE.iter().any(|word| token.eq_ignore_ascii_case(word));
    let leaves_more = reader.part().iter().any(more);
    part_by_its_word(reader).filter(|trace| *trace != TableChange::Repeatable || !leaves_more)
}

fn part_by_its_word(reader: &mut Reader<'_>) -> Option<TableChange> {
    let word = reader.word()?;
    match word.as_str() {
        "add" => added(reader),
        "drop" => dropped(reader),
        "rename" => renamed(reader),
        "modify" => Some(TableChange::Repeatable),
        "alter" => {
            reader.takes_one(&["column", "index", "check", "constraint"]);
            reader.name().map(|_| TableChange::Repeatable)
        }
        "change" => {
            reader.takes(&["column"]);
            if is_conditional(reader) {
                return None;
            }
            let (from, to) = (bare_name(reader)?, bare_name(reader)?);
            Some(match from.to_lowercase() == to.to_lowercase() {
                true => TableChange::Repeatable,
                false => TableChange::Renamed {
                    part: PartKind::Column,
                    from,
                    to,
                },
            })
        }
        "order" => reader.takes(&["by"]).then_some(TableChange::Repeatable),
        "convert" => reader
            .takes(&["to", "character", "set"])
            .then_some(TableChange::Repeatable),
        option if OPTIONS.contains(&option) => Some(TableChange::Repeatable),
        _ => None,
    }
}

fn added(reader: &mut Reader<'_>) -> Option<TableChange> {
    if reader.takes(&["primary", "key"]) {
        return Some(primary_key(true));
    }
    if reader.takes(&["constraint"]) {
        let certain = !is_conditional(reader);
        let name = reader.name()?;
        return match reader.word()?.as_str() {
            "primary" => Some(primary_key(true)), // which keeps no name
            "foreign" => Some(named(PartKind::ForeignKey, name, true, certain)),
            "check" => Some(named(PartKind::Check, name, true, certain)),
            "unique" => {
                reader.takes_one(&["index", "key"]);
                let own = reader.name();
                let own = own.filter(|own| !own.eq_ignore_ascii_case("using"));
                Some(named(PartKind::Index, own.unwrap_or(name), true, certain))
            }
            _ => None,
        };
    }
    if reader
        .takes_one(&["foreign", "check", "partition", "period", "system"])
        .is_some()
    {
        return None;
    }
    if let Some(word) = reader
        .takes_one(INDEXES)
        .or_else(|| reader.takes_one(&["index", "key"]))
    {
        if INDEXES.contains(&word) {
            reader.takes_one(&["index", "key"]);
        }
        let certain = !is_conditional(reader);
        // without a name, it begins with its columns or its kind
        let named = reader
            .name()
            .filter(|name| !name.eq_ignore_ascii_case("using"))
            .map(|name| named(PartKind::Index, name, true, certain));
        return named;
    }
    reader.takes(&["column"]);
    let certain = !is_conditional(reader);
    if reader.takes(&["("]) && reader.takes_one(NO_COLUMN).is_some() {
        return None;
    }
    // of several, each is as good as all of them
    Some(named(PartKind::Column, bare_name(reader)?, true, certain))
}

/// What can stand where a column is added, and is none.
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

/// A name without that of a table before it.
fn bare_name(reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.name()?;
    (reader.rest().first() != Some(&".")).then_some(name)
}

fn dropped(reader: &mut Reader<'_>) -> Option<TableChange> {
    if reader.takes(&["primary", "key"]) {
        return Some(primary_key(false));
    }
    if reader
        .takes_one(&["partition", "period", "system"])
        .is_some()
    {
        return None;
    }
    let kind = if reader.takes_one(&["index", "key"]).is_some() {
        PartKind::Index
    } else if reader.takes(&["foreign", "key"]) {
        PartKind::ForeignKey
    } else if let Some(word) = reader.takes_one(&["constraint", "check"]) {
        match word {
            "check" => PartKind::Check,
            _ => PartKind::Constraint,
        }
    } else {
        reader.takes(&["column"]);
        PartKind::Column
    };
    let certain = !is_conditional(reader);
    Some(named(kind, bare_name(reader)?, false, certain))
}

fn renamed(reader: &mut Reader<'_>) -> Option<TableChange> {
    let part = match reader.takes_one(&["column", "index", "key"]) {
        Some("column") => PartKind::Column,
        Some(_) => PartKind::Index,
        None => {
            reader.takes_one(&["to", "as", "="]);
            return reader.object().map(TableChange::RenamedTable);
        }
    };
    if is_conditional(reader) {
        return None;
    }
    let from = bare_name(reader)?;
    reader.takes(&["to"]).then_some(())?;
    let to = bare_name(reader)?;
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

/// Takes `IF EXISTS` or `IF NOT EXISTS`.
fn is_conditional(reader: &mut Reader<'_>) -> bool {
    reader.takes(&["if", "not", "exists"]) || reader.takes(&["if", "exists"])
}

/// Whether nothing but the statement is in the text.
fn is_one(reader: &Reader<'_>) -> bool {
    !reader.rest().contains(&";")
}

/// Whether it is about one thing only.
fn is_single(reader: &Reader<'_>) -> bool {
    let more = |token: &&str| *token == "," || token.starts_with("/*");
    !reader.rest().iter().any(more)
}

#[cfg(test)]
mod tests;
