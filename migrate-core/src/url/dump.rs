//! The command that dumps a server's database, for a shell. Text only; it contains no secret.

use std::path::Path;

use crate::dialect::BackendKind;

use super::{DatabaseUrl, SECRETS, decoded, quoted};

/// The command, and the one that restores the dump; `None` for SQLite.
pub(super) fn commands(
    url: &DatabaseUrl,
    kind: BackendKind,
    file: &Path,
) -> Option<(String, String)> {
    let file = quoted(&file.to_string_lossy());
    match kind {
        BackendKind::Sqlite => None,
        BackendKind::Postgres => {
            let address = quoted(&without_password(&url.target));
            Some((
                format!("pg_dump --dbname={address} --format=custom --file={file}"),
                format!("pg_restore --clean --if-exists --dbname={address} {file}"),
            ))
        }
        BackendKind::Mysql | BackendKind::Mariadb => {
            let (dump, client) = match kind {
                BackendKind::Mariadb => ("mariadb-dump", "mariadb"),
                _ => ("mysqldump", "mysql"),
            };
            let (options, database) = of_mysql(&url.target);
            Some((
                format!(
                    "{dump}{options} --password --single-transaction --routines --events --triggers --result-file={file} {database}"
                ),
                format!("{client}{options} --password {database} < {file}"),
            ))
        }
    }
}

/// The URL without its password and other secrets, which the client prompts for or reads from its
/// own file.
fn without_password(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let address = match address.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((user, place)) => {
                let name = user.split(':').next().unwrap_or(user);
                format!("{scheme}://{name}@{place}")
            }
            None => address.to_owned(),
        },
        None => address.to_owned(),
    };
    let kept: Vec<&str> = parameters(query)
        .filter(|(key, _)| !SECRETS.contains(&key.to_ascii_lowercase().as_str()))
        .map(|(_, whole)| whole)
        .collect();
    match kept.is_empty() {
        true => address,
        false => format!("{address}?{}", kept.join("&")),
    }
}

/// The parameters of a query: the key, and the whole.
fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|whole| !whole.is_empty())
        .map(|whole| (whole.split('=').next().unwrap_or(whole), whole))
}

/// The options for the server and the user, and the database's name.
fn of_mysql(url: &str) -> (String, String) {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let user = user.split(':').next().unwrap_or_default();
    let (host, database) = place.split_once('/').unwrap_or((place, ""));
    let (host, port) = host_and_port(host);
    let socket = parameters(query)
        .find(|(key, _)| *key == "unix_socket")
        .and_then(|(_, whole)| whole.split_once('='))
        .map_or("", |(_, value)| value);
    let mut options = String::new();
    for (name, value) in [
        ("host", host),
        ("port", port),
        ("socket", socket),
        ("user", user),
    ] {
        if !value.is_empty() {
            options += &format!(" --{name}={}", quoted(&decoded(value)));
        }
    }
    (options, quoted(&decoded(database)))
}

/// An IPv6 address is in brackets.
fn host_and_port(place: &str) -> (&str, &str) {
    match place
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((host, port)) => (host, port.trim_start_matches(':')),
        None => place.split_once(':').unwrap_or((place, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(url: &str, kind: BackendKind) -> String {
        let url: DatabaseUrl = url.parse().unwrap();
        let commands = commands(&url, kind, Path::new("shop.dump")).unwrap();
        for command in [&commands.0, &commands.1] {
            assert!(!command.contains("s3cret"), "{command}");
        }
        commands.0
    }

    #[test]
    fn what_one_types_has_no_password() {
        use BackendKind::{Mariadb, Mysql, Postgres};
        for (url, kind, expected) in [
            (
                "postgres://ada:s3cret@db:5433/shop?sslmode=require&password=s3cret",
                Postgres,
                "pg_dump --dbname='postgres://ada@db:5433/shop?sslmode=require' --format=custom --file=shop.dump",
            ),
            (
                "postgres:///shop?host=/run/pg",
                Postgres,
                "pg_dump --dbname='postgres:///shop?host=/run/pg' --format=custom --file=shop.dump",
            ),
            (
                "mysql://ada:s3cret@db:3307/my%20shop",
                Mysql,
                "mysqldump --host=db --port=3307 --user=ada --password --single-transaction --routines --events --triggers \
                 --result-file=shop.dump 'my shop'",
            ),
            (
                "mariadb://o'hara@[::1]:3306/shop?unix_socket=/run/m.sock",
                Mariadb,
                "mariadb-dump --host=::1 --port=3306 --socket=/run/m.sock --user='o'\\''hara' --password --single-transaction \
                 --routines --events --triggers --result-file=shop.dump shop",
            ),
        ] {
            assert_eq!(dump(url, kind), expected, "{url}");
        }
    }
}
