//! Third phase: the revision within its history.
//!
//! Only what the scan of the folder knows; where the compiler does not say which file is being
//! expanded, as in editors, nothing is said rather than something wrong.

use std::path::PathBuf;
use std::sync::Arc;

use migrate_graph::{Checksum, Part, Problem};
use migrate_source::{Declaration, MistakeKind, TakesOperations, Word, in_another_history};
use proc_macro2::Span;

use crate::errors::Errors;
use crate::paths;
use crate::scan::{self, Place, Scan};
use crate::signature::Signature;

/// What the scan knows of a revision.
#[derive(Default)]
pub(crate) struct Found {
    /// The file, relative to the workspace's root.
    pub(crate) file: String,
    /// The line of the function's name.
    pub(crate) line: u32,
    /// What the revision does, if its file could be found.
    pub(crate) checksum: Option<Checksum>,
    /// Which functions visibly take operations.
    pub(crate) takes_operations: TakesOperations,
}

/// Checks the revision against the history in its crate's folder.
pub(crate) fn revision(
    declaration: &Declaration<Span>,
    signature: Option<&Signature>,
    errors: &mut Errors,
) -> Found {
    found(declaration, signature, errors).unwrap_or_default()
}

fn found(
    declaration: &Declaration<Span>,
    signature: Option<&Signature>,
    errors: &mut Errors,
) -> Option<Found> {
    let signature = signature?;
    let package = paths::package()?;
    let paths::Place { file, line, .. } = paths::place(signature.name.span())?;
    let name = signature.name.to_string();
    let source = Source {
        package,
        path: file,
        line,
        name,
    };
    match source.look_up(declaration) {
        Ok((scan, place)) => {
            report_mistakes(&scan, place, signature, errors);
            report_problems(&scan, place, declaration, errors);
            Some(describe(&scan, place))
        }
        Err(scan) => {
            let (message, help) = source.not_found(&scan);
            errors.push(Span::call_site(), &message, Some(&help));
            None
        }
    }
}

/// Where the function is, by the compiler's account.
struct Source {
    package: PathBuf,
    path: PathBuf,
    line: usize,
    name: String,
}

impl Source {
    /// Finds the revision in a scan; if it is not there, the scan that it is missing from.
    fn look_up(&self, declaration: &Declaration<Span>) -> Result<(Arc<Scan>, Place), Arc<Scan>> {
        let scan = scan::current(&self.package);
        if let Some(place) = self.find(&scan, declaration) {
            return Ok((scan, place));
        }
        if !self.has_changed(&scan) {
            return Err(scan);
        }
        let scan = scan::reread(&self.package);
        self.find(&scan, declaration)
            .map(|place| (Arc::clone(&scan), place))
            .ok_or(scan)
    }

    fn find(&self, scan: &Scan, declaration: &Declaration<Span>) -> Option<Place> {
        let place = scan.find(self.file(scan)?, &self.name, self.line)?;
        same(&scan.at(place).1.declaration, declaration).then_some(place)
    }

    fn file(&self, scan: &Scan) -> Option<usize> {
        let linked = || scan.file(&paths::in_package(&self.path, &self.package)?);
        scan.file(&self.path).or_else(linked)
    }

    /// Whether the file is not as the scan has seen it.
    fn has_changed(&self, scan: &Scan) -> bool {
        match self.file(scan) {
            Some(file) => {
                std::fs::read(&self.path).ok().as_deref() != Some(scan.text(file).as_bytes())
            }
            None => self.path.starts_with(scan.directory()),
        }
    }

    fn not_found(&self, scan: &Scan) -> (String, String) {
        let folder = paths::with_slashes(&scan.folder.directory);
        if self.file(scan).is_some() {
            let message = "this revision cannot be seen by reading its file".to_owned();
            let help = "write it in full at the top of the file or in a `pub mod`: not within a macro or another function";
            return (message, help.to_owned());
        }
        let file = paths::with_slashes(&paths::relative(&self.package, &self.path));
        let message =
            format!("`{file}` is not in `{folder}`, where this crate's revisions are read from");
        (
            message,
            format!("move the revision to a file in `{folder}`"),
        )
    }
}

/// Whether two declarations say the same of a revision's place in the history.
fn same<A, B>(a: &Declaration<A>, b: &Declaration<B>) -> bool {
    fn equal<A, B>(a: &[Word<A>], b: &[Word<B>]) -> bool {
        a.iter()
            .map(|word| &word.text)
            .eq(b.iter().map(|word| &word.text))
    }
    equal(a.id.as_slice(), b.id.as_slice())
        && equal(
            a.down_revision.as_deref().unwrap_or_default(),
            b.down_revision.as_deref().unwrap_or_default(),
        )
        && equal(&a.depends_on, &b.depends_on)
        && equal(&a.branch_labels, &b.branch_labels)
}

/// Reports the mistakes that only the file shows.
fn report_mistakes(scan: &Scan, place: Place, signature: &Signature, errors: &mut Errors) {
    for mistake in &scan.at(place).1.mistakes {
        if let MistakeKind::PrivateModule(_) = mistake.kind {
            let help = mistake.kind.help();
            errors.push(
                signature.name.span(),
                &mistake.kind.message(),
                help.as_deref(),
            );
        }
    }
}

fn report_problems(
    scan: &Scan,
    place: Place,
    declaration: &Declaration<Span>,
    errors: &mut Errors,
) {
    for (problem, part) in scan.problems(place) {
        let span = declaration
            .span(part)
            .copied()
            .unwrap_or_else(Span::call_site);
        errors.push_text(span, text(scan, place, problem, part));
    }
}

/// The message, then a line for each other place that has a part in the problem, then the help.
pub(crate) fn text(scan: &Scan, place: Place, problem: &Problem, part: Part) -> String {
    let mut text = problem.message();
    let is_here = |site: &migrate_graph::Site| scan.is_at(*site, place) && site.part == part;
    // each link of a cycle has its own error
    if !matches!(problem, Problem::Cycle { .. }) {
        for (site, note) in problem.notes() {
            if !is_here(&site) {
                text += &format!("\nnote: {note}: {}", scan.location(site));
            }
        }
        if let Some(first) = problem.sites().first().filter(|first| !is_here(first)) {
            text += &format!("\nnote: see also {}", scan.location(*first));
        }
    }
    let abroad = match problem {
        Problem::UnknownLink { link, .. } => scan.stranger(link).map(|(history, place)| {
            text += &format!("\nnote: {}", in_another_history(link, history, place));
        }),
        _ => None,
    };
    if abroad.is_none()
        && let Some(help) = migrate_source::help(problem, scan.files_of(problem))
    {
        text += &format!("\nhelp: {help}");
    }
    text
}

fn describe(scan: &Scan, place: Place) -> Found {
    let (file, revision) = scan.at(place);
    Found {
        file: scan.shown(&file.path),
        line: revision.line,
        checksum: Some(file.checksum(revision)),
        takes_operations: file.takes_operations(revision),
    }
}
