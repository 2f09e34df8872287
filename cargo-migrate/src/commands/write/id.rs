//! Ids of new revisions: the time in UTC, to the second, as diesel's are. Pure, but for the clock
//! that is passed in.

use std::time::{Duration, SystemTime};

use migrate_core::engine::utc_id;

const SECOND: Duration = Duration::from_secs(1);

/// The id of a revision made at `now`. When it is taken, or not after `parent` in the order of
/// texts (which is the order in which diesel's own harness runs revisions), the next that is free
/// and later.
pub(super) fn next_id(
    now: SystemTime,
    parents: &[&str],
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let latest = parents.iter().filter_map(|parent| time_of(parent)).max();
    let mut time = match latest {
        Some(parent) => now.max(parent + SECOND),
        None => now,
    };
    loop {
        let id = utc_id(time);
        if !is_taken(&id) {
            return id;
        }
        time += SECOND;
    }
}

/// The time that an id of this form stands for; diesel's own have a counter after it.
fn time_of(id: &str) -> Option<SystemTime> {
    if id.len() < 14 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| id[from..to].parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let days = days_until(year, month, day)?;
    let seconds = number(8, 10)? * 3600 + number(10, 12)? * 60 + number(12, 14)?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400 + seconds))
}

/// The days from 1970-01-01 to a date; `None` before it and for what is no date.
fn days_until(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year.checked_sub(1)?, month + 9)
    };
    let (era, of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn ids_are_times_in_utc() {
        for (seconds, expected) in [
            (0, "19700101000000"),
            (951_782_399, "20000228235959"),
            (951_782_400, "20000229000000"),
            (951_868_800, "20000301000000"),
            (1_795_258_800, "20261121110000"),
            (4_107_542_399, "21000228235959"),
            (4_107_542_400, "21000301000000"),
        ] {
            assert_eq!(utc_id(at(seconds)), expected);
            assert_eq!(time_of(expected), Some(at(seconds)));
        }
        for no_time in [
            "",
            "0001",
            "2026112109300x",
            "20261321093000",
            "19691231000000",
            "2026112109300é",
        ] {
            assert_eq!(time_of(no_time), None, "{no_time}");
        }
    }

    #[test]
    fn an_id_is_free_and_after_the_parent() {
        let now = at(951_782_400);
        for (parents, taken, expected) in [
            (&[][..], &[][..], "20000229000000"),
            (
                &["0001"],
                &["20000229000000", "20000229000001"],
                "20000229000002",
            ),
            (&["20000101000000"], &[], "20000229000000"),
            (&["20000229000000"], &[], "20000229000001"),
            (&["20000229235959", "19990101000000"], &[], "20000301000000"),
        ] {
            let id = next_id(now, parents, |id| taken.contains(&id));
            assert_eq!(id, expected, "{parents:?} {taken:?}");
        }
    }
}
