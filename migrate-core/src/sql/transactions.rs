//! How statements control transactions, and the transactions that a text begins and ends itself.
//! Pure: it reads words and knows no connection.

use TransactionFault as Fault;

use super::classify::{Assignment, Target, as_executed};
use super::split::{Cut, Statement};
use super::tokens::{Tokens, bare};
use crate::dialect::BackendKind;
use crate::sql::{self, TransactionEffect, may_begin_with, unquoted};

/// How a statement controls transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// It begins one; `plain` without an isolation level or another mode that changes what the
    /// transaction sees.
    Begin {
        plain: bool,
    },
    /// It commits the open one.
    Commit,
    /// It rolls back the open one.
    Rollback,
    Savepoint(String),
    Release(String),
    RollbackTo(String),
    /// It ends the transaction in another way: `COMMIT AND CHAIN`, `PREPARE TRANSACTION`, `XA …`.
    Other,
    /// MySQL: it locks tables, and no other table can be read or written.
    Lock,
    /// MySQL: it unlocks them.
    Unlock,
    /// MySQL: it sets whether each statement commits by itself.
    Autocommit(bool),
}

/// Why a statement that controls transactions is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransactionFault {
    /// It begins or ends a transaction inside the one that the revision runs in.
    Controls,
    /// It is uncertain where the statements of the text end, and one of them may end the
    /// transaction of the whole run.
    Uncertain,
    /// The transaction that it begins, or the lock on tables, never ends.
    NotEnded,
    /// It ends, or rolls back a part of, a transaction that the text has not begun.
    NotBegun,
    /// It ends a transaction in a way that leaves no place for its record.
    Unusual,
}

/// A statement that controls transactions where it must not. It was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{}", self.what())]
pub struct TransactionControl {
    /// Why it is refused.
    pub fault: TransactionFault,
    /// The statement; the whole text if it is uncertain where its statements end.
    pub statement: String,
    /// The line of the SQL file where it begins, from 1; `None` for a statement that a function
    /// executes.
    pub line: Option<u32>,
}

impl TransactionControl {
    fn what(&self) -> String {
        let statement = self.statement.split_whitespace().collect::<Vec<_>>();
        let statement = statement.join(" ");
        match self.fault {
            TransactionFault::Controls => {
                format!("`{statement}` begins or ends a transaction inside the one that the revision runs in")
            }
            TransactionFault::Uncertain => {
                "it is not certain where its statements end, and one may end the transaction of the run".to_owned()
            }
            TransactionFault::NotEnded => format!("what `{statement}` begins is not ended"),
            TransactionFault::NotBegun => {
                format!("`{statement}` belongs to a transaction or savepoint that was not begun")
            }
            TransactionFault::Unusual => {
                format!("`{statement}` ends its transaction in a way that leaves no place for the record")
            }
        }
    }

    /// What to do instead.
    #[must_use]
    pub fn help(&self) -> String {
        match (self.fault, self.line) {
            (TransactionFault::Controls | TransactionFault::NotBegun, Some(_)) => {
                "write `run_in_transaction = false` into the metadata.toml next to it, which keeps the file's own transactions; or, with \
                 `run_in_transaction = true`, leave BEGIN, COMMIT and ROLLBACK out"
            }
            (TransactionFault::NotBegun | TransactionFault::NotEnded, None) => {
                "write the whole transaction as one text, from BEGIN to COMMIT, or as an SQL folder"
            }
            (TransactionFault::Controls, None) => {
                "leave BEGIN, COMMIT and ROLLBACK to the migrator, or give the revision `transaction = false`"
            }
            (TransactionFault::Uncertain, _) => "leave out `--dry-run` and `--transaction all`",
            (TransactionFault::NotEnded, Some(_)) => "end it with COMMIT or ROLLBACK, and locks with UNLOCK TABLES",
            (TransactionFault::Unusual, _) => "end it with COMMIT or ROLLBACK, and begin the next with BEGIN",
        }
        .to_owned()
    }
}

/// Whether it is a compound statement of MariaDB, which commits the open transaction and begins
/// none.
fn is_compound(statement: &str, backend: BackendKind) -> bool {
    let text = as_executed(statement, backend);
    let words = sql::tokens(&text, backend).take(3);
    words
        .map(str::to_ascii_uppercase)
        .eq(["BEGIN", "NOT", "ATOMIC"])
}

/// The first words of statements that control transactions, or may.
const CONTROLLING: [&str; 13] = [
    "ABORT",
    "BEGIN",
    "COMMIT",
    "END",
    "FLUSH",
    "LOCK",
    "PREPARE",
    "RELEASE",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "START",
    "UNLOCK",
];

/// Whether a statement of a text may control transactions, wherever the text is cut.
pub(crate) fn may_control(text: &str, backend: BackendKind) -> bool {
    is_mysql(backend) || may_begin_with(text, &CONTROLLING)
}

/// How a single statement controls transactions; `None` if it does not.
pub(crate) fn control(statement: &str, backend: BackendKind) -> Option<Control> {
    let text = as_executed(statement, backend);
    let first = sql::tokens(&text, backend).next()?.to_ascii_uppercase();
    if first != "XA" && !CONTROLLING.contains(&first.as_str()) {
        return None; // a long text need not be read
    }
    let tokens = Tokens::of(&text, backend);
    let mut rest = Tokens::new(&tokens, backend);
    rest.next();
    control_by(&first, rest)
}

/// How a statement controls transactions, by its first word and what follows.
fn control_by(first: &str, tokens: Tokens<'_>) -> Option<Control> {
    let mysql = tokens.is_mysql();
    let postgres = tokens.backend() == BackendKind::Postgres;
    let releases = || {
        let last = tokens.rest().last();
        last.is_some_and(|last| last.eq_ignore_ascii_case("RELEASE")) && !tokens.has(&["NO"])
    };
    let chains = || tokens.has(&["AND", "CHAIN"]) || mysql && releases();
    let control = match first {
        "BEGIN" => begin(tokens),
        "START" if tokens.is(&["TRANSACTION"]) => begin(tokens),
        // of another session; the server refuses it inside a transaction
        "COMMIT" | "ROLLBACK" if tokens.is(&["PREPARED"]) => return None,
        "END" if mysql => return None,
        "COMMIT" | "END" if chains() => Control::Other,
        "COMMIT" | "END" => Control::Commit,
        "ABORT" if !postgres => return None,
        "ROLLBACK" | "ABORT" => match tokens.after("TO") {
            Some(savepoint) => Control::RollbackTo(name(savepoint)),
            None if chains() => Control::Other,
            None => Control::Rollback,
        },
        "SAVEPOINT" => Control::Savepoint(name(tokens)),
        "RELEASE" => Control::Release(name(tokens)),
        "PREPARE" if postgres && tokens.is(&["TRANSACTION"]) => Control::Other,
        "XA" if mysql => Control::Other,
        "LOCK" if mysql && tokens.is_any(&["TABLE", "TABLES"]) => Control::Lock,
        "FLUSH" if mysql && (tokens.has(&["LOCK"]) || tokens.has(&["EXPORT"])) => Control::Lock,
        "UNLOCK" if mysql && tokens.is_any(&["TABLE", "TABLES"]) => Control::Unlock,
        "SET" if mysql => return autocommit(tokens),
        _ => return None,
    };
    Some(control)
}

/// The effect of a statement on its transaction.
#[allow(dead_code, reason = "only MySQL's backend asks")]
pub(crate) fn transaction_effect(sql: &str, backend: BackendKind) -> TransactionEffect {
    match control(sql, backend) {
        // a check whether it ends the transaction would remove the savepoint
        Some(Control::Savepoint(_) | Control::Release(_) | Control::RollbackTo(_)) => {
            TransactionEffect::Joins
        }
        _ => sql::classify(sql, backend).transaction,
    }
}

fn is_mysql(backend: BackendKind) -> bool {
    matches!(backend, BackendKind::Mysql | BackendKind::Mariadb)
}

/// The beginning of a transaction, with the modes that follow.
fn begin(mut modes: Tokens<'_>) -> Control {
    modes.skip_all(&["TRANSACTION", "WORK", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"]);
    Control::Begin {
        plain: modes.is_empty(),
    }
}

/// The name of a savepoint, normalized for comparison.
fn name(mut tokens: Tokens<'_>) -> String {
    if tokens.rest().len() > 1 {
        tokens.take(&["SAVEPOINT"]);
    }
    unquoted(tokens.peek()).to_ascii_uppercase()
}

/// The effect of a SET's assignments on `autocommit`.
fn autocommit(tokens: Tokens<'_>) -> Option<Control> {
    let parts = tokens.parts();
    let value = |part: &Tokens<'_>| {
        let assignment = Assignment::read(*part)?;
        let is_own = assignment.target == Target::Session;
        let is_autocommit = matches!(assignment.name, [name] if bare(name) == "autocommit");
        (is_own && is_autocommit).then(|| {
            let value = bare(assignment.value.peek());
            !matches!(value.as_str(), "0" | "off" | "false")
        })
    };
    let set = parts.iter().find_map(value)?;
    Some(match parts.len() {
        1 => Control::Autocommit(set),
        _ => Control::Other,
    })
}

/// A statement that prevents its text from running as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Finding<'a> {
    pub(crate) fault: Fault,
    pub(crate) statement: Statement<'a>,
}

impl From<Finding<'_>> for TransactionControl {
    fn from(finding: Finding<'_>) -> TransactionControl {
        TransactionControl {
            fault: finding.fault,
            statement: finding.statement.sql.to_owned(),
            line: Some(finding.statement.line),
        }
    }
}

/// A part of a text, as it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Statement(Statement<'a>),
    /// Boxed, as a long text has many parts and most of them are statements.
    Transaction(Box<Transaction<'a>>),
    /// The statements from a lock on tables to its end.
    Locked(Vec<Statement<'a>>),
}

/// A transaction that a text begins and ends itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transaction<'a> {
    /// The statement that begins it; `None` if `autocommit` is off.
    pub(crate) begin: Option<Statement<'a>>,
    pub(crate) statements: Vec<Statement<'a>>,
    /// Whether it is committed in the end, and not rolled back.
    pub(crate) commits: bool,
}

impl<'a> Part<'a> {
    /// The statements with their lines, in the order in which they are sent.
    pub(crate) fn statements(&self) -> Vec<(&'a str, u32)> {
        let of = |statement: &Statement<'a>| (statement.sql, statement.line);
        match self {
            Part::Statement(statement) => vec![of(statement)],
            Part::Locked(statements) => statements.iter().map(of).collect(),
            Part::Transaction(own) => {
                let first = own.begin.as_ref().or(own.statements.first());
                let last = own.statements.last().or(own.begin.as_ref());
                let begin = own.begin.map_or("BEGIN", |begin| begin.sql);
                let end = if own.commits { "COMMIT" } else { "ROLLBACK" };
                let line = |statement: Option<&Statement<'_>>| statement.map_or(1, |at| at.line);
                let inner = own.statements.iter().map(of);
                [(begin, line(first))]
                    .into_iter()
                    .chain(inner)
                    .chain([(end, line(last))])
                    .collect()
            }
        }
    }

    /// All of it as one text.
    pub(crate) fn text(&self) -> String {
        let statements: Vec<&str> = self.statements().into_iter().map(|(sql, _)| sql).collect();
        statements.join(";\n")
    }
}

/// The parts of a text that runs inside a transaction. The `BEGIN` and `COMMIT` around the whole
/// text are left out.
pub(crate) fn parts_within(
    cut: Cut<'_>,
    backend: BackendKind,
) -> Result<Vec<Part<'_>>, Finding<'_>> {
    let statements = match cut {
        Cut::Statements(statements) => without_frame(statements, backend),
        Cut::Uncertain(whole) => return Ok(vec![Part::Statement(whole)]),
    };
    let mut savepoints: Vec<String> = Vec::new();
    let mut parts = Vec::with_capacity(statements.len());
    let mut begins = None;
    let mut rest = statements.into_iter().peekable();
    while let Some(statement) = rest.next() {
        let fault = |fault| Err(Finding { fault, statement });
        match control(statement.sql, backend) {
            // what comes after its end is the more useful location
            Some(Control::Begin { .. }) => begins = begins.or(Some(statement)),
            Some(Control::Commit | Control::Rollback | Control::Other) => {
                return fault(Fault::Controls);
            }
            Some(Control::Lock) => parts.push(locked(statement, &mut rest, backend)?),
            // a transaction is open, and no table locked
            Some(Control::Autocommit(_) | Control::Unlock) => {}
            Some(Control::Release(name) | Control::RollbackTo(name))
                if !savepoints.contains(&name) =>
            {
                return fault(Fault::NotBegun);
            }
            Some(Control::Savepoint(name)) => {
                savepoints.push(name);
                parts.push(Part::Statement(statement));
            }
            _ => parts.push(Part::Statement(statement)),
        }
    }
    match begins {
        Some(statement) => Err(Finding {
            fault: Fault::Controls,
            statement,
        }),
        None => Ok(parts),
    }
}

/// The parts of a text that runs without a transaction around it.
pub(crate) fn parts_without(
    cut: Cut<'_>,
    backend: BackendKind,
) -> Result<Vec<Part<'_>>, Finding<'_>> {
    let statements = match cut {
        Cut::Statements(statements) => statements,
        Cut::Uncertain(whole) => return Ok(vec![Part::Statement(whole)]),
    };
    let mysql = is_mysql(backend);
    let mut parts = Parts::default();
    let mut chained = false;
    let mut rest = statements.into_iter().peekable();
    while let Some(statement) = rest.next() {
        let fault = |fault| Err(Finding { fault, statement });
        let open = parts.open.is_some();
        match control(statement.sql, backend).filter(|_| !is_compound(statement.sql, backend)) {
            Some(Control::Begin { .. }) if open && backend == BackendKind::Sqlite => {
                return fault(Fault::Controls);
            }
            Some(Control::Begin { .. }) if open && !mysql => {} // PostgreSQL warns
            Some(Control::Begin { .. }) => {
                parts.end(true);
                parts.begin(statement);
            }
            Some(Control::Commit) if open => parts.end(true),
            Some(Control::Rollback) if open => parts.end(false),
            Some(Control::Commit | Control::Rollback) if backend == BackendKind::Sqlite => {
                return fault(Fault::NotBegun);
            }
            Some(Control::Commit | Control::Rollback | Control::Unlock) => {} // of nothing
            Some(Control::Autocommit(on)) => {
                if on && chained {
                    parts.end(true);
                }
                chained = !on;
            }
            Some(Control::Lock) => {
                parts.end(true);
                parts.all.push(locked(statement, &mut rest, backend)?);
            }
            Some(Control::Other) => return fault(Fault::Unusual),
            Some(Control::Savepoint(name)) if !open && backend == BackendKind::Sqlite => {
                parts.begin(statement);
                parts.outermost = Some(name);
            }
            Some(Control::Release(name)) if parts.outermost.as_ref() == Some(&name) => {
                parts.end(true);
            }
            Some(Control::Savepoint(_)) if !open && mysql => {} // it ends at once
            Some(Control::Savepoint(_) | Control::Release(_) | Control::RollbackTo(_)) if !open => {
                return fault(Fault::NotBegun);
            }
            Some(Control::Savepoint(_) | Control::Release(_) | Control::RollbackTo(_)) => {
                parts.push(statement);
            }
            None if mysql
                && sql::classify(statement.sql, backend).transaction
                    == TransactionEffect::Commits =>
            {
                parts.end(true);
                parts.push(statement);
            }
            None if chained && !open && !is_setting(statement.sql, backend) => {
                parts.open = Some(Open {
                    first: statement,
                    transaction: Transaction {
                        begin: None,
                        statements: vec![statement],
                        commits: true,
                    },
                });
            }
            None => parts.push(statement),
        }
    }
    match parts.open {
        Some(open) => Err(Finding {
            fault: Fault::NotEnded,
            statement: open.first,
        }),
        None => Ok(parts.all),
    }
}

/// The parts so far.
#[derive(Default)]
struct Parts<'a> {
    all: Vec<Part<'a>>,
    open: Option<Open<'a>>,
    /// SQLite: the savepoint that began the open transaction, whose release commits it.
    outermost: Option<String>,
}

struct Open<'a> {
    first: Statement<'a>,
    transaction: Transaction<'a>,
}

impl<'a> Parts<'a> {
    fn begin(&mut self, statement: Statement<'a>) {
        self.outermost = None;
        self.open = Some(Open {
            first: statement,
            transaction: Transaction {
                begin: Some(statement),
                statements: Vec::new(),
                commits: true,
            },
        });
    }

    fn end(&mut self, commits: bool) {
        self.outermost = None;
        if let Some(Open { transaction, .. }) = self.open.take()
            && !transaction.statements.is_empty()
        {
            self.all.push(Part::Transaction(Box::new(Transaction {
                commits,
                ..transaction
            })));
        }
    }

    fn push(&mut self, statement: Statement<'a>) {
        match &mut self.open {
            Some(open) => open.transaction.statements.push(statement),
            None => self.all.push(Part::Statement(statement)),
        }
    }
}

/// The statements from a lock on tables to its end, including a statement right after it that ends
/// the transaction.
fn locked<'a>(
    lock: Statement<'a>,
    rest: &mut std::iter::Peekable<impl Iterator<Item = Statement<'a>>>,
    backend: BackendKind,
) -> Result<Part<'a>, Finding<'a>> {
    let mut all = vec![lock];
    for statement in rest.by_ref() {
        all.push(statement);
        if control(statement.sql, backend) == Some(Control::Unlock) {
            let ends = |statement: &Statement<'_>| {
                matches!(
                    control(statement.sql, backend),
                    Some(Control::Commit | Control::Rollback | Control::Autocommit(_))
                )
            };
            while let Some(statement) = rest.next_if(ends) {
                all.push(statement);
            }
            return Ok(Part::Locked(all));
        }
    }
    Err(Finding {
        fault: Fault::NotEnded,
        statement: lock,
    })
}

/// The statements without the one transaction around them: what is before its beginning and after
/// its end only sets something.
fn without_frame(mut statements: Vec<Statement<'_>>, backend: BackendKind) -> Vec<Statement<'_>> {
    let numbered = statements.iter().enumerate();
    let controls: Vec<(usize, Control)> = numbered
        .filter_map(|(at, statement)| Some((at, control(statement.sql, backend)?)))
        .collect();
    let position = |wanted: &dyn Fn(&Control) -> bool| {
        let found = controls.iter().filter(|(_, control)| wanted(control));
        let mut places = found.map(|(at, _)| *at);
        (places.next(), places.next())
    };
    let begins = position(&|control| *control == Control::Begin { plain: true });
    let commits = position(&|control| *control == Control::Commit);
    let off = position(&|control| *control == Control::Autocommit(false)).0;
    let (Some(end), None) = commits else {
        return statements;
    };
    let begin = match begins {
        (Some(begin), None) => Some(begin),
        (None, None) if off.is_some() => None,
        _ => return statements,
    };
    let before = begin.or(off).unwrap_or_default();
    let sets = |statement: &Statement<'_>| is_setting(statement.sql, backend);
    let around = |end| statements[..before].iter().chain(&statements[end..]);
    if before > end || !around(end + 1).all(sets) {
        return statements;
    }
    statements.remove(end);
    if let Some(begin) = begin {
        statements.remove(begin);
    }
    statements
}

/// Whether a statement only sets something for the connection, by its first word.
fn is_setting(statement: &str, backend: BackendKind) -> bool {
    let text = as_executed(statement, backend);
    let first = sql::tokens(&text, backend)
        .next()
        .map(str::to_ascii_uppercase);
    matches!(
        first.as_deref(),
        Some("SET" | "PRAGMA" | "USE" | "RESET" | "SHOW") | None
    )
}

/// The first statement of a text that begins or ends a transaction, for a text that runs as a whole
/// inside one. A savepoint is not a transaction.
pub(crate) fn controlling<'a>(cut: &Cut<'a>, backend: BackendKind) -> Option<&'a str> {
    let Cut::Statements(statements) = cut else {
        return None;
    };
    let controls = |statement: &&Statement<'_>| {
        matches!(
            control(statement.sql, backend),
            Some(Control::Begin { .. } | Control::Commit | Control::Rollback | Control::Other)
        )
    };
    statements
        .iter()
        .find(controls)
        .map(|statement| statement.sql)
}

/// Whether a text whose statement ends are uncertain may contain one that ends a transaction.
pub(crate) fn may_end(cut: &Cut<'_>) -> bool {
    let Cut::Uncertain(whole) = cut else {
        return false;
    };
    let text = whole.sql.to_ascii_uppercase();
    let mut words = text.split(|sign: char| !(sign.is_alphanumeric() || sign == '_'));
    words.any(|word| {
        matches!(
            word,
            "ABORT" | "COMMIT" | "END" | "PREPARE" | "RELEASE" | "ROLLBACK"
        )
    })
}

#[cfg(test)]
mod tests;
