//! What the signs of the terminal's drawing mean, as far as they are in it.

use super::caption::State;
use super::terminal::{sign, sign_style};
use crate::json::Graph;
use crate::style::paint;

/// One line; `None` when the drawing speaks for itself.
pub(super) fn text(graph: &Graph) -> Option<String> {
    let ascii = graph.screen.ascii;
    let mut states: Vec<State> = graph.revisions.iter().map(State::of).collect();
    states.extend(graph.unknown().iter().map(|_| State::Unknown));
    states.sort();
    states.dedup();
    let states = states.into_iter().filter(|state| *state != State::Unasked);
    let mut signs: Vec<String> = states
        .map(|state| {
            format!(
                "{} {}",
                paint(sign_style(state), sign(state, ascii)),
                state.name()
            )
        })
        .collect();
    if graph
        .revisions
        .iter()
        .any(|revision| !revision.dependencies.is_empty())
    {
        signs.push(format!("{} depends on", if ascii { "..." } else { "╌╌╌" }));
    }
    Some(signs.join("   ")).filter(|text| !text.is_empty())
}
