//! What a server reports about an error besides its message.

use diesel::result::Error;

/// What a server reports about an error besides its message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerFacts {
    /// Details of this case, such as the duplicate value.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// Where in the statement: the number of a character, counted from 1.
    pub position: Option<usize>,
}

impl ServerFacts {
    /// The facts of an error; none when it is not the server's.
    pub(crate) fn of(error: &Error) -> ServerFacts {
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

    /// The facts as entries of a report; the position is followed by the line of the statement and
    /// a mark.
    #[must_use]
    pub fn lines(&self, statement: Option<&str>) -> Vec<String> {
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

/// The most characters of a line that are shown on either side of the position.
const BESIDE: usize = 50;

/// A position in the statement as line and column, followed by the line and a mark below the
/// character.
fn place(position: usize, statement: Option<&str>) -> String {
    let Some((at, _)) =
        statement.and_then(|statement| statement.char_indices().nth(position.checked_sub(1)?))
    else {
        return format!("character {position}");
    };
    let (before, after) = statement.unwrap_or_default().split_at(at);
    let line = before.matches('\n').count() + 1;
    let left: Vec<char> = before.chars().rev().take_while(|c| *c != '\n').collect();
    let (column, left) = (left.len() + 1, shown(left.into_iter()));
    let left: String = left.chars().rev().collect();
    let right = shown(after.chars().take_while(|c| !matches!(c, '\n' | '\r')));
    // a tab is repeated, so that the mark is below its character
    let indent: String = left
        .chars()
        .map(|c| if c == '\t' { c } else { ' ' })
        .collect();
    format!("line {line}, column {column}\n{left}{right}\n{indent}^")
}

/// The characters that are shown, with `…` where more follow.
fn shown(mut text: impl Iterator<Item = char>) -> String {
    let mut shown: String = text.by_ref().take(BESIDE).collect();
    if text.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_shown_as_line_and_column() {
        let statement = "SELECT é,\n  nothing FROM t\nWHERE 1";
        assert_eq!(
            place(13, Some(statement)),
            "line 2, column 3\n  nothing FROM t\n  ^"
        );
        assert_eq!(
            place(8, Some(statement)),
            "line 1, column 8\nSELECT é,\n       ^"
        );
        assert_eq!(place(99, Some(statement)), "character 99");
        assert_eq!(place(5, None), "character 5");
        let tabs = "\tSELECT\tx";
        assert_eq!(
            place(9, Some(tabs)),
            "line 1, column 9\n\tSELECT\tx\n\t      \t^"
        );
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let statement = format!("{}x{}", "é".repeat(200), "é".repeat(200));
        let place = place(201, Some(&statement));
        let mut lines = place.lines();
        assert_eq!(lines.next(), Some("line 1, column 201"));
        let half = "é".repeat(BESIDE);
        let line = format!("…{half}x{}…", "é".repeat(BESIDE - 1));
        assert_eq!(lines.next(), Some(line.as_str()));
        let mark = format!("{}^", " ".repeat(BESIDE + 1));
        assert_eq!(lines.next(), Some(mark.as_str()));
    }
}
