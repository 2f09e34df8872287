//! Fingerprints of a file, a folder or the environment: small values to store and compare later.
//! Reads the file system; must not know what a project or a runner is.

use std::env;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// A file's length and time of change (nanoseconds since 1970), or that it is not there; with its
/// text in one number, where that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Stamp(Option<(u64, u64)>, Option<u64>);

/// The longest text that is read for a stamp.
const LONGEST: u64 = 64 * 1024;

impl Stamp {
    /// The stamp of what lies at `path` now.
    pub(crate) fn of(path: &Path) -> Stamp {
        let metadata = fs::metadata(path).ok();
        Stamp(metadata.as_ref().map(length_and_time), None)
    }

    /// The same with the text, unless that is long: tools that set all files to one time may leave
    /// an edit without a trace.
    pub(crate) fn with_text(path: &Path) -> Stamp {
        let metadata = fs::metadata(path).ok();
        Stamp(
            metadata.as_ref().map(length_and_time),
            metadata.and_then(|metadata| text_of(path, &metadata)),
        )
    }

    /// The stamp of an empty file that changed at this time.
    pub(crate) fn at(time: SystemTime) -> Stamp {
        Stamp(Some((0, nanoseconds(time))), None)
    }

    /// Whether the file changed at the time of `start` or later: then it may differ from what was
    /// read in between.
    pub(crate) fn is_since(self, start: Stamp) -> bool {
        match (self.0, start.0) {
            (Some((_, modified)), Some((_, start))) => modified >= start,
            _ => false,
        }
    }

    /// Whether there was a file.
    pub(crate) fn is_of_a_file(self) -> bool {
        self.0.is_some()
    }

    /// A stamp that no file has, for one whose state is not known.
    pub(crate) const UNKNOWN: Stamp = Stamp(Some((u64::MAX, u64::MAX)), None);
}

fn length_and_time(metadata: &Metadata) -> (u64, u64) {
    (metadata.len(), metadata.modified().map_or(0, nanoseconds))
}

fn text_of(path: &Path, metadata: &Metadata) -> Option<u64> {
    let is_short = metadata.is_file() && metadata.len() <= LONGEST;
    let text = is_short.then(|| fs::read(path).ok()).flatten();
    text.map(|text| hash(&text))
}

/// Whether a file is written in a language that revisions are written in.
fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("rs" | "sql" | "toml"))
}

fn nanoseconds(time: SystemTime) -> u64 {
    let elapsed = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
}

/// How deep a folder is followed: enough for any project.
const DEEPEST: usize = 32;

/// A folder's files by name, length and time of change, and the text of sources, in one number.
/// Hidden files and an editor's `~` copies do not count, nor do cargo's target directories. The
/// same for every order of reading; a folder that is not there has a number of its own.
pub(crate) fn listing(folder: &Path) -> u64 {
    let mut entries = Vec::new();
    collect(folder, Path::new(""), DEEPEST, false, &mut entries);
    entries.sort_unstable();
    hash(&(folder.is_dir(), entries))
}

/// Whether a file of the folder changed at the time of `start` or later.
pub(crate) fn changed_since(folder: &Path, start: Stamp) -> bool {
    let mut entries = Vec::new();
    collect(folder, Path::new(""), DEEPEST, false, &mut entries);
    entries.iter().any(|(_, stamp)| stamp.is_since(start))
}

fn collect(
    folder: &Path,
    prefix: &Path,
    depth: usize,
    behind_link: bool,
    entries: &mut Vec<(PathBuf, Stamp)>,
) {
    let Ok(items) = fs::read_dir(folder) else {
        return;
    };
    for item in items.flatten() {
        let name = item.file_name();
        let text = name.as_encoded_bytes();
        if text.starts_with(b".") || text.ends_with(b"~") {
            continue;
        }
        // follows links, as the compiler does, but none behind another: they may lead in circles
        let relative = prefix.join(&name);
        let is_link = item.file_type().is_ok_and(|kind| kind.is_symlink());
        let Ok(metadata) = fs::metadata(item.path()) else {
            // a link that leads nowhere is a file that the compiler asks for
            entries.push((relative, Stamp(None, None)));
            continue;
        };
        if !metadata.is_dir() {
            let text = is_source(&relative).then(|| text_of(&item.path(), &metadata));
            entries.push((
                relative,
                Stamp(Some(length_and_time(&metadata)), text.flatten()),
            ));
        } else if depth > 0
            && !(is_link && behind_link)
            && !item.path().join("CACHEDIR.TAG").exists()
        {
            let behind = behind_link || is_link;
            collect(&item.path(), &relative, depth - 1, behind, entries);
        }
    }
}

/// One variable's value in one number, since values may be secrets and are kept in a file.
pub(crate) fn variable(name: &str) -> u64 {
    hash(&env::var_os(name))
}

/// A value in one number, the same in every run of one build of this program.
pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Variables that change what cargo builds, by their first letters: everything that stands for a
/// key of its configuration.
const PREFIXES: [&str; 7] = [
    "CARGO_BUILD_",
    "CARGO_PROFILE_",
    "CARGO_REGISTRIES_",
    "CARGO_RESOLVER_",
    "CARGO_SOURCE_",
    "CARGO_TARGET_",
    "CARGO_UNSTABLE_",
];

/// Variables that change what cargo builds, by name.
const NAMES: [&str; 13] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_HOME",
    "CARGO_INCREMENTAL",
    "CARGO_REGISTRY_DEFAULT",
    "HOME",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "USERPROFILE",
];

/// The variables that change what cargo builds, and the cargo that builds it, in one number.
pub(crate) fn environment(cargo: &Path) -> u64 {
    let mut relevant: Vec<(OsString, OsString)> = env::vars_os()
        .filter(|(name, _)| name.to_str().is_some_and(is_relevant))
        .map(|(name, value)| {
            // relative to the current directory: what counts is the place that it names
            let path = matches!(
                name.to_str(),
                Some("CARGO_TARGET_DIR" | "CARGO_BUILD_TARGET_DIR")
            );
            let value = if path {
                absolute(Path::new(&value)).into()
            } else {
                value
            };
            (name, value)
        })
        .collect();
    relevant.sort_unstable();
    hash(&(relevant, cargo, Stamp::of(cargo)))
}

fn is_relevant(name: &str) -> bool {
    let named = NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    // a token is for a registry and does not change a build; cargo sets the temporary folder for
    // its own tests
    named && !name.ends_with("_TOKEN") && name != "CARGO_TARGET_TMPDIR"
}

/// `path` from the root, without `.` and `..`, as cargo names it. Does not look at links.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for component in whole.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_sees_names_lengths_and_times_but_no_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let missing = listing(&path("none"));
        let empty = listing(folder.path());
        assert_ne!(missing, empty);

        fs::write(path("a.rs"), "1").unwrap();
        let one = listing(folder.path());
        assert_ne!(one, empty);
        for ignored in [".a.rs.swp", "a.rs~"] {
            fs::write(path(ignored), "1").unwrap();
            assert_eq!(listing(folder.path()), one, "{ignored}");
        }

        fs::rename(path("a.rs"), path("b.rs")).unwrap();
        let renamed = listing(folder.path());
        assert_ne!(renamed, one);
        fs::create_dir(path("deep")).unwrap();
        assert_eq!(
            listing(folder.path()),
            renamed,
            "an empty folder is nothing"
        );
        fs::write(path("deep/c.rs"), "1").unwrap();
        assert_ne!(listing(folder.path()), renamed);
        fs::remove_dir_all(path("deep")).unwrap();
        assert_eq!(listing(folder.path()), renamed);
    }

    #[test]
    fn an_edit_that_keeps_length_and_time_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sql");
        let write = |text: &str| {
            fs::write(&path, text).unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
            (
                listing(folder.path()),
                Stamp::with_text(&path),
                Stamp::of(&path),
            )
        };
        let (before, after) = (write("SELECT 1"), write("SELECT 2"));
        assert_ne!(before.0, after.0);
        assert_ne!(before.1, after.1);
        assert_eq!(before.2, after.2);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_circles_end() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "1").unwrap();
        for name in ["here", "there", "everywhere"] {
            std::os::unix::fs::symlink(".", folder.path().join(name)).unwrap();
        }
        let before = listing(folder.path());
        assert_eq!(listing(folder.path()), before);
        fs::write(folder.path().join("a.rs"), "12").unwrap();
        assert_ne!(listing(folder.path()), before);
    }

    #[test]
    fn only_variables_that_reach_the_build_are_relevant() {
        for name in [
            "RUSTFLAGS",
            "CARGO_PROFILE_DEV_DEBUG",
            "CARGO_TARGET_DIR",
            "RUSTUP_TOOLCHAIN",
        ] {
            assert!(is_relevant(name), "{name}");
        }
        for name in [
            "PATH",
            "CARGO_PKG_NAME",
            "CARGO_MANIFEST_DIR",
            "CARGO_REGISTRIES_MINE_TOKEN",
            "CARGO_TERM_COLOR",
            "CARGO_TARGET_TMPDIR",
            "CARGO_MIGRATE_CONFIG",
        ] {
            assert!(!is_relevant(name), "{name}");
        }
    }

    #[test]
    fn a_file_that_changed_with_or_after_the_start_is_since_it() {
        let at = |time| Stamp(Some((1, time)), None);
        assert!(at(5).is_since(at(5)) && at(6).is_since(at(5)));
        assert!(!at(4).is_since(at(5)));
        assert!(!Stamp(None, None).is_since(at(5)));
    }
}
