//! Reads the history of an Alembic project from the text of its files, without Python: the four
//! assignments that place a revision, and whether its functions are empty. Bodies are not read.

use std::fs;
use std::path::{Path, PathBuf};

use migrate_cli::CliError;
use migrate_graph::Header;

use super::super::revision::{Revision, Work};
use super::config::AlembicProject;
use crate::project;

/// Reads all files of the project.
pub(super) fn read(project: &AlembicProject) -> Result<Vec<Revision>, CliError> {
    let (folders, recursive) = project.versions()?;
    let mut files = Vec::new();
    for folder in &folders {
        collect(folder, recursive, &mut files)
            .map_err(|error| unreadable(folder, &error.to_string()))?;
    }
    let mut revisions = Vec::new();
    for path in files {
        let text =
            fs::read_to_string(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
        let name = path.strip_prefix(&project.folder).unwrap_or(&path);
        let name = name.display().to_string();
        match revision(&text, &name) {
            Ok(revision) => revisions.push(revision),
            Err(why) => return Err(unreadable(&path, &why)),
        }
    }
    match revisions.is_empty() {
        true => Err(CliError::usage(format!(
            "there is no revision in `{}`",
            folders
                .iter()
                .map(|folder| project::display(folder))
                .collect::<Vec<_>>()
                .join("`, `")
        ))
        .help("name the folder with `env.py`: `cargo migrate import alembic --no-python FOLDER`")),
        false => Ok(revisions),
    }
}

fn unreadable(path: &Path, why: &str) -> CliError {
    CliError::usage(format!("cannot read `{}`: {why}", project::display(path)))
        .help("let the project's Python read it: the same command without `--no-python`")
}

/// The files that Alembic would load, sorted.
fn collect(folder: &Path, recursive: bool, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if recursive && name != "__pycache__" {
                collect(&path, recursive, files)?;
            }
        } else if name.ends_with(".py") && !name.starts_with(".#") && !name.starts_with("__init__")
        {
            files.push(path);
        }
    }
    Ok(())
}

fn revision(text: &str, file: &str) -> Result<Revision, String> {
    let source = Source::new(text);
    let one = |name: &str| source.assigned(name).map(Option::unwrap_or_default);
    let ids = one("revision")?;
    let [id] = ids.as_slice() else {
        return Err("it does not assign one text to `revision`".to_owned());
    };
    let message = match source.message() {
        empty if empty.is_empty() => format!("revision {id}"),
        message => message,
    };
    let header = Header {
        id: id.clone(),
        down_revision: one("down_revision")?,
        depends_on: one("depends_on")?,
        branch_labels: one("branch_labels")?,
        message,
    };
    let work = |name: &str| match source.is_empty(name) {
        true => Work::Nothing,
        false => Work::Unknown(format!("port `{name}` of {file}")),
    };
    Ok(Revision {
        header,
        source: file.to_owned(),
        up: work("upgrade"),
        down: work("downgrade"),
        transaction: true,
    })
}

/// The lines of a module, without what is inside of its documentation.
struct Source<'a> {
    text: &'a str,
    /// The module's documentation.
    doc: &'a str,
    /// What follows it.
    rest: &'a str,
}

impl<'a> Source<'a> {
    fn new(text: &'a str) -> Source<'a> {
        let text = text.trim_start_matches('\u{feff}');
        let start = blank(text);
        let body = text[start..].trim_start_matches(['r', 'R', 'u', 'U']);
        let quoted = ["\"\"\"", "'''"].iter().find_map(|mark| {
            let inner = body.strip_prefix(mark)?;
            let end = inner.find(mark)?;
            Some((&inner[..end], &inner[end + mark.len()..]))
        });
        let (doc, rest) = quoted.unwrap_or(("", text));
        Source { text, doc, rest }
    }

    /// The first paragraph of the documentation, in one line.
    fn message(&self) -> String {
        let doc = self.doc.trim();
        let first = doc.split("\n\n").next().unwrap_or_default();
        let words: Vec<&str> = first.split_whitespace().collect();
        words.join(" ")
    }

    /// What is assigned to a name at the beginning of a line: no text, one, or several. `None` if
    /// nothing is.
    fn assigned(&self, name: &str) -> Result<Option<Vec<String>>, String> {
        let mut found = None;
        let mut at = 0;
        for line in self.rest.split_inclusive('\n') {
            if let Some(value) = value_of(line, name) {
                found = Some(at + value);
            }
            at += line.len();
        }
        let Some(at) = found else {
            return Ok(None);
        };
        let values = texts(&self.rest[at..]).ok_or_else(|| {
            let before = self.text.len() - self.rest.len() + at;
            let number = self.text[..before].matches('\n').count() + 1;
            format!("line {number} assigns something else to `{name}` than texts, a tuple or a list of them, or `None`")
        })?;
        Ok(Some(values))
    }

    /// Whether a function has nothing but `pass` and comments in it.
    fn is_empty(&self, function: &str) -> bool {
        let opening = format!("def {function}(");
        let mut lines = self
            .rest
            .lines()
            .skip_while(|line| !line.starts_with(&opening));
        let Some(first) = lines.next() else {
            return false;
        };
        let ends = |line: &str| line.trim_end().ends_with(':');
        let inline = first.rsplit_once(':').map(|(_, rest)| rest.trim());
        if !ends(first) {
            return inline == Some("pass");
        }
        let body = lines.take_while(|line| line.is_empty() || line.starts_with([' ', '\t']));
        let is_nothing = |line: &str| {
            let line = line.trim();
            let is_text = line.len() >= 6 && line.starts_with("\"\"\"") && line.ends_with("\"\"\"");
            line.is_empty() || line.starts_with('#') || line == "pass" || is_text
        };
        body.into_iter().all(is_nothing)
    }
}

/// Where the value begins in a line that assigns one to the name, with or without a type.
fn value_of(line: &str, name: &str) -> Option<usize> {
    let after = line.strip_prefix(name)?;
    let sign = after.trim_start();
    if !sign.starts_with(['=', ':']) || sign.starts_with("==") {
        return None;
    }
    let equals = after.find('=')?;
    Some(name.len() + equals + 1)
}

/// The texts that an expression begins with: one, a tuple, a list, or none for `None`. `None` for
/// anything else.
fn texts(expression: &str) -> Option<Vec<String>> {
    let start = expression.trim_start_matches([' ', '\t', '\\']);
    if let Some(rest) = start.strip_prefix("None") {
        return ends(rest).then(Vec::new);
    }
    let (mut rest, close) = match start.chars().next()? {
        '(' => (&start[1..], ')'),
        '[' => (&start[1..], ']'),
        '{' => (&start[1..], '}'),
        _ => return bare(start),
    };
    let mut texts = Vec::new();
    loop {
        rest = &rest[blank(rest)..];
        if let Some(after) = rest.strip_prefix(close) {
            return ends(after).then_some(texts);
        }
        let (one, after) = text(rest)?;
        texts.push(one);
        rest = &after[blank(after)..];
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.starts_with(close) => {}
            None => return None,
        }
    }
}

/// One text, or a tuple without parentheses.
fn bare(expression: &str) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    let mut rest = expression;
    while texts.is_empty() || !ends(rest) {
        let (one, after) = text(rest)?;
        texts.push(one);
        let after = after.trim_start_matches([' ', '\t']);
        rest = match after.strip_prefix(',') {
            Some(more) => more.trim_start_matches([' ', '\t']),
            None if ends(after) => after,
            None => return None,
        };
    }
    Some(texts)
}

/// A quoted text without escapes, as ids are, and what follows it.
fn text(expression: &str) -> Option<(String, &str)> {
    let quote = expression
        .chars()
        .next()
        .filter(|sign| matches!(sign, '"' | '\''))?;
    let inner = &expression[1..];
    let end = inner.find([quote, '\\', '\n'])?;
    let rest = inner[end..].strip_prefix(quote)?;
    // `"""` is none
    (!rest.starts_with(quote)).then(|| (inner[..end].to_owned(), rest))
}

/// Whether an expression is over.
fn ends(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t', ';', '\r']);
    rest.is_empty() || rest.starts_with(['\n', '#'])
}

/// How much white space and how many comments a text begins with.
fn blank(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with('#') {
            return at;
        }
        at += trimmed.find('\n').unwrap_or(trimmed.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Result<Header, String> {
        Ok(revision(text, "versions/x.py")?.header)
    }

    #[test]
    fn assignments_are_read_in_every_form() {
        let own = |parents: &[&str], deps: &[&str], labels: &[&str]| {
            Ok(Header::new("b", parents.iter().copied())
                .depends_on(deps.iter().copied())
                .branch_labels(labels.iter().copied())
                .message("Do it"))
        };
        for (assignments, expected) in [
            ("down_revision = None", own(&[], &[], &[])),
            ("down_revision = 'a'", own(&["a"], &[], &[])),
            (
                "down_revision: str | None = \"a\"  # why",
                own(&["a"], &[], &[]),
            ),
            (
                "down_revision: Union[str, None] = (\n    'a',  # one\n    \"c\",\n)\ndepends_on=[]",
                own(&["a", "c"], &[], &[]),
            ),
            (
                "down_revision = 'a', 'c'\ndepends_on = ('d',)\nbranch_labels = ['x', 'y']",
                own(&["a", "c"], &["d"], &["x", "y"]),
            ),
            ("depends_on: Sequence[str] = {'d'}", own(&[], &["d"], &[])),
            (
                "down_revision_id = 'q'\nif down_revision == 'q': pass",
                own(&[], &[], &[]),
            ),
        ] {
            let text = format!(
                "\"\"\"Do\nit\n\nrevision = 'no'\n\"\"\"\nimport x\nrevision = 'b'\n{assignments}\n"
            );
            assert_eq!(header(&text), expected, "{assignments}");
        }
        for wrong in [
            "down_revision = OTHER",
            "down_revision = 'a' + x",
            "down_revision = f'{x}'",
            "down_revision = ('a', x)",
        ] {
            let text = format!("revision = 'b'\n{wrong}\n");
            let error = header(&text).unwrap_err();
            assert!(
                error.contains("line 2 assigns something else to `down_revision`"),
                "{error}"
            );
        }
        assert!(header("x = 1\n").is_err());
        assert_eq!(header("revision = 'b'").unwrap().message, "revision b");
    }

    #[test]
    fn a_function_with_pass_alone_does_nothing() {
        for (body, is_empty) in [
            ("def upgrade():\n    pass\n", true),
            (
                "def upgrade() -> None:\n    \"\"\"Join.\"\"\"\n    # nothing\n    pass\n\n\n",
                true,
            ),
            ("def upgrade(): pass\n", true),
            ("def upgrade():\n    op.execute('x')\n", false),
            ("def upgrade(): op.execute('x')\n", false),
            ("def other():\n    pass\n", false),
        ] {
            let source = format!("revision = 'b'\n{body}def downgrade():\n    op.x()\n");
            assert_eq!(Source::new(&source).is_empty("upgrade"), is_empty, "{body}");
        }
    }
}
