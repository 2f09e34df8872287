//! No link of README and book is dead: files exist, and so do the headings that anchors name. Links
//! to other hosts are not followed.

use std::collections::BTreeSet;

use migrate_tests::workspace_root;

use crate::pages;

/// The text outside of code.
fn prose(page: &str) -> String {
    let mut text = String::new();
    let mut in_code = false;
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        if in_code || is_fence {
            continue;
        }
        // every second part between backticks is code
        for (number, part) in line.split('`').enumerate() {
            text.push_str(if number % 2 == 0 { part } else { "x" });
        }
        text.push('\n');
    }
    text
}

/// The targets of `[…](target)` and of pictures.
fn targets(page: &str) -> Vec<String> {
    let text = prose(page);
    let rests = text.split("](").skip(1);
    rests
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut in_code = false;
    for line in page.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        if in_code || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let plain = heading.trim().chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            letter if letter.is_alphanumeric() || matches!(letter, '-' | '_') => {
                letter.to_lowercase().next()
            }
            _ => None,
        });
        let mut anchor: String = plain.collect();
        let first = anchor.clone();
        let mut again = 0;
        while !anchors.insert(anchor.clone()) {
            again += 1;
            anchor = format!("{first}-{again}");
        }
    }
    anchors
}

#[test]
fn no_link_is_dead() {
    let mut dead = Vec::new();
    let mut seen = 0;
    for page in pages::all()
        .into_iter()
        .chain(["docs/SUMMARY.md".to_owned()])
    {
        let text = pages::read(&page);
        for target in targets(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
            let file = match path {
                "" => page.clone(),
                path => format!("{folder}/{path}")
                    .trim_start_matches('/')
                    .to_owned(),
            };
            let leads_out = folder == "docs" && path.starts_with("..");
            let is_there = workspace_root().join(&file).exists();
            let has_heading = || anchor.is_empty() || anchors(&pages::read(&file)).contains(anchor);
            if leads_out || !is_there || !has_heading() {
                dead.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(dead.is_empty(), "dead, or out of the book: {dead:#?}");
    assert!(seen > 100, "only {seen} links were read");
}

#[test]
fn headings_are_anchors() {
    let page = "# A `key`, and more\n```\n# none\n```\n## A\n## A\n#no\n";
    let anchors: Vec<String> = anchors(page).into_iter().collect();
    assert_eq!(anchors, ["a", "a-1", "a-key-and-more"]);
    assert_eq!(
        targets("[a](b.md#c) `[x](y)` ![p](q.svg)"),
        ["b.md#c", "q.svg"]
    );
}
