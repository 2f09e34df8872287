//! What is read of a journal by its keys is what reading all of it and choosing gives.

use std::collections::{HashMap, HashSet};

use migrate_core::engine::backend::Session;
use migrate_core::journal::{Entry, Event, Which};
use migrate_core::prelude::*;
use migrate_core::{History, Migrator};

use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, reversible};

const EVENTS: [&str; 12] = [
    "intent", "planned", "done", "refused", "opened", "batch", "applied", "reverted", "failed",
    "stamped", "resolved", "accepted",
];

fn one_table() -> History {
    history(vec![reversible("a", &[], |op: &mut Operations<'_>| {
        op.create_table(table("one").column(column("id", Integer).primary_key()))
    })])
}

/// The ids that belong to what is asked for, of all rows.
fn wanted(all: &[Entry], which: Which) -> Vec<i64> {
    let is_whole = |entry: &Entry| entry.event.closes() || entry.event == Event::Accepted;
    let tail = all.iter().rposition(|entry| entry.event.closes());
    let tail = tail.map_or(0, |at| at + 1);
    let last = all.last().map(|entry| entry.run.as_str());
    let last_run = all
        .iter()
        .rposition(|entry| Some(entry.run.as_str()) != last);
    let last_run = last_run.map_or(0, |at| at + 1);
    let (mut newest, mut seen) = (HashMap::new(), HashSet::new());
    for entry in all.iter().filter(|entry| is_whole(entry)) {
        newest.insert(entry.revision.as_str(), entry.id);
    }
    let mut runs: Vec<&str> = Vec::new();
    for entry in all.iter().rev() {
        if seen.insert(entry.run.as_str()) {
            runs.push(&entry.run);
        }
    }
    let mut begun = HashSet::new();
    let chosen = all.iter().enumerate().filter(|(at, entry)| match which {
        Which::Tail => *at >= tail,
        Which::Revisions => {
            *at >= tail
                || newest.get(entry.revision.as_str()) == Some(&entry.id)
                || (is_whole(entry) && *at >= last_run)
        }
        Which::Runs(number) => {
            let is_first = begun.insert(entry.run.as_str());
            is_first || runs[..number.min(runs.len())].contains(&entry.run.as_str())
        }
        _ => true,
    });
    chosen.map(|(_, entry)| entry.id).collect()
}

fn fill(session: &mut dyn Session, seed: u64) {
    let journal = session.journal_table();
    session.execute(&format!("DELETE FROM {journal}")).unwrap();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % end
    };
    let mut rows = Vec::new();
    let (count, mut run) = (below(50), 0);
    for _ in 0..count {
        run += u64::from(below(4) == 0);
        let event = EVENTS[usize::try_from(below(12)).unwrap()];
        let revision = below(5);
        rows.push(format!(
            "('run{run}', '2026-11-30T00:00:00Z', 'a', '1', 'r{revision}', 'up', '{event}', '')"
        ));
    }
    if !rows.is_empty() {
        let rows = rows.join(", ");
        session
            .execute(&format!(
                "INSERT INTO {journal} (run, at, actor, tool, revision, direction, event, from_version) VALUES {rows}"
            ))
            .unwrap();
    }
}

fn parts_are_what_reading_all_gives<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    Migrator::new(&one_table())
        .upgrade(session, "head")
        .unwrap();
    let parts = [
        Which::Tail,
        Which::Revisions,
        Which::Runs(0),
        Which::Runs(1),
        Which::Runs(3),
        Which::Runs(usize::MAX),
    ];
    for seed in 0..40 {
        fill(session, seed);
        let all = session.journal(Which::All).unwrap().unwrap();
        for which in parts {
            let ids = |rows: Vec<Entry>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
            let read = session.journal(which).unwrap().unwrap();
            assert_eq!(ids(read), wanted(&all, which), "{which:?}, seed {seed}");
            let read = session.records(which).unwrap();
            assert_eq!(read.applied.map(|rows| rows.len()), Some(1));
            let read = read.entries.unwrap();
            assert_eq!(ids(read), wanted(&all, which), "{which:?}, seed {seed}");
        }
    }
}

on_each_backend! {
    parts_are_what_reading_all_gives
}
