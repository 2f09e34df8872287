//! States: schemas that a command names, and how each is found. A history and SQL files run on a
//! scratch database. Must not know what the commands do with a schema.

mod bench;
mod cache;
mod compare;
mod filters;
mod history;
mod models;
mod state;
mod statements;

use std::fmt;

use clap::Args;

use super::configuration::{Given, keys};
use super::context::{Context, open};
use super::error::CliError;
use super::ui::Ui;
pub(super) use bench::Bench;
pub(super) use compare::{Compared, part};
use filters::Filters;
use migrate_core::CancelToken;
use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Scope, Session};
use migrate_core::engine::diff::Answers;
use migrate_core::engine::scratch::run_sql;
use migrate_core::schema::{Constraint, Schema, Table};
pub(super) use models::Declared;
pub use models::PassedModels;
pub(super) use state::State;
pub(super) use statements::{
    OnKind, align, known_statements, merged, rendered, reverses, revision_texts, whole_script,
};

/// The options about scratch databases.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct Scratching {
    /// The server for scratch databases.
    #[command(flatten)]
    pub server: ScratchUrl,

    /// Kind of database [default: that of the state, else that of the configured database]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub dialect: Option<crate::args::Dialect>,

    /// Run the history again, instead of reading the schema that it left last time
    #[arg(long, hide_short_help = true)]
    pub fresh: bool,
}

/// The option that names the server for scratch databases.
#[derive(Args, Clone, Default, PartialEq, Eq)]
pub struct ScratchUrl {
    /// Server for scratch databases, as the URL of a database on it
    ///
    /// By default, scratch databases of SQLite are in memory, and others on the server of the
    /// configured database. `check`, and `drift` without `--write`, do not create one there: for a
    /// server, they need this option or MIGRATE_SCRATCH_URL.
    #[arg(long = "scratch-url", value_name = "URL", hide_short_help = true)]
    pub scratch_urls: Vec<String>,
}

/// Hides the URL, which may contain a password.
impl fmt::Debug for ScratchUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScratchUrl")
            .field("scratch_urls", &self.scratch_urls.len())
            .finish()
    }
}

impl From<ScratchUrl> for Scratching {
    fn from(server: ScratchUrl) -> Scratching {
        Scratching {
            server,
            ..Scratching::default()
        }
    }
}

/// Finds the schemas of states.
pub(super) struct States<'s, 'a, 'w> {
    pub(super) context: &'s Context<'a>,
    pub(super) options: &'s Scratching,
    pub(super) ui: &'s mut Ui<'w>,
    /// What is read of databases.
    pub(super) scope: Scope,
    /// Whether a scratch database may be made beside the configured one.
    beside: bool,
    /// Whether it is about several kinds of database.
    several: bool,
    /// The excluded tables, as far as a foreign key needs them.
    left_out: Vec<(BackendKind, Table)>,
    /// What Ctrl-C requests, once it is needed: a process has one.
    stop: Option<CancelToken>,
}

/// The schema of a state.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The kind of database that it is for.
    pub(super) kind: BackendKind,
    /// Everything in it.
    pub(super) schema: Schema,
}

impl<'s, 'a, 'w> States<'s, 'a, 'w> {
    /// For a command that may make a scratch database beside the configured one.
    pub(super) fn new(
        context: &'s Context<'a>,
        options: &'s Scratching,
        ui: &'s mut Ui<'w>,
    ) -> States<'s, 'a, 'w> {
        States {
            context,
            options,
            ui,
            scope: Scope::current(),
            beside: true,
            several: false,
            left_out: Vec::new(),
            stop: None,
        }
    }

    /// The same, with the schemas that are configured instead of the current one.
    pub(super) fn configured(self) -> Result<States<'s, 'a, 'w>, CliError> {
        let given = self.context.value(&keys::SCHEMAS)?;
        let names = given.map(|given| given.value).unwrap_or_default();
        let names: Vec<String> = names.lines().map(str::to_owned).collect();
        Ok(match names.is_empty() {
            true => self,
            false => States {
                scope: Scope::of(names),
                ..self
            },
        })
    }

    /// Refuses several schemas where a scratch database cannot have them to itself.
    fn refuse_schemas(&self, kind: BackendKind) -> Result<(), CliError> {
        if kind == BackendKind::Postgres || self.scope.schemas.len() < 2 {
            return Ok(());
        }
        let failure = CliError::usage(format!(
            "`schemas` names {} schemas, and a database of {} has one",
            self.scope.schemas.len(),
            kind.name()
        ));
        Err(failure.help("take `schemas` out of the section `migrate` of Cargo.toml"))
    }

    /// The same for a command that makes none there.
    pub(super) fn not_beside(self) -> States<'s, 'a, 'w> {
        States {
            beside: false,
            ..self
        }
    }

    /// The same for a command about several kinds of database.
    pub(super) fn of_kinds(self, several: bool) -> States<'s, 'a, 'w> {
        States { several, ..self }
    }

    /// The state that was named; else the database, or the history if none is configured.
    pub(super) fn named_or_default(&self, name: Option<&str>) -> Result<State, CliError> {
        match name {
            Some(name) => self.named(name),
            None if self.context.url()?.is_some() => Ok(State::Database),
            None => Ok(State::History(None)),
        }
    }

    /// The state of this name.
    pub(super) fn named(&self, name: &str) -> Result<State, CliError> {
        State::parse(name, &self.context.surroundings.directory)
    }

    /// The schema of a state.
    pub(super) fn get(&mut self, state: &State) -> Result<Found, CliError> {
        let kind = self.kind(&[state])?;
        self.get_for(state, kind)
    }

    /// The kind of database that these states are for: the one that is typed, that of the first
    /// state that has one, or else that of the configured database.
    pub(super) fn kind(&self, states: &[&State]) -> Result<BackendKind, CliError> {
        if let Some(dialect) = self.options.dialect {
            return Ok(dialect.into());
        }
        for state in states {
            if let Some(kind) = state.kind()? {
                return Ok(kind);
            }
        }
        if let Some(url) = self.scratch_urls()?.first() {
            return Ok(url.kind());
        }
        self.context.dialect(None).map_err(|failure| CliError {
            message: "choose the kind of database that the schema is for".to_owned(),
            ..failure
        })
    }

    /// The schema of a state for this kind of database.
    pub(super) fn get_for(&mut self, state: &State, kind: BackendKind) -> Result<Found, CliError> {
        self.refuse_schemas(kind)?;
        let mut found = self.found(state, kind)?;
        self.select(&mut found)?;
        Ok(found)
    }

    /// Takes out of a schema what the configuration excludes.
    pub(super) fn select(&mut self, found: &mut Found) -> Result<(), CliError> {
        let filters = Filters::of(self.context, found.kind)?;
        if filters.keep_all() {
            return Ok(());
        }
        let before = found.schema.tables.clone();
        filters.select(&mut found.schema);
        let excluded = before.into_iter().filter(|table| {
            let is_it =
                |(kind, one): &(BackendKind, Table)| *kind == found.kind && one.name == table.name;
            let is_known = self.left_out.iter().any(is_it);
            !is_known && found.schema.table(&table.name).is_none()
        });
        let referred = excluded.map(|table| (found.kind, as_referred(table)));
        let referred: Vec<_> = referred.collect();
        self.left_out.extend(referred);
        Ok(())
    }

    fn found(&mut self, state: &State, kind: BackendKind) -> Result<Found, CliError> {
        let schema = match state {
            State::Empty => Schema::empty(),
            State::Dump(path) => state::read_dump(path)?.schema,
            State::Database => {
                let url = self.context.database_url()?;
                return self.inspected(&url);
            }
            State::At(url) => return self.inspected(url),
            State::Models => {
                let declared = self.declared()?;
                let nothing = Schema::empty();
                let answers = Answers::default();
                return Ok(self
                    .models(&declared, kind, &nothing, &answers, (&[], false))?
                    .0);
            }
            State::History(target) => {
                let target = target.clone().unwrap_or_else(|| "heads".to_owned());
                return self.history(kind, &[target], None);
            }
            State::Sql(files) => {
                let mut bench = self.bench(kind)?;
                for path in files {
                    let text = state::read(path)?;
                    run_sql(bench.session()?, &text)
                        .map_err(|failed| state::failed_at(path, &failed))?;
                }
                bench.inspect()?
            }
        };
        let kind = schema.server.as_ref().map_or(kind, |server| server.backend);
        Ok(Found { kind, schema })
    }

    /// The URLs of servers for scratch databases: those that are typed, else the configured one.
    pub(super) fn scratch_urls(&self) -> Result<Vec<DatabaseUrl>, CliError> {
        let context = self.context;
        let value = |flag: Option<&str>| {
            let configuration = &context.configuration;
            configuration.value(&keys::SCRATCH_URL, flag, context.surroundings)
        };
        let typed = &self.options.server.scratch_urls;
        let given = match typed.is_empty() {
            true => vec![value(None)?],
            false => {
                let all = typed.iter().map(|url| value(Some(url)));
                all.collect::<Result<_, _>>()?
            }
        };
        let url = |given: Given| {
            let url: DatabaseUrl = (given.value.parse())
                .map_err(|error| CliError::from(error).note(format!("the URL {}", given.origin)))?;
            Ok(match given.directory() {
                Some(directory) => url.relative_to(directory),
                None => url,
            })
        };
        given.into_iter().flatten().map(url).collect()
    }

    /// The schema of the database of a URL.
    fn inspected(&mut self, url: &DatabaseUrl) -> Result<Found, CliError> {
        let mut database = open(url, Access::Read)?;
        if !database.name.exists {
            return Err(
                CliError::usage(format!("cannot read `{url}`: there is no such file"))
                    .fact("database", url.to_string()),
            );
        }
        let schema = inspect(database.session.as_mut(), &self.scope, &url.to_string())?;
        let kind = database.session.backend().kind();
        Ok(Found { kind, schema })
    }
}

/// Reads the schema behind a session, in the one spelling of its server.
pub(super) fn inspect(
    session: &mut dyn Session,
    scope: &Scope,
    database: &str,
) -> Result<Schema, CliError> {
    let schema = session.inspect(scope).map_err(|source| {
        let error = migrate_core::Error::database("read the catalogue", source);
        super::context::failure_in(database, error)
    })?;
    Ok(canonical(session.backend().kind(), &schema))
}

/// A table with no more than what a foreign key to it needs.
fn as_referred(mut table: Table) -> Table {
    for column in &mut table.columns {
        (column.default, column.generated, column.on_update) = (None, None, None);
    }
    let is_key = |constraint: &Constraint| {
        matches!(
            constraint,
            Constraint::PrimaryKey(_) | Constraint::Unique(_)
        )
    };
    table.constraints.retain(is_key);
    table.options.suffix = None;
    table
}

/// A schema in the one spelling of its server, in order.
pub(super) fn canonical(kind: BackendKind, schema: &Schema) -> Schema {
    let mut schema = match backend::rules(kind) {
        Ok(rules) => rules.canonical(schema),
        Err(_) => schema.clone(),
    };
    schema.sort();
    schema
}
