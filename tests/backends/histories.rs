//! Histories for tests, created at run time.

use migrate_core::engine::backend::BackendKind;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision, read_connection};

/// The body of a revision.
pub(crate) type Run = fn(&mut Operations<'_>) -> Result<()>;

/// A history of these revisions.
pub(crate) fn history(revisions: Vec<Revision>) -> History {
    let revisions: Vec<&'static Revision> = revisions
        .into_iter()
        .map(|revision| &*Box::leak(Box::new(revision)))
        .collect();
    History::new(Box::leak(Box::new([&*revisions.leak()])))
}

/// A reversible revision.
pub(crate) fn reversible(id: &str, parents: &[&str], up: Run) -> Revision {
    revision(id, parents, up, Downgrade::Reversible)
}

/// A revision with this downgrade.
pub(crate) fn with_downgrade(id: &str, parents: &[&str], up: Run, down: Run) -> Revision {
    revision(id, parents, up, Downgrade::Function(body(down)))
}

/// An irreversible revision.
pub(crate) fn irreversible(id: &str, parents: &[&str], up: Run) -> Revision {
    revision(id, parents, up, Downgrade::Irreversible)
}

/// A body for any backend.
pub(crate) fn body(run: Run) -> Body {
    Body::Operations(run)
}

pub(crate) fn revision(id: &str, parents: &[&str], up: Run, downgrade: Downgrade) -> Revision {
    let parents: Vec<&'static str> = parents.iter().map(|parent| leaked(parent)).collect();
    let file = leaked(&format!("migrations/{id}.rs"));
    Revision::new(
        leaked(id),
        parents.leak(),
        leaked(&format!("Revision {id}.")),
        file,
        3,
        body(up),
        downgrade,
    )
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// Three consecutive revisions: a table, rows, an index.
pub(crate) fn three() -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(
                table("users")
                    .column(column("id", Integer).primary_key())
                    .column(column("name", VarChar(50))),
            )
        }),
        with_downgrade(
            "b",
            &["a"],
            |op| op.bulk_insert("users", ["id", "name"], [(1, "Ada"), (2, "Grace")]),
            |op| op.execute("DELETE FROM users"),
        ),
        reversible("c", &["b"], |op| {
            op.create_index(index("ix_name").on("users", ["name"]).unique())
        }),
    ])
}

/// A chain of so many revisions, each of which creates a table.
pub(crate) fn row_of(number: usize) -> History {
    let revisions = (0..number).map(|index| {
        let parent = (index > 0).then(|| id(index - 1));
        reversible(
            &id(index),
            &parent.as_deref().map_or(vec![], |parent| vec![parent]),
            make_table,
        )
    });
    history(revisions.collect())
}

fn id(index: usize) -> String {
    format!("2026{index:010}")
}

/// Creates a table with an unused name: all revisions of a long history share this function.
fn make_table(op: &mut Operations<'_>) -> Result<()> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        number: i64,
    }
    let tables = match op.backend() {
        BackendKind::Sqlite => "sqlite_master WHERE name LIKE 'made%'",
        BackendKind::Postgres => "pg_tables WHERE tablename LIKE 'made%'",
        _ => {
            "information_schema.tables WHERE table_schema = database() AND table_name LIKE 'made%'"
        }
    };
    let query = format!("SELECT count(*) AS number FROM {tables}");
    let row: Row = read_connection!(op, |connection| diesel::sql_query(&query)
        .get_result(connection))?;
    op.create_table(
        table(format!("made{}", row.number))
            .column(column("id", Integer).primary_key())
            .column(column("name", VarChar(50))),
    )
}
