//! Times as a table in Markdown: a row for what was measured, a column for each length of the
//! history.

use std::time::Duration;

use crate::timing::Measured;

/// The table, and below it the time that each revision adds, from one length to the next.
pub(crate) fn render(measured: &[(usize, Measured)]) -> String {
    let Some((_, first)) = measured.first() else {
        return String::new();
    };
    let counts: Vec<usize> = measured.iter().map(|(count, _)| *count).collect();
    let at =
        |row: usize| -> Vec<Duration> { measured.iter().map(|(_, times)| times[row].1).collect() };
    let names: Vec<&str> = first.iter().map(|(name, _)| *name).collect();
    let mut text = heading("milliseconds", counts.iter().map(ToString::to_string));
    for (row, name) in names.iter().enumerate() {
        text += &line(
            name,
            at(row)
                .iter()
                .map(|time| format!("{:.1}", time.as_secs_f64() * 1e3)),
        );
    }
    if counts.len() > 1 {
        text += "\n";
        let spans = counts
            .windows(2)
            .map(|pair| format!("{} to {}", pair[0], pair[1]));
        text += &heading("microseconds for each further revision", spans);
        for (row, name) in names.iter().enumerate() {
            text += &line(name, growth(&counts, &at(row)));
        }
    }
    text
}

fn growth(counts: &[usize], times: &[Duration]) -> Vec<String> {
    let steps = counts.windows(2).zip(times.windows(2));
    steps
        .map(|(counts, times)| {
            let revisions = counts[1] as f64 - counts[0] as f64;
            format!(
                "{:.1}",
                (times[1].as_secs_f64() - times[0].as_secs_f64()) * 1e6 / revisions
            )
        })
        .collect()
}

fn heading(name: &str, columns: impl IntoIterator<Item = String>) -> String {
    let columns: Vec<String> = columns.into_iter().collect();
    let rule = "|---:".repeat(columns.len());
    format!("{}|---{rule}|\n", line(name, columns))
}

fn line(name: &str, cells: impl IntoIterator<Item = String>) -> String {
    let cells: String = cells
        .into_iter()
        .map(|cell| format!(" {cell:>12} |"))
        .collect();
    format!("| {name:40} |{cells}\n")
}
