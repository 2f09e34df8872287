//! Lanes as characters, two columns of the terminal for each lane. Knows the two sets of characters, and nothing of what
//! stands beside the lanes.

use super::lanes::{Link, Row};

/// One cell: what leads from its middle in each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    up: Option<Link>,
    down: Option<Link>,
    left: Option<Link>,
    right: Option<Link>,
}

/// The lines of a row as cells of two characters: the first has the place of the revision.
pub(super) struct Lines {
    /// Beside the revision.
    pub(super) node: Vec<String>,
    /// From the revision to the lanes of its links: none, if they are all straight below it. A line for dependencies comes
    /// before one for parents.
    pub(super) links: Vec<Vec<String>>,
    /// Where a lane is cut.
    pub(super) cut: Option<Vec<String>>,
    /// The lanes below.
    pub(super) below: Vec<String>,
}

/// The characters for a row; `glyph` stands for the revision.
pub(super) fn lines(row: &Row<'_>, glyph: &str, ascii: bool) -> Lines {
    let mut node = passing(&row.beside, ascii);
    node[row.column] = format!("{glyph} ");
    let below = passing(&row.below, ascii);
    let cut = row.cut.map(|column| {
        let mut cut = below.clone();
        cut.resize(cut.len().max(column + 1), "  ".to_owned());
        cut[column] = "~ ".to_owned();
        cut
    });
    Lines {
        node,
        links: linked(row)
            .iter()
            .map(|cells| joined(cells, Some(row), ascii))
            .collect(),
        cut,
        below,
    }
}

/// Lanes that only go down.
pub(super) fn passing(lanes: &[Option<Link>], ascii: bool) -> Vec<String> {
    let cell = |lane: &Option<Link>| Cell {
        up: *lane,
        down: *lane,
        ..Cell::default()
    };
    let cells: Vec<Cell> = lanes.iter().map(cell).collect();
    joined(&cells, None, ascii)
}

/// The cells between a revision and the lanes of its links. Where a link crosses a lane, the lane passes below it.
fn linked(row: &Row<'_>) -> Vec<Vec<Cell>> {
    let column = row.column;
    let mut lanes = row.beside.clone();
    lanes.resize(lanes.len().max(row.below.len()), None);
    let straight = row.links.iter().find(|(to, _)| *to == column);
    let straight = straight.map(|(_, link)| *link);
    let aside = |kind: Link| {
        let links = row.links.iter();
        links.filter(move |(to, link)| *to != column && *link == kind)
    };
    let to_parents = row.turned.is_some() || aside(Link::Parent).next().is_some();

    let mut lines = Vec::new();
    lanes[column] = if to_parents {
        Some(Link::Parent)
    } else {
        straight
    };
    if aside(Link::Dependency).next().is_some() {
        lines.push(line(&mut lanes, row, aside(Link::Dependency)));
    }
    lanes[column] = straight;
    if to_parents {
        let mut cells = line(&mut lanes, row, aside(Link::Parent));
        if let Some((from, link)) = row.turned {
            across(&mut cells, column, from, link);
            cells[from].up = Some(link);
            cells[from].down = None;
        }
        lines.push(cells);
    }
    lines
}

/// One line of links to lanes aside; `lanes` are those that leave it below.
fn line<'a>(
    lanes: &mut [Option<Link>],
    row: &Row<'_>,
    links: impl Iterator<Item = &'a (usize, Link)> + Clone,
) -> Vec<Cell> {
    let above = lanes.to_vec();
    let down = |lane: &Option<Link>| Cell {
        up: *lane,
        down: *lane,
        ..Cell::default()
    };
    let mut cells: Vec<Cell> = lanes.iter().map(down).collect();
    cells[row.column].up = row.links.iter().map(|(_, link)| *link).max();
    for (to, link) in links.clone() {
        across(&mut cells, row.column, *to, *link);
    }
    for (to, link) in links {
        lanes[*to] = lanes[*to].max(Some(*link));
        cells[*to].up = above[*to];
        cells[*to].down = lanes[*to];
    }
    cells
}

/// A stroke from one column to another.
fn across(cells: &mut [Cell], from: usize, to: usize, link: Link) {
    let (left, right) = (from.min(to), from.max(to));
    cells[left].right = cells[left].right.max(Some(link));
    cells[right].left = cells[right].left.max(Some(link));
    for cell in &mut cells[left + 1..right] {
        *cell = Cell {
            left: cell.left.max(Some(link)),
            right: cell.right.max(Some(link)),
            ..Cell::default()
        };
    }
}

/// The cells as characters; between lanes, those of the links of a row.
fn joined(cells: &[Cell], links_of: Option<&Row<'_>>, ascii: bool) -> Vec<String> {
    if !ascii {
        return cells.iter().map(|cell| cell.drawn()).collect();
    }
    let Some(row) = links_of.filter(|_| cells.iter().all(|cell| cell.is_near())) else {
        return cells.iter().map(|cell| cell.plain()).collect();
    };
    let slash = |column: usize| match row.turned.is_none() && column >= row.column {
        true => '\\',
        false => '/',
    };
    let columns = cells.iter().enumerate();
    columns
        .map(|(column, cell)| cell.slashed(slash(column)))
        .collect()
}

impl Cell {
    /// In box-drawing characters.
    fn drawn(self) -> String {
        let vertical = match self.up.or(self.down) {
            Some(Link::Dependency) => '╎',
            _ => '│',
        };
        let sides = (
            self.up.is_some(),
            self.down.is_some(),
            self.left.is_some(),
            self.right.is_some(),
        );
        let middle = match sides {
            (false, false, false, false) => ' ',
            (_, _, false, false) => vertical,
            (false, false, _, _) => horizontal(self.left.or(self.right)),
            (false, true, false, true) => '╭',
            (false, true, true, false) => '╮',
            (true, false, false, true) => '╰',
            (true, false, true, false) => '╯',
            (true, true, false, true) => '├',
            (true, true, true, false) => '┤',
            (false, true, true, true) => '┬',
            (true, false, true, true) => '┴',
            (true, true, true, true) => '┼',
        };
        [middle, horizontal(self.right)].iter().collect()
    }

    /// In ASCII.
    fn plain(self) -> String {
        let stroke = |side: Option<Link>| match side {
            Some(Link::Parent) => '-',
            Some(Link::Dependency) => '.',
            None => ' ',
        };
        let aside = self.left.or(self.right);
        let middle = match (self.up, self.down) {
            (None, None) => stroke(aside),
            (Some(_), Some(_)) if aside.is_some() => '+',
            (Some(_), None) | (None, Some(_)) if self.left.is_some() && self.right.is_some() => '+',
            (None, Some(_)) if aside.is_some() => '.',
            (Some(_), None) if aside.is_some() => '\'',
            (Some(Link::Dependency), _) | (None, Some(Link::Dependency)) => ':',
            (Some(Link::Parent), _) | (None, Some(Link::Parent)) => '|',
        };
        [middle, stroke(self.right)].iter().collect()
    }

    /// Whether slashes can draw it: no stroke passes it, and none is a dependency's, which has to be seen.
    fn is_near(self) -> bool {
        let passed = self.left.is_some() && self.right.is_some() && self.up.is_none();
        let dashed = [self.left, self.right].contains(&Some(Link::Dependency));
        !passed && !dashed
    }

    /// In ASCII, with a slash for the stroke to the right. A corner is nothing but the slash.
    fn slashed(self, slash: char) -> String {
        let corner = self.up.is_some() != self.down.is_some() && self.left.or(self.right).is_some();
        let middle = match self.up.max(self.down) {
            _ if corner => ' ',
            Some(Link::Parent) => '|',
            Some(Link::Dependency) => ':',
            None => ' ',
        };
        let right = if self.right.is_some() { slash } else { ' ' };
        [middle, right].iter().collect()
    }
}

/// A stroke to the side in box-drawing characters.
fn horizontal(link: Option<Link>) -> char {
    match link {
        Some(Link::Parent) => '─',
        Some(Link::Dependency) => '╌',
        None => ' ',
    }
}
