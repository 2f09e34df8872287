//! `migrations!()`: a module for each file in the folder, and the history of the crate.

mod sql;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use migrate_source::{Kind, Lexer, MistakeKind, RevisionFile, SourceRevision, folder_variable};
use proc_macro2::{Span, TokenStream};

use crate::errors::Errors;
use crate::expand::{self, FileModule, Migrations};
use crate::library;
use crate::names::{is_identifier, module_name};
use crate::paths;
use crate::scan::{self, Scan};

/// Expands to the module `migrations` and the static `HISTORY`.
pub(crate) fn migrations(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if let Some(tree) = input.into_iter().next() {
        let help = "write `migrations!()`; another folder goes into `Cargo.toml`: `[package.metadata.migrate] directory = \"…\"`";
        errors.push(tree.span(), "`migrations!` takes no arguments", Some(help));
    }
    let Some(package) = paths::package() else {
        errors.push(
            Span::call_site(),
            "`CARGO_MANIFEST_DIR` is not set: compile this crate with cargo",
            None,
        );
        return errors.expand();
    };
    let scan = scan::reread(&package);
    let caller = paths::place(Span::call_site());
    if caller.is_some() {
        report(&scan, &mut errors);
    }
    let expanded = expand::migrations(&describe(&scan, caller.as_ref()));
    let mut tokens = errors.expand();
    tokens.extend(library::named(expanded));
    tokens
}

/// Reports what no `#[revision]` can: it is not compiled, or not even read.
fn report(scan: &Scan, errors: &mut Errors) {
    let span = Span::call_site();
    for problem in &scan.config.problems {
        errors.push(span, &problem.to_string(), problem.help().as_deref());
    }
    for problem in &scan.folder.problems {
        errors.push(span, &problem.to_string(), problem.help().as_deref());
    }
    for file in &scan.folder.files {
        if let Some(error) = file.error {
            let at = file.position(error.span);
            let path = paths::with_slashes(&file.path);
            let message = format!("cannot read `{path}`: {}", error.kind);
            errors.push(
                span,
                &format!("{message}\n --> {path}:{}:{}", at.line, at.column),
                None,
            );
        }
    }
    for (file, revision) in scan.folder.revisions() {
        report_conditional(file, revision, errors);
    }
    for (index, file) in scan.folder.files.iter().enumerate() {
        if file.sql.is_some() {
            sql::report(scan, index, errors);
        }
    }
}

/// A revision that is not part of this build cannot speak for itself.
fn report_conditional(file: &RevisionFile, revision: &SourceRevision, errors: &mut Errors) {
    for mistake in &revision.mistakes {
        if mistake.kind == MistakeKind::Conditional {
            let path = paths::with_slashes(&file.path);
            let message = format!(
                "{}\n --> {path}:{}",
                mistake.kind,
                file.position(mistake.span).line
            );
            errors.push(Span::call_site(), &message, mistake.kind.help().as_deref());
        }
    }
}

/// What the expansion needs to know. `caller` is the place of the call.
fn describe(scan: &Scan, caller: Option<&paths::Place>) -> Migrations {
    let package = &scan.folder.package;
    let directory = scan.directory();
    let base = caller.and_then(relative_base);
    let below = |path: &Path| match &base {
        Some(_) => paths::relative(&directory, &paths::normal(path)),
        None => path.to_owned(),
    };
    let mut taken = HashSet::new();
    let in_use = |file: &&RevisionFile| caller.is_none() || file.error.is_none();
    let files = scan
        .folder
        .files
        .iter()
        .filter(|file| file.sql.is_none())
        .filter(in_use)
        .map(|file| FileModule {
            name: module_name(&relative_to(&file.path, &scan.folder.directory), &mut taken),
            path: below(&package.join(&file.path)),
            shown: paths::with_slashes(&file.path),
            revisions: file.revisions.iter().filter_map(constant_path).collect(),
        });
    let folder_of_caller = caller.and_then(|caller| caller.file.parent());
    let from_caller = |path: &Path| match folder_of_caller {
        Some(folder) => paths::relative(folder, path),
        None => path.to_owned(),
    };
    Migrations {
        files: files.collect(),
        sql: sql::folders(scan, from_caller),
        directory: base.map(|base| paths::relative(&base, &directory)),
        tracked: tracked(scan).iter().map(|path| from_caller(path)).collect(),
        variable: fingerprint_variable(),
        is_sound: scan.is_sound(),
    }
}

/// The manifests that say where the folder is and, where no other check compares the whole history,
/// the files of other packages at the ends of links that cross.
///
/// What is wrong with a history came with a change to a file. Its package is compiled then, and
/// reads all others. That the literal which is wrong now stands elsewhere has one reason: the other
/// end of its link has changed. `cargo migrate` reads the whole history before it has anything
/// compiled; for it, these files would only be reasons to compile more than what changed.
fn tracked(scan: &Scan) -> Vec<PathBuf> {
    let mut tracked = scan.manifests.clone();
    if std::env::var_os(fingerprint_variable()).is_none() {
        tracked.extend_from_slice(&scan.across);
    }
    tracked
}

fn relative_to(path: &Path, directory: &Path) -> PathBuf {
    path.strip_prefix(directory).unwrap_or(path).to_owned()
}

/// The modules of a revision within its file, and its function; `None` if it cannot be named.
fn constant_path(revision: &SourceRevision) -> Option<(Vec<String>, String)> {
    let hidden = |kind: &MistakeKind| {
        matches!(
            kind,
            MistakeKind::PrivateModule(_) | MistakeKind::Conditional
        )
    };
    if revision
        .mistakes
        .iter()
        .any(|mistake| hidden(&mistake.kind))
    {
        return None;
    }
    let function = revision.function.as_ref()?.text.clone();
    let names = revision.modules.iter().chain([&function]);
    // the compiler reports a name that is none by itself
    names
        .into_iter()
        .all(|name| is_identifier(name))
        .then(|| (revision.modules.clone(), function.clone()))
}

/// The folder that `#[path]` starts from, if the call is at the top of its file.
///
/// Within an inline module it starts from another one; then paths are absolute.
fn relative_base(caller: &paths::Place) -> Option<PathBuf> {
    let text = std::fs::read_to_string(&caller.file).ok()?;
    is_at_top(&text, caller.line, caller.column)
        .then(|| caller.file.parent().map(Path::to_owned))?
}

/// Whether a line and column of a text are outside of all delimiters.
fn is_at_top(text: &str, line: usize, column: usize) -> bool {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let within = text[before..]
        .chars()
        .take(column.saturating_sub(1))
        .map(char::len_utf8);
    let end = before + within.sum::<usize>();
    let mut depth = 0usize;
    for token in Lexer::new(text) {
        let Ok(token) = token else { return false };
        if token.span.range().start >= end {
            break;
        }
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth == 0
}

/// The variable by which `cargo migrate` passes the list of files.
pub(crate) fn fingerprint_variable() -> String {
    folder_variable(&std::env::var("CARGO_PKG_NAME").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_the_top_of_a_file() {
        let text = "mod a { x!(); }\ny!(); mod b {\n    z!();\n} w!();";
        assert!(!is_at_top(text, 1, 9), "x");
        assert!(is_at_top(text, 2, 1), "y");
        assert!(!is_at_top(text, 3, 5), "z");
        assert!(is_at_top(text, 4, 3), "w");
        assert!(!is_at_top("\"", 2, 1), "what cannot be read");
    }
}
