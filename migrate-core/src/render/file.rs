//! The text of a revision's Rust file: its imports, its attribute, its functions.

use std::collections::BTreeSet;

use migrate_graph::Header;

use super::Step;
use super::code::Expr;
use super::groups::{self, Group};
use super::layout::{MAX_WIDTH, statement};
use super::{literal, operation};
use crate::backend::BackendKind;
use crate::operation::{Operation, goes_along};

/// The text of a revision's file without its place in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Body {
    /// How it is reverted.
    pub downgrade: Downgrade,
    /// Whether it runs in a transaction where the database has them.
    pub transaction: bool,
    /// The names of this library's `schema` that the functions use.
    pub names: Vec<String>,
    /// Its functions.
    pub functions: String,
}

/// How a revision is reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Downgrade {
    /// By the reverses of its operations.
    Reversible,
    /// By a function of its own.
    Function,
    /// Not at all.
    Irreversible,
    /// There is nothing to revert.
    Nothing,
}

impl Downgrade {
    fn key(self) -> &'static str {
        match self {
            Downgrade::Reversible => "reversible",
            Downgrade::Function => "downgrade = downgrade",
            Downgrade::Irreversible => "irreversible",
            Downgrade::Nothing => "downgrade = \"nothing\"",
        }
    }
}

impl Body {
    /// The functions that do these steps, and revert them: by `reverts`, where that is known better
    /// than from the operations themselves.
    #[must_use]
    pub fn new(steps: &[Step], reverts: Option<&[Step]>, transaction: bool) -> Body {
        let reverted = reverted(steps, reverts);
        let downgrade = downgrade(steps, reverts, &reverted);
        let upgrade: Vec<Line> = steps.iter().cloned().map(Line::Step).collect();
        let mut used = BTreeSet::new();
        let mut functions = function("upgrade", "", upgrade, &mut used);
        if downgrade == Downgrade::Function {
            functions.push('\n');
            functions += &function("downgrade", "undo_", reverted, &mut used);
        }
        Body {
            downgrade,
            transaction,
            names: used.into_iter().map(str::to_owned).collect(),
            functions,
        }
    }

    /// The whole file, as rustfmt would print it. `library` is the name of this library's crate.
    #[must_use]
    pub fn text(&self, header: &Header, library: &str) -> String {
        let imports = imports(library, &self.names);
        let doc = doc_comment(&header.message);
        let (attribute, functions) = (self.attribute(header), &self.functions);
        format!("{imports}\n{doc}{attribute}{functions}")
    }

    fn attribute(&self, header: &Header) -> String {
        let mut keys = vec![
            format!("id = {}", literal::string(&header.id)),
            format!("down_revision = {}", parents(&header.down_revision)),
        ];
        for (key, names) in [
            ("depends_on", &header.depends_on),
            ("branch_labels", &header.branch_labels),
        ] {
            if !names.is_empty() {
                keys.push(format!("{key} = {}", list(names)));
            }
        }
        keys.push(self.downgrade.key().to_owned());
        if !self.transaction {
            keys.push("transaction = false".to_owned());
        }
        // rustfmt puts up to 70 columns of an attribute's arguments on one line
        let line = keys.join(", ");
        match literal::width(&line) <= 70 {
            true => format!("#[revision({line})]\n"),
            false => format!("#[revision(\n    {}\n)]\n", keys.join(",\n    ")),
        }
    }
}

/// Without a function where each operation has a reverse and its call says all that the reverse
/// needs.
fn downgrade(steps: &[Step], reverts: Option<&[Step]>, reverted: &[Line]) -> Downgrade {
    let has_reverse = |(at, step): (usize, &Step)| {
        let before = steps[..at].iter().map(|step| &step.operation);
        match step.operation.reverse() {
            Ok(_) => operation::says_all(&step.operation),
            Err(_) => goes_along(&step.operation, before),
        }
    };
    match reverts {
        Some([]) => Downgrade::Irreversible,
        Some(_) => Downgrade::Function,
        None if steps.iter().enumerate().all(has_reverse) => Downgrade::Reversible,
        None if reverted.iter().any(|line| line.step().is_some()) => Downgrade::Function,
        None => Downgrade::Irreversible,
    }
}

/// The lines of the downgrade.
fn reverted(steps: &[Step], reverts: Option<&[Step]>) -> Vec<Line> {
    if let Some(reverts) = reverts {
        return reverts.iter().cloned().map(Line::Step).collect();
    }
    let lines = steps.iter().enumerate().rev().filter_map(|(at, step)| {
        let before = steps[..at].iter().map(|step| &step.operation);
        match step.operation.reverse() {
            Ok(reverse) => Some(Line::Step(Step {
                only: step.only.clone(),
                ..Step::from(reverse)
            })),
            Err(_) if goes_along(&step.operation, before) => None,
            Err(missing) => Some(Line::Comment(format!("Not reverted: {missing}"))),
        }
    });
    lines.collect()
}

/// A line of a body.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "almost every line is an operation"
)]
pub(super) enum Line {
    Step(Step),
    Comment(String),
}

impl Line {
    fn step(&self) -> Option<&Operation> {
        match self {
            Line::Step(step) => Some(&step.operation),
            Line::Comment(_) => None,
        }
    }

    fn only(&self) -> &[BackendKind] {
        match self {
            Line::Step(step) => &step.only,
            Line::Comment(_) => &[],
        }
    }
}

/// A function with a body of these lines, and those that it calls if there are many. `used` gets
/// the names that the prelude lacks.
fn function(
    name: &str,
    prefix: &str,
    lines: Vec<Line>,
    used: &mut BTreeSet<&'static str>,
) -> String {
    match groups::grouped(lines, prefix) {
        Ok(groups) => {
            let (last, others) = match groups.split_last() {
                Some((last, others)) => (format!("{}(op)", last.name), others),
                None => ("Ok(())".to_owned(), groups.as_slice()),
            };
            let calls: String = others
                .iter()
                .map(|group| format!("    {}(op)?;\n", group.name))
                .collect();
            let mut text = format!("{}{calls}    {last}\n}}\n", opening(name));
            for Group { name, lines } in &groups {
                text += &format!("\n{}{}}}\n", opening(name), body(lines, used));
            }
            text
        }
        Err(lines) => format!("{}{}}}\n", opening(name), body(&lines, used)),
    }
}

fn opening(name: &str) -> String {
    format!("fn {name}(op: &mut Operations) -> Result<()> {{\n")
}

/// The statements of a function. The last call is its value.
fn body(lines: &[Line], used: &mut BTreeSet<&'static str>) -> String {
    let calls: Vec<Option<Expr>> = lines
        .iter()
        .map(|line| line.step().and_then(operation::call))
        .collect();
    let is_value = |at: &usize| calls[*at].is_some() && lines[*at].only().is_empty();
    let value = calls.len().checked_sub(1).filter(is_value);
    let mut text = String::new();
    if calls.iter().all(Option::is_none) {
        text += "    let _ = op;\n";
    }
    let mut only: &[BackendKind] = &[];
    for (at, (line, call)) in lines.iter().zip(&calls).enumerate() {
        if line.only() != only {
            text += if only.is_empty() { "" } else { "    }\n" };
            only = line.only();
            if !only.is_empty() {
                text += &format!("    if {} {{\n", condition(only));
            }
        }
        let level = if only.is_empty() { 1 } else { 2 };
        let notes = match line {
            Line::Step(step) => step.notes.as_slice(),
            Line::Comment(comment) => std::slice::from_ref(comment),
        };
        notes.iter().for_each(|note| text += &comment(note, level));
        match (call, line) {
            (Some(call), _) => {
                imported(call, used);
                text += &"    ".repeat(level);
                text += &match Some(at) == value {
                    true => statement(call, level, 0),
                    false => statement(&call.clone().tried(), level, 1) + ";",
                };
                text.push('\n');
            }
            (None, Line::Step(step)) => {
                let described = step.operation.describe();
                text += &comment(&format!("Not generated: {described}"), level);
            }
            (None, Line::Comment(_)) => {}
        }
    }
    text += if only.is_empty() { "" } else { "    }\n" };
    if value.is_none() {
        text += "    Ok(())\n";
    }
    text
}

/// That the revision runs on one of these.
fn condition(only: &[BackendKind]) -> String {
    let kinds: Vec<String> = only
        .iter()
        .map(|kind| format!("BackendKind::{kind:?}"))
        .collect();
    match kinds.as_slice() {
        [kind] => format!("op.backend() == {kind}"),
        kinds => format!("matches!(op.backend(), {})", kinds.join(" | ")),
    }
}

/// The names of this crate in an expression that the prelude lacks.
fn imported(expr: &Expr, used: &mut BTreeSet<&'static str>) {
    let mut see = |text: &str| {
        for name in ["Identity", "Match", "Value"] {
            let path = text.strip_prefix("Vec::<Vec<").unwrap_or(text);
            let path = path.strip_prefix("Vec::<").unwrap_or(path);
            let rest = path.strip_prefix(name);
            if rest.is_some_and(|rest| rest.starts_with("::") || rest.starts_with('>')) {
                used.insert(name);
            }
        }
    };
    match expr {
        Expr::Atom(text) => see(text),
        Expr::Call(path, _) => see(path),
        _ => {}
    }
    match expr {
        Expr::Atom(_) => {}
        Expr::Call(_, items) | Expr::Array(items) | Expr::Tuple(items) => {
            items.iter().for_each(|item| imported(item, used));
        }
        Expr::Chain(root, methods) => {
            imported(root, used);
            let args = methods.iter().flat_map(|method| &method.args);
            args.for_each(|arg| imported(arg, used));
        }
    }
}

fn imports(library: &str, names: &[String]) -> String {
    let prelude = format!("use {library}::prelude::*;\n");
    match names {
        [] => prelude,
        [name] => format!("{prelude}use {library}::schema::{name};\n"),
        names => format!(
            "{prelude}use {library}::schema::{{{}}};\n",
            names.join(", ")
        ),
    }
}

/// A note as comment lines of a body, at a level of indentation.
fn comment(note: &str, level: usize) -> String {
    let indent = "    ".repeat(level);
    let mut text = String::new();
    for line in harmless_lines(note) {
        let mut written = String::new();
        for word in line.split(' ') {
            let used = literal::width(&written);
            if !written.is_empty() && used + 1 + literal::width(word) > MAX_WIDTH - 3 - indent.len()
            {
                text += &format!("{indent}// {}\n", written.trim_end());
                written.clear();
            }
            if !written.is_empty() {
                written.push(' ');
            }
            written += word;
        }
        text += format!("{indent}// {written}").trim_end();
        text.push('\n');
    }
    text
}

/// A message as the lines of a doc comment, `///` included. Nothing in it can end the comment,
/// start an example that would be compiled, or turn the direction of the text that follows.
#[must_use]
pub fn doc_comment(message: &str) -> String {
    let lines = harmless_lines(message);
    lines
        .iter()
        .fold(String::new(), |comment, line| match line.as_str() {
            "" => comment + "///\n",
            line => format!("{comment}/// {}\n", line.replace("```", "'''")),
        })
}

/// The lines of a text without what a comment must not have, and without empty ones around them.
fn harmless_lines(text: &str) -> Vec<String> {
    let unix = text.replace("\r\n", "\n");
    let lines = unix.split(['\n', '\r']).map(|line| {
        let visible: String = line.chars().filter(|sign| is_harmless(*sign)).collect();
        visible.trim().to_owned()
    });
    let lines: Vec<String> = lines.collect();
    let text = lines.join("\n");
    text.trim_matches('\n').lines().map(str::to_owned).collect()
}

/// Neither a control character nor one that turns the direction of text, which the compiler refuses
/// in comments.
#[must_use]
pub fn is_harmless(character: char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !turns && (character == '\t' || !character.is_control())
}

/// `None` for a base, an id, or a list of them for a merge.
fn parents(parents: &[String]) -> String {
    match parents {
        [] => "None".to_owned(),
        [parent] => literal::string(parent),
        parents => list(parents),
    }
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| literal::string(name)).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_doc_comments() {
        for (message, expected) in [
            ("Add phone.", "/// Add phone.\n"),
            ("Say \"hi\" \\ */ ユ", "/// Say \"hi\" \\ */ ユ\n"),
            ("one\n\ntwo  \n", "/// one\n///\n/// two\n"),
            ("one\r\ntwo\rthree", "/// one\n/// two\n/// three\n"),
            ("\n\none", "/// one\n"),
            ("    code\n\u{202e}evil\u{7}", "/// code\n/// evil\n"),
            ("```\nlet x;\n```", "/// '''\n/// let x;\n/// '''\n"),
        ] {
            assert_eq!(doc_comment(message), expected, "{message:?}");
        }
    }
}
