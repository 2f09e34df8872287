//! The drawing as a picture for a page: one file that needs nothing else, on light and dark pages.

use super::arrange::{Arranged, MARKS, ROW, arranged};
use super::diagram::{Diagram, Entity, Field};
use super::wires::{Wires, wires};
use crate::draw::svg::escaped;

/// The colours of wires.
const COLOURS: usize = 6;

/// How the parts look.
const STYLE: &str = "
.page{fill:#ffffff}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}
.name{font-weight:bold;font-size:13px}
.type,.mark{fill:#59636e}.mark{font-size:10px}.type{text-anchor:end}
.table{fill:#ffffff;stroke:#8c959f}.head{fill:#eaeef2}.line{stroke:#d0d7de}
.key{font-weight:bold}
.wire{fill:none;stroke-width:1.5}.sign{stroke-width:1.5}
.w0{stroke:#0969da}.w1{stroke:#8250df}.w2{stroke:#1a7f37}.w3{stroke:#bc4c00}.w4{stroke:#bf3989}.w5{stroke:#1b7c83}
.f0{fill:#0969da}.f1{fill:#8250df}.f2{fill:#1a7f37}.f3{fill:#bc4c00}.f4{fill:#bf3989}.f5{fill:#1b7c83}
.open{fill:#ffffff}
@media (prefers-color-scheme:dark){
.page{fill:#0d1117}text{fill:#f0f6fc}.type,.mark{fill:#9198a1}
.table{fill:#0d1117;stroke:#656c76}.head{fill:#212830}.line{stroke:#3d444d}.open{fill:#0d1117}
.w0{stroke:#58a6ff}.w1{stroke:#bc8cff}.w2{stroke:#3fb950}.w3{stroke:#f0883e}.w4{stroke:#f778ba}.w5{stroke:#39c5cf}
.f0{fill:#58a6ff}.f1{fill:#bc8cff}.f2{fill:#3fb950}.f3{fill:#f0883e}.f4{fill:#f778ba}.f5{fill:#39c5cf}
}
";

/// The text of the picture.
pub(crate) fn draw(diagram: &Diagram) -> String {
    let arranged = arranged(diagram);
    let wires = wires(diagram, &arranged);
    let (width, height) = (arranged.width.max(200), arranged.height.max(60));
    let title = match diagram.tables.len() {
        0 => "no tables".to_owned(),
        1 => "1 table".to_owned(),
        count => format!("{count} tables"),
    };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n"
    );
    for (wire, path) in &wires.lines {
        text += &format!("<path class=\"wire w{}\" d=\"{path}\"/>\n", wire % COLOURS);
    }
    for (table, entity) in diagram.tables.iter().enumerate() {
        text += &self::table(&arranged, table, entity);
    }
    text += &signs(diagram, &wires);
    if diagram.tables.is_empty() {
        text += "<text x=\"20\" y=\"34\">no tables</text>\n";
    }
    text + "</svg>\n"
}

fn table(arranged: &Arranged, at: usize, table: &Entity) -> String {
    let spot = arranged.spots[at];
    let (x, y, width, height) = (spot.x, spot.y, spot.width, spot.height);
    let mut text = format!(
        "<g>\n<rect class=\"table\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>\n\
         <path class=\"head\" d=\"M{left} {line}V{up}a3 3 0 0 1 3 -3h{wide}a3 3 0 0 1 3 3V{line}z\"/>\n\
         <text class=\"name\" x=\"{name}\" y=\"{base}\">{}</text>\n",
        escaped(&table.name),
        left = x + 1,
        line = y + ROW + 2,
        up = y + 4,
        wide = width - 8,
        name = x + 10,
        base = y + 15,
    );
    for (row, column) in table.columns.iter().enumerate() {
        text += &field(column, x, y + (row + 2) * ROW - 4, width);
    }
    text + "</g>\n"
}

fn field(column: &Field, x: usize, base: usize, width: usize) -> String {
    let mark = match (column.primary, column.foreign) {
        (true, true) => "PK FK",
        (true, false) => "PK",
        (false, true) => "FK",
        (false, false) => "",
    };
    let mut text = String::new();
    if !mark.is_empty() {
        text += &format!(
            "<text class=\"mark\" x=\"{}\" y=\"{base}\">{mark}</text>\n",
            x + 6
        );
    }
    let key = if column.primary { " class=\"key\"" } else { "" };
    let more = if column.nullable { "?" } else { "" };
    text + &format!(
        "<text{key} x=\"{}\" y=\"{base}\">{}</text>\n<text class=\"type\" x=\"{}\" y=\"{base}\">{}{more}</text>\n",
        x + MARKS + 6,
        escaped(&column.name),
        x + width - 8,
        escaped(&column.ty),
    )
}

/// The signs at the ends: an arrow at the table that is referenced; at the other one a foot for
/// many rows, and a ring if a row may reference nothing.
fn signs(diagram: &Diagram, wires: &Wires) -> String {
    let mut text = String::new();
    for (x, y, right, wire) in &wires.arrows {
        let tip = if *right { x + 1 } else { x - 1 };
        let back = if *right { tip + 8 } else { tip - 8 };
        let colour = wire % COLOURS;
        text += &format!(
            "<path class=\"f{colour}\" d=\"M{tip} {y}L{back} {}V{}z\"/>\n",
            y - 4,
            y + 4
        );
    }
    for (x, y, right, wire, key) in &wires.feet {
        let away = |distance: usize| if *right { x + distance } else { x - distance };
        let colour = wire % COLOURS;
        let title = format!(
            "{}({}) references {}",
            diagram.tables[key.child].name,
            key.columns.join(", "),
            diagram.tables[key.parent].name
        );
        let foot = match key.unique {
            true => format!("M{} {}V{}", away(6), y - 4, y + 4),
            false => format!(
                "M{} {y}L{x} {}M{} {y}L{x} {}",
                away(8),
                y - 4,
                away(8),
                y + 4
            ),
        };
        text += &format!(
            "<g><title>{}</title><path class=\"wire w{colour}\" d=\"{foot}\"/>",
            escaped(&title)
        );
        if key.optional {
            text += &format!(
                "<circle class=\"open sign w{colour}\" cx=\"{}\" cy=\"{y}\" r=\"3\"/>",
                away(12)
            );
        }
        text += "</g>\n";
    }
    text
}
