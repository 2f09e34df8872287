//! Who holds the lock: what a run says about itself for those who wait.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A run that holds the lock of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// The machine that it runs on, when that is known.
    pub host: Option<String>,
    /// The program, without arguments that could hold a secret.
    pub command: String,
    /// When it took the lock.
    pub since: SystemTime,
}

impl Holder {
    /// This process.
    #[must_use]
    pub fn this_process() -> Holder {
        Holder {
            pid: std::process::id(),
            host: host(),
            command: command(),
            since: SystemTime::now(),
        }
    }

    /// The holder as text, one fact a line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let since = self
            .since
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO)
            .as_secs();
        let host = self.host.as_deref().unwrap_or_default();
        format!(
            "pid={}\nhost={host}\ncommand={}\nsince={since}\n",
            self.pid, self.command
        )
    }

    /// Reads what `to_text` wrote; nothing when it was written by half.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Holder> {
        let complete = text.strip_suffix('\n')?;
        let fact = |key: &str| {
            complete
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        };
        Some(Holder {
            pid: fact("pid")?.parse().ok()?,
            host: fact("host")
                .filter(|host| !host.is_empty())
                .map(str::to_owned),
            command: fact("command")?.to_owned(),
            since: UNIX_EPOCH.checked_add(Duration::from_secs(fact("since")?.parse().ok()?))?,
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} (`{}`)", self.pid, self.command)?;
        if let Some(host) = &self.host {
            write!(f, " on {host}")?;
        }
        match self.since.elapsed() {
            Ok(held) => write!(f, ", for {} s", held.as_secs()),
            Err(_) => Ok(()),
        }
    }
}

/// The program and its subcommand. Further arguments may hold a secret, and so may a first one of
/// other letters than a command's.
fn command() -> String {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default();
    let program = program.to_string_lossy().replace(['\n', '\r'], " ");
    match arguments.next().and_then(|first| first.into_string().ok()) {
        Some(first) if !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            format!("{program} {first}")
        }
        _ => program,
    }
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
            pid: 42,
            host: None,
            command: "app up".to_owned(),
            since: UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        };
        assert_eq!(Holder::from_text(&holder.to_text()), Some(holder));
    }

    #[test]
    fn text_written_by_half_is_nobody() {
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
