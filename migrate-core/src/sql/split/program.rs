//! Where a statement ends that may contain others: triggers, routines, events, packages and
//! MariaDB's compound statements.
//!
//! `END` closes a body only where a statement can begin, after a `;`, `BEGIN`, `THEN` and the like;
//! elsewhere it is a name or ends a CASE expression. The same holds for the other keywords. A
//! method returns `None` if the end of the statement is uncertain. Must not know how text becomes
//! tokens.

use std::borrow::Cow;

use super::super::dialect::Bodies;
use super::super::lexer::{Kind, Piece, is_word};

/// A token, as far as the grammar needs it.
struct Token<'a> {
    /// A word in upper case; of anything else, the first character.
    text: Cow<'a, str>,
    is_word: bool,
}

impl<'a> Token<'a> {
    fn of(piece: &Piece, text: &'a str) -> Token<'a> {
        let is_word = piece.kind == Kind::Word;
        let first = text.chars().next().map_or(0, char::len_utf8);
        let text = match is_word {
            true => Cow::Owned(text.to_ascii_uppercase()),
            false => Cow::Borrowed(&text[..first]),
        };
        Token { text, is_word }
    }
}

/// Parses the tokens of one statement.
pub(in crate::sql) struct Program {
    bodies: Bodies,
    state: State,
    blocks: Vec<Block>,
    parentheses: usize,
    /// CASE expressions that are open in the current condition.
    cases: usize,
    /// The token before this one.
    last: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    New,
    /// `CREATE` or `ALTER`, before the kind.
    Object { creates: bool },
    /// Before the body.
    Header(Header),
    /// A statement can begin here.
    Start,
    /// One token of a statement was read, which may be a label.
    First,
    /// A statement without others inside.
    Plain,
    /// `SET STATEMENT … FOR`, before the statement.
    SetStatement,
    /// A condition, up to `THEN`.
    Then,
    /// The head of a loop, up to `DO` or `LOOP`.
    Do,
    /// The condition of `UNTIL`, up to `END REPEAT`.
    Until,
    /// `DECLARE`, before the kind.
    Declare,
    /// The conditions of a handler.
    Handler { complete: bool },
    /// `BEGIN`, which begins a transaction or a block.
    Begin,
    /// `END` of a block.
    Closed(Block),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Procedure {
        parameters: bool,
    },
    Function {
        returns: bool,
    },
    Trigger,
    TriggerOrder {
        named: bool,
    },
    Event,
    Package,
    /// PostgreSQL: `BEGIN ATOMIC` may follow.
    Atomic,
}

/// What an `END` closes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// The declarations before a `BEGIN`, or the items of a package.
    Declarations,
    Begin,
    If,
    Case,
    Loop,
}

impl Program {
    pub(in crate::sql) fn new(bodies: Bodies) -> Program {
        Program {
            bodies,
            state: State::New,
            blocks: Vec::new(),
            parentheses: 0,
            cases: 0,
            last: String::new(),
        }
    }

    /// Reads a semicolon, and returns whether it ends the statement.
    pub(in crate::sql) fn semicolon(&mut self) -> Option<bool> {
        if self.parentheses > 0 {
            return Some(false);
        }
        if self.blocks.is_empty() {
            return self.is_complete().then_some(true);
        }
        self.state = match self.state {
            State::Then | State::Do | State::Until | State::Handler { .. } => return None,
            State::Closed(block) if !block.ends_with_name() => return None,
            _ => State::Start,
        };
        self.last = ";".to_owned();
        Some(false)
    }

    /// Whether the statement can end here.
    pub(in crate::sql) fn is_complete(&self) -> bool {
        let inside = match self.state {
            State::Then | State::Do | State::Until | State::Handler { .. } => true,
            State::Closed(block) => !block.ends_with_name(),
            _ => false,
        };
        self.parentheses == 0 && self.blocks.is_empty() && !inside
    }

    /// Reads a token other than a semicolon.
    pub(in crate::sql) fn token(&mut self, piece: &Piece, text: &str) -> Option<()> {
        match text {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.checked_sub(1)?,
            _ => {}
        }
        if self.state == State::Plain {
            return Some(()); // only a semicolon changes that, whatever comes before it
        }
        let token = &Token::of(piece, text);
        let is_name = self.is_name(token);
        self.state = self.next(token)?;
        self.last.clear();
        self.last.push_str(if is_name { "`" } else { &token.text });
        Some(())
    }

    /// Whether a word is part of a name or a variable, not a keyword.
    fn is_name(&self, token: &Token<'_>) -> bool {
        token.is_word && matches!(self.last.as_str(), "." | "@")
    }

    fn next(&mut self, token: &Token<'_>) -> Option<State> {
        let word = match token.is_word && !self.is_name(token) {
            true => &*token.text,
            false => "",
        };
        let outside = self.parentheses == 0;
        Some(match self.state {
            State::New => self.first(token, word)?,
            State::Object { creates } => self.object(word, creates),
            State::Header(header) if outside => self.header(header, token, word)?,
            State::Start => self.start(token, word)?,
            State::First if token.text == ":" => State::Start,
            State::First if self.last == "SET" && word == "STATEMENT" => State::SetStatement,
            State::First => State::Plain,
            State::SetStatement if word == "FOR" && outside => State::New,
            State::Until if token.text == ":" && self.last == "UNTIL" => State::Start,
            State::Then | State::Do | State::Until => self.condition(word, outside)?,
            State::Declare if word == "HANDLER" && self.last != "DECLARE" => {
                State::Handler { complete: false }
            }
            State::Declare if self.last == "DECLARE" => State::Declare,
            State::Declare => State::Plain,
            State::Handler { complete: true } if token.text == "," => {
                State::Handler { complete: false }
            }
            State::Handler { complete: true } => self.start(token, word)?,
            State::Handler { complete: false } => State::Handler {
                complete: !(matches!(word, "FOR" | "NOT" | "SQLSTATE")
                    || word == "VALUE" && self.last == "SQLSTATE"),
            },
            State::Begin if word == "WORK" => State::Plain,
            State::Begin => {
                self.blocks.push(Block::Begin);
                self.start(token, word)?
            }
            State::Closed(block) => {
                let named = match word {
                    "IF" => block == Block::If,
                    "CASE" => block == Block::Case,
                    "LOOP" | "WHILE" | "REPEAT" | "FOR" => block == Block::Loop,
                    _ => block.ends_with_name(),
                };
                named.then_some(State::Plain)?
            }
            State::Header(_) | State::SetStatement | State::Plain => self.state,
        })
    }

    /// The first token of the whole statement.
    fn first(&mut self, token: &Token<'_>, word: &str) -> Option<State> {
        let programs = self.bodies == Bodies::Programs;
        Some(match word {
            "CREATE" => State::Object { creates: true },
            "ALTER" if programs => State::Object { creates: false },
            "EXPLAIN" | "QUERY" | "PLAN" if self.bodies == Bodies::Triggers => State::New,
            "BEGIN" if programs => State::Begin,
            "CASE" | "DECLARE" | "FOR" | "IF" | "LOOP" | "REPEAT" | "WHILE" if programs => {
                self.start(token, word)?
            }
            _ if programs && token.text == "<" => State::Start,
            _ if programs => State::First,
            _ => State::Plain,
        })
    }

    /// The kind that is created or altered.
    fn object(&mut self, word: &str, creates: bool) -> State {
        let value = self.last == "=";
        match (self.bodies, word) {
            (_, "") => self.state,
            (Bodies::Triggers, "TEMP" | "TEMPORARY") => self.state,
            (Bodies::Triggers, "TRIGGER") => {
                self.blocks.push(Block::Begin);
                State::Plain
            }
            (Bodies::Atomic, "OR" | "REPLACE") => self.state,
            (Bodies::Atomic, "FUNCTION" | "PROCEDURE") => State::Header(Header::Atomic),
            (Bodies::Programs, "OR" | "REPLACE" | "DEFINER" | "AGGREGATE") => self.state,
            (Bodies::Programs, _) if value => self.state,
            (Bodies::Programs, "EVENT") => State::Header(Header::Event),
            (Bodies::Programs, "PROCEDURE") if creates => {
                State::Header(Header::Procedure { parameters: false })
            }
            (Bodies::Programs, "FUNCTION") if creates => {
                State::Header(Header::Function { returns: false })
            }
            (Bodies::Programs, "TRIGGER") if creates => State::Header(Header::Trigger),
            (Bodies::Programs, "PACKAGE") if creates => State::Header(Header::Package),
            _ => State::Plain,
        }
    }

    /// The words before a body, outside parentheses.
    fn header(&mut self, header: Header, token: &Token<'_>, word: &str) -> Option<State> {
        let last = self.last.as_str();
        // MariaDB with `sql_mode = ORACLE`; these words are reserved everywhere
        let declares = matches!(word, "AS" | "IS")
            && matches!(
                header,
                Header::Procedure { .. } | Header::Function { .. } | Header::Package
            );
        if declares {
            self.blocks.push(Block::Declarations);
            return Some(State::Start);
        }
        let same = State::Header(header);
        Some(match header {
            Header::Procedure { parameters: false } => State::Header(Header::Procedure {
                parameters: token.text == ")",
            }),
            Header::Procedure { parameters: true } => match word {
                "COMMENT" | "CONTAINS" | "DATA" | "DEFINER" | "DETERMINISTIC" | "INVOKER"
                | "LANGUAGE" | "MODIFIES" | "NO" | "NOT" | "READS" | "SECURITY" | "SQL" => same,
                _ if last == "LANGUAGE" || matches!(&*token.text, "'" | "\"") => same,
                _ => self.start(token, word)?,
            },
            Header::Function { returns } => match word {
                "RETURNS" if last == ")" => State::Header(Header::Function { returns: true }),
                "SONAME" => State::Plain,
                "BEGIN" if matches!(last, "CHARSET" | "COLLATE" | "LANGUAGE" | "OF" | "SET") => {
                    same
                }
                "BEGIN" | "CASE" | "FOR" | "IF" | "LOOP" | "REPEAT" | "RETURN" | "WHILE"
                    if returns =>
                {
                    self.start(token, word)?
                }
                _ => same,
            },
            Header::Trigger if word == "ROW" && last == "EACH" => {
                State::Header(Header::TriggerOrder { named: false })
            }
            Header::TriggerOrder { named: false } => match word {
                "FOLLOWS" | "PRECEDES" => State::Header(Header::TriggerOrder { named: true }),
                _ => self.start(token, word)?,
            },
            Header::TriggerOrder { named: true } => State::Start,
            // a name comes after one of these
            Header::Event if word == "DO" && !matches!(last, "EVENT" | "EXISTS" | "TO") => {
                State::Start
            }
            Header::Package if matches!(word, "PROCEDURE" | "FUNCTION" | "BEGIN") => return None,
            Header::Atomic if word == "ATOMIC" && last == "BEGIN" => {
                self.blocks.push(Block::Begin);
                State::Start
            }
            _ => same,
        })
    }

    /// The first token of a statement within another one.
    fn start(&mut self, token: &Token<'_>, word: &str) -> Option<State> {
        let top = self.blocks.last().copied();
        if word == "END" {
            return Some(State::Closed(self.blocks.pop()?));
        }
        if self.bodies != Bodies::Programs {
            return Some(State::Plain);
        }
        let mut open = |block, state| {
            self.blocks.push(block);
            state
        };
        Some(match word {
            "BEGIN" if top == Some(Block::Declarations) => {
                self.blocks.pop();
                self.blocks.push(Block::Begin);
                State::Start
            }
            "BEGIN" => open(Block::Begin, State::Start),
            "NOT" if self.last == "BEGIN" => State::Start,
            "ATOMIC" if self.last == "NOT" => State::Start,
            "IF" => open(Block::If, State::Then),
            "CASE" => open(Block::Case, State::Then),
            "LOOP" | "REPEAT" => open(Block::Loop, State::Start),
            "WHILE" | "FOR" => open(Block::Loop, State::Do),
            "DECLARE" if top.is_none() => open(Block::Declarations, State::Start),
            "DECLARE" => State::Declare,
            "ELSEIF" | "ELSIF" if top == Some(Block::If) => State::Then,
            "ELSE" if matches!(top, Some(Block::If | Block::Case)) => State::Start,
            "WHEN" if matches!(top, Some(Block::Case | Block::Begin)) => State::Then,
            // like any other word that is not reserved, it can be a label
            "UNTIL" if top == Some(Block::Loop) => State::Until,
            "ELSEIF" | "ELSE" | "WHEN" => return None,
            "EXCEPTION" if top == Some(Block::Begin) => State::Start,
            "PROCEDURE" if top == Some(Block::Declarations) => {
                State::Header(Header::Procedure { parameters: false })
            }
            "FUNCTION" if top == Some(Block::Declarations) => {
                State::Header(Header::Function { returns: false })
            }
            // the label of a block, which may be written as `<<label>>`
            _ if matches!(&*token.text, ":" | "<" | ">") || self.last == "<" => State::Start,
            _ => State::First,
        })
    }

    /// A token of a condition, or of the head of a loop.
    fn condition(&mut self, word: &str, outside: bool) -> Option<State> {
        let is_operand = is_operand_expected(&self.last);
        let is_free = outside && self.cases == 0;
        match word {
            "CASE" => self.cases += 1,
            "END" if self.cases > 0 && !is_operand => self.cases -= 1,
            "END" if is_free && !is_operand && self.state == State::Until => {
                return Some(State::Closed(self.blocks.pop()?));
            }
            "THEN" if is_free && self.state == State::Then => return Some(State::Start),
            "DO" if is_free && !is_operand && self.state == State::Do => return Some(State::Start),
            "LOOP" if is_free && self.state == State::Do => return Some(State::Start),
            _ => {}
        }
        Some(self.state)
    }
}

impl Block {
    /// Whether only a name, or nothing, may follow its `END`.
    fn ends_with_name(self) -> bool {
        matches!(self, Block::Begin | Block::Declarations)
    }
}

/// Whether a word after this token is a value, such as a column, and cannot end an expression.
fn is_operand_expected(last: &str) -> bool {
    const BEFORE_OPERAND: [&str; 34] = [
        "ALL", "AND", "ANY", "AS", "BETWEEN", "BINARY", "BY", "CASE", "COLLATE", "DISTINCT", "DIV",
        "ELSE", "ELSEIF", "ELSIF", "ESCAPE", "FOR", "FROM", "IF", "IN", "INTERVAL", "IS", "LIKE",
        "MOD", "NOT", "ON", "OR", "REGEXP", "RLIKE", "SELECT", "THEN", "UNTIL", "WHEN", "WHILE",
        "XOR",
    ];
    match last.chars().next() {
        Some(sign) if is_word(sign) => BEFORE_OPERAND.contains(&last),
        sign => !matches!(sign, Some(')' | '\'' | '"' | '`')),
    }
}
