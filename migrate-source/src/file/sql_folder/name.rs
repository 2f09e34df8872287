//! The parts of an SQL folder's name: diesel's version and the message. Pure.

/// The version as diesel computes it: the part before the first `_`, with dashes removed.
pub(crate) fn version(name: &str) -> String {
    let before = name.split('_').next().unwrap_or_default();
    before.replace('-', "")
}

/// What the revision does: the rest of the name as words; without a `_`, what begins with the first
/// letter.
pub(crate) fn message(name: &str) -> String {
    let rest = match name.split_once('_') {
        Some((_, rest)) => rest,
        None => name.trim_start_matches(|sign: char| !sign.is_alphabetic()),
    };
    let words: Vec<&str> = rest
        .split(['_', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}
