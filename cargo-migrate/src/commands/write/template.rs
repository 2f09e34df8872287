//! The text of a new revision. Pure; must not know where it is written.

use migrate_core::engine::render::doc_comment;
use migrate_graph::Header;

/// The file of a revision that does nothing yet. It compiles as it stands, without a warning, and
/// is as rustfmt has it. `library` is the name of the library's crate.
pub(super) fn text(header: &Header, library: &str) -> String {
    let mut keys = vec![
        format!("id = \"{}\"", header.id),
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
    let keys: String = keys.iter().map(|key| format!("    {key},\n")).collect();
    let doc = doc_comment(&header.message);
    // a merge has nothing to do; elsewhere the line is where the operations go
    let (parameter, body) = match header.down_revision.as_slice() {
        [_, _, ..] => ("_", ""),
        _ => ("op", "    let _ = op;\n"),
    };
    format!(
        "use {library}::prelude::*;\n\n{doc}#[revision(\n{keys}{DOWNGRADE})]\n\
         fn upgrade({parameter}: &mut Operations) -> Result<()> {{\n{body}    Ok(())\n}}\n"
    )
}

/// How a new revision is reverted, and what else can stand there.
const DOWNGRADE: &str = "    \
    reversible, // or `downgrade = downgrade`, with `fn downgrade(op: &mut Operations) -> Result<()>`
";

/// `None` for a base, an id, or a list of them for a merge.
fn parents(parents: &[String]) -> String {
    match parents {
        [] => "None".to_owned(),
        [parent] => format!("\"{parent}\""),
        parents => list(parents),
    }
}

/// Ids and labels need no escapes.
fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_source::RevisionFile;

    #[test]
    fn a_text_says_what_the_header_says() {
        for (header, keys) in [
            (
                Header::new("c", []).message("Add"),
                "    id = \"c\",\n    down_revision = None,\n",
            ),
            (
                Header::new("c", ["a"]).message("Add"),
                "    id = \"c\",\n    down_revision = \"a\",\n",
            ),
            (
                Header::new("c", ["a", "b"])
                    .depends_on(["d"])
                    .branch_labels(["x"])
                    .message("Say \"hi\" \\"),
                "    id = \"c\",\n    down_revision = [\"a\", \"b\"],\n    depends_on = [\"d\"],\n    \
                 branch_labels = [\"x\"],\n",
            ),
        ] {
            let text = text(&header, "migrate_core");
            assert!(
                text.contains(&format!("\n#[revision(\n{keys}{DOWNGRADE})]\nfn upgrade")),
                "{text}"
            );
            let file = RevisionFile::parse("c.rs", text);
            assert!(
                file.error.is_none() && file.revisions[0].mistakes.is_empty(),
                "{file:?}"
            );
            assert_eq!(
                file.text.contains("let _ = op;"),
                header.down_revision.len() < 2
            );
            assert_eq!(file.revisions[0].header(), Some(header));
        }
    }
}
