//! A revision as one line, and as a block with all that is known.

use crate::json::Revision;
use crate::style::{self, paint};

/// Several revisions: a line each, or blocks with an empty line between them.
pub(super) fn list(revisions: &[Revision], verbose: bool, line: fn(&Revision) -> String) -> String {
    let (form, between): (fn(&Revision) -> String, &str) =
        if verbose { (block, "\n") } else { (line, "") };
    revisions.iter().map(form).collect::<Vec<_>>().join(between)
}

/// `id (flags), message`
pub(super) fn line(revision: &Revision) -> String {
    let message = if revision.message.is_empty() {
        String::new()
    } else {
        format!(", {}", revision.message)
    };
    format!("{}{message}\n", with_flags(revision))
}

/// `parents -> id (flags), message`
pub(super) fn with_parents(revision: &Revision) -> String {
    let parents = parents(revision);
    let depends_on = match revision.depends_on.as_slice() {
        [] => String::new(),
        ids => format!(" (depends on {})", ids.join(", ")),
    };
    format!("{parents}{depends_on} -> {}", line(revision))
}

/// All that is known, a line for each fact, then the doc comment.
pub(super) fn block(revision: &Revision) -> String {
    let Revision {
        depends_on,
        branch_labels,
        continued_by,
        ..
    } = revision;
    let mut text = String::new();
    let mut field = |key: &str, value: &str| text += &super::field(13, key, value);
    field("revision", &with_flags(revision));
    field(
        if revision.merge { "merges" } else { "parent" },
        &parents(revision),
    );
    for (key, values) in [
        ("depends on", depends_on),
        ("continued by", continued_by),
        ("branch labels", branch_labels),
    ] {
        if !values.is_empty() {
            field(key, &values.join(", "));
        }
    }
    if let Some(file) = &revision.file {
        let line = revision
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        field("file", &format!("{file}{line}"));
    }
    field("downgrade", revision.downgrade);
    field(
        "transaction",
        if revision.transaction { "yes" } else { "no" },
    );
    if !revision.doc.is_empty() {
        text.push('\n');
        for line in revision.doc.lines() {
            text += format!("    {line}").trim_end();
            text.push('\n');
        }
    }
    text
}

fn parents(revision: &Revision) -> String {
    if revision.down_revision.is_empty() {
        "<base>".to_owned()
    } else {
        revision.down_revision.join(", ")
    }
}

/// The id, then in brackets what it is.
fn with_flags(revision: &Revision) -> String {
    let mut text = paint(style::ID, &revision.id);
    if !revision.labels.is_empty() {
        text += &format!(" {}", super::flag(&revision.labels.join(", ")));
    }
    let flags = [
        ("head", revision.head && !revision.effective_head),
        ("effective head", revision.effective_head),
        ("current", revision.current == Some(true)),
        ("branch point", revision.branch_point),
        ("merge", revision.merge),
    ];
    for (name, _) in flags.iter().filter(|(_, is)| *is) {
        text += &format!(" {}", super::flag(name));
    }
    text
}
