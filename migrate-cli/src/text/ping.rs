//! The answer of `ping` as text.

use super::{field, missing, paint, style, visible};
use crate::exit::Exit;
use crate::json::{Answer, Ping, TableAccess};
use migrate_graph::Help;

impl Answer for Ping {
    fn text(&self) -> String {
        let fact = |key, value: &str| field(13, key, &visible(value));
        let version = self.server_version.as_deref().unwrap_or_default();
        let server = format!("{} {version}", self.database.backend);
        let tables = match (&self.place, self.may_create_tables) {
            (_, false) => "cannot be created".to_owned(),
            (Some(place), true) => format!("can be created in `{place}`"),
            (None, true) => "can be created".to_owned(),
        };

        let mut text = fact("database", &self.database.database);
        text += &fact("server", server.trim_end());
        text += &fact("connected", &format!("in {} ms", self.duration_ms));
        if let Some(user) = &self.user {
            text += &fact("user", user);
        }
        text += &fact("tables", &tables);
        text += &fact("version table", self.version_table.words());
        if self.replica {
            text += &fact("replica", "it only can be read");
        }
        let problem =
            |text: &String| format!("{} {}\n", paint(style::ERROR, "problem:"), visible(text));
        text + &self.problems.iter().map(problem).collect::<String>()
    }

    fn exit(&self) -> Exit {
        if self.ok { Exit::Done } else { Exit::No }
    }

    fn remark(&self) -> Option<Help> {
        (!self.database.exists).then(|| missing(&self.database))
    }
}

impl TableAccess {
    fn words(&self) -> &'static str {
        match (self.exists, self.readable, self.writable) {
            (false, ..) => "not there yet",
            (true, false, _) => "there, and cannot be read",
            (true, true, false) => "there, and cannot be written",
            (true, true, true) => "there",
        }
    }
}
