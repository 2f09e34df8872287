//! Selects one of several histories for a command. Must not know what they contain.

use std::collections::BTreeMap;

use migrate_cli::CliError;
use migrate_cli::configuration::{Given, Origin};
use migrate_graph::suggest::nearest;
use migrate_source::Histories;

use super::Selection;
use crate::project::Member;
use crate::words;

impl Selection {
    /// The history that is meant: that of `--history`, of `--package`, of a variable, of the
    /// folder, of the workspace's own choice, or the only one that there is.
    pub(crate) fn history(&self) -> Result<Given, CliError> {
        if let Some(given) = self.said()? {
            self.is_declared(&given)?;
            return Ok(given);
        }
        let histories = self.histories()?;
        let mut names = histories.keys();
        match (names.next(), names.next()) {
            (Some(_), Some(_)) => Err(several(&histories)),
            (only, _) => Ok(Given {
                value: only.map_or(Histories::DEFAULT, String::as_str).to_owned(),
                origin: Origin::Default,
            }),
        }
    }

    /// Whether the workspace has more than the one history that needs no name.
    pub(super) fn has_histories(&self) -> Result<bool, CliError> {
        Ok(!self.project.settings()?.histories.is_empty())
    }

    fn said(&self) -> Result<Option<Given>, CliError> {
        let is_typed = |given: &&Given| matches!(given.origin, Origin::Flag { .. });
        if let Some(given) = self.history.as_ref().filter(is_typed) {
            return Ok(Some(given.clone()));
        }
        if let Some(member) = self.named()?.filter(|member| member.core.is_some()) {
            return self.of_member(member).map(Some);
        }
        if let Some(given) = &self.history {
            return Ok(Some(given.clone()));
        }
        let participants = self.project.participants()?;
        let here = self.chosen()?.filter(|here| participants.contains(here));
        match here {
            Some(member) => self.of_member(member).map(Some),
            None => Ok(self.project.settings()?.history),
        }
    }

    fn of_member(&self, member: &Member) -> Result<Given, CliError> {
        Ok(Given {
            value: self.project.history_of(member)?,
            origin: Origin::Package {
                name: member.name.clone(),
            },
        })
    }

    fn is_declared(&self, given: &Given) -> Result<(), CliError> {
        let declared = self.project.settings()?.histories;
        let name = given.value.as_str();
        if name == Histories::DEFAULT || declared.contains_key(name) {
            return Ok(());
        }
        let known = declared.keys().map(String::as_str);
        let known: Vec<&str> = known.chain([Histories::DEFAULT]).collect();
        let failure = CliError::usage(format!("no history `{name}` in this workspace"));
        let failure = match &given.origin {
            Origin::Flag { .. } => failure,
            origin => failure.note(format!("the name {origin}")),
        };
        Err(failure.help(match nearest(name, known.iter().copied()) {
            Some(near) => format!("a history with a similar name exists: `{near}`"),
            None => format!("the histories are {}", words::list(&known)),
        }))
    }

    /// The histories that have revisions, each with its packages.
    fn histories(&self) -> Result<BTreeMap<String, Vec<&Member>>, CliError> {
        let mut histories = BTreeMap::<String, Vec<&Member>>::new();
        for member in self.project.participants()? {
            let history = self.project.history_of(member)?;
            histories.entry(history).or_default().push(member);
        }
        Ok(histories)
    }

    /// The members with revisions of a history.
    pub(super) fn participants_of(&self, history: &str) -> Result<Vec<&Member>, CliError> {
        Ok(self.histories()?.remove(history).unwrap_or_default())
    }

    /// The members with revisions of the history that this one belongs to.
    pub(crate) fn sharing(&self, member: &Member) -> Result<Vec<&Member>, CliError> {
        self.participants_of(&self.project.history_of(member)?)
    }

    /// Refuses a package of another history than the chosen one.
    pub(super) fn is_in_history(&self, member: &Member) -> Result<(), CliError> {
        let own = self.project.history_of(member)?;
        let chosen = match self.said()? {
            Some(chosen) if chosen.value != own => chosen,
            _ => return Ok(()),
        };
        Err(CliError::usage(format!(
            "the package `{}` belongs to the history `{own}`, not to `{}`",
            member.name, chosen.value
        ))
        .note(format!("the history {}", chosen.origin))
        .help(format!("--history {own} -p {}", member.name)))
    }
}

fn several(histories: &BTreeMap<String, Vec<&Member>>) -> CliError {
    let line = |(name, members): (&String, &Vec<&Member>)| {
        let members: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
        format!("`{name}` has the revisions of {}", words::list(&members))
    };
    let names: Vec<&String> = histories.keys().collect();
    CliError::usage(format!(
        "this workspace has {} histories: {}",
        names.len(),
        words::list(&names)
    ))
    .notes(histories.iter().map(line))
    .help(format!(
        "choose one: `--history {}`, or `MIGRATE_HISTORY`, or `history = \"{}\"` under `[workspace.metadata.migrate]`",
        names[0], names[0]
    ))
}
