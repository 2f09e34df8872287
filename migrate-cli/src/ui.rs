//! The only place that prints: answers to stdout, messages and errors to stderr. Knows the forms
//! (text, JSON, quiet) and no command.

use std::ffi::OsStr;
use std::io::{self, Write};

use migrate_graph::Help;

use super::CARGO_MIGRATE;
use super::error::CliError;
use super::exit::Exit;
use super::help;
use super::json::{Answer, Failed};
use super::redact::Mask;
use super::style::{self, is_obeyed, paint, visible};

/// Where the output of a command goes.
///
/// Both streams get styled text; wrap them so that they strip it where colours are not shown
/// (`anstream` does).
pub struct Ui<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// Where scripts go, if not to `out`: data in them may look like colours, and must not be
    /// stripped.
    pub scripts: Option<&'a mut dyn Write>,
    /// Print no messages.
    pub quiet: bool,
    /// Messages go to the process's own stderr, which is a terminal.
    pub terminal: bool,
    /// Answer in JSON.
    pub json: bool,
    /// The name of the program, if it is not `cargo migrate`.
    pub program: Option<&'a str>,
    mask: Mask,
}

impl<'a> Ui<'a> {
    /// Writes data to `out`, messages and errors to `err`.
    pub fn new(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Ui<'a> {
        Ui {
            out,
            err,
            scripts: None,
            quiet: false,
            terminal: false,
            json: false,
            program: None,
            mask: Mask::default(),
        }
    }

    /// Registers texts that may contain a password, such as the arguments, to hide it in the
    /// output.
    pub fn hide<T: AsRef<OsStr>>(&mut self, texts: impl IntoIterator<Item = T>) {
        for text in texts {
            self.mask.know(&text.as_ref().to_string_lossy());
        }
    }

    /// Prints the answer of a command or its error, and returns the exit code.
    pub fn finish<T: Answer>(&mut self, result: Result<T, CliError>) -> Exit {
        match result {
            Ok(answer) => self.answer(answer),
            Err(failure) => self.failure(failure),
        }
    }

    /// Prints a command's error, and returns its exit code.
    pub fn failure(&mut self, mut failure: CliError) -> Exit {
        self.error(&mut failure);
        let exit = failure.exit;
        self.failed(failure);
        exit
    }

    /// Prints clap's output: help and versions as data, mistakes as errors. Returns the exit code.
    pub fn clap(&mut self, error: clap::Error) -> Exit {
        let error = help::answered(error, self.program.unwrap_or(CARGO_MIGRATE));
        let text = error.render().ansi().to_string();
        if !error.use_stderr() {
            return self.data(&text);
        }
        self.show(&self.mask.apply(&text));
        self.failed(of_clap(&error.render().to_string()));
        Exit::Usage
    }

    /// Prints data that is neither text for people nor JSON of a shape, such as a path or a script.
    pub fn data(&mut self, text: &str) -> Exit {
        self.write(text, Exit::Done)
    }

    /// Prints a message on its own line, unless quiet.
    pub fn say(&mut self, line: &str) {
        self.talk(&format!("{line}\n"));
    }

    /// Prints errors that are already rendered, even if quiet.
    pub fn show(&mut self, errors: &str) {
        let _ = write_all(self.err, errors);
    }

    /// Prints a message without ending the line.
    pub(super) fn talk(&mut self, text: &str) {
        if !self.quiet {
            // a closed stream is no reason to stop half way through a run
            let _ = write_all(self.err, &visible(text));
        }
    }

    fn answer<T: Answer>(&mut self, mut answer: T) -> Exit {
        if let Some(failure) = answer.failure() {
            self.error(failure);
        }
        let exit = answer.exit();
        let exit = match (self.json, answer.is_to_be_run()) {
            (true, true) => self.write(&as_json(&answer, None), exit),
            (true, false) => self.write(&as_json(&answer, Some(&self.mask)), exit),
            (false, true) => self.write_script(&answer, exit),
            (false, false) => self.write(&self.mask.apply(&visible(&answer.text())), exit),
        };
        if let Some(remark) = answer.remark() {
            let remark = self.advice(&remark);
            self.say(&remark);
        }
        exit
    }

    /// Prints the object of a command that failed, if objects are wanted.
    fn failed(&mut self, error: CliError) {
        if self.json {
            let exit = error.exit;
            self.write(&as_json(&Failed { error }, Some(&self.mask)), exit);
        }
    }

    /// `error:`, `note:`, `help:`.
    fn error(&mut self, failure: &mut CliError) {
        failure.help = failure.help.take().map(|help| self.advice(&help).into());
        // each text separately, so that a truncated password hides none of the others
        let shown = |text: &str| self.mask.apply(&visible(text));
        let message = shown(&failure.message);
        let mut text = format!("{} {message}\n", paint(style::ERROR, "error:"));
        for note in &failure.notes {
            // further lines stay together
            let note = shown(note.trim_end()).replace('\n', "\n      ");
            text += &format!("{} {note}\n", paint(style::NOTE, "note:"));
        }
        if let Some(help) = &failure.help {
            text += &format!(
                "{} {}\n",
                paint(style::HELP, "help:"),
                shown(&help.to_string())
            );
        }
        self.show(&text);
    }

    /// Advice on what to type, with the name that the program goes by.
    fn advice(&self, help: &Help) -> String {
        help.typed(self.program.unwrap_or(CARGO_MIGRATE))
    }

    /// Writes data.
    fn write(&mut self, text: &str, exit: Exit) -> Exit {
        let written = write_all(self.out, text);
        self.wrote(written, exit)
    }

    /// Writes a script.
    fn write_script(&mut self, script: &impl Answer, exit: Exit) -> Exit {
        let to = match &mut self.scripts {
            Some(scripts) => &mut **scripts,
            None => &mut *self.out,
        };
        let written = script.write(to).and_then(|()| to.flush());
        self.wrote(written, exit)
    }

    /// A closed pipe (`| head`) is not an error; any other failure is.
    fn wrote(&mut self, written: io::Result<()>, exit: Exit) -> Exit {
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.error(&mut CliError::usage(format!(
                    "cannot write the answer: {error}"
                )));
                if exit == Exit::Done {
                    Exit::Usage
                } else {
                    exit
                }
            }
            _ => exit,
        }
    }
}

fn write_all(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// The value as JSON, with each text masked separately. Also escapes control characters that JSON
/// leaves as they are.
fn as_json<T: serde::Serialize>(value: &T, mask: Option<&Mask>) -> String {
    let json = serde_json::to_string_pretty(value)
        .expect("the shapes have string keys and finite numbers");
    let mut shown = String::with_capacity(json.len() + 1);
    let mut rest = json.as_str();
    while let Some(start) = rest.find('"') {
        let length = length_of_json_text(&rest[start..]);
        let (before, text) = (&rest[..start], &rest[start..start + length]);
        rest = &rest[start + length..];
        let text: String = serde_json::from_str(text).expect("a text was written as one");
        let text = mask.map_or_else(|| text.clone(), |mask| mask.apply(&text));
        let text = serde_json::Value::from(text).to_string();
        shown += before;
        for character in text.chars() {
            match is_obeyed(character) {
                true => shown += &format!("\\u{:04x}", u32::from(character)),
                false => shown.push(character),
            }
        }
    }
    shown + rest + "\n"
}

/// How long the text is that a piece of JSON begins with, with its quotes.
fn length_of_json_text(json: &str) -> usize {
    let mut escaped = false;
    let closing = json[1..].find(|character| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes
    });
    closing.map_or(json.len(), |at| at + 2)
}

/// The message and the tip of clap's text.
fn of_clap(text: &str) -> CliError {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let paragraph = text.lines().take_while(|line| !line.is_empty());
    let message = paragraph.map(str::trim).collect::<Vec<_>>().join(" ");
    let tip = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("tip: "));
    CliError {
        help: tip.map(Help::from),
        ..CliError::usage(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clap_says_in_one_line() {
        let failure =
            of_clap("error: these are missing:\n  <TARGET>\n\n  tip: give one\n\nUsage: x\n");
        assert_eq!(failure.message, "these are missing: <TARGET>");
        assert_eq!(failure.help, Some("give one".into()));
    }
}
