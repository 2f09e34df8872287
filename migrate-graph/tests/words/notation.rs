//! Histories in one line: `a; b < a; m < a, b | dependency # label`.

use migrate_graph::Header;

/// The headers of a history.
pub(crate) fn headers(text: &str) -> Vec<Header> {
    text.split(';')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(header)
        .collect()
}

fn header(text: &str) -> Header {
    let (text, labels) = text.split_once('#').unwrap_or((text, ""));
    let (text, dependencies) = text.split_once('|').unwrap_or((text, ""));
    let (id, parents) = text.split_once('<').unwrap_or((text, ""));
    Header::new(id.trim(), names(parents))
        .depends_on(names(dependencies))
        .branch_labels(names(labels))
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}
