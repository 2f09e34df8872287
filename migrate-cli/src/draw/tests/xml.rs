//! Whether a text is well-formed XML, as far as ours can go wrong.

/// Panics where the text is not well-formed: one root, elements that close in order, attributes in
/// quotes and once each, entities that XML has, characters that XML has.
pub(super) fn check(text: &str) {
    let bad = |char: char| {
        (char.is_control() && !matches!(char, '\n' | '\t' | '\r'))
            || matches!(char, '\u{fffe}' | '\u{ffff}')
    };
    assert!(!text.contains(bad), "a character that XML has not");
    let mut open: Vec<&str> = Vec::new();
    let mut roots = 0;
    let mut rest = text;
    while let Some((between, after)) = rest.split_once('<') {
        content(between, open.is_empty());
        let (tag, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "elements close in order");
            continue;
        }
        roots += usize::from(open.is_empty());
        let single = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(
            name.chars().all(|char| char.is_ascii_alphabetic()),
            "{name}"
        );
        self::attributes(attributes);
        if !single {
            open.push(name);
        }
    }
    content(rest, true);
    assert_eq!((open.len(), roots), (0, 1), "one root, and all is closed");
}

fn content(text: &str, outside: bool) {
    assert!(!outside || text.trim().is_empty(), "text outside: {text}");
    // a selector in the style may contain a lone `>`
    assert!(!text.contains("]]>"), "{text}");
    for (at, _) in text.match_indices('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;"];
        assert!(
            known.iter().any(|entity| text[at..].starts_with(entity)),
            "{text}"
        );
    }
}

fn attributes(text: &str) {
    let mut names = Vec::new();
    let mut rest = text;
    while !rest.trim().is_empty() {
        let (name, after) = rest
            .split_once("=\"")
            .expect("an attribute has a value in quotes");
        let (value, after) = after.split_once('"').expect("a value ends");
        content(value, false);
        assert!(!value.contains('<'), "{value}");
        names.push(name.trim());
        rest = after;
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "an attribute comes twice: {text}");
}
