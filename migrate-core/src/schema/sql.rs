//! A piece of raw SQL: one text, with another for a backend that needs it.

use crate::dialect::BackendKind;

/// Raw SQL, the same for every backend or another text for some.
///
/// ```
/// use migrate_core::{BackendKind, schema::Sql};
/// let now = Sql::from("now()").on(BackendKind::Sqlite, "CURRENT_TIMESTAMP");
/// assert_eq!(now.text(BackendKind::Sqlite), "CURRENT_TIMESTAMP");
/// assert_eq!(now.text(BackendKind::Postgres), "now()");
///
/// let vacuum = Sql::only(BackendKind::Sqlite, "PRAGMA optimize");
/// assert!(!vacuum.is_for(BackendKind::Postgres));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "form::Text", into = "form::Text"))]
pub struct Sql {
    /// The text for every backend without its own.
    common: Option<String>,
    others: Vec<(BackendKind, String)>,
}

impl Sql {
    /// SQL for one backend; `.on(…)` adds others. As a statement, it does nothing on the rest; as
    /// part of a definition, such as a check, it is refused there.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Sql;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.execute(Sql::only(BackendKind::Sqlite, "PRAGMA optimize"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn only(backend: BackendKind, text: impl Into<String>) -> Sql {
        Sql {
            common: None,
            others: vec![(backend, text.into())],
        }
    }

    /// Another text for one backend; the last one for a backend counts. MariaDB uses MySQL's unless
    /// it has its own.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("at", Timestamp).default_sql(sql("now()").on(BackendKind::Sqlite, "CURRENT_TIMESTAMP"));
    /// ```
    #[must_use]
    pub fn on(mut self, backend: BackendKind, text: impl Into<String>) -> Sql {
        self.others.retain(|(kind, _)| *kind != backend);
        self.others.push((backend, text.into()));
        self
    }

    /// Whether there is a text for a backend.
    #[must_use]
    pub fn is_for(&self, backend: BackendKind) -> bool {
        self.find(backend).is_some()
    }

    /// The text for a backend; empty when there is none for it.
    #[must_use]
    pub fn text(&self, backend: BackendKind) -> &str {
        self.find(backend).unwrap_or_default()
    }

    /// The text for every backend, or else the first one.
    #[must_use]
    pub fn common_text(&self) -> &str {
        let first = || self.others.first().map(|(_, text)| text);
        self.common
            .as_ref()
            .or_else(first)
            .map_or("", String::as_str)
    }

    /// The text for every backend without its own, and those of single ones.
    pub(crate) fn texts(&self) -> (Option<&str>, &[(BackendKind, String)]) {
        (self.common.as_deref(), &self.others)
    }

    fn find(&self, backend: BackendKind) -> Option<&str> {
        let of = |wanted: BackendKind| {
            self.others
                .iter()
                .find(|(kind, _)| *kind == wanted)
                .map(|(_, text)| text)
        };
        let own = of(backend).or_else(|| backend.offspring_of().and_then(of));
        own.or(self.common.as_ref()).map(String::as_str)
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Sql {
        Sql::from(text.to_owned())
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Sql {
        Sql {
            common: Some(text),
            others: Vec::new(),
        }
    }
}

/// How SQL is written in a dump: a text, or an object where a backend has its own.
#[cfg(feature = "serde")]
mod form {
    use super::Sql;
    use crate::dialect::BackendKind;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(untagged)]
    pub(super) enum Text {
        Common(String),
        Several {
            #[serde(default, skip_serializing_if = "Option::is_none")]
            common: Option<String>,
            others: Vec<(BackendKind, String)>,
        },
    }

    impl From<Text> for Sql {
        fn from(text: Text) -> Sql {
            match text {
                Text::Common(text) => Sql::from(text),
                Text::Several { common, others } => Sql { common, others },
            }
        }
    }

    impl From<Sql> for Text {
        fn from(Sql { common, others }: Sql) -> Text {
            match (common, others.is_empty()) {
                (Some(common), true) => Text::Common(common),
                (common, _) => Text::Several { common, others },
            }
        }
    }
}
