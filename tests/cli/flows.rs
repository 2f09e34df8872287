//! What teams do day by day, from their first migration to the repair of a broken one: three
//! projects that migrate with Alembic, their commands typed as they type them, autogenerate aside.
//! Each flow runs on SQLite, and on PostgreSQL with the feature `servers`.

mod digame;
mod gym;
mod mindbridge;
mod models;

use std::fs;
use std::path::Path;

use migrate_tests::{Output, Project, run};

/// A database to flow on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    #[cfg(feature = "servers")]
    Postgres,
    #[cfg(feature = "servers")]
    Mysql,
}

/// A project with its own database.
pub(crate) struct Flow {
    pub(crate) project: Project,
    pub(crate) on: On,
    pub(crate) url: String,
    #[cfg(feature = "servers")]
    server: Option<migrate_tests::servers::Database>,
}

impl Flow {
    /// A project of this name with these files as its revisions.
    pub(crate) fn new(name: &str, on: On, revisions: &[(&str, &str)]) -> Flow {
        let project = Project::library(name);
        for (file, text) in revisions {
            project.write(&format!("migrations/{file}.rs"), text);
        }
        match on {
            On::Sqlite => Flow {
                project,
                on,
                url: "app.db".to_owned(),
                #[cfg(feature = "servers")]
                server: None,
            },
            #[cfg(feature = "servers")]
            On::Postgres | On::Mysql => {
                use migrate_tests::servers::{Database, Server};
                let (feature, server) = match on {
                    On::Mysql => ("mysql", Server::Mysql),
                    _ => ("postgres", Server::Postgres),
                };
                let project = project.on_server(feature);
                let server = Database::new(server, name);
                Flow {
                    project,
                    on,
                    url: server.url().to_owned(),
                    server: Some(server),
                }
            }
        }
    }

    /// `cargo migrate LINE`; `'` keeps words together.
    pub(crate) fn migrate(&self, line: &str) -> Output {
        let mut words = Vec::new();
        for (index, piece) in line.split('\'').enumerate() {
            match index % 2 {
                0 => words.extend(piece.split_whitespace().map(str::to_owned)),
                _ => words.push(piece.to_owned()),
            }
        }
        // the server that may be used for scratch databases is the flow's own
        for word in &mut words {
            if word == "URL" {
                word.clone_from(&self.url);
            }
        }
        let mut command = self.project.command(words);
        run(command.env("DATABASE_URL", &self.url))
    }

    /// What `current` says: the ids.
    #[track_caller]
    pub(crate) fn is_at(&self, expected: &[&str]) {
        let answer = self.migrate("current --json").ok();
        assert_eq!(
            answer.json()["current"],
            serde_json::json!(expected),
            "{answer}"
        );
    }

    /// Runs statements by hand, as a person with a client does.
    pub(crate) fn by_hand(&self, sql: &str) {
        use diesel::connection::SimpleConnection;
        match self.on {
            On::Sqlite => self.sqlite().batch_execute(sql).unwrap(),
            #[cfg(feature = "servers")]
            On::Postgres | On::Mysql => self.server.as_ref().unwrap().execute(sql),
        }
    }

    /// How many rows a condition finds.
    pub(crate) fn count(&self, from: &str) -> i64 {
        use diesel::RunQueryDsl;
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {from}"));
        let count: Count = match self.on {
            On::Sqlite => query.get_result(&mut self.sqlite()).unwrap(),
            #[cfg(feature = "servers")]
            On::Postgres => query
                .get_result(&mut self.server.as_ref().unwrap().postgres())
                .unwrap(),
            #[cfg(feature = "servers")]
            On::Mysql => query
                .get_result(&mut self.server.as_ref().unwrap().mysql())
                .unwrap(),
        };
        count.count
    }

    fn sqlite(&self) -> diesel::SqliteConnection {
        use diesel::Connection;
        let path = self.project.path(&self.url);
        diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap()
    }

    /// A plain `cargo check` says it too.
    #[track_caller]
    pub(crate) fn is_broken_for_the_compiler(&self, expected: &str) {
        let mut command = self.project.cargo(["check", "--quiet"]);
        run(&mut command).code(101).says(expected);
    }

    /// Replaces a piece of a file, as an editor does.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.project.read(file);
        assert!(text.contains(from), "{file} has no {from}");
        self.project.write(file, &text.replace(from, to));
    }

    /// Fills in what `new` wrote: the way up, and the way down.
    pub(crate) fn fill(&self, file: &str, up: &str, down: &str) {
        const EMPTY: &str = "    let _ = op;\n    Ok(())\n";
        const REVERSIBLE: &str = "reversible, // or `downgrade = downgrade`, with `fn downgrade(op: &mut Operations) -> Result<()>`";
        let text = self.project.read(file);
        assert!(text.contains(EMPTY) && text.contains(REVERSIBLE), "{text}");
        let text = text
            .replace(REVERSIBLE, "downgrade = downgrade,")
            .replace(EMPTY, &format!("{up}\n"));
        let downgrade =
            format!("\nfn downgrade(op: &mut Operations) -> Result<()> {{\n{down}\n}}\n");
        self.project.write(file, &(text + &downgrade));
    }

    /// The file of `migrations/` whose name ends so.
    pub(crate) fn file(&self, ending: &str) -> String {
        let names = fs::read_dir(self.project.path("migrations")).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let name = names.find(|name| name.ends_with(ending));
        format!(
            "migrations/{}",
            name.unwrap_or_else(|| panic!("no file …{ending}"))
        )
    }
}

/// Whether a file is there.
pub(crate) fn exists(path: &Path) -> bool {
    fs::metadata(path).is_ok()
}

/// A test on each database.
macro_rules! on_each_database {
    ($($flow:ident)*) => {
        mod sqlite {
            $(#[test]
            fn $flow() {
                super::$flow(crate::flows::On::Sqlite);
            })*
        }

        #[cfg(feature = "servers")]
        mod postgres {
            $(#[test]
            fn $flow() {
                super::$flow(crate::flows::On::Postgres);
            })*
        }
    };
}
pub(crate) use on_each_database;
