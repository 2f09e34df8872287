//! The rung `previous`: what was released before can still use the database at the head. Its models
//! can be read, its revisions are still a part of the history, and queries of a file prepare both
//! before the new revisions and after them. It must not know how a commit is read.

use std::mem;

use migrate_graph::{Direction, Node};
use migrate_models::{Models, Table};
use serde::{Deserialize, Serialize};

use super::{Bed, Chosen, Halt, Ladder, Rung, Verdict};
use crate::error::CliError;
use crate::json::{Place, TestFailure};
use crate::models::is_there_on;
use crate::states::PassedModels;
use migrate_core::engine::backend::{self, BackendKind};
use migrate_core::engine::scratch::statements_of;
use migrate_core::schema::ObjectName;

/// What the project was at a commit, as `cargo migrate` read it.
#[derive(Serialize, Deserialize)]
pub struct Past {
    /// How it was named.
    pub name: String,
    /// The commit.
    pub commit: String,
    /// The ids of its revisions.
    pub revisions: Vec<String>,
    /// Its models.
    pub models: PassedModels,
}

/// What the rung looks at.
#[derive(Default)]
pub(crate) struct Previous {
    /// What is new since when.
    pub(crate) since: Option<String>,
    /// The project at that commit.
    pub(crate) past: Option<Past>,
    /// A file with queries, and its text.
    pub(crate) queries: Option<(String, String)>,
}

/// A query that must prepare.
struct Query {
    sql: String,
    /// What the message calls it.
    name: String,
    /// Where it is written.
    place: Place,
    /// Columns, each with a query of its own: which of them is gone is said. Of models alone.
    columns: Vec<(String, String)>,
}

impl Previous {
    /// Whether there is something to look at.
    pub(crate) fn is_wanted(&self) -> bool {
        self.past.is_some() || self.queries.is_some()
    }

    /// The words that repeat the rung.
    fn repeat(&self, ladder: &Ladder<'_>) -> String {
        let option = |name: &str, value: Option<&String>| {
            let option = value.map(|value| format!(" --{name} {value}"));
            option.unwrap_or_default()
        };
        let since = option("since", self.since.as_ref());
        let file = self.queries.as_ref().map(|(file, _)| file);
        let queries = option("queries", file);
        format!("{} previous{since}{queries} --keep", ladder.command)
    }

    /// The revisions that were there and are gone.
    fn gone(&self, ladder: &Ladder<'_>, verdict: &mut Verdict) {
        let Some(past) = &self.past else { return };
        for id in &past.revisions {
            verdict.count += 1;
            if ladder.graph.node(id).is_none() {
                verdict.failures.push(TestFailure {
                    revision: Some(id.clone()),
                    message: format!("revision `{id}` was there at `{}`, and is gone", past.name),
                    notes: vec![
                        "a database that has it is at an unknown revision, and is refused"
                            .to_owned(),
                    ],
                    repeat: Some(self.repeat(ladder)),
                    ..TestFailure::default()
                });
            }
        }
    }
}

pub(super) fn previous(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let previous = ladder.previous;
    let unit = "check";
    if !previous.is_wanted() {
        return Ok(Verdict::skipped(
            unit,
            "it needs the release before: `--since` with a tag, branch or commit of git, or with `--queries FILE`",
        ));
    }
    if previous.since.is_none() {
        return Ok(Verdict::skipped(
            unit,
            "it needs what the queries run on: `--since` with a revision, or a tag, branch or commit of git",
        ));
    }
    let mut verdict = Verdict::of(unit);
    if let Some(past) = &previous.past
        && past.revisions.is_empty()
    {
        let name = &past.name;
        verdict.notes.push(format!(
            "no revision is at `{name}` where the project has its revisions now"
        ));
    }
    previous.gone(ladder, &mut verdict);
    match used(ladder, &mut verdict) {
        Ok(()) => {}
        Err(Halt::Found(failure)) => verdict.failures.push(*failure),
        Err(Halt::Error(error)) => return Err(error),
    }
    Ok(verdict)
}

fn used(ladder: &Ladder<'_>, verdict: &mut Verdict) -> Result<(), Halt> {
    let previous = ladder.previous;
    let all = Chosen::of(ladder.graph, &[], None)?;
    let order = all.order().iter().copied();
    let (new, old): (Vec<Node>, Vec<Node>) = order.partition(|node| ladder.chosen.is_tested(*node));
    let models = match &previous.past {
        Some(past) => match &past.models {
            PassedModels::Read(models) => Some(models),
            PassedModels::Unreadable { message, .. } => {
                let name = &past.name;
                verdict
                    .notes
                    .push(format!("the models at `{name}` were not tested: {message}"));
                None
            }
        },
        None => None,
    };
    let models = models.map_or(Ok(Vec::new()), |models| of_models(ladder.kind, models))?;
    let texts = previous.queries.as_ref();
    let texts = texts.map_or(Ok(Vec::new()), |(file, text)| of_text(ladder, file, text))?;
    verdict.count += models.len() + texts.len();

    let mut bed = ladder.bed_with(Rung::Previous, &old)?;
    let (mut held, mut early) = (Vec::new(), Vec::new());
    for query in models.into_iter().chain(texts) {
        match (bed.refuses(&query.sql)?, query.columns.is_empty()) {
            (None, _) => held.push(query),
            // a table may be another database's, or made by something else than revisions
            (Some(why), false) => verdict.notes.push(format!(
                "{} was not tested, as the database before the new revisions has it otherwise: {why}",
                query.name
            )),
            (Some(why), true) => early.push((query, why)),
        }
    }
    for node in &new {
        bed.step(Rung::Previous, *node, Direction::Up)?;
    }
    let mut late = Vec::new();
    for query in held {
        if bed.refuses(&query.sql)?.is_some() {
            late.push(query);
        }
    }
    if late.is_empty() && early.is_empty() {
        return Ok(());
    }
    // once more, to find the revision
    let mut bed = ladder.bed_with(Rung::Previous, &old)?;
    for node in &new {
        bed.step(Rung::Previous, *node, Direction::Up)?;
        for query in mem::take(&mut late) {
            match bed.refuses(&query.sql)? {
                None => late.push(query),
                Some(why) => {
                    let failure = broken(ladder, &mut bed, *node, &query, why)?;
                    verdict.failures.push(failure);
                }
            }
        }
        for (query, why) in mem::take(&mut early) {
            match bed.refuses(&query.sql)? {
                Some(_) => early.push((query, why)),
                None => {
                    let message = format!(
                        "{} prepares from this revision on, and not on the database that the release before has",
                        query.name
                    );
                    let failure = failure(ladder, Some(*node), message, &query, why);
                    verdict.failures.push(bed.finds(failure));
                }
            }
        }
    }
    for (query, why) in early {
        let message = format!("{} prepares neither before nor after", query.name);
        verdict
            .failures
            .push(failure(ladder, None, message, &query, why));
    }
    Ok(())
}

/// That a query does not prepare from a revision on.
fn broken(
    ladder: &Ladder<'_>,
    bed: &mut Bed<'_>,
    node: Node,
    query: &Query,
    why: String,
) -> Result<TestFailure, Halt> {
    let mut gone = Vec::new();
    for (column, sql) in &query.columns {
        if bed.refuses(sql)?.is_some() {
            gone.push(format!("`{column}`"));
        }
    }
    let all = gone.len() == query.columns.len();
    let what = match gone.is_empty() || all {
        true => query.name.clone(),
        false => gone.join(", "),
    };
    let message = match query.columns.is_empty() {
        true => format!("{what} prepares before this revision, and not after it"),
        false => format!("what the release before reads is gone: {what}"),
    };
    Ok(bed.finds(failure(ladder, Some(node), message, query, why)))
}

fn failure(
    ladder: &Ladder<'_>,
    node: Option<Node>,
    message: String,
    query: &Query,
    why: String,
) -> TestFailure {
    let Place { file, line, .. } = &query.place;
    let at = match (&ladder.previous.past, query.columns.is_empty()) {
        (Some(past), false) => format!(" at `{}`", past.name),
        _ => String::new(),
    };
    let notes = vec![why, format!("it is written in {file}:{line}{at}")];
    let repeat = Some(ladder.previous.repeat(ladder));
    match node {
        Some(node) => TestFailure {
            notes,
            repeat,
            ..ladder.failure(Rung::Previous, node, message)
        },
        None => TestFailure {
            message,
            notes,
            repeat,
            ..TestFailure::default()
        },
    }
}

/// A query for each table of the models that is for this kind of database.
fn of_models(kind: BackendKind, models: &Models) -> Result<Vec<Query>, CliError> {
    let rules = backend::rules(kind)?;
    let quoted = |name: ObjectName| {
        let name = rules.name(&name);
        name.map_err(|error| CliError::usage(error.to_string()))
    };
    let query = |table: &Table| {
        let name = ObjectName {
            // as a model means it there
            schema: table.schema.clone().filter(|_| kind != BackendKind::Sqlite),
            name: table.name.clone(),
        };
        let from = quoted(name.clone())?;
        let select = |columns: &str| format!("SELECT {columns} FROM {from} AS t");
        let mut columns = Vec::with_capacity(table.columns.len());
        let mut all = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            // qualified, since SQLite reads an unknown name in quotes as a text
            let text = format!("t.{}", quoted(column.name.as_str().into())?);
            columns.push((format!("{name}.{}", column.name), select(&text)));
            all.push(text);
        }
        Ok(Query {
            sql: select(&all.join(", ")),
            name: format!("`{name}`"),
            place: Place {
                file: table.place.file.clone(),
                line: u32::try_from(table.place.line).unwrap_or(1),
                column: None,
                note: None,
            },
            columns,
        })
    };
    let is_there = |table: &&Table| !table.columns.is_empty() && is_there_on(table, kind);
    models.tables.iter().filter(is_there).map(query).collect()
}

/// The statements of a file.
fn of_text(ladder: &Ladder<'_>, file: &str, text: &str) -> Result<Vec<Query>, CliError> {
    let statements = statements_of(text, ladder.kind);
    let query = |(line, sql): (u32, String)| Query {
        sql,
        name: format!("the query in {file}:{line}"),
        place: Place {
            file: file.to_owned(),
            line,
            column: None,
            note: None,
        },
        columns: Vec::new(),
    };
    match statements.is_empty() {
        true => Err(CliError::usage(format!("`{file}` has no query"))
            .help("write SQL statements into it, each with a `;` at its end")),
        false => Ok(statements.into_iter().map(query).collect()),
    }
}

impl Bed<'_> {
    /// Why the database does not prepare a statement; it is not run.
    fn refuses(&mut self, sql: &str) -> Result<Option<String>, CliError> {
        let session = self.session()?;
        let (first, then): (Vec<String>, &str) = match session.backend().kind() {
            BackendKind::Sqlite => (vec![format!("EXPLAIN {sql}")], ""),
            BackendKind::Postgres => (
                vec![format!("PREPARE migrate_query AS {sql}")],
                "DEALLOCATE migrate_query",
            ),
            _ => {
                let digits: String = sql.bytes().map(|byte| format!("{byte:02x}")).collect();
                (
                    vec![
                        format!("SET @migrate_query = CONVERT(0x{digits} USING utf8mb4)"),
                        "PREPARE migrate_query FROM @migrate_query".to_owned(),
                    ],
                    "DEALLOCATE PREPARE migrate_query",
                )
            }
        };
        for statement in first {
            if let Err(error) = session.execute(&statement) {
                return match session.is_alive() {
                    true => Ok(Some(error.to_string())),
                    false => Err(migrate_core::Error::database("prepare a query", error).into()),
                };
            }
        }
        if !then.is_empty() {
            let done = session.execute(then);
            done.map_err(|source| migrate_core::Error::database("forget a query", source))?;
        }
        Ok(None)
    }
}
