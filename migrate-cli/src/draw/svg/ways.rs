//! The ways of the lanes in the picture: one path for each lane, and one for each link that joins a
//! lane. A lane costs what changes about it, not the rows that it passes.

use super::page::{ROW, colour, place};
use crate::draw::lanes::{Link, Row};

/// The paths that are finished, and those of the lanes that go on.
#[derive(Default)]
pub(super) struct Ways {
    text: String,
    /// By column.
    open: Vec<Option<Way>>,
}

struct Way {
    link: Link,
    path: String,
}

impl Ways {
    /// Adds the lanes of a row.
    pub(super) fn row(&mut self, row: &Row<'_>, at: usize) {
        let from = row.column;
        let (x, y) = place(from, at);
        if let Some(way) = self.take(from) {
            self.end(from, &way, &format!("V{y}"));
        }
        if let Some((turned, _)) = row.turned
            && let Some(way) = self.take(turned)
        {
            let (turned_x, _) = place(turned, at);
            self.end(turned, &way, &format!("V{y}{}", curve(turned_x, y, x)));
        }
        for (to, link) in &row.links {
            let (to_x, _) = place(*to, at);
            let way = Way {
                link: *link,
                path: format!("M{x} {y}{}", curve(x, y, to_x)),
            };
            if row.cut == Some(*to) {
                self.cut(*to, &way, y);
                continue;
            }
            let Some(lane) = self.take(*to) else {
                self.begin(*to, way);
                continue;
            };
            self.end(from, &way, "");
            if lane.link < *link {
                // from here on the lane is a parent's
                self.end(*to, &lane, &format!("V{}", y + ROW));
                let path = format!("M{to_x} {}", y + ROW);
                self.begin(*to, Way { link: *link, path });
            } else {
                self.begin(*to, lane);
            }
        }
    }

    /// The text of all paths.
    pub(super) fn finished(self) -> String {
        self.text
    }

    fn take(&mut self, column: usize) -> Option<Way> {
        self.open.get_mut(column).and_then(Option::take)
    }

    fn begin(&mut self, column: usize, way: Way) {
        if self.open.len() <= column {
            self.open.resize_with(column + 1, || None);
        }
        self.open[column] = Some(way);
    }

    /// Writes the path of a way in the colour of a column.
    fn end(&mut self, column: usize, way: &Way, rest: &str) {
        let class = match way.link {
            Link::Parent => "way",
            Link::Dependency => "way dependency",
        };
        self.path(class, column, &way.path, rest);
    }

    /// The way to parents that are not drawn.
    fn cut(&mut self, column: usize, way: &Way, y: usize) {
        let straight = format!("V{}", y + ROW * 2 / 3);
        let rest = if way.path.contains('C') {
            ""
        } else {
            &straight
        };
        self.path("way cut", column, &way.path, rest);
    }

    fn path(&mut self, class: &str, column: usize, path: &str, rest: &str) {
        let colour = colour(column);
        self.text += &format!("<path class=\"{class} w{colour}\" d=\"{path}{rest}\"/>\n");
    }
}

/// From a row to the next, in another column.
fn curve(x: usize, y: usize, to: usize) -> String {
    if x == to {
        return String::new();
    }
    let (half, next) = (y + ROW / 2, y + ROW);
    format!("C{x} {half} {to} {half} {to} {next}")
}
