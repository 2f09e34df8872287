//! How a class is tried: what an undisturbed run leaves; then a run for each of its boundaries that is left there, as by a process
//! that dies, and runs after it until one ends. A question is answered as what is there shows it: the answer that leads to the
//! undisturbed end is the right one, and one must.

use std::cell::{Cell, RefCell};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use migrate_core::backend::{self, Access, BackendKind, DatabaseUrl, Session};
use migrate_core::migrator::{Abandon, Boundary, Decision, Event};
use migrate_core::{Error, Migrator};
use migrate_tests::scratch::Scratch;

use super::class::{Built, Class, ID, Then, Way};
use super::classes;
use crate::database::Contents;

/// How many questions in a row are answered.
const QUESTIONS: usize = 3;

/// What came of the runs of a class.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) kills: usize,
    pub(crate) failures: usize,
    /// Ended as an undisturbed run, by themselves.
    pub(crate) equal: usize,
    /// Ended as an undisturbed run, after one question or several.
    pub(crate) asked: usize,
    /// Asked a person to bring the revision to its end.
    pub(crate) ended: usize,
    /// Where, and what differs.
    pub(crate) wrong: Vec<String>,
    /// Why an undisturbed run stops, and what it did before.
    pub(crate) refused: Option<String>,
}

impl Tally {
    pub(crate) fn wrong(problem: String) -> Tally {
        Tally {
            wrong: vec![problem],
            ..Tally::default()
        }
    }

    pub(crate) fn add(&mut self, other: &Tally) {
        self.kills += other.kills;
        self.failures += other.failures;
        self.equal += other.equal;
        self.asked += other.asked;
        self.ended += other.ended;
        self.wrong.extend(other.wrong.iter().cloned());
    }

    pub(crate) fn runs(&self) -> usize {
        self.kills + self.failures
    }

    fn note(&mut self, place: &str, end: End) {
        match end {
            End::Equal { asked: false } => self.equal += 1,
            End::Equal { asked: true } => self.asked += 1,
            End::ByHand => self.ended += 1,
            End::Wrong(problem) => self.wrong.push(format!("{place}: {problem}")),
        }
    }
}

/// A database that is emptied before each trial.
pub(crate) struct Place {
    kind: BackendKind,
    url: DatabaseUrl,
    text: String,
    name: String,
    keeper: Option<Box<dyn Session>>,
}

impl Place {
    pub(crate) fn new(scratch: &Scratch) -> Place {
        let text = scratch.url().to_owned();
        let path = text.split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        Place {
            kind: scratch.kind(),
            url: text.parse().expect("the URL of a scratch database"),
            text,
            name,
            keeper: None,
        }
    }

    fn session(&self) -> Box<dyn Session> {
        backend::connect(&self.url, Access::Write).expect("a scratch database can be opened")
    }

    /// Nothing but what the class needs.
    fn ready(&mut self, class: &Class) {
        if self.kind == BackendKind::Sqlite {
            self.keeper = None;
            for tail in ["", "-journal", "-wal", "-shm", "-migrate-lock"] {
                let _ = fs::remove_file(format!("{}{tail}", self.text)); // most are not there
            }
        }
        let mut keeper = match self.keeper.take() {
            Some(keeper) => keeper,
            None => self.session(),
        };
        let run = |keeper: &mut Box<dyn Session>, text: &str| {
            let text = text.replace("{db}", &self.name);
            keeper.execute(&text).unwrap_or_else(|error| {
                panic!("`{}` gets ready with `{text}`: {error}", class.name)
            });
        };
        for text in classes::emptying(self.kind) {
            run(&mut keeper, text);
        }
        for text in class.clean {
            let _ = keeper.execute(&text.replace("{db}", &self.name)); // it may not be there
        }
        for text in classes::READY.iter().chain(class.ready) {
            run(&mut keeper, text);
        }
        self.keeper = Some(keeper);
    }

    fn contents(&self, class: &Class) -> (Contents, Vec<String>) {
        let mut session = self.session();
        let seen = class.seen.iter().flat_map(|query| {
            session
                .texts(&query.replace("{db}", &self.name))
                .unwrap_or_else(|error| panic!("{query}: {error}"))
        });
        let seen = seen.collect();
        (Contents::of(&self.text), seen)
    }

    fn clean(&mut self, class: &Class) {
        for text in class.clean {
            if let Some(keeper) = &mut self.keeper {
                let _ = keeper.execute(&text.replace("{db}", &self.name));
            }
        }
    }
}

/// What an undisturbed run leaves.
struct Expected<'a> {
    class: &'a Class,
    contents: (Contents, Vec<String>),
}

impl Expected<'_> {
    fn differences(&self, place: &Place) -> Option<String> {
        let (contents, seen) = place.contents(self.class);
        let mut lines = contents.differences(&self.contents.0).unwrap_or_default();
        if seen != self.contents.1 {
            lines.push_str(&format!(
                "\n  it is {seen:?}, and was to be {:?}",
                self.contents.1
            ));
        }
        (!lines.is_empty()).then_some(lines)
    }
}

/// How the runs after a kill or a failure ended.
enum End {
    Equal { asked: bool },
    ByHand,
    Wrong(String),
}

/// A person's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    NotDone,
    /// The block with the live connection was changed to do nothing.
    Emptied,
}

/// Tries a class in one way, killing at each `every`th boundary.
pub(crate) fn run(place: &mut Place, class: &Class, way: Way, every: usize) -> Tally {
    let mut tally = Tally::default();
    let plain = Built::new(class, way, Then::Nothing, &place.name);
    place.ready(class);
    let before = place.contents(class);
    let total = match attempt(place, &plain, false, usize::MAX) {
        Attempt::Done(boundaries) => boundaries,
        Attempt::Failed(error) => {
            let (_, words) = told(&error);
            let problem = format!("an undisturbed run fails: {words}");
            let untouched = place.contents(class) == before && is_settled(place, &plain);
            return match untouched || error.help().is_some() {
                true => {
                    let when = if untouched {
                        "nothing is done"
                    } else {
                        "half done"
                    };
                    let why = words.lines().next().unwrap_or_default();
                    tally.refused = Some(format!("{when}: {why}"));
                    tally
                }
                false => Tally::wrong(problem),
            };
        }
        Attempt::Died(_) => unreachable!("it was not to die"),
    };
    if let Some(problem) = unlike_a_client(place, class) {
        tally.wrong.push(problem);
    }
    place.ready(class);
    attempt(place, &plain, false, usize::MAX);
    let expected = Expected {
        class,
        contents: place.contents(class),
    };
    let mut at = every.div_ceil(2).min(total);
    while at <= total {
        tally.kills += 1;
        let mut last = String::new();
        let mut died = |place: &mut Place| {
            place.ready(class);
            match attempt(place, &plain, false, at) {
                Attempt::Died(what) => {
                    last = what;
                    Ok(())
                }
                Attempt::Done(_) => Err("it has fewer boundaries this time".to_owned()),
                Attempt::Failed(error) => Err(format!("it fails this time: {error}")),
            }
        };
        let end = explore(place, &plain, &expected, &mut died);
        tally.note(&format!("killed at boundary {at} of {total}, {last}"), end);
        at += every;
    }
    for tries in [1, 2] {
        tally.failures += 1;
        let (place_of, end) = failing(place, class, way, tries);
        tally.note(&place_of, end);
    }
    place.clean(class);
    tally
}

/// How a run without any kill differs from what the statements leave when they are sent one after the other on one connection,
/// be it in a transaction or not.
fn unlike_a_client(place: &mut Place, class: &Class) -> Option<String> {
    let statements = class.statements(&place.name)?;
    let (contents, seen) = place.contents(class);
    let contents = contents.without_revisions();
    let mut told = Vec::new();
    for (begin, end) in [("", ""), ("BEGIN", "COMMIT")] {
        place.ready(class);
        let mut session = place.session();
        let all = [begin]
            .into_iter()
            .chain(statements.iter().map(String::as_str))
            .chain([end]);
        let sent = all
            .filter(|text| !text.is_empty())
            .try_for_each(|text| session.execute(text));
        drop(session);
        if let Err(error) = sent {
            told.push(format!("a client fails: {error}"));
            continue;
        }
        let (by_client, seen_by_client) = place.contents(class);
        match contents.differences(&by_client.without_revisions()) {
            None if seen == seen_by_client => return None,
            lines => told.push(format!(
                "{}\n  {seen:?}, and not {seen_by_client:?}",
                lines.unwrap_or_default()
            )),
        }
    }
    Some(format!(
        "without any kill it is not what a client leaves:\n{}",
        told.join("\n")
    ))
}

/// A mistake directly behind the class, run so many times and then corrected.
fn failing(place: &mut Place, class: &Class, way: Way, tries: usize) -> (String, End) {
    let wrong = Built::new(class, way, Then::Mistake, &place.name);
    let right = Built::new(class, way, Then::Corrected, &place.name);
    let what = format!("a statement behind it fails {tries} times and is corrected");
    place.ready(class);
    let before = place.contents(class);
    if let Attempt::Failed(error) = attempt(place, &right, false, usize::MAX) {
        return (
            what,
            End::Wrong(format!("the corrected run alone fails: {error}")),
        );
    }
    let expected = Expected {
        class,
        contents: place.contents(class),
    };
    let mut untrue = None;
    let mut fails = |place: &mut Place| {
        place.ready(class);
        for number in 0..tries {
            match attempt(place, &wrong, false, usize::MAX) {
                Attempt::Failed(error) => {
                    // at most the first run begins with what was there before
                    if let (0, Error::Revision(failure)) = (number, &error) {
                        let left = place.contents(class).0.differences(&before.0);
                        if let (true, Some(left)) = (failure.undone, left) {
                            untrue = Some(format!("all is said to be undone, but:\n{left}"));
                        }
                    }
                    if number > 0 && told(&error).0 != Said::Other {
                        break; // it asks instead of trying again
                    }
                }
                _ => return Err("it does not fail".to_owned()),
            }
        }
        Ok(())
    };
    let end = explore(place, &right, &expected, &mut fails);
    (what, untrue.map_or(end, End::Wrong))
}

/// Brings the database to where it was left, and runs on with each sequence of answers until one leads to the expected end.
fn explore(
    place: &mut Place,
    built: &Built,
    expected: &Expected<'_>,
    leave: &mut dyn FnMut(&mut Place) -> Result<(), String>,
) -> End {
    let mut sequences = vec![Vec::new()];
    let mut first = None;
    let mut asked = false;
    while let Some(answers) = sequences.pop() {
        if let Err(problem) = leave(place) {
            return End::Wrong(problem);
        }
        match follow(place, built, expected, &answers) {
            Followed::End(End::Wrong(problem)) if !asked => return End::Wrong(problem),
            Followed::End(End::Wrong(problem)) => {
                first.get_or_insert(format!(
                    "whatever is answered, as with {answers:?}: {problem}"
                ));
            }
            Followed::End(end) => return end,
            Followed::Question(answer) => {
                asked = true;
                if answers.len() < QUESTIONS {
                    for answer in answer {
                        sequences.push(answers.iter().copied().chain([answer]).collect());
                    }
                }
            }
        }
    }
    match expected.class.is_one_text() {
        // of which a part was done, so that neither answer is right and a person brings it to its end
        true => End::ByHand,
        false => End::Wrong(first.unwrap_or_else(|| "it asks without an end".to_owned())),
    }
}

enum Followed {
    End(End),
    Question(Vec<Answer>),
}

/// Runs until it ends, giving these answers.
fn follow(place: &Place, built: &Built, expected: &Expected<'_>, answers: &[Answer]) -> Followed {
    let mut answered = answers.iter();
    let mut skips = false;
    loop {
        let error = match attempt(place, built, skips, usize::MAX) {
            Attempt::Failed(error) => error,
            _ => {
                return Followed::End(match expected.differences(place) {
                    Some(lines) => {
                        End::Wrong(format!("it differs from an undisturbed run:\n{lines}"))
                    }
                    None => End::Equal {
                        asked: !answers.is_empty(),
                    },
                });
            }
        };
        let (said, words) = told(&error);
        let possible = match said {
            Said::Question => vec![Answer::NotDone, Answer::Done],
            Said::Block => vec![Answer::NotDone, Answer::Emptied],
            Said::ByHand => return Followed::End(End::ByHand),
            Said::Other => return Followed::End(End::Wrong(format!("it is stuck: {words}"))),
        };
        let Some(answer) = answered.next() else {
            return Followed::Question(possible);
        };
        skips |= *answer == Answer::Emptied;
        let decision = match answer {
            Answer::Done => Decision::StepDone,
            Answer::NotDone | Answer::Emptied => Decision::StepNotDone,
        };
        let migrator = Migrator::new(built.history(skips));
        if let Err(error) = migrator.resolve(place.session().as_mut(), ID, decision) {
            return Followed::End(End::Wrong(format!(
                "the answer to {words} is refused: {error}"
            )));
        }
    }
}

/// What a failure asks of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Whether a statement was carried out.
    Question,
    /// Whether a block with the live connection was.
    Block,
    /// To bring the revision to its end.
    ByHand,
    /// Nothing of this.
    Other,
}

fn told(error: &Error) -> (Said, String) {
    let help = error.help().unwrap_or_default();
    let said = match () {
        () if help.contains("--done`") => Said::Question,
        () if help.contains("--not-done`") => Said::Block,
        () if help.contains("--applied`") => Said::ByHand,
        () => Said::Other,
    };
    (said, format!("{error}\n  help: {help}"))
}

/// Whether nothing is unfinished.
fn is_settled(place: &Place, built: &Built) -> bool {
    let status = Migrator::new(built.history(false)).status(place.session().as_mut());
    status.is_ok_and(|status| status.unfinished.is_none())
}

enum Attempt {
    /// With how many boundaries.
    Done(usize),
    /// After what.
    Died(String),
    Failed(Error),
}

/// Runs it, to this boundary if it comes so far.
fn attempt(place: &Place, built: &Built, skips: bool, at: usize) -> Attempt {
    let count = Cell::new(0);
    let last = RefCell::new(String::from("before any statement"));
    let here = RefCell::new(None);
    let pass = |boundary: Option<Boundary>| {
        count.set(count.get() + 1);
        if count.get() == at {
            here.replace(boundary);
            resume_unwind(Box::new(Abandon));
        }
    };
    let history = built.history(skips);
    let migrator = Migrator::new(history).on_event(|event| match event {
        Event::Boundary { at } => pass(Some(*at)),
        Event::Statement { sql, .. } => {
            let text: String = sql.chars().take(100).collect();
            last.replace(format!("after `{}`", text.replace('\n', " ")));
        }
        _ => {}
    });
    let mut session = place.session();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        migrator.upgrade(session.as_mut(), "head")
    }));
    match ran {
        Ok(Ok(_)) => Attempt::Done(count.get()),
        Ok(Err(error)) => Attempt::Failed(error),
        Err(panic) if panic.is::<Abandon>() => {
            let here = here
                .borrow()
                .map_or(String::from("in a block"), |at: Boundary| format!("{at:?}"));
            Attempt::Died(format!("{here}, {}", last.borrow()))
        }
        Err(panic) => resume_unwind(panic),
    }
}
