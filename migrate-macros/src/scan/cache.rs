//! One scan for each compiler process, which stays right in a process that lives long.
//!
//! A compiler reads the folder once. An editor's macro server lives for days, so a scan that
//! has been used for a while is compared with the folder again: with the names, sizes and times
//! of the files, and no more often than costs a twentieth of the time that passes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use migrate_source::{Folder, Listing, SqlFolder};

use super::Scan;

/// How many times its own cost must pass before a scan is compared with the folder again.
const PATIENCE: u32 = 20;

static SCANS: Mutex<Option<HashMap<PathBuf, Cached>>> = Mutex::new(None);

struct Cached {
    scan: Arc<Scan>,
    state: Vec<State>,
    /// When the scan was last known to be right.
    right_at: Instant,
    /// What it took to find that out.
    cost: Duration,
}

/// What shows whether a file has changed.
#[derive(PartialEq, Eq)]
struct State {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

/// The scan of the package in this folder.
pub(crate) fn current(package: &Path) -> Arc<Scan> {
    with(package, |cached| {
        if cached.right_at.elapsed() < cached.cost * PATIENCE {
            return true;
        }
        let start = Instant::now();
        let is_right = state(&cached.scan) == cached.state;
        cached.right_at = Instant::now();
        cached.cost = start.elapsed();
        is_right
    })
}

/// A scan that is right even if the folder was changed a moment ago.
pub(crate) fn reread(package: &Path) -> Arc<Scan> {
    with(package, |_| false)
}

fn with(package: &Path, is_right: impl FnOnce(&mut Cached) -> bool) -> Arc<Scan> {
    let mut scans = SCANS.lock().unwrap_or_else(PoisonError::into_inner);
    let scans = scans.get_or_insert_default();
    if let Some(cached) = scans.get_mut(package)
        && is_right(cached)
    {
        return Arc::clone(&cached.scan);
    }
    let start = Instant::now();
    let scan = Arc::new(Scan::read(package));
    let state = state(&scan);
    let cached = Cached {
        scan: Arc::clone(&scan),
        state,
        right_at: Instant::now(),
        cost: start.elapsed(),
    };
    scans.insert(package.to_owned(), cached);
    scan
}

/// The state of every file that the scan was made from.
fn state(scan: &Scan) -> Vec<State> {
    let folders = std::iter::once(&scan.folder).chain(&scan.others);
    folders.flat_map(state_of_folder).collect()
}

fn state_of_folder(folder: &Folder) -> Vec<State> {
    let listing = Listing::read(&folder.package, &folder.directory);
    let problems = listing.problems.into_iter().map(|problem| problem.path);
    let manifest = PathBuf::from("Cargo.toml");
    let sql = listing.sql.iter().flat_map(SqlFolder::files);
    let paths = listing.files.into_iter().chain(sql).chain(problems);
    paths
        .chain([manifest])
        .map(|path| state_of_file(folder.package.join(path)))
        .collect()
}

fn state_of_file(path: PathBuf) -> State {
    let metadata = path.metadata().ok();
    State {
        length: metadata.as_ref().map_or(0, std::fs::Metadata::len),
        modified: metadata.and_then(|metadata| metadata.modified().ok()),
        path,
    }
}
