//! Why there is no such range, with the facts and the words.
//!
//! It must not know how a range is resolved.

use std::fmt;

use crate::TargetError;
use crate::advice::Help;
use crate::text::list;

/// Why there is no such range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeError {
    /// No colon, or several.
    Colon {
        /// The range.
        text: String,
    },
    /// `current:current`.
    CurrentTwice,
    /// An end cannot be parsed, or does not resolve.
    Target(TargetError),
    /// An end is `current`, and the database has versions that are no revision of the history.
    UnknownApplied {
        /// The versions, sorted.
        versions: Vec<String>,
    },
    /// The lower end is not below the upper end.
    NotAncestor {
        /// A revision of the lower end.
        lower: String,
        /// The revisions of the upper end.
        upper: Vec<String>,
        /// Whether the upper end is below the lower one.
        reversed: bool,
    },
    /// An end means several revisions, and one contains another.
    Overlap {
        /// The revision that contains the other.
        target: String,
        /// The other.
        contained: String,
    },
    /// A lower end names a branch by a revision that has no label, or several.
    NotALabel {
        /// The name.
        name: String,
        /// The labels that the revision has, sorted.
        labels: Vec<String>,
    },
    /// A lower end `-N` that would be another one if counted from the heads than from the upper
    /// end.
    CountedFrom {
        /// The lower end.
        text: String,
        /// Where it leads from the upper end; nothing if below a base.
        from_upper: Vec<String>,
        /// Where it leads from the heads; nothing if below a base.
        from_heads: Vec<String>,
        /// Whether that is not below the upper end, so that there would be no range.
        heads_are_above: bool,
    },
}

impl From<TargetError> for RangeError {
    fn from(error: TargetError) -> RangeError {
        RangeError::Target(error)
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RangeError::Colon { text } => write!(f, "`{text}` is not a range"),
            RangeError::CurrentTwice => {
                write!(f, "`current:current` is not a range: it has one end")
            }
            RangeError::Target(error) => error.fmt(f),
            RangeError::UnknownApplied { versions } => {
                write!(
                    f,
                    "the database has revisions that this history does not know: {}",
                    list(versions)
                )
            }
            RangeError::NotAncestor { lower, upper, .. } if upper.is_empty() => {
                write!(f, "`{lower}` is not below the upper end of the range")
            }
            RangeError::NotAncestor { lower, upper, .. } => {
                write!(f, "`{lower}` is not below {}", list(upper))
            }
            RangeError::Overlap { target, contained } => {
                write!(
                    f,
                    "one end of the range has both `{target}` and `{contained}`, which is below it"
                )
            }
            RangeError::NotALabel { name, labels } if labels.is_empty() => {
                write!(f, "`{name}` is not on a branch with a label")
            }
            RangeError::NotALabel { name, labels } => {
                write!(
                    f,
                    "`{name}` is on branches with several labels: {}",
                    list(labels)
                )
            }
            RangeError::CountedFrom { text, .. } => {
                write!(
                    f,
                    "`{text}` could be counted from the upper end of the range, or from the heads"
                )
            }
        }
    }
}

impl std::error::Error for RangeError {}

impl RangeError {
    /// What to type instead, if that can be told.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        Some(match self {
            RangeError::Colon { .. } => "a range is `from:to`, `from:` or `:to`".into(),
            RangeError::CurrentTwice => {
                "what is applied is `:current`, what is not is `current:`".into()
            }
            RangeError::Target(error) => return error.help(),
            RangeError::UnknownApplied { .. } => "name a revision instead of `current`".into(),
            RangeError::NotAncestor {
                lower,
                upper,
                reversed,
            } => match &upper[..] {
                [upper] if *reversed => format!("the other way round: `{upper}:{lower}`").into(),
                _ => format!("from there to the heads: `{lower}:`").into(),
            },
            RangeError::Overlap { target, .. } => format!("name `{target}` alone").into(),
            RangeError::NotALabel { name, labels } => match labels.first() {
                Some(label) => format!("name one: `{label}@base:`").into(),
                None => format!("from there to the heads: `{name}:`").into(),
            },
            RangeError::CountedFrom {
                from_upper,
                heads_are_above: true,
                ..
            } => format!(
                "name the revision: from the upper end it is `{}`",
                from_upper.first()?
            )
            .into(),
            RangeError::CountedFrom {
                from_upper,
                from_heads,
                ..
            } => {
                let end = |ids: &[String]| ids.first().map_or("base".into(), Clone::clone);
                format!(
                    "name the revision: from the upper end it is `{}`, from the heads `{}`",
                    end(from_upper),
                    end(from_heads)
                )
                .into()
            }
        })
    }
}
