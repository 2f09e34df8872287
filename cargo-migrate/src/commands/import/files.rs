//! The files of an imported revision: an SQL folder, or a Rust file where the body is not known, or
//! where no SQL folder can have the id. Pure; must not know where they are written.

use migrate_core::engine::render::{Body, Downgrade, is_harmless};
use migrate_graph::Header;
use migrate_source::SqlFolder;

use super::revision::{Revision, Work};
use crate::commands::write::{slug, sql};

/// What is written for a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The file or folder among the revisions.
    pub(super) name: String,
    /// Each file's path below the folder of the revisions, with its text; the main one is first.
    pub(super) files: Vec<(String, String)>,
    pub(super) is_sql: bool,
}

/// The files of a revision. `library` is the name of the library's crate.
pub(super) fn entry(revision: &Revision, library: &str) -> Entry {
    let header = &revision.header;
    let name = sql::name(header);
    let folder = SqlFolder {
        path: name.clone().into(),
        down: true,
        metadata: true,
    };
    if folder.version() == header.id && revision.up.to_port().is_none() {
        return sql_folder(revision, name);
    }
    let slug = slug::slug(&header.message);
    let name = format!("{}_{slug}.rs", header.id.replace(['.', '-'], "_"));
    Entry {
        files: vec![(name.clone(), rust_file(revision, library))],
        name,
        is_sql: false,
    }
}

fn sql_folder(revision: &Revision, name: String) -> Entry {
    let source = one_line(&revision.source);
    let mut files = Vec::new();
    let mut add = |file: &str, text: String| files.push((format!("{name}/{file}"), text));
    add(
        "up.sql",
        match &revision.up {
            Work::Sql(statements) => text(statements),
            _ => format!("-- {source} changes nothing\n"),
        },
    );
    match &revision.down {
        Work::Sql(statements) => add("down.sql", text(statements)),
        Work::Nothing => add("down.sql", format!("-- {source} reverts nothing\n")),
        Work::Unknown(why) => add("down.sql", format!("-- TODO: {}\n", one_line(why))),
        Work::Missing => {}
    }
    add("metadata.toml", metadata(revision));
    Entry {
        name,
        files,
        is_sql: true,
    }
}

/// Statements as the text of a file. One alone may be a file as it was, which is kept.
fn text(statements: &[String]) -> String {
    let text = statements.join("\n\n");
    match text.ends_with('\n') {
        true => text,
        false => text + "\n",
    }
}

fn metadata(revision: &Revision) -> String {
    let Header {
        down_revision,
        depends_on,
        branch_labels,
        ..
    } = &revision.header;
    let parents = match down_revision.as_slice() {
        [parent] => format!("\"{parent}\""),
        parents => sql::list(parents),
    };
    // without the first key, the file would mean: not in a transaction
    let mut text = format!(
        "run_in_transaction = {}\ndown_revision = {parents}\n",
        revision.transaction
    );
    for (key, names) in [("depends_on", depends_on), ("branch_labels", branch_labels)] {
        if !names.is_empty() {
            text += &format!("{key} = {}\n", sql::list(names));
        }
    }
    if revision.down == Work::Nothing {
        text += "downgrade = \"nothing\"\n";
    }
    text
}

fn rust_file(revision: &Revision, library: &str) -> String {
    let mut functions = function("upgrade", &revision.up);
    let downgrade = match &revision.down {
        Work::Missing => Downgrade::Irreversible,
        Work::Nothing => Downgrade::Nothing,
        down => {
            functions.push('\n');
            functions += &function("downgrade", down);
            Downgrade::Function
        }
    };
    let body = Body {
        downgrade,
        transaction: revision.transaction,
        names: Vec::new(),
        functions,
    };
    body.text(&revision.header, library)
}

fn function(name: &str, work: &Work) -> String {
    let (op, body) = match work {
        Work::Sql(statements) => {
            let calls = statements
                .iter()
                .map(|statement| format!("    op.execute({})", literal(statement)));
            ("op", calls.collect::<Vec<_>>().join("?;\n"))
        }
        Work::Unknown(why) => ("_", error(why)),
        Work::Nothing | Work::Missing => ("_", "    Ok(())".to_owned()),
    };
    format!("fn {name}({op}: &mut Operations) -> Result<()> {{\n{body}\n}}\n")
}

/// An error as rustfmt prints it.
fn error(why: &str) -> String {
    let text = literal(&one_line(why));
    let line = format!("    Err(RevisionError::message({text}))");
    match line.chars().count() <= 100 {
        true => line,
        false => format!("    Err(RevisionError::message(\n        {text},\n    ))"),
    }
}

/// A text as a Rust literal: raw, so that SQL reads as SQL, unless something in it would not be
/// seen.
fn literal(text: &str) -> String {
    let is_plain = |sign: char| (is_harmless(sign) && sign != '\u{feff}') || sign == '\n';
    if !text.chars().all(is_plain) {
        return format!("{text:?}");
    }
    if !text.contains(['"', '\\', '\n']) {
        return format!("\"{text}\"");
    }
    let mut marks = String::new();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"{text}\"{marks}")
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    line.chars().filter(|sign| is_harmless(*sign)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_source::RevisionFile;

    fn revision(id: &str, up: Work, down: Work) -> Revision {
        Revision {
            header: Header::new(id, ["a"])
                .message("Say \"hi\"")
                .depends_on(["b"])
                .branch_labels(["x"]),
            source: "versions/c.py".to_owned(),
            up,
            down,
            transaction: false,
        }
    }

    fn sql(statements: &[&str]) -> Work {
        Work::Sql(statements.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn a_known_body_becomes_an_sql_folder() {
        let known = revision("c1", sql(&["A;", "B;"]), Work::Nothing);
        let entry = entry(&known, "migrate_core");
        assert_eq!(
            entry.files,
            [
                ("c1_say_hi/up.sql".to_owned(), "A;\n\nB;\n".to_owned()),
                (
                    "c1_say_hi/down.sql".to_owned(),
                    "-- versions/c.py reverts nothing\n".to_owned()
                ),
                (
                    "c1_say_hi/metadata.toml".to_owned(),
                    "run_in_transaction = false\ndown_revision = \"a\"\ndepends_on = [\"b\"]\n\
                     branch_labels = [\"x\"]\ndowngrade = \"nothing\"\n"
                        .to_owned()
                ),
            ]
        );
    }

    #[test]
    fn a_downgrade_that_is_not_known_is_one_that_is_not_written() {
        let why = Work::Unknown("port versions/c.py:\nno".to_owned());
        let root = tempfile::tempdir().unwrap();
        for (path, text) in entry(&revision("c1", sql(&["A;"]), why), "migrate_core").files {
            let path = root.path().join("m").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let folder = migrate_source::Folder::read(root.path(), "m".as_ref());
        assert_eq!(folder.problems, []);
        let (_, read) = folder.revisions().next().unwrap();
        assert_eq!(read.mistakes, []);
        assert!(
            matches!(
                read.declaration.downgrade,
                Some(migrate_source::Downgrade::Irreversible(_))
            ),
            "{read:?}"
        );
    }

    #[test]
    fn what_is_not_known_is_an_error_and_reads_as_a_revision() {
        let why = || Work::Unknown("port versions/c.py: \\ \"x\"\nmore".to_owned());
        for (id, up, down, expected) in [
            (
                "c1",
                why(),
                sql(&["DROP TABLE \"t\""]),
                "op.execute(r#\"DROP TABLE \"t\"\"#)",
            ),
            (
                "c_1",
                sql(&["A;", "B;"]),
                why(),
                "op.execute(\"A;\")?;\n    op.execute(\"B;\")\n",
            ),
            (
                "c.1",
                why(),
                why(),
                "Err(RevisionError::message(r#\"port versions/c.py: \\ \"x\" more\"#))",
            ),
            ("c1", why(), Work::Nothing, "downgrade = \"nothing\""),
            ("c1", why(), Work::Missing, "irreversible"),
        ] {
            let revision = revision(id, up, down);
            let entry = entry(&revision, "migrate_core");
            let [(name, text)] = &entry.files[..] else {
                panic!("{entry:?}");
            };
            assert!(text.contains(expected), "{text}");
            let file = RevisionFile::parse(name.clone(), text.clone());
            assert!(
                file.error.is_none() && file.revisions[0].mistakes.is_empty(),
                "{file:?}"
            );
            assert_eq!(file.revisions[0].header(), Some(revision.header));
        }
    }

    #[test]
    fn literals_have_every_sign_of_the_text() {
        for (text, expected) in [
            ("a", "\"a\""),
            ("a\nb", "r\"a\nb\""),
            ("say \"#", "r##\"say \"#\"##"),
            ("a\rb", "\"a\\rb\""),
            ("a\u{202e}b", "\"a\\u{202e}b\""),
        ] {
            assert_eq!(literal(text), expected);
        }
    }
}
