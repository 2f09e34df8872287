//! Where statements end, compared with the databases: texts that a database accepts as one
//! statement, made of words that are names here and grammar of bodies there, are joined, and must
//! be split into themselves again. `grammar` generates them.

mod grammar;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use migrate_core::__private::cut;
use migrate_core::engine::backend::BackendKind;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::backend::{TestBackend, on_each_backend};
use grammar::{Tape, statement};

on_each_backend! {
    what_a_database_takes_as_one_statement_is_cut_as_one
}

/// A database that decides whether a text is one statement, and keeps nothing of it.
trait Oracle: TestBackend {
    fn takes_one(connection: &mut Self::Connection, text: &str) -> bool;
}

impl Oracle for crate::sqlite::Sqlite {
    fn takes_one(connection: &mut Self::Connection, text: &str) -> bool {
        undone(connection, |connection| {
            // of the generated statements only a trigger contains others, and its text is stored
            connection.batch_execute(text)?;
            let kept = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(
                "coalesce((SELECT substr(sql, -20) FROM (SELECT sql, type FROM sqlite_master UNION ALL SELECT sql, type FROM \
                 sqlite_temp_master) WHERE type = 'trigger'), '')",
            ));
            let kept: String = diesel::RunQueryDsl::get_result(kept, connection)?;
            Ok(text.ends_with(&kept))
        })
    }
}

#[cfg(feature = "servers")]
impl Oracle for crate::postgres::Postgres {
    fn takes_one(connection: &mut Self::Connection, text: &str) -> bool {
        undone(connection, |connection| {
            // a prepared statement is one, and is parsed to its end before its names are resolved
            let Err(error) = diesel::RunQueryDsl::execute(diesel::sql_query(text), connection)
            else {
                return Ok(true);
            };
            let error = error.to_string();
            let unread = ["syntax error", "multiple commands", "unterminated"];
            Ok(!unread.iter().any(|words| error.contains(words)))
        })
    }
}

/// The number of changed rows, rolled back; `false` if it failed.
fn undone<C: Connection>(
    connection: &mut C,
    change: impl FnOnce(&mut C) -> diesel::QueryResult<bool>,
) -> bool {
    let mut taken = false;
    let _ = connection.transaction(|connection| -> diesel::QueryResult<()> {
        taken = change(connection)?;
        Err(diesel::result::Error::RollbackTransaction)
    });
    taken
}

#[cfg(feature = "servers")]
macro_rules! prepares {
    ($($backend:ident)*) => {$(
        impl Oracle for crate::mysql::$backend {
            fn takes_one(connection: &mut Self::Connection, text: &str) -> bool {
                let quoted = text.replace('\\', "\\\\").replace('\'', "\\'");
                let prepared = connection.batch_execute(&format!("PREPARE oracle FROM '{quoted}'"));
                // it parses to the end what it cannot prepare, and a prepared statement is one
                prepared.map_or_else(|error| error.to_string().contains("prepared statement protocol"), |()| true)
            }
        }
    )*};
}

#[cfg(feature = "servers")]
prepares!(Mysql Mariadb);

#[cfg(feature = "servers")]
#[test]
fn mysql_and_its_client_split_alike() {
    client_cuts_alike::<crate::mysql::Mysql>();
}

#[cfg(feature = "servers")]
#[test]
fn mariadb_and_its_client_split_alike() {
    client_cuts_alike::<crate::mysql::Mariadb>();
}

/// The text between lines of `DELIMITER`, as the client alone keeps no body whole.
#[cfg(feature = "servers")]
fn client_cuts_alike<B: Oracle<Place = migrate_tests::servers::Database>>() {
    use proptest::strategy::ValueTree;

    let place = B::place();
    let mut connection = B::connection(&place);
    connection.batch_execute(&table::<B>()).unwrap();
    let mut runner = TestRunner::deterministic();
    let mut text = String::new();
    for (index, mark) in ["//", "$$", ";;", "|", "//", "go"].into_iter().enumerate() {
        text += &format!("DELIMITER {mark}\n");
        for _ in 0..20 {
            let choices = vec(any::<u16>(), 0..120).new_tree(&mut runner).unwrap();
            let statement = statement(B::KIND, &mut Tape::new(choices.current()));
            let is_sent = !runs(&statement) && !statement.contains(mark);
            if is_sent && B::takes_one(&mut connection, &statement) {
                text += &format!("{statement}{}{mark}\n", [" ", "\n"][index % 2]);
            }
        }
        text += "  delimiter ;\nSELECT 1; SELECT ';';\n";
    }
    let found = cut(&text, B::KIND).expect("it is certain");
    let found: Vec<String> = found.into_iter().map(packed).collect();
    assert_eq!(found, sent_by_client(&place, &text), "{text}");
    assert!(found.len() > 25, "{}", found.len());
}

/// Whether the server runs the body of a statement, which need not end.
#[cfg(feature = "servers")]
fn runs(statement: &str) -> bool {
    !statement.starts_with("CREATE") || statement.contains("SCHEDULE")
}

/// A text without spaces, of which the client adds its own.
#[cfg(feature = "servers")]
fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The statements that the client sends; a refused statement does not stop it.
#[cfg(feature = "servers")]
fn sent_by_client(place: &migrate_tests::servers::Database, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("script.sql");
    std::fs::write(&file, text).unwrap();
    let mut client = place.client();
    client.args(["--force", "--verbose", "--comments"]);
    let output = client
        .stdin(std::fs::File::open(&file).unwrap())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    // each lies between two of these lines
    let parts = shown.split("--------------\n").skip(1).step_by(2);
    parts.map(packed).collect()
}

/// The counts of a run: a test that accepts nothing proves nothing.
#[derive(Debug, Default)]
struct Count {
    made: usize,
    taken: usize,
    joined: usize,
    uncertain: usize,
}

fn what_a_database_takes_as_one_statement_is_cut_as_one<B: Oracle>() {
    let place = B::place();
    let mut connection = B::connection(&place);
    connection.batch_execute(&table::<B>()).unwrap();
    let state = std::cell::RefCell::new((connection, Count::default()));
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let choices = vec(vec(any::<u16>(), 0..120), 1..6);
    let between = vec(0..BETWEEN.len(), 6);
    let ran = TestRunner::new(config).run(&(choices, between), |(choices, between)| {
        let (connection, count) = &mut *state.borrow_mut();
        let made = choices
            .into_iter()
            .map(|choices| statement(B::KIND, &mut Tape::new(choices)));
        let made: Vec<String> = made.collect();
        count.made += made.len();
        let taken: Vec<String> = made
            .into_iter()
            .filter(|text| B::takes_one(connection, text))
            .collect();
        count.taken += taken.len();
        joined::<B>(&taken, &between, count)
    });
    let (_, count) = state.into_inner();
    ran.unwrap_or_else(|error| panic!("{}: {error}", B::NAME));
    assert!(count.taken * 4 > count.made, "{count:?}");
    assert!(count.uncertain * 20 < count.joined, "{count:?}");
}

fn table<B: TestBackend>() -> String {
    match B::KIND {
        BackendKind::Mysql | BackendKind::Mariadb => grammar::table().replace('"', "`"),
        _ => grammar::table(),
    }
}

/// The separators of two statements.
const BETWEEN: [&str; 4] = [";", " ;\r\n", "; -- end; it's\n", "/* ; begin */;\n\n"];

/// Joined statements are split into themselves, or are uncertain.
fn joined<B: TestBackend>(
    statements: &[String],
    between: &[usize],
    count: &mut Count,
) -> Result<(), TestCaseError> {
    let ends = between.iter().map(|between| BETWEEN[*between]);
    let text: String = statements
        .iter()
        .zip(ends)
        .map(|(statement, end)| format!("{statement}{end}"))
        .collect();
    count.joined += 1;
    match cut(&text, B::KIND) {
        Some(found) => prop_assert_eq!(found, statements, "{}", text),
        None => count.uncertain += 1,
    }
    Ok(())
}
