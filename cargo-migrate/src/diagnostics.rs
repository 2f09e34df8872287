//! Problems of a history, printed like rustc's errors: the message, the line with the literal
//! underlined, help. Knows files and ranges; must not know what a revision is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use migrate_cli::{CliError, json};
use serde_json::Value;

use crate::{project, words};

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// The kind of problem, as JSON names it.
    pub(crate) kind: &'static str,
    /// The ids of the revisions involved.
    pub(crate) revisions: Vec<String>,
    /// A lower-case phrase without a full stop.
    pub(crate) message: String,
    /// The places, the one that is wrong first.
    pub(crate) labels: Vec<Label>,
    /// Notes.
    pub(crate) notes: Vec<String>,
    /// What to do.
    pub(crate) help: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) path: PathBuf,
    /// The file's text.
    pub(crate) source: String,
    /// The range of bytes.
    pub(crate) range: Range<usize>,
    /// The label there; may be empty.
    pub(crate) text: String,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The column, from 1.
    pub(crate) column: u32,
}

impl Diagnostic {
    /// A problem in one place.
    pub(crate) fn at(
        kind: &'static str,
        message: String,
        label: Label,
        help: Option<String>,
    ) -> Diagnostic {
        Diagnostic {
            kind,
            revisions: Vec::new(),
            message,
            labels: vec![label],
            notes: Vec::new(),
            help,
        }
    }

    /// It as JSON.
    pub(crate) fn to_json(&self) -> json::Problem {
        let place = |label: &Label| json::Place {
            file: project::display(&label.path),
            line: label.line,
            column: Some(label.column),
            note: Some(label.text.clone()).filter(|text| !text.is_empty()),
        };
        json::Problem {
            kind: self.kind,
            revisions: self.revisions.clone(),
            message: self.message.clone(),
            places: self.labels.iter().map(place).collect(),
            help: self.help.clone(),
        }
    }
}

/// All of them as styled text.
pub(crate) fn render(diagnostics: &[Diagnostic]) -> String {
    let renderer = Renderer::styled();
    let mut text = String::new();
    for diagnostic in diagnostics {
        let paths = paths(diagnostic);
        text += &renderer.render(&[group(diagnostic, &paths)]);
        text += "\n\n";
    }
    text
}

/// The failure of a command that they prevent.
pub(crate) fn failure(diagnostics: &[Diagnostic]) -> CliError {
    let count = words::count(diagnostics.len(), "problem");
    let problem = |diagnostic: &Diagnostic| serde_json::json!(diagnostic.to_json());
    let problems: Vec<Value> = diagnostics.iter().map(problem).collect();
    CliError::usage(format!("the history is not valid: {count}")).fact("problems", problems)
}

/// The files of a diagnostic, as displayed.
fn paths(diagnostic: &Diagnostic) -> BTreeMap<&Path, String> {
    let paths = diagnostic.labels.iter().map(|label| label.path.as_path());
    paths.map(|path| (path, project::display(path))).collect()
}

fn group<'a>(diagnostic: &'a Diagnostic, paths: &'a BTreeMap<&Path, String>) -> Group<'a> {
    let mut group = Level::ERROR
        .primary_title(&diagnostic.message)
        .elements(snippets(diagnostic, paths));
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    group
}

/// A snippet for each file, the one with the first label first.
fn snippets<'a>(
    diagnostic: &'a Diagnostic,
    paths: &'a BTreeMap<&Path, String>,
) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut files: Vec<(&Path, Snippet<'a, Annotation<'a>>)> = Vec::new();
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let kind = if index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let mut annotation = kind.span(label.range.clone());
        if !label.text.is_empty() {
            annotation = annotation.label(&label.text);
        }
        match files.iter().position(|(path, _)| *path == label.path) {
            Some(at) => {
                let (path, snippet) = files.swap_remove(at);
                files.push((path, snippet.annotation(annotation)));
                let last = files.len() - 1;
                files.swap(at, last);
            }
            None => {
                let path = paths[label.path.as_path()].as_str();
                let source = &label.source[..last_shown(diagnostic, label)];
                let snippet = Snippet::source(source).path(path).fold(true);
                files.push((&label.path, snippet.annotation(annotation)));
            }
        }
    }
    files.into_iter().map(|(_, snippet)| snippet).collect()
}

/// How much of a line is kept behind what is meant: more than a terminal shows.
const BEHIND: usize = 400;

/// The end of what is needed of a label's source: of a very long line not all, as the renderer
/// would go through it.
fn last_shown(diagnostic: &Diagnostic, label: &Label) -> usize {
    let here = diagnostic
        .labels
        .iter()
        .filter(|other| other.path == label.path);
    let end = here.map(|label| label.range.end).max().unwrap_or(0);
    let line = label.source[end..]
        .find('\n')
        .map_or(label.source.len(), |length| end + length + 1);
    let most = (end + BEHIND..line).find(|at| label.source.is_char_boundary(*at));
    most.unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(path: &str, source: &str, word: &str, text: &str) -> Label {
        let start = source.find(word).unwrap();
        Label {
            path: path.into(),
            source: source.to_owned(),
            range: start..start + word.len(),
            text: text.to_owned(),
            line: 1,
            column: 1,
        }
    }

    #[test]
    fn a_diagnostic_looks_as_rustcs_do() {
        let source = "use a;\n\n#[revision(\n    id = \"b\",\n    down_revision = \"é\", // ?\n)]\nfn up() {}\n";
        let other = "id = \"b\"\n";
        let diagnostics = [
            Diagnostic::at(
                "unknown_link",
                "no revision `é` in this history".to_owned(),
                label("migrations/b.rs", source, "\"é\"", ""),
                Some("a revision with a similar id exists: `e`".to_owned()),
            ),
            Diagnostic {
                kind: "duplicate_id",
                revisions: Vec::new(),
                message: "two revisions have the id `b`".to_owned(),
                labels: vec![
                    label("migrations/b.rs", source, "\"b\"", ""),
                    label("migrations/a.rs", other, "\"b\"", "`b` is first used here"),
                ],
                notes: vec!["a note".to_owned()],
                help: None,
            },
        ];
        let plain = anstream::adapter::strip_str(&render(&diagnostics)).to_string();
        let expected = r#"error: no revision `é` in this history
 --> migrations/b.rs:5:21
  |
5 |     down_revision = "é", // ?
  |                     ^^^
  |
  = help: a revision with a similar id exists: `e`

error: two revisions have the id `b`
 --> migrations/b.rs:4:10
  |
4 |     id = "b",
  |          ^^^
  |
 ::: migrations/a.rs:1:6
  |
1 | id = "b"
  |      --- `b` is first used here
  |
  = note: a note

"#;
        assert_eq!(plain, expected, "{plain}");
    }
}
