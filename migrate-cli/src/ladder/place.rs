//! Where the scratch databases of a test are made: in memory, or on a server that is named for
//! tests. Never on the application's own database.

use crate::configuration::keys::{self, Key};
use crate::configuration::{Configuration, Surroundings};
use crate::error::CliError;
use migrate_core::engine::backend::{BackendKind, DatabaseUrl};

/// The kinds of database that are tested: those of the section `test`, else SQLite.
pub(crate) fn backends(
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
) -> Result<Vec<BackendKind>, CliError> {
    let given = configuration.value(&keys::TEST_BACKENDS, None, surroundings)?;
    let Some(given) = given else {
        return Ok(vec![BackendKind::Sqlite]);
    };
    given.value.lines().map(kind_of).collect()
}

/// The kind of database of a name.
pub(crate) fn kind_of(name: &str) -> Result<BackendKind, CliError> {
    match name {
        "sqlite" => Ok(BackendKind::Sqlite),
        "postgres" | "postgresql" => Ok(BackendKind::Postgres),
        "mysql" => Ok(BackendKind::Mysql),
        "mariadb" => Ok(BackendKind::Mariadb),
        other => Err(
            CliError::usage(format!("`test.backends` names `{other}`, which is no database"))
                .help("write `backends = [\"sqlite\", \"postgres\", \"mysql\", \"mariadb\"]`, or some of them"),
        ),
    }
}

/// The name of a kind of database in the configuration.
pub(crate) fn name_of(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::Postgres => "postgres",
        BackendKind::Mysql => "mysql",
        BackendKind::Mariadb => "mariadb",
        _ => "sqlite",
    }
}

/// Beside which database the scratch databases of a kind are made; `None` for memory.
pub(crate) fn place(
    kind: BackendKind,
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
    own: Option<&DatabaseUrl>,
) -> Result<Option<DatabaseUrl>, CliError> {
    let key = match kind {
        BackendKind::Postgres => keys::TEST_POSTGRES_URL,
        BackendKind::Mysql => keys::TEST_MYSQL_URL,
        BackendKind::Mariadb => keys::TEST_MARIADB_URL,
        _ => return Ok(None),
    };
    let Some(given) = configuration.value(&key, None, surroundings)? else {
        return Err(no_server(kind, &key));
    };
    let origin = &given.origin;
    let url: DatabaseUrl = (given.value.parse())
        .map_err(|error| CliError::from(error).note(format!("the URL {origin}")))?;
    if url.kind().feature() != kind.feature() {
        return Err(CliError::usage(format!(
            "`{}` is to name a server of {}, and `{url}` does not",
            key.name,
            kind.name()
        ))
        .note(format!("the URL {origin}")));
    }
    let databases = configuration.databases.iter();
    let others = databases.filter_map(|text| text.parse::<DatabaseUrl>().ok());
    if others
        .chain(own.cloned())
        .any(|other| is_same(&url, &other))
    {
        return Err(CliError::usage(format!(
            "`{}` is the URL of the application's own database, and a test must not reach that",
            key.name
        ))
        .note(format!("the URL {origin}"))
        .help(
            "name another database of a server for tests: scratch databases are made beside it",
        ));
    }
    Ok(Some(url))
}

/// Whether two URLs are of one database: the same without passwords and parameters.
fn is_same(one: &DatabaseUrl, other: &DatabaseUrl) -> bool {
    let plain = |url: &DatabaseUrl| {
        let text = url.to_string();
        let text = text.split('?').next().unwrap_or_default().to_owned();
        let (scheme, rest) = text.split_once("://").unwrap_or(("", &text));
        let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let scheme = scheme.replace("postgresql", "postgres");
        format!("{}://{rest}", scheme.replace("mariadb", "mysql"))
    };
    plain(one) == plain(other)
}

fn no_server(kind: BackendKind, key: &Key) -> CliError {
    let name = key.name.trim_start_matches("test.");
    let variable = key.variable.unwrap_or_default();
    CliError::usage(format!(
        "no server for tests on {} is named",
        kind.name()
    ))
    .help(format!(
        "set `{variable}`, or write `{name} = \"…\"` under `[package.metadata.migrate.test]` in Cargo.toml: the URL of a \
         database whose user may create others"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{Given, Origin};
    use std::ffi::OsString;

    fn placed(url: &str, databases: &[&str]) -> Result<Option<DatabaseUrl>, CliError> {
        let mut configuration = Configuration {
            databases: databases.iter().map(ToString::to_string).collect(),
            ..Configuration::default()
        };
        if !url.is_empty() {
            let given = Given {
                value: url.to_owned(),
                origin: Origin::Default,
            };
            let key = keys::TEST_POSTGRES_URL.name.to_owned();
            configuration.values.insert(key, given);
        }
        let surroundings = Surroundings {
            directory: "/nowhere".into(),
            variable: &|_: &str| None::<OsString>,
        };
        place(BackendKind::Postgres, &configuration, &surroundings, None)
    }

    #[test]
    fn the_applications_own_database_is_refused() {
        let url = "postgres://ada:secret@localhost/app";
        assert!(placed(url, &[]).unwrap().is_some());
        assert!(placed(url, &["postgres://ada:secret@localhost/other"]).is_ok());
        for own in [
            url,
            "postgresql://localhost/app",
            "postgres://bob@localhost/app?sslmode=disable",
        ] {
            let failure = placed(url, &[own]).unwrap_err();
            assert!(failure.message.contains("own database"), "{failure:?}");
            assert!(!format!("{failure:?}").contains("secret"));
        }
    }

    #[test]
    fn a_server_must_be_named() {
        let failure = placed("", &[]).unwrap_err();
        assert_eq!(
            failure.message,
            "no server for tests on PostgreSQL is named"
        );
        assert!(placed("mysql://localhost/app", &[]).is_err());
        assert!(kind_of("oracle").is_err());
    }
}
