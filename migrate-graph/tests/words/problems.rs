//! Every problem, where it shows, and that one mistake is one problem.

use migrate_graph::{Graph, Header, MultipleHeads, Part, Problem, Rules, Site};

use crate::notation::headers;

fn problems(history: Vec<Header>) -> Vec<Problem> {
    Graph::check(history, &Rules::default())
        .err()
        .unwrap_or_default()
}

/// The problems of a history: `where: message`, `note where: …` and `help: …` lines.
fn check(history: &str, expected: &[&str]) {
    check_headers(&headers(history), expected);
}

fn check_headers(headers: &[Header], expected: &[&str]) {
    let mut said = Vec::new();
    for problem in problems(headers.to_vec()) {
        said.push(format!(
            "{}: {}",
            place(headers, problem.sites()[0]),
            problem.message()
        ));
        for (site, note) in problem.notes() {
            said.push(format!("note {}: {note}", place(headers, site)));
        }
        said.extend(
            problem
                .help()
                .map(|help| format!("help: {}", help.typed("cargo migrate"))),
        );
    }
    assert_eq!(said, expected);
}

fn place(headers: &[Header], site: Site) -> String {
    let header = &headers[site.header];
    let part = match site.part {
        Part::Id => "id".to_owned(),
        Part::DownRevision(place) => format!("parent {}", header.down_revision[place]),
        Part::DependsOn(place) => format!("dependency {}", header.depends_on[place]),
        Part::BranchLabel(place) => format!("label {}", header.branch_labels[place]),
    };
    format!("{}'s {part}", header.id)
}

#[test]
fn sound_histories_have_none() {
    for history in [
        "",
        "a",
        "a; b < a; c < b",
        "c < b; b < a; a",
        "a; b < a; c < a; d < b, c",
        "a # one; b # two",
        "a; b # two",
        "a; b < a # left; c < a # right",
        "a; b < a; c < a # right",
        "a; b < a | a",
        "a # one; b < a | one, a",
        "a; b < a; c < b | a",
    ] {
        check(history, &[]);
    }
}

#[test]
fn links_that_lead_nowhere() {
    check(
        "add_users; add_phone < add_user",
        &[
            "add_phone's parent add_user: no revision `add_user` in this history",
            "help: a revision with a similar id exists: `add_users`",
        ],
    );
    check(
        "a; b < zebra",
        &["b's parent zebra: no revision `zebra` in this history"],
    );
    check(
        "a # billing; b < a | bilings",
        &[
            "b's dependency bilings: no revision or branch label `bilings` in this history",
            "help: a revision with a similar id exists: `billing`",
        ],
    );
    check(
        "a # billing; b < billing",
        &[
            "b's parent billing: `billing` is a branch label, and a parent is named by its id",
            "help: the label `billing` is on the revision `a`: write `a`",
        ],
    );
    check(
        "a; b < a, a",
        &[
            "b's parent a: the parent `a` is listed twice",
            "note b's parent a: `a` is first listed here",
            "help: remove one of the two",
        ],
    );
}

#[test]
fn links_that_go_in_circles() {
    check(
        "a; b < b",
        &[
            "b's parent b: revision `b` is its own parent",
            "help: name the revision that it continues, or `None` if it is the first",
        ],
    );
    check(
        "a; b < a | b",
        &[
            "b's dependency b: revision `b` depends on itself",
            "help: remove the dependency",
        ],
    );
    check(
        "a; b < a, c; c < b; d < c",
        &[
            "b's parent c: revisions form a cycle: `b` -> `c` -> `b`",
            "note c's parent b: `c` continues `b`",
            "help: one of these links must go: each revision would come before the others",
        ],
    );
    check(
        "a; b < a | d; c < b; d < c",
        &[
            "b's dependency d: revisions form a cycle: `b` -> `d` -> `c` -> `b`",
            "note d's parent c: `d` continues `c`",
            "note c's parent b: `c` continues `b`",
            "help: one of these links must go: each revision would come before the others",
        ],
    );
}

#[test]
fn long_cycles_are_shortened() {
    let id = |place: usize| format!("{}", place % 1_000);
    let around = |place| Header::new(&id(place), [id(place + 1).as_str()]);
    let problems = problems((0..1_000).map(around).collect());
    assert_eq!(problems[0].sites().len(), 1_000);
    assert_eq!(
        problems[0].message(),
        "revisions form a cycle: `0` -> `1` -> `2` -> `3` -> `4` -> `5` -> … 988 more … -> `994` -> `995` -> \
         `996` -> `997` -> `998` -> `999` -> `0`"
    );
}

#[test]
fn names_that_are_none_or_taken() {
    check_headers(
        &[Header::new("", [])],
        &["'s id: the id is empty", "help: name it: `20261121093000`"],
    );
    check(
        "add phone",
        &[
            "add phone's id: the id `add phone` has a character that is not allowed: ' '",
            "help: use letters, digits, `_`, `.` and `-`: `add_phone`",
        ],
    );
    check(
        "a # blå",
        &[
            "a's label blå: the branch label `blå` has a character that is not allowed: 'å'",
            "help: use letters, digits, `_`, `.` and `-`: `bl_`",
        ],
    );
    let long = "x".repeat(51);
    check(
        &long,
        &[
            &format!(
                "{long}'s id: the id `{long}` has 51 bytes, and at most 50 fit into the version table"
            ),
            &format!("help: shorten it: `{}`", "x".repeat(50)),
        ],
    );
    check(
        "head",
        &[
            "head's id: the id `head` is a word with a meaning of its own in targets",
            "help: choose another word: `head_1`",
        ],
    );
    check(
        "add-2",
        &[
            "add-2's id: the id `add-2` reads as a target: 2 below `add`",
            "help: write `add_2`",
        ],
    );
    check(
        "a; b < a; b < a",
        &[
            "b's id: two revisions have the id `b`",
            "note b's id: `b` is first used here",
            "help: give one of them another id",
        ],
    );
    check(
        "a # one; b < a # one",
        &[
            "b's label one: the branch label `one` is on `a` and on `b`",
            "note a's label one: `one` is first used here",
            "help: a branch label belongs to one revision, and goes on to those after it: remove one of the two",
        ],
    );
    check(
        "a; b < a # a",
        &[
            "b's label a: the branch label `a` is the id of a revision",
            "note a's id: `a` is an id here",
            "help: give the branch another name",
        ],
    );
}

#[test]
fn shapes_that_the_rules_do_not_want() {
    check(
        "a; b < a; c < b; x",
        &[
            "x's id: `x` has no parent, but the history already begins with `a`",
            "note a's id: the history begins here, with `a`",
            "help: continue a revision: `down_revision = \"c\"`; or begin a branch of its own: `branch_labels = [\"…\"]`",
        ],
    );
    check(
        "a; b < a; c < b; d < b",
        &[
            "d's parent b: `c` and `d` both continue `b`, so the history has 2 heads",
            "note c's parent b: `c` continues `b` too",
            "help: join them: `cargo migrate merge c d -m \"…\"`; or tell them apart with a label: `branch_labels = [\"…\"]` on `d`",
        ],
    );
    // the revisions that continue the same parent are not always the heads
    check(
        "a; b < a; c < b; d < a; e < d",
        &[
            "d's parent a: `b` and `d` both continue `a`, so the history has 2 heads",
            "note b's parent a: `b` continues `a` too",
            "help: join them: `cargo migrate merge c e -m \"…\"`; or tell them apart with a label: `branch_labels = [\"…\"]` on `d`",
        ],
    );
    // one label on both is none
    check(
        "a # app; b < a; c < a",
        &[
            "c's parent a: `b` and `c` both continue `a`, so the history has 2 heads",
            "note b's parent a: `b` continues `a` too",
            "help: join them: `cargo migrate merge b c -m \"…\"`; or tell them apart with a label: `branch_labels = [\"…\"]` on `c`",
        ],
    );
}

#[test]
fn heads_may_be_allowed() {
    let rules = Rules {
        multiple_heads: MultipleHeads::Allow,
    };
    assert!(Graph::check(headers("a; b < a; c < a"), &rules).is_ok());
    assert_eq!(
        Graph::check(headers("a; b"), &rules).unwrap_err().len(),
        1,
        "a second base is still told"
    );
}

/// As many problems as mistakes, whatever follows from them.
#[test]
fn one_mistake_is_one_problem() {
    for (count, history) in [
        (1, "a; b < typo; c < b"),
        (1, "a; b < a; c < typo; d < c"),
        (1, "a; b < a, typo"),
        (1, "a; b < a; c < b, d; d < c"),
        (1, "a; b < a; b < a"),
        (1, "a; b; c < b; d < c"),
        (1, "a; b < a; c < a; d < c; e < b"),
        (1, "a; b < a; c < a | typo; d < b, c"),
        (2, "a; b < typo; c < other"),
        (2, "a; b < a; c < typo; x"),
        (2, "a; b < a; c < a; d < typo"),
        (2, "a; b < a | typo; c < a"),
        (2, "a; b < a; c < b, d; d < c; e < typo"),
        (2, "a; b < a, c; c < b, d; d < c"),
        (1, "a; b < a; c < a; d < c; e < d; f < d; g < e, b"),
        (2, "a; b < a; c < a; d < c; e < c"),
        (2, "a # one; b < a # one; c < typo"),
        (3, "a; a; b < typo; c < c"),
    ] {
        let problems = problems(headers(history));
        let said: Vec<String> = problems.iter().map(Problem::message).collect();
        assert_eq!(problems.len(), count, "{history}: {said:#?}");
    }
}

#[test]
fn sites_are_those_of_the_input() {
    let problems = problems(headers("z < typo; m; a < m"));
    assert_eq!(
        problems
            .iter()
            .map(|problem| problem.sites()[0].header)
            .collect::<Vec<_>>(),
        [0]
    );
}
