//! What a single statement does, judged by its first words.

use super::calls::are_harmless;
use super::set::{Set, set};
use super::{Class, StatementKind as Kind, TransactionEffect as Effect};
use crate::dialect::BackendKind;
use crate::sql::tokens::{Tokens, bare};

/// Keywords for an object that no other session sees.
const TEMPORARY: &[&str] = &["TEMP", "TEMPORARY"];

const READ: Class = Class::of(Kind::Read, Effect::Joins).repeatable(true);
const ROWS: Class = Class::of(Kind::Rows, Effect::Joins);
const SETTING: Class = Class::of(Kind::Setting, Effect::Joins).repeatable(true);
const CONTROL: Class = Class::of(Kind::Transaction, Effect::Controls);

/// What a statement does.
pub(super) fn statement(mut tokens: Tokens<'_>) -> Class {
    let backend = tokens.backend();
    let statement = Statement { backend };
    if tokens.peek() == "(" {
        let mut inner = tokens;
        while inner.take(&["("]) {}
        return match inner.is_any(&["SELECT", "WITH", "VALUES", "TABLE"]) {
            true => statement.query(tokens),
            false => Class::UNHEARD,
        };
    }
    let all = tokens;
    let first = tokens.next().to_ascii_uppercase();
    match first.as_str() {
        "SELECT" | "WITH" | "VALUES" => statement.query(all),
        "TABLE" if !statement.is_sqlite() => statement.query(all),
        "INSERT" | "UPDATE" | "DELETE" => ROWS,
        "REPLACE" if !statement.is_postgres() => ROWS,
        "MERGE" if statement.is_postgres() => ROWS,
        "SET" => statement.set(tokens),
        "CREATE" => statement.create(tokens),
        "DROP" => statement.drop(tokens),
        "ALTER" => statement.alter(tokens),
        "EXPLAIN" => statement.explain(tokens),
        "BEGIN" | "START" | "COMMIT" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "END" | "ABORT"
        | "XA" => statement.control(&first, tokens),
        "ANALYZE" | "ANALYSE" => statement.analyze(tokens),
        _ => match backend {
            BackendKind::Sqlite => of_sqlite(&first, tokens),
            BackendKind::Postgres => statement.of_postgres(&first, tokens),
            BackendKind::Mysql | BackendKind::Mariadb => statement.of_mysql(&first, tokens),
        },
    }
}

#[derive(Clone, Copy)]
struct Statement {
    backend: BackendKind,
}

impl Statement {
    fn is_sqlite(self) -> bool {
        self.backend == BackendKind::Sqlite
    }

    fn is_postgres(self) -> bool {
        self.backend == BackendKind::Postgres
    }

    fn is_mysql(self) -> bool {
        matches!(self.backend, BackendKind::Mysql | BackendKind::Mariadb)
    }

    /// A change of the schema.
    fn schema(self) -> Class {
        let transaction = match self.is_mysql() {
            true => Effect::Commits,
            false => Effect::Joins,
        };
        Class::of(Kind::Schema, transaction)
    }

    /// A statement that changes neither rows nor definitions, and commits by itself.
    fn maintenance(self) -> Class {
        let transaction = match self.is_mysql() {
            true => Effect::Commits,
            false => Effect::Outside,
        };
        Class::of(Kind::Maintenance, transaction).repeatable(true)
    }

    /// `SELECT`, `WITH`, `VALUES`, `TABLE`, which may also change rows.
    fn query(self, tokens: Tokens<'_>) -> Class {
        if self.is_postgres() && is_set_config(tokens) {
            return SETTING;
        }
        let writes = tokens.has_any(&["INTO", "INSERT", "UPDATE", "DELETE", "MERGE", "LOCK"])
            || tokens.has(&["FOR", "SHARE"])
            || tokens.has(&["FOR", "KEY"])
            || tokens.has(&["FOR", "NO"])
            || tokens.has(&[":", "="])
            || tokens.has_any(&["SQL_CALC_FOUND_ROWS", "PROCEDURE"])
            || tokens.has(&["VALUE", "FOR"]); // the next one of a sequence
        match writes || !are_harmless(tokens) {
            true => ROWS,
            false => READ,
        }
    }

    fn set(self, mut tokens: Tokens<'_>) -> Class {
        match set(tokens) {
            // an open transaction does not show the mode of the next one
            Set::Setting if self.is_mysql() && tokens.has_any(&["AUTOCOMMIT", "TRANSACTION"]) => {
                Class {
                    transaction: Effect::Unknown,
                    ..SETTING
                }
            }
            Set::Setting => SETTING,
            Set::Computes => ROWS,
            Set::Server => ROWS.repeatable(true),
            Set::Account => self.schema(),
            // SET STATEMENT name = value, … FOR statement
            Set::Statement => match tokens.starting_at(&["FOR"]) {
                Some(inner) => {
                    tokens = inner;
                    tokens.next();
                    let inner = statement(tokens);
                    match inner.kind {
                        Kind::Setting | Kind::Transaction => Class::OPAQUE,
                        _ => inner,
                    }
                }
                None => Class::OPAQUE,
            },
            Set::Unknown if self.is_sqlite() => Class::UNHEARD,
            Set::Unknown => Class::OPAQUE,
        }
    }

    fn create(self, mut tokens: Tokens<'_>) -> Class {
        let replaces = tokens.take(&["OR", "REPLACE"]);
        if self.is_postgres() {
            tokens.skip_all(&["GLOBAL", "LOCAL"]);
        }
        if tokens.is_any(TEMPORARY) {
            tokens.next();
            return self.temporary(tokens);
        }
        tokens.skip_all(&[
            "UNIQUE",
            "FULLTEXT",
            "SPATIAL",
            "UNLOGGED",
            "VIRTUAL",
            "FOREIGN",
            "AGGREGATE",
            "RECURSIVE",
            "CONSTRAINT",
            "TRUSTED",
            "PROCEDURAL",
            "ONLINE",
            "OFFLINE",
            "MATERIALIZED",
        ]);
        if self.is_mysql() {
            self.skip_mysql_options(&mut tokens);
        }
        let object = tokens.next().to_ascii_uppercase();
        let concurrently =
            self.is_postgres() && object == "INDEX" && tokens.take(&["CONCURRENTLY"]);
        let guarded = tokens.take(&["IF", "NOT", "EXISTS"]);
        if self.is_sqlite() && in_temp(tokens) {
            return self.temporary(tokens);
        }
        let outside = self.is_postgres()
            && (concurrently
                || matches!(object.as_str(), "DATABASE" | "TABLESPACE" | "SUBSCRIPTION"));
        let from_query = object == "TABLE"
            && tokens
                .starting_at(&[
                    "AS", "SELECT", "WITH", "VALUES", "TABLE", "REPLACE", "IGNORE",
                ])
                .is_some();
        // what is replaced may contain what others have written in the meantime; an event may have
        // run
        let repeatable = match replaces {
            true => matches!(
                object.as_str(),
                "FUNCTION"
                    | "PROCEDURE"
                    | "VIEW"
                    | "TRIGGER"
                    | "RULE"
                    | "INDEX"
                    | "PACKAGE"
                    | "LANGUAGE"
                    | "TRANSFORM"
            ),
            false => guarded && !concurrently && !from_query && object != "EVENT",
        };
        let list =
            matches!(object.as_str(), "USER" | "ROLE") && self.is_mysql() && tokens.has_comma();
        let class = self.schema().repeatable(repeatable).atomic(!list);
        Class {
            transaction: if outside {
                Effect::Outside
            } else {
                class.transaction
            },
            concurrently,
            ..class
        }
    }

    /// Skips `DEFINER = user`, `ALGORITHM = …` and `SQL SECURITY …`.
    fn skip_mysql_options(self, tokens: &mut Tokens<'_>) {
        loop {
            if tokens.take(&["DEFINER", "="]) {
                tokens.next();
                if tokens.parenthesized().is_none() && tokens.take(&["@"]) {
                    tokens.next();
                }
            } else if tokens.take(&["ALGORITHM", "="]) || tokens.take(&["SQL", "SECURITY"]) {
                tokens.next();
            } else if !tokens.take(&["AGGREGATE"]) {
                return;
            }
        }
    }

    /// `CREATE TEMPORARY …`, after its first words.
    fn temporary(self, tokens: Tokens<'_>) -> Class {
        let query = tokens.starting_at(&["SELECT", "WITH", "VALUES", "EXECUTE"]);
        let writes = query.is_some_and(|query| self.query(query).kind != Kind::Read);
        // not transactional, but does not commit either; this is not so for every object
        let transaction = match self.is_mysql() {
            true => Effect::Unknown,
            false => Effect::Joins,
        };
        let kind = if writes { Kind::Opaque } else { Kind::Setting };
        Class::of(kind, transaction)
    }

    fn drop(self, mut tokens: Tokens<'_>) -> Class {
        if self.is_mysql() && tokens.take(&["TEMPORARY"]) {
            return Class::of(Kind::Setting, Effect::Unknown);
        }
        if self.is_mysql() && (tokens.is(&["PREPARE"])) {
            return Class::of(Kind::Rows, Effect::Joins);
        }
        tokens.skip_all(&[
            "MATERIALIZED",
            "FOREIGN",
            "AGGREGATE",
            "PROCEDURAL",
            "UNIQUE",
            "ONLINE",
            "OFFLINE",
        ]);
        let object = tokens.next().to_ascii_uppercase();
        let concurrently =
            self.is_postgres() && object == "INDEX" && tokens.take(&["CONCURRENTLY"]);
        let guarded = tokens.take(&["IF", "EXISTS"]);
        let outside = self.is_postgres()
            && (concurrently
                || matches!(object.as_str(), "DATABASE" | "TABLESPACE" | "SUBSCRIPTION"));
        let class = self
            .schema()
            .repeatable(guarded)
            .atomic(!(self.is_mysql() && tokens.has_comma()));
        Class {
            transaction: if outside {
                Effect::Outside
            } else {
                class.transaction
            },
            concurrently,
            ..class
        }
    }

    fn alter(self, mut tokens: Tokens<'_>) -> Class {
        let class = self.schema();
        if self.is_mysql() {
            let list = tokens.is_any(&["USER", "ROLE"]) && tokens.has_comma();
            return class.atomic(!list);
        }
        if self.is_sqlite() {
            return class;
        }
        let outside = Class {
            transaction: Effect::Outside,
            ..class
        };
        if tokens.take(&["SYSTEM"]) {
            return outside.repeatable(true);
        }
        let subscription = tokens.is(&["SUBSCRIPTION"]);
        let moved = tokens.is(&["DATABASE"]) && tokens.has(&["SET", "TABLESPACE"]);
        let concurrently = tokens.is(&["TABLE"])
            && tokens.has(&["DETACH", "PARTITION"])
            && tokens
                .rest()
                .last()
                .is_some_and(|last| last.eq_ignore_ascii_case("CONCURRENTLY"));
        match subscription || moved || concurrently {
            true => Class {
                concurrently,
                ..outside
            },
            false => class,
        }
    }

    /// `EXPLAIN`, `DESCRIBE`, `DESC`, after the first word.
    fn explain(self, mut tokens: Tokens<'_>) -> Class {
        if self.is_sqlite() {
            return READ;
        }
        let mut runs = false;
        if self.is_postgres() {
            if let Some(options) = tokens.parenthesized() {
                runs = options.has_any(&["ANALYZE", "ANALYSE"]);
            }
            while tokens.is_any(&["ANALYZE", "ANALYSE", "VERBOSE"]) {
                runs |= !tokens.is(&["VERBOSE"]);
                tokens.next();
            }
        } else {
            runs |= tokens.take(&["ANALYZE"]);
            skip_format(&mut tokens);
            tokens.skip_all(&["EXTENDED", "PARTITIONS"]);
            runs |= tokens.take(&["ANALYZE"]);
        }
        match runs {
            true => self.inner(tokens),
            // MySQL may run the subqueries in FROM
            false if are_harmless(tokens) && !tokens.has_any(&["INTO"]) || self.is_postgres() => {
                READ
            }
            false => ROWS,
        }
    }

    /// A statement that runs within another one.
    fn inner(self, tokens: Tokens<'_>) -> Class {
        let inner = statement(tokens);
        match inner.kind {
            Kind::Read | Kind::Rows | Kind::Schema => inner.repeatable(inner.kind == Kind::Read),
            _ => Class::OPAQUE,
        }
    }

    fn analyze(self, mut tokens: Tokens<'_>) -> Class {
        if self.is_mysql() {
            let mut table = tokens;
            table.skip_all(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
            if table.is_any(&["TABLE", "TABLES"]) {
                return self.maintenance();
            }
            // MariaDB's runs the statement
            skip_format(&mut tokens);
            return self.inner(tokens);
        }
        match self.is_sqlite() {
            true => Class::of(Kind::Maintenance, Effect::Joins).repeatable(true),
            false => self.maintenance(),
        }
    }

    fn control(self, first: &str, mut tokens: Tokens<'_>) -> Class {
        if first == "START" && !tokens.is(&["TRANSACTION"]) {
            return Class::OPAQUE; // such as START REPLICA
        }
        if first == "XA" && !self.is_mysql() {
            return Class::UNHEARD;
        }
        let partial = matches!(first, "SAVEPOINT" | "RELEASE" | "XA") || {
            tokens.skip_all(&["WORK", "TRANSACTION"]);
            first == "ROLLBACK" && tokens.is(&["TO"])
        };
        match partial && self.is_mysql() {
            true => Class {
                transaction: Effect::Unknown,
                ..CONTROL
            },
            false => CONTROL,
        }
    }

    fn of_postgres(self, first: &str, tokens: Tokens<'_>) -> Class {
        match first {
            "COMMENT" | "GRANT" | "REVOKE" | "TRUNCATE" | "REASSIGN" | "SECURITY" | "IMPORT" => {
                self.schema()
            }
            "REFRESH" => Class {
                concurrently: tokens.is(&["MATERIALIZED", "VIEW", "CONCURRENTLY"]),
                ..self.schema().repeatable(true)
            },
            "COPY" | "NOTIFY" => ROWS,
            "RESET" | "LISTEN" | "UNLISTEN" | "LOAD" => SETTING,
            "SHOW" => READ,
            "VACUUM" | "CHECKPOINT" | "CLUSTER" => self.maintenance(),
            "REINDEX" => {
                let concurrently = tokens.has_any(&["CONCURRENTLY"]);
                Class {
                    concurrently,
                    ..self.maintenance().repeatable(!concurrently)
                }
            }
            "DO" => {
                // the body is a string: a word in it may be part of another string
                let words = ["COMMIT", "ROLLBACK", "CALL", "EXECUTE"];
                let text = tokens.rest().join(" ").to_ascii_uppercase();
                match words.iter().any(|word| text.contains(word)) {
                    true => Class::OPAQUE,
                    false => ROWS,
                }
            }
            "PREPARE" if tokens.is(&["TRANSACTION"]) => CONTROL,
            "PREPARE" | "DEALLOCATE" => ROWS,
            "CALL" | "EXECUTE" | "DECLARE" | "FETCH" | "MOVE" | "CLOSE" | "LOCK" | "DISCARD" => {
                Class::OPAQUE
            }
            _ => Class::UNHEARD,
        }
    }

    fn of_mysql(self, first: &str, mut tokens: Tokens<'_>) -> Class {
        match first {
            "TRUNCATE" => self.schema(),
            "RENAME" => self
                .schema()
                .atomic(!(tokens.is(&["USER"]) && tokens.has_comma())),
            // the server runs a list one by one
            "GRANT" => self.schema().repeatable(true).atomic(!tokens.has_comma()),
            "REVOKE" => self.schema().atomic(!tokens.has_comma()),
            "OPTIMIZE" | "CHECK" | "REPAIR" => self.maintenance(),
            "CHECKSUM" | "SHOW" | "HELP" => READ,
            "DESCRIBE" | "DESC" => self.explain(tokens),
            "FLUSH" => {
                tokens.skip_all(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
                match tokens.has_any(&["LOCK", "EXPORT"]) {
                    true => Class::OPAQUE,
                    false => self.maintenance(),
                }
            }
            "USE" => SETTING,
            // a function may write, but cannot commit
            "DO" => ROWS,
            "PREPARE" | "DEALLOCATE" => ROWS,
            "CALL" | "EXECUTE" | "HANDLER" | "LOAD" | "IMPORT" | "LOCK" | "UNLOCK" | "INSTALL"
            | "UNINSTALL" | "RESET" | "CHANGE" | "STOP" | "KILL" | "SHUTDOWN" | "CACHE"
            | "PURGE" | "BINLOG" | "CLONE" | "GET" | "SIGNAL" | "RESIGNAL" | "BACKUP" => {
                Class::OPAQUE
            }
            _ => Class::UNHEARD,
        }
    }
}

fn of_sqlite(first: &str, tokens: Tokens<'_>) -> Class {
    let apart = |repeatable| Class::of(Kind::Maintenance, Effect::Outside).repeatable(repeatable);
    match first {
        // writing an old number back lets others keep their cached schema
        "PRAGMA" if tokens.has_any(&["SCHEMA_VERSION"]) && tokens.has_any(&["=", "("]) => {
            Class::OPAQUE
        }
        "PRAGMA" if is_reading_pragma(tokens) => READ,
        "PRAGMA" => Class {
            transaction: Effect::Outside,
            ..SETTING
        },
        "REINDEX" => Class::of(Kind::Maintenance, Effect::Joins).repeatable(true),
        "VACUUM" => apart(!tokens.has_any(&["INTO"])),
        "ATTACH" | "DETACH" => Class::OPAQUE,
        _ => Class::UNHEARD,
    }
}

/// The pragmas of SQLite that only read, with or without an argument.
const ANSWERS: &[&str] = &[
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "foreign_key_check",
    "foreign_key_list",
    "freelist_count",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "module_list",
    "page_count",
    "pragma_list",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

/// The pragmas that read without a value, and set something with one.
const ANSWERS_ALONE: &[&str] = &[
    "application_id",
    "auto_vacuum",
    "busy_timeout",
    "cache_size",
    "defer_foreign_keys",
    "encoding",
    "foreign_keys",
    "journal_mode",
    "legacy_alter_table",
    "page_size",
    "recursive_triggers",
    "schema_version",
    "secure_delete",
    "synchronous",
    "user_version",
];

/// Whether the part after `PRAGMA` only reads: `[schema.]name`, and perhaps an argument.
fn is_reading_pragma(mut tokens: Tokens<'_>) -> bool {
    if tokens.rest().get(1) == Some(&".") {
        tokens.next();
        tokens.next();
    }
    let name = tokens;
    tokens.next();
    name.is_any(ANSWERS) || (name.is_any(ANSWERS_ALONE) && tokens.is_empty())
}

/// Skips `FORMAT = name`.
fn skip_format(tokens: &mut Tokens<'_>) {
    if tokens.take(&["FORMAT", "="]) {
        tokens.next();
    }
}

/// `SELECT set_config('name', 'value', false)`, as `pg_dump` writes it: a `SET`; with `true`, a
/// `SET LOCAL`.
fn is_set_config(mut tokens: Tokens<'_>) -> bool {
    tokens.take(&["SELECT"]);
    tokens.take(&["pg_catalog", "."]);
    let string = |token: &str| token.ends_with('\'');
    tokens.take(&["set_config"])
        && tokens.parenthesized().is_some_and(|arguments| {
            matches!(arguments.rest(), [name, ",", value, ",", local]
                if string(name) && string(value)
                    && ["false", "true"].iter().any(|word| local.eq_ignore_ascii_case(word)))
        })
        && tokens.is_empty()
}

/// Whether the next token is a name in SQLite's schema of temporary objects: `temp.name`.
pub(in crate::sql) fn in_temp(mut tokens: Tokens<'_>) -> bool {
    let schema = bare(tokens.next());
    schema.eq_ignore_ascii_case("temp") && tokens.is(&["."])
}
