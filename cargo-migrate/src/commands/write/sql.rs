//! Writing a revision as an SQL folder: its name, its files, and a `metadata.toml` where its place
//! does not follow from the order.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use migrate_cli::CliError;
use migrate_cli::json::RevisionTexts;
use migrate_core::engine::render::{Downgrade, is_harmless};
use migrate_graph::Header;
use migrate_source::{Folder, RevisionFile, SqlFolder, UNFILLED};

use super::slug;
use crate::project;

/// Writes the folder below `directory` in the package `root`, all of it at once; gives the path of
/// its `up.sql`.
pub(super) fn write(
    header: &Header,
    root: &Path,
    directory: &Path,
    texts: Option<&RevisionTexts>,
) -> Result<PathBuf, CliError> {
    let folder = SqlFolder {
        path: directory.join(name(header)),
        down: true,
        metadata: false,
    };
    if folder.version() != header.id {
        let message = format!("an SQL folder cannot have the id `{}`", header.id);
        return Err(CliError::usage(message)
            .note("its version is the part of its name before the first `_`, with dashes removed")
            .help("give it an id of letters and digits with `--rev-id`, or none"));
    }
    let beside = Folder::read(root, directory);
    let folders = beside
        .files
        .iter()
        .filter_map(|file| Some((file, file.sql.as_ref()?)));
    let folders: Vec<(&RevisionFile, &SqlFolder)> = folders.collect();
    refuse_between(&header.id, &folders)?;
    let before = folders.iter().map(|(_, folder)| folder.version());
    let before = before.filter(|version| *version < header.id).max();
    let transaction = texts.is_none_or(|texts| texts.transaction);
    let nothing = texts.is_some_and(|texts| texts.rust.downgrade == Downgrade::Nothing);
    let (up, down) = match texts {
        Some(texts) => (
            comment("what applies it", header) + &texts.up,
            comment("what reverts it", header) + &texts.down,
        ),
        None => (
            comment("what applies it", header),
            comment(UNFILLED, header),
        ),
    };
    let files = [
        ("up.sql", Some(up)),
        ("down.sql", Some(down)),
        (
            "metadata.toml",
            metadata(header, before.as_deref(), transaction, nothing),
        ),
    ];
    let path = root.join(&folder.path);
    create(&path, &files).map_err(|error| super::cannot_write(&path, &error))?;
    Ok(root.join(folder.up_file()))
}

/// Refuses an id between two folders of which the later one continues whatever is before it.
fn refuse_between(id: &str, folders: &[(&RevisionFile, &SqlFolder)]) -> Result<(), CliError> {
    let after = folders
        .iter()
        .find(|(_, folder)| folder.version().as_str() > id);
    let Some((_, next)) = after.filter(|(file, _)| file.follows_order()) else {
        return Ok(());
    };
    let name = project::display(&next.path);
    Err(CliError::usage(format!(
        "`{id}` comes before `{name}`, which continues the SQL folder before it"
    ))
    .help("give it a later id, or none: then it is the time"))
}

/// The folder's name, as diesel's command line forms it.
pub(in crate::commands) fn name(header: &Header) -> String {
    let id = &header.id;
    let slug = slug::slug(&header.message);
    let is_time = id.len() == 14 && id.bytes().all(|byte| byte.is_ascii_digit());
    match is_time {
        true => format!(
            "{}-{}-{}-{}_{slug}",
            &id[..4],
            &id[4..6],
            &id[6..8],
            &id[8..]
        ),
        false => format!("{id}_{slug}"),
    }
}

fn comment(what: &str, header: &Header) -> String {
    let line = header.message.lines().next().unwrap_or_default();
    let line: String = line.chars().filter(|sign| is_harmless(*sign)).collect();
    format!("-- {}: {what}\n", line.trim())
}

/// What `metadata.toml` must say; nothing where everything follows from the order.
fn metadata(
    header: &Header,
    before: Option<&str>,
    transaction: bool,
    nothing: bool,
) -> Option<String> {
    let follows = header.down_revision.iter().map(String::as_str).eq(before);
    if follows
        && transaction
        && !nothing
        && header.depends_on.is_empty()
        && header.branch_labels.is_empty()
    {
        return None;
    }
    // without the key, the file would mean: not in a transaction
    let mut text = format!("run_in_transaction = {transaction}\n");
    if !follows {
        text += &format!("down_revision = {}\n", parents(&header.down_revision));
    }
    for (key, names) in [
        ("depends_on", &header.depends_on),
        ("branch_labels", &header.branch_labels),
    ] {
        if !names.is_empty() {
            text += &format!("{key} = {}\n", list(names));
        }
    }
    if nothing {
        text += "downgrade = \"nothing\"\n";
    }
    Some(text)
}

fn parents(parents: &[String]) -> String {
    match parents {
        [parent] => format!("\"{parent}\""),
        parents => list(parents),
    }
}

/// Ids and labels need no escapes.
pub(in crate::commands) fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// Makes a folder with these files. It has another name, which is passed over, until all of them
/// are there.
fn create(path: &Path, files: &[(&str, Option<String>)]) -> io::Result<()> {
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    fs::create_dir_all(&draft)?;
    let fill = || {
        for (name, text) in files {
            if let Some(text) = text {
                fs::write(draft.join(name), text)?;
            }
        }
        fs::rename(&draft, path)
    };
    fill().inspect_err(|_| {
        // the write's own error is the one to report
        let _ = fs::remove_dir_all(&draft);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(root: &Path, header: &Header) -> Result<PathBuf, String> {
        write(header, root, Path::new("m"), None).map_err(|failure| failure.message)
    }

    /// What was written, as it is read again.
    fn read(root: &Path, id: &str) -> Header {
        let folder = Folder::read(root, Path::new("m"));
        assert_eq!(folder.problems, []);
        let headers = folder
            .revisions()
            .filter_map(|(_, revision)| revision.header());
        headers.into_iter().find(|header| header.id == id).unwrap()
    }

    #[test]
    fn a_folder_says_what_its_place_does_not() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for (header, metadata) in [
            (Header::new("20260101000000", []).message("first one"), None),
            (
                Header::new("20260102000000", ["20260101000000"]).message("in order"),
                None,
            ),
            (
                Header::new("20260103000000", ["rust"]).message("elsewhere"),
                Some("run_in_transaction = true\ndown_revision = \"rust\"\n"),
            ),
            (
                Header::new("20260104000000", ["20260103000000", "b"]).message("merge"),
                Some("run_in_transaction = true\ndown_revision = [\"20260103000000\", \"b\"]\n"),
            ),
            (
                Header::new("20260105000000", [])
                    .branch_labels(["x"])
                    .message("base"),
                Some("run_in_transaction = true\ndown_revision = []\nbranch_labels = [\"x\"]\n"),
            ),
            (
                Header::new("z9", ["20260105000000"])
                    .depends_on(["y"])
                    .message("depends"),
                Some("run_in_transaction = true\ndepends_on = [\"y\"]\n"),
            ),
        ] {
            let path = written(root, &header).unwrap();
            let file = path.with_file_name("metadata.toml");
            assert_eq!(
                fs::read_to_string(file).ok().as_deref(),
                metadata,
                "{path:?}"
            );
            assert_eq!(read(root, &header.id), header);
        }
        let names = fs::read_dir(root.join("m")).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 6, "{names:?}");
        assert!(
            names.contains(&"2026-01-01-000000_first_one".into()),
            "{names:?}"
        );
    }

    #[test]
    fn what_would_be_another_revision_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let refused = |id: &str| written(root, &Header::new(id, []).message("x")).unwrap_err();
        assert_eq!(refused("a_b"), "an SQL folder cannot have the id `a_b`");
        assert_eq!(refused("a-b"), "an SQL folder cannot have the id `a-b`");
        written(root, &Header::new("20260102000000", []).message("x")).unwrap();
        assert!(refused("20260101000000").contains("2026-01-02-000000_x"));
    }
}
