//! The drawing in the language of Graphviz. Arrows lead the way that `up` goes, upwards;
//! dependencies are dashed.

use super::beyond;
use super::caption::{self, State};
use super::fit::shown;
use crate::json::{Graph, GraphRevision};

/// The text of the graph.
pub(super) fn draw(graph: &Graph) -> String {
    let mut text = "digraph history {\n".to_owned();
    text += "    rankdir=BT;\n";
    text += "    node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=11];\n";
    text += "    edge [color=gray35];\n";
    for id in graph.unknown() {
        text += &format!(
            "    {} [label=\"{}\\nunknown\", style=\"dashed,filled\", color=\"#cf222e\", fillcolor=\"#ffebe9\"];\n",
            quoted(id),
            escaped(id)
        );
    }
    for revision in &graph.revisions {
        text += &format!("    {}\n", node(revision));
    }
    for id in beyond::ids(graph) {
        text += &format!(
            "    {} [shape=plaintext, style=\"\", label=\"… {}\"];\n",
            quoted(id),
            escaped(id)
        );
    }
    for revision in graph.revisions.iter().rev() {
        let to = quoted(&revision.revision.id);
        let parents = &revision.revision.down_revision;
        for id in parents {
            text += &format!("    {} -> {to};\n", quoted(id));
        }
        for id in revision
            .dependencies
            .iter()
            .filter(|id| !parents.contains(id))
        {
            text += &format!(
                "    {} -> {to} [style=dashed, arrowhead=empty, tooltip=\"dependency\"];\n",
                quoted(id)
            );
        }
    }
    text + "}\n"
}

/// A head has two borders; what is pending has a dashed one.
fn node(revision: &GraphRevision) -> String {
    let graph = &revision.revision;
    let mut lines = vec![escaped(&graph.id)];
    if !graph.message.is_empty() {
        lines.push(escaped(&graph.message));
    }
    let labels = caption::labels(revision)
        .iter()
        .map(|label| format!("[{}]", escaped(label)));
    let words = caption::words(revision)
        .into_iter()
        .map(|word| format!("({word})"));
    let words: Vec<String> = labels.chain(words).collect();
    if !words.is_empty() {
        lines.push(words.join(" "));
    }
    let mut attributes = format!("label=\"{}\"", lines.join("\\n"));
    if graph.head {
        attributes += ", peripheries=2";
    }
    attributes += match State::of(revision) {
        State::Unasked | State::Unknown => "",
        State::Applied => ", fillcolor=\"#dafbe1\", color=\"#1a7f37\"",
        State::Current => ", fillcolor=\"#dafbe1\", color=\"#1a7f37\", penwidth=3",
        State::Pending => {
            ", fillcolor=\"#fff8c5\", color=\"#9a6700\", style=\"rounded,filled,dashed\""
        }
    };
    format!("{} [{attributes}];", quoted(&graph.id))
}

fn quoted(id: &str) -> String {
    format!("\"{}\"", escaped(id))
}

/// A text between quotation marks, without the escapes that Graphviz knows in labels.
fn escaped(text: &str) -> String {
    shown(text, false)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}
