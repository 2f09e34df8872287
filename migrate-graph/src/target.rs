//! What a user asks for: `head`, `+1`, an id or the beginning of one, `label@head`, …
//!
//! A [`Target`] is parsed without a graph, and resolved with one. What needs to know what is
//! applied (`+1`, `-2`) is resolved by [`plan`](crate::plan); what does not, by [`resolve`]. It
//! must not know how many steps lead there.

mod error;
mod parse;
pub(crate) mod resolve;
pub(crate) mod walk;

pub use error::TargetError;
pub use resolve::{resolve, resolve_applied};

/// What a user asks for, as far as it can be understood without a graph.
///
/// ```
/// use migrate_graph::Target;
/// let target: Target = "billing@head".parse()?;
/// assert_eq!(target.branch(), Some("billing"));
/// assert!("a:b".parse::<Target>().is_err());
/// # Ok::<(), migrate_graph::TargetError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    text: String,
    branch: Option<String>,
    point: Point,
    steps: Option<i64>,
}

/// The part of a target between the branch and the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// Nothing: the steps count from what is applied.
    Here,
    /// `head`: the one head.
    Head,
    /// `heads`: all heads.
    Heads,
    /// `base`: nothing applied.
    Base,
    /// `current`: the applied heads.
    Current,
    /// An id, a branch label, or the beginning of one.
    Name(String),
}

impl Target {
    /// The target as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`: a branch label, or a revision that is on the branch.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.branch.as_deref()
    }

    /// Whether it counts from what is applied: `+1`, `-2`, `label@+1`.
    #[must_use]
    pub fn is_relative_to_applied(&self) -> bool {
        self.point == Point::Here
    }

    /// The steps up (or down, if negative) from the point.
    #[must_use]
    pub fn steps(&self) -> Option<i64> {
        self.steps
    }

    /// The part between the branch and the steps.
    pub(crate) fn point(&self) -> &Point {
        &self.point
    }

    /// The same target without its branch.
    pub(crate) fn without_branch(&self) -> Target {
        Target {
            branch: None,
            ..self.clone()
        }
    }

    /// The same target without its branch and its steps.
    pub(crate) fn without_steps_and_branch(&self) -> Target {
        Target {
            branch: None,
            steps: None,
            ..self.clone()
        }
    }

    /// The same target without its steps.
    pub(crate) fn without_steps(&self) -> Target {
        Target {
            steps: None,
            ..self.clone()
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
