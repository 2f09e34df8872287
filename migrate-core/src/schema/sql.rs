//! A piece of SQL as its author wrote it: one text, or another for a backend that needs it.

use crate::backend::BackendKind;

/// SQL as written, the same for every backend or another text for some.
///
/// ```
/// use migrate_core::{backend::BackendKind, schema::Sql};
/// let now = Sql::from("now()").on(BackendKind::Sqlite, "CURRENT_TIMESTAMP");
/// assert_eq!(now.text(BackendKind::Sqlite), "CURRENT_TIMESTAMP");
/// assert_eq!(now.text(BackendKind::Postgres), "now()");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sql {
    text: String,
    others: Vec<(BackendKind, String)>,
}

impl Sql {
    /// Another text for one backend; the last one said for a backend counts.
    #[must_use]
    pub fn on(mut self, backend: BackendKind, text: impl Into<String>) -> Sql {
        self.others.retain(|(kind, _)| *kind != backend);
        self.others.push((backend, text.into()));
        self
    }

    /// The text for a backend.
    #[must_use]
    pub fn text(&self, backend: BackendKind) -> &str {
        self.others
            .iter()
            .find(|(kind, _)| *kind == backend)
            .map_or(&self.text, |(_, text)| text)
    }

    /// The text that is not meant for one backend alone.
    #[must_use]
    pub fn common_text(&self) -> &str {
        &self.text
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Sql {
        Sql {
            text: text.to_owned(),
            others: Vec::new(),
        }
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Sql {
        Sql {
            text,
            others: Vec::new(),
        }
    }
}
