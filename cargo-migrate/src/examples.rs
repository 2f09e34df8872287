//! An example of each command that only `cargo migrate` has. A test parses them.

use migrate_cli::help::Example;

/// The examples of the commands of this crate.
pub(crate) const EXAMPLES: &[Example] = &[
    Example {
        command: "",
        lines: &[
            ("init", "prepare a package"),
            ("new \"Create users\"", "write a revision"),
            ("up", "apply what is pending"),
            ("status", "see what is applied, and what is pending"),
        ],
    },
    Example {
        command: "init",
        lines: &[
            ("init", "SQLite, or as diesel is set up"),
            ("init --backend postgres", "another database"),
            (
                "init --database-url data/shop.db --models",
                "with a file for the tables",
            ),
            (
                "init --from-database --stamp",
                "the database exists already",
            ),
        ],
    },
    Example {
        command: "new",
        lines: &[
            ("new \"Create users\"", "a Rust file, to be filled in"),
            (
                "new --autogenerate \"Add a phone number\"",
                "from the models",
            ),
            ("new --sql \"Fill totals\"", "up.sql and down.sql"),
        ],
    },
    Example {
        command: "merge",
        lines: &[
            ("merge", "all heads"),
            (
                "merge 20261108120000 20261109093000 -m \"Join two branches\"",
                "these two",
            ),
        ],
    },
    Example {
        command: "edit",
        lines: &[
            ("edit", "the newest"),
            ("edit 20261108120000", "one by its id"),
        ],
    },
    Example {
        command: "import",
        lines: &[("import sqlx", "the files in `migrations`")],
    },
    Example {
        command: "import alembic",
        lines: &[
            ("import alembic ../shop", "each revision"),
            ("import alembic ../shop --baseline", "one for all of them"),
        ],
    },
    Example {
        command: "import sqlx",
        lines: &[("import sqlx sqlx-migrations", "files of this folder")],
    },
    Example {
        command: "import refinery",
        lines: &[("import refinery db", "files of this folder")],
    },
    Example {
        command: "import golang-migrate",
        lines: &[(
            "import golang-migrate db/migrations",
            "files of this folder",
        )],
    },
    Example {
        command: "bundle",
        lines: &[
            ("bundle", "for this kind of machine"),
            (
                "bundle --target x86_64-unknown-linux-musl -o dist",
                "for another, into a folder",
            ),
        ],
    },
    Example {
        command: "completions",
        lines: &[
            ("completions bash >> ~/.bashrc", "bash"),
            (
                "completions zsh > ~/.zfunc/_cargo-migrate",
                "zsh: in $fpath",
            ),
            (
                "completions fish > ~/.config/fish/conf.d/cargo-migrate.fish",
                "fish",
            ),
            ("completions powershell >> $PROFILE", "PowerShell"),
        ],
    },
];
