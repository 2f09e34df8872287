//! Every answer to a request that cannot be done, with its help.

use migrate_graph::draft::{Request, draft};
use migrate_graph::{Applied, Graph, Range, Target, downgrade, history, plan, upgrade};

use crate::notation::headers;

const FORK: &str = "base1; mid1 < base1; left1 < mid1 # left; left2 < left1; right1 < mid1 # right; right2 < right1";
const DIAMOND: &str = "aaaa; bbbb < aaaa; cccc < aaaa; dddd < bbbb, cccc";
const LINE: &str = "20260101; 20260102 < 20260101; 20260203 < 20260102";

fn graph(text: &str) -> Graph {
    Graph::new(headers(text)).expect("the history is sound")
}

fn words(error: &dyn std::error::Error, help: Option<migrate_graph::Help>) -> Vec<String> {
    let mut words = vec![error.to_string()];
    words.extend(help.map(|help| format!("help: {}", help.typed("cargo migrate"))));
    words
}

/// The steps of a plan, or what is said instead.
fn plan_of(history: &str, rows: &[&str], command: &str) -> Vec<String> {
    let graph = graph(history);
    let applied = Applied::from_heads(&graph, rows);
    let (command, texts) = command.split_once(' ').expect("a command and a target");
    let targets: Result<Vec<Target>, _> = texts.split(' ').map(str::parse).collect();
    let targets = match targets {
        Ok(targets) => targets,
        Err(error) => return words(&error, error.help()),
    };
    let plan = match command {
        "up" => upgrade(&graph, &applied, &targets),
        _ => downgrade(&graph, &applied, &targets[0]),
    };
    match plan {
        Ok(plan) => {
            let steps = plan.steps.iter().map(|step| graph.id(step.node).to_owned());
            steps
                .chain(plan.warnings.iter().map(ToString::to_string))
                .collect()
        }
        Err(error) => words(&error, error.help()),
    }
}

fn range_of(history_text: &str, rows: &[&str], range: &str) -> Vec<String> {
    let graph = graph(history_text);
    let applied = Applied::from_heads(&graph, rows);
    let range: Range = match range.parse() {
        Ok(range) => range,
        Err(error) => return words(&error, migrate_graph::RangeError::help(&error)),
    };
    match history(&graph, &applied, &range) {
        Ok(nodes) => nodes
            .into_iter()
            .map(|node| graph.id(node).to_owned())
            .collect(),
        Err(error) => words(&error, error.help()),
    }
}

fn draft_of(history: &str, request: Request) -> Vec<String> {
    let graph = graph(history);
    let request = Request {
        id: if request.id.is_empty() {
            "new".to_owned()
        } else {
            request.id.clone()
        },
        ..request
    };
    match draft(&graph, &request) {
        Ok(draft) => draft.header.down_revision,
        Err(error) => words(&error, error.help()),
    }
}

fn targets(texts: &[&str]) -> Vec<Target> {
    texts
        .iter()
        .map(|text| text.parse().expect("a target"))
        .collect()
}

#[test]
fn targets_that_are_none() {
    let up = |target: &str| plan_of(LINE, &[], &format!("up {target}"));
    let help = "help: a target is `head`, `heads`, `base`, an id or the beginning of one, `+1`, `-1`, or `label@head`";
    assert_eq!(up("a@b@c"), ["`a@b@c` is not a target", help]);
    assert_eq!(
        up("+0"),
        [
            "`+0` leads nowhere: it has no steps",
            "help: one step up is `+1`, one step down is `-1`"
        ]
    );
    assert_eq!(
        up("20260101:head"),
        [
            "`20260101:head` is a range, and one target is wanted here",
            "help: name the end alone: `head`"
        ]
    );
    assert_eq!(
        up("current"),
        [
            "`current` is a place in what is applied, which has no meaning here",
            "help: name a revision: its id, or `head`"
        ]
    );
}

#[test]
fn names_that_lead_nowhere() {
    let up = |target: &str| plan_of(LINE, &[], &format!("up {target}"));
    assert_eq!(
        up("20260202"),
        [
            "no revision or branch label `20260202`",
            "help: a similar name exists: `20260102`"
        ]
    );
    assert_eq!(
        up("hed"),
        [
            "no revision or branch label `hed`",
            "help: a similar name exists: `head`"
        ]
    );
    assert_eq!(
        up("bas"),
        [
            "no revision or branch label `bas`",
            "help: `cargo migrate history` lists the revisions"
        ],
        "no suggestion destroys"
    );
    assert_eq!(
        up("zebra"),
        [
            "no revision or branch label `zebra`",
            "help: `cargo migrate history` lists the revisions"
        ]
    );
    assert_eq!(
        up("202601"),
        [
            "`202601` is ambiguous: it begins `20260101` and `20260102`",
            "help: type more of it: `20260101`"
        ]
    );
    assert_eq!(
        up("202602"),
        ["20260101", "20260102", "20260203"],
        "a unique beginning is enough"
    );
    let up = |target: &str| plan_of(FORK, &[], &format!("up {target}"));
    assert_eq!(
        up("lefd@head"),
        ["no branch `lefd`", "help: a similar name exists: `left`"]
    );
    assert_eq!(
        up("left@right2"),
        [
            "revision `right2` is not on the branch `left`",
            "help: leave the branch out: `right2`"
        ]
    );
    assert_eq!(
        up("head"),
        [
            "`head` means one head, and there are 2: `left2` and `right2`",
            "help: name one: `left2`; or all: `heads`; or `cargo migrate merge left2 right2`"
        ]
    );
    assert_eq!(
        up("left2 mid1"),
        [
            "the target `left2` contains the target `mid1`",
            "help: name `left2` alone"
        ]
    );
}

#[test]
fn ids_with_dashes_are_not_steps() {
    let history = "2026-05-17-init; 2026-06-01-more < 2026-05-17-init; plain < 2026-06-01-more";
    assert_eq!(
        plan_of(history, &[], "up 2026-06-01-more"),
        ["2026-05-17-init", "2026-06-01-more"]
    );
    assert_eq!(
        plan_of(history, &[], "up 2026-05"),
        ["2026-05-17-init"],
        "a beginning that looks like steps"
    );
    assert_eq!(
        plan_of(history, &["plain"], "down 2026-05"),
        ["plain", "2026-06-01-more"]
    );
    assert_eq!(
        plan_of(history, &[], "up plain-2"),
        ["2026-05-17-init"],
        "steps"
    );
    assert_eq!(
        plan_of(history, &[], "up 2026-06-01-more-1"),
        ["2026-05-17-init"]
    );
}

#[test]
fn steps_that_cannot_be_counted() {
    assert_eq!(
        plan_of(LINE, &["20260101"], "up +3"),
        [
            "`+3` goes too far: there are 2 steps above what is applied",
            "help: at most `+2`"
        ]
    );
    assert_eq!(
        plan_of(LINE, &["20260101"], "down 20260203-9"),
        [
            "`20260203-9` goes too far: there are 3 steps below `20260203`",
            "help: at most `20260203-3`"
        ]
    );
    assert_eq!(
        plan_of(LINE, &[], "down -1"),
        ["nothing is applied, so nothing can be reverted"]
    );
    assert_eq!(
        plan_of(FORK, &["mid1"], "up +1"),
        [
            "`+1` is ambiguous: at `mid1` the way divides into `left1` and `right1`",
            "help: name the revision: `left1`"
        ]
    );
    assert_eq!(plan_of(FORK, &["mid1"], "up right@+1"), ["right1"]);
    assert_eq!(
        plan_of(FORK, &["left1", "right1"], "up +1"),
        [
            "`+1` is ambiguous: several heads are applied: `left1` and `right1`",
            "help: say on which branch: `left1@+1`"
        ]
    );
    assert_eq!(
        plan_of(FORK, &["left1", "right1"], "up left1@+1"),
        ["left2"],
        "what the help says works"
    );
    assert_eq!(
        plan_of(DIAMOND, &["dddd"], "down -1"),
        [
            "`-1` is ambiguous: at `dddd` the way divides into `bbbb` and `cccc`",
            "help: name the revision: `bbbb`"
        ]
    );
    assert_eq!(
        plan_of(FORK, &["left1", "right2"], "down -1"),
        [
            "right2",
            "counted down from `right2`, which was applied last; `left1` is applied too"
        ]
    );
}

#[test]
fn downgrades_that_take_nothing_back() {
    assert_eq!(
        plan_of(LINE, &["20260101"], "down 20260102"),
        [
            "`20260102` is not a revision to go down to: neither it nor anything above it is applied",
            "help: to go up to it: `cargo migrate up 20260102`"
        ]
    );
    assert_eq!(
        plan_of("a; b < a # b1; c < a; d < c", &["b", "d"], "down b1@c"),
        [
            "revision `c` is not on the branch `b1`",
            "help: leave the branch out: `c`"
        ]
    );
    assert_eq!(
        plan_of("a # top; b < a; c < a", &["b", "c"], "down top@a"),
        [
            "`top@a` is not a revision to go down to: the branch `top` does not lead up from it",
            "help: leave the branch out, or name a revision further down"
        ]
    );
    assert_eq!(
        plan_of(LINE, &["20260101", "gone"], "up head"),
        [
            "the database has revisions that this history does not know: `gone`",
            "help: get the revisions back (another branch of the repository may have them), or forget them: `cargo migrate stamp --purge 20260101`"
        ]
    );
}

#[test]
fn scripts_that_cannot_start() {
    let graph = graph(LINE);
    let error = plan::downgrade_script(&graph, "20260101").unwrap_err();
    assert_eq!(
        words(&error, error.help()),
        [
            "a script down to `20260101` must know the revision that it starts from",
            "help: name it: `head:20260101`"
        ]
    );
    let error = plan::stamp_script(&graph, &["20260101:head", "base:head"], false).unwrap_err();
    assert_eq!(
        words(&error, error.help()),
        [
            "a script has one start, and there are two: `20260101` and `base`",
            "help: write a script for each"
        ]
    );
    let error = plan::stamp_script(&graph, &["head"], true).unwrap_err();
    assert_eq!(
        words(&error, error.help()),
        [
            "what a purge takes away is not known without a database",
            "help: leave `--purge` or `--sql` out"
        ]
    );
    let (applied, plan) = plan::upgrade_script(&graph, "20260101:20260102").unwrap();
    assert_eq!((applied.len(), plan.len()), (1, 1));
    let (applied, plan) = plan::upgrade_script(&graph, "head-1:head").unwrap();
    assert_eq!(plan.len(), 1);
    assert_eq!(applied.len() + 1, graph.nodes().count());
    for range in ["-1:head", "current:head", "head-99:head"] {
        assert!(plan::upgrade_script(&graph, range).is_err(), "{range}");
    }
}

#[test]
fn a_range_may_begin_with_steps_from_a_revision() {
    for range in ["head-1:", "20260102:", "20260101+1:"] {
        assert_eq!(range_of(LINE, &[], range), ["20260203", "20260102"]);
    }
    assert_eq!(
        range_of(LINE, &[], "head-99:"),
        [
            "`head-99` goes too far: there are 3 steps below `20260203`",
            "help: at most `20260203-3`"
        ]
    );
}

#[test]
fn ranges_that_are_none() {
    assert_eq!(
        range_of(LINE, &[], "20260102"),
        [
            "`20260102` is not a range",
            "help: a range is `from:to`, `from:` or `:to`"
        ]
    );
    assert_eq!(
        range_of(LINE, &[], "20260203:20260101"),
        [
            "`20260203` is not below `20260101`",
            "help: the other way round: `20260101:20260203`"
        ]
    );
    // of revisions on two branches, neither way round is a range
    assert_eq!(
        range_of("a; b < a; c < a", &[], "b:c"),
        [
            "`b` is not below `c`",
            "help: from there to the heads: `b:`"
        ]
    );
    assert_eq!(
        range_of(LINE, &["20260102"], "-1:current"),
        [
            "`-1` could be counted from the upper end of the range, or from the heads",
            "help: name the revision: from the upper end it is `20260101`, from the heads `20260102`"
        ]
    );
    assert_eq!(
        range_of(LINE, &["20260203"], "-1:current"),
        ["20260203", "20260102"]
    );
    assert_eq!(
        range_of(FORK, &[], "mid1@base:"),
        [
            "`mid1` is not on a branch with a label",
            "help: from there to the heads: `mid1:`"
        ]
    );
    assert_eq!(
        range_of(LINE, &[], "current:current"),
        [
            "`current:current` is not a range: it has one end",
            "help: what is applied is `:current`, what is not is `current:`"
        ]
    );
}

#[test]
fn drafts_that_do_not_fit() {
    assert_eq!(draft_of(LINE, Request::default()), ["20260203"]);
    assert_eq!(
        draft_of("", Request::default()),
        [""; 0],
        "the first revision is a base"
    );
    assert_eq!(
        draft_of(FORK, Request::default()),
        [
            "`head` means one head, and there are 2: `left2` and `right2`",
            "help: say which one to continue: `--head left2`; or join them first: `cargo migrate merge left2 right2`"
        ]
    );
    assert_eq!(
        draft_of(
            FORK,
            Request {
                heads: targets(&["heads"]),
                ..Request::default()
            }
        ),
        ["left2", "right2"]
    );
    assert_eq!(
        draft_of(
            FORK,
            Request {
                heads: targets(&["left1"]),
                ..Request::default()
            }
        ),
        [
            "`left1` is not a head: it is continued already",
            "help: to begin a branch there: `--splice --branch-label NAME`"
        ]
    );
    assert_eq!(
        draft_of(
            FORK,
            Request {
                heads: targets(&["left1"]),
                splice: true,
                ..Request::default()
            }
        ),
        ["left1"]
    );
    assert_eq!(
        draft_of(
            FORK,
            Request {
                heads: targets(&["left2", "left@head"]),
                ..Request::default()
            }
        ),
        ["`left2` is given twice", "help: name it once"]
    );
    assert_eq!(
        draft_of(
            LINE,
            Request {
                id: "20260102".to_owned(),
                ..Request::default()
            }
        ),
        [
            "the id `20260102` is taken",
            "help: give another one: `--rev-id …`"
        ]
    );
    assert_eq!(
        draft_of(
            LINE,
            Request {
                id: "a b".to_owned(),
                ..Request::default()
            }
        ),
        [
            "the id `a b` has a character that is not allowed: ' '",
            "help: use letters, digits, `_`, `.` and `-`: `a_b`"
        ]
    );
    let label = |label: &str| Request {
        heads: targets(&["left2"]),
        branch_labels: vec![label.to_owned()],
        ..Request::default()
    };
    assert_eq!(
        draft_of(FORK, label("right")),
        [
            "the branch label `right` is on `right1` and on `new`",
            "help: a branch label belongs to one revision, and goes on to those after it: remove one of the two"
        ]
    );
    assert_eq!(draft_of(FORK, label("third")), ["left2"]);
    let depends = |name: &str| Request {
        heads: targets(&["left2"]),
        depends_on: vec![name.to_owned()],
        ..Request::default()
    };
    assert_eq!(
        draft_of(FORK, depends("base")),
        [
            "`base` is no revision to depend on",
            "help: name a revision or a branch label"
        ]
    );
    let drafted = draft(
        &graph(FORK),
        &Request {
            id: "new".to_owned(),
            ..depends("right2")
        },
    )
    .unwrap();
    assert_eq!(drafted.header.depends_on, ["right2"]);
    let drafted = draft(
        &graph(FORK),
        &Request {
            id: "new".to_owned(),
            ..depends("right")
        },
    )
    .unwrap();
    assert_eq!(
        drafted.header.depends_on,
        ["right"],
        "a label stays a label"
    );
}
