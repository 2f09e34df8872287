//! A run that leaves nothing behind: all steps run inside one transaction, which is rolled back.

use migrate_graph::{Plan, Target};

use super::bookkeeping::BookkeepingTables;
use super::preflight::{ReadyStep, ready};
use super::report::standing;
use super::request::Request;
use super::revisions::Revisions;
use super::run::Start;
use super::{Event, Migrator, Report, State, Transactions, parsed};
use crate::backend::{MigrateConnection, Session};
use crate::error::{Error, NoDryRun};
use crate::execute::RunContext;
use crate::journal::Which;

impl Migrator<'_> {
    /// Tries an upgrade: runs it with events to [`on_event`](Migrator::on_event), and rolls all of
    /// it back. The report says what would have been done, and the state that the database would
    /// have.
    ///
    /// Other sessions wait until the end for what is changed, as they do for a revision. Effects
    /// that no rollback reverts remain, such as the numbers that a sequence has given out.
    ///
    /// ```
    /// # use diesel::{Connection, sqlite::SqliteConnection};
    /// # use migrate_core::{History, Migrator};
    /// # static HISTORY: History = History::new(&[]);
    /// # let mut connection = SqliteConnection::establish(":memory:")?;
    /// let would = Migrator::new(&HISTORY).dry_run_upgrade(&mut connection, &["heads"])?;
    /// assert!(would.steps.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`upgrade`](Migrator::upgrade); and, before anything is run, when not all of it could be
    /// rolled back.
    pub fn dry_run_upgrade<C>(&self, connection: &mut C, targets: &[&str]) -> Result<Report, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let request = Request::Up(parsed(targets)?);
        connection.with_session(|session| self.rehearse(session, &request))
    }

    /// Tries a downgrade, as [`dry_run_upgrade`](Migrator::dry_run_upgrade) tries an upgrade.
    ///
    /// # Errors
    ///
    /// As [`dry_run_upgrade`](Migrator::dry_run_upgrade).
    pub fn dry_run_downgrade<C>(&self, connection: &mut C, target: &str) -> Result<Report, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let request = Request::Down(target.parse::<Target>()?);
        connection.with_session(|session| self.rehearse(session, &request))
    }

    fn rehearse(&self, session: &mut dyn Session, request: &Request) -> Result<Report, Error> {
        let revisions = self.revisions()?;
        session.backend().can_limit(&self.options.limits)?;
        let before = self.read(session, Which::Tail)?;
        let (plan, steps) = self.rehearsal(session, request, revisions, &before)?;
        if steps.is_empty() {
            let graph = &revisions.graph;
            let (current, at_heads) = standing(graph, &before.applied(graph));
            return Ok(Report {
                warnings: plan.warnings,
                current,
                at_heads,
                ..Report::default()
            });
        }
        self.locked(session, |session| {
            let now = self.read(session, Which::Tail)?;
            let (plan, steps) = self.rehearsal(session, request, revisions, &now)?;
            let tried = self.attempt(session, &steps, &now, plan.clone());
            let tried = match tried {
                Err(Error::Revision(_)) if session.restarts() => {
                    self.emit(&Event::StartedOver);
                    self.attempt(session, &steps, &now, plan)
                }
                tried => tried,
            };
            tried.map_err(|error| self.as_rolled_back(session, error))
        })
    }

    /// Runs the steps and rolls them back.
    fn attempt(
        &self,
        session: &mut dyn Session,
        steps: &[ReadyStep],
        state: &State,
        plan: Plan,
    ) -> Result<Report, Error> {
        let context = RunContext {
            observes_blocks: true,
            ..self.context()
        };
        let start = Start {
            applied: state.applied(self.graph()?),
            tables: BookkeepingTables::of(state),
            warnings: plan.warnings,
        };
        self.in_one_transaction(session, steps, context, start, |_, _| Ok(()))
    }

    /// The plan and its steps, if all of them can be rolled back.
    fn rehearsal(
        &self,
        session: &mut dyn Session,
        request: &Request,
        revisions: &Revisions,
        state: &State,
    ) -> Result<(Plan, Vec<ReadyStep>), Error> {
        let backend = session.backend();
        let in_transaction = session
            .in_transaction()
            .map_err(|source| Error::database("use the connection", source))?;
        if in_transaction {
            return Err(NoDryRun::InTransaction.into());
        }
        if let Some(partial) = state.partial() {
            return Err(Error::PartialRevision(Box::new(partial)));
        }
        if !backend.capabilities().transactional_ddl {
            return Err(NoDryRun::Backend(backend.kind()).into());
        }
        let plan = request.plan(&revisions.graph, &state.applied(&revisions.graph))?;
        let outside = plan
            .steps
            .iter()
            .map(|step| (revisions.get(step.node), step.direction))
            .find(|(revision, _)| !revision.transaction());
        if let Some((revision, direction)) = outside {
            return Err(NoDryRun::Revision(revision.id().to_owned(), direction).into());
        }
        let steps = ready(
            &plan,
            revisions,
            session,
            Transactions::Revision,
            &RunContext {
                single_transaction: true,
                ..self.context()
            },
        )?;
        Ok((plan, steps))
    }
}
