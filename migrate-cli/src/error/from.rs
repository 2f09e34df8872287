//! Turns the libraries' errors into [`CliError`]: decides the exit code, and which facts go into
//! JSON. The messages are the errors' own.

use crate::CARGO_MIGRATE;
use migrate_graph::{Direction, Help, PlanError, Problem, RangeError, TargetError};
use serde_json::{Value, json};
use std::time::Duration;

use super::CliError;
use crate::exit::Exit;
use crate::words::{plural, standing, word};
use migrate_core::engine::backend::Holder;
use migrate_core::engine::utc;
use migrate_core::error::{
    Cause, ConnectError, Error, ErrorKind, LockError, NotInScript, NotRunnable, OperationError,
    RevisionFailure, ServerFacts, UrlError,
};
use migrate_core::migrator::Report;

impl From<TargetError> for CliError {
    fn from(error: TargetError) -> CliError {
        let failure = CliError {
            help: error.help(),
            ..CliError::usage(error.to_string())
        };
        match error {
            TargetError::Unknown { name, near } => failure.fact("target", name).fact("near", near),
            TargetError::UnknownBranch { branch, near } => {
                failure.fact("target", branch).fact("near", near)
            }
            TargetError::Ambiguous { name, candidates } => {
                failure.fact("target", name).fact("candidates", candidates)
            }
            TargetError::SeveralHeads { text, heads }
            | TargetError::AmbiguousStart { text, heads } => {
                failure.fact("target", text).fact("heads", heads)
            }
            TargetError::AmbiguousWalk { text, choices, .. } => {
                failure.fact("target", text).fact("candidates", choices)
            }
            TargetError::NotInBranch { revision, branch } => {
                failure.fact("revision", revision).fact("branch", branch)
            }
            TargetError::Malformed { text }
            | TargetError::Range { text }
            | TargetError::NoSteps { text }
            | TargetError::NotHere { text }
            | TargetError::TooFar { text, .. } => failure.fact("target", text),
            TargetError::Empty => failure.fact("target", ""),
        }
    }
}

impl From<PlanError> for CliError {
    fn from(error: PlanError) -> CliError {
        let failure = CliError {
            help: error.help(),
            ..CliError::usage(error.to_string())
        };
        match error {
            PlanError::Target(error) => CliError::from(error),
            // the command is right, the database is not in order
            PlanError::UnknownApplied { versions, .. } => CliError {
                exit: Exit::No,
                ..failure
            }
            .fact("unknown", versions),
            PlanError::Overlap { target, contained } => {
                failure.fact("target", target).fact("contained", contained)
            }
            PlanError::NothingToDrop { target } | PlanError::NeedsRange { target } => {
                failure.fact("target", target)
            }
            PlanError::SeveralStarts { first, other } => {
                failure.fact("start", first).fact("other", other)
            }
            PlanError::PurgeNeedsDatabase => failure,
            PlanError::NotADowngradeTarget { target, branch } => {
                failure.fact("target", target).fact("branch", branch)
            }
        }
    }
}

impl From<RangeError> for CliError {
    fn from(error: RangeError) -> CliError {
        let failure = CliError {
            help: error.help(),
            ..CliError::usage(error.to_string())
        };
        match error {
            RangeError::Target(error) => CliError::from(error),
            RangeError::UnknownApplied { versions } => CliError {
                exit: Exit::No,
                ..failure
            }
            .fact("unknown", versions),
            RangeError::NotAncestor { lower, upper, .. } => {
                failure.fact("lower", lower).fact("upper", upper)
            }
            RangeError::Overlap { target, contained } => {
                failure.fact("target", target).fact("contained", contained)
            }
            RangeError::NotALabel { name, labels } => {
                failure.fact("target", name).fact("candidates", labels)
            }
            RangeError::Colon { text } | RangeError::CountedFrom { text, .. } => {
                failure.fact("range", text)
            }
            RangeError::CurrentTwice => failure.fact("range", "current:current"),
        }
    }
}

impl From<ConnectError> for CliError {
    fn from(error: ConnectError) -> CliError {
        let failure = CliError {
            help: error.help(),
            ..CliError::usage(error.to_string())
        };
        match error {
            ConnectError::Url(error) => error.into(),
            ConnectError::NotEnabled { backend } => failure
                .fact("backend", backend.name().to_lowercase())
                .fact("feature", backend.feature()),
            ConnectError::NoDirectory { url, .. }
            | ConnectError::IsDirectory { url }
            | ConnectError::NotADatabase { url }
            | ConnectError::NoFile { url }
            | ConnectError::DanglingLink { url, .. }
            | ConnectError::ReadOnlyUrl { url }
            | ConnectError::NoDatabase { url }
            | ConnectError::UnknownParameter { url, .. }
            | ConnectError::UnknownSslMode { url }
            | ConnectError::NotEncrypted { url, .. }
            | ConnectError::NotVerified { url, .. }
            | ConnectError::File { url, .. }
            | ConnectError::Unencoded { url, .. }
            | ConnectError::Driver { url, .. } => failure.fact("database", url.to_string()),
            _ => failure,
        }
    }
}

impl From<UrlError> for CliError {
    fn from(error: UrlError) -> CliError {
        let failure = CliError {
            help: error.help().map(Help::from),
            ..CliError::usage(error.to_string())
        };
        match error {
            UrlError::UnknownScheme { scheme, near } => {
                failure.fact("scheme", scheme).fact("near", near)
            }
            UrlError::NoSlashes { scheme } | UrlError::NoColon { scheme } => {
                failure.fact("scheme", scheme)
            }
            _ => failure,
        }
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> CliError {
        let exit = match error.kind() {
            ErrorKind::Refused => Exit::No,
            ErrorKind::Revision => Exit::Revision,
            ErrorKind::Lock => Exit::Lock,
            ErrorKind::Stopped => Exit::Stopped,
            _ => Exit::Usage,
        };
        let failure = CliError {
            help: error.help(),
            ..CliError::new(exit, error.to_string())
        };
        match error {
            Error::Connect(error) => CliError::from(error),
            Error::Plan(error) => CliError::from(error),
            Error::History(problems) => {
                let problems: Vec<String> = problems.iter().map(Problem::message).collect();
                let message = problems.first().cloned().unwrap_or(failure.message);
                CliError { message, ..failure }
                    .notes(
                        problems
                            .iter()
                            .skip(1)
                            .map(|problem| format!("and {problem}")),
                    )
                    .fact("problems", problems)
            }
            Error::Irreversible { revision, .. } | Error::InTransaction { revision } => {
                failure.fact("revision", revision)
            }
            Error::OtherBackend {
                revision,
                needs,
                connected,
            } => failure
                .fact("revision", revision)
                .fact("needs", needs)
                .fact("backend", connected.name().to_lowercase()),
            Error::Lock(LockError::TimedOut {
                database,
                waited,
                holder,
            }) => failure
                .fact("database", database)
                .fact("waited_ms", in_millis(waited))
                .fact("holder", holder.as_deref().map(of_holder)),
            Error::Lock(LockError::Busy { waited }) => failure.fact("waited_ms", in_millis(waited)),
            Error::Revision(revision) => of_revision(failure, &revision),
            Error::PartialRevision(partial) | Error::UnknownPartialRevision(partial) => {
                failure.fact("revision", partial.revision)
            }
            Error::CannotRevert(why) => failure.fact("revision", why.revision),
            Error::NotPartial { revision, .. } | Error::NothingToDecide { revision } => {
                failure.fact("revision", revision)
            }
            Error::VersionTableLost { heads } => failure.fact("heads", heads),
            Error::NotApplied { revision } => failure.fact("revision", revision),
            Error::ChecksumMismatch(edited) => {
                let ids: Vec<String> = edited.into_iter().map(|edited| edited.revision).collect();
                failure.fact("edited", ids)
            }
            Error::NoScript(missing) => of_missing(failure, &missing),
            Error::NotRunnable(found) => of_not_runnable(failure, &found),
            Error::TransactionControl {
                revision,
                direction,
                file,
                control,
            } => failure
                .fact("revision", revision)
                .fact("direction", word(direction))
                .fact("file", file)
                .fact("line", control.line)
                .fact("sql", control.statement),
            Error::NotCommitted(failed) => {
                let server = failed.server_facts();
                // without a connection, the current revisions cannot be read
                let position = (!failed.unknown)
                    .then(|| standing(&failed.report.current, failed.report.at_heads));
                of_server(failure.notes(server.lines(None)).notes(position), server)
                    .fact("undone", (!failed.unknown).then_some(true))
            }
            Error::Stopped { next, report } => {
                let note = done_before(&report);
                failure.note(note).fact("next", next)
            }
            _ => failure,
        }
    }
}

fn in_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What is known of the lock holder.
fn of_holder(holder: &Holder) -> Value {
    json!({
        "pid": holder.pid,
        "connection": holder.connection,
        "user": holder.user,
        "host": holder.host,
        "command": holder.command,
        "since": holder.since.map(utc),
        "doing": holder.doing,
    })
}

/// Each part of an SQL file that cannot be run.
fn of_not_runnable(failure: CliError, found: &[NotRunnable]) -> CliError {
    let others = found.iter().skip(1);
    let others = others.map(|other| format!("and `{}:{}`: {}", other.file, other.line, other.what));
    let facts: Vec<Value> = found
        .iter()
        .map(|found| {
            json!({
                "file": found.file,
                "line": found.line,
                "what": found.what,
                "help": found.help,
            })
        })
        .collect();
    let revision = found.first().map(|found| found.revision.clone());
    failure
        .notes(others)
        .fact("revision", revision)
        .fact("not_runnable", facts)
}

/// Each revision that a script cannot contain.
fn of_missing(failure: CliError, missing: &[NotInScript]) -> CliError {
    let message = match missing {
        [first, ..] => first.to_string(),
        [] => failure.message.clone(),
    };
    let place = |missing: &NotInScript| format!("`{}:{}`", missing.file, missing.line);
    let first = missing
        .first()
        .map(|first| format!("the revision is in {}", place(first)));
    let others = missing
        .iter()
        .skip(1)
        .map(|other| format!("and {other}; it is in {}", place(other)));
    let facts: Vec<Value> = missing
        .iter()
        .map(|missing| {
            json!({
                "revision": missing.revision,
                "direction": word(missing.direction),
                "file": missing.file,
                "line": missing.line,
                "needs_database": missing.needs_database,
                "reason": missing.reason,
                "help": missing.help().typed(CARGO_MIGRATE),
            })
        })
        .collect();
    CliError { message, ..failure }
        .notes(first.into_iter().chain(others))
        .fact("not_in_script", facts)
}

/// What is known of a failed revision, and of the revisions run before it.
fn of_revision(failure: CliError, failed: &RevisionFailure) -> CliError {
    let going = match failed.direction {
        Direction::Up => "upgrade",
        Direction::Down => "downgrade",
    };
    let message = format!(
        "the {going} of revision `{}` failed: {}",
        failed.revision, failed.cause
    );
    let server = failed.server_facts();
    let unknown = matches!(failed.cause, Cause::CommitUnknown(_)) || is_in_doubt(&failed.cause);
    let failure = CliError { message, ..failure }
        .note(format!(
            "the revision is in `{}:{}`",
            failed.file, failed.line
        ))
        .notes(
            failed
                .called_at
                .iter()
                .map(|place| format!("the call is in `{place}`")),
        )
        .notes(
            failed
                .operation
                .iter()
                .map(|operation| format!("the operation was: {operation}")),
        )
        .notes(
            failed
                .statement
                .iter()
                .map(|statement| format!("the statement was: {}", shortened(statement))),
        )
        .notes(server.lines(failed.statement.as_deref()))
        .notes((!failed.undone && !unknown).then(|| not_rolled_back(failed)))
        .notes(
            (failed.undone && !unknown && !is_refused(&failed.cause))
                .then(|| "all its changes were rolled back".to_owned()),
        )
        .notes(kept(&failed.kept))
        .note(done_before(&failed.report));
    of_server(failure, server)
        .fact("revision", failed.revision.as_str())
        .fact("direction", word(failed.direction))
        .fact("file", failed.file.as_str())
        .fact("line", failed.line)
        .fact("operation", failed.operation.clone())
        .fact("sql", failed.statement.clone())
        .fact("undone", (!unknown).then_some(failed.undone))
        .fact("kept", failed.kept.clone())
}

/// The server's detail, hint and position, as facts.
fn of_server(failure: CliError, server: ServerFacts) -> CliError {
    let facts = [
        ("detail", server.detail.map(Value::from)),
        ("hint", server.hint.map(Value::from)),
        ("position", server.position.map(Value::from)),
    ];
    let known = facts
        .into_iter()
        .filter_map(|(key, fact)| Some((key, fact?)));
    known.fold(failure, |failure, (key, fact)| failure.fact(key, fact))
}

/// What the run had done before it ended, and the current revisions.
fn done_before(report: &Report) -> String {
    let before = match report.steps.len() {
        0 => "this run had completed no other revision".to_owned(),
        steps => format!("this run had completed {}", plural(steps, "other revision")),
    };
    let standing = standing(&report.current, report.at_heads);
    format!("{before}; {standing}")
}

/// Whether the run stopped because the outcome of an earlier run is unknown: then nothing is
/// reported as rolled back.
fn is_in_doubt(cause: &Cause) -> bool {
    matches!(cause, Cause::Body(error)
        if matches!(error.downcast_ref(), Some(OperationError::Unsettled(_))))
}

/// Whether it failed before anything ran.
fn is_refused(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::Begin(_) | Cause::NotReady(_) | Cause::Busy { .. }
    )
}

/// How many operations are listed; in JSON, `kept` has all.
const LISTED: usize = 10;

/// The operations that were not rolled back; of many, only the last.
fn kept(operations: &[String]) -> Vec<String> {
    let more = operations.len().saturating_sub(LISTED);
    let first = (more > 0).then(|| format!("not rolled back: {}", plural(more, "operation")));
    let listed = operations.iter().skip(more);
    let listed = listed.map(|operation| format!("not rolled back: {operation}"));
    first.into_iter().chain(listed).collect()
}

/// That changes were not rolled back, and what is recorded.
fn not_rolled_back(failed: &RevisionFailure) -> String {
    let recorded = match failed.direction {
        Direction::Up => "is not recorded as applied",
        Direction::Down => "is still recorded as applied",
    };
    format!(
        "its changes so far were not rolled back and may be in the database; the revision {recorded}"
    )
}

/// A statement, cut if it is too long. In JSON, `sql` has all of it.
fn shortened(statement: &str) -> String {
    const MOST: usize = 1000;
    match statement.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}… ({} bytes in all)", &statement[..end], statement.len()),
        None => statement.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_statements_are_shortened_at_a_character() {
        assert_eq!(shortened("SELECT 1"), "SELECT 1");
        let long = "é".repeat(1500);
        let short = shortened(&long);
        assert!(short.ends_with("é… (3000 bytes in all)"), "{short}");
        assert_eq!(short.matches('é').count(), 1000);
    }

    #[test]
    fn two_version_tables_are_a_usage_error() {
        let failure = CliError::from(Error::from(migrate_core::error::TwoVersionTables {
            found: "public".to_owned(),
            first: "s2".to_owned(),
        }));
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.starts_with(
            "the schema `s2` has no version table, but `public` after it in the search path has one"
        ));
        assert!(
            failure
                .help
                .unwrap()
                .to_string()
                .contains("?options=-cmigrate.schema%3Ds2")
        );
    }
}
