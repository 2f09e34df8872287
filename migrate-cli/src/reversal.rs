//! The part of `check` about downgrades: which revisions cannot be reverted, and on which
//! databases.

use crate::json;
use migrate_core::engine::backend::BackendKind;
use migrate_core::error::{Error, IrreversibleReason};
use migrate_core::migrator::Migrator;
use migrate_core::revision::Revision;

/// What is wrong with a revision on some of the databases.
struct Broken {
    revision: &'static Revision,
    reasons: Vec<(BackendKind, IrreversibleReason)>,
}

/// The downgrades that cannot work, in the order of an upgrade.
pub(super) fn problems(
    migrator: &Migrator<'_>,
    dialects: &[BackendKind],
) -> Result<Vec<json::Problem>, Error> {
    let mut broken: Vec<Broken> = Vec::new();
    for dialect in dialects {
        for (revision, reason) in migrator.irreversible_revisions(*dialect)? {
            let reason = (*dialect, reason);
            match broken
                .iter_mut()
                .find(|broken| broken.revision.id() == revision.id())
            {
                Some(broken) => broken.reasons.push(reason),
                None => broken.push(Broken {
                    revision,
                    reasons: vec![reason],
                }),
            }
        }
    }
    Ok(broken
        .iter()
        .flat_map(|broken| broken.problems(dialects.len()))
        .collect())
}

impl Broken {
    /// One problem for each reason, with the databases that it holds for, unless it holds for all
    /// `dialects`.
    fn problems(&self, dialects: usize) -> Vec<json::Problem> {
        let elsewhere = self.reasons.len() < dialects;
        // a revision that fails on one database and works on another is not meant for the first
        let counts = |reason: &IrreversibleReason| {
            !(elsewhere && matches!(reason, IrreversibleReason::Body(_)))
        };
        let mut said: Vec<(String, &IrreversibleReason, Vec<&str>)> = Vec::new();
        for (dialect, reason) in self.reasons.iter().filter(|(_, reason)| counts(reason)) {
            let text = reason.to_string();
            match said.iter_mut().find(|(other, ..)| *other == text) {
                Some((.., names)) => names.push(dialect.name()),
                None => said.push((text, reason, vec![dialect.name()])),
            }
        }
        said.into_iter()
            .map(|(text, reason, names)| {
                let place = match names.len() == dialects {
                    true => String::new(),
                    false => format!(" on {}", names.join(", ")),
                };
                self.problem(&text, &place, reason)
            })
            .collect()
    }

    fn problem(&self, text: &str, place: &str, reason: &IrreversibleReason) -> json::Problem {
        let (id, file, line) = (
            self.revision.id(),
            self.revision.file(),
            self.revision.line(),
        );
        let revision = format!("revision `{id}` in `{file}:{line}`");
        let (kind, message) = match reason {
            IrreversibleReason::Idle { .. } => (
                "idle_downgrade",
                format!("{revision} cannot be reverted{place}: {text}"),
            ),
            _ => (
                "not_reversible",
                format!(
                    "{revision} is declared `reversible`, and cannot be reverted{place}: {text}"
                ),
            ),
        };
        json::Problem {
            kind,
            revisions: vec![id.to_owned()],
            message,
            places: vec![json::Place {
                file: file.to_owned(),
                line,
                column: None,
                note: None,
            }],
            help: Some(reason.help()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::revision::{Body, Downgrade};

    static REVISION: Revision = Revision::new(
        "a",
        &[],
        "",
        "a.rs",
        1,
        Body::Operations(|_| Ok(())),
        Downgrade::Reversible,
    );

    /// The messages about a revision with these reasons, on three databases.
    fn said(reasons: &[(BackendKind, IrreversibleReason)]) -> Vec<String> {
        let broken = Broken {
            revision: &REVISION,
            reasons: reasons.to_vec(),
        };
        let prefix = "revision `a` in `a.rs:1` is declared `reversible`, and ";
        let messages = broken
            .problems(3)
            .into_iter()
            .map(|problem| problem.message);
        messages
            .map(|message| message.replace(prefix, ""))
            .collect()
    }

    #[test]
    fn a_reason_is_said_once_with_its_databases() {
        use BackendKind::{Mysql, Postgres, Sqlite};
        let body = |text: &str| IrreversibleReason::Body(text.to_owned());
        let one = IrreversibleReason::Declared;
        assert_eq!(
            said(&[
                (Sqlite, one.clone()),
                (Postgres, one.clone()),
                (Mysql, one.clone())
            ]),
            [format!("cannot be reverted: {one}")]
        );
        assert_eq!(
            said(&[(Sqlite, one.clone()), (Mysql, one.clone())]),
            [format!("cannot be reverted on SQLite, MySQL: {one}")]
        );
        assert_eq!(
            said(&[
                (Sqlite, body("x")),
                (Postgres, body("y")),
                (Mysql, body("x"))
            ])
            .len(),
            2
        );
        let none: [String; 0] = [];
        assert_eq!(said(&[(Sqlite, body("it has no such thing"))]), none);
    }
}
