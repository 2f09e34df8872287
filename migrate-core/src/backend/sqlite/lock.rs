//! The migration lock of a SQLite database: a file next to it, locked by the operating system,
//! which releases it when the process dies.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::backend::{Holder, LockRequest};
use crate::error::LockError;

/// The suffix of the database's path.
const SUFFIX: &str = "-migrate-lock";
/// The prefix of a lock holder's text.
const FIRST_KEY: &[u8] = b"pid=";
/// The longest pause between two attempts.
const PAUSE: Duration = Duration::from_millis(25);

/// The lock, while it is held. Dropping it releases it.
#[derive(Debug)]
pub(super) struct DatabaseLock {
    file: File,
    path: PathBuf,
}

impl DatabaseLock {
    /// Acquires the lock of a database's file; retries until the timeout.
    pub(super) fn take(
        database: &Path,
        request: &mut LockRequest<'_>,
    ) -> Result<DatabaseLock, LockError> {
        let path = beside(database);
        let start = Instant::now();
        let mut pause = Duration::from_millis(1);
        let mut waiting = false;
        loop {
            if let Some(lock) = try_take(&path).map_err(|source| LockError::File {
                path: path.clone(),
                source,
            })? {
                return Ok(lock);
            }
            if !waiting {
                waiting = true;
                (request.on_wait)(holder(&path).as_ref());
            }
            let Some(left) = request
                .timeout
                .checked_sub(start.elapsed())
                .filter(|left| !left.is_zero())
            else {
                return Err(LockError::TimedOut {
                    database: database.display().to_string(),
                    waited: start.elapsed(),
                    holder: holder(&path).map(Box::new),
                });
            };
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(PAUSE);
        }
    }
}

impl DatabaseLock {
    /// Whether this lock still keeps other runs out: not if its file was removed or replaced, as
    /// another run then locks its own file.
    pub(super) fn is_held(&self) -> bool {
        is_at(&self.file, &self.path).unwrap_or(false)
    }
}

impl Drop for DatabaseLock {
    fn drop(&mut self) {
        // removed while it is still held, so that the next process creates another file or notices
        if can_tell_files_apart() {
            if self.is_held() {
                let _ = std::fs::remove_file(&self.path);
            }
        } else {
            let _ = self.file.set_len(0);
        }
        let _ = self.file.unlock();
    }
}

/// The locked file.
fn beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(SUFFIX);
    PathBuf::from(path)
}

/// One attempt: `None` if another process holds the lock, or has just removed the file that was
/// opened.
fn try_take(path: &Path) -> io::Result<Option<DatabaseLock>> {
    if let Ok(found) = std::fs::symlink_metadata(path) {
        // checked before it is opened: opening a link would follow it, and opening a pipe would
        // block
        refuse_unless_file(&found)?;
    }
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    if !is_at(&file, path)? {
        return Ok(None);
    }
    refuse_foreign_text(&file)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(Holder::this_process().to_text().as_bytes())?;
    Ok(Some(DatabaseLock {
        file,
        path: path.to_owned(),
    }))
}

/// The holder of the lock of a database's file, if any.
pub(super) fn held(database: &Path) -> io::Result<Option<Holder>> {
    let path = beside(database);
    let file = match OpenOptions::new().read(true).write(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => file.unlock().map(|()| None),
        Err(TryLockError::WouldBlock) => Ok(Some(holder(&path).unwrap_or_default())),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The process that wrote the lock file.
fn holder(path: &Path) -> Option<Holder> {
    let mut text = String::new();
    File::open(path)
        .ok()?
        .take(4096)
        .read_to_string(&mut text)
        .ok()?;
    Holder::from_text(&text)
}

/// Whether the file that was opened is still the one of that name. An error if the name is a link
/// now: the opened file may then be any file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let Ok(named) = std::fs::symlink_metadata(path) else {
        return Ok(false);
    };
    refuse_unless_file(&named)?;
    let opened = file.metadata()?;
    Ok((opened.dev(), opened.ino()) == (named.dev(), named.ino()))
}

#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true) // it is never removed
}

fn refuse_unless_file(found: &Metadata) -> io::Result<()> {
    match found.is_file() {
        true => Ok(()),
        false => Err(io::Error::other(
            "it is not a regular file, and links are not followed",
        )),
    }
}

/// Refuses a file with text that no run has written.
fn refuse_foreign_text(file: &File) -> io::Result<()> {
    let mut text = Vec::new();
    file.take(4).read_to_end(&mut text)?;
    // also a text that a killed run has written in part
    let common = text.len().min(FIRST_KEY.len());
    match text[..common] == FIRST_KEY[..common] {
        true => Ok(()),
        false => Err(io::Error::other(
            "it has other content than a lock file, and is not overwritten",
        )),
    }
}

/// Whether the replacement of a file by another of its name can be noticed.
fn can_tell_files_apart() -> bool {
    cfg!(unix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(timeout: Duration) -> LockRequest<'static> {
        LockRequest {
            timeout,
            on_wait: Box::leak(Box::new(|_: Option<&Holder>| {})),
        }
    }

    fn directory(name: &str) -> PathBuf {
        let directory =
            std::env::temp_dir().join(format!("migrate-lock-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn the_second_waits_and_is_told_who_has_it() {
        let directory = directory("second");
        let database = directory.join("app.db");
        let held = DatabaseLock::take(&database, &mut request(Duration::ZERO)).unwrap();
        match DatabaseLock::take(&database, &mut request(Duration::from_millis(30))) {
            Err(LockError::TimedOut {
                holder: Some(holder),
                waited,
                ..
            }) => {
                assert_eq!(holder.pid, Some(std::process::id()));
                assert!(waited >= Duration::from_millis(30));
            }
            other => panic!("{other:?}"),
        }
        drop(held);
        drop(DatabaseLock::take(&database, &mut request(Duration::ZERO)).unwrap());
        assert_eq!(
            std::fs::read_dir(&directory).unwrap().count(),
            usize::from(!can_tell_files_apart())
        );
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn only_a_file_of_its_own_is_written() {
        let directory = directory("foreign");
        let (database, important) = (directory.join("app.db"), directory.join("important"));
        std::fs::write(&important, "precious").unwrap();
        let take = || DatabaseLock::take(&database, &mut request(Duration::ZERO));
        for (text, free) in [
            ("", true),
            ("pi", true),
            ("pid=1\nho", true),
            ("other", false),
        ] {
            std::fs::write(beside(&database), text).unwrap();
            assert_eq!(take().is_ok(), free, "{text}");
        }
        assert_eq!(std::fs::read_to_string(beside(&database)).unwrap(), "other");
        std::fs::remove_file(beside(&database)).unwrap();
        std::fs::create_dir(beside(&database)).unwrap();
        take().unwrap_err();
        std::fs::remove_dir(beside(&database)).unwrap();
        #[cfg(unix)]
        for target in [important.clone(), directory.join("nothing")] {
            std::os::unix::fs::symlink(target, beside(&database)).unwrap();
            take().unwrap_err();
            std::fs::remove_file(beside(&database)).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&important).unwrap(), "precious");
        assert!(!directory.join("nothing").exists());
        take().unwrap();
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_lock_whose_file_was_removed_is_lost() {
        let directory = directory("lost");
        let database = directory.join("app.db");
        let lock = DatabaseLock::take(&database, &mut request(Duration::ZERO)).unwrap();
        assert!(lock.is_held());
        std::fs::remove_file(beside(&database)).unwrap();
        assert!(!lock.is_held());
        let other = DatabaseLock::take(&database, &mut request(Duration::ZERO)).unwrap();
        drop(lock);
        assert!(other.is_held(), "the file of the other was removed");
        drop(other);
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn no_two_threads_hold_it_at_once() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let directory = directory("threads");
        let database = directory.join("app.db");
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let lock =
                            DatabaseLock::take(&database, &mut request(Duration::from_secs(60)))
                                .unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        std::fs::remove_dir_all(directory).unwrap();
    }
}
