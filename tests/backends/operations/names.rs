//! Names of the maximum length, and one letter longer; keywords as names.

use migrate_core::engine::execute::Transactional;
use migrate_core::prelude::*;

use super::run;
use crate::backend::{TestBackend, on_each_backend};

/// The longest name, and one that would be truncated.
fn longest<B: TestBackend>() -> (String, Option<String>) {
    match B::KIND {
        BackendKind::Postgres => {
            let name = "é".repeat(31) + "x"; // 63 bytes
            let longer = name.clone() + "y";
            (name, Some(longer))
        }
        BackendKind::Mysql | BackendKind::Mariadb => {
            let name = "é".repeat(64);
            let longer = name.clone() + "y";
            (name, Some(longer))
        }
        BackendKind::Sqlite => ("é".repeat(500), None),
        _ => panic!("a database without a longest name"),
    }
}

fn made(op: &mut Operations<'_>, name: &str) -> Result<()> {
    op.create_table(
        table(name)
            .column(column(name, Integer))
            .constraint(migrate_core::op::check("1 = 1").named(name)),
    )?;
    let longer = name.chars().skip(1).collect::<String>();
    op.create_index(index(longer.as_str()).on(name, [name]))?;
    op.rename_column(name, name, longer.as_str())?;
    op.rename_table(name, format!("{longer}1"))
}

fn names_of_the_maximum_length_are_never_truncated<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let (name, longer) = longest::<B>();
    let mut run = Transactional::new(session);
    let mut op = run.operations();
    made(&mut op, &name).unwrap();
    let shorter: String = name.chars().skip(1).collect();
    let facts = B::catalogue(session);
    for fact in [
        format!("table {shorter}1"),
        format!("column {shorter}1.{shorter} "),
    ] {
        assert!(
            facts.iter().any(|found| found.starts_with(&fact)),
            "{fact}: {facts:#?}"
        );
    }
    let Some(longer) = longer else { return };
    let name = longer.as_str();
    type Refused<'b> = &'b dyn Fn(&mut Operations<'_>) -> Result<()>;
    let bodies: [Refused<'_>; 5] = [
        &|op| op.create_table(table(name).column(column("a", Integer))),
        &|op| op.create_table(table("t").column(column(name, Integer))),
        &|op| op.create_index(index(name).on("t", ["a"])),
        &|op| op.add_constraint("t", unique(["a"]).named(name)),
        &|op| op.rename_table("t", name),
    ];
    for body in bodies {
        let error = body(&mut Transactional::new(session).operations()).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    assert_eq!(B::catalogue(session), facts);
}

fn reserved_words_are_valid_names<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, |op| {
        op.create_table(
            table("select")
                .column(column("order", Integer).primary_key())
                .column(column("group", VarChar(20)).default("user").check(
                    sql("\"group\" <> 'table'").on(BackendKind::Mysql, "`group` <> 'table'"),
                ))
                .column(column("Mixed Case", Integer).nullable()),
        )?;
        op.create_index(index("index").on("select", ["group", "Mixed Case"]))?;
        op.bulk_insert("select", ["order", "Mixed Case"], [(1, 2)])?;
        op.create_table(table("from").column(column("to", Integer).references("select", "order")))?;
        op.alter_column(
            "select",
            alter("Mixed Case")
                .set_type(BigInt)
                .was(column("Mixed Case", Integer).nullable()),
        )?;
        op.drop_index("index").on("select")?;
        op.rename_column("select", "Mixed Case", "where")
    })
    .unwrap();
    let facts = B::catalogue(session);
    for name in ["select.order", "select.where", "select.group", "from.to"] {
        let fact = format!("column {name} ");
        assert!(
            facts
                .iter()
                .any(|found| found.replace('"', "").starts_with(&fact)),
            "{fact}: {facts:#?}"
        );
    }
}

on_each_backend! {
    names_of_the_maximum_length_are_never_truncated
    reserved_words_are_valid_names
}
