//! The project at a commit of git: its revisions and its models, read as those of today are, from a
//! copy of its files at that commit. Must not know which command asks.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;

use migrate_cli::{CliError, PassedModels, Past, Ui, names_revision};

use crate::files;
use crate::models;
use crate::project;
use crate::selection::Selection;
use crate::source;
use migrate_source::Folder;

/// What `--since` names, if it names no revision: the project at that commit, in a file for the
/// runner.
pub(crate) fn pass_on(
    selection: &Selection,
    since: &str,
    ui: &mut Ui<'_>,
) -> Result<Option<PathBuf>, CliError> {
    if since.contains("://") {
        return Ok(None); // which the runner refuses
    }
    let history = source::readable_history(selection, ui)?;
    let Err(unknown) = names_revision(history.graph(), since) else {
        return Ok(None);
    };
    let root = &selection.project.root;
    let commit = commit(root, since).map_err(|why| {
        CliError::usage(format!("`{since}` is neither a revision nor a commit"))
            .note(unknown.message)
            .note(why)
            .help("`cargo migrate history` lists the revisions, `git branch -a` and `git tag` what git knows")
    })?;
    let store = selection.project.store();
    let files = Copy(store.join(format!("past-{}", process::id())));
    let failed = |why: String| {
        CliError::usage(format!("cannot read the project as it was at `{since}`")).note(why)
    };
    files.fill(root, &commit).map_err(failed)?;
    let then = selection.within(|folder| {
        let inside = git(folder, ["rev-parse", "--show-prefix"]).ok()?;
        Some(files.0.join(inside.trim_end_matches('\n')))
    });
    let past = Past {
        revisions: revisions(&then)?,
        models: read_models(&then, &project::display(&files.0))?,
        name: since.to_owned(),
        commit,
    };
    let file = store.join(format!("since-{}.json", past.commit));
    let text = serde_json::to_string(&past).expect("names and texts can be written as JSON");
    let written = files::write(&file, &text);
    written.map_err(|error| failed(format!("{}: {error}", project::display(&file))))?;
    Ok(Some(file))
}

/// The commit that a text names; with `...` at its end, where the present one branched off from it.
fn commit(root: &Path, text: &str) -> Result<String, String> {
    let (name, is_base) = match text.strip_suffix("...") {
        Some(name) => (name, true),
        None => (text, false),
    };
    if name.starts_with('-') {
        return Err("git knows no such name".to_owned());
    }
    let peeled = format!("{name}^{{commit}}");
    let found = git(root, ["rev-parse", "--verify", "--quiet", &peeled]);
    let found = found.map_err(|why| match why.is_empty() {
        true => format!("git knows no commit `{name}`"),
        false => why,
    })?;
    let found = found.trim().to_owned();
    match is_base {
        true => git(root, ["merge-base", &found, "HEAD"])
            .map(|base| base.trim().to_owned())
            .map_err(|_| format!("`{name}` and `HEAD` have no commit in common")),
        false => Ok(found),
    }
}

/// The ids of the revisions.
fn revisions(then: &Selection) -> Result<Vec<String>, CliError> {
    let mut ids = Vec::new();
    let history = then.history()?.value;
    for member in then.project.participants()? {
        if then.project.history_of(member)? != history {
            continue;
        }
        let folder = Folder::read(member.root(), &then.project.directory(member)?);
        let read = folder.revisions();
        ids.extend(read.filter_map(|(_, revision)| Some(revision.declaration.id.clone()?.text)));
    }
    Ok(ids)
}

/// The models, with places in the project as it was: `copy` is the folder with its files. Why they
/// cannot be read is part of the answer.
fn read_models(then: &Selection, copy: &str) -> Result<PassedModels, CliError> {
    if then.project.participants()?.is_empty() {
        return Ok(PassedModels::Read(migrate_models::Models::default()));
    }
    let copy = format!("{copy}/");
    let (mut out, mut err) = (io::sink(), io::sink());
    let mut silent = Ui::new(&mut out, &mut err);
    silent.json = true;
    Ok(match models::read(then, &mut silent) {
        Ok(mut models) => {
            for table in &mut models.tables {
                table.place.file = table.place.file.replace(&copy, "");
            }
            PassedModels::Read(models)
        }
        Err(CliError { message, notes, .. }) => PassedModels::Unreadable {
            message: message.replace(&copy, ""),
            notes: notes.iter().map(|note| note.replace(&copy, "")).collect(),
        },
    })
}

/// A folder with the files of a commit, removed with this value.
struct Copy(PathBuf);

impl Copy {
    /// Writes what a commit has of Rust, SQL and manifests. Neither the index nor the files of the
    /// project change.
    fn fill(&self, root: &Path, commit: &str) -> Result<(), String> {
        let top = git(root, ["rev-parse", "--show-toplevel"])?;
        let top = Path::new(top.trim_end_matches('\n'));
        let said = |error: io::Error| error.to_string();
        fs::create_dir_all(&self.0).map_err(said)?;
        let index = self.0.join("index");
        let list = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit];
        let names = output(git_in(top).args(list))?;
        let names: Vec<&[u8]> = names
            .split_inclusive(|byte| *byte == 0)
            .filter(|name| {
                let kinds: [&[u8]; 3] = [b".rs\0", b".sql\0", b".toml\0"];
                kinds.iter().any(|kind| name.ends_with(kind))
            })
            .collect();
        let indexed = |arguments: &[&OsStr]| {
            let mut command = git_in(top);
            command.args(arguments).env("GIT_INDEX_FILE", &index);
            command
        };
        output(&mut indexed(&["read-tree".as_ref(), commit.as_ref()]))?;
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(self.0.join(""));
        let checkout = ["checkout-index", "-f", "-q", "-z", "--stdin"].map(OsStr::new);
        let mut command = indexed(&[&checkout[..], &[prefix.as_os_str()]].concat());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(said)?;
        let input = child.stdin.take();
        // what git says is read while it gets the names
        let (sent, done) = thread::scope(|scope| {
            let sent = scope.spawn(|| input.map(|mut input| input.write_all(&names.concat())));
            let done = child.wait_with_output();
            (sent.join().ok().flatten(), done)
        });
        let done = done.map_err(said)?;
        match (done.status.success(), sent) {
            (true, Some(Ok(()))) => Ok(()),
            _ => Err(String::from_utf8_lossy(&done.stderr).trim().to_owned()),
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // what stays lies where cargo builds, and `cargo clean` removes it
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What git prints, or why it fails.
fn git<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<String, String> {
    let printed = output(git_in(folder).args(arguments))?;
    String::from_utf8(printed).map_err(|error| error.to_string())
}

fn git_in(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let done = command
        .output()
        .map_err(|error| format!("git cannot be started: {error}"))?;
    match done.status.success() {
        true => Ok(done.stdout),
        false => Err(String::from_utf8_lossy(&done.stderr).trim().to_owned()),
    }
}
