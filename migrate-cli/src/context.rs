//! What every command of the runner works with: the history, the arguments, the configuration, and
//! the database they name. Opens databases through `backend` alone, and prints nothing.

use std::collections::HashMap;
use std::time::Duration;

use migrate_graph::{Applied, Graph, Help};

use super::args::{Dialect, GlobalArgs, RunArgs};
use super::configuration::keys::{self, Key};
use super::configuration::{self, Configuration, Given, Origin, Surroundings};
use super::error::CliError;
use super::json;
use super::listing::{Downgrade, Facts};
use super::screen::Screen;
use migrate_core::History;
use migrate_core::engine::VERSION_TABLE;
use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Session};
use migrate_core::error::{Error, LockError};
use migrate_core::migrator::{Migrator, Status};
use migrate_core::revision::{self, Revision};

/// What every command of the runner works with.
pub(super) struct Context<'a> {
    pub(super) history: &'a History,
    pub(super) global: &'a GlobalArgs,
    pub(super) configuration: Configuration,
    environment: Option<Given>,
    lock_timeout: Duration,
    pub(super) surroundings: &'a Surroundings<'a>,
    /// Whether there is no Cargo.toml to configure it.
    without_metadata: bool,
}

/// An open database, with the name to call it by.
pub(super) struct Database {
    pub(super) session: Box<dyn Session>,
    pub(super) name: json::Database,
}

/// Whether the configuration allows resets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Whether it allows them.
    pub(super) allowed: bool,
    /// Whether the environment's own section says so.
    pub(super) own: bool,
    /// Where it is set, and where the database is named, if it applies to another database than
    /// this one.
    pub(super) beside_another: Option<(String, Option<String>)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        history: &'a History,
        global: &'a GlobalArgs,
        surroundings: &'a Surroundings<'a>,
    ) -> Result<Context<'a>, CliError> {
        let mut configuration = Configuration::read(surroundings)?;
        let environment = configuration::environment(global.env.as_deref(), surroundings)?;
        configuration.choose(environment.as_ref())?;
        let mut context = Context {
            history,
            global,
            configuration,
            environment,
            lock_timeout: Duration::ZERO,
            surroundings,
            without_metadata: false,
        };
        context.lock_timeout = context.seconds(&keys::LOCK_TIMEOUT)?.unwrap_or_default();
        Ok(context)
    }

    /// The value of a key: the flag's, the variable's, that of `.env`, the manifests', or the
    /// default.
    pub(super) fn value(&self, key: &Key) -> Result<Option<Given>, CliError> {
        let flag = self.global.given(key);
        self.configuration.value(key, flag, self.surroundings)
    }

    /// A value as given, such as a URL; errors in it are reported where it is used.
    pub(super) fn named(&self, key: &Key) -> Option<String> {
        let given = self.value(key).ok().flatten();
        given.map(|given| given.value)
    }

    /// The value of a key that is a number of seconds.
    pub(super) fn seconds(&self, key: &Key) -> Result<Option<Duration>, CliError> {
        let given = self.value(key)?;
        let read = |given: Given| keys::seconds(&given.value).map_err(CliError::usage);
        given.map(read).transpose()
    }

    /// The value of a key that is a whole number.
    pub(super) fn number(&self, key: &Key) -> Result<Option<u32>, CliError> {
        Ok(self.value(key)?.and_then(|given| given.value.parse().ok()))
    }

    /// The value of a key that is yes or no.
    pub(super) fn switch(&self, key: &Key) -> Result<bool, CliError> {
        Ok(self.value(key)?.is_some_and(|given| given.value == "true"))
    }

    /// Whether `cargo migrate` did not start this program.
    pub(super) fn without_metadata(mut self, so: bool) -> Context<'a> {
        self.without_metadata = so;
        self
    }

    /// The migrator, and with it the graph of the history.
    pub(super) fn migrator<'m>(&self) -> Migrator<'m> {
        self.migrators()()
    }

    /// What makes such migrators, also in other threads.
    pub(super) fn migrators<'m>(&self) -> impl Fn() -> Migrator<'m> + Sync + use<'m, '_, 'a> {
        let (history, lock_timeout) = (self.history, self.lock_timeout);
        let arguments = &self.global.arguments;
        let environment = self.environment();
        move || {
            let migrator = Migrator::new(history).lock_timeout(lock_timeout);
            let migrator = match environment {
                Some(environment) => migrator.environment(environment),
                None => migrator,
            };
            let arguments = arguments.iter();
            arguments.fold(migrator, |migrator, (key, value)| {
                migrator.argument(key.as_str(), value.as_str())
            })
        }
    }

    /// The migrator of a run, with the limits and retries of its arguments or the configuration.
    pub(super) fn migrator_for<'m>(&self, run: &RunArgs) -> Result<Migrator<'m>, CliError> {
        let mut migrator = self.migrator();
        if let Some(transaction) = run.transaction {
            migrator = migrator.transactions(transaction.into());
        }
        let seconds = |typed: Option<Duration>, key| match typed {
            Some(typed) => Ok(Some(typed)),
            None => self.seconds(key),
        };
        if let Some(timeout) = seconds(run.statement_lock_timeout, &keys::STATEMENT_LOCK_TIMEOUT)? {
            migrator = migrator.statement_lock_timeout(timeout);
        }
        if let Some(timeout) = seconds(run.statement_timeout, &keys::STATEMENT_TIMEOUT)? {
            migrator = migrator.statement_timeout(timeout);
        }
        let retries = match run.lock_retries {
            Some(typed) => Some(typed),
            None => self.number(&keys::LOCK_RETRIES)?,
        };
        Ok(match retries {
            Some(retries) => migrator.lock_retries(retries),
            None => migrator,
        })
    }

    /// How long to wait for another run.
    pub(super) fn lock_timeout(&self) -> Duration {
        self.lock_timeout
    }

    /// The environment that the run is for.
    pub(super) fn environment(&self) -> Option<&str> {
        self.environment.as_ref().map(|given| given.value.as_str())
    }

    /// Whether the configuration allows resets.
    pub(super) fn allows_reset(&self) -> Result<Option<Said>, CliError> {
        let Some(given) = self.value(&keys::ALLOW_RESET)? else {
            return Ok(None);
        };
        let database = self.value(&keys::DATABASE_URL)?;
        let own = self.environment.is_some() && given.origin.is_of_environment();
        let elsewhere = match &database {
            Some(database) => !given.origin.is_beside(&database.origin),
            None => false,
        };
        // top-level settings apply only to the database configured next to them
        let counts = own || !(elsewhere || self.without_metadata);
        let origin = |given: Option<Given>| given.map(|given| given.origin.to_string());
        Ok(Some(Said {
            allowed: given.value == "true",
            own,
            beside_another: (!counts).then(|| (given.origin.to_string(), origin(database))),
        }))
    }

    /// The section of the manifest that the configuration is in: the workspace's if the database's
    /// URL is there, else the package's.
    pub(super) fn section(&self) -> Result<String, CliError> {
        let database = self.value(&keys::DATABASE_URL)?;
        let of_workspace = database.is_some_and(|given| {
            matches!(given.origin, Origin::Section { section, .. } if section.starts_with("workspace."))
        });
        let owner = if of_workspace { "workspace" } else { "package" };
        Ok(format!("{owner}.metadata.migrate"))
    }

    /// What drawings are shown on.
    pub(super) fn screen(&self) -> Screen {
        Screen::new(self.surroundings.variable)
    }

    /// Whether several heads are allowed.
    pub(super) fn rules(&self) -> Result<migrate_graph::Rules, CliError> {
        self.configuration.rules()
    }

    /// What is known of each revision beyond its header.
    pub(super) fn facts(&self) -> impl Fn(&str) -> Facts + use<> {
        let by_id: HashMap<&str, &Revision> = self.history.by_id();
        move |id| {
            by_id
                .get(id)
                .map(|revision| facts(revision))
                .unwrap_or_default()
        }
    }

    /// The database that the user means, to read; `None` when nothing names one. An environment
    /// that names a variable names one.
    pub(super) fn database_if_any(&self) -> Result<Option<Database>, CliError> {
        match self.url()? {
            None if self.configuration.environment_names_variable() => {
                self.database(Access::Read).map(Some)
            }
            Some(_) => self.database(Access::Read).map(Some),
            None => Ok(None),
        }
    }

    /// The database that the user means.
    pub(super) fn database(&self, access: Access) -> Result<Database, CliError> {
        let opened = open(&self.database_url()?, access);
        opened.map_err(|failure| match self.value(&keys::DATABASE_URL) {
            Ok(Some(Given {
                origin:
                    origin @ Origin::EnvFile {
                        substituted: true, ..
                    },
                ..
            })) => failure.note(format!(
                "the URL {origin}; each `$NAME` in it was substituted, except in single quotes"
            )),
            _ => failure,
        })
    }

    /// The URL of the database that the user means.
    pub(super) fn database_url(&self) -> Result<DatabaseUrl, CliError> {
        let no_database = || configuration::no_database(&self.configuration, self.without_metadata);
        self.url()?.ok_or_else(no_database)
    }

    /// The kind of database that a script is for.
    pub(super) fn dialect(&self, said: Option<Dialect>) -> Result<BackendKind, CliError> {
        if let Some(dialect) = said {
            return Ok(dialect.into());
        }
        match self.url()? {
            Some(url) => Ok(url.kind()),
            None => match backend::enabled().collect::<Vec<_>>().as_slice() {
                [only] => Ok(*only),
                enabled => {
                    let names: Vec<String> = enabled
                        .iter()
                        .map(|kind| {
                            format!(
                                "`{}`",
                                kind.name().to_lowercase().replace("postgresql", "postgres")
                            )
                        })
                        .collect();
                    Err(
                        CliError::usage("choose the database that the script is for").help(
                            format!(
                                "give `--dialect` with {}, or a URL by `--database-url`",
                                names.join(" or ")
                            ),
                        ),
                    )
                }
            },
        }
    }

    /// The kinds of database that the history is for: the given ones, else the URL's, else all that
    /// are compiled in.
    pub(super) fn dialects(&self, said: &[Dialect]) -> Result<Vec<BackendKind>, CliError> {
        if !said.is_empty() {
            return Ok(said.iter().map(|dialect| (*dialect).into()).collect());
        }
        let url = self.url()?.map(|url| url.kind());
        Ok(match url.filter(|kind| backend::rules(*kind).is_ok()) {
            Some(kind) => vec![kind],
            None => backend::enabled().collect(),
        })
    }

    /// A note if the environment uses a database that others use too.
    pub(super) fn borrowed_database(&self) -> Option<String> {
        let given = self.value(&keys::DATABASE_URL).ok().flatten()?;
        self.configuration.borrowed_by_environment(&given)
    }

    /// The URL of the database that the user means, if anything names one.
    pub(super) fn url(&self) -> Result<Option<DatabaseUrl>, CliError> {
        let flag = self.global.database_url.as_deref();
        configuration::parsed_url(flag, &self.configuration, self.surroundings)
    }
}

/// The applied set of a database with this status.
pub(super) fn applied(graph: &Graph, status: &Status) -> Applied {
    let known = status.applied.iter().map(|row| &row.version);
    Applied::new(graph, known.chain(&status.unknown))
}

impl Database {
    /// Why something could not be done with it.
    pub(super) fn failure(&self, error: Error) -> CliError {
        failure_in(&self.name.database, error)
    }
}

/// Why something could not be done with the database of this name.
pub(super) fn failure_in(database: &str, error: Error) -> CliError {
    let is_of_database = matches!(
        error,
        Error::Database { .. } | Error::Lock(LockError::Database(_) | LockError::Busy { .. })
    );
    let unclear = matches!(error, Error::Database { trouble: None, .. });
    let mut failure = CliError::from(error);
    if !is_of_database {
        return failure;
    }
    failure.help = match failure.help {
        None if unclear => Some(Help::from(format!(
            "check that `{VERSION_TABLE}` has the columns `version` and `run_on`, and that this user may read it"
        ))),
        help => help.map(|help| {
            help.map_words(|words| words.replace("`sqlite3 FILE", &format!("`sqlite3 {database}")))
        }),
    };
    failure
        .note(format!("the database is `{database}`"))
        .fact("database", database)
}

/// Opens a database.
pub(super) fn open(url: &DatabaseUrl, access: Access) -> Result<Database, CliError> {
    let exists = url.file().is_none_or(|file| file.exists());
    let session = backend::connect(url, access)?;
    let kind = session.backend().kind().name().to_lowercase();
    Ok(Database {
        session,
        name: json::Database {
            database: url.to_string(),
            backend: kind,
            exists,
        },
    })
}

fn facts(revision: &Revision) -> Facts {
    Facts {
        doc: revision.doc().to_owned(),
        package: Some(revision.package().to_owned()).filter(|name| !name.is_empty()),
        file: Some(revision.file().to_owned()),
        line: Some(revision.line()),
        transaction: revision.transaction(),
        downgrade: match revision.downgrade() {
            revision::Downgrade::Function(_) => Downgrade::Function,
            revision::Downgrade::Reversible => Downgrade::Reversible,
            revision::Downgrade::Irreversible => Downgrade::Irreversible,
            revision::Downgrade::Nothing => Downgrade::Nothing,
        },
    }
}
