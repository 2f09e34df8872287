//! The libraries' errors as failures: the single place that decides whose fault an error was, and which of its facts
//! programs get. The words are the errors' own.

use migrate_graph::{PlanError, TargetError};

use super::Failure;
use crate::cli::exit::Exit;

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Failure {
        let failure = Failure {
            help: error.help(),
            ..Failure::usage(error.to_string())
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

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Failure {
        let failure = Failure {
            help: error.help(),
            ..Failure::usage(error.to_string())
        };
        match error {
            PlanError::Target(error) => Failure::from(error),
            // the command is right, the database is not as it should be
            PlanError::UnknownApplied { versions } => Failure {
                exit: Exit::No,
                ..failure
            }
            .fact("unknown", versions),
            PlanError::Overlap { target, contained } => {
                failure.fact("target", target).fact("contained", contained)
            }
            PlanError::NothingToDrop { target } => failure.fact("target", target),
            PlanError::NotADowngradeTarget { target, branch } => {
                failure.fact("target", target).fact("branch", branch)
            }
        }
    }
}
