//! What a server says about an error beside its message.

use diesel::result::Error;

/// What a server says about an error beside its message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerFacts {
    /// More about this one case, such as the value that is there twice.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// Where in the statement: the number of a character, counted from 1.
    pub position: Option<usize>,
}

impl ServerFacts {
    /// The facts of an error; none when it is not the server's.
    pub(super) fn of(error: &Error) -> ServerFacts {
        let Error::DatabaseError(_, facts) = error else {
            return ServerFacts::default();
        };
        ServerFacts {
            detail: facts.details().map(str::to_owned),
            hint: facts.hint().map(str::to_owned),
            position: facts
                .statement_position()
                .and_then(|position| usize::try_from(position).ok())
                .filter(|position| *position > 0),
        }
    }

    /// The facts as lines of a report.
    pub(crate) fn lines(&self, statement: Option<&str>) -> Vec<String> {
        let place = self.position.map(|position| place(position, statement));
        [
            self.detail.as_ref().map(|text| format!("detail: {text}")),
            self.hint.as_ref().map(|text| format!("hint: {text}")),
            place.map(|place| format!("position: {place}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A character of the statement as people count: by line and column, with what stands there.
fn place(position: usize, statement: Option<&str>) -> String {
    let Some((at, _)) =
        statement.and_then(|statement| statement.char_indices().nth(position.checked_sub(1)?))
    else {
        return format!("character {position}");
    };
    let (before, after) = statement.unwrap_or_default().split_at(at);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let shown: String = after
        .lines()
        .next()
        .unwrap_or("")
        .chars()
        .take(40)
        .collect();
    format!("line {line}, column {column}: `{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_told_by_line_and_column() {
        let statement = "SELECT é,\n  nothing FROM t\nWHERE 1";
        assert_eq!(
            place(13, Some(statement)),
            "line 2, column 3: `nothing FROM t`"
        );
        assert_eq!(place(1, Some(statement)), "line 1, column 1: `SELECT é,`");
        assert_eq!(place(99, Some(statement)), "character 99");
        assert_eq!(place(5, None), "character 5");
    }
}
