//! A copy of a SQLite database, made by SQLite and verified before it is used.
//!
//! `VACUUM INTO` is a statement, reads one consistent state, and includes the contents of a
//! write-ahead log. SQLite's other method, the backup interface in C, is not in diesel, and calling
//! it would need unsafe code.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use crate::backend::Backup;
use crate::error::BackupError;

/// How long other connections may keep the database busy before the copy begins, in milliseconds.
const PATIENCE: u32 = 60_000;

/// Copies the database of `file`, which `connection` has open outside any transaction, to a new
/// file.
pub(super) fn back_up(
    connection: &mut SqliteConnection,
    file: &Path,
    to: &Path,
) -> Result<Backup, BackupError> {
    // created here, so that no other process can take the name in the meantime: SQLite writes into
    // an empty file
    created(to).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => BackupError::Exists {
            path: to.to_owned(),
        },
        _ => BackupError::File {
            path: to.to_owned(),
            source,
        },
    })?;
    copied(connection, file, to).inspect_err(|_| {
        // report the first error
        let _ = fs::remove_file(to);
    })
}

/// Creates a file that only this user can read, until the copy gets the permissions of the
/// original.
fn created(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn copied(
    connection: &mut SqliteConnection,
    file: &Path,
    to: &Path,
) -> Result<Backup, BackupError> {
    // no other connection writes until the rows are counted
    let mut guard = SqliteConnection::establish(&file.to_string_lossy())?;
    guard.batch_execute(&format!(
        "PRAGMA busy_timeout = {PATIENCE}; BEGIN IMMEDIATE"
    ))?;
    let name = to.to_string_lossy().replace('\'', "''");
    connection.batch_execute(&format!("VACUUM INTO '{name}'"))?;
    let failed = |source| BackupError::File {
        path: to.to_owned(),
        source,
    };
    let copy = File::open(to).map_err(failed)?;
    copy.sync_all().map_err(failed)?;
    let bytes = copy.metadata().map_err(failed)?.len();
    drop(copy);
    let permissions = fs::metadata(file).map_err(failed)?.permissions();
    fs::set_permissions(to, permissions).map_err(failed)?;
    let (tables, rows) = checked(&mut guard, to)?;
    guard.batch_execute("ROLLBACK")?;
    Ok(Backup {
        path: to.to_owned(),
        bytes,
        tables,
        rows,
    })
}

/// Verifies that the copy is sound, and has as many rows in each table. Returns the numbers of
/// tables and rows.
fn checked(original: &mut SqliteConnection, copy: &Path) -> Result<(usize, u64), BackupError> {
    let mut copy = SqliteConnection::establish(&copy.to_string_lossy())?;
    let found = texts(
        &mut copy,
        "SELECT integrity_check AS text FROM pragma_integrity_check",
    )?;
    if found != ["ok"] {
        return Err(BackupError::Damaged {
            found: found.join("; "),
        });
    }
    let tables = texts(
        original,
        "SELECT name AS text FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )?;
    let mut all = 0;
    for table in &tables {
        let (rows, copied) = (count(original, table)?, count(&mut copy, table)?);
        if rows != copied {
            return Err(BackupError::Differs {
                table: table.clone(),
                rows,
                copied,
            });
        }
        all += u64::try_from(rows).unwrap_or_default();
    }
    Ok((tables.len(), all))
}

fn count(connection: &mut SqliteConnection, table: &str) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let table = table.replace('"', "\"\"");
    let count: Count =
        sql_query(format!("SELECT count(*) AS count FROM \"{table}\"")).get_result(connection)?;
    Ok(count.count)
}

fn texts(connection: &mut SqliteConnection, query: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let rows: Vec<Row> = sql_query(query).load(connection)?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}
