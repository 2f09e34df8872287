//! Texts that need a client, and texts that only look so.

use super::*;
use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};

#[track_caller]
fn finds(backend: BackendKind, sql: &str, expected: &[(u32, &str, &str)]) {
    let found = findings(sql, backend);
    let found: Vec<(u32, &str, &str)> = found
        .iter()
        .map(|finding| (finding.line, finding.what.as_str(), finding.help))
        .collect();
    assert_eq!(found, expected, "{backend:?}: {sql}");
}

const FROM_STDIN: &str = "`COPY … FROM STDIN` needs a client that sends the rows";

#[test]
fn rows_that_a_client_sends_are_found() {
    finds(
        Postgres,
        "CREATE TABLE m (a text);\nCOPY m FROM STDIN;",
        &[(2, FROM_STDIN, INSERTS)],
    );
    finds(
        Postgres,
        "COPY notes (id, body) FROM stdin;\n1\tit's; here\n2\t\\N\n\\.\n\nSELECT 1;\n\\connect other\n",
        &[
            (1, FROM_STDIN, INSERTS),
            (7, "`\\connect` is a command of psql", CONNECT),
        ],
    );
    finds(
        Postgres,
        "copy public.m from stdin with (format csv)",
        &[(1, FROM_STDIN, INSERTS)],
    );
    finds(
        Postgres,
        "COPY (SELECT 1) TO STDOUT;",
        &[(
            1,
            "`COPY … TO STDOUT` needs a client that takes the rows",
            LEAVE_OUT,
        )],
    );
    for sql in [
        "COPY m FROM '/tmp/rows'; COPY (SELECT a FROM stdin) TO '/tmp/rows'",
        "SELECT 'COPY m FROM STDIN'; CREATE TABLE copy (a int)",
        "DO $$ BEGIN EXECUTE 'COPY m FROM STDIN'; END $$",
    ] {
        finds(Postgres, sql, &[]);
    }
}

#[test]
fn commands_of_clients_are_found() {
    for (sql, what, help) in [
        ("\\i other.sql", "`\\i` is a command of psql", INCLUDE),
        (
            "\\set a 'it''s'\nSELECT 1;",
            "`\\set` is a command of psql",
            LEAVE_OUT,
        ),
        (
            "\\copy m FROM 'a.csv'",
            "`\\copy` is a command of psql",
            INSERTS,
        ),
        ("SELECT 1 \\g", "`\\g` is a command of psql", END),
    ] {
        finds(Postgres, sql, &[(1, what, help)]);
    }
    for (sql, what, help) in [
        (
            "SOURCE other.sql",
            "`SOURCE` is a command of the mysql client",
            INCLUDE,
        ),
        (
            "system ls;",
            "`system` is a command of the mysql client",
            LEAVE_OUT,
        ),
        ("SELECT 1\\G", "`\\G` is a command of the mysql client", END),
        (
            "\\. other.sql",
            "`\\.` is a command of the mysql client",
            INCLUDE,
        ),
        (
            "DELIMITER //\nCREATE PROCEDURE p() BEGIN IF; //",
            "`DELIMITER` is a command of the mysql client",
            DELIMITER,
        ),
        (
            "DELIMITER \\\\\nSELECT 1\\\\",
            "`DELIMITER` is a command of the mysql client",
            DELIMITER,
        ),
        (
            "SELECT 1; delimiter //\nSELECT 2//",
            "`DELIMITER` is a command of the mysql client",
            DELIMITER,
        ),
        // the last statement has no delimiter; the client would send it with the line after it
        (
            "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END\nDELIMITER ;\nSELECT 2;",
            "`DELIMITER` is a command of the mysql client",
            DELIMITER,
        ),
        (
            "use shop\n-- a\nCREATE TABLE a (b INT);",
            "`use shop` without `;` is for the mysql client",
            END,
        ),
    ] {
        let line = match sql.starts_with("DELIMITER //\nCREATE PROCEDURE p() BEGIN S") {
            true => 3,
            false => 1,
        };
        finds(Mysql, sql, &[(line, what, help)]);
        finds(Mariadb, sql, &[(line, what, help)]);
    }
    finds(
        Sqlite,
        "SELECT 1;\n.tables\nSELECT 2;\n.mode 'box",
        &[
            (2, "`.tables` is a command of sqlite3", LEAVE_OUT),
            (4, "`.mode` is a command of sqlite3", LEAVE_OUT),
        ],
    );
    for backend in [Sqlite, Postgres, Mysql, Mariadb] {
        for name in ["GO", "/"] {
            let what = format!("`{name}` on a line by itself is for a client");
            let help = "leave it out: a statement ends with `;`";
            finds(
                backend,
                &format!("SELECT 1;\n{name}\nSELECT 2;"),
                &[(2, &what, help)],
            );
        }
    }
    finds(
        Mariadb,
        "CREATE PROCEDURE p AS BEGIN NULL; END;\n/\n",
        &[(
            2,
            "`/` on a line by itself is for a client",
            "leave it out: a statement ends with `;`",
        )],
    );
}

#[test]
fn what_a_server_knows_is_not_found() {
    for sql in [
        "USE shop; SELECT \\N; SELECT 'a\\'b\\n', \"\\g\"",
        "CREATE PROCEDURE p() BEGIN status: LOOP LEAVE status; END LOOP; END",
        "/*M!999999\\- enable the sandbox mode */\nSELECT 1;",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //\nDELIMITER ;",
        "SELECT source FROM t WHERE\nstatus\n= 1; SELECT 1\n/\n2",
        // with NO_BACKSLASH_ESCAPES, and only then
        "INSERT INTO p VALUES ('C:\\'), ('\\g')",
        "DELIMITER ;",
        "USE shop\n;",
        "use `a`; SELECT 1",
        "SELECT 1;\nUSE shop",
        "BEGIN NOT ATOMIC delimiter: LOOP LEAVE delimiter; END LOOP; END",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN\ndelimiter : BEGIN END; SELECT 1 AS\ndelimiter , 2; END//",
    ] {
        finds(Mysql, sql, &[]);
    }
    for sql in [
        "\\restrict aB3\nSELECT 1;\n\\unrestrict aB3\n",
        "SELECT '\\d', E'\\'\\d', $$\\d$$ -- \\d\n/* \\d */",
        // with standard_conforming_strings = off, and only then
        "SELECT 'it\\'s \\d '",
    ] {
        finds(Postgres, sql, &[]);
    }
    finds(Sqlite, "SELECT 1\n.5; SELECT \\d", &[]);
}

#[test]
fn a_delimiter_is_found_where_no_client_knows_it() {
    let what = "`DELIMITER` is a command of the mysql client";
    let body = "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END//\nDELIMITER ;\n";
    let text = format!("SELECT 1;\ndelimiter //\n{body}");
    finds(Sqlite, &text, &[(2, what, DELIMITER)]);
    finds(Postgres, &text, &[(2, what, DOLLARS)]);
    finds(Postgres, "DELIMITER $$\nSELECT 1$$", &[(1, what, DOLLARS)]);
    for backend in [Sqlite, Postgres] {
        finds(
            backend,
            "DELIMITER ;",
            &[(
                1,
                what,
                if backend == Sqlite {
                    DELIMITER
                } else {
                    DOLLARS
                },
            )],
        );
        finds(
            backend,
            "SELECT a AS\ndelimiter FROM t; SELECT delimiters",
            &[],
        );
    }
    finds(Postgres, "COPY t FROM '/a.csv' WITH\nDELIMITER ','", &[]);
}

#[test]
fn a_byte_order_mark_within_a_text_is_found() {
    let what = "a byte order mark (U+FEFF) is no SQL";
    for backend in [Postgres, Mysql, Mariadb] {
        for (text, line) in [
            ("SELECT 1;\n\u{feff}SELECT 2;", 2),
            ("SELECT 1;\n\n\u{feff}-- two\nSELECT 2;", 3),
            ("SELECT 1;\u{feff}\r\nSELECT 2;", 1),
            ("SELECT 1\n\u{feff}SELECT 2", 2),
        ] {
            finds(backend, text, &[(line, what, JOINED)]);
        }
        finds(
            backend,
            "\u{feff}SELECT '\u{feff}' -- \u{feff}\n/* \u{feff} */",
            &[],
        );
        finds(
            backend,
            "SELECT 1;\n\u{feff}SELECT 2;\n\u{feff}\u{feff}SELECT 3",
            &[(2, what, JOINED), (3, what, JOINED), (3, what, JOINED)],
        );
    }
    let delimiter = "SELECT 1;\n\u{feff}DELIMITER //\nSELECT 2//\nDELIMITER ;";
    finds(Mysql, delimiter, &[(2, what, JOINED)]);
    finds(Sqlite, "SELECT 1;\n\u{feff}SELECT 2;", &[]);
}

#[test]
fn a_command_within_a_statement_of_a_dump_is_found() {
    finds(
        Postgres,
        "SELECT 1\n\\restrict x\n;",
        &[(2, "`\\restrict` is a command of psql", LEAVE_OUT)],
    );
}

#[test]
fn a_level_that_comes_too_late_is_found() {
    let line = |backend, sql| sets_isolation(sql, backend).map(|finding| finding.line);
    let serializable = "-- a\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;";
    for backend in [Postgres, Mysql, Mariadb] {
        assert_eq!(line(backend, serializable), Some(2));
    }
    assert_eq!(line(Mysql, "SET TRANSACTION READ ONLY"), Some(1));
    for sql in [
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET TRANSACTION READ WRITE",
        "SET transaction_timeout = 1",
        "SELECT 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE'",
    ] {
        assert_eq!(line(Postgres, sql), None, "{sql}");
    }
    assert_eq!(line(Sqlite, serializable), None);
}
