//! The SQL folders among the revisions: what they expand from, and what is wrong with them. No
//! `#[revision]` speaks for them, so `migrations!` does.

use std::path::{Path, PathBuf};

use migrate_graph::{Part, Problem, Site, check_id};
use migrate_source::{RevisionFile, SourceRevision};
use proc_macro2::Span;

use crate::check;
use crate::errors::Errors;
use crate::expand::SqlRevision;
use crate::paths;
use crate::scan::{Place, Scan};

/// The SQL folders that can be read. `included` makes a path that `include_str!` takes at the call.
pub(super) fn folders(scan: &Scan, included: impl Fn(&Path) -> PathBuf) -> Vec<SqlRevision> {
    let package = &scan.folder.package;
    let included = |path: PathBuf| included(&paths::normal(&package.join(path)));
    let mut folders = Vec::new();
    for (file, revision) in scan.folder.revisions() {
        let Some(sql) = &file.sql else { continue };
        if scan.folder.has_problem_in(&sql.path) {
            continue; // what is not text would be an error of the compiler's again
        }
        let up = sql.up_file();
        folders.push(SqlRevision {
            declaration: revision.declaration.clone(),
            message: revision.message().to_owned(),
            checksum: file.checksum(revision),
            shown: scan.shown(&up),
            up: included(up),
            down: sql.down_file().map(included),
            metadata: sql.metadata_file().map(included),
        });
    }
    folders
}

/// Reports the mistakes in the SQL folder that is this file of the scan.
pub(super) fn report(scan: &Scan, file: usize, errors: &mut Errors) {
    let source = &scan.folder.files[file];
    for (revision, read) in source.revisions.iter().enumerate() {
        for mistake in &read.mistakes {
            let text = with_place(&mistake.kind.message(), &place(source, mistake.span));
            errors.push(Span::call_site(), &text, mistake.kind.help().as_deref());
        }
        for problem in illegal_names(read) {
            let part = problem.sites()[0].part;
            let text = with_place(&problem.message(), &place(source, read.span(part)));
            errors.push(
                Span::call_site(),
                &text,
                migrate_source::help(&problem, [source]).as_deref(),
            );
        }
        let at = Place {
            folder: 0,
            file,
            revision,
        };
        for (problem, part) in scan.problems(at) {
            let text = check::text(scan, at, problem, part);
            let (message, rest) = text.split_once('\n').unwrap_or((&text, ""));
            let mut text = with_place(message, &place(source, read.span(part)));
            if !rest.is_empty() {
                text += "\n";
                text += rest;
            }
            errors.push_text(Span::call_site(), text);
        }
    }
}

/// The names of a revision that cannot be names; the judgement leaves them to whoever reports the
/// revision.
fn illegal_names(revision: &SourceRevision) -> Vec<Problem> {
    let declaration = &revision.declaration;
    let id = declaration.id.iter().map(|word| (Part::Id, word));
    let labels = declaration.branch_labels.iter().enumerate();
    let labels = labels.map(|(index, word)| (Part::BranchLabel(index), word));
    let illegal = |(part, word): (Part, &migrate_source::Word<_>)| {
        Some(Problem::IllegalName {
            site: Site { header: 0, part },
            name: word.text.clone(),
            why: check_id(&word.text).err()?,
        })
    };
    id.chain(labels).filter_map(illegal).collect()
}

fn place(file: &RevisionFile, span: migrate_source::Span) -> String {
    let at = file.position(span);
    let path = paths::with_slashes(&file.path);
    format!("{path}:{}:{}", at.line, at.column)
}

fn with_place(message: &str, place: &str) -> String {
    format!("{message}\n --> {place}")
}
