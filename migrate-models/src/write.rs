//! Declarations as source, in the words that the reader reads. Pure; it must not know where the
//! declarations come from.

use std::fmt::Write as _;

use crate::{
    Action, Attribute, ColumnKey, Deferrable, DieselType, EnumType, ForeignKey, Index, IndexPart,
    Literal, PartKey, SqlText, Table, TableKey, TypeText,
};

/// A SQL type as source, with the labels of an enum.
#[must_use]
pub fn type_declaration(ty: &EnumType, library: &str) -> String {
    let mut text =
        "#[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]\n".to_owned();
    let schema = ty.schema.as_ref();
    let schema = schema.map_or_else(String::new, |schema| format!(", schema = {schema:?}"));
    let _ = match ty.name == MYSQL_ENUM {
        true => writeln!(text, "#[diesel(mysql_type(name = \"{MYSQL_ENUM}\"))]"),
        false => writeln!(
            text,
            "#[diesel(postgres_type(name = {:?}{schema}))]",
            ty.name
        ),
    };
    if let Some(labels) = &ty.labels {
        let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
        let _ = writeln!(text, "#[{library}::migrate(labels({}))]", labels.join(", "));
    }
    let _ = writeln!(text, "pub struct {};", ty.rust_name);
    text
}

/// What diesel calls the type of every ENUM of MySQL.
const MYSQL_ENUM: &str = "Enum";

/// A closed table as source: `migrate_core::table! { … }`, which names this library. `uses` are
/// what it imports.
#[must_use]
pub fn table_text(table: &Table, all: &[Table], uses: &[String], library: &str) -> String {
    let mut text = format!("{library}::table! {{\n");
    for path in uses {
        let _ = writeln!(text, "    use {path};");
    }
    if !uses.is_empty() {
        text.push('\n');
    }
    for line in table.doc.iter().flat_map(|doc| doc.lines()) {
        let _ = writeln!(text, "    ///{}{line}", space(line));
    }
    for attribute in &table.attributes {
        let _ = writeln!(text, "    {}", table_attribute(attribute, table, all));
    }
    if table.name != table.rust_name {
        let _ = writeln!(text, "    #[sql_name = {:?}]", table.name);
    }
    let schema = table.schema.as_ref().map(|schema| format!("{schema}."));
    let key: Vec<String> = table
        .key
        .iter()
        .map(|name| column_name(table, name))
        .collect();
    let _ = writeln!(
        text,
        "    {}{} ({}) {{",
        schema.unwrap_or_default(),
        ident(&table.rust_name),
        key.join(", ")
    );
    for column in &table.columns {
        for line in column.doc.iter().flat_map(|doc| doc.lines()) {
            let _ = writeln!(text, "        ///{}{line}", space(line));
        }
        for attribute in &column.attributes {
            let _ = writeln!(text, "        {}", column_attribute(attribute, all));
        }
        if let Some(length) = column.max_length {
            let _ = writeln!(text, "        #[max_length = {length}]");
        }
        if column.name != column.rust_name {
            let _ = writeln!(text, "        #[sql_name = {:?}]", column.name);
        }
        let ty = diesel_type(&column.ty);
        let ty = match column.nullable {
            true => format!("Nullable<{ty}>"),
            false => ty,
        };
        let _ = writeln!(text, "        {} -> {ty},", ident(&column.rust_name));
    }
    text + "    }\n}\n"
}

fn space(line: &str) -> &'static str {
    if line.is_empty() { "" } else { " " }
}

/// A type of diesel as source.
#[must_use]
pub fn diesel_type(ty: &DieselType) -> String {
    let arguments: Vec<String> = ty.arguments.iter().map(diesel_type).collect();
    match arguments.is_empty() {
        true => ty.name.clone(),
        false => format!("{}<{}>", ty.name, arguments.join(", ")),
    }
}

/// An attribute of a table as source.
#[must_use]
pub fn table_attribute(attribute: &Attribute<TableKey>, table: &Table, all: &[Table]) -> String {
    let columns = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| column_name(table, name)).collect();
        format!("[{}]", names.join(", "))
    };
    let key = match &attribute.key {
        TableKey::Index(index) => index_text(index, table),
        TableKey::Unique(unique) => {
            let mut parts = vec![columns(&unique.columns)];
            parts.extend(named(unique.name.as_deref()));
            if !unique.include.is_empty() {
                parts.push(format!("include = {}", columns(&unique.include)));
            }
            if unique.nulls_not_distinct {
                parts.push("nulls_not_distinct".to_owned());
            }
            parts.extend(deferrable(unique.deferrable));
            call("unique", &parts)
        }
        TableKey::ForeignKey(key) => {
            let mut parts = vec![columns(&key.columns)];
            let target = target(key, all);
            let referred: Vec<String> = key
                .referred
                .iter()
                .map(|name| match table_of(key, all) {
                    Some(table) => column_name(table, name),
                    None => ident(name),
                })
                .collect();
            parts.push(match referred.is_empty() {
                true => target,
                false => format!("{target}({})", referred.join(", ")),
            });
            parts.extend(key_parts(key));
            call("foreign_key", &parts)
        }
        TableKey::Check {
            expression,
            name,
            no_inherit,
            not_valid,
        } => {
            let mut parts = vec![sql(expression)];
            parts.extend(named(name.as_deref()));
            parts.extend(no_inherit.then(|| "no_inherit".to_owned()));
            parts.extend(flag_not_valid(*not_valid));
            call("check", &parts)
        }
        TableKey::Exclude(exclude) => {
            let mut parts: Vec<String> = Vec::new();
            parts.extend(
                exclude
                    .using
                    .as_ref()
                    .map(|using| format!("using = {}", name(using))),
            );
            let pairs = exclude.parts.iter();
            let pairs: Vec<String> = pairs
                .map(|(one, operator)| format!("({}, {operator:?})", part(one, table)))
                .collect();
            parts.push(format!("[{}]", pairs.join(", ")));
            parts.extend(
                exclude
                    .filter
                    .as_ref()
                    .map(|text| format!("filter = {}", sql(text))),
            );
            parts.extend(named(exclude.name.as_deref()));
            parts.extend(deferrable(exclude.deferrable));
            call("exclude", &parts)
        }
        TableKey::PrimaryKey { name: own } => {
            call("primary_key", &[format!("name = {}", name(own))])
        }
        TableKey::NoPrimaryKey => "no_primary_key".to_owned(),
        TableKey::Comment(text) => format!("comment = {text:?}"),
        TableKey::Engine(text) => format!("engine = {text:?}"),
        TableKey::Charset(text) => format!("charset = {text:?}"),
        TableKey::Collate(text) => format!("collate = {text:?}"),
        TableKey::Strict => "strict".to_owned(),
        TableKey::WithoutRowid => "without_rowid".to_owned(),
        TableKey::Unlogged => "unlogged".to_owned(),
        TableKey::With(settings) => call("with", &settings_text(settings)),
        TableKey::Suffix(text) => format!("suffix = {}", sql(text)),
        TableKey::RenamedFrom(old) => format!("renamed_from = {}", name(old)),
        TableKey::View => "view".to_owned(),
        TableKey::Only(only) => call("only", only),
    };
    whole(&attribute.only, &key)
}

/// An attribute of a column as source.
#[must_use]
pub fn column_attribute(attribute: &Attribute<ColumnKey>, all: &[Table]) -> String {
    let key = match &attribute.key {
        ColumnKey::Type(ty) => format!("ty = {}", type_text(ty)),
        ColumnKey::Default(value) => format!("default = {}", literal(value)),
        ColumnKey::DefaultSql(text) => format!("default_sql = {}", sql(text)),
        ColumnKey::Autoincrement => "autoincrement".to_owned(),
        ColumnKey::Identity { always, options } => {
            let key = if *always {
                "identity_always"
            } else {
                "identity"
            };
            let options = options.iter();
            let options: Vec<String> = options
                .map(|(name, number)| format!("{name} = {number}"))
                .collect();
            call(key, &options)
        }
        ColumnKey::Unique { name } => call("unique", &named(name.as_deref())),
        ColumnKey::Index { name } => call("index", &named(name.as_deref())),
        ColumnKey::References(key) => {
            let target = target(key, all);
            let column = key.referred.first().map(|name| match table_of(key, all) {
                Some(table) => column_name(table, name),
                None => ident(name),
            });
            let mut parts = vec![match column {
                Some(column) => format!("{target}.{column}"),
                None => target,
            }];
            parts.extend(key_parts(key));
            call("references", &parts)
        }
        ColumnKey::Check {
            expression,
            name,
            not_valid,
        } => {
            let mut parts = vec![sql(expression)];
            parts.extend(named(name.as_deref()));
            parts.extend(flag_not_valid(*not_valid));
            call("check", &parts)
        }
        ColumnKey::Collate(text) => format!("collate = {text:?}"),
        ColumnKey::Charset(text) => format!("charset = {text:?}"),
        ColumnKey::Comment(text) => format!("comment = {text:?}"),
        ColumnKey::OnUpdateSql(text) => format!("on_update_sql = {}", sql(text)),
        ColumnKey::Generated { expression, stored } => {
            let key = if *stored {
                "generated_stored"
            } else {
                "generated"
            };
            format!("{key} = {}", sql(expression))
        }
        ColumnKey::RenamedFrom(old) => format!("renamed_from = {}", name(old)),
    };
    whole(&attribute.only, &key)
}

fn whole(only: &[String], key: &str) -> String {
    match only.is_empty() {
        true => format!("#[migrate({key})]"),
        false => format!("#[migrate(only({}, {key}))]", only.join(", ")),
    }
}

fn call(key: &str, parts: &[String]) -> String {
    match parts.is_empty() {
        true => key.to_owned(),
        false => format!("{key}({})", parts.join(", ")),
    }
}

fn index_text(index: &Index, table: &Table) -> String {
    let columns: Vec<String> = index.parts.iter().map(|one| part(one, table)).collect();
    let mut parts = vec![name(&index.name), format!("[{}]", columns.join(", "))];
    if index.unique {
        parts.push("unique".to_owned());
    }
    parts.extend(
        index
            .filter
            .as_ref()
            .map(|text| format!("filter = {}", sql(text))),
    );
    if !index.include.is_empty() {
        let names = index.include.iter();
        let names: Vec<String> = names.map(|name| column_name(table, name)).collect();
        parts.push(format!("include = [{}]", names.join(", ")));
    }
    parts.extend(
        index
            .using
            .as_ref()
            .map(|using| format!("using = {}", name(using))),
    );
    if !index.with.is_empty() {
        parts.push(call("with", &settings_text(&index.with)));
    }
    if index.nulls_not_distinct {
        parts.push("nulls_not_distinct".to_owned());
    }
    call("index", &parts)
}

fn settings_text(settings: &[(String, String)]) -> Vec<String> {
    let one = |(key, value): &(String, String)| {
        let is_number = value
            .parse::<i64>()
            .is_ok_and(|number| number.to_string() == *value);
        match is_number {
            true => format!("{} = {value}", name(key)),
            false => format!("{} = {value:?}", name(key)),
        }
    };
    settings.iter().map(one).collect()
}

fn part(part: &IndexPart, table: &Table) -> String {
    let mut text = match &part.key {
        PartKey::Column(name) => column_name(table, name),
        PartKey::Expression(text) => format!("expression({})", sql(text)),
    };
    if part.descending {
        text = format!("desc({text})");
    }
    if let Some(collation) = &part.collate {
        let _ = write!(text, ".collate({collation:?})");
    }
    match part.nulls_first {
        Some(true) => text += ".nulls_first()",
        Some(false) => text += ".nulls_last()",
        None => {}
    }
    if let Some(class) = &part.operator_class {
        let _ = write!(text, ".operator_class({class:?})");
    }
    if let Some(length) = part.prefix {
        let _ = write!(text, ".prefix({length})");
    }
    text
}

fn key_parts(key: &ForeignKey) -> Vec<String> {
    let action = |option: &str, action: Option<Action>| {
        action.map(|action| format!("{option} = {action:?}"))
    };
    let mut parts = named(key.name.as_deref());
    parts.extend(action("on_delete", key.on_delete));
    parts.extend(action("on_update", key.on_update));
    parts.extend(deferrable(key.deferrable));
    parts.extend(
        key.match_type
            .as_ref()
            .map(|name| format!("match_type = {name}")),
    );
    parts.extend(flag_not_valid(key.not_valid));
    parts
}

fn flag_not_valid(not_valid: bool) -> Option<String> {
    not_valid.then(|| "not_valid".to_owned())
}

fn deferrable(said: Option<Deferrable>) -> Option<String> {
    said.map(|said| match said {
        Deferrable::InitiallyImmediate => "deferrable".to_owned(),
        Deferrable::InitiallyDeferred => "initially_deferred".to_owned(),
    })
}

fn named(own: Option<&str>) -> Vec<String> {
    own.map(|own| format!("name = {}", name(own)))
        .into_iter()
        .collect()
}

fn table_of<'t>(key: &ForeignKey, all: &'t [Table]) -> Option<&'t Table> {
    let mut tables = all.iter();
    tables.find(|table| table.name == key.table && table.schema == key.schema)
}

fn target(key: &ForeignKey, all: &[Table]) -> String {
    let table = table_of(key, all);
    let name = table.map_or_else(|| ident(&key.table), |table| ident(&table.rust_name));
    match &key.schema {
        Some(schema) => format!("{schema}.{name}"),
        None => name,
    }
}

/// A column as attributes of its table name it.
fn column_name(table: &Table, name: &str) -> String {
    let column = table.columns.iter().find(|column| column.name == name);
    column.map_or_else(|| ident(name), |column| ident(&column.rust_name))
}

/// A name as an identifier where it is one, else in quotes.
fn name(text: &str) -> String {
    match syn_ident(text) {
        true => text.to_owned(),
        false => format!("{text:?}"),
    }
}

fn ident(text: &str) -> String {
    match KEYWORDS.contains(&text) {
        true => format!("r#{text}"),
        false => text.to_owned(),
    }
}

/// Words that are no identifiers without `r#`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static",
    "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield", "gen",
];

/// Whether a text is a plain identifier.
fn syn_ident(text: &str) -> bool {
    let mut signs = text.chars();
    let starts = signs
        .next()
        .is_some_and(|sign| sign.is_ascii_alphabetic() || sign == '_');
    let goes_on = signs.all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    let reserved = ["_", "crate", "self", "super", "Self"].contains(&text);
    starts && goes_on && !reserved && !KEYWORDS.contains(&text)
}

fn sql(text: &SqlText) -> String {
    if let [(None, only)] = text.texts.as_slice() {
        return quoted(only);
    }
    let texts = text.texts.iter();
    let texts: Vec<String> = texts
        .map(|(backend, text)| match backend {
            Some(backend) => format!("{backend} = {}", quoted(text)),
            None => quoted(text),
        })
        .collect();
    format!("({})", texts.join(", "))
}

/// A text as a literal: a raw one where that reads better.
fn quoted(text: &str) -> String {
    let plain = text.chars().all(|sign| !sign.is_control());
    if !plain || !text.contains(['"', '\\']) {
        return format!("{text:?}");
    }
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "null".to_owned(),
        Literal::Bool(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Double(value) => format!("{value:?}"),
        Literal::Text(text) => quoted(text),
        Literal::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
    }
}

fn type_text(ty: &TypeText) -> String {
    let (name, numbers, texts, of, precision) = match ty {
        TypeText::Sql(text) => return quoted(text),
        TypeText::Named {
            name,
            numbers,
            texts,
            of,
            precision,
        } => (name, numbers, texts, of, precision),
    };
    let mut text = name.clone();
    let quoted_texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    if let Some(inner) = of {
        let _ = write!(text, "({})", type_text(inner));
    } else if !numbers.is_empty() {
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let _ = write!(text, "({})", numbers.join(", "));
    } else if name == "Named" {
        let _ = write!(text, "({})", quoted_texts.join(", "));
    } else if !texts.is_empty() {
        let _ = write!(text, "[{}]", quoted_texts.join(", "));
    }
    if let Some(digits) = precision {
        let _ = write!(text, ".precision({digits})");
    }
    text
}
