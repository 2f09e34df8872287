//! Cases of two schemas: both are made, the first is changed into the second by what the comparison
//! says, and back. It must not know what a right answer looks like beyond the catalogue of a case's
//! second schema.
//!
//! A case is a line of JSON: `id`, `note`, `backend` (`all` or one), `kind` (`diff`, `equal`,
//! `ambiguous`), `before_sql`, `after_sql`; and where they apply `expect.must_not`, `destructive`,
//! `rows_sql`, `rows_check`, `rows_check_after`, `renames`, `drops`, `requires`, `schemas`, `tier`.

use std::fmt::Write as _;
use std::path::Path;

use migrate_cli::models::{Ground, Names, PrintSchema};
use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Scope, Session};
use migrate_core::engine::diff::{
    Answers, ChangeKind, Difference, Question, Rename, diff, settled,
};
use migrate_core::engine::scratch::{ScratchStep, SqlFailure, run_operations, run_sql};
use migrate_core::operation::Operation;
use migrate_core::schema::{Constraint, EnumType, Schema};
use serde_json::Value;

use crate::scratch::{Scratch, short_name};

/// One case.
#[derive(Debug)]
pub struct Case(Value);

/// What became of the cases on one kind of database.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The number of cases whose answer was right.
    pub agreed: usize,
    /// Cases that this server is too old for.
    pub skipped: usize,
    /// The others: the case, and what was wrong.
    pub failed: Vec<(String, String)>,
}

impl Case {
    /// The cases of a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or a line is not JSON.
    pub fn read(path: &Path) -> Result<Vec<Case>, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(at, line)| {
                let case = serde_json::from_str(line);
                case.map(Case)
                    .map_err(|error| format!("{}:{}: {error}", path.display(), at + 1))
            })
            .collect()
    }

    /// The cases that the project keeps.
    ///
    /// # Panics
    ///
    /// When its file cannot be read.
    #[must_use]
    pub fn all() -> Vec<Case> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("comparison/cases.jsonl");
        Case::read(&file).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    fn is_for(&self, kind: BackendKind) -> bool {
        self.text("backend")
            .is_none_or(|name| name == "all" || name == short_name(kind))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    fn texts(&self, key: &str) -> Vec<&str> {
        texts(self.0.get(key))
    }

    fn says(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or_default()
    }

    fn is_second_tier(&self) -> bool {
        self.0.get("tier").and_then(Value::as_u64) == Some(2)
    }

    fn must_not(&self) -> Vec<&str> {
        texts(
            self.0
                .get("expect")
                .and_then(|expect| expect.get("must_not")),
        )
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}

/// Runs the cases that are for a kind of database.
///
/// With `models`, the second schema is printed as models and read back first; cases about what
/// models do not declare are skipped.
pub fn run_cases(kind: BackendKind, cases: &[Case], models: bool) -> Outcome {
    let mut outcome = Outcome::default();
    for case in cases.iter().filter(|case| case.is_for(kind)) {
        let run = Run {
            models,
            ..Run::new(kind, case)
        };
        match run.run() {
            Ok(Verdict::Agreed) => outcome.agreed += 1,
            Ok(Verdict::TooOld) => outcome.skipped += 1,
            Err(problem) if models && problem.starts_with(UNSAID) => outcome.skipped += 1,
            Err(problem) => outcome.failed.push((case.id().to_owned(), problem)),
        }
    }
    outcome
}

/// What became of the tables of the cases' first schemas when they got rows.
#[derive(Debug, Default)]
pub struct SeededCases {
    /// How many schemas there were.
    pub schemas: usize,
    /// How many tables have rows.
    pub tables: usize,
    /// The tables without rows: the case, the table, and why.
    pub refused: Vec<(String, String, String)>,
    /// The cases with a row that violates a constraint, or that could not be tried.
    pub failed: Vec<(String, String)>,
}

/// Gives all tables of each case's first schema rows, as `cargo migrate test` does.
pub fn seeded_cases(kind: BackendKind, cases: &[Case], seed: u64) -> SeededCases {
    let mut outcome = SeededCases::default();
    for case in cases.iter().filter(|case| case.is_for(kind)) {
        let run = Run::new(kind, case);
        let seeded = run.place(&case.texts("before_sql")).and_then(|mut place| {
            let schema = run.schema(&mut place)?;
            if run.is_too_old(&schema) {
                return Ok(None);
            }
            let session = place.session.as_mut();
            let seeded = migrate_cli::ladder::seeded::seed(session, &schema, seed);
            let seeded = seeded.map_err(|error| error.message)?;
            let broken = match kind {
                BackendKind::Sqlite => {
                    session.texts("SELECT \"table\" AS text FROM pragma_foreign_key_check")
                }
                _ => Ok(Vec::new()),
            };
            match broken.map_err(|error| error.to_string())?.first() {
                Some(table) => Err(format!("a foreign key of `{table}` is broken")),
                None => Ok(Some(seeded)),
            }
        });
        match seeded {
            Ok(None) => {}
            Ok(Some(seeded)) => {
                outcome.schemas += 1;
                outcome.tables += seeded.tables;
                let refused = seeded.refused.into_iter();
                outcome
                    .refused
                    .extend(refused.map(|(table, why)| (case.id().to_owned(), table, why)));
            }
            Err(problem) => outcome.failed.push((case.id().to_owned(), problem)),
        }
    }
    outcome
}

enum Verdict {
    Agreed,
    TooOld,
}

struct Run<'c> {
    kind: BackendKind,
    case: &'c Case,
    scope: Scope,
    models: bool,
}

/// An empty database with a session on it. It is dropped with this.
pub struct Fresh {
    session: Box<dyn Session>,
    _place: Scratch,
}

impl Fresh {
    /// Creates one.
    ///
    /// # Panics
    ///
    /// Without the server that it needs, with the command that starts one.
    #[must_use]
    pub fn new(kind: BackendKind) -> Fresh {
        let place = Scratch::new(kind, "compared");
        let url: DatabaseUrl = place.url().parse().expect("the URL of a scratch database");
        Fresh {
            session: backend::connect(&url, Access::Write).expect("a database can be opened"),
            _place: place,
        }
    }

    /// All that is in the schemas that are asked for.
    ///
    /// # Errors
    ///
    /// Those of inspection.
    pub fn inspect(&mut self, scope: &Scope) -> Result<Schema, String> {
        let schema = self.session.inspect(scope);
        schema.map_err(|error| format!("inspection: {error}"))
    }

    /// Runs the statements of a text.
    ///
    /// # Errors
    ///
    /// The line at which one failed, and why.
    pub fn run_text(&mut self, text: &str) -> Result<(), String> {
        let failed = |failure: SqlFailure| format!("line {}: {}", failure.line, failure.message);
        run_sql(self.session.as_mut(), text).map_err(failed)
    }

    /// Runs operations, in order; after some of them, what was done is committed.
    ///
    /// # Errors
    ///
    /// The operation that failed, and why.
    pub fn run(&mut self, steps: &[(Operation, bool)]) -> Result<(), String> {
        if steps.is_empty() {
            return Ok(());
        }
        let steps: Vec<ScratchStep<'_>> = steps
            .iter()
            .map(|(operation, commits)| ScratchStep {
                operation,
                commits: *commits,
            })
            .collect();
        let done = run_operations(self.session.as_mut(), &steps);
        done.map(drop).map_err(|error| with_sources(&error))
    }
}

/// The operations of a difference, and after which of them to commit.
#[must_use]
pub fn steps(found: &Difference) -> Vec<(Operation, bool)> {
    let changes = found.changes.iter();
    changes
        .map(|change| (change.operation.clone(), change.commits))
        .collect()
}

/// The difference of two schemas, with doubts settled by a database.
///
/// # Errors
///
/// When one of them cannot be created.
pub fn settled_difference(
    kind: BackendKind,
    (from, to): (&Schema, &Schema),
    answers: &Answers,
    scope: &Scope,
) -> Result<Difference, String> {
    let (mut from, mut to) = (from.clone(), to.clone());
    settle(kind, (&mut from, &mut to), answers, scope)
}

/// The same, with the texts of the database in both schemas afterwards.
fn settle(
    kind: BackendKind,
    sides: (&mut Schema, &mut Schema),
    answers: &Answers,
    scope: &Scope,
) -> Result<Difference, String> {
    let rules = backend::rules(kind).map_err(|error| error.to_string())?;
    settled(sides, rules, answers, |schema, _| {
        let mut whole = schema.clone();
        whole.schemas.retain(|name| name != "public");
        let making = diff(&Schema::empty(), &whole, rules, &Answers::default());
        let mut place = Fresh::new(kind);
        place
            .run(&steps(&making))
            .map_err(|problem| format!("written out again: {problem}\n{}", shown(&making)))?;
        place.inspect(scope)
    })
}

/// How a failure begins that is none: what models cannot say is named.
const UNSAID: &str = "models cannot say: ";

/// The schema that models declare which are printed from another one, read back on the ground of
/// the one before.
///
/// # Errors
///
/// What the reader says about the text, or what cannot be had.
pub fn through_models(
    kind: BackendKind,
    (from, to): (&Schema, &Schema),
    answers: &Answers,
) -> Result<Schema, String> {
    let config = PrintSchema::default();
    let names = Names::default();
    let rules = backend::rules(kind).map_err(|error| error.to_string())?;
    let (from, to) = (&rules.canonical(from), &rules.canonical(to));
    let ground = |before| Ground {
        kind,
        before,
        config: &config,
        current: if kind == BackendKind::Postgres {
            "public"
        } else {
            ""
        },
        renames: &answers.renames,
        drops: &answers.drops,
        only: &[],
        keeps: false,
        names: &names,
        docs: false,
    };
    let (text, unsaid) = migrate_cli::models::closed(ground(to), "migrate_core");
    if !unsaid.is_empty() {
        return Err(format!("{UNSAID}{}", unsaid.join("; ")));
    }
    let file = migrate_models::read_file("schema.rs", &text, "migrate_core");
    let (models, problems) = migrate_models::Models::resolve(vec![file]);
    if let [first, ..] = problems.as_slice() {
        let line = text.lines().nth(first.place.line.saturating_sub(1));
        return Err(format!(
            "the models are not read: {} ({:?}) at {}",
            first.message,
            first.help,
            line.unwrap_or_default()
        ));
    }
    let (mut schema, _) =
        migrate_cli::models::schema_of(&models, ground(from)).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            format!("{}\n{text}", problems.join("; "))
        })?;
    schema.server.clone_from(&to.server);
    Ok(schema)
}

/// Whether two schemas have the same of all that models do not declare.
#[must_use]
pub fn differ_in_tables_alone(from: &Schema, to: &Schema) -> bool {
    let types = |schema: &Schema| -> Vec<_> {
        let used = |one: &&EnumType| {
            let mut columns = schema.tables.iter().flat_map(|table| &table.columns);
            columns.any(|column| format!("{:?}", column.ty).contains(&format!("{:?}", one.name)))
        };
        schema
            .enums
            .iter()
            .filter(|one| !used(one))
            .cloned()
            .collect()
    };
    let free = |schema: &Schema| -> Vec<_> {
        let free = schema.sequences.iter().filter(|one| one.owned_by.is_none());
        free.cloned().collect()
    };
    from.schemas == to.schemas
        && from.extensions == to.extensions
        && from.domains == to.domains
        && free(from) == free(to)
        && from.views == to.views
        && from.others == to.others
        && types(from) == types(to)
}

impl<'c> Run<'c> {
    fn new(kind: BackendKind, case: &'c Case) -> Run<'c> {
        let schemas = case
            .texts("schemas")
            .into_iter()
            .map(str::to_owned)
            .collect();
        Run {
            kind,
            case,
            scope: Scope::of(schemas),
            models: false,
        }
    }

    fn place(&self, statements: &[&str]) -> Result<Fresh, String> {
        let mut place = Fresh::new(self.kind);
        for statement in statements {
            let done = place.session.execute(statement);
            done.map_err(|error| format!("the case's own `{statement}`: {error}"))?;
        }
        Ok(place)
    }

    fn schema(&self, place: &mut Fresh) -> Result<Schema, String> {
        place.inspect(&self.scope)
    }

    fn run(&self) -> Result<Verdict, String> {
        let mut there = self.place(&self.case.texts("before_sql"))?;
        let from = self.schema(&mut there)?;
        if self.is_too_old(&from) {
            return Ok(Verdict::TooOld);
        }
        let mut wanted = self.place(&self.case.texts("after_sql"))?;
        let to = self.schema(&mut wanted)?;
        if self.models && to.tables.is_empty() {
            return Ok(Verdict::TooOld);
        }
        if self.models && !(differ_in_tables_alone(&from, &to) && self.scope.schemas.is_empty()) {
            return Ok(Verdict::TooOld);
        }
        self.reads_equal(&mut there, &from)?;
        let found = self.aimed(&from, &to, &Answers::default())?;
        match self.case.text("kind") {
            Some("equal") => {
                if found.is_empty() {
                    return Ok(Verdict::Agreed);
                }
                return match self.case.says("lenient") {
                    true => self.changes(&mut there, &from, &to, &found, &Answers::default()),
                    false => Err(format!(
                        "a difference where there is none:\n{}",
                        shown(&found)
                    )),
                };
            }
            Some("ambiguous") => {}
            _ if self.case.texts("drops").is_empty() => {
                return self.changes(&mut there, &from, &to, &found, &Answers::default());
            }
            _ => {}
        }
        let dropped: Vec<&str> = self.case.texts("drops");
        for name in &dropped {
            if !found
                .questions
                .iter()
                .any(|question| question.from == *name)
            {
                return Err(format!("`{name}` is not asked:\n{}", shown(&found)));
            }
        }
        let renames: Vec<Rename> = self
            .case
            .texts("renames")
            .into_iter()
            .map(|text| text.parse().map_err(|error| format!("{error}")))
            .collect::<Result<_, String>>()?;
        let asked: Vec<Rename> = found.questions.iter().map(Question::rename).collect();
        for rename in &renames {
            if !asked.contains(rename) {
                return Err(format!("`{rename}` is not asked:\n{}", shown(&found)));
            }
        }
        let is_loss = |kind: &str| matches!(kind, "table" | "enum");
        if found
            .changes
            .iter()
            .any(|change| change.kind == ChangeKind::Remove && is_loss(&change.object.kind))
        {
            return Err(format!(
                "something is dropped without an answer:\n{}",
                shown(&found)
            ));
        }
        let answers = Answers {
            renames,
            drops: dropped.into_iter().map(str::to_owned).collect(),
            ..Answers::default()
        };
        let found = self.aimed(&from, &to, &answers)?;
        self.changes(&mut there, &from, &to, &found, &answers)
    }

    /// Changes the first schema into the second, compares, and changes it back in both ways.
    fn changes(
        &self,
        there: &mut Fresh,
        from: &Schema,
        to: &Schema,
        found: &Difference,
        answers: &Answers,
    ) -> Result<Verdict, String> {
        let plan = shown(found);
        self.judge(found)
            .map_err(|problem| format!("{problem}:\n{plan}"))?;
        if !found.questions.is_empty() {
            return Err(format!("a question is open:\n{plan}"));
        }
        if self.case.is_second_tier() && !found.notes.is_empty() {
            return Ok(Verdict::Agreed); // named as not handled
        }
        let said = |what: &str, problem: String| format!("{what}: {problem}\n{plan}");
        self.apply(there, found)
            .map_err(|problem| said("forth", problem))?;
        let after = self.schema(there)?;
        self.same(&after, to)
            .map_err(|problem| said("forth", problem))?;
        let again = self.aimed(&after, to, &Answers::default())?;
        if !again.is_empty() {
            return Err(said("a second difference", shown(&again)));
        }
        let rules = backend::rules(self.kind).map_err(|error| error.to_string())?;
        if let Some(back) = found.reversed(rules) {
            let back: Vec<_> = back.into_iter().map(|one| (one, false)).collect();
            there
                .run(&back)
                .map_err(|problem| said("reverse", problem))?;
            let restored = self.schema(there)?;
            self.same(&restored, from)
                .map_err(|problem| said("reverse", problem))?;
            self.apply(there, found)
                .map_err(|problem| said("forth again", problem))?;
        }
        let after = self.schema(there)?;
        let back = self.difference(&after, from, &answers.inverted())?;
        let words = shown(&back);
        let said = |problem: String| format!("back: {problem}\n{plan}back:\n{words}");
        self.apply(there, &back).map_err(said)?;
        let restored = self.schema(there)?;
        self.same(&restored, from).map_err(said)?;
        self.keeps_rows(found)
            .map_err(|problem| format!("rows: {problem}\n{plan}"))?;
        Ok(Verdict::Agreed)
    }

    /// What a right answer has, and what it never has.
    fn judge(&self, found: &Difference) -> Result<(), String> {
        let words: Vec<String> = found.operations().map(in_words).collect();
        for never in self.case.must_not() {
            if never == "any" && !words.is_empty() || words.iter().any(|word| word == never) {
                return Err(format!("`{never}` must not be"));
            }
        }
        let is_flagged = found
            .changes
            .iter()
            .any(|change| change.loses.is_some() || change.may_fail.is_some());
        match self.case.says("destructive") && !is_flagged {
            true => Err("no loss is flagged".to_owned()),
            false => Ok(()),
        }
    }

    /// Rows that are there before are there afterwards.
    fn keeps_rows(&self, found: &Difference) -> Result<(), String> {
        let (rows, Some(check)) = (self.case.texts("rows_sql"), self.case.text("rows_check"))
        else {
            return Ok(());
        };
        let mut there = self.place(&self.case.texts("before_sql"))?;
        for statement in rows {
            there
                .session
                .execute(statement)
                .map_err(|error| format!("`{statement}`: {error}"))?;
        }
        let before = self.rows(&mut there, check)?;
        self.apply(&mut there, found)?;
        let after = self.rows(
            &mut there,
            self.case.text("rows_check_after").unwrap_or(check),
        )?;
        match before == after {
            true => Ok(()),
            false => Err(format!("{before:?} became {after:?}")),
        }
    }

    fn rows(&self, place: &mut Fresh, query: &str) -> Result<Vec<String>, String> {
        let query = match self.kind {
            BackendKind::Postgres => format!("SELECT x::text AS text FROM ({query}) AS x"),
            _ => {
                let lower = query.to_lowercase();
                let from = lower.find(" from ").unwrap_or(query.len());
                let list = query[..from]
                    .trim_start()
                    .get("SELECT".len()..)
                    .unwrap_or_default();
                format!("SELECT concat_ws('|', {list}) AS text{}", &query[from..])
            }
        };
        let rows = place.session.texts(&query);
        rows.map_err(|error| format!("`{query}`: {error}"))
    }

    /// What is read twice is the same, and differs in nothing from itself.
    fn reads_equal(&self, place: &mut Fresh, schema: &Schema) -> Result<(), String> {
        let again = self.schema(place)?;
        let rules = backend::rules(self.kind).map_err(|error| error.to_string())?;
        let found = diff(schema, &again, rules, &Answers::default());
        match found.is_empty() {
            true => Ok(()),
            false => Err(format!("a schema differs from itself:\n{}", shown(&found))),
        }
    }

    /// The difference; where it is one of texts only, both sides are written out and read again.
    fn difference(
        &self,
        from: &Schema,
        to: &Schema,
        answers: &Answers,
    ) -> Result<Difference, String> {
        settled_difference(self.kind, (from, to), answers, &self.scope)
    }

    /// The difference that leads to the second schema, through models if they are asked for.
    fn aimed(&self, from: &Schema, to: &Schema, answers: &Answers) -> Result<Difference, String> {
        match self.models {
            true => {
                let declared = through_models(self.kind, (from, to), answers)?;
                self.difference(from, &declared, answers)
            }
            false => self.difference(from, to, answers),
        }
    }

    fn apply(&self, place: &mut Fresh, found: &Difference) -> Result<(), String> {
        place.run(&steps(found))
    }

    fn same(&self, one: &Schema, other: &Schema) -> Result<(), String> {
        if self.models {
            let [one, other] = [one, other].map(unnamed);
            return same(self.kind, &self.scope, &one, &other);
        }
        same(self.kind, &self.scope, one, other)
    }

    fn is_too_old(&self, schema: &Schema) -> bool {
        let Some(wanted) = self.case.0.get("requires") else {
            return false;
        };
        let wanted = wanted
            .as_str()
            .map_or_else(|| wanted.to_string(), str::to_owned);
        let numbers = |text: &str| -> Vec<u32> {
            let parts = text.split(|sign: char| !sign.is_ascii_digit());
            parts.filter_map(|part| part.parse().ok()).collect()
        };
        let version = schema
            .server
            .as_ref()
            .map(|server| numbers(&server.version));
        version.is_some_and(|version| version < numbers(&wanted))
    }
}

/// A schema without the names of constraints: what models name by the convention keeps the name
/// that it has.
#[must_use]
pub fn unnamed(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    for table in &mut schema.tables {
        for constraint in &mut table.constraints {
            match constraint {
                Constraint::PrimaryKey(key) => key.name = None,
                Constraint::Unique(key) => key.name = None,
                Constraint::Check(check) => check.name = None,
                Constraint::ForeignKey(key) => key.name = None,
                _ => {}
            }
        }
    }
    schema
}

/// Whether two databases have the same catalogue, but for what does not count.
///
/// # Errors
///
/// What differs, by lines.
pub fn same(kind: BackendKind, scope: &Scope, one: &Schema, other: &Schema) -> Result<(), String> {
    let mut differences = lines(kind, one, other)?;
    if !differences.is_empty() {
        let (mut one, mut other) = (one.clone(), other.clone());
        settle(kind, (&mut one, &mut other), &Answers::default(), scope)?;
        differences = lines(kind, &one, &other)?;
    }
    match differences.is_empty() {
        true => Ok(()),
        false => Err(format!("the catalogues differ\n{differences}")),
    }
}

fn lines(kind: BackendKind, one: &Schema, other: &Schema) -> Result<String, String> {
    let rules = backend::rules(kind).map_err(|error| error.to_string())?;
    let (one, other) = (facts(&rules.canonical(one)), facts(&rules.canonical(other)));
    let mut text = String::new();
    for line in one.iter().filter(|line| !other.contains(line)) {
        let _ = writeln!(text, "      is     {line}");
    }
    for line in other.iter().filter(|line| !one.contains(line)) {
        let _ = writeln!(text, "      is not {line}");
    }
    Ok(text)
}

/// Each object and part of a schema as a line.
fn facts(schema: &Schema) -> Vec<String> {
    let mut facts = Vec::new();
    for table in &schema.tables {
        facts.push(format!(
            "table {} {:?} {:?}",
            table.name, table.comment, table.options
        ));
        facts.extend(
            table
                .columns
                .iter()
                .map(|column| format!("{}: {column:?}", table.name)),
        );
        facts.extend(
            table
                .constraints
                .iter()
                .map(|one| format!("{}: {one:?}", table.name)),
        );
    }
    facts.extend(schema.schemas.iter().map(|one| format!("schema {one}")));
    facts.extend(schema.extensions.iter().map(|one| format!("{one:?}")));
    facts.extend(schema.enums.iter().map(|one| format!("{one:?}")));
    facts.extend(schema.domains.iter().map(|one| format!("{one:?}")));
    facts.extend(schema.sequences.iter().map(|one| format!("{one:?}")));
    facts.extend(schema.indexes.iter().map(|one| format!("{one:?}")));
    facts.extend(schema.views.iter().map(|one| format!("{one:?}")));
    facts.extend(schema.others.iter().map(|one| format!("{one:?}")));
    facts
}

/// A difference, one line for each change, question and note.
fn shown(found: &Difference) -> String {
    let mut text = String::new();
    for change in &found.changes {
        let _ = writeln!(text, "    {change}");
        if let Operation::Execute { sql, .. } = &change.operation {
            let _ = writeln!(text, "      {}", sql.common_text());
        }
    }
    for question in &found.questions {
        let _ = writeln!(text, "    ? {question}");
    }
    for note in &found.notes {
        let _ = writeln!(text, "    note: {note}");
    }
    text
}

/// An operation as the cases write it.
fn in_words(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable { table, .. } => format!("create_table {}", table.name),
        Operation::DropTable { name, .. } => format!("drop_table {name}"),
        Operation::AddColumn { table, column, .. } => format!("add_column {table}.{}", column.name),
        Operation::DropColumn { table, name, .. } => format!("drop_column {table}.{name}"),
        Operation::DropIndex { name, table, .. } => format!("drop_index {}", table.sibling(name)),
        Operation::View(view) => view.to_string().replace('`', "").replacen(' ', "_", 1),
        other => other.describe(),
    }
}

/// An error with its causes.
pub fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}
