//! Where a database is by the table of another migration tool: its rows, as revisions of the
//! history with the same ids. Reads only; must not know how a stamp is written.

use std::collections::{BTreeSet, HashMap};

use clap::ValueEnum;
use migrate_graph::{Advice, Applied, Graph, Help};

use crate::context::Database;
use crate::error::CliError;
use crate::words::plural;
use migrate_core::engine::backend::Session;
use migrate_core::migrator::Migrator;
use migrate_core::{Error, History};

/// Another migration tool, by whose table a database can be stamped.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "a doc comment would be shown in the help, where the names say it all"
)]
pub enum OtherTool {
    Alembic,
    Sqlx,
    Refinery,
    GolangMigrate,
}

/// What another tool's table says.
pub(super) struct Recorded {
    /// The revisions that it has: the rows of its table.
    pub(super) rows: Vec<String>,
    /// All revisions that are applied by it.
    pub(super) applied: Applied,
}

/// How the line of a baseline begins, in its SQL or its documentation, that lists the revisions for
/// which it stands.
pub const BASELINE: &str = "Stands for the revisions of Alembic before";

/// The baseline that stands for one of these revisions.
fn before_baseline<'h>(unknown: &[String], history: &'h History) -> Option<&'h str> {
    let stands = |text: &str| {
        let mut lines = text.lines();
        let line = lines.find_map(|line| line.trim_start_matches("-- ").strip_prefix(BASELINE));
        let (_, ids) = line?.split_once(": ")?;
        ids.split(' ')
            .any(|id| unknown.iter().any(|one| one == id))
            .then_some(())
    };
    let mut revisions = history.revisions();
    let found = revisions.find(|revision| {
        let texts = [revision.upgrade().text(), Some(revision.doc())];
        texts.into_iter().flatten().find_map(stands).is_some()
    });
    found.map(migrate_core::Revision::id)
}

/// What to type where another tool's table has revisions of this history, and the version table
/// has none.
pub(crate) fn recorded_elsewhere(session: &mut dyn Session, graph: &Graph) -> Option<Help> {
    let tool = OtherTool::value_variants().iter().find(|tool| {
        let numbers = tool.numbers(graph);
        let known = |row: &String| {
            let row = row.trim();
            let number = || numbers.contains_key(&row.parse().ok()?).then_some(());
            graph.node(row).is_some() || number().is_some()
        };
        let rows = session.texts(tool.versions());
        rows.is_ok_and(|rows| rows.iter().any(known))
    })?;
    let name = tool.to_possible_value()?.get_name().to_owned();
    let arguments = format!("stamp --from {name}");
    let table = tool.table();
    Some(
        Help::from(format!("`{table}` has what is applied; record it with `"))
            + Advice::Command { arguments }
            + "`",
    )
}

impl OtherTool {
    /// Its table.
    pub(super) fn table(self) -> &'static str {
        match self {
            OtherTool::Alembic => "alembic_version",
            OtherTool::Sqlx => "_sqlx_migrations",
            OtherTool::Refinery => "refinery_schema_history",
            OtherTool::GolangMigrate => "schema_migrations",
        }
    }

    /// The query of its versions. The type of the cast has a length, without which MySQL has no
    /// text, and every database has it.
    fn versions(self) -> &'static str {
        match self {
            OtherTool::Alembic => "SELECT version_num AS text FROM alembic_version",
            OtherTool::Sqlx => "SELECT CAST(version AS CHAR(20)) AS text FROM _sqlx_migrations",
            OtherTool::Refinery => {
                "SELECT CAST(version AS CHAR(20)) AS text FROM refinery_schema_history"
            }
            OtherTool::GolangMigrate => {
                "SELECT CAST(version AS CHAR(20)) AS text FROM schema_migrations"
            }
        }
    }

    /// The query of those that have failed in the middle, if the tool records that.
    fn failed(self) -> Option<&'static str> {
        match self {
            OtherTool::Alembic | OtherTool::Refinery => None,
            OtherTool::Sqlx => Some(
                "SELECT CAST(version AS CHAR(20)) AS text FROM _sqlx_migrations WHERE NOT success",
            ),
            OtherTool::GolangMigrate => {
                Some("SELECT CAST(version AS CHAR(20)) AS text FROM schema_migrations WHERE dirty")
            }
        }
    }

    /// The command that imports its revisions.
    fn import(self) -> &'static str {
        match self {
            OtherTool::Alembic => "import alembic --missing",
            OtherTool::Sqlx => "import sqlx --missing",
            OtherTool::Refinery => "import refinery --missing",
            OtherTool::GolangMigrate => "import golang-migrate --missing",
        }
    }

    /// The revisions that a row can mean by its number: Alembic's are no numbers.
    fn numbers(self, graph: &Graph) -> HashMap<u64, &str> {
        let ids = graph.nodes().map(|node| graph.id(node));
        let ids = ids.filter(|_| self != OtherTool::Alembic);
        ids.filter_map(|id| Some((id.parse().ok()?, id))).collect()
    }

    /// Reads its table.
    pub(super) fn read(
        self,
        migrator: &Migrator<'_>,
        history: &History,
        database: &mut Database,
    ) -> Result<Recorded, CliError> {
        let graph = migrator.graph()?;
        let table = self.table();
        let rows = self.texts(self.versions(), migrator, database)?;
        if let Some(query) = self.failed() {
            let failed = self.texts(query, migrator, database)?;
            if let Some(version) = failed.first() {
                let version = version.trim();
                return Err(CliError::usage(format!(
                    "`{table}` has the version `{version}` as not completed"
                ))
                .note(format!("the database is `{}`", database.name.database))
                .help("complete it, or revert it, with the tool that began it"));
            }
        }
        let numbers = self.numbers(graph);
        let (mut ids, mut unknown) = (Vec::new(), Vec::new());
        for row in rows.iter().map(|row| row.trim()) {
            let number = || numbers.get(&row.parse().ok()?);
            let id = graph.node(row).map(|node| graph.id(node));
            match id.or_else(|| number().copied()) {
                Some(id) => ids.push(id.to_owned()),
                None => unknown.push(row.to_owned()),
            }
        }
        ids.sort();
        unknown.sort();
        if !unknown.is_empty() {
            let failure = self.refused(&unknown, database);
            return Err(match before_baseline(&unknown, history) {
                Some(id) => failure.help(format!(
                    "upgrade it to `{id}`, with which this history begins, with Alembic first: `alembic upgrade {id}`"
                )),
                None => failure,
            });
        }
        let applied = Applied::from_heads(graph, &ids);
        // Alembic has the heads, golang-migrate the last one, the others each revision
        if matches!(self, OtherTool::Sqlx | OtherTool::Refinery) {
            let known: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
            let lacks = |id: &&str| !known.contains(*id);
            let mut gaps = applied.nodes().map(|node| graph.id(node)).filter(lacks);
            if let Some(gap) = gaps.next() {
                return Err(CliError::usage(format!(
                    "`{table}` does not have `{gap}`, which comes before a revision that it has"
                ))
                .note(format!("the database is `{}`", database.name.database))
                .help("apply it with the tool that the table belongs to"));
            }
        }
        Ok(Recorded { rows: ids, applied })
    }

    fn refused(self, unknown: &[String], database: &Database) -> CliError {
        let table = self.table();
        let ids = migrate_graph::text::list(unknown);
        let what = match unknown {
            [_] => "a revision that this history does not have",
            _ => "revisions that this history does not have",
        };
        CliError::usage(format!("`{table}` has {what}: {ids}"))
            .note(format!("the database is `{}`", database.name.database))
            .fact("unknown", unknown.to_vec())
            .help(
                Help::from("import what is missing: `")
                    + Advice::Command {
                        arguments: self.import().to_owned(),
                    }
                    + "`",
            )
    }

    /// The answer of a query of its table.
    fn texts(
        self,
        query: &str,
        migrator: &Migrator<'_>,
        database: &mut Database,
    ) -> Result<Vec<String>, CliError> {
        let texts = database.session.texts(query);
        texts.map_err(|source| {
            let error = Error::database("read the other tool's table", source);
            self.unreadable(error, migrator, database)
        })
    }

    /// Why its table cannot be read: mostly, as there is none.
    fn unreadable(
        self,
        error: Error,
        migrator: &Migrator<'_>,
        database: &mut Database,
    ) -> CliError {
        let table = self.table();
        let objects = migrator.objects(&mut database.session);
        let is_there = |name: &str| name.trim_matches(['"', '`']) == table;
        match objects {
            Ok(objects) if !objects.iter().any(|object| is_there(&object.name)) => {
                let name = &database.name.database;
                let count = plural(objects.len(), "other object");
                CliError::usage(format!("there is no table `{table}` in `{name}`"))
                    .note(format!("it has {count}"))
                    .fact("database", name.as_str())
                    .help(
                        Help::from("name another database by `--database-url`, or the revisions themselves: `")
                            + Advice::Command {
                                arguments: "stamp REV".to_owned(),
                            }
                            + "`",
                    )
            }
            _ => database.failure(error),
        }
    }
}
