//! Remembers the statement that failed last, so that a failure in diesel's own DSL can be told with
//! its SQL. Only on connections that the session opened itself: one that was lent has its own observer.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent};

use crate::backend::FailedStatement;

/// Where the observer leaves what it saw, and the session reads it.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Option<FailedStatement>>>);

impl Watch {
    pub(crate) fn last_failure(&self) -> Option<FailedStatement> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let InstrumentationEvent::FinishQuery {
            query,
            error: Some(error),
            ..
        } = event
        else {
            return;
        };
        let text = query.to_string();
        // what was bound is the user's data, which belongs in no message
        let sql = text
            .split(" -- binds: ")
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned();
        let failure = FailedStatement {
            sql,
            message: error.to_string(),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }
}
