//! The same SQL by other programs. It must not know what is counted.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use diesel::{Connection, MysqlConnection, PgConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use migrate_core::engine::backend::BackendKind;
use migrate_tests::chain;
use migrate_tests::servers::{self, Server};

/// Applies a number of revisions; returns whether the program is here.
type Peer = fn(BackendKind, &str, usize, &Path) -> bool;

/// The programs, by name.
pub(crate) const ALL: [(&str, Peer); 3] = [
    ("the server's own client", client),
    ("diesel's embedded harness", harness),
    ("alembic", alembic),
];

/// A connection as diesel opens it.
pub(crate) fn connect(kind: BackendKind, url: &str) {
    match kind {
        BackendKind::Postgres => drop(PgConnection::establish(url).expect("a connection")),
        _ => drop(MysqlConnection::establish(url).expect("a connection")),
    }
}

/// All statements as one script, without a record of what was done.
fn client(kind: BackendKind, url: &str, count: usize, _: &Path) -> bool {
    let server = match kind {
        BackendKind::Postgres => Server::Postgres,
        BackendKind::Mariadb => Server::Mariadb,
        _ => Server::Mysql,
    };
    let begin = match server {
        Server::Postgres => "BEGIN",
        _ => "START TRANSACTION",
    };
    let revisions =
        (0..count).map(|number| format!("{begin};\n{};\nCOMMIT;\n", chain::sql(number)));
    let script: String = revisions.collect();
    let mut child = servers::client(server, url)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the client starts");
    let mut input = child.stdin.take().expect("stdin is a pipe");
    input.write_all(script.as_bytes()).expect("it reads");
    drop(input);
    assert!(child.wait().expect("a child ends").success());
    true
}

fn harness(kind: BackendKind, url: &str, count: usize, folder: &Path) -> bool {
    for number in 0..count {
        let folder = folder.join(format!("2026-11-30-{number:06}_measured"));
        fs::create_dir(&folder).expect("a new folder");
        fs::write(folder.join("up.sql"), chain::sql(number)).expect("a file");
        fs::write(folder.join("down.sql"), "SELECT 1").expect("a file");
    }
    let migrations = FileBasedMigrations::from_path(folder).expect("a folder of migrations");
    let done = match kind {
        BackendKind::Postgres => {
            let mut connection = PgConnection::establish(url).expect("a connection");
            connection
                .run_pending_migrations(migrations)
                .map(|done| done.len())
        }
        _ => {
            let mut connection = MysqlConnection::establish(url).expect("a connection");
            connection
                .run_pending_migrations(migrations)
                .map(|done| done.len())
        }
    };
    assert_eq!(done.expect("it goes up"), count);
    true
}

/// `alembic upgrade head` with a transaction for each revision.
fn alembic(_: BackendKind, url: &str, count: usize, folder: &Path) -> bool {
    let Some(python) = std::env::var_os("ALEMBIC_PYTHON") else {
        return false;
    };
    let url = match url.split_once("://") {
        Some(("postgres", rest)) => format!("postgresql+psycopg2://{rest}"),
        Some((kind, rest)) => format!("{kind}+pymysql://{rest}"),
        None => return false,
    };
    let versions = folder.join("versions");
    fs::create_dir(&versions).expect("a new folder");
    fs::write(folder.join("env.py"), include_str!("env.py")).expect("a file");
    for number in 0..count {
        let parent = match number {
            0 => "None".to_owned(),
            number => format!("\"{:06}\"", number - 1),
        };
        let text = format!(
            "from alembic import op\n\nrevision = \"{number:06}\"\ndown_revision = {parent}\n\n\n\
             def upgrade():\n    op.execute(\"\"\"{}\"\"\")\n",
            chain::sql(number)
        );
        fs::write(versions.join(format!("{number:06}.py")), text).expect("a file");
    }
    let mut command = Command::new(python);
    command
        .args(["-c", include_str!("upgrade.py")])
        .arg(folder)
        .arg(url);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
