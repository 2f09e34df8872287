//! The drawing as a Mermaid flowchart, which Markdown shows on most forges. A flowchart and not a
//! `gitGraph`: that one knows no dependency and one base only. Arrows lead the way that `up` goes,
//! upwards.

use super::beyond;
use super::caption::{self, State};
use super::fit::shown;
use crate::json::{Graph, GraphRevision};

/// How each state looks, readable on light and dark pages.
const CLASSES: &str = "    classDef applied fill:#1a7f37,stroke:#1a7f37,color:#ffffff
    classDef current fill:#1a7f37,stroke:#bf8700,stroke-width:4px,color:#ffffff
    classDef pending fill:#fff8c5,stroke:#9a6700,stroke-dasharray:5 3,color:#3b2300
    classDef unknown fill:#ffebe9,stroke:#cf222e,stroke-dasharray:2 2,color:#82071e
";

/// The text of the flowchart.
pub(super) fn draw(graph: &Graph) -> String {
    let mut text = "flowchart BT\n".to_owned();
    for id in graph.unknown() {
        text += &format!(
            "    {}[\"{}<br/>unknown\"]:::unknown\n",
            name(id),
            escaped(id)
        );
    }
    for revision in &graph.revisions {
        text += &format!("    {}\n", node(revision));
    }
    for id in beyond::ids(graph) {
        text += &format!("    {}>\"… {}\"]\n", name(id), escaped(id));
    }
    for revision in graph.revisions.iter().rev() {
        let to = name(&revision.revision.id);
        let parents = &revision.revision.down_revision;
        for id in parents {
            text += &format!("    {} --> {to}\n", name(id));
        }
        for id in revision
            .dependencies
            .iter()
            .filter(|id| !parents.contains(id))
        {
            text += &format!("    {} -. dependency .-> {to}\n", name(id));
        }
    }
    if graph.unknown.is_some() {
        text += CLASSES;
    }
    text
}

/// A head is round, a merge has points, any other revision is a box.
fn node(revision: &GraphRevision) -> String {
    let graph = &revision.revision;
    let (open, close) = match (graph.head, graph.merge) {
        (true, _) => ("([", "])"),
        (false, true) => ("{{", "}}"),
        (false, false) => ("[", "]"),
    };
    let mut lines = vec![format!("<b>{}</b>", escaped(&graph.id))];
    if !graph.message.is_empty() {
        lines.push(escaped(&graph.message));
    }
    let labels = caption::labels(revision)
        .iter()
        .map(|label| format!("[{}]", escaped(label)));
    let words = caption::words(revision).into_iter().map(str::to_owned);
    let words: Vec<String> = labels.chain(words).collect();
    if !words.is_empty() {
        lines.push(format!("<i>{}</i>", words.join(", ")));
    }
    let class = match State::of(revision) {
        State::Unasked => String::new(),
        state => format!(":::{}", state.name()),
    };
    format!(
        "{}{open}\"{}\"{close}{class}",
        name(&graph.id),
        lines.join("<br/>")
    )
}

/// The id as Mermaid's grammar takes it: letters and digits are themselves, anything else is its
/// number.
fn name(id: &str) -> String {
    let piece = |char: char| match char {
        'a'..='z' | 'A'..='Z' | '0'..='9' => char.to_string(),
        other => format!("_{:x}_", u32::from(other)),
    };
    // before it, since an id may be a word of the grammar
    "r".to_owned() + &id.chars().map(piece).collect::<String>()
}

/// A text between quotation marks, which Mermaid reads as HTML with entities of its own, and as
/// Markdown.
fn escaped(text: &str) -> String {
    let text = shown(text, false);
    // what would begin a list
    let number = text.trim_start_matches(|char: char| char.is_ascii_digit());
    let list = match number.chars().next() {
        Some('-' | '+') if number.len() == text.len() => Some(0),
        Some('.' | ')') if number.len() < text.len() => Some(text.len() - number.len()),
        _ => None,
    };
    let mut escaped = String::new();
    for (at, char) in text.char_indices() {
        match char {
            '"' => escaped += "#quot;",
            '<' => escaped += "#lt;",
            '>' => escaped += "#gt;",
            '&' => escaped += "#amp;",
            '#' | ';' | '`' | '*' | '\\' | '$' => escaped += &format!("#{};", u32::from(char)),
            char if Some(at) == list => escaped += &format!("#{};", u32::from(char)),
            char => escaped.push(char),
        }
    }
    escaped
}
