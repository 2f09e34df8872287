//! What `test` prints, for people and as JUnit's XML.

use std::time::Duration;

use crate::exit::Exit;
use crate::json::{Answer, Test, TestFailure, TestedBackend, TestedRung};
use crate::style::{self, paint};
use crate::words::{plural, time};

impl Answer for Test {
    fn text(&self) -> String {
        let mut text: String = self.backends.iter().map(backend_text).collect();
        for backend in &self.backends {
            for rung in &backend.rungs {
                for failure in &rung.failures {
                    text += "\n";
                    text += &failure_text(failure, rung.rung, backend.backend);
                }
            }
        }
        let failed = self.backends.iter().filter(|backend| backend.failed());
        let failed: Vec<&str> = failed.map(|backend| backend.backend).collect();
        text += &match failed.is_empty() {
            true => format!(
                "\n{} {}\n",
                paint(style::DONE, "ok:"),
                plural(self.revisions, "revision")
            ),
            false => format!(
                "\n{} failures on {}\n",
                paint(style::ERROR, "not ok:"),
                failed.join(", ")
            ),
        };
        text
    }

    fn exit(&self) -> Exit {
        match self.ok {
            true => Exit::Done,
            false => Exit::No,
        }
    }
}

impl TestedBackend {
    /// Whether something is wrong.
    pub(crate) fn failed(&self) -> bool {
        self.error.is_some() || self.rungs.iter().any(|rung| !rung.failures.is_empty())
    }
}

fn backend_text(backend: &TestedBackend) -> String {
    let mut text = format!("{}\n", paint(style::KEY, backend.backend));
    for rung in &backend.rungs {
        text += &rung_text(rung);
    }
    if let Some(error) = &backend.error {
        text += &format!(
            "  {} {}\n",
            paint(style::ERROR, "cannot be tested:"),
            error.message
        );
        text.extend(error.notes.iter().map(|note| format!("  note: {note}\n")));
        if let Some(help) = &error.help {
            text += &format!("  help: {}\n", help.typed(crate::CARGO_MIGRATE));
        }
    }
    text
}

fn rung_text(rung: &TestedRung) -> String {
    let outcome = format!("{:7}", rung.outcome);
    let outcome = match rung.outcome {
        "failed" => paint(style::ERROR, &outcome),
        _ => outcome,
    };
    let mut text = format!("  {:11} {outcome}  ", rung.rung);
    text += &match &rung.why {
        Some(why) => format!("{why}\n"),
        None => {
            let irreversible = match rung.irreversible.len() {
                0 => String::new(),
                count => format!(", {count} irreversible"),
            };
            format!(
                "{}{irreversible}, {}\n",
                plural(rung.count, rung.unit),
                time(Duration::from_secs_f64(rung.duration_ms / 1e3))
            )
        }
    };
    if !rung.irreversible.is_empty() {
        text += &format!("      irreversible: {}\n", rung.irreversible.join(", "));
    }
    text.extend(
        rung.notes
            .iter()
            .map(|note| format!("      note: {note}\n")),
    );
    text
}

/// A failure, with the command that repeats it.
pub(crate) fn failure_text(failure: &TestFailure, rung: &str, backend: &str) -> String {
    let mut text = format!(
        "{} {}\n",
        paint(style::ERROR, format_args!("{backend} {rung}:")),
        failure.message
    );
    if let Some(place) = &failure.place {
        let id = failure.revision.as_deref().unwrap_or_default();
        text += &format!("  --> {}:{}, revision `{id}`\n", place.file, place.line);
    }
    for change in &failure.changes {
        for line in change.line().lines() {
            text += &format!("    {line}\n");
        }
    }
    for note in &failure.notes {
        let note = note.trim_end().replace('\n', "\n      ");
        text += &format!("{} {note}\n", paint(style::NOTE, "note:"));
    }
    if let Some(database) = &failure.database {
        text += &format!("{} {database}\n", paint(style::NOTE, "kept:"));
    }
    if let Some(repeat) = &failure.repeat {
        text += &format!("{} {repeat}\n", paint(style::HELP, "repeat:"));
    }
    text
}

/// The same as JUnit's XML: a suite for each kind of database, a case for each rung.
pub(crate) fn junit(test: &Test) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for backend in &test.backends {
        let count = |outcome| {
            let rungs = backend.rungs.iter();
            rungs.filter(|rung| rung.outcome == outcome).count()
        };
        let seconds: f64 = backend
            .rungs
            .iter()
            .map(|rung| rung.duration_ms / 1e3)
            .sum();
        let name = backend.backend;
        text += &format!(
            "  <testsuite name=\"migrations.{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{seconds:.3}\">\n",
            backend.rungs.len() + usize::from(backend.error.is_some()),
            count("failed"),
            usize::from(backend.error.is_some()),
            count("skipped"),
        );
        for rung in &backend.rungs {
            text += &format!(
                "    <testcase classname=\"migrations.{name}\" name=\"{}\" time=\"{:.3}\">\n",
                rung.rung,
                rung.duration_ms / 1e3
            );
            if let Some(why) = &rung.why {
                text += &format!("      <skipped message=\"{}\"/>\n", escaped(why));
            }
            for failure in &rung.failures {
                let plain = anstream::adapter::strip_str(&failure_text(failure, rung.rung, name))
                    .to_string();
                text += &format!(
                    "      <failure message=\"{}\">{}</failure>\n",
                    escaped(&failure.message),
                    escaped(&plain)
                );
            }
            text += "    </testcase>\n";
        }
        if let Some(error) = &backend.error {
            text += &format!(
                "    <testcase classname=\"migrations.{name}\" name=\"database\"><error message=\"{}\"/></testcase>\n",
                escaped(&error.message)
            );
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

/// A text within XML, without the characters that XML cannot have.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => shown += "&amp;",
            '<' => shown += "&lt;",
            '>' => shown += "&gt;",
            '"' => shown += "&quot;",
            '\n' => shown += "&#10;",
            '\t' => shown.push(sign),
            sign if sign.is_control() || matches!(sign, '\u{fffe}' | '\u{ffff}') => {
                shown.push('\u{fffd}');
            }
            sign => shown.push(sign),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_has_no_sign_that_it_cannot_have() {
        assert_eq!(
            escaped("a<b & \"c\"\n\u{1}"),
            "a&lt;b &amp; &quot;c&quot;&#10;\u{fffd}"
        );
    }
}
