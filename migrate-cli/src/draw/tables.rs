//! A schema drawn: its tables with their columns, and the keys between them, as SVG, Mermaid and
//! DOT. Pure functions of a [`Diagram`], which is the part of a schema that is drawn.

mod arrange;
mod diagram;
mod layers;
mod picture;
mod text;
mod wires;

pub(crate) use diagram::{Diagram, Selection};
pub(crate) use picture::draw as svg;
pub(crate) use text::{dot, mermaid};
