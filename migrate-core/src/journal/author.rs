//! The author of journal rows: what a run records about itself in each row. It reads the clock and
//! the process's environment, and knows no database.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::dialect::Holder;
use crate::redact::Secrets;

/// The run that writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) run: String,
    pub(crate) actor: String,
    /// The secrets that must not appear in what it writes, as others may read that.
    pub(crate) secrets: Secrets,
}

/// Distinguishes runs of one process that begin within one tick of the clock.
static RUNS: AtomicU32 = AtomicU32::new(0);

impl Author {
    /// This process, at the beginning of a run over a connection with these secrets.
    pub(crate) fn of_new_run(secrets: Vec<String>) -> Author {
        Author::who_hides(Secrets::of(secrets))
    }

    pub(super) fn who_hides(secrets: Secrets) -> Author {
        let process = Holder::this_process();
        let pid = process.pid.unwrap_or_default();
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()))
            .unwrap_or_else(|| concat!("some", "body").to_owned());
        let host = process.host.unwrap_or_else(|| "localhost".to_owned());
        let program = process.command.unwrap_or_default();
        Author {
            run: format!("{:x}-{pid:x}-{number:x}", since.as_micros()),
            actor: format!("{user}@{host}, process {pid} ({program})"),
            secrets,
        }
    }
}

/// A moment in UTC, as the journal has it: ISO 8601 with microseconds.
pub fn utc(moment: SystemTime) -> String {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let (days, rest) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
        rest / 3_600,
        rest / 60 % 60,
        rest % 60,
        since.subsec_micros()
    )
}

/// A moment in UTC as the id of a revision, `YYYYMMDDHHMMSS`, as diesel's are.
pub fn utc_id(moment: SystemTime) -> String {
    let digits = utc(moment);
    let digits = digits.chars().filter(char::is_ascii_digit);
    digits.take("YYYYMMDDHHMMSS".len()).collect()
}

/// The date that is so many days after 1970-01-01, in the Gregorian calendar. Years are counted
/// from March, so that the leap day is their last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // since 0000-03-01
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153; // from March
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year_of_era + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_iso_8601() {
        for (seconds, written) in [
            (0, "1970-01-01T00:00:00.000007Z"),
            (951_782_399, "2000-02-28T23:59:59.000007Z"),
            (951_782_400, "2000-02-29T00:00:00.000007Z"),
            (1_795_253_400, "2026-11-21T09:30:00.000007Z"),
            (4_102_444_800, "2100-01-01T00:00:00.000007Z"),
        ] {
            let moment = UNIX_EPOCH + Duration::new(seconds, 7_000);
            assert_eq!(utc(moment), written);
            assert!(
                written
                    .replace(['-', 'T', ':'], "")
                    .starts_with(&utc_id(moment))
            );
        }
    }

    #[test]
    fn runs_have_different_ids() {
        let author = || Author::who_hides(Secrets::default());
        let (one, other) = (author(), author());
        assert_ne!(one.run, other.run);
        assert!(
            one.actor
                .contains(&format!("process {}", std::process::id()))
        );
    }
}
