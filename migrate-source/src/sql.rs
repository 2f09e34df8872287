//! SQL folders as diesel's own command line makes them, `2024-01-01-000000_create_users/up.sql` and
//! what lies beside it, read into the same form as Rust files. What diesel decides is decided as
//! diesel does; what it leaves open is a mistake or a problem. Must not know what a statement is,
//! nor what else is in the folder of revisions.

mod down;
mod metadata;
#[cfg(test)]
mod tests;

pub use down::UNFILLED;

use std::path::{Path, PathBuf};

use super::attribute::{Declaration, Downgrade, MetadataMistake, Mistake, MistakeKind, Word};
pub(super) use super::file::sql_folder::{DOWN, METADATA, UP};
use super::file::sql_folder::{SqlTexts, name};
use super::file::{RevisionFile, SourceRevision, SqlFolder};
use super::read::{FolderProblem, read_text};
use super::token::Span;
use down::{Down, has_statements};
use metadata::Metadata;
use migrate_graph::Advice;
use migrate_graph::problem::{Part, Problem};

/// Where the folder as a whole is shown: where its text begins.
const START: Span = Span { start: 0, end: 0 };

impl SqlFolder {
    /// Reads what is in the folder, as one revision; it continues `before` unless it says otherwise
    /// itself.
    fn read(
        &self,
        package: &Path,
        before: Option<&str>,
        problems: &mut Vec<FolderProblem>,
    ) -> RevisionFile {
        let mut text = |path: PathBuf| match read_text(&package.join(&path)) {
            Ok(text) => Some(text),
            Err(kind) => {
                problems.push(FolderProblem { path, kind });
                None
            }
        };
        let up = text(self.up_file());
        let down = self.down_file().and_then(&mut text);
        let metadata = self.metadata_file().map(&mut text);
        let mut mistakes = Vec::new();
        let said = metadata.iter().flatten().next();
        let said = said.map_or_else(Metadata::default, |text| {
            Metadata::read(text, &mut mistakes)
        });
        let is_placed = said.down_revision.is_some();
        if let Some(span) = said.nothing
            && down.as_deref().is_some_and(has_statements)
        {
            mistakes.push(mistake(MetadataMistake::NotNothing, span));
        }
        let up = up.unwrap_or_default();
        let declaration = self.declaration(said, before, &up, down.as_deref());
        let (path, text, up) = match (self.metadata_file(), metadata.flatten()) {
            (Some(path), Some(text)) => (path, text, Some(up)),
            _ => (self.up_file(), up, None),
        };
        let revision = SourceRevision {
            declaration,
            mistakes,
            doc: name::message(&self.name()),
            attribute: START,
            function: None,
            line: 1,
            modules: Vec::new(),
        };
        RevisionFile {
            path,
            text,
            revisions: vec![revision],
            error: None,
            sql: Some(self.clone()),
            sql_texts: SqlTexts {
                up,
                down,
                is_placed,
            },
            functions: Vec::new(),
        }
    }

    fn declaration(
        &self,
        said: Metadata,
        before: Option<&str>,
        up: &str,
        down: Option<&str>,
    ) -> Declaration<Span> {
        let word = |text: &str| Word {
            text: text.to_owned(),
            span: START,
        };
        let continued = || before.map(word).into_iter().collect();
        Declaration {
            id: Some(word(&self.version())),
            down_revision: Some(said.down_revision.unwrap_or_else(continued)),
            depends_on: said.depends_on,
            branch_labels: said.branch_labels,
            // a file without the key means no transaction, as to diesel
            transaction: said.run_in_transaction.unwrap_or(!self.metadata),
            lossy: said.lossy,
            downgrade: Some(match (said.nothing, down.map(Down::of)) {
                (Some(span), _) => Downgrade::Nothing(span),
                (None, Some(Down::Statements)) => Downgrade::Function(Vec::new()),
                (None, Some(Down::Nothing)) => Downgrade::Nothing(START),
                // neither file is filled in yet
                (None, Some(Down::Unfilled)) if down != Some("") && !has_statements(up) => {
                    Downgrade::Nothing(START)
                }
                (None, Some(Down::Unfilled) | None) => Downgrade::Irreversible(START),
            }),
        }
    }
}

/// Whether a folder is named as diesel names them: a version of digits and a message.
pub(super) fn is_versioned(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let version = name::version(&name);
    name.contains('_') && !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
}

/// Puts folders into diesel's order: that of their versions as text.
pub(super) fn sort(folders: &mut [SqlFolder]) {
    folders.sort_by_cached_key(|folder| (folder.version(), folder.path.clone()));
}

/// Reads folders, which are in diesel's order.
pub(super) fn read(
    package: &Path,
    folders: &[SqlFolder],
    problems: &mut Vec<FolderProblem>,
) -> Vec<RevisionFile> {
    let (mut before, mut last): (Option<String>, Option<String>) = (None, None);
    let read = |folder: &SqlFolder| {
        let version = folder.version();
        if last.as_ref() != Some(&version) {
            // two of one version are one mistake, and not also a revision that continues itself
            before = last.replace(version);
        }
        folder.read(package, before.as_deref(), problems)
    };
    folders.iter().map(read).collect()
}

/// What those type who write revisions.
const PROGRAM: &str = "cargo migrate";

/// What to do about a problem that shows in these files.
pub fn help<'a>(
    problem: &Problem,
    files: impl IntoIterator<Item = &'a RevisionFile>,
) -> Option<String> {
    let of_sql = files.into_iter().find_map(|file| {
        let folder = file.sql.as_ref()?;
        folder.help(problem, file.follows_order())
    });
    of_sql.or_else(|| Some(problem.help()?.typed(PROGRAM)))
}

impl SqlFolder {
    /// What to do about a problem, where a folder's name or its place in diesel's order has led to
    /// it.
    fn help(&self, problem: &Problem, is_implied: bool) -> Option<String> {
        let rename = "rename the folder: its version is what stands before the first `_`, such as `2024-01-01-000000_create_users`";
        match problem {
            Problem::DuplicateId { .. } => Some(rename.to_owned()),
            Problem::IllegalName { site, .. } if site.part == Part::Id => Some(rename.to_owned()),
            Problem::SeveralHeads { branches, .. } if is_implied => {
                let version = self.version();
                let other = branches.iter().find(|branch| branch.revision != version)?;
                // without the key, a file that appears would say that the folder runs outside of a
                // transaction
                let kept = match self.metadata {
                    true => "",
                    false => "`run_in_transaction = true` and ",
                };
                Some(format!(
                    "let the folder continue the other: {kept}`down_revision = \"{}\"` in its `metadata.toml`; or join them: \
                     `{} -m \"…\"`",
                    other.head,
                    Advice::Merge {
                        heads: vec![other.head.clone(), version]
                    }
                    .typed(PROGRAM)
                ))
            }
            _ => None,
        }
    }
}

/// A mistake in `metadata.toml`.
fn mistake(kind: MetadataMistake, span: Span) -> Mistake<Span> {
    Mistake {
        kind: MistakeKind::Metadata(kind),
        span,
    }
}
