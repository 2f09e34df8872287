//! How a class is tried: the result of an undisturbed run; then, for each of its boundaries, a run
//! that is left there as by a dying process, and runs after it until one ends. A question is
//! answered according to the database: the answer that leads to the undisturbed result is the right
//! one, and one must.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Session};
use migrate_core::migrator::{Abandon, Decision, Event, Failpoint};
use migrate_core::{Error, Migrator};
use migrate_tests::scratch::Scratch;

use super::class::{Built, Class, ID, Then, Way, Work};
use super::classes;
use crate::database::{self, Contents};

/// How many questions in a row are answered.
const QUESTIONS: usize = 3;

/// The results of the runs of a class.
#[derive(Default)]
pub(crate) struct Tally {
    /// The number of forms in which classes were tried.
    pub(crate) ways: usize,
    pub(crate) kills: usize,
    /// The number of kills that leave the same state as another one of the same run, and so have
    /// the same end.
    pub(crate) same: usize,
    pub(crate) failures: usize,
    /// Ended as an undisturbed run, without help.
    pub(crate) equal: usize,
    /// Ended as an undisturbed run, after at least one question.
    pub(crate) asked: usize,
    /// Asked the user to complete the revision.
    pub(crate) ended: usize,
    /// The boundary, and what differs.
    pub(crate) wrong: Vec<String>,
    /// Why an undisturbed run stops, and what it did before.
    pub(crate) refused: Option<String>,
    /// The engine that the class needs and this server lacks.
    pub(crate) lacks: Option<String>,
}

impl Tally {
    pub(crate) fn wrong(problem: String) -> Tally {
        Tally {
            wrong: vec![problem],
            ..Tally::default()
        }
    }

    pub(crate) fn add(&mut self, other: &Tally) {
        self.ways += other.ways;
        self.kills += other.kills;
        self.same += other.same;
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
    keeper: RefCell<Option<Box<dyn Session>>>,
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
            keeper: RefCell::new(None),
        }
    }

    fn session(&self) -> Box<dyn Session> {
        backend::connect(&self.url, Access::Write).expect("a scratch database can be opened")
    }

    /// Only the setup of the class.
    fn ready(&mut self, class: &Class) {
        if self.kind == BackendKind::Sqlite {
            self.keeper.replace(None);
            for tail in ["", "-journal", "-wal", "-shm", "-migrate-lock"] {
                let _ = fs::remove_file(format!("{}{tail}", self.text)); // most are not there
            }
        }
        let kept = self.keeper.take();
        let mut keeper = match kept {
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
        self.keeper.replace(Some(keeper));
    }

    fn contents(&self, class: &Class) -> (Contents, Vec<String>) {
        match &mut *self.keeper.borrow_mut() {
            // only a new connection may show a setting
            Some(keeper) if class.seen.is_empty() => (Contents::read(keeper.as_mut()), Vec::new()),
            _ => self.contents_by(class, self.session().as_mut()),
        }
    }

    fn contents_by(&self, class: &Class, session: &mut dyn Session) -> (Contents, Vec<String>) {
        (Contents::read(session), self.seen_by(class, session))
    }

    fn seen_by(&self, class: &Class, session: &mut dyn Session) -> Vec<String> {
        let seen = class.seen.iter().flat_map(|query| {
            session
                .texts(&query.replace("{db}", &self.name))
                .unwrap_or_else(|error| panic!("{query}: {error}"))
        });
        seen.collect()
    }

    fn be_patient(&self, patience: &str) {
        if let Some(keeper) = &mut *self.keeper.borrow_mut() {
            let _ = keeper.execute(patience); // without it, what follows takes longer
        }
    }

    /// All that is committed and decides how a later run resumes; `None` if a lock blocks reading
    /// it. The catalogue is this one, if it is known.
    fn state(&self, class: &Class, known: Option<&Contents>) -> Option<State> {
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut keeper = self.keeper.borrow_mut();
            let keeper = keeper.as_mut()?.as_mut();
            let contents = match known {
                Some(known) => known.again(keeper),
                None => Contents::read(keeper),
            };
            let seen = self.seen_by(class, keeper);
            Some(State {
                text: format!("{contents:?} {seen:?} {:?}", database::record(keeper)),
                contents,
            })
        }));
        read.ok().flatten()
    }

    /// Whether each change of the schema commits itself, and stays whatever happens then.
    fn commits(&self) -> bool {
        matches!(self.kind, BackendKind::Mysql | BackendKind::Mariadb)
    }

    /// What is committed at a boundary, given the state at the previous one. The engine reports a
    /// boundary around everything that it sends, so nothing happens before a `Before`, except what
    /// a body does itself. If each change of the schema commits itself, no other boundary shows
    /// one. boundary shows one.
    fn state_at(
        &self,
        class: &Class,
        at: Failpoint,
        before: Option<&State>,
        sent: &str,
    ) -> Option<State> {
        use Failpoint::{AfterBegin, AfterJournal};
        // what these call cannot change the schema
        let rows = ["INSERT ", "UPDATE ", "DELETE "]
            .iter()
            .any(|start| sent.starts_with(start) && !sent.contains(';'));
        let before = before.filter(|_| matches!(class.work, Work::Sql(_)));
        let same = format!("{at:?}").starts_with("Before");
        match (before, at) {
            (Some(before), _) if same => Some(before.clone()),
            (Some(before), _)
                if self.commits() && (rows || matches!(at, AfterBegin | AfterJournal)) =>
            {
                self.state(class, Some(&before.contents))
            }
            _ => self.state(class, None),
        }
    }

    /// The engine that the class names and the server lacks.
    fn lacks(&self, class: &Class) -> Option<String> {
        let texts = class.ready.iter().chain(match class.work {
            Work::Sql(statements) => statements,
            Work::Body(_) => &[],
        });
        let engines = texts.filter_map(|text| text.split_once("ENGINE = "));
        for (_, rest) in engines {
            let name = rest.split([' ', ';']).next().unwrap_or_default();
            let query = format!(
                "SELECT CONVERT(engine USING utf8mb4) AS text FROM information_schema.engines \
                 WHERE engine = '{}' AND support IN ('YES', 'DEFAULT')",
                name.replace("MERGE", "MRG_MYISAM")
            );
            let found = self.session().texts(&query);
            if found.is_ok_and(|found| found.is_empty()) {
                return Some(name.to_owned());
            }
        }
        None
    }

    fn clean(&mut self, class: &Class) {
        for text in class.clean {
            if let Some(keeper) = self.keeper.get_mut() {
                let _ = keeper.execute(&text.replace("{db}", &self.name));
            }
        }
    }
}

/// The state that decides how a later run resumes.
#[derive(Clone)]
struct State {
    text: String,
    contents: Contents,
}

/// The result of an undisturbed run.
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
#[derive(Clone)]
enum End {
    Equal { asked: bool },
    ByHand,
    Wrong(String),
}

/// The user's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    NotDone,
    /// The connection block was changed to do nothing.
    Emptied,
}

/// Tries a class in one way, killing at each `every`th boundary.
pub(crate) fn run(place: &mut Place, class: &Class, way: Way, every: usize) -> Tally {
    let mut tally = Tally {
        lacks: place.lacks(class),
        ..Tally::default()
    };
    if tally.lacks.is_some() {
        return tally;
    }
    let plain = Built::new(class, way, Then::Nothing, &place.name);
    place.ready(class);
    let before = place.contents(class);
    match attempt(place, &plain, false, &never) {
        Attempt::Failed(error) => return undisturbed_fails(place, class, &plain, &before, &error),
        _ => tally.wrong.extend(unlike_a_client(place, class)),
    }
    place.ready(class);
    let states: RefCell<Vec<Option<State>>> = RefCell::default();
    let (calm, hurry) = classes::patience(place.kind);
    let look = |_, at, sent: &str| {
        let mut states = states.borrow_mut();
        let before = states.last().and_then(Option::as_ref);
        let state = place.state_at(class, at, before, sent);
        states.push(state);
        false
    };
    place.be_patient(hurry);
    attempt(place, &plain, false, &look);
    place.be_patient(calm);
    let expected = Expected {
        class,
        contents: place.contents(class),
    };
    kills(place, &plain, &expected, &states.take(), every, &mut tally);
    failures(place, class, way, &mut tally);
    place.clean(class);
    tally
}

/// The report for a class that fails without any kill.
fn undisturbed_fails(
    place: &Place,
    class: &Class,
    plain: &Built,
    before: &(Contents, Vec<String>),
    error: &Error,
) -> Tally {
    let (_, words) = described(error);
    let untouched = place.contents(class) == *before && is_settled(place, plain);
    if !untouched && error.help().is_none() {
        return Tally::wrong(format!("an undisturbed run fails: {words}"));
    }
    let when = if untouched {
        "nothing is done"
    } else {
        "half done"
    };
    let why = words.lines().next().unwrap_or_default();
    Tally {
        refused: Some(format!("{when}: {why}")),
        ..Tally::default()
    }
}

/// Kills at each `every`th boundary, the last first. What another session saw at a boundary of an
/// undisturbed run is what a kill there leaves, which is checked after each kill; if another kill
/// left the same, the two have the same end.
fn kills(
    place: &mut Place,
    plain: &Built,
    expected: &Expected<'_>,
    states: &[Option<State>],
    every: usize,
    tally: &mut Tally,
) {
    let class = expected.class;
    let mut known: HashMap<String, End> = HashMap::new();
    let first = every.div_ceil(2).min(states.len());
    let all: Vec<usize> = (first..=states.len()).step_by(every).collect();
    for at in all.into_iter().rev().filter(|at| *at > 0) {
        tally.kills += 1;
        let mut last = String::new();
        let seen = states[at - 1].as_ref().map(|state| &state.text);
        let mut end = seen.and_then(|state| known.get(state)).cloned();
        tally.same += usize::from(end.is_some());
        if end.is_none() {
            let mut died = |place: &mut Place| {
                place.ready(class);
                match attempt(place, plain, false, &|number, _, _| number == at) {
                    Attempt::Died(what) => {
                        last = what;
                        Ok(())
                    }
                    Attempt::Done => Err("it has fewer boundaries this time".to_owned()),
                    Attempt::Failed(error) => Err(format!("it fails this time: {error}")),
                }
            };
            let left = died(place);
            let catalogue = states[at - 1].as_ref().filter(|_| place.commits());
            let catalogue = catalogue.map(|state| &state.contents);
            let state = place.state(class, catalogue).map(|state| state.text);
            if let (Some(seen), Some(state)) = (seen, &state)
                && seen != state
            {
                tally.wrong.push(format!(
                    "boundary {at}: a kill leaves another state than the one that was seen:\n{state}\nand not\n{seen}"
                ));
            }
            end = state.as_ref().and_then(|state| known.get(state)).cloned();
            tally.same += usize::from(end.is_some());
            if end.is_none() {
                let mut left = Some(left);
                let mut leave = |place: &mut Place| left.take().unwrap_or_else(|| died(place));
                let found = explore(place, plain, expected, &mut leave);
                known.extend(state.map(|state| (state, found.clone())));
                end = Some(found);
            }
        }
        let what = format!("killed at boundary {at} of {}, {last}", states.len());
        tally.note(&what, end.unwrap_or(End::ByHand));
    }
}

/// How a run without any kill differs from the result of the statements sent one after the other on
/// one connection, in a transaction or not.
fn unlike_a_client(place: &mut Place, class: &Class) -> Option<String> {
    let statements = class.statements(&place.name)?;
    let (contents, seen) = place.contents(class);
    let contents = contents.without_revisions();
    let mut described = Vec::new();
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
            described.push(format!("a client fails: {error}"));
            continue;
        }
        let (by_client, seen_by_client) = place.contents(class);
        match contents.differences(&by_client.without_revisions()) {
            None if seen == seen_by_client => return None,
            lines => described.push(format!(
                "{}\n  {seen:?}, and not {seen_by_client:?}",
                lines.unwrap_or_default()
            )),
        }
    }
    Some(format!(
        "without any kill it is not what a client leaves:\n{}",
        described.join("\n")
    ))
}

/// A failing statement directly after the class, run once or twice and then corrected.
fn failures(place: &mut Place, class: &Class, way: Way, tally: &mut Tally) {
    let wrong = Built::new(class, way, Then::Mistake, &place.name);
    let right = Built::new(class, way, Then::Corrected, &place.name);
    place.ready(class);
    let before = place.contents(class);
    let alone = attempt(place, &right, false, &never);
    let expected = Expected {
        class,
        contents: place.contents(class),
    };
    for tries in [1, 2] {
        tally.failures += 1;
        let what = format!("a statement behind it fails {tries} times and is corrected");
        let end = match &alone {
            Attempt::Failed(error) => End::Wrong(format!("the corrected run alone fails: {error}")),
            _ => failing(place, [&wrong, &right], &expected, &before, tries),
        };
        tally.note(&what, end);
    }
}

fn failing(
    place: &mut Place,
    [wrong, right]: [&Built; 2],
    expected: &Expected<'_>,
    before: &(Contents, Vec<String>),
    tries: usize,
) -> End {
    let class = expected.class;
    let mut untrue = None;
    let mut fails = |place: &mut Place| {
        place.ready(class);
        for number in 0..tries {
            match attempt(place, wrong, false, &never) {
                Attempt::Failed(error) => {
                    // at most the first run starts from the earlier state
                    if let (0, Error::Revision(failure)) = (number, &error) {
                        let left = place.contents(class).0.differences(&before.0);
                        if let (true, Some(left)) = (failure.undone, left) {
                            untrue = Some(format!("all is reported as rolled back, but:\n{left}"));
                        }
                    }
                    if number > 0 && described(&error).0 != Said::Other {
                        break; // it asks instead of trying again
                    }
                }
                _ => return Err("it does not fail".to_owned()),
            }
        }
        Ok(())
    };
    let end = explore(place, right, expected, &mut fails);
    untrue.map_or(end, End::Wrong)
}

/// Restores the state after the kill, and continues with each sequence of answers until one leads
/// to the expected end.
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
    match expected.class.is_one_unit() {
        // of which a part was done, so that neither answer is right and the user completes it
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
        let error = match attempt(place, built, skips, &never) {
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
        let (said, words) = described(&error);
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

/// What a failure asks the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Whether a statement took effect.
    Question,
    /// Whether a connection block did.
    Block,
    /// To complete the revision.
    ByHand,
    /// None of these.
    Other,
}

fn described(error: &Error) -> (Said, String) {
    let help = error.help().unwrap_or_default().typed("cargo migrate");
    let said = match () {
        () if help.contains("--done`") => Said::Question,
        () if help.contains("--not-done`") => Said::Block,
        () if help.contains("--applied`") => Said::ByHand,
        () => Said::Other,
    };
    (said, format!("{error}\n  help: {help}"))
}

/// Whether nothing is partially applied.
fn is_settled(place: &Place, built: &Built) -> bool {
    let status = Migrator::new(built.history(false)).status(place.session().as_mut());
    status.is_ok_and(|status| status.partial.is_none())
}

enum Attempt {
    Done,
    /// After what.
    Died(String),
    Failed(Error),
}

/// Whether a run dies at the boundary of this number and kind, after the last statement sent.
type Dies<'a> = &'a dyn Fn(usize, Failpoint, &str) -> bool;

/// A run that no boundary ends.
fn never(_: usize, _: Failpoint, _: &str) -> bool {
    false
}

/// Runs it, to the first boundary at whose number it is to die.
fn attempt(place: &Place, built: &Built, skips: bool, dies: Dies<'_>) -> Attempt {
    let count = Cell::new(0);
    let last = RefCell::new(String::new());
    let here = RefCell::new(String::new());
    let history = built.history(skips);
    let migrator = Migrator::new(history).on_event(|event| match event {
        Event::Failpoint { at } => {
            count.set(count.get() + 1);
            if dies(count.get(), *at, &last.borrow()) {
                here.replace(format!("{at:?}"));
                resume_unwind(Box::new(Abandon));
            }
        }
        Event::Statement { sql, .. } => {
            last.replace((*sql).to_owned());
        }
        _ => {}
    });
    let mut session = place.session();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        migrator.upgrade(session.as_mut(), "head")
    }));
    match ran {
        Ok(Ok(_)) => Attempt::Done,
        Ok(Err(error)) => Attempt::Failed(error),
        Err(panic) if panic.is::<Abandon>() => {
            let last: String = last.borrow().chars().take(100).collect();
            let last = last.replace('\n', " ");
            Attempt::Died(format!("{} behind `{last}`", here.borrow()))
        }
        Err(panic) => resume_unwind(panic),
    }
}
