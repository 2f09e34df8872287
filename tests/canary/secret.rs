//! Passwords that cannot be overlooked, the URLs that hold them, and the users on the servers who
//! have them. It must not know any command.

use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl};
use migrate_core::journal::Which;
use migrate_tests::Output;
use migrate_tests::scratch::Scratch;

/// What is looked for: both ends of every password, which no encoding changes.
const MARKS: [&str; 2] = ["qxbegin", "qxend"];

/// Passwords: plain, with every special character, and one with needlessly encoded letters.
pub(crate) const PASSWORDS: [&str; 3] = [
    "qxbegin1-qxend",
    "qxbegin/@:?#%&=+ '\"`\\<>;|$!*,()[]{}~^ä-qxend",
    "qxbegin%7Eencoded-qxend",
];

/// A password, and how it is written in a URL.
pub(crate) struct Secret {
    password: String,
    written: String,
}

/// A user on a server, or none for a file: gone when dropped.
pub(crate) struct User {
    url: String,
    administrator: String,
    drop: Vec<String>,
}

impl Secret {
    /// This password; one that has an encoding in it already is written so.
    pub(crate) fn new(password: &str) -> Secret {
        match password.contains("%7E") {
            true => Secret {
                password: password.replace("%7E", "~"),
                written: password.to_owned(),
            },
            false => Secret {
                password: password.to_owned(),
                written: encoded(password),
            },
        }
    }

    /// Makes a user with this password, who may do everything in the database.
    pub(crate) fn user(&self, scratch: &Scratch) -> User {
        let administrator = scratch.url().to_owned();
        let name = scratch.url().rsplit('/').next().unwrap_or_default();
        let user = format!("u{}", name.trim_start_matches("t_canary"));
        let (make, drop) = match scratch.kind() {
            // SQLite takes any parameter, and ignores those that it does not know
            BackendKind::Sqlite => {
                return User {
                    url: format!("file:{}?key={}", scratch.url(), self.written),
                    administrator,
                    drop: Vec::new(),
                };
            }
            BackendKind::Postgres => (
                vec![
                    format!(
                        "CREATE ROLE {user} LOGIN PASSWORD '{}'",
                        self.password.replace('\'', "''")
                    ),
                    format!("GRANT ALL ON SCHEMA public TO {user}"),
                ],
                vec![format!("DROP OWNED BY {user}"), format!("DROP ROLE {user}")],
            ),
            _ => (
                vec![
                    format!(
                        "CREATE USER {user}@'%' IDENTIFIED BY '{}'",
                        self.password.replace('\\', "\\\\").replace('\'', "''")
                    ),
                    format!("GRANT ALL ON {name}.* TO {user}@'%'"),
                ],
                vec![format!("DROP USER {user}@'%'")],
            ),
        };
        execute(&administrator, &make);
        let (scheme, rest) = administrator.split_once("://").expect("a server's URL");
        let (_, host) = rest.rsplit_once('@').expect("with an administrator");
        User {
            url: format!("{scheme}://{user}:{}@{host}", self.written),
            administrator,
            drop,
        }
    }

    /// URLs with the password that lead nowhere, or are none.
    pub(crate) fn wrong_urls(&self, user: &User, kind: BackendKind) -> Vec<String> {
        let Secret { password, written } = self;
        let quoted = in_quotes(password);
        let mut urls = vec![
            format!("oracle://scott:{written}@host/db"),
            format!("jdbc:postgresql://host/db?user=ada&password={written}"),
            format!("host=127.0.0.1 port=1 user=ada password={written} dbname=db"),
            format!("host=127.0.0.1 port=1 user=ada password='{quoted}' dbname=db"),
            format!("Server=127.0.0.1;Uid=ada;Pwd={written}"),
            format!("ada_1:{written}@127.0.0.1/db"),
            format!("ada_1:{password}@127.0.0.1/db"),
        ];
        let scheme = match kind {
            BackendKind::Sqlite => {
                let file = user.administrator.replace("app.db", "none/app.db");
                urls.push(format!("file:{file}?key={written}"));
                return urls;
            }
            BackendKind::Postgres => "postgres",
            BackendKind::Mariadb => "mariadb",
            _ => "mysql",
        };
        let other = user.url.replace("-qxend", "-other-qxend");
        let nowhere = format!("{}_nowhere", user.url);
        urls.extend([
            other,
            nowhere,
            format!("{scheme}://ada:{written}@127.0.0.1:1/db"),
            format!("{scheme}://ada:{password}@127.0.0.1:1/db"),
            format!("{scheme}://127.0.0.1:1/db?user=ada&password={written}"),
            format!("{scheme}://ada:{written}@127.0.0.1:1"),
            format!("{scheme}://ada:{written}@127.0.0.1:port/db"),
            format!("{scheme}:ada:{written}@127.0.0.1:1/db"),
            format!("{scheme}://ada:{written}@127.0.0.1:1/db?sslmode=maybe&connect_timeout=never"),
        ]);
        urls
    }

    /// URLs of servers, for a program that was built without them.
    pub(crate) fn urls_without_a_server(&self) -> Vec<String> {
        let Secret { password, written } = self;
        vec![
            format!("postgres://ada:{written}@127.0.0.1:1/db"),
            format!("mysql://ada:{password}@127.0.0.1:1/db"),
            format!("host=127.0.0.1 password='{}'", in_quotes(password)),
        ]
    }

    /// Looks for the password in what others may read of a server's journal.
    #[track_caller]
    pub(crate) fn is_not_in_the_journal(&self, scratch: &Scratch) {
        if scratch.kind() == BackendKind::Sqlite {
            return; // its parameters contain no password
        }
        let url: DatabaseUrl = scratch.url().parse().expect("an administrator's URL");
        let mut session = backend::connect(&url, Access::Read).expect("an administrator");
        let entries = session.journal(Which::All).expect("it can be read");
        let entries = format!("{:#?}", entries.expect("there is a journal"));
        assert!(entries.contains("nowhere.x"), "no SQL in:\n{entries}");
        for mark in MARKS {
            assert!(
                !entries.contains(mark),
                "the password `{}` was logged:\n{entries}",
                self.password
            );
        }
    }

    /// Looks for the password.
    #[track_caller]
    pub(crate) fn is_not_in(&self, output: &Output) {
        let printed = format!("{}{}", output.stdout, output.stderr);
        for mark in MARKS {
            assert!(
                !printed.contains(mark),
                "the password `{}` is printed:\n{output}",
                self.password
            );
        }
    }
}

impl User {
    /// The database's URL, for this user.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for User {
    fn drop(&mut self) {
        execute(&self.administrator, &self.drop);
    }
}

fn execute(url: &str, statements: &[String]) {
    if statements.is_empty() {
        return;
    }
    let url: DatabaseUrl = url.parse().expect("an administrator's URL");
    let mut session = backend::connect(&url, Access::Write).expect("an administrator can connect");
    for statement in statements {
        if let Err(error) = session.execute(statement) {
            panic!("{statement}: {error}");
        }
    }
}

/// As it stands between the quotes of libpq's strings.
fn in_quotes(password: &str) -> String {
    password.replace('\\', "\\\\").replace('\'', "\\'")
}

/// All but letters and digits in `%41`'s form.
fn encoded(password: &str) -> String {
    password
        .bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() || byte == b'-' {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
