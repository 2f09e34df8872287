//! The options of a run: transactions, timeouts, retries.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::configuration::keys::seconds;
use crate::error::CliError;
use migrate_core::migrator::Transactions;

/// The options of a run: transactions, timeouts, retries.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct RunArgs {
    /// One transaction for each `revision`, one for `all`, or `none` [default: revision]
    #[arg(long, value_name = "EXTENT", hide_possible_values = true)]
    pub transaction: Option<Transaction>,

    /// Seconds that a statement waits for a lock of the database; 0 waits forever [default: 5]
    ///
    /// While a statement waits to change a table, later statements on that table queue behind it.
    /// The default applies unless the database has its own setting. `--lock-timeout` is how long to
    /// wait for another run.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, hide_short_help = true)]
    pub statement_lock_timeout: Option<Duration>,

    /// Seconds that a statement may take, on PostgreSQL and MariaDB; 0 is unlimited
    #[arg(long, value_name = "SECONDS", value_parser = seconds, hide_short_help = true)]
    pub statement_timeout: Option<Duration>,

    /// How often to retry a revision after a lock timeout or deadlock [default: 5]
    ///
    /// The time between two tries grows.
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub lock_retries: Option<u32>,
}

impl RunArgs {
    /// Refuses `--transaction` with a script or a dry run, which decide about transactions
    /// themselves.
    pub(crate) fn refuse_transaction_with(&self, other: &str) -> Result<(), CliError> {
        match self.transaction {
            Some(_) => Err(CliError::usage(format!(
                "`--transaction` cannot be used with `{other}`"
            ))
            .help(format!("leave out `--transaction`, or `{other}`"))),
            None => Ok(()),
        }
    }

    /// The options that the command to resume the run must repeat.
    pub(crate) fn again(&self) -> String {
        match self.transaction {
            Some(transaction) => {
                format!(" --transaction {}", Transactions::from(transaction).name())
            }
            None => String::new(),
        }
    }
}

/// Where transactions begin and end, as given on the command line.
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
