//! The only place that writes: answers to one stream, talk and errors to another. Knows the forms (text, JSON, quiet) and
//! none of the commands.

use std::io::{self, Write};

use super::exit::Exit;
use super::failure::Failure;
use super::json::{Answer, Failed};
use super::style::{self, paint};

/// Where a command's words go.
///
/// Both streams get styled text; wrap them so that they strip it where nobody sees colours (`anstream` does).
pub struct Report<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// Print no talk.
    pub quiet: bool,
    /// Answer in JSON.
    pub json: bool,
}

impl<'a> Report<'a> {
    /// A report that writes data to `out`, talk and errors to `err`.
    pub fn new(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Report<'a> {
        Report {
            out,
            err,
            quiet: false,
            json: false,
        }
    }

    /// Prints what a command answers, or why it could not, and gives the exit code.
    pub fn finish<T: Answer>(&mut self, result: Result<T, Failure>) -> Exit {
        match result {
            Ok(answer) => self.answer(&answer),
            Err(failure) => self.failure(failure),
        }
    }

    /// Prints a command's failure, and gives its exit code.
    pub fn failure(&mut self, failure: Failure) -> Exit {
        self.error(&failure);
        let exit = failure.exit;
        let printed = if self.json {
            self.print_json(&Failed { error: failure })
        } else {
            Ok(())
        };
        exit_of(printed, exit)
    }

    /// Prints what clap has to say: help and versions as data, mistakes as errors. Gives the exit code.
    pub fn clap(&mut self, error: &clap::Error) -> Exit {
        let text = error.render().ansi().to_string();
        if !error.use_stderr() {
            return self.data(&text);
        }
        let _ = write_all(self.err, &text);
        let plain = error.render().to_string();
        let message = plain.lines().next().unwrap_or_default();
        let failure = Failure::usage(message.trim_start_matches("error: "));
        let printed = if self.json {
            self.print_json(&Failed { error: failure })
        } else {
            Ok(())
        };
        exit_of(printed, Exit::Usage)
    }

    /// Prints data that is neither text for people nor JSON of a shape, such as a path or a script.
    pub fn data(&mut self, text: &str) -> Exit {
        exit_of(write_all(self.out, text), Exit::Done)
    }

    /// Says something beside the data, on a line of its own, unless it is to be quiet.
    pub fn say(&mut self, line: &str) {
        self.talk(&format!("{line}\n"));
    }

    /// Shows errors that are rendered already, however quiet it is to be.
    pub fn show(&mut self, errors: &str) {
        let _ = write_all(self.err, errors);
    }

    /// Says something beside the data, without ending the line.
    pub(super) fn talk(&mut self, text: &str) {
        if !self.quiet {
            // nobody listens, which is no reason to stop half way through a database
            let _ = write_all(self.err, text);
        }
    }

    fn answer<T: Answer>(&mut self, answer: &T) -> Exit {
        if let Some(failure) = answer.failure() {
            self.error(failure);
        }
        let printed = if self.json {
            self.print_json(answer)
        } else {
            write_all(self.out, &answer.text())
        };
        exit_of(printed, answer.exit())
    }

    fn print_json<T: serde::Serialize>(&mut self, value: &T) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
        text.push('\n');
        write_all(self.out, &text)
    }

    /// `error:`, `note:`, `help:`.
    fn error(&mut self, failure: &Failure) {
        let mut text = format!("{} {}\n", paint(style::ERROR, "error:"), failure.message);
        for note in &failure.notes {
            text += &format!("{} {note}\n", paint(style::NOTE, "note:"));
        }
        if let Some(help) = &failure.help {
            text += &format!("{} {help}\n", paint(style::HELP, "help:"));
        }
        let _ = write_all(self.err, &text);
    }
}

fn write_all(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// A reader that went away (`| head`) changes nothing; any other failure to write must not look like success.
fn exit_of(written: io::Result<()>, exit: Exit) -> Exit {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe && exit == Exit::Done => {
            Exit::Usage
        }
        _ => exit,
    }
}
