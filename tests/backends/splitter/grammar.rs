//! Texts of statements from a tape of choices: their grammar, as far as it has bodies, with
//! keywords as names. The generated text need not be correct: the database decides.

use migrate_core::engine::backend::BackendKind;

/// Choices; the first of each after the end of the tape, so that a shorter tape is a simpler text.
pub(super) struct Tape {
    choices: std::vec::IntoIter<u16>,
}

impl Tape {
    pub(super) fn new(choices: Vec<u16>) -> Tape {
        Tape {
            choices: choices.into_iter(),
        }
    }

    /// A number below `count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.choices.next().unwrap_or(0)) % count
    }

    pub(super) fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Names that most databases accept unquoted, although each begins or ends something somewhere.
const NAMES: [&str; 14] = [
    "x",
    "end",
    "begin",
    "start",
    "work",
    "atomic",
    "delimiter",
    "handler",
    "transaction",
    "do",
    "returns",
    "event",
    "row",
    "statement",
];

/// Words that are reserved on one database or another.
const RESERVED: [&str; 14] = [
    "if", "loop", "while", "repeat", "declare", "case", "then", "else", "until", "for", "when",
    "return", "trigger", "each",
];

/// The columns of the table that statements name, on every database.
pub(super) fn table() -> String {
    let columns: Vec<String> = NAMES
        .iter()
        .chain(&RESERVED)
        .map(|name| format!("\"{name}\" int"))
        .collect();
    format!("CREATE TABLE \"end\" ({})", columns.join(", "))
}

/// Usually one statement.
pub(super) fn statement(kind: BackendKind, tape: &mut Tape) -> String {
    let mut writer = Writer {
        kind,
        tape,
        tokens: Vec::new(),
        depth: 0,
    };
    match kind {
        BackendKind::Sqlite => writer.sqlite(),
        BackendKind::Postgres => writer.postgres(),
        _ => writer.mysql(),
    }
    writer.mutate();
    writer.joined()
}

/// Writes the tokens of one statement.
struct Writer<'t> {
    kind: BackendKind,
    tape: &'t mut Tape,
    tokens: Vec<String>,
    depth: usize,
}

impl Writer<'_> {
    fn is_mariadb(&self) -> bool {
        self.kind == BackendKind::Mariadb
    }

    /// Adds words, separated by spaces.
    fn add(&mut self, words: &str) {
        self.tokens
            .extend(words.split_whitespace().map(str::to_owned));
    }

    fn one_of(&mut self, list: &[&str]) {
        let words = self.tape.of(list);
        self.add(words);
    }

    /// Whether to write an optional part.
    fn maybe(&mut self) -> bool {
        self.tape.below(3) == 2
    }

    /// In some statements, a word is replaced, removed or doubled.
    fn mutate(&mut self) {
        if self.tape.below(4) != 3 {
            return;
        }
        let at = self.tape.below(self.tokens.len());
        match self.tape.below(3) {
            0 => {
                let name = match self.tape.below(2) {
                    0 => self.tape.of(&NAMES),
                    _ => self.tape.of(&RESERVED),
                };
                self.tokens[at] = name.to_owned();
            }
            1 => drop(self.tokens.remove(at)),
            _ => self.tokens.insert(at, self.tokens[at].clone()),
        }
    }

    /// The tokens with spaces and comments between them.
    fn joined(&mut self) -> String {
        let mut text = String::new();
        for token in std::mem::take(&mut self.tokens) {
            let glued = text.ends_with(['.', '@', '`', '"']) && self.tape.below(4) != 3
                || text.is_empty()
                || token == "."
                || text.ends_with('@');
            if !glued {
                text += self.tape.of(&[
                    " ",
                    " ",
                    " ",
                    "\n",
                    "\t",
                    "/**/",
                    " /* ; end */ ",
                    " -- begin;\n",
                    "\r\n  ",
                ]);
            }
            text += &token;
        }
        text
    }

    fn name(&mut self) {
        let name = match self.tape.below(8) {
            0..6 => self.tape.of(&NAMES).to_owned(),
            6 => self.tape.of(&RESERVED).to_owned(),
            _ => self.quoted(),
        };
        self.tokens.push(name);
    }

    fn quoted(&mut self) -> String {
        let name = self.tape.of(&["end", "a;b", "begin", "it's; end", "case"]);
        match self.kind {
            BackendKind::Sqlite => match self.tape.below(3) {
                0 => format!("\"{name}\""),
                1 => format!("`{name}`"),
                _ => format!("[{name}]"),
            },
            BackendKind::Postgres => format!("\"{name}\""),
            _ => format!("`{name}`"),
        }
    }

    fn text(&mut self) {
        let postgres: &[&str] = &["'end;'", "E'\\';'", "$$;end$$", "$end$ ' ; $end$", "''"];
        let mysql: &[&str] = &["'end;'", "\"; end\"", "'it''s;'", "'\\\\;'", "''"];
        let sqlite: &[&str] = &["'end;'", "'it''s; end'", "'\\'", "''"];
        let text = self.tape.of(match self.kind {
            BackendKind::Sqlite => sqlite,
            BackendKind::Postgres => postgres,
            _ => mysql,
        });
        self.tokens.push(text.to_owned());
    }

    fn value(&mut self) {
        self.depth += 1;
        let choice = match self.depth > 3 {
            true => self.tape.below(4),
            false => self.tape.below(12),
        };
        match choice {
            0 => self.add("1"),
            1 | 4 => self.name(),
            2 => self.text(),
            3 => {
                self.add("\"end\" .");
                self.name();
            }
            5 => {
                self.add("CASE");
                self.value();
                self.add("WHEN");
                self.value();
                self.add("THEN");
                self.value();
                self.add("END");
            }
            6 => {
                self.add("CASE WHEN");
                self.value();
                self.add("THEN");
                self.value();
                self.add("ELSE");
                self.value();
                self.add("END");
            }
            7 => {
                self.add("(");
                self.value();
                self.add(")");
            }
            8 | 9 => {
                self.value();
                self.one_of(&["=", "AND", "+", "OR", "IS NOT NULL AND", "<"]);
                self.value();
            }
            10 => {
                self.one_of(&["NOT", "-"]);
                self.value();
            }
            _ => self.call(),
        }
        self.depth -= 1;
    }

    fn call(&mut self) {
        match self.kind {
            BackendKind::Mysql | BackendKind::Mariadb => match self.tape.below(3) {
                0 => {
                    self.add("IF (");
                    self.value();
                    self.add(",");
                    self.value();
                    self.add(", 2 )");
                }
                1 => {
                    self.add("REPEAT ( 'x' ,");
                    self.value();
                    self.add(")");
                }
                _ => {
                    self.add("@");
                    self.name();
                }
            },
            _ => {
                self.add("( SELECT");
                self.value();
                self.add(")");
            }
        }
    }

    fn query(&mut self) {
        self.add("SELECT");
        self.value();
        if self.maybe() {
            self.one_of(&["AS", ""]);
            self.name();
        }
        if self.maybe() {
            self.add(",");
            self.value();
        }
        self.add("FROM \"end\"");
        if self.maybe() {
            self.one_of(&["AS", ""]);
            self.name();
        }
        if self.maybe() {
            self.add("WHERE");
            self.value();
        }
    }

    /// A statement that changes rows, or reads them.
    fn rows(&mut self) {
        match self.tape.below(4) {
            0 => {
                self.add("INSERT INTO \"end\" (");
                self.name();
                self.add(")");
                match self.tape.below(2) {
                    0 => {
                        self.add("VALUES (");
                        self.value();
                        self.add(")");
                    }
                    _ => self.query(),
                }
            }
            1 => {
                self.add("UPDATE \"end\" SET");
                self.name();
                self.add("=");
                self.value();
            }
            2 => {
                self.add("DELETE FROM \"end\" WHERE");
                self.value();
            }
            _ => self.query(),
        }
    }

    fn plain(&mut self) {
        match self.tape.below(5) {
            0 => {
                self.add("CREATE TABLE");
                self.name();
                self.add("(");
                self.name();
                self.add("int )");
            }
            1 => {
                self.add("CREATE VIEW");
                self.name();
                self.add("AS");
                self.query();
            }
            _ => self.rows(),
        }
    }

    fn sqlite(&mut self) {
        if self.tape.below(4) == 3 {
            return self.plain();
        }
        self.add("CREATE");
        self.one_of(&["", "TEMP", "TEMPORARY"]);
        self.add("TRIGGER");
        self.one_of(&["", "IF NOT EXISTS"]);
        self.name();
        self.one_of(&["AFTER", "BEFORE", ""]);
        match self.tape.below(3) {
            0 => self.add("INSERT"),
            1 => self.add("DELETE"),
            _ => {
                self.add("UPDATE OF");
                self.name();
            }
        }
        self.add("ON \"end\"");
        self.one_of(&["", "FOR EACH ROW"]);
        if self.maybe() {
            self.add("WHEN");
            self.value();
        }
        self.add("BEGIN");
        for _ in 0..=self.tape.below(3) {
            self.rows();
            self.add(";");
        }
        self.add("END");
    }

    fn postgres(&mut self) {
        if self.tape.below(4) == 3 {
            return self.plain();
        }
        self.add("CREATE");
        self.one_of(&["", "OR REPLACE"]);
        let function = self.tape.below(3) != 2;
        self.add(if function { "FUNCTION" } else { "PROCEDURE" });
        self.name();
        self.add("(");
        if self.maybe() {
            self.name();
            self.add("int");
        }
        self.add(")");
        if function {
            self.add("RETURNS int");
        }
        self.one_of(&["LANGUAGE sql", "LANGUAGE sql", ""]);
        match self.tape.below(5) {
            0 if function => {
                self.add("RETURN");
                self.value();
            }
            1 => {
                self.add("AS");
                self.text();
            }
            _ => {
                self.add("BEGIN ATOMIC");
                for _ in 0..=self.tape.below(3) {
                    self.rows();
                    self.add(";");
                }
                if function {
                    self.add("SELECT 1");
                    self.one_of(&["", "AS"]);
                    self.name();
                    self.add(";");
                }
                self.add("END");
            }
        }
    }

    fn mysql(&mut self) {
        let choice = self.tape.below(if self.is_mariadb() { 10 } else { 8 });
        match choice {
            0 | 1 => {
                self.add("CREATE");
                self.one_of(&["", "DEFINER = CURRENT_USER", "DEFINER = `end` @ `begin`"]);
                self.add("PROCEDURE");
                self.name();
                self.add("(");
                if self.maybe() {
                    self.one_of(&["", "IN", "OUT"]);
                    self.name();
                    self.add("int");
                }
                self.add(")");
                self.one_of(&[
                    "",
                    "COMMENT 'end;'",
                    "READS SQL DATA",
                    "LANGUAGE SQL NOT DETERMINISTIC",
                ]);
                self.body();
            }
            2 => {
                self.add("CREATE FUNCTION");
                self.name();
                self.add("( )");
                self.one_of(&["RETURNS INT", "RETURNS CHAR ( 9 ) CHARSET utf8mb4"]);
                self.one_of(&["", "DETERMINISTIC", "NO SQL"]);
                match self.tape.below(2) {
                    0 => {
                        self.add("RETURN");
                        self.value();
                    }
                    _ => {
                        self.add("BEGIN");
                        self.statements();
                        self.add("RETURN");
                        self.value();
                        self.add("; END");
                    }
                }
            }
            3 => {
                self.add("CREATE TRIGGER");
                self.name();
                self.one_of(&["BEFORE INSERT", "AFTER UPDATE"]);
                self.add("ON \"end\" FOR EACH ROW");
                if self.maybe() {
                    self.one_of(&["FOLLOWS", "PRECEDES"]);
                    self.name();
                }
                self.body();
            }
            4 => {
                self.add("CREATE EVENT");
                self.one_of(&["", "IF NOT EXISTS"]);
                self.name();
                self.add("ON SCHEDULE EVERY 1 DAY");
                self.one_of(&["", "DISABLE", "ON COMPLETION PRESERVE", "COMMENT 'do'"]);
                self.add("DO");
                self.body();
            }
            5 => self.one_of(&[
                "BEGIN",
                "BEGIN WORK",
                "START TRANSACTION",
                "COMMIT",
                "ROLLBACK WORK",
            ]),
            6 | 7 => self.plain(),
            8 => {
                self.add("BEGIN NOT ATOMIC");
                self.statements();
                self.add("END");
            }
            _ => self.compound(),
        }
        for token in &mut self.tokens {
            // the name of the table, where double quotes are strings
            if token == "\"end\"" {
                "`end`".clone_into(token);
            }
        }
    }

    /// The body of a program: one statement, which may contain others.
    fn body(&mut self) {
        match self.tape.below(4) {
            0 => self.inner(),
            1 => self.compound(),
            _ => self.block(),
        }
    }

    fn block(&mut self) {
        let label = self.label();
        self.add("BEGIN");
        if self.maybe() {
            self.add("DECLARE");
            self.name();
            self.one_of(&["int", "DATE", "int DEFAULT 1"]);
            self.add(";");
        }
        if self.maybe() {
            self.add("DECLARE");
            self.one_of(&["CONTINUE", "EXIT"]);
            self.add("HANDLER FOR");
            self.one_of(&[
                "SQLEXCEPTION",
                "NOT FOUND",
                "1051 , SQLSTATE '42S02'",
                "SQLSTATE VALUE '42S02'",
                "SQLWARNING , NOT FOUND",
            ]);
            self.inner();
            self.add(";");
        }
        self.statements();
        self.add("END");
        self.tokens.extend(label);
    }

    /// A label, and the name that may follow its `END`.
    fn label(&mut self) -> Option<String> {
        if self.tape.below(4) != 3 {
            return None;
        }
        self.name();
        let label = self.tokens.last().cloned();
        self.add(":");
        label.filter(|_| self.tape.below(2) == 1)
    }

    fn statements(&mut self) {
        for _ in 0..=self.tape.below(2) {
            self.inner();
            self.add(";");
        }
    }

    /// A statement within a body.
    fn inner(&mut self) {
        self.depth += 1;
        let choice = match self.depth > 3 {
            true => self.tape.below(5),
            false => self.tape.below(8),
        };
        match choice {
            0 => {
                self.add("SET @");
                self.name();
                self.add("=");
                self.value();
            }
            1 => self.rows(),
            2 => {
                self.add("DO");
                self.value();
            }
            3 => self.one_of(&[
                "DROP TABLE IF EXISTS `case`",
                "START TRANSACTION",
                "COMMIT",
                "CALL begin ( )",
            ]),
            4 => {
                self.add("DELETE FROM");
                self.name();
                self.add("WHERE");
                self.value();
            }
            5 => self.block(),
            _ => self.compound(),
        }
        self.depth -= 1;
    }

    /// A statement that contains others, without BEGIN.
    fn compound(&mut self) {
        self.depth += 1;
        match self.tape.below(if self.is_mariadb() { 7 } else { 6 }) {
            0 => {
                self.add("IF");
                self.value();
                self.add("THEN");
                self.statements();
                if self.maybe() {
                    self.add("ELSEIF");
                    self.value();
                    self.add("THEN");
                    self.statements();
                }
                if self.maybe() {
                    self.add("ELSE");
                    self.statements();
                }
                self.add("END IF");
            }
            1 => {
                self.add("CASE");
                if self.maybe() {
                    self.value();
                }
                self.add("WHEN");
                self.value();
                self.add("THEN");
                self.statements();
                if self.maybe() {
                    self.add("ELSE");
                    self.statements();
                }
                self.add("END CASE");
            }
            2 => {
                let label = self.label();
                self.add("LOOP");
                self.statements();
                self.add("END LOOP");
                self.tokens.extend(label);
            }
            3 => {
                let label = self.label();
                self.add("WHILE");
                self.value();
                self.add("DO");
                self.statements();
                self.add("END WHILE");
                self.tokens.extend(label);
            }
            4 => {
                let label = self.label();
                self.add("REPEAT");
                self.statements();
                self.add("UNTIL");
                self.value();
                self.add("END REPEAT");
                self.tokens.extend(label);
            }
            5 => self.block(),
            _ => {
                self.add("FOR");
                self.name();
                self.add("IN");
                self.one_of(&["1 .. 3", "REVERSE 1 .. 2", "( SELECT 1 AS end )"]);
                self.add("DO");
                self.statements();
                self.add("END FOR");
            }
        }
        self.depth -= 1;
    }
}
