//! The text of a new revision. Pure; must not know where it is written.

use super::slug::doc_comment;

/// What a new revision says.
pub(super) struct Draft<'a> {
    pub(super) id: &'a str,
    pub(super) parents: &'a [&'a str],
    pub(super) message: &'a str,
}

/// The file of a revision that does nothing yet. It compiles as it stands, without a warning, and is as rustfmt has it.
pub(super) fn text(draft: &Draft<'_>) -> String {
    let Draft {
        id,
        parents,
        message,
    } = draft;
    format!(
        r#"use migrate_core::prelude::*;

{doc}#[revision(
    id = "{id}",
    down_revision = {parents},
    downgrade = downgrade,
)]
fn upgrade(op: &mut Operations) -> Result<()> {{
    let _ = op;
    Ok(())
}}

fn downgrade(op: &mut Operations) -> Result<()> {{
    let _ = op;
    Ok(())
}}
"#,
        doc = doc_comment(message),
        parents = parents_of(parents),
    )
}

/// `None` for a base, an id, or a list of them for a merge. Ids need no escapes.
fn parents_of(parents: &[&str]) -> String {
    match parents {
        [] => "None".to_owned(),
        [parent] => format!("\"{parent}\""),
        parents => {
            let quoted: Vec<String> = parents
                .iter()
                .map(|parent| format!("\"{parent}\""))
                .collect();
            format!("[{}]", quoted.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_names_its_parents() {
        for (parents, expected) in [
            (&[][..], "None"),
            (&["a"], "\"a\""),
            (&["a", "b"], "[\"a\", \"b\"]"),
        ] {
            let text = text(&Draft {
                id: "c",
                parents,
                message: "Add a table",
            });
            assert!(
                text.contains(&format!("\n    down_revision = {expected},\n")),
                "{text}"
            );
            assert!(
                text.contains("\n/// Add a table\n#[revision(\n    id = \"c\",\n"),
                "{text}"
            );
        }
    }
}
