//! How a run goes about its work, as it is typed: where transactions begin and end, limits, retries.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::configuration::keys::seconds;
use crate::error::CliError;
use migrate_core::migrator::Transactions;

/// How a run goes about its work.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct RunArgs {
    /// Where transactions begin and end: at each revision, around all of them, or nowhere [default: revision]
    #[arg(long, value_name = "WHERE", hide_possible_values = true)]
    pub transaction: Option<Transaction>,

    /// Seconds that a statement waits for a lock of the server's; 0 is without end [default: 5]
    ///
    /// While a statement waits for a table that it changes, everybody else waits behind it. Unless this is said, what the database
    /// is set up for counts. How long to wait for another run is `--lock-timeout`.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub statement_lock_timeout: Option<Duration>,

    /// Seconds that a statement may take, on PostgreSQL and MariaDB; 0 is without end
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub statement_timeout: Option<Duration>,

    /// How often a revision that waited too long for a lock is tried again, with growing pauses [default: 5]
    #[arg(long, value_name = "N")]
    pub lock_retries: Option<u32>,
}

impl RunArgs {
    /// Refuses what means nothing for a script or a dry run, each of which has its own way with transactions.
    pub(crate) fn refuse_transaction_with(&self, other: &str) -> Result<(), CliError> {
        match self.transaction {
            Some(_) => Err(CliError::usage(format!(
                "`--transaction` cannot be used with `{other}`"
            ))
            .help(format!("leave out `--transaction`, or `{other}`"))),
            None => Ok(()),
        }
    }

    /// What of it a command that goes on with the run has to say again.
    pub(crate) fn again(&self) -> String {
        match self.transaction {
            Some(transaction) => {
                format!(" --transaction {}", Transactions::from(transaction).name())
            }
            None => String::new(),
        }
    }
}

/// Where transactions begin and end, as it is typed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "a doc comment would be shown in the help, where the names say it all"
)]
pub enum Transaction {
    Revision,
    All,
    None,
}

impl From<Transaction> for Transactions {
    fn from(transaction: Transaction) -> Transactions {
        match transaction {
            Transaction::Revision => Transactions::Revision,
            Transaction::All => Transactions::All,
            Transaction::None => Transactions::None,
        }
    }
}
