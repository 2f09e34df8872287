//! What a history costs: building and checking the graph, heads, plans, names, and memory, for
//! 1,000 to 100,000 revisions.
//!
//! `cargo bench -p migrate-graph` prints one table for each shape of history. Numbers after `--`
//! are other sizes. Times are medians; memory is the peak of a process of its own that builds the
//! graph once and plans base to heads.

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use migrate_graph::{Applied, Graph, Header, Rules, Target, downgrade, history, target, upgrade};

const SHAPES: [Shape; 5] = [
    Shape::Line,
    Shape::Team,
    Shape::Services,
    Shape::Comb,
    Shape::Mesh,
];

fn main() {
    let (flags, arguments): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument == "--bench");
    let is_bench = !flags.is_empty();
    if let [flag, shape, size] = &arguments[..]
        && flag == PEAK
    {
        return print_peak(
            SHAPES[shape.parse::<usize>().expect("a shape")],
            size.parse().expect("a size"),
        );
    }
    let sizes: Vec<usize> = arguments
        .iter()
        .map(|size| size.parse().expect("a size is a number"))
        .collect();
    let sizes = match sizes[..] {
        [] if is_bench => vec![1_000, 10_000, 100_000],
        // `cargo test --all-targets` only wants to see that it runs
        [] => vec![100],
        _ => sizes,
    };
    for (place, shape) in SHAPES.into_iter().enumerate() {
        println!("\n{}", shape.description());
        println!(
            "{}",
            Figures::TITLES.map(|title| format!("{title:>12}")).concat()
        );
        for &size in &sizes {
            println!("{}", measure(shape, size, peak_of(place, size)).row());
        }
    }
}

/// The shapes of histories.
#[derive(Copy, Clone)]
enum Shape {
    Line,
    Team,
    Services,
    Comb,
    Mesh,
}

impl Shape {
    fn description(self) -> &'static str {
        match self {
            Shape::Line => "line: each revision continues the one before",
            Shape::Team => {
                "team: one trunk; branches of a few revisions are open all the time, and are merged back"
            }
            Shape::Services => {
                "services: 300 labelled branches from one root to the end, depending on each other"
            }
            Shape::Comb => "comb: one line, with a branch of one revision left open everywhere",
            Shape::Mesh => {
                "mesh: forks, merges and dependencies anywhere, nothing merged in the end"
            }
        }
    }

    /// The headers, in no useful order.
    fn headers(self, size: usize) -> Vec<Header> {
        let mut random = Random(size as u64 + 1);
        let mut headers = match self {
            Shape::Line => (0..size)
                .map(|place| header(place, before(place)))
                .collect(),
            Shape::Team => team(size, &mut random),
            Shape::Services => services(size, &mut random),
            Shape::Comb => (0..size).map(|place| header(place, comb(place))).collect(),
            Shape::Mesh => mesh(size, &mut random),
        };
        for place in (1..headers.len()).rev() {
            headers.swap(place, random.below(place + 1));
        }
        headers
    }
}

fn id(place: usize) -> String {
    format!("{}", 20_000_101_000_000_u64 + place as u64 * 7)
}

fn header(place: usize, parents: Vec<usize>) -> Header {
    let down_revision = parents.into_iter().map(id).collect();
    Header {
        id: id(place),
        down_revision,
        ..Header::default()
    }
}

fn before(place: usize) -> Vec<usize> {
    place.checked_sub(1).into_iter().collect()
}

fn comb(place: usize) -> Vec<usize> {
    if place % 2 == 1 {
        vec![place - 1]
    } else {
        place.checked_sub(2).into_iter().collect()
    }
}

fn team(size: usize, random: &mut Random) -> Vec<Header> {
    let mut trunk = 0;
    let mut open: Vec<usize> = Vec::new();
    let mut headers = vec![header(0, Vec::new())];
    for place in 1..size {
        let choice = random.below(10);
        if choice < 2 && open.len() < 20 {
            headers.push(header(place, vec![trunk]));
            open.push(place);
        } else if choice < 4 && !open.is_empty() {
            let branch = open.swap_remove(random.below(open.len()));
            headers.push(header(place, vec![trunk, branch]));
            trunk = place;
        } else if choice < 7 && !open.is_empty() {
            let branch = random.below(open.len());
            headers.push(header(place, vec![open[branch]]));
            open[branch] = place;
        } else {
            let mut next = header(place, vec![trunk]);
            if choice == 9 && !open.is_empty() {
                next.depends_on.push(id(open[random.below(open.len())]));
            }
            headers.push(next);
            trunk = place;
        }
    }
    headers
}

fn services(size: usize, random: &mut Random) -> Vec<Header> {
    let lines = 300.min(size / 4).max(1);
    let mut tips = vec![0; lines];
    let mut headers = vec![header(0, Vec::new())];
    for place in 1..size {
        let line = random.below(lines);
        let mut next = header(place, vec![tips[line]]);
        if tips[line] == 0 {
            next.branch_labels.push(format!("service{line}"));
        }
        let other = random.below(lines);
        if random.below(20) == 0 && tips[other] != 0 && other != line {
            next.depends_on.push(id(tips[other]));
        }
        headers.push(next);
        tips[line] = place;
    }
    headers
}

fn mesh(size: usize, random: &mut Random) -> Vec<Header> {
    let near = |random: &mut Random, place: usize| place - 1 - random.below(place.min(50));
    let mut headers = vec![header(0, Vec::new())];
    for place in 1..size {
        let mut parents = vec![near(random, place)];
        if random.below(5) == 0 {
            parents.push(near(random, place));
            parents.dedup();
        }
        let mut next = header(place, parents);
        for _ in 0..random.below(3) {
            let dependency = id(random.below(place));
            if !next.depends_on.contains(&dependency) {
                next.depends_on.push(dependency);
            }
        }
        headers.push(next);
    }
    headers
}

/// What was measured for one history.
struct Figures {
    revisions: usize,
    links: usize,
    heads: usize,
    times: [Duration; 7],
    memory: Option<u64>,
}

impl Figures {
    const TITLES: [&'static str; 11] = [
        "revisions",
        "links",
        "heads",
        "build",
        "find heads",
        "up all",
        "up one",
        "down all",
        "history",
        "prefix",
        "memory",
    ];

    fn row(&self) -> String {
        let mut cells = vec![
            self.revisions.to_string(),
            self.links.to_string(),
            self.heads.to_string(),
        ];
        cells.extend(self.times.iter().map(|time| text(*time)));
        cells.push(self.memory.map_or("?".to_owned(), |kilobytes| {
            format!("{:.1} MB", kilobytes as f64 / 1024.0)
        }));
        cells.iter().map(|cell| format!("{cell:>12}")).collect()
    }
}

fn measure(shape: Shape, size: usize, memory: Option<u64>) -> Figures {
    let headers = shape.headers(size);
    let runs = (200_000 / size.max(1)).clamp(3, 51);
    let rules = Rules {
        multiple_heads: migrate_graph::MultipleHeads::Allow,
    };
    let copies: Vec<Vec<Header>> = vec![headers; runs];
    let mut graphs = Vec::new();
    let build = median(copies.into_iter().map(|headers| {
        timed(|| graphs.push(Graph::check(headers, &rules).expect("the history is sound")))
    }));
    let graph = graphs.swap_remove(0);
    drop(graphs);
    let heads: Target = "heads".parse().expect("a target");
    let base: Target = "base".parse().expect("a target");
    let nothing = Applied::default();
    let everything = Applied::from_nodes(graph.nodes().collect());
    let mut all_but_one = everything.clone();
    let last = graph.real_heads().last().expect("a history has a head");
    all_but_one.remove(last);
    let one: Target = graph.id(last).parse().expect("an id is a target");
    let beginning: Target = graph.id(last)[..13]
        .parse()
        .expect("the beginning of an id is a target");
    let repeat = |work: &dyn Fn()| median((0..runs).map(|_| timed(work)));
    let plan =
        upgrade(&graph, &all_but_one, std::slice::from_ref(&one)).expect("the target exists");
    assert_eq!(plan.len(), 1, "one revision is missing");
    let times = [
        build,
        repeat(&|| {
            black_box(graph.heads().count());
        }),
        repeat(&|| {
            let plan =
                upgrade(&graph, &nothing, std::slice::from_ref(&heads)).expect("the target exists");
            assert_eq!(plan.len(), graph.len(), "everything is below the heads");
        }),
        repeat(&|| {
            black_box(
                upgrade(&graph, &all_but_one, std::slice::from_ref(&one))
                    .expect("the target exists"),
            );
        }),
        repeat(&|| {
            let plan = downgrade(&graph, &everything, &base).expect("the target exists");
            assert_eq!(plan.len(), graph.len(), "everything is above the base");
        }),
        repeat(&|| {
            black_box(
                history(&graph, &nothing, &migrate_graph::Range::default())
                    .expect("the range exists"),
            );
        }),
        repeat(&|| {
            let _ = black_box(target::resolve(&graph, &beginning));
        }),
    ];
    let links = graph.nodes().map(|node| graph.before(node).count()).sum();
    Figures {
        revisions: size,
        links,
        heads: graph.heads().count(),
        times,
        memory,
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times[times.len() / 2]
}

fn text(time: Duration) -> String {
    let nanoseconds = time.as_nanos() as f64;
    if nanoseconds < 1e3 {
        format!("{nanoseconds:.0} ns")
    } else if nanoseconds < 1e6 {
        format!("{:.1} µs", nanoseconds / 1e3)
    } else {
        format!("{:.2} ms", nanoseconds / 1e6)
    }
}

/// Says that this process is to tell what it takes to plan one history, and nothing else.
const PEAK: &str = "--peak";

/// The most memory that a process has when it builds a graph and plans base to heads, in kilobytes.
fn peak_of(shape: usize, size: usize) -> Option<u64> {
    let program = std::env::current_exe().ok()?;
    let output = std::process::Command::new(program)
        .args([PEAK, &shape.to_string(), &size.to_string()])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn print_peak(shape: Shape, size: usize) {
    let graph = Graph::new(shape.headers(size)).expect("the history is sound");
    let heads: Target = "heads".parse().expect("a target");
    black_box(upgrade(&graph, &Applied::default(), &[heads]).expect("the target exists"));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!(
        "{}",
        peak.and_then(|peak| peak.split_whitespace().next())
            .unwrap_or("?")
    );
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}
