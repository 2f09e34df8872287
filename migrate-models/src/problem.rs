//! What is wrong with a declaration, as data. It must not know where it is shown.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::Place;

/// A mistake in a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What is wrong: a lower-case phrase, with the user's words in backticks.
    pub message: String,
    /// What can be done, with something to type.
    pub help: Option<String>,
    /// The other places that it is about, each with what is there.
    pub also: Vec<(Place, String)>,
}

impl Problem {
    /// A problem at this place.
    #[must_use]
    pub fn new(place: Place, message: impl Into<String>) -> Problem {
        Problem {
            place,
            message: message.into(),
            help: None,
            also: Vec::new(),
        }
    }

    /// With what can be done.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    /// With another place that it is about.
    #[must_use]
    pub fn also(mut self, place: Place, what: impl Into<String>) -> Problem {
        self.also.push((place, what.into()));
        self
    }
}
