//! The inputs of a runner, and whether they have changed. If not, neither cargo nor rustc needs to
//! run. Knows stamps and names; must not know how a runner is built.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files;
use crate::fingerprint::{self, Stamp};

/// A built runner, with all its inputs.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Built {
    /// The program that built it: another one may generate another runner.
    writer: Stamp,
    /// The members, and where they take the library from.
    plan: u64,
    /// The runner's executable.
    pub(super) executable: PathBuf,
    executable_stamp: Stamp,
    /// Variables that change what cargo builds, and cargo.
    environment: u64,
    /// Variables that a source file or a build script asked for.
    variables: Vec<(String, u64)>,
    files: Vec<(PathBuf, Stamp)>,
    folders: Vec<(PathBuf, u64)>,
}

/// All inputs of a runner, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sources {
    pub(super) plan: u64,
    /// Files, also those that do not exist but would count if they did. A folder among them counts
    /// with all that it holds.
    pub(super) paths: BTreeSet<PathBuf>,
    pub(super) variables: BTreeSet<String>,
}

const FILE: &str = "runner.json";

impl Built {
    /// Records that `executable` was built from `sources`. `start` is the stamp of a file that was
    /// written before the build: what changed since then may not be what was compiled, and is
    /// recorded so that it never matches. `folders` were listed before the build.
    pub(super) fn record(
        executable: PathBuf,
        sources: Sources,
        folders: Vec<(PathBuf, u64)>,
        start: Stamp,
        cargo: &Path,
    ) -> Built {
        let mut built = Built {
            writer: writer(),
            plan: sources.plan,
            executable_stamp: Stamp::of(&executable),
            executable,
            environment: fingerprint::environment(cargo),
            variables: sources
                .variables
                .into_iter()
                .map(|name| {
                    let value = fingerprint::variable(&name);
                    (name, value)
                })
                .collect(),
            files: Vec::new(),
            folders,
        };
        for path in sources.paths {
            built.add(path, start);
        }
        built
    }

    fn add(&mut self, path: PathBuf, start: Stamp) {
        if self
            .folders
            .iter()
            .any(|(folder, _)| path.starts_with(folder))
        {
            return;
        }
        if path.is_dir() {
            let listing = fingerprint::listing(&path);
            // a number that the folder does not have, as with files
            let listing = if fingerprint::changed_since(&path, start) {
                !listing
            } else {
                listing
            };
            self.folders.push((path, listing));
            return;
        }
        let stamp = Stamp::of(&path);
        let stamp = if stamp.is_since(start) {
            Stamp::UNKNOWN
        } else {
            stamp
        };
        self.files.push((path, stamp));
    }

    /// Whether a build would produce the same runner now.
    pub(super) fn is_fresh(&self, plan: u64, cargo: &Path) -> bool {
        self.is_as_built(plan, cargo, |path, stamp| Stamp::of(path) == stamp)
    }

    /// Whether nothing but source files outside of the folders of revisions has changed.
    pub(super) fn has_these_revisions(&self, plan: u64, cargo: &Path) -> bool {
        let is_source = |path: &Path| path.extension().is_some_and(|ending| ending == "rs");
        self.is_as_built(plan, cargo, |path, stamp| {
            is_source(path) || Stamp::of(path) == stamp
        })
    }

    fn is_as_built(&self, plan: u64, cargo: &Path, is_same: impl Fn(&Path, Stamp) -> bool) -> bool {
        self.writer == writer()
            && self.plan == plan
            // one that was removed while its build was recorded is that of no file
            && self.executable_stamp.is_of_a_file()
            && self.executable_stamp == Stamp::of(&self.executable)
            && self
                .files
                .iter()
                .all(|(path, stamp)| is_same(path, *stamp))
            && self
                .folders
                .iter()
                .all(|(folder, listing)| fingerprint::listing(folder) == *listing)
            && self
                .variables
                .iter()
                .all(|(name, value)| fingerprint::variable(name) == *value)
            && self.environment == fingerprint::environment(cargo)
    }

    /// The record that an earlier command left in `store`.
    pub(super) fn load(store: &Path) -> Option<Built> {
        let text = fs::read_to_string(store.join(FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Leaves the record for later commands. Without it they build again: no reason to fail.
    pub(super) fn save(&self, store: &Path) {
        let _ = serde_json::to_string(self).map(|text| files::write(&store.join(FILE), &text));
    }
}

/// The program that is running.
fn writer() -> Stamp {
    std::env::current_exe().map_or(Stamp::UNKNOWN, |path| Stamp::of(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Duration;

    struct Place(tempfile::TempDir);

    impl Place {
        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
            fs::write(self.path(name), text).unwrap();
        }

        fn built(&self) -> Built {
            thread::sleep(Duration::from_millis(20));
            self.write("start", "");
            let sources = Sources {
                plan: 7,
                paths: ["lib.rs", "watched", "absent", "migrations/a.rs"]
                    .map(|name| self.path(name))
                    .into(),
                variables: ["A_VARIABLE_THAT_IS_NEVER_SET".to_owned()].into(),
            };
            let migrations = self.path("migrations");
            let listing = fingerprint::listing(&migrations);
            let start = Stamp::of(&self.path("start"));
            Built::record(
                self.path("runner"),
                sources,
                vec![(migrations, listing)],
                start,
                Path::new("cargo"),
            )
        }
    }

    #[test]
    fn a_runner_is_fresh_until_something_changes_that_it_came_from() {
        type Change = fn(&Place);
        let changes: [(&str, bool, Change); 9] = [
            ("nothing", true, |_| {}),
            ("a file that it did not come from", true, |place| {
                place.write("other", "");
            }),
            ("a source file", false, |place| {
                place.write("lib.rs", "changed");
            }),
            ("a source file gone", false, |place| {
                fs::remove_file(place.path("lib.rs")).unwrap();
            }),
            ("a file that was not there", false, |place| {
                place.write("absent", "");
            }),
            ("a file in a watched folder", false, |place| {
                place.write("watched/deep/b", "");
            }),
            ("a new revision", false, |place| {
                place.write("migrations/b.rs", "");
            }),
            ("a renamed revision", false, |place| {
                fs::rename(place.path("migrations/a.rs"), place.path("migrations/c.rs")).unwrap();
            }),
            ("another runner", false, |place| {
                place.write("runner", "another");
            }),
        ];
        for (what, fresh, change) in changes {
            let place = Place(tempfile::tempdir().unwrap());
            for name in ["lib.rs", "runner", "watched/a", "migrations/a.rs"] {
                place.write(name, name);
            }
            let built = place.built();
            built.save(place.0.path());
            change(&place);
            let loaded = Built::load(place.0.path()).unwrap();
            assert_eq!(loaded, built);
            assert_eq!(loaded.is_fresh(7, Path::new("cargo")), fresh, "{what}");
            assert!(!loaded.is_fresh(8, Path::new("cargo")), "another plan");
        }
    }

    #[test]
    fn a_file_that_changed_during_the_build_is_not_taken_as_built() {
        let place = Place(tempfile::tempdir().unwrap());
        place.write("runner", "");
        place.write("start", "");
        place.write("lib.rs", "saved while the compiler was running");
        place.write("watched/deep/b", "saved then too");
        for changed in ["lib.rs", "watched"] {
            let sources = Sources {
                paths: [place.path(changed)].into(),
                ..Sources::default()
            };
            let start = Stamp::of(&place.path("start"));
            let runner = place.path("runner");
            let built = Built::record(runner, sources, Vec::new(), start, Path::new("cargo"));
            assert!(!built.is_fresh(0, Path::new("cargo")), "{changed}");
        }
    }

    #[test]
    fn a_runner_that_was_gone_when_it_was_recorded_is_never_fresh() {
        let place = Place(tempfile::tempdir().unwrap());
        place.write("start", "");
        let start = Stamp::of(&place.path("start"));
        let built = Built::record(
            place.path("runner"),
            Sources::default(),
            Vec::new(),
            start,
            Path::new("cargo"),
        );
        assert!(!built.is_fresh(0, Path::new("cargo")));
    }
}
