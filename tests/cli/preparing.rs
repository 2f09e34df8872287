//! `init` for each database, in a repository, with any ends of lines; and `edit` where something is
//! broken.

use migrate_tests::{Project, run};

/// A package as `cargo new` leaves it, with a repository around it.
fn fresh(name: &str) -> Project {
    let project = Project::empty(name);
    project
        .write(
            "Cargo.toml",
            &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\n[workspace]\n"),
        )
        .write("src/lib.rs", "//! Under test.\n")
        .write(".gitignore", "/target\n")
        .write(".git/HEAD", "ref: refs/heads/main\n");
    project
}

/// `init` where nothing names a database yet.
fn init(project: &Project) -> migrate_tests::Output {
    run(project.command(["init"]).env_remove("DATABASE_URL")).ok()
}

#[test]
fn init_keeps_the_database_out_of_the_repository() {
    let project = fresh("shop");
    init(&project)
        .says("added the database `shop.db` to Cargo.toml")
        .says("added `/shop.db*` to .gitignore");
    assert_eq!(project.read(".gitignore"), "/target\n/shop.db*\n");
    init(&project).says("nothing to do");
    assert_eq!(project.read(".gitignore"), "/target\n/shop.db*\n");
    // a list that has it already, in other words
    let project = fresh("shop");
    project.write(".gitignore", "*.db\n");
    init(&project);
    assert_eq!(project.read(".gitignore"), "*.db\n");
}

#[test]
fn init_writes_the_path_that_was_given_and_no_url_of_a_server() {
    for (url, backend, written) in [
        ("sqlite:data/x.db", "sqlite", "database-url = \"data/x.db\""),
        ("postgres://ada:s3cret@h/d", "postgres", ""),
        ("mariadb://ada@h/d", "mysql", ""),
    ] {
        let project = fresh("given");
        let said = project.migrate(["init", "--database-url", url]).ok();
        let manifest = project.read("Cargo.toml");
        assert!(
            manifest.contains(&format!("features = [\"{backend}\"]")),
            "{manifest}"
        );
        assert!(!manifest.contains("s3cret"), "{manifest}");
        match written {
            "" => {
                assert!(!manifest.contains("database-url"), "{manifest}");
                said.says("note: the database is not written to Cargo.toml");
            }
            line => assert!(manifest.contains(line), "{manifest}"),
        }
    }
    let project = fresh("mistyped");
    project
        .migrate(["init", "--database-url", "postgres//ada:s3cret@h/d"])
        .code(2)
        .says("the database's URL has no `:` after `postgres`");
}

#[test]
fn init_keeps_the_ends_of_lines() {
    let project = fresh("windows");
    for file in ["Cargo.toml", "src/lib.rs", ".gitignore"] {
        let text = project.read(file).replace('\n', "\r\n");
        project.write(file, &text);
    }
    init(&project);
    for file in ["Cargo.toml", "src/lib.rs", ".gitignore"] {
        let text = project.read(file);
        let plain = text.replace("\r\n", "");
        assert!(
            !plain.contains('\n') && !plain.contains('\r'),
            "{file}: {text:?}"
        );
    }
    init(&project).says("nothing to do");
}

#[test]
fn init_keeps_diesels_default_features_and_writes_a_file_for_models() {
    let project = fresh("shop");
    init(&project).says("`cargo migrate init --models`");
    let manifest = project.read("Cargo.toml");
    assert!(
        manifest.contains("diesel = { version = \"2.3\", features = [\"sqlite\"] }"),
        "{manifest}"
    );
    project
        .migrate(["init", "--models"])
        .ok()
        .says("created src/schema.rs")
        .says("added `pub mod schema;` to src/lib.rs");
    let file = project.read("src/schema.rs");
    // what is commented out there can be used as it is
    let table = file.replace("// ", "").replace("//\n", "\n");
    let table = table.split_once("use ").unwrap().1;
    project.write("src/schema.rs", &format!("use {table}"));
    let said = project.migrate(["init", "--models"]).ok();
    said.says("nothing to do");
    assert!(
        project
            .read("src/schema.rs")
            .starts_with("use migrate_core::table;")
    );
}

#[test]
fn init_prepares_for_servers_and_for_several_databases() {
    let project = fresh("shop");
    project
        .migrate(["init", "--backend", "postgres"])
        .ok()
        .says("added the dependency `diesel` for PostgreSQL to Cargo.toml")
        .says("libpq-dev")
        .says("DATABASE_URL=postgres://USER@HOST/shop");
    let text = project.read("Cargo.toml");
    assert!(
        text.contains("default-features = false, features = [\"postgres\"] }"),
        "{text}"
    );
    assert!(
        !text.contains("database-url") && !text.contains("sqlite"),
        "{text}"
    );
    // what it is set up for is what it stays
    project.migrate(["init"]).ok().says("nothing to do");
    project
        .migrate(["init", "--backend", "postgres,sqlite,mariadb"])
        .ok()
        .says("added the features `sqlite` and `mysql` of `migrate-core`")
        .says("added the features `sqlite` and `mysql` of `diesel`");
    let text = project.read("Cargo.toml");
    assert!(
        text.contains("features = [\"postgres\", \"sqlite\", \"mysql\"] }"),
        "{text}"
    );
    assert!(text.contains("libsqlite3-sys"), "{text}");
    project
        .migrate(["init", "--backend", "oracle"])
        .code(2)
        .says("oracle");
}

/// Each backend's package compiles, and does its first revision.
#[cfg(feature = "servers")]
#[test]
fn what_init_prepared_compiles_for_each_backend() {
    use migrate_tests::servers::{Database, Server};
    for (backend, server) in [
        ("postgres", Server::Postgres),
        ("mysql", Server::Mysql),
        ("mariadb", Server::Mariadb),
    ] {
        let project = fresh("shop");
        project.migrate(["init", "--backend", backend]).ok();
        project.migrate(["new", "create users"]).ok();
        let database = Database::new(server, "init");
        for (line, says) in [
            ("up", "applied 1 revision"),
            ("up", "nothing to do"),
            ("down -1", "reverted"),
        ] {
            let mut command = project.command(line.split(' '));
            let url = database.url().to_owned();
            run(command.env("DATABASE_URL", url)).ok().says(says);
        }
    }
}

#[test]
fn edit_opens_a_broken_revision() {
    let project = Project::library("broken");
    project
        .table_revision("20260101000000", "")
        .table_revision("20260102000000", "20250101000000")
        .write("migrations/half.rs", "fn upgrade( {\n");
    let edit = |target: &str| {
        let mut command = project.command(["edit", target]);
        run(command.env("EDITOR", "echo").env_remove("VISUAL"))
    };
    let opened = edit("20260102").ok();
    assert!(
        opened
            .stdout
            .trim_end()
            .ends_with("20260102000000_table.rs"),
        "{opened}"
    );
    assert!(opened.stderr.contains("error: "), "{opened}");
    // one that cannot be read is known by its name
    let opened = edit("half").ok();
    assert!(opened.stdout.trim_end().ends_with("half.rs"), "{opened}");
    edit("2026")
        .code(2)
        .says("`2026` does not name a single file of an invalid history")
        .says("20260101000000_table.rs");
}
