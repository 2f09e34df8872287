//! Records the statement that failed last, so that a failure in diesel's DSL can be reported with
//! its SQL, and on demand all statements with their times. Only on connections that the session
//! opened itself: a borrowed connection has its own observer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use diesel::connection::{DebugQuery, Instrumentation, InstrumentationEvent};
use diesel::result::Error;

use crate::backend::{FailedStatement, SeenStatement};

/// The observer stores here what it saw, and the session reads it.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    failed: Option<FailedStatement>,
    /// Which errors are looked for, whether one occurred, and whether a statement succeeded after
    /// it.
    wanted: Option<fn(&Error) -> bool>,
    noticed: bool,
    continued: bool,
    /// When the running statement began.
    since: Option<Instant>,
    /// All statements, while they are collected.
    all: Option<Vec<SeenStatement>>,
}

impl Watch {
    /// Like `new`, but also notices whether any error is of a kind.
    #[allow(dead_code, reason = "not every backend has something to notice")]
    pub(crate) fn noticing(wanted: fn(&Error) -> bool) -> Watch {
        let watch = Watch::default();
        watch.seen().wanted = Some(wanted);
        watch
    }

    /// Whether an error was of the kind that is looked for.
    #[allow(dead_code, reason = "not every backend has something to notice")]
    pub(crate) fn has_noticed(&self) -> bool {
        self.seen().noticed
    }

    /// Whether a statement succeeded after such an error.
    #[allow(dead_code, reason = "not every backend has something to notice")]
    pub(crate) fn continued(&self) -> bool {
        self.seen().continued
    }

    pub(crate) fn last_failure(&self) -> Option<FailedStatement> {
        self.seen().failed.clone()
    }

    /// Restores the last failure, after a statement of the engine that may have failed.
    #[allow(dead_code, reason = "not every backend asks behind a failure")]
    pub(crate) fn put_back(&self, failed: Option<FailedStatement>) {
        self.seen().failed = failed;
    }

    /// Forgets earlier failures.
    pub(crate) fn forget(&self) {
        let mut seen = self.seen();
        seen.failed = None;
        seen.noticed = false;
        seen.continued = false;
    }

    /// Starts collecting all statements.
    pub(crate) fn begin(&self) {
        self.seen().all = Some(Vec::new());
    }

    /// The texts collected so far.
    #[allow(dead_code, reason = "not every backend looks back at a block")]
    pub(crate) fn so_far(&self) -> Vec<String> {
        let seen = self.seen();
        let all = seen.all.iter().flatten();
        all.map(|seen| seen.sql.clone()).collect()
    }

    /// Stops collecting, and returns the statements.
    pub(crate) fn end(&self) -> Vec<SeenStatement> {
        self.seen().all.take().unwrap_or_default()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => {
                let mut seen = self.seen();
                if seen.all.is_some() {
                    seen.since = Some(Instant::now());
                }
            }
            InstrumentationEvent::FinishQuery { query, error, .. } => {
                let mut seen = self.seen();
                let since = seen.since.take();
                if let Some(all) = &mut seen.all {
                    all.push(SeenStatement {
                        sql: without_binds(query),
                        duration: since.map(|since| since.elapsed()).unwrap_or_default(),
                    });
                }
                if let Some(error) = error {
                    seen.noticed |= seen.wanted.is_some_and(|wanted| wanted(error));
                    seen.failed = Some(FailedStatement {
                        sql: without_binds(query),
                        message: error.to_string(),
                    });
                } else {
                    seen.continued |= seen.noticed;
                }
            }
            _ => {}
        }
    }
}

/// A statement's text. Bound values are user data, which no message shows.
fn without_binds(query: &dyn DebugQuery) -> String {
    let text = query.to_string();
    let sql = text.split(" -- binds: ").next().unwrap_or_default();
    sql.trim_end().to_owned()
}
