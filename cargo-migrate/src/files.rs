//! Writing files so that no reader ever sees half of one. Knows nothing of what is in them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Writes a file in one step, with the folders above it: a reader finds the old text or the new
/// one.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    write_draft(path, text, OpenOptions::new().write(true).create_new(true))
}

/// The same, for a file that only its owner may read.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_draft(path, text, options.write(true).create_new(true))
}

fn write_draft(path: &Path, text: &str, options: &OpenOptions) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = draft_of(path);
    options
        .open(&draft)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&draft, path))
        .inspect_err(|_| {
            // the write's own error is the one to report
            let _ = fs::remove_file(&draft);
        })
}

/// Writes a file unless it holds this text already, so that nothing which watches it is disturbed.
/// Says whether it wrote.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    write(path, text).map(|()| true)
}

/// Copies a file in one step, with its permissions and the folders above it. What runs from the old
/// one goes on.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = draft_of(to);
    fs::copy(from, &draft)
        .and_then(|_| fs::rename(&draft, to))
        .inspect_err(|_| {
            // the copy's own error is the one to report
            let _ = fs::remove_file(&draft);
        })
}

/// Writes a file that must not exist yet, with the folders above it.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// A name beside `path` that no other process or thread uses.
fn draft_of(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{count}.tmp", process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_once_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        assert!(write_if_changed(&path, "one").unwrap());
        assert!(!write_if_changed(&path, "one").unwrap());
        assert!(write_if_changed(&path, "two").unwrap());
        assert_eq!(
            create(&path, "three").unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    }
}
