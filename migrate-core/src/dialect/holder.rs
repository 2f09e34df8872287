//! The lock holder: what a run reports about itself to waiting processes.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A run that holds the lock of a database, as far as waiting processes can see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// Its process id on its machine.
    pub pid: Option<u32>,
    /// The server's id of its connection.
    pub connection: Option<u64>,
    /// Its user name on the server.
    pub user: Option<String>,
    /// Its machine.
    pub host: Option<String>,
    /// The program, without arguments that could contain a secret.
    pub command: Option<String>,
    /// When it acquired the lock.
    pub since: Option<SystemTime>,
    /// What it is running, in the server's words, if the server says so.
    pub doing: Option<String>,
}

impl Holder {
    /// This process.
    #[must_use]
    pub fn this_process() -> Holder {
        Holder {
            pid: Some(std::process::id()),
            host: host(),
            command: Some(command()),
            since: Some(SystemTime::now()),
            ..Holder::default()
        }
    }

    /// A lock holder's statement, as far as it may be shown: from the first quote on it may contain
    /// anything.
    #[must_use]
    pub fn shown_statement(sql: &str) -> Option<String> {
        const SHOWN: usize = 60;
        let words: Vec<&str> = sql.split_whitespace().collect();
        let line = words.join(" ");
        let end = line
            .char_indices()
            .enumerate()
            .find(|(index, (_, letter))| *index == SHOWN || matches!(letter, '\'' | '$'))
            .map(|(_, (at, _))| at);
        let shown = match end {
            Some(end) => format!("`{}…`", &line[..end]),
            None => format!("`{line}`"),
        };
        (!line.is_empty()).then_some(shown)
    }

    /// A process's properties as text, one per line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let since = self
            .since
            .and_then(|since| since.duration_since(UNIX_EPOCH).ok())
            .unwrap_or(Duration::ZERO)
            .as_secs();
        let pid = self.pid.unwrap_or_default();
        let host = self.host.as_deref().unwrap_or_default();
        let command = self.command.as_deref().unwrap_or_default();
        format!("pid={pid}\nhost={host}\ncommand={command}\nsince={since}\n")
    }

    /// Parses what `to_text` wrote; `None` if it was written only in part.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Holder> {
        let complete = text.strip_suffix('\n')?;
        let fact = |key: &str| {
            complete
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        };
        Some(Holder {
            pid: Some(fact("pid")?.parse().ok()?),
            host: fact("host")
                .filter(|host| !host.is_empty())
                .map(str::to_owned),
            command: Some(fact("command")?.to_owned()),
            since: Some(UNIX_EPOCH.checked_add(Duration::from_secs(fact("since")?.parse().ok()?))?),
            ..Holder::default()
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.pid, self.connection) {
            (Some(pid), None) => write!(f, "process {pid}")?,
            (Some(pid), Some(connection)) => {
                write!(f, "connection {connection}, process {pid}")?;
            }
            (None, Some(connection)) => write!(f, "connection {connection}")?,
            (None, None) => f.write_str("another session")?,
        }
        if let Some(command) = &self.command {
            write!(f, " (`{command}`)")?;
        }
        if let Some(user) = &self.user {
            write!(f, " of `{user}`")?;
        }
        if let Some(host) = &self.host {
            write!(f, " on {host}")?;
        }
        if let Some(held) = self.since.and_then(|since| since.elapsed().ok()) {
            write!(f, ", for {} s", held.as_secs())?;
        }
        match &self.doing {
            Some(doing) => write!(f, ", doing: {doing}"),
            None => Ok(()),
        }
    }
}

/// The program and its subcommand. Further arguments may contain a secret, and so may a first one
/// with characters that no command has.
fn command() -> String {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default();
    let program = program.to_string_lossy().replace(['\n', '\r'], " ");
    match subcommand(arguments.map_while(|argument| argument.into_string().ok())) {
        Some(subcommand) => format!("{program} {subcommand}"),
        None => program,
    }
}

/// The first argument behind those of `-x`, if it can be a command.
fn subcommand(mut arguments: impl Iterator<Item = String>) -> Option<String> {
    let mut first = arguments.next()?;
    while first.starts_with("-x") {
        if first == "-x" {
            arguments.next()?; // KEY=VALUE
        }
        first = arguments.next()?;
    }
    let can_be = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_lowercase());
    can_be.then_some(first)
}

fn host() -> Option<String> {
    let named = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())?;
    let name = named.lines().next()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let holder = Holder {
            pid: Some(42),
            command: Some("app up".to_owned()),
            since: Some(UNIX_EPOCH + Duration::from_secs(1_800_000_000)),
            ..Holder::default()
        };
        assert_eq!(Holder::from_text(&holder.to_text()), Some(holder));
    }

    #[test]
    fn a_command_is_found_behind_the_arguments_of_revisions() {
        for (typed, expected) in [
            ("up head", Some("up")),
            ("-x seed=demo up", Some("up")),
            ("-x seed=demo -xa=b up", Some("up")),
            ("-x", None),
            ("--env production up", None),
            ("s3cret", None),
        ] {
            let arguments = typed.split(' ').map(str::to_owned);
            assert_eq!(subcommand(arguments).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn what_a_server_knows_is_said() {
        let mut holder = Holder {
            connection: Some(7),
            user: Some("app".to_owned()),
            host: Some("10.0.0.1:50636".to_owned()),
            ..Holder::default()
        };
        assert_eq!(
            holder.to_string(),
            "connection 7 of `app` on 10.0.0.1:50636"
        );
        holder.pid = Some(42);
        holder.command = Some("migrate".to_owned());
        assert_eq!(
            holder.to_string(),
            "connection 7, process 42 (`migrate`) of `app` on 10.0.0.1:50636"
        );
    }

    #[test]
    fn partially_written_text_is_no_holder() {
        let text = Holder::this_process().to_text();
        for end in 0..text.len() {
            assert_eq!(Holder::from_text(&text[..end]), None, "{:?}", &text[..end]);
        }
        assert_eq!(
            Holder::from_text("pid=1\ncommand=x\nsince=99999999999999999999\n"),
            None
        );
    }
}
