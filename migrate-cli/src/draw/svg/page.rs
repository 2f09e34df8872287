//! The measures and colours of the picture, and text as XML takes it.

use crate::draw::fit::shown;

/// The height of a row.
pub(super) const ROW: usize = 28;

/// The width of a lane.
pub(super) const LANE: usize = 20;

/// The space around everything.
pub(super) const MARGIN: usize = 16;

/// What a column of message text is reckoned at: more than most fonts take.
pub(super) const LETTER: usize = 7;

/// How many colours lanes have.
const COLOURS: usize = 6;

/// Light by default, dark where the reader prefers it. The page has its own ground, so that it is
/// readable on any other.
pub(super) const STYLE: &str = "
.page{fill:#ffffff;stroke:#d0d7de}
text{font:13px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}
.id,.mark text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.mark text{font-size:11px}
.id{fill:#1f2328}.message{fill:#59636e}
.mark rect{fill:#f6f8fa;stroke:#d0d7de}.mark text{fill:#59636e}
.label rect{fill:#ddf4ff;stroke:#54aeff}.label text{fill:#0550ae}
.head rect{fill:#1f2328;stroke:#1f2328}.head text{fill:#ffffff}
.current rect{fill:#dafbe1;stroke:#4ac26b}.current text{fill:#116329}
.pending rect{fill:#fff8c5;stroke:#d4a72c;stroke-dasharray:3 2}.pending text{fill:#7d4e00}
.unknown rect,.gap rect{fill:#ffebe9;stroke:#ff8182}.unknown text,.gap text{fill:#a40e26}
.way{fill:none;stroke-width:2}.dependency{stroke-dasharray:2 4;stroke-linecap:round}.cut{stroke-dasharray:1 3}
.full{stroke:#ffffff;stroke-width:1.5}.ring{fill:#ffffff;stroke-width:2}.open{fill:#ffffff;stroke-width:2}
.strange{fill:#ffebe9;stroke:#cf222e;stroke-width:1.5;stroke-dasharray:2 2}.question{fill:#cf222e;text-anchor:middle;font-weight:bold;font-size:11px}
.w0,.ring.s0,.open.s0{stroke:#0969da}.full.s0{fill:#0969da}
.w1,.ring.s1,.open.s1{stroke:#8250df}.full.s1{fill:#8250df}
.w2,.ring.s2,.open.s2{stroke:#1a7f37}.full.s2{fill:#1a7f37}
.w3,.ring.s3,.open.s3{stroke:#bc4c00}.full.s3{fill:#bc4c00}
.w4,.ring.s4,.open.s4{stroke:#bf3989}.full.s4{fill:#bf3989}
.w5,.ring.s5,.open.s5{stroke:#1b7c83}.full.s5{fill:#1b7c83}
@media (prefers-color-scheme:dark){
.page{fill:#0d1117;stroke:#30363d}
.id{fill:#f0f6fc}.message{fill:#9198a1}
.mark rect{fill:#151b23;stroke:#3d444d}.mark text{fill:#9198a1}
.label rect{fill:#0c2d6b;stroke:#1f6feb}.label text{fill:#a5d6ff}
.head rect{fill:#f0f6fc;stroke:#f0f6fc}.head text{fill:#0d1117}
.current rect{fill:#033a16;stroke:#2ea043}.current text{fill:#7ee787}
.pending rect{fill:#341a00;stroke:#9e6a03}.pending text{fill:#f2cc60}
.unknown rect,.gap rect{fill:#490202;stroke:#da3633}.unknown text,.gap text{fill:#ffa198}
.full{stroke:#0d1117}.ring,.open{fill:#0d1117}
.strange{fill:#490202;stroke:#ff7b72}.question{fill:#ff7b72}
.w0,.ring.s0,.open.s0{stroke:#58a6ff}.full.s0{fill:#58a6ff}
.w1,.ring.s1,.open.s1{stroke:#bc8cff}.full.s1{fill:#bc8cff}
.w2,.ring.s2,.open.s2{stroke:#3fb950}.full.s2{fill:#3fb950}
.w3,.ring.s3,.open.s3{stroke:#f0883e}.full.s3{fill:#f0883e}
.w4,.ring.s4,.open.s4{stroke:#f778ba}.full.s4{fill:#f778ba}
.w5,.ring.s5,.open.s5{stroke:#39c5cf}.full.s5{fill:#39c5cf}
}
";

/// The middle of a place.
pub(super) fn place(column: usize, row: usize) -> (usize, usize) {
    (
        MARGIN + column * LANE + LANE / 2,
        MARGIN + row * ROW + ROW / 2,
    )
}

/// The colour of a lane, as a number that `STYLE` knows.
pub(super) fn colour(column: usize) -> usize {
    column % COLOURS
}

/// Text as XML takes it: markup as entities, and no character that XML has not.
pub(in crate::draw) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for line in text.split('\n') {
        if !escaped.is_empty() {
            escaped.push('\n');
        }
        for char in shown(line, false).chars() {
            match char {
                '&' => escaped += "&amp;",
                '<' => escaped += "&lt;",
                '>' => escaped += "&gt;",
                '"' => escaped += "&quot;",
                '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
                char => escaped.push(char),
            }
        }
    }
    escaped
}
