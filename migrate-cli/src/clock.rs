//! A clock behind an unfinished line of a terminal, in a thread of its own: how long what the line
//! announces has taken. It must not know what that is.

use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often the clock moves.
pub(super) const SECOND: Duration = Duration::from_secs(1);

/// Runs until it is dropped, which erases it.
pub(super) struct Clock {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Clock {
    /// Starts a clock where the cursor is; it shows nothing before the first `tick` is over.
    pub(super) fn start(mut terminal: impl Write + Send + 'static, tick: Duration) -> Clock {
        let (end, ended) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut ticks = 0;
            while ended.recv_timeout(tick) == Err(RecvTimeoutError::Timeout) {
                ticks += 1;
                let time = shown(ticks);
                // the cursor goes back to where the line ends
                let back = time.chars().count();
                // a closed terminal is no reason to stop half way through a run
                let _ = write!(terminal, "\u{1b}[K{time}\u{1b}[{back}D");
                let _ = terminal.flush();
            }
            if ticks > 0 {
                let _ = write!(terminal, "\u{1b}[K");
                let _ = terminal.flush();
            }
        });
        Clock {
            end: Some(end),
            thread: Some(thread),
        }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        drop(self.end.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Seconds, and minutes where there are some.
fn shown(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(text);
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn it_moves_with_each_tick_and_is_erased() {
        let screen = Screen::default();
        let clock = Clock::start(screen.clone(), Duration::from_millis(1));
        while !screen.text().contains("2 s") {
            thread::yield_now();
        }
        drop(clock);
        let text = screen.text();
        assert!(
            text.starts_with("\u{1b}[K1 s\u{1b}[3D\u{1b}[K2 s\u{1b}[3D"),
            "{text:?}"
        );
        assert!(text.ends_with("D\u{1b}[K"), "{text:?}");
    }

    #[test]
    fn a_step_that_is_done_at_once_shows_none() {
        let screen = Screen::default();
        drop(Clock::start(screen.clone(), Duration::from_secs(3600)));
        assert_eq!(screen.text(), "");
    }

    #[test]
    fn minutes_are_shown_where_there_are_some() {
        assert_eq!([shown(59), shown(125)], ["59 s", "2 min 5 s"]);
    }
}
