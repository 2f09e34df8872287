//! An example of each command that the runner has too. A test parses them.

use std::fmt::Write;

use clap::builder::StyledStr;

/// Lines that can be typed, for one command.
pub struct Example {
    /// The command, with the words of its path: `schema dump`; empty for the program itself.
    pub command: &'static str,
    /// What is typed after the name of the program, and what it is for.
    pub lines: &'static [(&'static str, &'static str)],
}

impl Example {
    /// As it is in the help of the command.
    pub(super) fn text(&self, program: &str) -> StyledStr {
        let mut text = StyledStr::new();
        let _ = write!(text, "Examples:");
        let width = self.lines.iter().map(|(line, _)| line.chars().count());
        let width = width.max().unwrap_or_default();
        for (line, words) in self.lines {
            let _ = write!(text, "\n  {program} {line:<width$}  # {words}");
        }
        text
    }

    /// Its lines as arguments: without what a shell does behind `>` and `|`.
    pub fn arguments(&self) -> impl Iterator<Item = Vec<String>> {
        self.lines.iter().map(|(line, _)| {
            let typed = line.split(['>', '|']).next().unwrap_or_default();
            // every second part is in quotes
            let parts = typed.split('"').enumerate();
            parts
                .flat_map(|(number, part)| match number % 2 {
                    0 => part.split_whitespace().map(str::to_owned).collect(),
                    _ => vec![part.to_owned()],
                })
                .collect()
        })
    }
}

/// The examples of the runner's commands.
pub const SHARED: &[Example] = &[
    Example {
        command: "",
        lines: &[
            ("status", "what is applied, and what is pending"),
            ("up --dry-run", "try all that is pending"),
            ("up", "apply it"),
        ],
    },
    Example {
        command: "up",
        lines: &[
            ("up", "apply all that is pending"),
            ("up +1", "the next revision only"),
            ("up --dry-run", "try it, and roll it back"),
            ("up --sql > up.sql", "a script, to be run by someone else"),
        ],
    },
    Example {
        command: "down",
        lines: &[
            ("down -1", "the last revision"),
            ("down 20261108120000", "what came after this one"),
            ("down base", "all of them"),
        ],
    },
    Example {
        command: "redo",
        lines: &[
            ("redo", "after an edit of the last revision"),
            ("redo -n 3", "the last three"),
        ],
    },
    Example {
        command: "stamp",
        lines: &[
            ("stamp head", "the tables are there already"),
            ("stamp 20261108120000", "those up to this revision are"),
            ("stamp --from alembic", "what Alembic recorded"),
        ],
    },
    Example {
        command: "reset",
        lines: &[
            ("reset", "ask first, then reset"),
            ("reset --env test --allow-reset --yes", "in a script"),
        ],
    },
    Example {
        command: "backup",
        lines: &[
            ("backup", "next to the database"),
            ("backup /var/backups", "into a folder"),
        ],
    },
    Example {
        command: "database",
        lines: &[("database create", "then `up`")],
    },
    Example {
        command: "database create",
        lines: &[(
            "database create --database-url postgres://localhost/shop",
            "then `up`",
        )],
    },
    Example {
        command: "database drop",
        lines: &[(
            "database drop --env test --allow-reset --yes",
            "in a script",
        )],
    },
    Example {
        command: "status",
        lines: &[
            ("status", "this environment's database"),
            (
                "status --env production --json",
                "another one, for a program",
            ),
        ],
    },
    Example {
        command: "current",
        lines: &[
            ("current", "the revisions the database is at"),
            ("current --check-heads", "fail unless nothing is pending"),
        ],
    },
    Example {
        command: "log",
        lines: &[
            ("log -n 5", "the last five runs"),
            (
                "log --revision 20261108120000 -v",
                "each operation of one revision",
            ),
        ],
    },
    Example {
        command: "history",
        lines: &[
            ("history -i", "mark where the database is"),
            (
                "history -r current:",
                "the current revision, and what is pending",
            ),
        ],
    },
    Example {
        command: "graph",
        lines: &[
            ("graph", "in the terminal"),
            ("graph --format svg > history.svg", "a picture"),
        ],
    },
    Example {
        command: "show",
        lines: &[
            ("show", "the head"),
            ("show 20261108120000", "one by its id"),
        ],
    },
    Example {
        command: "heads",
        lines: &[
            ("heads", "the newest revision of each branch"),
            ("heads -v", "with all that is known about each"),
        ],
    },
    Example {
        command: "branches",
        lines: &[("branches", "where the history forks")],
    },
    Example {
        command: "schema",
        lines: &[
            ("schema dump", "what the database has, as SQL"),
            ("schema diff history database", "what differs"),
        ],
    },
    Example {
        command: "schema dump",
        lines: &[
            ("schema dump", "the database"),
            (
                "schema dump history --format json > schema.json",
                "what the revisions create",
            ),
        ],
    },
    Example {
        command: "schema diff",
        lines: &[
            (
                "schema diff history database",
                "how the database differs from all revisions",
            ),
            (
                "schema diff history@20261108 history",
                "what came after a revision",
            ),
        ],
    },
    Example {
        command: "schema adopt",
        lines: &[("schema adopt users orders", "two tables")],
    },
    Example {
        command: "schema print",
        lines: &[
            ("schema print -o src/schema.rs", "the database"),
            (
                "schema print --check -o src/schema.rs",
                "in CI: fail if the file differs",
            ),
            (
                "schema print history -o src/schema.rs",
                "what the revisions create",
            ),
        ],
    },
    Example {
        command: "schema graph",
        lines: &[(
            "schema graph --around orders > orders.svg",
            "one table and its neighbours",
        )],
    },
    Example {
        command: "drift",
        lines: &[
            ("drift", "what was changed by hand"),
            ("drift --fix sql > fix.sql", "the statements that revert it"),
            (
                "drift --write",
                "a revision that makes it part of the history",
            ),
        ],
    },
    Example {
        command: "config",
        lines: &[("config --env production", "what counts there")],
    },
    Example {
        command: "check",
        lines: &[
            ("check", "in CI: the history, and a named database"),
            ("check --database --env production", "before a deployment"),
            ("check --models", "does the history match the models?"),
        ],
    },
    Example {
        command: "test",
        lines: &[
            ("test", "all of it"),
            ("test stairway rows", "two kinds of test"),
            (
                "test --since origin/main...",
                "the revisions of this branch",
            ),
        ],
    },
    Example {
        command: "ping",
        lines: &[
            ("ping", "the configured database"),
            (
                "ping --database-url postgres://localhost/shop",
                "another one",
            ),
        ],
    },
    Example {
        command: "resolve",
        lines: &[
            (
                "resolve 20261108120000 --done",
                "the operation did take effect",
            ),
            (
                "resolve 20261108120000 --not-applied",
                "all of it is reverted",
            ),
        ],
    },
    Example {
        command: "accept",
        lines: &[
            ("accept 20261108120000", "its edit is intended"),
            ("accept --all", "all edits are"),
        ],
    },
];
