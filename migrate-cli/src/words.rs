//! Phrases that progress, answers and failures share: where a database is, a direction, a time, a
//! count. Pure; prints nothing.

use std::time::Duration;

use migrate_graph::Direction;

use super::style::visible;

/// The revisions a database is at, in one phrase. Without colours, as failures contain it too.
pub(super) fn standing(current: &[String], at_heads: bool) -> String {
    let ids = current
        .iter()
        .map(|id| format!("`{}`", visible(id)))
        .collect::<Vec<_>>()
        .join(", ");
    match (current.len(), at_heads) {
        (0, true) => "the history has no revision yet".to_owned(),
        (0, false) => "the database is at base, with nothing applied".to_owned(),
        (1, true) => format!("the database is at head {ids}"),
        (_, true) => format!("the database is at all heads: {ids}"),
        (_, false) => format!("the database is at {ids}"),
    }
}

/// `up` or `down`.
pub(super) fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    }
}

/// A duration, rounded for people.
pub(super) fn time(took: Duration) -> String {
    let (seconds, millis) = (took.as_secs(), took.as_secs_f64() * 1000.0);
    match seconds {
        0 if millis < 10.0 => format!("{millis:.1} ms"),
        0 => format!("{millis:.0} ms"),
        1..60 => format!("{:.1} s", took.as_secs_f64()),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// `1 revision`, `2 revisions`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable() {
        let millis = |millis| time(Duration::from_micros(millis));
        assert_eq!(millis(480), "0.5 ms");
        assert_eq!(millis(25_300), "25 ms");
        assert_eq!(millis(999_400), "999 ms");
        assert_eq!(millis(1_250_000), "1.2 s");
        assert_eq!(millis(125_000_000), "2 min 5 s");
    }
}
