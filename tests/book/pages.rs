//! Which pages there are: README, and the book by its summary.

use std::fs;

use migrate_tests::workspace_root;

/// A page's text, by its path in the repository.
pub(crate) fn read(page: &str) -> String {
    fs::read_to_string(workspace_root().join(page))
        .unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// README and the pages of the book.
pub(crate) fn all() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned()];
    pages.extend(summary());
    pages
}

/// The pages that the summary lists.
fn summary() -> Vec<String> {
    let summary = read("docs/SUMMARY.md");
    let targets = summary
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| format!("docs/{target}"))
        .collect()
}

#[test]
fn the_summary_lists_every_page_once() {
    let mut listed = summary();
    listed.sort();
    let mut there: Vec<String> = fs::read_dir(workspace_root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".md") && name != "SUMMARY.md")
        .map(|name| format!("docs/{name}"))
        .collect();
    there.sort();
    assert_eq!(listed, there);
}

#[test]
fn the_readme_is_short() {
    let length = read("README.md").len();
    assert!(length <= 6 * 1024, "{length} bytes");
}
