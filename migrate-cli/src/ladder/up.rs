//! The rung `up`: the history applies to an empty database, as runs apply it; and in one
//! transaction, where the database and the history allow that, with the same result. The database
//! is left for the rungs that need one at the head.

use std::sync::Arc;

use super::differing::Differing;
use super::{Bed, Chosen, Halt, Ladder, Rung, Verdict};
use crate::error::CliError;
use crate::json::TestFailure;
use migrate_core::engine::backend;
use migrate_core::error::Error;
use migrate_core::migrator::Transactions;

pub(super) fn up(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::of("revision");
    verdict.count = ladder.chosen.len();
    match applied(ladder, &mut verdict) {
        Ok(()) => Ok(verdict),
        Err(Halt::Found(failure)) => {
            verdict.failures.push(*failure);
            Ok(verdict)
        }
        Err(Halt::Error(error)) => Err(error),
    }
}

fn applied(ladder: &Ladder<'_>, verdict: &mut Verdict) -> Result<(), Halt> {
    let order = ladder.chosen.order();
    if order.is_empty() {
        return Ok(());
    }
    let mut bed = ladder.bed()?;
    bed.upgrade(ladder, Rung::Up, Transactions::Revision)?;
    let apart = Arc::new(bed.look()?);
    ladder.own.head.replace(Some(bed.leave()));
    ladder.own.catalogue.replace(Some(Arc::clone(&apart)));
    let capable = backend::rules(ladder.kind).map_err(CliError::from)?;
    let capable = capable.capabilities().transactional_ddl;
    if !capable
        || !order
            .iter()
            .all(|node| ladder.revision(*node).transaction())
    {
        return Ok(());
    }
    let mut bed = ladder.bed()?;
    let targets = Chosen::tips(ladder.graph, order);
    let targets = ladder.ids(&targets);
    let whole = ladder.migrator().transactions(Transactions::All);
    match whole.upgrade_to(bed.session()?, &targets) {
        Ok(_) => {}
        Err(error @ (Error::NotInOne(_) | Error::TransactionControl { .. })) => {
            verdict
                .notes
                .push(format!("not run with `--transaction all`: {error}"));
            return Ok(());
        }
        // applied as it is meant to be, it is whole
        Err(error @ Error::Revision(_)) => {
            verdict
                .notes
                .push(format!("it fails with `--transaction all`: {error}"));
            return Ok(());
        }
        Err(error) => {
            let halt = ladder.halt(Rung::Up, "with `--transaction all`", None, error);
            return Err(bed.halts(halt));
        }
    }
    let whole = bed.look()?;
    if let Some(found) = bed.compare(&apart, &whole)?.filter(Differing::counts) {
        verdict.failures.push(bed.finds(TestFailure {
            message: "with `--transaction all`, the history leaves another catalogue".to_owned(),
            changes: found.changes,
            notes: found.notes,
            repeat: Some(ladder.repeat(Rung::Up, None)),
            ..TestFailure::default()
        }));
    }
    Ok(())
}

impl Bed<'_> {
    /// Applies all that is chosen, as a run does.
    pub(super) fn upgrade(
        &mut self,
        ladder: &Ladder<'_>,
        rung: Rung,
        transactions: Transactions,
    ) -> Result<(), Halt> {
        let targets = Chosen::tips(ladder.graph, ladder.chosen.order());
        let targets = ladder.ids(&targets);
        let migrator = ladder.migrator().transactions(transactions);
        let ran = migrator.upgrade_to(self.session()?, &targets);
        ran.map(drop)
            .map_err(|error| self.halts(ladder.halt(rung, "", None, error)))
    }
}
