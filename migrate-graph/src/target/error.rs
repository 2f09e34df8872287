//! Why a target cannot be parsed, or does not resolve to a revision, with the facts and the words.
//!
//! It must not know what was to be done with the target.

use std::fmt;

use crate::advice::{Advice, Help, merge};
use crate::text::list;

/// Why a target cannot be parsed, or does not resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// Nothing at all.
    Empty,
    /// Not one of the forms.
    Malformed {
        /// The target.
        text: String,
    },
    /// A range `a:b` where one target is wanted.
    Range {
        /// The target.
        text: String,
    },
    /// `+0` or `-0`.
    NoSteps {
        /// The target.
        text: String,
    },
    /// `current`, or counted from what is applied, where no database is known or it has no meaning.
    NotHere {
        /// The target.
        text: String,
    },
    /// No revision and no branch label has this name or begins with it.
    Unknown {
        /// The name.
        name: String,
        /// A similar name that exists.
        near: Option<String>,
    },
    /// The part before the `@` is neither a branch label nor a revision.
    UnknownBranch {
        /// The name.
        branch: String,
        /// A similar name that exists.
        near: Option<String>,
    },
    /// Several names begin with this one.
    Ambiguous {
        /// The name.
        name: String,
        /// The ids and labels that begin with it, sorted.
        candidates: Vec<String>,
    },
    /// The revision is not on the branch before the `@`.
    NotInBranch {
        /// The revision.
        revision: String,
        /// The branch.
        branch: String,
    },
    /// One head is wanted, and there are several.
    SeveralHeads {
        /// The target.
        text: String,
        /// The heads, sorted.
        heads: Vec<String>,
    },
    /// The steps lead past the end of the history.
    TooFar {
        /// The target.
        text: String,
        /// The steps that were asked for, negative if downwards.
        asked: i64,
        /// How many there are.
        possible: i64,
        /// The revision that they were counted from; none if from what is applied.
        from: Option<String>,
    },
    /// On the way there is a revision from which it goes on in several directions.
    AmbiguousWalk {
        /// The target.
        text: String,
        /// The revision, or none if the history has several bases.
        at: Option<String>,
        /// Where it could go on, sorted.
        choices: Vec<String>,
    },
    /// Steps are to be counted from what is applied, and that has several heads, or none on the
    /// branch.
    AmbiguousStart {
        /// The target.
        text: String,
        /// The applied heads that it could be counted from, sorted.
        heads: Vec<String>,
    },
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TargetError as E;
        match self {
            E::Empty => write!(f, "the target is empty"),
            E::Malformed { text } => write!(f, "`{text}` is not a target"),
            E::Range { text } => write!(f, "`{text}` is a range, and one target is wanted here"),
            E::NoSteps { text } => write!(f, "`{text}` leads nowhere: it has no steps"),
            E::NotHere { text } => write!(
                f,
                "`{text}` is a place in what is applied, which has no meaning here"
            ),
            E::Unknown { name, .. } => write!(f, "no revision or branch label `{name}`"),
            E::UnknownBranch { branch, .. } => write!(f, "no branch `{branch}`"),
            E::Ambiguous { name, candidates } => {
                write!(f, "`{name}` is ambiguous: it begins {}", list(candidates))
            }
            E::NotInBranch { revision, branch } => {
                write!(f, "revision `{revision}` is not on the branch `{branch}`")
            }
            E::SeveralHeads { text, heads } => {
                write!(
                    f,
                    "`{text}` means one head, and there are {}: {}",
                    heads.len(),
                    list(heads)
                )
            }
            E::TooFar {
                text,
                asked,
                possible,
                from,
            } => {
                let way = if *asked < 0 { "below" } else { "above" };
                let shown = from
                    .as_ref()
                    .map_or("what is applied".to_owned(), |from| format!("`{from}`"));
                match possible {
                    0 if *asked < 0 && from.is_none() => {
                        write!(f, "nothing is applied, so nothing can be reverted")
                    }
                    0 => write!(f, "`{text}` goes too far: there is nothing {way} {shown}"),
                    1 => write!(f, "`{text}` goes too far: there is 1 step {way} {shown}"),
                    _ => write!(
                        f,
                        "`{text}` goes too far: there are {possible} steps {way} {shown}"
                    ),
                }
            }
            E::AmbiguousWalk {
                text,
                at: Some(at),
                choices,
            } => {
                write!(
                    f,
                    "`{text}` is ambiguous: at `{at}` the way divides into {}",
                    list(choices)
                )
            }
            E::AmbiguousWalk {
                text,
                at: None,
                choices,
            } => {
                write!(
                    f,
                    "`{text}` is ambiguous: the history begins with {}",
                    list(choices)
                )
            }
            E::AmbiguousStart { text, heads } if heads.is_empty() => {
                write!(
                    f,
                    "`{text}` counts from what is applied, and nothing of that branch is"
                )
            }
            E::AmbiguousStart { text, heads } => {
                write!(
                    f,
                    "`{text}` is ambiguous: several heads are applied: {}",
                    list(heads)
                )
            }
        }
    }
}

impl std::error::Error for TargetError {}

impl TargetError {
    /// What to type instead, if that can be told.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        match self {
            TargetError::SeveralHeads { heads, .. } => Some(
                Help::from(format!(
                    "name one: `{}`; or all: `heads`; or `",
                    heads.first()?
                )) + merge(heads)
                    + "`",
            ),
            TargetError::Unknown { near: None, .. }
            | TargetError::UnknownBranch { near: None, .. } => {
                Some(Help::from("`") + Advice::History + "` lists the revisions")
            }
            error => error.words().map(Help::from),
        }
    }

    /// The help where it is words alone.
    fn words(&self) -> Option<String> {
        use TargetError as E;
        Some(match self {
            E::Empty | E::Malformed { .. } => {
                "a target is `head`, `heads`, `base`, an id or the beginning of one, `+1`, `-1`, or `label@head`".to_owned()
            }
            E::Range { text } => {
                let last = text.rsplit(':').next().filter(|last| !last.is_empty()).unwrap_or("head");
                format!("name the end alone: `{last}`")
            }
            E::NoSteps { .. } => "one step up is `+1`, one step down is `-1`".to_owned(),
            E::NotHere { .. } => "name a revision: its id, or `head`".to_owned(),
            E::Unknown { near, .. } | E::UnknownBranch { near, .. } => {
                format!("a similar name exists: `{}`", near.as_ref()?)
            }
            E::Ambiguous { candidates, .. } => format!("type more of it: `{}`", candidates.first()?),
            E::NotInBranch { revision, .. } => format!("leave the branch out: `{revision}`"),
            E::SeveralHeads { .. } | E::TooFar { possible: 0, .. } => return None,
            E::TooFar { asked, possible, from, .. } => {
                let sign = if *asked < 0 { '-' } else { '+' };
                format!("at most `{}{sign}{possible}`", from.as_deref().unwrap_or_default())
            }
            E::AmbiguousWalk { choices, .. } => format!("name the revision: `{}`", choices.first()?),
            E::AmbiguousStart { text, heads } => {
                let steps = text.rsplit('@').next().unwrap_or(text);
                format!("say on which branch: `{}@{steps}`", heads.first()?)
            }
        })
    }
}
