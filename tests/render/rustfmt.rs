//! rustfmt finds nothing to do in what is rendered. rustfmt is part of the toolchain; without it
//! these tests fail and say so.

use std::path::PathBuf;
use std::process::Command;

use migrate_core::engine::render::{Body, Step};
use migrate_core::operation::Operation;
use migrate_graph::Header;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use crate::random;

/// So many revisions are rendered, and formatted by one call.
const REVISIONS: usize = 150;

#[test]
fn what_is_rendered_is_as_rustfmt_prints_it() {
    // a strategy of strategies is large, and lies on the stack in a build without optimisation
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let run = thread.spawn(random_revisions).unwrap();
    run.join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

fn random_revisions() {
    let mut runner = TestRunner::new(Config::default());
    let mut texts = Vec::new();
    for _ in 0..REVISIONS {
        let operations = random::operations()
            .new_tree(&mut runner)
            .unwrap()
            .current();
        texts.push(text(operations));
    }
    for ty in random::plain_types() {
        let column = migrate_core::schema::Column::new("c", ty);
        texts.push(text(vec![Operation::AddColumn {
            table: "t".into(),
            column,
            constraints: Vec::new(),
            if_not_exists: false,
        }]));
    }
    unchanged(&texts);
}

fn text(operations: Vec<Operation>) -> String {
    let steps: Vec<Step> = operations.into_iter().map(Step::from).collect();
    let header = Header::new("20261129101500", ["20261128093000"]).message("Some changes");
    Body::new(&steps, None, true).text(&header, "migrate_core")
}

/// Panics with the first file that rustfmt would change.
pub(crate) fn unchanged(texts: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let write = |(at, text): (usize, &String)| {
        syn::parse_file(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let path = folder.path().join(format!("f{at}.rs"));
        std::fs::write(&path, text).unwrap();
        path
    };
    let files: Vec<PathBuf> = texts.iter().enumerate().map(write).collect();
    let said = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .args(&files)
        .output()
        .expect("rustfmt is installed, as a part of the toolchain");
    let mut changed = 0;
    let mut first = None;
    for (text, file) in texts.iter().zip(&files) {
        let formatted = std::fs::read_to_string(file).unwrap();
        if formatted != *text {
            changed += 1;
            let size = text.len();
            match &first {
                Some((shortest, _)) if *shortest <= size => {}
                _ => first = Some((size, format!("{text}\n--- rustfmt:\n{formatted}"))),
            }
        }
    }
    if let Some((_, difference)) = first {
        panic!(
            "rustfmt changes {changed} of {} files:\n{difference}",
            texts.len()
        );
    }
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
}
