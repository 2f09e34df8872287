//! Nothing that anyone can write panics, and every problem has its words and its place.

use migrate_graph::draft::{Request, draft};
use migrate_graph::{
    Applied, Graph, Header, Problem, Range, Rules, Target, check_id, history, plan, target,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::histories::{cases, headers};

/// Names of which many are the same, some illegal, some with a meaning of their own.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-e]",
        2 => "[a-c]{4,6}",
        1 => Just("head".to_owned()),
        1 => Just("base".to_owned()),
        1 => "[a-c][-+@:.][0-9a-c]",
        1 => any::<String>(),
    ]
}

fn any_headers() -> impl Strategy<Value = Vec<Header>> {
    let header = (
        name(),
        vec(name(), 0..3),
        vec(name(), 0..3),
        vec(name(), 0..2),
    )
        .prop_map(|(id, down_revision, depends_on, branch_labels)| Header {
            id,
            down_revision,
            depends_on,
            branch_labels,
            message: String::new(),
        });
    vec(header, 0..8)
}

/// Anything that looks a little like a target or a range.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => name(),
        2 => "(r|ab|2026)[0-9]{0,6}",
        1 => "label[0-9]",
        2 => Just("head".to_owned()),
        1 => Just("heads".to_owned()),
        1 => Just("base".to_owned()),
        1 => Just("current".to_owned()),
        3 => "[+-][0-9]{1,3}",
        1 => "[+-]99999999999999999999",
        2 => Just("@".to_owned()),
        1 => Just(":".to_owned()),
        1 => Just(String::new()),
    ];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn check(problems: &[Problem], headers: &[Header]) -> Result<(), TestCaseError> {
    for problem in problems {
        prop_assert!(!problem.message().is_empty() && !problem.message().contains('\n'));
        prop_assert!(problem.help().is_none_or(|help| !help.is_empty()));
        let sites = problem.sites();
        prop_assert!(!sites.is_empty());
        prop_assert!(
            problem
                .notes()
                .iter()
                .all(|(site, _)| sites[1..].contains(site))
        );
        for site in sites {
            let header = headers.get(site.header).expect("a site is in a header");
            match site.part {
                migrate_graph::Part::Id => {}
                migrate_graph::Part::DownRevision(place) => {
                    prop_assert!(place < header.down_revision.len());
                }
                migrate_graph::Part::DependsOn(place) => {
                    prop_assert!(place < header.depends_on.len());
                }
                migrate_graph::Part::BranchLabel(place) => {
                    prop_assert!(place < header.branch_labels.len());
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn any_headers_form_a_graph_or_problems(headers in any_headers()) {
        match Graph::new(headers.clone()) {
            Ok(graph) => {
                prop_assert!(graph.nodes().all(|node| check_id(graph.id(node)).is_ok()));
                check(&graph.shape(&Rules::default()), &headers)?;
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                check(&problems, &headers)?;
                let checked = Graph::check(headers.clone(), &Rules::default()).unwrap_err();
                prop_assert!(problems.iter().all(|problem| checked.contains(problem)));
                check(&checked, &headers)?;
            }
        }
    }

    #[test]
    fn any_words_are_answered(
        headers in headers(10),
        texts in vec(words(), 1..4),
        versions in vec(words(), 0..3),
        rows in vec("(r|ab|2026)[0-9]{1,4}", 0..3),
    ) {
        let graph = Graph::new(headers).unwrap();
        for versions in [versions, rows] {
            let applied = Applied::new(&graph, &versions);
            Applied::from_sound_heads(&graph, &versions).err().map(|error| (error.to_string(), error.help()));
            let targets: Vec<Target> = texts.iter().filter_map(|text| match text.parse::<Target>() {
                Ok(target) => Some(target),
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    let _ = error.help();
                    None
                }
            }).collect();
            for target in &targets {
                target::resolve(&graph, target).err().map(|error| (error.to_string(), error.help()));
                plan::downgrade(&graph, &applied, target).err().map(|error| (error.to_string(), error.help()));
            }
            plan::upgrade(&graph, &applied, &targets).err().map(|error| (error.to_string(), error.help()));
            for purge in [false, true] {
                plan::stamp(&graph, &applied, &targets, purge).err().map(|error| (error.to_string(), error.help()));
            }
            for text in &texts {
                plan::upgrade_script(&graph, text).err().map(|error| (error.to_string(), error.help()));
                plan::downgrade_script(&graph, text).err().map(|error| (error.to_string(), error.help()));
                let range = text.parse::<Range>().or_else(|_| format!("{text}:").parse());
                if let Ok(range) = range {
                    history(&graph, &applied, &range).err().map(|error| (error.to_string(), error.help()));
                }
            }
            let request = Request {
                id: texts[0].clone(),
                heads: targets,
                splice: texts.len() > 1,
                branch_labels: versions.clone(),
                depends_on: texts.clone(),
                ..Request::default()
            };
            draft(&graph, &request).err().map(|error| (error.to_string(), error.help()));
        }
    }

    /// What is drafted is sound, and continues what it says.
    #[test]
    fn drafts_are_sound(headers in headers(10), splice in any::<bool>(), text in words()) {
        let graph = Graph::new(headers).unwrap();
        let Ok(head) = text.parse::<Target>() else { return Ok(()) };
        let request = Request { id: "znew".to_owned(), heads: vec![head], splice, ..Request::default() };
        if let Ok(draft) = draft(&graph, &request) {
            let node = draft.after.node("znew").expect("it is in the graph");
            prop_assert_eq!(draft.after.len(), graph.len() + 1);
            prop_assert_eq!(draft.after.header(node), &draft.header);
            prop_assert!(draft.after.is_real_head(node));
            for parent in &draft.header.down_revision {
                let parent = graph.node(parent).expect("a parent is a revision");
                prop_assert!(splice || graph.is_head(parent));
            }
        }
    }
}
