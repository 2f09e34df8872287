//! What the commands about schemas print.

use migrate_graph::Help;

use crate::error::CliError;
use crate::exit::Exit;
use crate::json::{Answer, Check, DifferenceCheck, Drift, SchemaChange, SchemaDiff, SchemaText};
use crate::words::plural;
use migrate_core::engine::diff::ChangeKind;

impl Answer for SchemaText {
    fn text(&self) -> String {
        match self {
            SchemaText::Text(text) => text.clone(),
            SchemaText::Data(_) => String::new(), // is printed as JSON
        }
    }

    fn is_to_be_run(&self) -> bool {
        true
    }
}

impl SchemaChange {
    /// The change in one line.
    pub(crate) fn line(&self) -> String {
        let sign = match self.kind {
            ChangeKind::Add => '+',
            ChangeKind::Remove => '-',
            ChangeKind::Alter => '~',
            ChangeKind::Rename => '→',
        };
        let mut line = format!("{sign} {}", self.text);
        if let (ChangeKind::Alter, Some(from), Some(to)) = (self.kind, &self.from, &self.to) {
            line += &format!(" ({from} → {to})");
        }
        if !self.only.is_empty() {
            line += &format!(", on {} only", self.only.join(" and "));
        }
        let remarks = [&self.loses, &self.may_fail].into_iter().flatten();
        remarks.fold(line + "\n", |text, remark| text + "    " + remark + "\n")
    }
}

impl SchemaDiff {
    fn lines(&self) -> String {
        self.changes.iter().map(SchemaChange::line).collect()
    }

    /// Whether nothing differs.
    fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.questions.is_empty() && self.notes.len() == self.remarks
    }

    fn remarks(&self, none: &str) -> Option<Help> {
        let mut lines: Vec<String> = self
            .notes
            .iter()
            .map(|note| format!("note: {note}"))
            .collect();
        if !self.doubtful.is_empty() {
            lines.push(format!(
                "note: these tables may differ in spelling only: {}",
                self.doubtful.join(", ")
            ));
        }
        match self.changes.len() {
            0 if !self.is_empty() => {}
            0 => lines.push(none.to_owned()),
            count => lines.push(plural(count, "change")),
        }
        (!lines.is_empty()).then(|| lines.join("\n").into())
    }
}

impl Answer for SchemaDiff {
    fn text(&self) -> String {
        let text = self.sql.as_ref().or(self.rust.as_ref());
        text.cloned().unwrap_or_else(|| self.lines())
    }

    fn exit(&self) -> Exit {
        match &self.error {
            Some(failure) => failure.exit,
            None if self.is_empty() => Exit::Done,
            None => Exit::No,
        }
    }

    fn failure(&mut self) -> Option<&mut CliError> {
        self.error.as_mut()
    }

    fn is_to_be_run(&self) -> bool {
        self.sql.is_some() || self.rust.is_some()
    }

    fn remark(&self) -> Option<Help> {
        self.remarks("no difference")
    }
}

impl Answer for Drift {
    fn text(&self) -> String {
        self.difference.text()
    }

    fn exit(&self) -> Exit {
        self.difference.exit()
    }

    fn failure(&mut self) -> Option<&mut CliError> {
        self.difference.error.as_mut()
    }

    fn is_to_be_run(&self) -> bool {
        self.difference.is_to_be_run()
    }

    fn remark(&self) -> Option<Help> {
        let none = "no drift: the database is as its applied revisions left it";
        self.difference.remarks(none)
    }
}

impl Check {
    /// What is known of drift and models, a line each.
    pub(super) fn difference_lines(&self) -> String {
        let drift = self.drift.as_ref().map(|found| found.lines("drift"));
        let models = self.models.as_ref().map(|found| found.lines("models"));
        [models, drift].into_iter().flatten().collect()
    }
}

impl DifferenceCheck {
    fn lines(&self, what: &str) -> String {
        let mut text = String::new();
        if let Some(why) = &self.why {
            text += &format!("{what}: could not be compared: {why}\n");
        }
        for note in &self.notes {
            text += &format!("    {note}\n");
        }
        for change in &self.changes {
            text += &format!("{what}: {}", change.line());
        }
        for table in &self.doubtful {
            text += &format!(
                "{what}: `{table}` could not be compared: only the server knows whether its texts mean the same\n"
            );
        }
        if self.known && self.changes.is_empty() && self.doubtful.is_empty() {
            text += &format!(
                "{what}: {}\n",
                if what == "drift" {
                    "none"
                } else {
                    "no revision is missing"
                }
            );
        }
        text
    }
}
