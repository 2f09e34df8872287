//! `cargo migrate bundle`: one file that runs where there is nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migrate_tests::{Output, Project, run};

/// A bundle in a folder that holds nothing else, as on a server: no variable, no program to be
/// found, no source.
pub(crate) struct Server {
    folder: tempfile::TempDir,
}

impl Server {
    /// Bundles the project, and takes the file elsewhere.
    pub(crate) fn with_bundle_of(project: &Project) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let bundle = project.path("out/shop-migrate");
        project
            .migrate(["bundle", "--profile", "dev", "-o", "out/shop-migrate"])
            .ok()
            .prints("out/shop-migrate\n")
            .says("`DATABASE_URL=… out/shop-migrate up` migrates a database");
        // Not a copy: a process that another test starts meanwhile holds the copy open for
        // writing, and the system does not start such a file.
        fs::rename(bundle, folder.path().join("shop-migrate")).unwrap();
        Server { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `./shop-migrate ARGS`, as `env -i` starts it.
    pub(crate) fn command(&self, args: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new("./shop-migrate");
        command
            .args(args)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", "")
            .envs(variables.iter().copied());
        command
    }

    pub(crate) fn run(&self, args: &[&str], variables: &[(&str, &str)]) -> Output {
        run(&mut self.command(args, variables))
    }

    /// The names of the files next to the bundle.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "shop-migrate").collect();
        names.sort();
        names
    }
}

#[test]
fn a_bundle_needs_no_file_but_itself() {
    let project = Project::quickstart();
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &format!(
            "{manifest}\n[package.metadata.migrate]\ndatabase-url = \"postgres://ada:s3cr3tword@nowhere/db\"\nallow-reset = true\n\n\
             [package.metadata.migrate.environments.testing]\nallow-reset = true\n\n\
             [package.metadata.migrate.environments.production]\nlock-timeout = 5\n"
        ),
    );
    let server = Server::with_bundle_of(&project);
    let text = fs::read(server.path("shop-migrate")).unwrap();
    assert!(
        !text.windows(10).any(|bytes| bytes == b"s3cr3tword"),
        "a URL went along"
    );
    drop(project);

    let url = [("DATABASE_URL", "app.db")];
    server
        .run(&["--help"], &[])
        .ok()
        .prints("Usage: shop-migrate [OPTIONS] <COMMAND>");
    server
        .run(&["--version"], &[])
        .ok()
        .prints("shop-migrate (migrate-core ");
    let help = server.run(&["up", "--help"], &[]).ok();
    assert!(
        !help.stdout.contains("Cargo.toml") && !help.stdout.contains("package.metadata"),
        "{help}"
    );

    // no database is made up
    server
        .run(&["up"], &[])
        .code(2)
        .says("no database was given")
        .keeps_quiet_about("Cargo.toml");
    assert!(server.files().is_empty());

    // migrate only, check only, migrate on start: what is pending, then nothing
    server
        .run(&["status"], &url)
        .ok()
        .says("`./shop-migrate up` creates it");
    server.run(&["database", "drop", "--yes"], &url).code(2);
    server
        .run(&["database", "create"], &url)
        .ok()
        .says("created the database `app.db`");
    server.run(&["check"], &url).code(1);
    server.run(&["current", "--check-heads"], &url).code(1);
    assert_eq!(server.files(), ["app.db"]);
    server
        .run(&["up"], &url)
        .ok()
        .says("`app.db`: 5 revisions to apply");
    assert_eq!(server.files(), ["app.db"]);
    server.run(&["up"], &url).ok().says("nothing to do");
    server.run(&["check"], &url).ok();
    server
        .run(&["down", "-1", "--database-url", "app.db"], &[])
        .ok();
    server
        .run(&["up", "-1"], &url)
        .code(2)
        .says("help: ./shop-migrate down -1");
    server
        .run(&["up", "--sql", "20261102090000"], &url)
        .ok()
        .prints("CREATE TABLE");

    // what the metadata says of environments went along; that the database beside the sources may
    // be dropped says nothing of this one
    server
        .run(&["reset", "--yes"], &url)
        .code(2)
        .says("help: give `--allow-reset`");
    server
        .run(&["reset", "--yes", "--env", "testing"], &url)
        .ok()
        .says("`app.db`: everything in it will be dropped, with all data");
    let production = [("DATABASE_URL", "app.db"), ("MIGRATE_ENV", "production")];
    server
        .run(&["reset", "--yes", "--allow-reset"], &production)
        .code(2)
        .says("a reset is not allowed in the environment `production`");
    server
        .run(&["status", "--env", "nowhere"], &url)
        .code(2)
        .says("no environment `nowhere` is known here")
        .says("help: the environments are `production`, `testing`");

    // what is read from the compiled revisions
    for command in ["history", "heads", "branches", "graph"] {
        server.run(&[command], &[]).ok();
    }
    server.run(&["history"], &[]).ok().prints("20261119101500");
    server
        .run(&["show", "head"], &[])
        .ok()
        .prints("20261119101500");
    // what needs sources is not offered
    for command in ["new", "merge", "edit", "init", "bundle"] {
        server
            .run(&[command], &[])
            .code(2)
            .says("unrecognized subcommand");
    }
}

#[test]
fn its_path_and_the_arguments_of_cargo() {
    let project = Project::library("shop");
    project.table_revision("20260101000000", "");
    // stands for cargo: a build in release takes long, and is cargo's business
    let log = project.path("asked");
    let cargo = project.path("cargo");
    let text = format!(
        "#!/bin/sh\ncase \"$1\" in build) echo \"$@\" >> {}; exit 101;; *) exec {} \"$@\";; esac\n",
        log.display(),
        env!("CARGO")
    );
    fs::write(&cargo, text).unwrap();
    make_executable(&cargo);
    for args in [
        &["bundle"][..],
        &["bundle", "--target", "x86_64-unknown-linux-musl"],
        &["bundle", "--profile", "dist"],
    ] {
        let mut command = project.command(args);
        run(command.env("CARGO", &cargo)).code(2);
    }
    let asked = fs::read_to_string(log).unwrap();
    let asked: Vec<&str> = asked.lines().collect();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked[0].ends_with("--profile release"), "{asked:?}");
    assert!(
        asked[1].ends_with("--profile release --target x86_64-unknown-linux-musl"),
        "{asked:?}"
    );
    assert!(asked[2].ends_with("--profile dist"), "{asked:?}");

    // by its own name, here or in a folder that is there
    let answer = project
        .migrate(["bundle", "--profile", "dev", "--json"])
        .ok()
        .json();
    assert_eq!(answer["path"], "shop-migrate");
    assert_eq!(answer["packages"], serde_json::json!(["shop"]));
    let size = fs::metadata(project.path("shop-migrate")).unwrap().len();
    assert_eq!(answer["bytes"], size);
    fs::create_dir(project.path("bin")).unwrap();
    project
        .migrate(["bundle", "--profile", "dev", "-o", "bin"])
        .ok()
        .prints("bin/shop-migrate\n");
}

#[test]
fn a_broken_history_is_not_bundled() {
    let project = Project::library("broken");
    project.table_revision("20260101000000", "20250101000000");
    project
        .migrate(["bundle"])
        .code(2)
        .says("no revision `20250101000000` in this history");
    assert!(!project.path("broken-migrate").exists());
}

/// What another user's file looks like to a server's process.
#[cfg(unix)]
#[test]
fn a_database_that_belongs_to_another_is_not_changed() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let project = Project::library("shop");
    project
        .table_revision("20260101000000", "")
        .table_revision("20260102000000", "20260101000000");
    let server = Server::with_bundle_of(&project);
    let url = [("DATABASE_URL", "app.db")];
    server.run(&["up", "+1"], &url).ok();
    fs::set_permissions(server.path("app.db"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(server.path(""), fs::Permissions::from_mode(0o777)).unwrap();
    let mut command = server.command(&["up"], &url);
    // an administrator may write everything
    if fs::metadata(server.path("")).unwrap().uid() == 0 {
        command.uid(65534).gid(65534);
    }
    run(&mut command)
        .code(2)
        .says("app.db`: it is read-only for this user")
        .says("help: make it writable: `chmod u+w ");
    assert_eq!(server.files(), ["app.db"]);
}

fn make_executable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(feature = "servers")]
#[test]
fn a_bundle_for_postgres_needs_no_file_either() {
    use crate::flows::{Flow, On};
    let flow = Flow::new("bundled", On::Postgres, &[]);
    flow.project.table_revision("20260101000000", "");
    let server = Server::with_bundle_of(&flow.project);
    let url = [("DATABASE_URL", flow.url.as_str())];
    server.run(&["check", "--database"], &url).code(1);
    // a server's database is not backed up
    let refused = server.run(&["up", "--backup"], &url).code(2);
    assert!(
        refused.stderr.contains("help: pg_dump --dbname="),
        "{refused}"
    );
    let password = flow.url.split([':', '@']).nth(2).unwrap_or_default();
    assert!(
        password.is_empty() || !refused.stderr.contains(password),
        "{refused}"
    );
    server.run(&["up"], &url).ok().says("applied 1 revision");
    server.run(&["check", "--database"], &url).ok();
    assert!(server.files().is_empty());
}
