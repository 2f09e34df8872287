//! Lanes as characters, two columns of the terminal for each lane. Knows the two sets of
//! characters, and not the text next to the lanes.

use super::lanes::{Link, Row};

/// One cell: what leads from its middle in each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    up: Option<Link>,
    down: Option<Link>,
    left: Option<Link>,
    right: Option<Link>,
}

/// What there is room for, and what it is drawn with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// How many cells, at least three.
    most: usize,
    /// Whether only ASCII can be shown.
    pub(super) ascii: bool,
}

/// One line of lanes. The first character of a cell has the place of a revision.
#[derive(Debug, Default)]
pub(super) struct Strip {
    /// The cells that there is room for.
    pub(super) cells: Vec<[char; 2]>,
    /// Whether there is more to the right.
    pub(super) more: bool,
}

impl Room {
    /// Room for so many cells.
    pub(super) fn new(most: usize, ascii: bool) -> Room {
        Room {
            most: most.max(3),
            ascii,
        }
    }

    /// How many cells such a line takes.
    pub(super) fn taken(self, lanes: usize) -> usize {
        lanes.min(self.most)
    }

    /// How many lanes of so many are shown. Two cells are kept, for what says that there are more,
    /// and for the revision.
    pub(super) fn shown(self, lanes: usize) -> usize {
        if lanes <= self.most {
            lanes
        } else {
            self.most - 2
        }
    }

    /// The lanes next to a revision.
    pub(super) fn beside(self, row: &Row<'_>) -> Strip {
        self.passing(&row.beside)
    }

    /// The lanes below a revision.
    pub(super) fn below(self, row: &Row<'_>) -> Strip {
        self.passing(&row.below)
    }

    /// The lines from a revision to the lanes of its links: none, if they are all straight below
    /// it. A line for dependencies comes before one for parents.
    pub(super) fn links(self, row: &Row<'_>) -> Vec<Strip> {
        let strip = |cells: &Vec<Cell>| self.strip(cells, row);
        linked(row).iter().map(strip).collect()
    }

    /// The line in which a lane is cut, if one is.
    pub(super) fn cut(self, row: &Row<'_>) -> Option<Strip> {
        let column = row.cut?;
        let mut strip = self.below(row);
        match strip.cells.get_mut(column) {
            Some(cell) => *cell = ['~', ' '],
            None => strip.more = true,
        }
        Some(strip)
    }

    /// Lanes that only go down.
    fn passing(self, lanes: &[Option<Link>]) -> Strip {
        let (shown, hidden) = lanes.split_at(self.shown(lanes.len()));
        let down = |lane: &Option<Link>| Cell {
            up: *lane,
            down: *lane,
            ..Cell::default()
        };
        let draw = if self.ascii { Cell::plain } else { Cell::drawn };
        Strip {
            cells: shown.iter().map(|lane| draw(down(lane))).collect(),
            more: hidden.iter().any(Option::is_some),
        }
    }

    /// The cells between a revision and the lanes of its links, as characters.
    fn strip(self, cells: &[Cell], row: &Row<'_>) -> Strip {
        let (shown, hidden) = cells.split_at(self.shown(cells.len()));
        let slashes = self.ascii && cells.iter().all(|cell| cell.is_near());
        let away = |column: usize| row.turned.is_none() && column >= row.column;
        let draw = |(column, cell): (usize, &Cell)| match self.ascii {
            true if slashes => cell.slashed(if away(column) { '\\' } else { '/' }),
            true => cell.plain(),
            false => cell.drawn(),
        };
        Strip {
            cells: shown.iter().enumerate().map(draw).collect(),
            more: hidden.iter().any(|cell| *cell != Cell::default()),
        }
    }
}

/// The cells between a revision and the lanes of its links. Where a link crosses a lane, the lane
/// passes below it.
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

impl Cell {
    /// In box-drawing characters.
    fn drawn(self) -> [char; 2] {
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
        [middle, horizontal(self.right)]
    }

    /// In ASCII.
    fn plain(self) -> [char; 2] {
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
        [middle, stroke(self.right)]
    }

    /// Whether slashes can draw it: no stroke passes it, and none is a dependency's, which has to
    /// be seen.
    fn is_near(self) -> bool {
        let passed = self.left.is_some() && self.right.is_some() && self.up.is_none();
        let dashed = [self.left, self.right].contains(&Some(Link::Dependency));
        !passed && !dashed
    }

    /// In ASCII, with a slash for the stroke to the right. A corner is nothing but the slash.
    fn slashed(self, slash: char) -> [char; 2] {
        let corner = self.up.is_some() != self.down.is_some() && self.left.or(self.right).is_some();
        let middle = match self.up.max(self.down) {
            _ if corner => ' ',
            Some(Link::Parent) => '|',
            Some(Link::Dependency) => ':',
            None => ' ',
        };
        let right = if self.right.is_some() { slash } else { ' ' };
        [middle, right]
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
