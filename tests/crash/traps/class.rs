//! A class of statement: the statements, what they need, and the forms in which a revision can
//! contain them. It must not know how one is tried.

use std::cell::Cell;
use std::fmt;

use migrate_core::engine::backend::BackendKind;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};

/// The only revision of a history.
pub(crate) const ID: &str = "20260101000000";

/// A class of statement.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    /// The databases that have it.
    pub(crate) on: &'static [BackendKind],
    /// What runs before, and cannot be killed.
    pub(crate) ready: &'static [&'static str],
    pub(crate) work: Work,
    /// Queries whose column `text` is also compared, for what the catalogue and the rows of tables
    /// do not show.
    pub(crate) seen: &'static [&'static str],
    /// Removes what is not in the database itself; may fail.
    pub(crate) clean: &'static [&'static str],
    pub(crate) transactions: &'static [bool],
}

/// What the revision does between the statements around it.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    Sql(&'static [&'static str]),
    Body(Run),
}

/// The body of a revision.
pub(crate) type Run = fn(&mut Operations<'_>) -> Result<()>;

/// The form in which a revision contains a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) form: Form,
    pub(crate) transaction: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The text of an SQL folder.
    Folder,
    /// Each statement with `op.execute`.
    Execute,
    /// A body in Rust.
    Body,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.form {
            Form::Folder => "folder",
            Form::Execute => "execute",
            Form::Body => "body",
        };
        let transaction = if self.transaction { "" } else { "no " };
        f.pad(&format!("{form}, {transaction}transaction"))
    }
}

/// A class of statements as text.
pub(crate) const fn sql(
    name: &'static str,
    on: &'static [BackendKind],
    ready: &'static [&'static str],
    statements: &'static [&'static str],
) -> Class {
    Class {
        name,
        on,
        ready,
        work: Work::Sql(statements),
        seen: &[],
        clean: &[],
        transactions: &[true, false],
    }
}

/// A class of work in Rust.
pub(crate) const fn body(
    name: &'static str,
    on: &'static [BackendKind],
    ready: &'static [&'static str],
    run: Run,
) -> Class {
    Class {
        work: Work::Body(run),
        ..sql(name, on, ready, &[])
    }
}

impl Class {
    /// The same, run without a transaction only.
    pub(crate) const fn outside(self) -> Class {
        Class {
            transactions: &[false],
            ..self
        }
    }

    /// The same, run in a transaction only.
    pub(crate) const fn inside(self) -> Class {
        Class {
            transactions: &[true],
            ..self
        }
    }

    pub(crate) const fn seen(self, seen: &'static [&'static str]) -> Class {
        Class { seen, ..self }
    }

    pub(crate) const fn clean(self, clean: &'static [&'static str]) -> Class {
        Class { clean, ..self }
    }

    /// All statements of a revision that contains it, if they are text.
    pub(crate) fn statements(&self, name: &str) -> Option<Vec<String>> {
        let Work::Sql(statements) = self.work else {
            return None;
        };
        let all = BEFORE.iter().chain(statements).chain(BEHIND);
        Some(all.map(|text| text.replace("{db}", name)).collect())
    }

    /// Whether it is several statements without a journal entry in between: sent as one text, or
    /// under a lock on tables that the journal is not among.
    pub(crate) fn is_one_unit(&self) -> bool {
        self.name.contains("one text") || self.name.contains("lock tables")
    }

    /// The forms that it supports.
    pub(crate) fn ways(&self) -> Vec<Way> {
        let forms: &[Form] = match self.work {
            Work::Sql(_) => &[Form::Folder, Form::Execute],
            Work::Body(_) => &[Form::Body],
        };
        let with = |form: &Form| {
            let form = *form;
            let way = move |transaction: &bool| Way {
                form,
                transaction: *transaction,
            };
            self.transactions.iter().map(way)
        };
        forms.iter().flat_map(with).collect()
    }
}

/// The statements before the class: each shows if it runs twice or not at all.
const BEFORE: &[&str] = &[
    "INSERT INTO log (line) VALUES ('before')",
    "UPDATE t SET n = n * 2 + 1",
];

/// The statements after the class. On MySQL and MariaDB, the table commits what came before it.
const BEHIND: &[&str] = &[
    "UPDATE t SET n = n * 3 + 1",
    "CREATE TABLE made (id INT)",
    "INSERT INTO made SELECT n FROM t",
    "INSERT INTO log (line) VALUES ('behind')",
];

/// What may follow directly after the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    Nothing,
    /// A statement that fails.
    Mistake,
    /// The same statement, corrected.
    Corrected,
}

impl Then {
    fn statement(self) -> Option<&'static str> {
        match self {
            Then::Nothing => None,
            Then::Mistake => Some("INSERT INTO nowhere (line) VALUES ('x')"),
            Then::Corrected => Some("INSERT INTO log (line) VALUES ('corrected')"),
        }
    }
}

/// The work of this thread's revision; a body is a plain function.
#[derive(Clone, Copy)]
struct Current {
    work: Work,
    then: Then,
    skips: bool,
}

thread_local! {
    static CURRENT: Cell<Option<Current>> = const { Cell::new(None) };
}

/// Whether a connection block should do nothing, as its work is done.
pub(crate) fn skips() -> bool {
    CURRENT.get().is_some_and(|current| current.skips)
}

/// A class as a history, for this thread.
pub(crate) struct Built {
    history: History,
    current: Current,
}

impl Built {
    /// `name` is the database's, for objects outside it.
    pub(crate) fn new(class: &Class, way: Way, then: Then, name: &str) -> Built {
        let work = match class.work {
            Work::Sql(statements) => Work::Sql(
                statements
                    .iter()
                    .map(|text| &*text.replace("{db}", name).leak())
                    .collect::<Vec<&'static str>>()
                    .leak(),
            ),
            body @ Work::Body(_) => body,
        };
        let body = match (way.form, work) {
            (Form::Folder, Work::Sql(statements)) => {
                let texts = BEFORE
                    .iter()
                    .chain(statements)
                    .copied()
                    .chain(then.statement());
                let mut text = String::new();
                for statement in texts.chain(BEHIND.iter().copied()) {
                    text.push_str(statement);
                    text.push_str(";\n");
                }
                Body::sql(text.leak())
            }
            _ => Body::Operations(framed),
        };
        let file = "migrations/20260101000000_class/up.sql";
        let revision = Revision::new(ID, &[], "A class", file, 1, body, Downgrade::Irreversible);
        let revision = match way.transaction {
            true => revision,
            false => revision.without_transaction(),
        };
        let revisions: &'static [&'static Revision] =
            Box::leak(Box::new([&*Box::leak(Box::new(revision))]));
        Built {
            history: History::new(Box::leak(Box::new([revisions]))),
            current: Current {
                work,
                then,
                skips: false,
            },
        }
    }

    /// The history, for as long as this thread runs no other; with `skips`, its blocks do nothing.
    pub(crate) fn history(&self, skips: bool) -> &History {
        CURRENT.set(Some(Current {
            skips,
            ..self.current
        }));
        &self.history
    }
}

fn framed(op: &mut Operations<'_>) -> Result<()> {
    let current = CURRENT
        .get()
        .ok_or_else(|| RevisionError::message("no class is being tried"))?;
    for text in BEFORE {
        op.execute(*text)?;
    }
    match current.work {
        Work::Sql(statements) => {
            for text in statements {
                op.execute(*text)?;
            }
        }
        Work::Body(run) => run(op)?,
    }
    for text in current
        .then
        .statement()
        .into_iter()
        .chain(BEHIND.iter().copied())
    {
        op.execute(text)?;
    }
    Ok(())
}
