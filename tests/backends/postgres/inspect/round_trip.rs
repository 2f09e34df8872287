//! A schema that was read is created again elsewhere, and read there as the same.

use migrate_core::operation::{
    DomainOperation, EnumTypeOperation, ExtensionOperation, Operation, SchemaOperation,
    SequenceOperation, ViewOperation,
};

use super::*;

/// What creates a schema, in parts that each can only be done when what they need is there.
fn parts(session: &dyn Session, schema: &Schema) -> Vec<Vec<String>> {
    let mut operations = Vec::new();
    let mut texts = Vec::new();
    let spaces = schema.schemas.iter().filter(|name| *name != "public");
    operations.extend(spaces.cloned().map(|name| {
        Operation::Schema(SchemaOperation::Create {
            name,
            if_not_exists: false,
        })
    }));
    operations.extend(schema.extensions.iter().map(|one| {
        Operation::Extension(ExtensionOperation::Create {
            name: one.name.clone(),
            schema: one.schema.clone(),
            version: None,
            if_not_exists: false,
        })
    }));
    operations.extend(
        schema
            .enums
            .iter()
            .cloned()
            .map(|enum_type| Operation::EnumType(EnumTypeOperation::Create { enum_type })),
    );
    operations.extend(
        schema
            .domains
            .iter()
            .cloned()
            .map(|domain| Operation::Domain(DomainOperation::Create { domain })),
    );
    for one in &schema.sequences {
        let mut sequence = one.clone();
        if let Some((table, column)) = sequence.owned_by.take() {
            texts.push(format!(
                "ALTER SEQUENCE {} OWNED BY {}.{}",
                quoted(&one.name),
                quoted(&table),
                quoted(&column.as_str().into())
            ));
        }
        operations.push(Operation::Sequence(SequenceOperation::Create {
            sequence,
            if_not_exists: false,
        }));
    }
    for one in &schema.tables {
        let mut table = one.clone();
        // a key may form a cycle, and only an existing table has what is not valid
        let is_later = |constraint: &Constraint| match constraint {
            Constraint::ForeignKey(_) => true,
            Constraint::Check(check) => check.not_valid,
            _ => false,
        };
        let later: Vec<Constraint> = table
            .constraints
            .extract_if(.., |one| is_later(one))
            .collect();
        operations.push(Operation::CreateTable {
            table,
            if_not_exists: false,
        });
        operations.extend(
            later
                .into_iter()
                .map(|constraint| Operation::AddConstraint {
                    table: one.name.clone(),
                    constraint,
                }),
        );
    }
    operations.extend(schema.views.iter().cloned().map(|view| {
        Operation::View(ViewOperation::Create {
            view,
            if_not_exists: false,
        })
    }));
    operations.extend(
        schema
            .indexes
            .iter()
            .cloned()
            .map(|index| Operation::CreateIndex {
                index,
                if_not_exists: false,
                concurrently: false,
            }),
    );
    let mut parts: Vec<Vec<String>> = operations
        .iter()
        .map(|operation| session.backend().ddl(operation).unwrap())
        .collect();
    parts.extend(schema.others.iter().map(|other| {
        let create = other.create.clone();
        create.unwrap_or_else(|| panic!("nothing creates {other}"))
    }));
    parts.extend(texts.into_iter().map(|text| vec![text]));
    parts
}

fn quoted(name: &ObjectName) -> String {
    let parts = name.schema.iter().chain([&name.name]);
    let quoted = parts.map(|part| format!("\"{}\"", part.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(".")
}

/// Does all of it, each part as soon as it can be done.
fn create(session: &mut dyn Session, mut parts: Vec<Vec<String>>) {
    while !parts.is_empty() {
        let mut errors = Vec::new();
        let before = parts.len();
        parts.retain(|part| match session.execute(&part.join(";\n")) {
            Ok(()) => false,
            Err(error) => {
                errors.push(format!("{part:#?}: {error}"));
                true
            }
        });
        assert!(parts.len() < before, "{}", errors.join("\n"));
    }
}

fn comes_back(statements: &[&str], elsewhere: &[&str], scope: &Scope) {
    let (_one, mut first) = database(statements);
    let (_other, mut second) = database(elsewhere);
    let (first, second) = (first.as_mut(), second.as_mut());
    let schema = first.inspect(scope).unwrap();
    create(second, parts(first, &schema));
    let again = second.inspect(scope).unwrap();
    let backend = first.backend();
    let (one, other) = (backend.canonical(&schema), backend.canonical(&again));
    for (one, other) in one.tables.iter().zip(&other.tables) {
        assert_eq!(one, other);
    }
    for (one, other) in one.others.iter().zip(&other.others) {
        assert_eq!(one, other);
    }
    assert_eq!(one, other);
    assert_eq!(backend.canonical(&one), one);
}

#[test]
fn one_of_each_comes_back() {
    let servers = [
        "CREATE FOREIGN DATA WRAPPER nowhere",
        "CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere",
    ];
    comes_back(one_of_each::ALL, &servers, &Scope::current());
}

#[test]
fn several_schemas_come_back() {
    let both = Scope::of(vec!["public".to_owned(), "audit".to_owned()]);
    comes_back(
        &[
            "CREATE SCHEMA audit",
            "COMMENT ON SCHEMA audit IS 'what was done'",
            "CREATE TYPE audit.mood AS ENUM ('sad')",
            "CREATE TABLE t (id serial PRIMARY KEY, mood audit.mood DEFAULT 'sad', moods audit.mood[] DEFAULT '{}')",
            "CREATE TABLE audit.t (id integer PRIMARY KEY REFERENCES t, at timestamptz DEFAULT now())",
            "CREATE INDEX ix ON t (mood)",
            "CREATE INDEX ix ON audit.t (at)",
            "CREATE VIEW audit.v AS SELECT id FROM t",
            "CREATE FUNCTION audit.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            "CREATE TRIGGER f BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION audit.f()",
            "CREATE RULE r AS ON DELETE TO audit.t DO INSTEAD NOTHING",
            "CREATE STATISTICS audit.s ON id, mood FROM t",
        ],
        &[],
        &both,
    );
}

#[test]
fn names_of_every_kind_come_back() {
    let long = "n".repeat(63);
    let strange = "\"sel\"\"ect; 'x' Ä\"";
    let texts = [
        format!("CREATE TABLE \"{long}\" (\"{long}\" serial PRIMARY KEY, b integer)"),
        format!("CREATE INDEX ON \"{long}\" (b)"),
        format!(
            "CREATE TABLE {strange} ({strange} serial, \"Order\" text DEFAULT 'it''s \\', CHECK (\"Order\" <> ''), UNIQUE ({strange}))"
        ),
        format!(
            "CREATE TABLE \"user\" (\"table\" integer REFERENCES {strange} ({strange}), \"group\" bigserial)"
        ),
        format!("COMMENT ON COLUMN {strange}.\"Order\" IS E'two\\nlines'"),
        format!("CREATE VIEW \"View\" AS SELECT \"Order\" FROM {strange}"),
        "CREATE TYPE \"Mood\" AS ENUM ('')".to_owned(),
        "ALTER TABLE \"user\" ADD m \"Mood\" DEFAULT '', ADD ms \"Mood\"[]".to_owned(),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    comes_back(&texts, &[], &Scope::current());
}
