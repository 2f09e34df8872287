//! Small histories, drawn in every form.
//!
//! The expected drawings are inline; `SNAPSHOTS=overwrite cargo test -p migrate-cli draw` rewrites
//! them.

mod forms;
mod shapes;
mod xml;

use migrate_graph::{Applied, Graph, Header};

use crate::args::Form;
use crate::commands::graph::{GraphArgs, graph};
use crate::json::{self, Answer};
use crate::listing::{Facts, Listing};
use crate::screen::Screen;

/// A revision with a message of its own.
fn revision<const N: usize>(id: &str, parents: [&str; N]) -> Header {
    let mut header = Header::new(id, parents);
    header.message = format!("Message of {id}.");
    header
}

/// The answer of `graph` over these revisions.
fn answer(
    headers: Vec<Header>,
    applied: Option<&[&str]>,
    form: Form,
    range: Option<&str>,
    screen: Screen,
) -> json::Graph {
    let history = Graph::new(headers).expect("the history is sound");
    let applied = applied.map(|versions| Applied::new(&history, versions));
    let facts = |_: &str| Facts::default();
    let listing = Listing::new(&history, &facts);
    let listing = match &applied {
        Some(applied) => listing.with_applied(applied),
        None => listing,
    };
    let args = GraphArgs {
        range: range.map(str::to_owned),
        indicate_current: applied.is_some(),
        format: form,
        ascii: false,
        json: false,
    };
    graph(&listing, &args, screen).expect("the range is one")
}

/// What is printed, without colours.
fn plain(answer: &json::Graph) -> String {
    anstream::adapter::strip_str(&answer.text()).to_string()
}

/// The drawings for a terminal, in Unicode and in ASCII.
fn drawn(headers: &[Header]) -> String {
    drawn_with(headers, None, None)
}

/// The same, with what is applied and in a range.
fn drawn_with(headers: &[Header], applied: Option<&[&str]>, range: Option<&str>) -> String {
    let draw = |ascii| {
        let screen = Screen { columns: 80, ascii };
        let answer = answer(headers.to_vec(), applied, Form::Text, range, screen);
        let legend = answer.remark().unwrap_or_default();
        let legend = anstream::adapter::strip_str(&legend.to_string()).to_string();
        plain(&answer) + &legend + "\n"
    };
    let (unicode, ascii) = (draw(false), draw(true));
    assert!(ascii.is_ascii(), "{ascii}");
    for line in unicode.lines().chain(ascii.lines()) {
        assert!(super::fit::width(line) <= 80, "{line}");
        assert_eq!(line, line.trim_end(), "blanks at the end");
    }
    format!("{unicode}\n{ascii}")
}
