//! The const check over compiled histories, sound and broken.

use std::panic::catch_unwind;

use super::*;
use crate::revision::{Body, Downgrade};

/// Revisions in a line: `b < a, c < a + b ? d @ label`: parents after `<`, dependencies after `?`.
fn revisions(notation: &str) -> Parts {
    let revisions = notation
        .split(", ")
        .filter(|one| !one.is_empty())
        .map(revision);
    let revisions: Vec<&'static Revision> = revisions.collect();
    leak(vec![leak(revisions)])
}

fn revision(notation: &str) -> &'static Revision {
    let (rest, labels) = notation.split_once(" @ ").unwrap_or((notation, ""));
    let (rest, needs) = rest.split_once(" ? ").unwrap_or((rest, ""));
    let (id, parents) = rest.split_once(" < ").unwrap_or((rest, ""));
    let names = |text: &str| -> &'static [&'static str] {
        leak(
            text.split(" + ")
                .filter(|name| !name.is_empty())
                .map(|name| &*name.to_owned().leak())
                .collect(),
        )
    };
    let (body, none) = (Body::Operations(|_| Ok(())), Downgrade::Irreversible);
    let id = id.to_owned().leak();
    // as the macro constructs them
    let revision = match *names(parents) {
        [parent] => {
            let numbers = (number(id), number(parent));
            Revision::child(
                id, numbers.0, parent, numbers.1, "", "m/a.rs", 12, "m", 0, body, none,
            )
        }
        _ => Revision::new(id, names(parents), "", "m/a.rs", 12, body, none),
    };
    let revision = revision
        .with_depends_on(names(needs))
        .with_branch_labels(names(labels));
    Box::leak(Box::new(revision))
}

/// The number of an id: its digits, if it is a time.
fn number(id: &str) -> u64 {
    let digits = (id.len() == 14).then(|| id.parse().ok());
    digits.flatten().unwrap_or_default()
}

fn leak<T>(items: Vec<T>) -> &'static [T] {
    Vec::leak(items)
}

/// What the check says of revisions as a whole history, and as a part of one.
fn check(notation: &str) -> (String, String) {
    let parts = revisions(notation);
    let say = |run: fn(Parts) -> History| match catch_unwind(|| run(parts).len()) {
        Ok(_) => "sound".to_owned(),
        Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
    };
    (say(whole::<16, 64>), say(part::<16, 64>))
}

#[track_caller]
fn both(notation: &str, expected: &str) {
    assert_eq!(
        check(notation),
        (expected.to_owned(), expected.to_owned()),
        "{notation}"
    );
}

#[test]
fn sound_histories() {
    for notation in [
        "",
        "a",
        "b < a, a",
        "a, b < a, c < a, d < b + c",
        "a, b < a, x ? b, y < x ? a",
        "a @ left, b ? left",
        "20261118170210, 20261121093000 < 20261118170210",
    ] {
        both(notation, "sound");
    }
}

#[test]
fn cycles() {
    both("a < a", "revisions form a cycle: `a` -> `a`");
    both(
        "z, a < b, b < c + z, c < a",
        "revisions form a cycle: `a` -> `b` -> `c` -> `a`",
    );
    both("a ? b, b < a", "revisions form a cycle: `a` -> `b` -> `a`");
    both(
        "a ? right, b < a @ right",
        "revisions form a cycle: `a` -> `b` -> `a`",
    );
}

#[test]
fn names_that_are_not_unique() {
    both(
        "a, b < a, a",
        "two revisions have the id `a`: m/a.rs:12 and m/a.rs:12",
    );
    both(
        "a, b < a @ a",
        "two revisions give the name `a`: m/a.rs:12 and m/a.rs:12",
    );
    both(
        "a @ x, b < a @ x",
        "two revisions give the name `x`: m/a.rs:12 and m/a.rs:12",
    );
}

#[test]
fn links_that_lead_elsewhere() {
    let (whole, part) = check("a < z");
    assert_eq!(
        whole,
        "no revision `z` in this history, which `a` continues or depends on: m/a.rs:12"
    );
    assert_eq!(part, "sound");
}

#[test]
fn a_plain_history_needs_no_search() {
    let plain = |notation| names(revisions(notation)) == 0;
    assert!(plain(""));
    assert!(plain("a, b < a, c < a, d < b + c ? a"));
    assert!(plain(
        "20261118170210, 20261118170211 < 20261118170210, 202611181702110 < 20261118170210"
    ));
    assert!(plain(
        "1, 20261118170210 < 1, 20261118170211 < 20261118170210, 20261118170212 < 20261118170211, 3 < 20261118170212"
    ));
    for searched in [
        "b, a < b",
        "a, a",
        "a < z",
        "a ? z",
        "a < b, b",
        "a, b < a ? c, c",
        "a @ left, b < a",
        "20261118170210, 20261118170211 < 20261118170219",
        "20261118170210, 20261118170211 < 2026111817021",
        "1, 20261118170210 < 1, 20261118170211 < 20261118170210, 20261118170211 < 20261118170210",
        "1, 20261118170210 < 1, 20261118170211 < 20261118170210 ? z",
        "1, 20261118170210 < 1, 20261118170211 < 20261118170210 @ left",
        "1, 20261118170212 < 1, 20261118170211 < 20261118170212",
    ] {
        assert!(!plain(searched), "{searched}");
    }
}

proptest::proptest! {
    /// Texts compare as the standard library says.
    #[test]
    fn texts_compare_byte_by_byte(a in "[aé]{0,20}", b in "[aé]{0,20}", prefix in ".{0,20}") {
        for (a, b) in [(a.clone(), b.clone()), (prefix.clone() + &a, prefix + &b)] {
            proptest::prop_assert_eq!(precedes(&a, &b), a < b);
            proptest::prop_assert_eq!(equal(&a, &b), a == b);
        }
    }

    /// What is found without a search is what the search finds.
    #[test]
    fn the_quick_answer_is_the_answer_of_the_search(
        ids in proptest::collection::vec("[ab]{0,9}|[ab]{15,17}|2026112109000[0-3]|2026112109000", 0..5),
        links in proptest::collection::vec((0usize..5, 0usize..5), 0..5),
        sorted: bool,
    ) {
        let mut ids = ids;
        if sorted {
            ids.sort();
            ids.dedup();
        }
        let notation: Vec<String> = ids.iter().enumerate().map(|(index, id)| {
            let parents = links.iter().filter(|(from, _)| *from == index);
            let parents: Vec<&str> = parents.filter_map(|(_, to)| Some(ids.get(*to)?.as_str())).collect();
            if parents.is_empty() { id.clone() } else { format!("{id} < {}", parents.join(" + ")) }
        }).collect();
        let parts = revisions(&notation.join(", "));
        let searched = catch_unwind(|| prove::<16, 64>(parts, false)).is_ok();
        if names(parts) == 0 {
            proptest::prop_assert!(searched, "{notation:?}");
        }
    }
}

#[test]
fn sizes() {
    assert_eq!(names(revisions("a, b < a @ x + y")), 4);
    assert_eq!(
        [slots(0), slots(1), slots(4), slots(5000)],
        [1, 4, 16, 16384]
    );
}

#[test]
fn texts_that_are_too_long_are_cut_between_characters() {
    let long = "é".repeat(CAPACITY_IN_CHARACTERS);
    assert_eq!(Text::new("x").push(&long).as_str().len(), 599);
}

const CAPACITY_IN_CHARACTERS: usize = 400;
