//! How far a step is with many rows: a bar on a terminal, and a line for each tenth elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::ui::Ui;

/// What is shown of rows that are changed in batches.
#[derive(Default)]
pub(super) struct Rows {
    /// Whether the step has a line about rows below its own.
    below: bool,
    table: String,
    tenths: u64,
    bar: Option<ProgressBar>,
}

impl Rows {
    /// So many rows of a table have been changed.
    pub(super) fn changed(&mut self, ui: &mut Ui<'_>, table: &str, done: u64, of: u64) {
        if ui.quiet {
            return;
        }
        if !self.below {
            self.below = true;
            ui.talk("\n");
        }
        if self.table != table || self.tenths > tenths(done, of) {
            self.clear();
            self.table = table.to_owned();
        }
        match ui.terminal {
            true => self.draw(done, of),
            false => self.write(ui, done, of),
        }
    }

    /// Ends what is shown; whether anything was.
    pub(super) fn end(&mut self) -> bool {
        self.clear();
        self.table.clear();
        std::mem::take(&mut self.below)
    }

    fn clear(&mut self) {
        self.tenths = 0;
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn draw(&mut self, done: u64, of: u64) {
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr());
            let template = "    {prefix} [{bar:30}] {pos} of {len} rows, {eta} left";
            let style = ProgressStyle::with_template(template);
            bar.set_style(
                style
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("=> "),
            );
            bar.set_prefix(self.table.clone());
            bar
        });
        bar.set_length(of);
        bar.set_position(done);
        self.tenths = tenths(done, of);
    }

    fn write(&mut self, ui: &mut Ui<'_>, done: u64, of: u64) {
        let now = tenths(done, of);
        if now > self.tenths {
            self.tenths = now;
            let table = &self.table;
            ui.talk(&format!("    {table}: {done} of {of} rows\n"));
        }
    }
}

/// How many tenths are done.
fn tenths(done: u64, of: u64) -> u64 {
    match of {
        0 => 10,
        of => u64::try_from(u128::from(done) * 10 / u128::from(of)).unwrap_or(10),
    }
}
