//! Ctrl-C and SIGTERM during a run: the first one stops after the current statement, the second one
//! cancels the statement, the third one ends the process. Knows signals, and no command.

use std::io::{self, Write};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit::Exit;
use migrate_core::CancelToken;

/// How often signals are polled.
const TICK: Duration = Duration::from_millis(25);

/// Whether the process belongs to this program, so that it may handle signals.
static OWN_PROCESS: AtomicBool = AtomicBool::new(false);

/// The token of the process, once it is needed.
static STOP: OnceLock<CancelToken> = OnceLock::new();

/// Declares that the process belongs to this program.
pub(super) fn own_process() {
    OWN_PROCESS.store(true, Ordering::SeqCst);
}

/// A token that the signals of the process cancel from now on. In another program's process, or
/// where signals cannot be handled, nothing cancels it.
pub(super) fn stop() -> CancelToken {
    if let Some(stop) = STOP.get() {
        return stop.clone();
    }
    let stop = CancelToken::new();
    let came = Arc::new(AtomicBool::new(false));
    let taken = OWN_PROCESS.swap(false, Ordering::SeqCst)
        && [SIGINT, SIGTERM]
            .iter()
            .all(|signal| flag::register(*signal, Arc::clone(&came)).is_ok());
    if taken {
        let _ = STOP.set(stop.clone());
        let mut signals = Signals {
            stop: stop.clone(),
            number: 0,
        };
        thread::spawn(move || {
            loop {
                if came.swap(false, Ordering::SeqCst) {
                    match signals.next() {
                        // stderr may be closed
                        Some(said) => drop(writeln!(io::stderr(), "\n{said}")),
                        None => process::exit(i32::from(Exit::Stopped.code())),
                    }
                }
                thread::sleep(TICK);
            }
        });
    }
    stop
}

/// The signals that came, and what they stop.
struct Signals {
    stop: CancelToken,
    number: u32,
}

impl Signals {
    /// Handles one more signal, and returns the message; `None` to end the process.
    fn next(&mut self) -> Option<&'static str> {
        if !self.stop.is_at_work() {
            return None; // no run is active
        }
        self.number += 1;
        match self.number {
            1 => {
                self.stop.request();
                Some("stopping after the current statement; press Ctrl-C again to cancel it")
            }
            // if the statement cannot be cancelled, the process ends and the database rolls back
            2 => self
                .stop
                .cancel()
                .then_some("cancelling the current statement"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(stop: &CancelToken) -> Signals {
        Signals {
            stop: stop.clone(),
            number: 0,
        }
    }

    #[test]
    fn before_anything_is_begun_a_signal_ends_the_process() {
        let stop = CancelToken::new();
        assert_eq!(signals(&stop).next(), None);
        assert!(!stop.is_requested());
    }

    #[test]
    fn each_signal_asks_for_more() {
        let stop = CancelToken::new();
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        stop.begin(Some(Box::new(move || {
            end.store(true, Ordering::SeqCst);
            Ok(())
        })));
        let mut signals = signals(&stop);
        assert!(signals.next().is_some_and(|said| said.contains("stopping")));
        assert!(stop.is_requested() && !ended.load(Ordering::SeqCst));
        assert!(
            signals
                .next()
                .is_some_and(|said| said.contains("cancelling"))
        );
        assert!(stop.is_cancelled() && ended.load(Ordering::SeqCst));
        assert_eq!(signals.next(), None);
    }

    #[test]
    fn where_no_statement_can_be_ended_the_second_signal_ends_the_process() {
        let stop = CancelToken::new();
        stop.begin(None);
        let mut signals = signals(&stop);
        assert!(signals.next().is_some());
        assert_eq!(signals.next(), None);
        stop.end();
        assert!(!stop.is_at_work());
    }
}
