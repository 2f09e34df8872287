//! The history drawn: for the terminal, and as Mermaid, DOT and SVG for a page. Each form is a pure
//! function of the struct that is also the JSON; which columns the lanes have (`lanes`) and which
//! words a revision gets (`caption`) is decided once for all.

mod beyond;
mod caption;
mod cells;
mod dot;
mod fit;
mod lanes;
mod legend;
mod mermaid;
mod svg;
pub(crate) mod tables;
mod terminal;

use super::args::Form;
use super::json::{Answer, Graph};
use migrate_graph::Help;

impl Answer for Graph {
    fn text(&self) -> String {
        match self.form {
            Form::Text => terminal::draw(self),
            Form::Mermaid => mermaid::draw(self),
            Form::Dot => dot::draw(self),
            Form::Svg => svg::draw(self),
            // printed by the caller
            Form::Json => String::new(),
        }
    }

    /// What the signs of the terminal's drawing mean.
    fn remark(&self) -> Option<Help> {
        match self.form {
            Form::Text if self.is_empty() => Some("the history has no revisions".into()),
            Form::Text => legend::text(self).map(Help::from),
            Form::Mermaid | Form::Dot | Form::Svg | Form::Json => None,
        }
    }
}

impl Graph {
    /// Whether there is nothing to draw.
    fn is_empty(&self) -> bool {
        self.revisions.is_empty() && self.unknown().is_empty()
    }

    /// Whether a dependency is drawn.
    fn shows_dependencies(&self) -> bool {
        let beyond = beyond::ids(self);
        let drawn = |id: &String| !beyond.contains(id.as_str());
        let mut revisions = self.revisions.iter();
        revisions.any(|revision| revision.dependencies.iter().any(drawn))
    }

    /// The applied ids that the history does not know.
    fn unknown(&self) -> &[String] {
        self.unknown.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
