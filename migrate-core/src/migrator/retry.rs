//! Retries a step after a lock conflict: only when nothing of it was committed, and with
//! exponential backoff.

use std::thread;
use std::time::{Duration, Instant};

use super::bookkeeping::BookkeepingWriter;
use super::preflight::ReadyStep;
use super::step::{self, StepFailure};
use super::{Event, Migrator};
use crate::backend::Session;
use crate::execute::RunContext;

/// How often a pause polls for cancellation.
const SLICE: Duration = Duration::from_millis(50);

impl Migrator<'_> {
    /// Runs a step, and retries it as often as is allowed.
    pub(super) fn try_step(
        &self,
        session: &mut dyn Session,
        step: &ReadyStep,
        writer: &BookkeepingWriter<'_>,
        context: &RunContext<'_>,
    ) -> Result<(), Box<StepFailure>> {
        let mut retry = 0;
        loop {
            let Err(mut failed) = step::run(session, step, writer, context) else {
                return Ok(());
            };
            retry += 1;
            // inside the caller's transaction, the locks of earlier steps would be kept
            let alone = matches!(session.in_transaction(), Ok(false));
            let lock_conflict = failed.lock_conflict(session).filter(|_| alone);
            let pause = lock_conflict.zip(self.options.pause_before(retry));
            let Some((lock_conflict, pause)) = pause else {
                return Err(failed);
            };
            self.emit(&Event::Retrying {
                lock_conflict,
                number: retry,
                of: self.options.retries,
                pause,
            });
            if !self.wait(pause) {
                return Err(failed);
            }
        }
    }

    /// Waits, and returns whether the run is to continue.
    pub(super) fn wait(&self, pause: Duration) -> bool {
        let start = Instant::now();
        while !self.options.stop.is_requested() {
            match pause.checked_sub(start.elapsed()) {
                Some(left) if !left.is_zero() => thread::sleep(left.min(SLICE)),
                _ => return true,
            }
        }
        false
    }
}
