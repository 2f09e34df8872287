//! SQL text without what does not count: its tokens, whatever the dialect.
//!
//! Which database will run the text is not known here, so this reads what all of them have in
//! common, and leaves in doubt a text as it is: a comment that counts costs a warning, an edit that
//! does not count is never noticed. It stands apart from the reader in migrate-core, which reads by
//! dialect: checksums are stored, and must not change when that reader learns something.

/// Calls `each` with every token: a word, a literal as written, or one character.
pub(super) fn each_token(text: &str, mut each: impl FnMut(&str)) {
    each_piece(text, |piece, is_comment| {
        if !is_comment {
            each(piece);
        }
    });
}

/// Calls `each` with every token and comment as written, and whether it is a comment.
pub fn each_piece(text: &str, mut each: impl FnMut(&str, bool)) {
    // the line ends of a checkout are no edit, within literals neither
    let text = text.replace("\r\n", "\n");
    let mut rest = text.trim_start();
    let mut line_start = true;
    while !rest.is_empty() {
        let comment = comment(rest, line_start);
        let (piece, after) = rest.split_at(comment.unwrap_or_else(|| token(rest)));
        each(piece, comment.is_some());
        rest = after.trim_start();
        line_start = after[..after.len() - rest.len()].contains('\n');
    }
}

/// How long the comment at the beginning of the text is, if there is one.
fn comment(text: &str, line_start: bool) -> Option<usize> {
    let line = || Some(text.find('\n').unwrap_or(text.len()));
    let after_hash = text.strip_prefix('#');
    match text {
        _ if text.starts_with("--") => line(),
        // an operator of PostgreSQL may begin so, too
        _ if line_start && after_hash.is_some_and(|after| !after.starts_with(['>', '-', '='])) => {
            line()
        }
        // what MySQL runs, and hints
        _ if text.starts_with("/*!") || text.starts_with("/*+") || text.starts_with("/*M!") => None,
        _ if text.starts_with("/*") => Some(block_comment(text)),
        _ => None,
    }
}

/// Comments nest on PostgreSQL; one without an end goes on to the end of the text.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < text.len() {
        let here = &text.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// How long the token at the beginning of the text is.
fn token(text: &str) -> usize {
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '\'' | '"' | '`' => quoted(text, first),
        '$' => dollar_quoted(text).unwrap_or(1),
        _ if in_word(first) => text.find(|c| !in_word(c)).unwrap_or(text.len()),
        _ => first.len_utf8(),
    }
}

/// A doubled quote within is an end and a beginning, which comes to the same.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

/// `$tag$ … $tag$`, as written: the server stores it so.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag = text[1..].find(|c| !in_word(c) || c == '$')? + 2;
    let mark = text.get(..tag).filter(|mark| mark.ends_with('$'))?;
    text[tag..].find(mark).map(|end| end + 2 * tag)
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
