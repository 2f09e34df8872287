//! Reading valid and invalid attributes from text.

use super::super::token::{Lexer, Span};
use super::*;

/// The declaration in one line, then each mistake with the text that it points at.
fn read(text: &str) -> String {
    let tokens: Vec<Token<'_, Span>> = Lexer::new(text).map(Result::unwrap).collect();
    let whole = Span {
        start: 0,
        end: u32::try_from(text.len()).unwrap(),
    };
    let (declaration, mistakes) = Declaration::read(&tokens, &whole);
    let mut lines = vec![show(&declaration)];
    for mistake in mistakes {
        let at = if mistake.span == whole {
            "all"
        } else {
            &text[mistake.span.range()]
        };
        let help = mistake
            .kind
            .help()
            .map(|help| format!("; {help}"))
            .unwrap_or_default();
        lines.push(format!("{at}: {}{help}", mistake.kind));
    }
    lines.join("\n")
}

fn show(declaration: &Declaration<Span>) -> String {
    let texts = |words: &[Word<Span>]| {
        words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(",")
    };
    let id = declaration.id.as_ref().map_or("?", |id| &id.text);
    let parents = declaration
        .down_revision
        .as_deref()
        .map_or("?".to_owned(), texts);
    let downgrade = match &declaration.downgrade {
        None => "?".to_owned(),
        Some(Downgrade::Function(path)) => path.iter().map(|word| word.text.as_str()).collect(),
        Some(Downgrade::Reversible(_)) => "reversible".to_owned(),
        Some(Downgrade::Irreversible(_)) => "irreversible".to_owned(),
        Some(Downgrade::Nothing(_)) => "nothing".to_owned(),
    };
    let mut shown = format!("{id} <- [{parents}] {downgrade}");
    for (name, words) in [
        ("needs", &declaration.depends_on),
        ("on", &declaration.branch_labels),
        ("loses", &declaration.lossy),
    ] {
        if !words.is_empty() {
            shown += &format!(" {name} [{}]", texts(words));
        }
    }
    if !declaration.transaction {
        shown += " bare";
    }
    shown
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

/// A declaration that is right but for the entries given.
#[track_caller]
fn check_entries(entries: &str, expected: &str) {
    check(
        &format!("id = \"a\", down_revision = None, irreversible, {entries}"),
        expected,
    );
}

#[test]
fn what_is_right() {
    check(
        "id = \"b\", down_revision = \"a\", downgrade = down",
        "b <- [a] down",
    );
    check(
        "id = \"b\", down_revision = [\"a\", \"c\",], reversible,",
        "b <- [a,c] reversible",
    );
    check(
        "irreversible, down_revision = None, id = r\"b\"",
        "b <- [] irreversible",
    );
    check(
        "id = \"b\", down_revision = \"a\", downgrade = super::shared::down",
        "b <- [a] super::shared::down",
    );
    check(
        "id = \"b\", down_revision = \"a\", downgrade = \"nothing\"",
        "b <- [a] nothing",
    );
    check(
        "id = \"b\", down_revision = \"a\", downgrade = nothing",
        "b <- [a] nothing",
    );
    check(
        "id = \"b\", down_revision = \"a\", downgrade = ::a::b",
        "b <- [a] ::a::b",
    );
    check_entries(
        "depends_on = [\"x\"], branch_labels = \"y\"",
        "a <- [] irreversible needs [x] on [y]",
    );
    check_entries(
        "depends_on = None, branch_labels = []",
        "a <- [] irreversible",
    );
    check_entries("transaction = false", "a <- [] irreversible bare");
    check_entries("transaction = true", "a <- [] irreversible");
    check_entries(
        "lossy = [\"users.note: a cache\", \"tags: none\"]",
        "a <- [] irreversible loses [users.note: a cache,tags: none]",
    );
}

#[test]
fn what_is_missing() {
    check(
        "",
        "? <- [?] ?
all: `id` is missing; add `id = \"20261121093000\"`
all: `down_revision` is missing; name the revision that this one continues: `down_revision = \"…\"`; or begin a history: `down_revision = None`
all: this revision declares no downgrade; add `downgrade = function`, `reversible` or `irreversible`",
    );
    check(
        "id = \"a\", irreversible",
        "a <- [?] irreversible
all: `down_revision` is missing; name the revision that this one continues: `down_revision = \"…\"`; or begin a history: `down_revision = None`",
    );
}

#[test]
fn what_was_tried_is_not_missing() {
    check(
        "id = ID, down_revision = [], downgrade = 1",
        "? <- [?] ?
ID: `id` must be a string literal; write `id = \"20261121093000\"`
[: an empty list of parents; a revision without parents begins a history: `down_revision = None`
1: `downgrade` must be the path of a function, or `\"nothing\"`; write `downgrade = function`",
    );
}

#[test]
fn unknown_and_repeated_keys() {
    check_entries(
        "depend_on = [\"x, y\"]",
        "a <- [] irreversible\ndepend_on: unknown key `depend_on`; did you mean `depends_on`?",
    );
    check_entries(
        "author = (1, 2), transaction = false",
        "a <- [] irreversible bare\nauthor: unknown key `author`; the keys are `id`, `down_revision`, `depends_on`, `branch_labels`, `transaction`, `lossy`, `downgrade`, `irreversible`, `reversible`",
    );
    check_entries(
        "id = \"b\"",
        "a <- [] irreversible\nid: `id` is given twice; remove one of the two",
    );
    check_entries(
        "downgrade = down",
        "a <- [] irreversible\ndowngrade: `downgrade` contradicts `irreversible`; keep one of `downgrade = function`, `reversible` and `irreversible`",
    );
}

#[test]
fn one_mistake_is_one_mistake() {
    check(
        "id = \"a\", down_revison = None, ireversible",
        "a <- [?] ?
down_revison: unknown key `down_revison`; did you mean `down_revision`?
ireversible: unknown key `ireversible`; did you mean `irreversible`?",
    );
    check(
        "id = \"a\" down_revision = None, irreversible",
        "a <- [] irreversible\ndown_revision: expected `,`",
    );
}

#[test]
fn values_of_the_wrong_sort() {
    let wrong = |key: &str, value: &str, rest: &str| {
        let at = value
            .chars()
            .next()
            .filter(|c| *c == '-')
            .map_or(value, |_| "-");
        check_entries(
            &format!("{key} = {value}"),
            &format!("a <- [] irreversible\n{at}: {rest}"),
        );
    };
    wrong(
        "transaction",
        "0",
        "`transaction` must be `true` or `false`; write `transaction = false`",
    );
    wrong(
        "depends_on",
        "X",
        "`depends_on` must be a list of string literals; write `depends_on = [\"…\"]`",
    );
    wrong(
        "depends_on",
        "-1",
        "`depends_on` must be a list of string literals; write `depends_on = [\"…\"]`",
    );
    check(
        "id = b\"a\", down_revision = [\"b\", C], irreversible",
        "? <- [?] irreversible
b\"a\": `id` must be a string literal; write `id = \"20261121093000\"`
C: `down_revision` must be a string literal, a list of them, or `None`; write `down_revision = \"…\"`, `down_revision = None` or `down_revision = [\"…\", \"…\"]`",
    );
    check(
        "id = concat!(\"a\", \"b\"), down_revision = None, irreversible = true",
        "? <- [] irreversible
concat: `id` must be a string literal; write `id = \"20261121093000\"`
=: `irreversible` takes no value; write `irreversible`",
    );
}

#[test]
fn what_is_no_entry() {
    check_entries(
        "\"b\"",
        "a <- [] irreversible\n\"b\": expected a key, found `\"b\"`; the keys are `id`, `down_revision`, `depends_on`, `branch_labels`, `transaction`, `lossy`, `downgrade`, `irreversible`, `reversible`",
    );
    check_entries(
        "transaction",
        "a <- [] irreversible\ntransaction: `transaction` has no value; write `transaction = false`",
    );
    check_entries(
        "transaction =",
        "a <- [] irreversible\ntransaction: `transaction` has no value; write `transaction = false`",
    );
    check_entries(
        "transaction = false depends_on = []",
        "a <- [] irreversible bare\ndepends_on: expected `,`",
    );
    check_entries(
        "depends_on = [\"x\" \"y\"]",
        "a <- [] irreversible\n\"y\": expected `,`",
    );
}
