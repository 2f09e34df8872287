//! What two lists of names have in common: what was answered, what is the same, and what differs in
//! case only. It must not know what has the names.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::answers::{Answers, Rename};

/// A pair of places in two lists, and whether the names differ in case only.
pub(super) struct Pair {
    pub(super) old: usize,
    pub(super) new: usize,
    pub(super) silent: bool,
}

/// What two lists of names have in common.
pub(super) struct Matched {
    /// Under two names.
    pub(super) pairs: Vec<Pair>,
    pub(super) gone: Vec<usize>,
    pub(super) come: Vec<usize>,
}

/// Pairs the answered names, then those that differ in case only; the rest goes or comes.
pub(super) fn matched(
    old: &[&str],
    new: &[&str],
    ignore_case: bool,
    answered: impl FnOnce(&BTreeMap<&str, usize>) -> Vec<(usize, usize)>,
) -> Matched {
    let mut pairs: Vec<Pair> = Vec::new();
    let (mut is_old, mut is_new) = (vec![false; old.len()], vec![false; new.len()]);
    let places: BTreeMap<&str, usize> = new
        .iter()
        .enumerate()
        .map(|(at, name)| (*name, at))
        .collect();
    for (a, b) in answered(&places) {
        (is_old[a], is_new[b]) = (true, true);
        pairs.push(Pair {
            old: a,
            new: b,
            silent: false,
        });
    }
    let mut stays = Vec::with_capacity(new.len());
    for (a, name) in old.iter().enumerate() {
        let at = places.get(name).filter(|b| !is_old[a] && !is_new[**b]);
        if let Some(b) = at {
            stays.push((a, *b));
        }
    }
    for (a, b) in stays {
        (is_old[a], is_new[b]) = (true, true);
    }
    if ignore_case {
        let mut free: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
        for b in (0..new.len()).filter(|b| !is_new[*b]) {
            free.entry(new[b].to_lowercase()).or_default().push_back(b);
        }
        for a in 0..old.len() {
            if is_old[a] {
                continue;
            }
            let of_name = free.get_mut(&old[a].to_lowercase());
            if let Some(b) = of_name.and_then(VecDeque::pop_front) {
                (is_old[a], is_new[b]) = (true, true);
                pairs.push(Pair {
                    old: a,
                    new: b,
                    silent: true,
                });
            }
        }
    }
    Matched {
        gone: (0..old.len()).filter(|a| !is_old[*a]).collect(),
        come: (0..new.len()).filter(|b| !is_new[*b]).collect(),
        pairs,
    }
}

/// The answers, and the renames among them by what is renamed.
pub(super) struct Asked<'a> {
    pub(super) answers: &'a Answers,
    renames: BTreeMap<&'a str, Vec<(usize, &'a Rename)>>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(answers: &'a Answers) -> Asked<'a> {
        let mut renames: BTreeMap<&str, Vec<(usize, &Rename)>> = BTreeMap::new();
        for (at, rename) in answers.renames.iter().enumerate() {
            renames.entry(&rename.from).or_default().push((at, rename));
        }
        Asked { answers, renames }
    }

    /// The places of old and new names that were answered to be one; `spelled` is how an answer may
    /// name an old one.
    pub(super) fn pairs(
        &self,
        used: &mut BTreeSet<Rename>,
        (old, new): (&[String], &BTreeMap<&str, usize>),
        spelled: impl Fn(usize) -> Vec<String>,
    ) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        if self.renames.is_empty() {
            return pairs;
        }
        let mut taken = BTreeSet::new();
        for (a, name) in old.iter().enumerate() {
            let mut answered: Vec<(usize, usize, &Rename)> = Vec::new();
            for spelled in spelled(a) {
                let renames = self.renames.get(spelled.as_str()).into_iter().flatten();
                let renames = renames.filter(|(_, rename)| rename.to != *name);
                answered.extend(renames.filter_map(|(at, rename)| {
                    let b = new.get(rename.to.as_str())?;
                    (!taken.contains(b)).then_some((*b, *at, *rename))
                }));
            }
            answered.sort_unstable_by_key(|(b, at, _)| (*b, *at));
            if let Some((b, _, rename)) = answered.first() {
                used.insert((*rename).clone());
                taken.insert(*b);
                pairs.push((a, *b));
            }
        }
        pairs
    }
}
