//! `backup` and `up --backup`: the copy equals the database, nothing is overwritten, and the
//! restore command works.

use std::path::Path;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, FAILING};
use crate::support::Folder;

fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

/// The folder's files, without the time in their names.
fn files(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names
        .filter(|name| name != ".env")
        .map(|name| match name.split_once(".backup-") {
            Some((name, time)) => {
                assert_eq!(time.len(), "20261121T093000Z".len(), "{time}");
                format!("{name}.backup-TIME")
            }
            None => name,
        })
        .collect();
    names.sort();
    names
}

#[test]
fn up_backs_up_first_and_the_restore_command_works() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up +2").code, 0);
    let mut connection = open(&folder.database());
    connection
        .batch_execute(
            "PRAGMA journal_mode = WAL; INSERT INTO users (id, name) VALUES (1, 'Ada'), (2, 'Grace')",
        )
        .unwrap();
    // what is only in the log is part of the copy
    assert!(folder.path().join("app.db-wal").metadata().unwrap().len() > 0);

    let copy = folder.path().join("my copy.db");
    let before = folder.run(&CHAIN, "status").out;
    let line = format!(
        "up --json --backup={}",
        folder.path().join("copy").display()
    );
    std::fs::create_dir(folder.path().join("copy")).unwrap();
    let said = folder.run(&CHAIN, &line);
    assert_eq!(said.code, 0, "{}", said.err);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let backup = &answer["backup"];
    assert_eq!(
        (backup["rows"].as_u64(), backup["tables"].as_u64()),
        (Some(6), Some(3))
    );
    let made = backup["path"]
        .as_str()
        .unwrap()
        .replace("[DIR]", &folder.path().display().to_string());
    std::fs::rename(&made, &copy).unwrap();
    assert_eq!(folder.run(&CHAIN, "check").code, 0);

    drop(connection);
    let back = backup["restore"].as_str().unwrap();
    let back = back
        .replace("[DIR]", &folder.path().display().to_string())
        .replace(&made, "'my copy.db'");
    let status = Command::new("sh")
        .args(["-c", &back])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(status.success(), "{back}");
    assert_eq!(folder.run(&CHAIN, "status").out, before);
    let mut connection = open(&folder.database());
    let rows = diesel::sql_query("SELECT name FROM users WHERE id = 2");
    assert_eq!(
        diesel::RunQueryDsl::execute(rows, &mut connection).unwrap(),
        0
    );
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
}

#[cfg(unix)]
#[test]
fn a_backup_has_the_permissions_of_the_database() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    for mode in [0o600, 0o640] {
        let folder = Folder::new();
        assert_eq!(folder.run(&CHAIN, "up +1").code, 0);
        set_permissions(folder.database(), Permissions::from_mode(mode)).unwrap();
        let copy = folder.path().join("copy.db");
        let said = folder.run(&CHAIN, &format!("backup {}", copy.display()));
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(metadata(&copy).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn a_backup_goes_next_to_the_database_by_default() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up +1").code, 0);
    let said = folder.run(&CHAIN, "up --backup");
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert!(
        said.err
            .starts_with("backed up `[DIR]/app.db` to `[DIR]/app.db.backup-2"),
        "{}",
        said.err
    );
    assert!(
        said.err
            .contains("to restore, stop everything that uses the database and run: rm -f "),
        "{}",
        said.err
    );
    assert_eq!(files(&folder), ["app.db", "app.db.backup-TIME"]);
    // nothing to do: no backup
    let said = folder.run(&CHAIN, "up --backup");
    assert!(said.err.starts_with("nothing to do"), "{}", said.err);
    assert_eq!(files(&folder).len(), 2);
    // a new database needs no backup
    std::fs::remove_file(folder.database()).unwrap();
    assert_eq!(folder.run(&CHAIN, "up --backup").code, 0);
    assert_eq!(files(&folder).len(), 2);
}

#[test]
fn a_failed_backup_stops_the_run_and_overwrites_nothing() {
    let folder = Folder::new();
    assert_eq!(folder.run(&FAILING, "up +1").code, 0);
    let taken = folder.path().join("taken.db");
    std::fs::write(&taken, "precious").unwrap();
    for line in ["up", "backup"] {
        let path = taken.display();
        let line = match line {
            "up" => format!("up --backup={path}"),
            _ => format!("backup {path}"),
        };
        let said = folder.run(&FAILING, &line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
        assert_data_eq!(
            said.err,
            str![[r#"
error: `[DIR]/taken.db` already exists, and a backup does not overwrite files
help: name another file, or a folder

"#]]
        );
    }
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "precious");
    assert_eq!(files(&folder), ["app.db", "taken.db"]);
    // the lock is free again
    let said = folder.run(&FAILING, "current --json");
    assert!(said.out.contains("20261101090000"), "{}", said.out);
    assert_eq!(folder.run(&FAILING, "up +1").code, 0);
    let said = folder.run(
        &FAILING,
        &format!("backup {}/no/where.db", folder.path().display()),
    );
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("cannot write `[DIR]/no/where.db`: "),
        "{}",
        said.err
    );
    let said = folder.run_with(&FAILING, "backup", &[("DATABASE_URL", ":memory:".into())]);
    assert_eq!(said.code, 2, "{}", said.err);
    let missing = folder.path().join("missing.db");
    let said = folder.run_with(&FAILING, "backup", &[("DATABASE_URL", missing.into())]);
    assert!(said.err.contains("there is no such file"), "{}", said.err);
}

#[test]
fn a_backup_waits_for_writers() {
    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
    let path = folder.database();
    let mut writer = open(&path);
    writer
        .batch_execute("BEGIN IMMEDIATE; INSERT INTO users (id, name) VALUES (7, 'Late')")
        .unwrap();
    std::thread::scope(|scope| {
        let copied = scope.spawn(|| folder.run(&CHAIN, "backup --json"));
        std::thread::sleep(std::time::Duration::from_millis(100));
        writer.batch_execute("COMMIT").unwrap();
        let said = copied.join().unwrap();
        assert_eq!(said.code, 0, "{}", said.err);
        let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(
            answer["rows"], 7,
            "three revisions twice, and the row that was waited for"
        );
    });
}
