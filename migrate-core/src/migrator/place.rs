//! Where a failure of a step is shown: a file and a line of the revision. It runs nothing.

use std::panic::Location;

use migrate_graph::Direction;

use crate::error::{Cause, ServerFacts};
use crate::execute::Spot;
use crate::revision::Revision;
use crate::sql;

/// The file and line to look at: of the call that failed, if it is in the revision's file; for an
/// SQL folder, of the failed statement.
pub(super) fn place(
    revision: &Revision,
    direction: Direction,
    spot: Option<Spot>,
    cause: &Cause,
    statement: Option<&str>,
) -> (String, u32) {
    let line = match spot {
        Some(Spot::Sql(line)) => line,
        Some(Spot::Call(call)) if is_in(call, revision) => {
            return (revision.file().to_owned(), call.line());
        }
        _ => return (revision.file().to_owned(), revision.line()),
    };
    let file = revision.sql_file(direction);
    let position = cause
        .database_error()
        .and_then(|error| ServerFacts::of(error).position);
    let before = position.zip(statement).map(|(position, statement)| {
        let before: String = statement.chars().take(position).collect();
        sql::lines(&before)
    });
    (file, line + before.unwrap_or_default())
}

/// Whether a call is in the revision's file. The compiler names files from the folder that it runs
/// in, a revision its own from the workspace's root.
fn is_in(call: &Location<'_>, revision: &Revision) -> bool {
    let parts = |path: &str| {
        let mut parts: Vec<String> = Vec::new();
        for part in path.split(['/', '\\']).filter(|part| *part != ".") {
            match part {
                ".." if parts.last().is_some_and(|last| last != "..") => drop(parts.pop()),
                part => parts.push(part.to_owned()),
            }
        }
        parts
    };
    let (call, own) = (parts(call.file()), parts(revision.file()));
    call.ends_with(&own) || own.ends_with(&call)
}

/// Where the call that failed is, if it is in another file than the revision.
pub(super) fn called_elsewhere(revision: &Revision, spot: Option<Spot>) -> Option<String> {
    match spot {
        Some(Spot::Call(call)) if !is_in(call, revision) => {
            Some(format!("{}:{}", call.file(), call.line()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revision::{Body, Downgrade};

    #[test]
    fn a_failure_in_an_sql_folder_is_in_the_file_that_was_run() {
        let of = |file| {
            let body = Body::Operations(|_| Ok(()));
            Revision::new("a", &[], "", file, 7, body, Downgrade::Irreversible)
        };
        let cause = Cause::EndedTransaction;
        let shown = |file, direction, line: Option<u32>| {
            place(&of(file), direction, line.map(Spot::Sql), &cause, None)
        };
        let (up, down) = (Direction::Up, Direction::Down);
        let folder = "migrations/1_a/up.sql";
        assert_eq!(shown(folder, up, Some(3)), (folder.to_owned(), 3));
        let back = "migrations/1_a/down.sql".to_owned();
        assert_eq!(shown(folder, down, Some(2)), (back, 2));
        let rust = "migrations/a.rs";
        assert_eq!(shown(rust, down, None), (rust.to_owned(), 7));
        // a call counts where it is in the revision's file
        let call = Location::caller();
        let shown = |file| place(&of(file), up, Some(Spot::Call(call)), &cause, None);
        let this = "migrate-core/src/../src/migrator/place.rs";
        let own = "migrate-core/src/migrator/place.rs";
        assert_eq!(shown(own), (own.to_owned(), call.line()));
        assert_eq!(shown(rust), (rust.to_owned(), 7));
        let elsewhere = called_elsewhere(&of(rust), Some(Spot::Call(call)));
        assert!(elsewhere.is_some_and(|place| place.contains("place.rs:")));
        assert!(called_elsewhere(&of(this), Some(Spot::Call(call))).is_none());
    }
}
