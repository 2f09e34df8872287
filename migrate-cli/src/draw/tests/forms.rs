//! Mermaid, DOT and SVG.

use migrate_graph::Header;
use snapbox::{IntoData, assert_data_eq, str};

use super::{answer, plain, revision, xml};
use crate::args::Form;
use crate::screen::Screen;

/// Two bases, a fork, a merge, a label, a dependency, and messages that each form could take for
/// its own.
fn everything() -> Vec<Header> {
    let mut headers = vec![
        revision("20261101-a", []),
        revision("b.1", ["20261101-a"]),
        revision("end", ["20261101-a"]),
        revision("m", ["b.1", "end"]),
        revision("x_1", [])
            .branch_labels(["billing"])
            .depends_on(["b.1"]),
        revision("y", ["x_1"]),
    ];
    headers[0].message = r#"Set "a" < 'b' & <b>c</b> > 1; -- `d` \N #quot; */ ]]>"#.to_owned();
    headers[1].message = "1. A line\u{1b}[0m with \u{ffff} that goes on, and on, and on, until it is cut because no page has so much room.".to_owned();
    headers[2].message = String::new();
    headers
}

fn form(form: Form, headers: Vec<Header>, applied: Option<&[&str]>) -> String {
    plain(&answer(headers, applied, form, None, Screen::default()))
}

const APPLIED: &[&str] = &["20261101-a", "b.1", "x_1", "<gone> & \"lost\""];

#[test]
fn mermaid() {
    assert_data_eq!(form(Form::Mermaid, everything(), None), str![[r#"
flowchart BT
    rm(["<b>m</b><br/>Message of m.<br/><i>head</i>"])
    ry(["<b>y</b><br/>Message of y.<br/><i>[billing], head</i>"])
    rx_5f_1["<b>x_1</b><br/>Message of x_1.<br/><i>[billing], base</i>"]
    rb_2e_1["<b>b.1</b><br/>1#46; A line�[0m with ￿ that goes on, and on, and on, until it is cut because no page has so much room."]
    rend["<b>end</b>"]
    r20261101_2d_a["<b>20261101-a</b><br/>Set #quot;a#quot; #lt; 'b' #amp; #lt;b#gt;c#lt;/b#gt; #gt; 1#59; -- #96;d#96; #92;N #35;quot#59; #42;/ ]]#gt;<br/><i>base</i>"]
    r20261101_2d_a --> rend
    r20261101_2d_a --> rb_2e_1
    rb_2e_1 -. dependency .-> rx_5f_1
    rx_5f_1 --> ry
    rb_2e_1 --> rm
    rend --> rm

"#]].raw());
    assert_data_eq!(
        form(Form::Mermaid, everything(), Some(APPLIED)),
        str![[r##"
flowchart BT
    r_3c_gone_3e__20__26__20__22_lost_22_["#lt;gone#gt; #amp; #quot;lost#quot;<br/>unknown"]:::unknown
    rm(["<b>m</b><br/>Message of m.<br/><i>head, pending</i>"]):::pending
    ry(["<b>y</b><br/>Message of y.<br/><i>[billing], head, pending</i>"]):::pending
    rx_5f_1["<b>x_1</b><br/>Message of x_1.<br/><i>[billing], base, current</i>"]:::current
    rb_2e_1["<b>b.1</b><br/>1#46; A line�[0m with ￿ that goes on, and on, and on, until it is cut because no page has so much room.<br/><i>current</i>"]:::current
    rend["<b>end</b><br/><i>pending</i>"]:::pending
    r20261101_2d_a["<b>20261101-a</b><br/>Set #quot;a#quot; #lt; 'b' #amp; #lt;b#gt;c#lt;/b#gt; #gt; 1#59; -- #96;d#96; #92;N #35;quot#59; #42;/ ]]#gt;<br/><i>base</i>"]:::applied
    r20261101_2d_a --> rend
    r20261101_2d_a --> rb_2e_1
    rb_2e_1 -. dependency .-> rx_5f_1
    rx_5f_1 --> ry
    rb_2e_1 --> rm
    rend --> rm
    classDef applied fill:#1a7f37,stroke:#1a7f37,color:#ffffff
    classDef current fill:#1a7f37,stroke:#bf8700,stroke-width:4px,color:#ffffff
    classDef pending fill:#fff8c5,stroke:#9a6700,stroke-dasharray:5 3,color:#3b2300
    classDef unknown fill:#ffebe9,stroke:#cf222e,stroke-dasharray:2 2,color:#82071e

"##]].raw()
    );
    assert_data_eq!(
        form(Form::Mermaid, vec![], None),
        str![[r#"
flowchart BT

"#]]
        .raw()
    );
}

#[test]
fn dot() {
    assert_data_eq!(form(Form::Dot, everything(), None), str![[r#"
digraph history {
    rankdir=BT;
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];
    edge [color=gray35];
    "m" [label="m\nMessage of m.\n(head)", peripheries=2];
    "y" [label="y\nMessage of y.\n[billing] (head)", peripheries=2];
    "x_1" [label="x_1\nMessage of x_1.\n[billing] (base)"];
    "b.1" [label="b.1\n1. A line�[0m with ￿ that goes on, and on, and on, until it is cut because no page has so much room."];
    "end" [label="end"];
    "20261101-a" [label="20261101-a\nSet \"a\" < 'b' & <b>c</b> > 1; -- `d` \\N #quot; */ ]]>\n(base)"];
    "20261101-a" -> "end";
    "20261101-a" -> "b.1";
    "b.1" -> "x_1" [style=dashed, arrowhead=empty, tooltip="dependency"];
    "x_1" -> "y";
    "b.1" -> "m";
    "end" -> "m";
}

"#]].raw());
    assert_data_eq!(
        form(Form::Dot, everything(), Some(APPLIED)),
        str![[r##"
digraph history {
    rankdir=BT;
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];
    edge [color=gray35];
    "<gone> & \"lost\"" [label="<gone> & \"lost\"\nunknown", style="dashed,filled", color="#cf222e", fillcolor="#ffebe9"];
    "m" [label="m\nMessage of m.\n(head) (pending)", peripheries=2, fillcolor="#fff8c5", color="#9a6700", style="rounded,filled,dashed"];
    "y" [label="y\nMessage of y.\n[billing] (head) (pending)", peripheries=2, fillcolor="#fff8c5", color="#9a6700", style="rounded,filled,dashed"];
    "x_1" [label="x_1\nMessage of x_1.\n[billing] (base) (current)", fillcolor="#dafbe1", color="#1a7f37", penwidth=3];
    "b.1" [label="b.1\n1. A line�[0m with ￿ that goes on, and on, and on, until it is cut because no page has so much room.\n(current)", fillcolor="#dafbe1", color="#1a7f37", penwidth=3];
    "end" [label="end\n(pending)", fillcolor="#fff8c5", color="#9a6700", style="rounded,filled,dashed"];
    "20261101-a" [label="20261101-a\nSet \"a\" < 'b' & <b>c</b> > 1; -- `d` \\N #quot; */ ]]>\n(base)", fillcolor="#dafbe1", color="#1a7f37"];
    "20261101-a" -> "end";
    "20261101-a" -> "b.1";
    "b.1" -> "x_1" [style=dashed, arrowhead=empty, tooltip="dependency"];
    "x_1" -> "y";
    "b.1" -> "m";
    "end" -> "m";
}

"##]].raw()
    );
    assert_data_eq!(
        form(Form::Dot, vec![], None),
        str![[r#"
digraph history {
    rankdir=BT;
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];
    edge [color=gray35];
}

"#]]
        .raw()
    );
}

#[test]
fn svg() {
    assert_data_eq!(
        without_style(&form(Form::Svg, everything(), Some(APPLIED))),
        str![[r#"
<svg xmlns="http://www.w3.org/2000/svg" width="762" height="256" viewBox="0 0 762 256" role="img">
<title>6 revisions</title>
<style>…</style>
<rect class="page" width="762" height="256" rx="6"/>
<path class="way w2" d="M66 86V114"/>
<path class="way dependency w2" d="M66 114C66 128 26 128 26 142"/>
<path class="way w0" d="M26 58V142"/>
<path class="way w1" d="M26 58C26 72 46 72 46 86V170"/>
<path class="way w1" d="M46 170C46 184 26 184 26 198"/>
<path class="way w0" d="M26 142V198"/>
<g>
<title>&lt;gone&gt; &amp; &quot;lost&quot;: applied, but not in this history</title>
<circle class="strange" cx="26" cy="30" r="7"/>
<text class="question" x="26" y="34">?</text>
<text class="id" x="86" y="34" textLength="108" lengthAdjust="spacingAndGlyphs">&lt;gone&gt; &amp; &quot;lost&quot;</text>
<g class="mark unknown"><rect x="202" y="21" width="58" height="18" rx="4"/><text x="208" y="34" textLength="46" lengthAdjust="spacingAndGlyphs">unknown</text></g>
</g>
<g>
<title>m (head) (pending), Message of m.
continues b.1, end</title>
<circle class="open s0" cx="26" cy="58" r="5"/>
<text class="id" x="86" y="62" textLength="7" lengthAdjust="spacingAndGlyphs">m</text>
<g class="mark head"><rect x="101" y="49" width="38" height="18" rx="4"/><text x="107" y="62" textLength="26" lengthAdjust="spacingAndGlyphs">head</text></g>
<g class="mark pending"><rect x="145" y="49" width="58" height="18" rx="4"/><text x="151" y="62" textLength="46" lengthAdjust="spacingAndGlyphs">pending</text></g>
<text class="message" x="209" y="62">Message of m.</text>
</g>
<g>
<title>y (billing) (head) (pending), Message of y.
continues x_1</title>
<circle class="open s2" cx="66" cy="86" r="5"/>
<text class="id" x="86" y="90" textLength="7" lengthAdjust="spacingAndGlyphs">y</text>
<g class="mark label"><rect x="101" y="77" width="58" height="18" rx="4"/><text x="107" y="90" textLength="46" lengthAdjust="spacingAndGlyphs">billing</text></g>
<g class="mark head"><rect x="165" y="77" width="38" height="18" rx="4"/><text x="171" y="90" textLength="26" lengthAdjust="spacingAndGlyphs">head</text></g>
<g class="mark pending"><rect x="209" y="77" width="58" height="18" rx="4"/><text x="215" y="90" textLength="46" lengthAdjust="spacingAndGlyphs">pending</text></g>
<text class="message" x="273" y="90">Message of y.</text>
</g>
<g>
<title>x_1 (billing) (base) (current), Message of x_1.
depends on b.1</title>
<circle class="ring s2" cx="66" cy="114" r="8"/>
<circle class="full s2" cx="66" cy="114" r="5"/>
<text class="id" x="86" y="118" textLength="21" lengthAdjust="spacingAndGlyphs">x_1</text>
<g class="mark label"><rect x="115" y="105" width="58" height="18" rx="4"/><text x="121" y="118" textLength="46" lengthAdjust="spacingAndGlyphs">billing</text></g>
<g class="mark word"><rect x="179" y="105" width="38" height="18" rx="4"/><text x="185" y="118" textLength="26" lengthAdjust="spacingAndGlyphs">base</text></g>
<g class="mark current"><rect x="223" y="105" width="58" height="18" rx="4"/><text x="229" y="118" textLength="46" lengthAdjust="spacingAndGlyphs">current</text></g>
<text class="message" x="287" y="118">Message of x_1.</text>
</g>
<g>
<title>b.1 (current), 1. A line�[0m with � that goes on, and on, and on, until it is cut because no page has so much room.
continues 20261101-a</title>
<circle class="ring s0" cx="26" cy="142" r="8"/>
<circle class="full s0" cx="26" cy="142" r="5"/>
<text class="id" x="86" y="146" textLength="21" lengthAdjust="spacingAndGlyphs">b.1</text>
<g class="mark current"><rect x="115" y="133" width="58" height="18" rx="4"/><text x="121" y="146" textLength="46" lengthAdjust="spacingAndGlyphs">current</text></g>
<text class="message" x="179" y="146">1. A line�[0m with � that goes on, and on, and on, until it is cut because no pa…</text>
</g>
<g>
<title>end (pending)
continues 20261101-a</title>
<circle class="open s1" cx="46" cy="170" r="5"/>
<text class="id" x="86" y="174" textLength="21" lengthAdjust="spacingAndGlyphs">end</text>
<g class="mark pending"><rect x="115" y="161" width="58" height="18" rx="4"/><text x="121" y="174" textLength="46" lengthAdjust="spacingAndGlyphs">pending</text></g>
</g>
<g>
<title>20261101-a (base), Set &quot;a&quot; &lt; 'b' &amp; &lt;b&gt;c&lt;/b&gt; &gt; 1; -- `d` \N #quot; */ ]]&gt;</title>
<circle class="full s0" cx="26" cy="198" r="5"/>
<text class="id" x="86" y="202" textLength="72" lengthAdjust="spacingAndGlyphs">20261101-a</text>
<g class="mark word"><rect x="166" y="189" width="38" height="18" rx="4"/><text x="172" y="202" textLength="26" lengthAdjust="spacingAndGlyphs">base</text></g>
<text class="message" x="210" y="202">Set &quot;a&quot; &lt; 'b' &amp; &lt;b&gt;c&lt;/b&gt; &gt; 1; -- `d` \N #quot; */ ]]&gt;</text>
</g>
<g class="legend">
<circle class="full s0" cx="26" cy="226" r="5"/>
<text class="message" x="40" y="230">applied</text>
<circle class="ring s0" cx="129" cy="226" r="8"/>
<circle class="full s0" cx="129" cy="226" r="5"/>
<text class="message" x="143" y="230">current</text>
<circle class="open s0" cx="232" cy="226" r="5"/>
<text class="message" x="246" y="230">pending</text>
<circle class="strange" cx="335" cy="226" r="7"/>
<text class="question" x="335" y="230">?</text>
<text class="message" x="349" y="230">unknown</text>
<path class="way dependency w0" d="M432 226H462"/>
<text class="message" x="468" y="230">depends on</text>
</g>
</svg>

"#]].raw()
    );
    assert_data_eq!(
        without_style(&form(Form::Svg, vec![], None)),
        str![[r#"
<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60" viewBox="0 0 320 60" role="img">
<title>0 revisions</title>
<style>…</style>
<rect class="page" width="320" height="60" rx="6"/>
<g>
<title>no revisions</title>
<text class="message" x="26" y="34">no revisions</text>
</g>
</svg>

"#]]
        .raw()
    );
}

#[test]
fn pages_say_what_a_range_leaves_out() {
    let range = |form| {
        let headers = everything();
        plain(&answer(headers, None, form, Some("m:"), Screen::default()))
    };
    assert_data_eq!(
        range(Form::Mermaid),
        str![[r#"
flowchart BT
    rm(["<b>m</b><br/>Message of m.<br/><i>head</i>"])
    rb_2e_1>"… b.1"]
    rend>"… end"]
    rb_2e_1 --> rm
    rend --> rm

"#]]
        .raw()
    );
    assert_data_eq!(
        range(Form::Dot),
        str![[r#"
digraph history {
    rankdir=BT;
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];
    edge [color=gray35];
    "m" [label="m\nMessage of m.\n(head)", peripheries=2];
    "b.1" [shape=plaintext, style="", label="… b.1"];
    "end" [shape=plaintext, style="", label="… end"];
    "b.1" -> "m";
    "end" -> "m";
}

"#]]
        .raw()
    );
    assert_data_eq!(without_style(&range(Form::Svg)), str![[r#"
<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60" viewBox="0 0 320 60" role="img">
<title>1 revision</title>
<style>…</style>
<rect class="page" width="320" height="60" rx="6"/>
<path class="way cut w0" d="M26 30V48"/>
<g>
<title>m (head), Message of m.
continues b.1, end</title>
<circle class="full s0" cx="26" cy="30" r="5"/>
<text class="id" x="46" y="34" textLength="7" lengthAdjust="spacingAndGlyphs">m</text>
<g class="mark head"><rect x="61" y="21" width="38" height="18" rx="4"/><text x="67" y="34" textLength="26" lengthAdjust="spacingAndGlyphs">head</text></g>
<text class="message" x="105" y="34">Message of m.</text>
</g>
</svg>

"#]].raw());
}

#[test]
fn json_has_no_text() {
    assert_eq!(form(Form::Json, everything(), None), "");
}

/// The picture without the part that is the same in all; it is well-formed.
fn without_style(svg: &str) -> String {
    xml::check(svg);
    let (before, rest) = svg.split_once("<style>").expect("there is a style");
    let (_, after) = rest.split_once("</style>").expect("the style ends");
    format!("{before}<style>…</style>{after}")
}
