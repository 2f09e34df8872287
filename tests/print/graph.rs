//! `schema graph`: a schema of thirty tables as a picture, in which no line runs through a table,
//! and as text for Mermaid and Graphviz.

use std::ffi::OsString;
use std::path::Path;

use migrate_core::engine::backend::{self, Access, BackendKind};
use migrate_core::engine::scratch::run_sql;
use migrate_tests::scratch::Scratch;

fn drawn(sql: &str, more: &[&str]) -> Result<String, String> {
    let database = Scratch::new(BackendKind::Sqlite, "graph");
    let url = database.url().parse().unwrap();
    let mut session = backend::connect(&url, Access::Write).unwrap();
    run_sql(session.as_mut(), sql).map_err(|failed| format!("{failed:?}"))?;
    drop(session);
    let mut arguments: Vec<OsString> = vec!["graph".into(), database.url().into()];
    arguments.extend(more.iter().map(Into::into));
    crate::schema(arguments)
}

const THIRTY: &str = include_str!("graph/thirty.sql");

#[test]
fn thirty_tables_are_drawn() {
    for form in ["svg", "mermaid", "dot"] {
        let text = drawn(THIRTY, &["--format", form]).unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = path.join(format!("print/graph/thirty.{form}"));
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(
            snapbox::Data::text(text.as_str()).raw(),
            snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text)).raw(),
        );
    }
}

#[test]
fn no_line_runs_through_a_table_and_none_covers_another() {
    let picture = drawn(THIRTY, &[]).unwrap();
    let tables: Vec<[usize; 4]> = picture.lines().filter_map(rectangle).collect();
    assert_eq!(tables.len(), THIRTY.matches("CREATE TABLE").count());
    for (at, [x, y, w, h]) in tables.iter().enumerate() {
        for [a, b, c, d] in &tables[at + 1..] {
            assert!(x + w < *a || a + c < *x || y + h < *b || b + d < *y);
        }
    }
    let mut count = 0;
    for line in picture
        .lines()
        .filter(|line| line.starts_with("<path class=\"wire"))
    {
        let path = attribute(line, "d").unwrap();
        for [x1, y1, x2, y2] in segments(path) {
            count += 1;
            for [x, y, w, h] in &tables {
                let beside = x2 <= *x || x1 >= x + w || y2 <= *y || y1 >= y + h;
                assert!(beside, "{path} runs through the table at {x} {y}");
            }
        }
    }
    assert!(count > 60, "only {count} lines");
}

fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

fn rectangle(line: &str) -> Option<[usize; 4]> {
    let number = |name| attribute(line, name)?.parse().ok();
    line.starts_with("<rect class=\"table\"").then_some(())?;
    Some([
        number("x")?,
        number("y")?,
        number("width")?,
        number("height")?,
    ])
}

/// The lines of a path, each from its left or upper end.
fn segments(path: &str) -> Vec<[usize; 4]> {
    let mut segments = Vec::new();
    for part in path.split('M').skip(1) {
        let signs: String = part.replace('H', " H").replace('V', " V");
        let mut words = signs.split(' ');
        let mut number = || words.next().unwrap().parse::<usize>().unwrap();
        let (mut x, mut y) = (number(), number());
        for word in words {
            let (sign, to) = word.split_at(1);
            let to: usize = to.parse().unwrap();
            match sign {
                "H" => {
                    segments.push([x.min(to), y, x.max(to), y]);
                    x = to;
                }
                _ => {
                    segments.push([x, y.min(to), x, y.max(to)]);
                    y = to;
                }
            }
        }
    }
    segments
}

#[test]
fn a_part_of_the_tables_can_be_drawn() {
    let names = |more: &[&str]| -> Vec<String> {
        let text = drawn(THIRTY, &[&["--format", "mermaid"], more].concat()).unwrap();
        let named = text.lines().filter_map(|line| line.strip_suffix("\"] {"));
        named
            .filter_map(|line| Some(line.split_once('"')?.1.to_owned()))
            .collect()
    };
    assert_eq!(names(&["--only", "users", "teams"]), ["teams", "users"]);
    assert_eq!(names(&["--around", "tags"]), ["product_tags", "tags"]);
    assert_eq!(
        names(&["--around", "tags", "--depth", "2"]),
        ["product_tags", "products", "tags"]
    );
    assert_eq!(names(&["--around", "settings"]), ["settings"]);
    let error = drawn(THIRTY, &["--only", "user"]).unwrap_err();
    assert!(error.contains("there is no table `user`"), "{error}");
    assert!(error.contains("`users`"), "{error}");
}

#[test]
fn nothing_and_a_cycle_can_be_drawn() {
    assert!(drawn("SELECT 1", &[]).unwrap().contains("no tables"));
    let cycle = "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b(id));\n\
                 CREATE TABLE b (id INTEGER PRIMARY KEY, c INTEGER REFERENCES c(id));\n\
                 CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id));";
    let picture = drawn(cycle, &[]).unwrap();
    assert_eq!(picture.matches(" references ").count(), 3);
}
