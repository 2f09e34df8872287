//! What one revision declares about itself, before anything is known of the others.
//!
//! Plain data plus the rules for a single name. It must not know where a header was read from, nor
//! whether the revisions that it names exist: that is [`Graph::new`](crate::Graph::new)'s work.

/// How many bytes an id may have: the width of the version table's column, diesel's own.
pub const MAX_ID_BYTES: usize = 50;

/// Names with a meaning in targets, which therefore cannot be ids or labels.
pub const RESERVED: [&str; 4] = ["head", "heads", "base", "current"];

/// What one revision declares: its name, what it continues, what it needs, and how its branch is
/// called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Header {
    /// The name that is recorded in the database.
    pub id: String,
    /// The parents: none for a base, one for most, several for a merge. The order is preserved.
    pub down_revision: Vec<String>,
    /// Ids or branch labels of revisions on other branches that must be applied before this one.
    pub depends_on: Vec<String>,
    /// Names for the branch that this revision is on.
    pub branch_labels: Vec<String>,
    /// What the revision does, in one line.
    pub message: String,
}

impl Header {
    /// A header with an id and parents, and nothing else.
    ///
    /// ```
    /// let header = migrate_graph::Header::new("b", ["a"]);
    /// assert_eq!(header.down_revision, ["a"]);
    /// ```
    pub fn new<'a>(id: &str, parents: impl IntoIterator<Item = &'a str>) -> Header {
        Header {
            id: id.to_owned(),
            down_revision: owned(parents),
            ..Header::default()
        }
    }

    /// The same header, with these dependencies.
    #[must_use]
    pub fn depends_on<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Header {
        self.depends_on = owned(names);
        self
    }

    /// The same header, with these branch labels.
    #[must_use]
    pub fn branch_labels<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Header {
        self.branch_labels = owned(names);
        self
    }

    /// The same header, with this message.
    #[must_use]
    pub fn message(mut self, message: &str) -> Header {
        message.clone_into(&mut self.message);
        self
    }
}

fn owned<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// Why a text cannot be an id (or a branch label: the rules are the same).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdProblem {
    /// Nothing at all.
    Empty,
    /// More than [`MAX_ID_BYTES`].
    TooLong {
        /// How many bytes it has.
        bytes: usize,
    },
    /// A character other than `A-Z a-z 0-9 _ . -`.
    Character {
        /// The first such character.
        character: char,
        /// Its byte offset.
        at: usize,
    },
    /// A word with a special meaning in targets: one of [`RESERVED`].
    Reserved,
    /// Ends like a relative target: `add_phone-2` would read as two below `add_phone`.
    Relative {
        /// The part before the sign.
        name: String,
        /// The digits after the sign.
        steps: String,
    },
}

/// Whether `id` may name a revision or a branch.
///
/// # Errors
/// The first rule that it breaks.
///
/// ```
/// use migrate_graph::{IdProblem, check_id};
/// assert_eq!(check_id("20261121093000"), Ok(()));
/// assert_eq!(check_id("add phone"), Err(IdProblem::Character { character: ' ', at: 3 }));
/// ```
pub fn check_id(id: &str) -> Result<(), IdProblem> {
    if id.is_empty() {
        return Err(IdProblem::Empty);
    }
    if let Some((at, character)) = id
        .char_indices()
        .find(|(_, character)| !allowed(*character))
    {
        return Err(IdProblem::Character { character, at });
    }
    if id.len() > MAX_ID_BYTES {
        return Err(IdProblem::TooLong { bytes: id.len() });
    }
    if RESERVED.contains(&id) {
        return Err(IdProblem::Reserved);
    }
    match id.rsplit_once('-') {
        Some((name, steps))
            if !steps.is_empty() && steps.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Err(IdProblem::Relative {
                name: name.to_owned(),
                steps: steps.to_owned(),
            })
        }
        _ => Ok(()),
    }
}

fn allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_fine() {
        for id in [
            "1",
            "20261121093000",
            "0001_initial",
            "a.b-c",
            "v1.2",
            "2024-add",
            "_",
            &"x".repeat(50),
        ] {
            assert_eq!(check_id(id), Ok(()), "{id}");
        }
    }

    #[test]
    fn ids_that_are_not() {
        assert_eq!(check_id(""), Err(IdProblem::Empty));
        assert_eq!(
            check_id(&"x".repeat(51)),
            Err(IdProblem::TooLong { bytes: 51 })
        );
        assert_eq!(
            check_id("aé"),
            Err(IdProblem::Character {
                character: 'é',
                at: 1
            })
        );
        assert_eq!(
            check_id("a@b"),
            Err(IdProblem::Character {
                character: '@',
                at: 1
            })
        );
        assert_eq!(check_id("head"), Err(IdProblem::Reserved));
        assert_eq!(
            check_id("a-1"),
            Err(IdProblem::Relative {
                name: "a".into(),
                steps: "1".into()
            })
        );
        assert_eq!(
            check_id("-1"),
            Err(IdProblem::Relative {
                name: String::new(),
                steps: "1".into()
            })
        );
    }
}
