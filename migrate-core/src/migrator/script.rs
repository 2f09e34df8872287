//! Offline mode: plans revisions from the applied set that a range gives, calls their bodies
//! without a database, and reports everything that cannot be written before it writes anything.

use std::borrow::Cow;

use migrate_graph::plan::{downgrade_script, stamp_script, upgrade_script};
use migrate_graph::{Applied, Direction, Graph, Node, Plan, Step};

use super::Migrator;
use super::report::{ids, standing};
use super::reversal::{DowngradeWork, downgrade_of};
use crate::backend::{Backend, BackendKind, ScriptSettings, rules};
use crate::bookkeeping::version_table;
use crate::error::{Error, NotInScript, Unsupported};
use crate::execute::{Mode, RunContext};
use crate::execute::{Uncollected, each_collected};
use crate::journal::VERSION_TABLE;
use crate::operation::Operation;
use crate::revision::Revision;
use crate::script::{Part, Script, Subject};
use crate::sql::{self, Control, control, unclosed};

impl Migrator<'_> {
    /// The script that applies a range `a:b`; from an empty database when there is only a target.
    ///
    /// No database is needed: bodies are called with
    /// [`is_offline()`](crate::Operations::is_offline).
    ///
    /// ```
    /// # use migrate_core::{History, Migrator, BackendKind};
    /// # static HISTORY: History = History::new(&[]);
    /// let script = Migrator::new(&HISTORY).upgrade_script(BackendKind::Sqlite, "heads")?;
    /// println!("{script}");
    /// # Ok::<(), migrate_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A range that leads nowhere, a backend that is not compiled in, or revisions that need a
    /// database: all of them are named.
    pub fn upgrade_script(&self, backend: BackendKind, range: &str) -> Result<Script, Error> {
        let (applied, plan) = upgrade_script(self.graph()?, range)?;
        self.script(backend, "upgrade", range, &applied, plan)
    }

    /// The script that applies one revision to a database that has what comes before it.
    ///
    /// # Errors
    ///
    /// As [`upgrade_script`](Migrator::upgrade_script).
    #[doc(hidden)]
    pub fn script_of(&self, backend: BackendKind, revision: Node) -> Result<Script, Error> {
        let graph = self.graph()?;
        let mut before = graph.ancestors([revision]);
        before.remove(revision);
        let plan = Plan {
            steps: vec![Step {
                direction: Direction::Up,
                node: revision,
            }],
            warnings: Vec::new(),
        };
        let applied = Applied::from_nodes(before);
        self.script(backend, "upgrade", graph.id(revision), &applied, plan)
    }

    /// The script that reverts a range `a:b`, from `a` down to `b`.
    ///
    /// # Errors
    ///
    /// As [`upgrade_script`](Migrator::upgrade_script); and revisions that cannot be reverted.
    pub fn downgrade_script(&self, backend: BackendKind, range: &str) -> Result<Script, Error> {
        let (applied, plan) = downgrade_script(self.graph()?, range)?;
        self.script(backend, "downgrade", range, &applied, plan)
    }

    /// The script that records a database as being at these targets, each of which may be a range
    /// `a:b`.
    ///
    /// # Errors
    ///
    /// As [`upgrade_script`](Migrator::upgrade_script).
    pub fn stamp_script(&self, backend: BackendKind, ranges: &[&str]) -> Result<Script, Error> {
        let graph = self.graph()?;
        let rules = rules(backend)?;
        let (applied, stamp) = stamp_script(graph, ranges, false)?;
        let mut outcome = applied.clone();
        stamp.remove.iter().for_each(|node| outcome.remove(*node));
        stamp.add.iter().for_each(|node| outcome.insert(*node));
        let removed = ids(graph, stamp.remove);
        let added = ids(graph, stamp.add);
        let removed = removed
            .iter()
            .map(|id| version_table::unrecord_sql(rules, VERSION_TABLE, id));
        let added = added
            .iter()
            .map(|id| version_table::record_sql(rules, VERSION_TABLE, id));
        let statements: Vec<String> = removed.chain(added).collect::<Result<_, _>>()?;
        let mut parts = version_table(&applied);
        if !statements.is_empty() {
            parts.push(Part {
                subject: Subject::Stamp,
                transaction: true,
                statements: statements.into_iter().map(Cow::from).collect(),
            });
        }
        Ok(Script {
            backend,
            purpose: format!("stamp {}", ranges.join(" ")),
            before: standing(graph, &applied).0,
            after: standing(graph, &outcome).0,
            settings: rules.session_settings(),
            parts,
            warnings: Vec::new(),
        })
    }

    fn script(
        &self,
        backend: BackendKind,
        verb: &str,
        range: &str,
        applied: &Applied,
        plan: Plan,
    ) -> Result<Script, Error> {
        let graph = self.graph()?;
        let rules = rules(backend)?;
        let context = RunContext {
            script: Some(Mode::InTransaction),
            ..self.context()
        };
        let mut parts = match plan.is_empty() {
            true => Vec::new(),
            false => version_table(applied),
        };
        let mut missing = Vec::new();
        let mut settings = rules.session_settings();
        for step in &plan.steps {
            let revision = self.revisions()?.get(step.node);
            match part(revision, *step, rules, &context) {
                Ok((
                    part,
                    ScriptSettings {
                        save,
                        ahead,
                        restore,
                        ..
                    },
                )) => {
                    if part.transaction {
                        parts.extend(settings_part(Subject::SettingsAhead, ahead));
                    }
                    parts.push(part);
                    parts.extend(settings_part(Subject::Settings, restore));
                    let new = |sql: &String| !settings.contains(sql);
                    let save: Vec<String> = save.into_iter().filter(new).collect();
                    settings.extend(save);
                }
                Err(reason) => missing.push(not_in_script(revision, step.direction, reason)),
            }
        }
        if !missing.is_empty() {
            return Err(Error::NoScript(missing));
        }
        Ok(Script {
            backend,
            purpose: format!("{verb} {range}"),
            before: standing(graph, applied).0,
            after: after(graph, &plan, applied),
            settings,
            parts,
            warnings: plan.warnings,
        })
    }
}

fn after(graph: &Graph, plan: &Plan, applied: &Applied) -> Vec<String> {
    standing(graph, &plan.outcome(applied)).0
}

/// Statements, with what comes first and last in each transaction that they begin and commit
/// themselves.
fn within_own(
    statements: Vec<Cow<'static, str>>,
    settings: &ScriptSettings,
    kind: BackendKind,
) -> Vec<Cow<'static, str>> {
    let mut all = Vec::with_capacity(statements.len());
    for statement in statements {
        let control = control(&statement, kind);
        if control == Some(Control::Commit) {
            all.extend(settings.last.iter().cloned().map(Cow::from));
        }
        all.push(statement);
        if matches!(control, Some(Control::Begin { .. })) {
            all.extend(settings.first.iter().cloned().map(Cow::from));
        }
    }
    all
}

fn settings_part(subject: Subject, statements: Vec<String>) -> Option<Part> {
    (!statements.is_empty()).then_some(Part {
        subject,
        transaction: false,
        statements: statements.into_iter().map(Cow::from).collect(),
    })
}

/// The part that creates the version table, where a script starts from an empty database.
fn version_table(applied: &Applied) -> Vec<Part> {
    let create = Part {
        subject: Subject::VersionTable,
        transaction: false,
        statements: vec![version_table::CREATE_MIGRATIONS_TABLE.trim().into()],
    };
    match applied.is_empty() {
        true => vec![create],
        false => Vec::new(),
    }
}

/// The part of a script for one revision and what is to be done about its settings, or why it has
/// none.
fn part(
    revision: &'static Revision,
    step: Step,
    rules: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<(Part, ScriptSettings), Uncollected> {
    let mut sql = RevisionSql {
        rules,
        transaction: revision.transaction(),
        text: revision.text(step.direction).unwrap_or_default(),
        statements: Vec::new(),
        changing: Vec::new(),
    };
    let mut added = Ok(());
    let mut add = |operation: &Operation| {
        if added.is_ok() {
            added = sql.add(operation);
        }
    };
    each_operation(revision, step.direction, rules, context, &mut add)?;
    added?;
    let mut statements = sql.statements;
    let settings = rules.script_settings(&sql.changing)?;
    if revision.transaction() {
        statements.splice(0..0, settings.first.iter().cloned().map(Cow::from));
        statements.extend(settings.last.iter().cloned().map(Cow::from));
    } else if !settings.first.is_empty() {
        statements = within_own(statements, &settings, rules.kind());
    }
    statements.extend(settings.before_record.iter().cloned().map(Cow::from));
    let record = match step.direction {
        Direction::Up => version_table::record_sql(rules, VERSION_TABLE, revision.id())?,
        Direction::Down => version_table::unrecord_sql(rules, VERSION_TABLE, revision.id())?,
    };
    statements.push(record.into());
    let open = statements
        .iter()
        .find_map(|sql| Some((sql, unclosed(sql, rules.kind())?)));
    if let Some((sql, open)) = open {
        let place = format!("{}:{}", revision.file(), revision.line());
        return Err(Uncollected {
            help: Some(format!("add the end of {open} to the SQL in `{place}`").into()),
            ..Uncollected::other(format!("its SQL ends inside {open}: {sql}"))
        });
    }
    let part = Part {
        subject: Subject::Revision {
            id: revision.id().to_owned(),
            direction: step.direction,
            message: revision.message().to_owned(),
            place: format!("{}:{}", revision.file(), revision.line()),
        },
        transaction: revision.transaction(),
        statements,
    };
    Ok((part, settings))
}

/// The SQL of a revision's operations.
struct RevisionSql {
    rules: &'static dyn Backend,
    transaction: bool,
    /// What is left of the text of its SQL file.
    text: &'static str,
    statements: Vec<Cow<'static, str>>,
    /// The raw SQL that may change the session.
    changing: Vec<String>,
}

impl RevisionSql {
    fn add(&mut self, operation: &Operation) -> Result<(), Unsupported> {
        if self.transaction {
            self.rules.inside_transaction(operation)?;
        }
        if matches!(operation, Operation::Execute { .. } | Operation::Custom(_)) {
            let sql = self.rules.ddl(operation)?.into_iter();
            let kind = self.rules.kind();
            let changing = sql.filter(|sql| sql::may_change_session(sql, kind));
            self.changing.extend(changing);
        }
        for sql in self.rules.in_script(operation)? {
            let statement = match self.next_of_text(&sql) {
                Some(part) => Cow::Borrowed(part),
                None => Cow::Owned(sql),
            };
            self.statements.push(statement);
        }
        Ok(())
    }

    /// A statement as a part of the text, if it is the next one there: that needs no memory.
    fn next_of_text(&mut self, sql: &str) -> Option<&'static str> {
        let rest = self
            .text
            .trim_start_matches(|sign: char| sign == ';' || sign.is_whitespace());
        let (statement, rest) = rest.split_at_checked(sql.len())?;
        (statement == sql).then(|| {
            self.text = rest;
            statement
        })
    }
}

/// Calls `each` with the operations of a revision, in order; those of an upgrade are not in memory
/// together.
fn each_operation(
    revision: &'static Revision,
    direction: Direction,
    rules: &'static dyn Backend,
    context: &RunContext<'_>,
    each: &mut dyn FnMut(&Operation),
) -> Result<(), Uncollected> {
    let body = match direction {
        Direction::Up => *revision.upgrade(),
        Direction::Down => match downgrade_of(revision, rules, context)? {
            DowngradeWork::Operations(operations) => {
                operations.iter().for_each(each);
                return Ok(());
            }
            DowngradeWork::Function(body) => body,
        },
    };
    let context = RunContext {
        script: Some(Mode::of(revision.transaction())),
        ..context.clone()
    };
    each_collected(&body, rules, &context, &mut |operation| each(&operation))
}

fn not_in_script(
    revision: &Revision,
    direction: Direction,
    uncollected: Uncollected,
) -> NotInScript {
    NotInScript {
        revision: revision.id().to_owned(),
        file: revision.file(),
        line: revision.line(),
        direction,
        needs_database: uncollected.needs_database,
        reason: uncollected.reason,
        help: uncollected.help,
    }
}
