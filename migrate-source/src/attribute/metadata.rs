//! What can be wrong in the `metadata.toml` of an SQL folder, and the words for it. Reads no TOML.

/// The keys of `metadata.toml` that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetadataKey {
    /// `run_in_transaction = true`, diesel's own.
    RunInTransaction,
    /// `down_revision = "…"` or `["…", "…"]`, and `[]` for none
    DownRevision,
    /// `depends_on = ["…"]`
    DependsOn,
    /// `branch_labels = ["…"]`
    BranchLabels,
    /// `downgrade = "nothing"`
    Downgrade,
    /// `lossy = ["table.column: reason"]`
    Lossy,
}

/// What can be wrong with `metadata.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataMistake {
    /// It is not TOML; in the parser's words.
    NotToml(String),
    /// A value of the wrong sort.
    WrongValue(MetadataKey),
    /// A key that is nearly one of ours.
    UnknownKey {
        /// The key that was found.
        key: String,
        /// The key that was probably meant.
        near: MetadataKey,
    },
    /// `downgrade = "nothing"` with a `down.sql` that has statements.
    NotNothing,
}

impl MetadataKey {
    /// All of them.
    pub const ALL: [MetadataKey; 6] = [
        MetadataKey::RunInTransaction,
        MetadataKey::DownRevision,
        MetadataKey::DependsOn,
        MetadataKey::BranchLabels,
        MetadataKey::Downgrade,
        MetadataKey::Lossy,
    ];

    /// The key as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            MetadataKey::RunInTransaction => "run_in_transaction",
            MetadataKey::DownRevision => "down_revision",
            MetadataKey::DependsOn => "depends_on",
            MetadataKey::BranchLabels => "branch_labels",
            MetadataKey::Downgrade => "downgrade",
            MetadataKey::Lossy => "lossy",
        }
    }

    fn sort(self) -> &'static str {
        match self {
            MetadataKey::RunInTransaction => "`true` or `false`",
            MetadataKey::DownRevision => "a string or a list of strings",
            MetadataKey::DependsOn | MetadataKey::BranchLabels | MetadataKey::Lossy => {
                "a list of strings"
            }
            MetadataKey::Downgrade => "`\"nothing\"`",
        }
    }

    fn example(self) -> &'static str {
        match self {
            MetadataKey::RunInTransaction => "`run_in_transaction = true`",
            MetadataKey::DownRevision => {
                "`down_revision = \"…\"` or `down_revision = [\"…\", \"…\"]`, or `down_revision = []` for a base"
            }
            MetadataKey::DependsOn => "`depends_on = [\"…\"]`",
            MetadataKey::BranchLabels => "`branch_labels = [\"…\"]`",
            MetadataKey::Downgrade => "`downgrade = \"nothing\"`, or leave it out",
            MetadataKey::Lossy => "`lossy = [\"table.column: reason\"]`",
        }
    }
}

impl MetadataMistake {
    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            MetadataMistake::NotToml(why) => format!("not TOML: {why}"),
            MetadataMistake::WrongValue(key) => format!("`{}` must be {}", key.name(), key.sort()),
            MetadataMistake::UnknownKey { key, .. } => format!("unknown key `{key}`"),
            MetadataMistake::NotNothing => {
                "`downgrade = \"nothing\"`, but `down.sql` has statements".to_owned()
            }
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            MetadataMistake::NotToml(_) => {
                "diesel ignores such a file, and runs the migration in a transaction: fix the file, or remove it"
                    .to_owned()
            }
            MetadataMistake::WrongValue(key) => format!("write {}", key.example()),
            MetadataMistake::UnknownKey { near, .. } => format!("did you mean `{}`?", near.name()),
            MetadataMistake::NotNothing => "remove the key, or the statements".to_owned(),
        }
    }
}
