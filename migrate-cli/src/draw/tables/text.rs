//! The drawing as a Mermaid entity diagram, which Markdown shows on most forges, and as DOT.

use super::diagram::{Diagram, Field, Key};
use crate::draw::fit::shown;

/// The text of the Mermaid diagram.
pub(crate) fn mermaid(diagram: &Diagram) -> String {
    let mut text = "erDiagram\n".to_owned();
    for (at, table) in diagram.tables.iter().enumerate() {
        text += &format!("    t{at}[\"{}\"] {{\n", entity(&table.name));
        for column in &table.columns {
            let marks = marks(column, ", ");
            let marks = if marks.is_empty() {
                marks
            } else {
                format!(" {marks}")
            };
            text += &format!(
                "        {} {}{marks}\n",
                word(&column.ty),
                word(&column.name)
            );
        }
        text += "    }\n";
    }
    for key in &diagram.keys {
        let Key {
            child,
            parent,
            optional,
            unique,
            columns,
            ..
        } = key;
        let one = if *optional { "|o" } else { "||" };
        let many = if *unique { "o|" } else { "o{" };
        let label = entity(&columns.join(", "));
        text += &format!("    t{parent} {one}--{many} t{child} : \"{label}\"\n");
    }
    text
}

/// The text for Graphviz.
pub(crate) fn dot(diagram: &Diagram) -> String {
    let mut text = "digraph schema {\n    rankdir=RL\n    graph [nodesep=0.4, ranksep=1.2]\n    \
                    node [shape=plain, fontname=\"monospace\", fontsize=11]\n"
        .to_owned();
    for (at, table) in diagram.tables.iter().enumerate() {
        let name = markup(&table.name);
        text += &format!(
            "    t{at} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\">\n        \
             <tr><td bgcolor=\"#eaeef2\"><b>{name}</b></td></tr>\n"
        );
        for (row, column) in table.columns.iter().enumerate() {
            let marks = marks(column, " ");
            let marks = if marks.is_empty() {
                marks
            } else {
                format!("{marks} ")
            };
            let null = if column.nullable { "?" } else { "" };
            text += &format!(
                "        <tr><td port=\"c{row}\" align=\"left\">{marks}{}: {}{null}</td></tr>\n",
                markup(&column.name),
                markup(&column.ty)
            );
        }
        text += "    </table>>]\n";
    }
    for key in &diagram.keys {
        let head = if key.optional { "normalodot" } else { "normal" };
        let tail = if key.unique { "tee" } else { "crow" };
        text += &format!(
            "    t{}:c{} -> t{}:c{} [dir=both, arrowhead={head}, arrowtail={tail}]\n",
            key.child, key.column, key.parent, key.referred
        );
    }
    text + "}\n"
}

fn marks(column: &Field, between: &str) -> String {
    let marks = [(column.primary, "PK"), (column.foreign, "FK")];
    let marks: Vec<&str> = marks
        .into_iter()
        .filter_map(|(has, mark)| has.then_some(mark))
        .collect();
    marks.join(between)
}

/// A name in quotes of Mermaid.
fn entity(text: &str) -> String {
    shown(text, false).replace('"', "'")
}

/// A word of Mermaid: a type or a column.
fn word(text: &str) -> String {
    let mut word = String::new();
    for sign in text.chars() {
        match sign {
            sign if sign.is_alphanumeric() || "-_()[]".contains(sign) => word.push(sign),
            ',' => word.push('-'),
            _ if !word.ends_with('_') => word.push('_'),
            _ => {}
        }
    }
    match word.starts_with(|sign: char| sign.is_alphabetic() || sign == '_') {
        true => word,
        false => format!("_{word}"),
    }
}

fn markup(text: &str) -> String {
    let text = shown(text, false).replace('&', "&amp;");
    text.replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
