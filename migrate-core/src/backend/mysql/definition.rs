//! A column's definition as the server prints it (SHOW CREATE TABLE), split so that one attribute
//! can be changed and the rest restated. Pure.

use std::ops::Range;

use crate::backend::BackendKind;
use crate::sql::{Dialect, PieceKind, pieces, unquoted};

/// A column's definition by attribute, each as the server spells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Definition {
    /// Its type, with `unsigned` and `zerofill`.
    pub(super) ty: String,
    pub(super) charset: Option<String>,
    pub(super) collation: Option<String>,
    /// `GENERATED ALWAYS AS (…) STORED`.
    pub(super) generated: Option<String>,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) on_update: Option<String>,
    pub(super) auto_increment: bool,
    /// With its quotes.
    pub(super) comment: Option<String>,
    /// The rest, such as `/*!80023 INVISIBLE */` or a check of MariaDB.
    pub(super) rest: Vec<String>,
}

/// Words that begin an attribute, and so end a default.
const ATTRIBUTES: &[&str] = &[
    "CHARACTER",
    "COLLATE",
    "GENERATED",
    "NOT",
    "DEFAULT",
    "ON",
    "AUTO_INCREMENT",
    "COMMENT",
    "CHECK",
    "INVISIBLE",
    "WITHOUT",
    "COMPRESSED",
];

/// The definition of a column in the output of SHOW CREATE TABLE, without its name. Column names
/// are compared without regard to case, as the server does.
pub(super) fn find(create_table: &str, column: &str, plain_backslash: bool) -> Option<Definition> {
    let dialect = Dialect {
        backslash: !plain_backslash,
        backslash_in_names: !plain_backslash,
        ..Dialect::of(BackendKind::Mysql).clone()
    };
    let tokens = tokens(create_table, &dialect)?;
    let open = tokens.iter().find(|token| token.starts_with('('))?;
    let inside = open.strip_prefix('(')?.strip_suffix(')')?;
    let lines = self::tokens(inside, &dialect)?;
    lines
        .split(|token| *token == ",")
        .filter_map(|line| line.split_first())
        .find(|(name, _)| {
            name.starts_with(['`', '"']) && unquoted(name).to_lowercase() == column.to_lowercase()
        })
        .and_then(|(_, line)| parse(line))
}

impl Definition {
    /// The definition after the column's name.
    pub(super) fn text(&self) -> String {
        let mut parts = vec![self.ty.clone()];
        if let Some(charset) = &self.charset {
            parts.push(format!("CHARACTER SET {charset}"));
        }
        if let Some(collation) = &self.collation {
            parts.push(format!("COLLATE {collation}"));
        }
        parts.extend(self.generated.clone());
        match (self.not_null, &self.generated) {
            (true, _) => parts.push("NOT NULL".to_owned()),
            (false, None) => parts.push("NULL".to_owned()),
            (false, Some(_)) => {}
        }
        if let Some(default) = &self.default {
            parts.push(format!("DEFAULT {default}"));
        }
        if let Some(expression) = &self.on_update {
            parts.push(format!("ON UPDATE {expression}"));
        }
        if self.auto_increment {
            parts.push("AUTO_INCREMENT".to_owned());
        }
        if let Some(comment) = &self.comment {
            parts.push(format!("COMMENT {comment}"));
        }
        parts.extend(self.rest.iter().cloned());
        parts.join(" ")
    }
}

/// The attributes after a column's name.
fn parse(line: &[&str]) -> Option<Definition> {
    let mut tokens = line.iter().copied().peekable();
    let mut definition = Definition {
        ty: tokens.next()?.to_owned(),
        ..Definition::default()
    };
    while let Some(next) = tokens.next_if(|next| {
        next.starts_with('(') || ["unsigned", "zerofill"].contains(&next.to_lowercase().as_str())
    }) {
        if !next.starts_with('(') {
            definition.ty.push(' ');
        }
        definition.ty.push_str(next);
    }
    while let Some(token) = tokens.next() {
        match token.to_uppercase().as_str() {
            "CHARACTER" => {
                tokens.next()?; // SET
                definition.charset = Some(tokens.next()?.to_owned());
            }
            "COLLATE" => definition.collation = Some(tokens.next()?.to_owned()),
            "GENERATED" => {
                let words: Vec<&str> = std::iter::once(token)
                    .chain(tokens.by_ref().take(4))
                    .collect();
                definition.generated = Some(words.join(" "));
            }
            "NOT" => {
                tokens.next()?; // NULL
                definition.not_null = true;
            }
            "NULL" => {}
            "DEFAULT" => {
                let mut words = vec![tokens.next()?];
                while let Some(word) = tokens.next_if(|next| !begins_attribute(next)) {
                    words.push(word);
                }
                definition.default = Some(joined(&words));
            }
            "ON" => {
                tokens.next()?; // UPDATE
                let mut words = vec![tokens.next()?];
                words.extend(tokens.next_if(|next| next.starts_with('(')));
                definition.on_update = Some(joined(&words));
            }
            "AUTO_INCREMENT" => definition.auto_increment = true,
            "COMMENT" => definition.comment = Some(tokens.next()?.to_owned()),
            "CHECK" => definition.rest.push(format!("{token} {}", tokens.next()?)),
            _ => definition.rest.push(token.to_owned()),
        }
    }
    Some(definition)
}

fn begins_attribute(token: &str) -> bool {
    token.starts_with("/*") || ATTRIBUTES.contains(&token.to_uppercase().as_str())
}

/// Joins tokens with spaces, but without one before an argument list.
fn joined(tokens: &[&str]) -> String {
    let mut text = String::new();
    for token in tokens {
        if !text.is_empty() && !token.starts_with('(') {
            text.push(' ');
        }
        text.push_str(token);
    }
    text
}

/// The text as words, quoted texts, comments, and whole parentheses; `None` if it is truncated.
fn tokens<'t>(text: &'t str, dialect: &Dialect) -> Option<Vec<&'t str>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    // whether the last token is a word that continues with what adjoins it: `-1.50`
    let (mut depth, mut is_word) = (0_usize, false);
    for piece in pieces(text, dialect) {
        let part = &text[piece.span.clone()];
        if piece.open.is_some() {
            return None;
        }
        let is_inside = depth > 0;
        match part {
            "(" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        let is_alone = matches!(part, "(" | "," | ")") || part.starts_with(['"', '`']);
        let is_comment = part.starts_with("/*");
        match tokens.last_mut() {
            Some(last) if is_inside => last.end = piece.span.end,
            _ if piece.kind == PieceKind::Space && !is_comment => is_word = false,
            Some(last) if is_word && !is_alone && !is_comment => {
                last.end = piece.span.end;
                is_word = piece.kind != PieceKind::Quoted;
            }
            _ => {
                is_word = !is_alone && !is_comment && piece.kind != PieceKind::Quoted;
                tokens.push(piece.span);
            }
        }
    }
    let texts = tokens.into_iter().map(|span| &text[span]);
    (depth == 0).then(|| texts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MYSQL: &str = r"CREATE TABLE `t1` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `a` varchar(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s \\ x, (' COMMENT 'c''s',
  `b``x` datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `c` int GENERATED ALWAYS AS ((`i` + 1)) STORED NOT NULL,
  `d` text DEFAULT (_utf8mb4'a)c'),
  `f` enum('a','b''c') DEFAULT 'a' /*!80023 INVISIBLE */,
  `l` bit(8) DEFAULT b'101',
  PRIMARY KEY (`id`),
  KEY `ix` (`a`(5)),
  CONSTRAINT `ck` CHECK ((`i` > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci";

    const MARIADB: &str = r"CREATE TABLE `t1` (
  `e` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`e`)),
  `f` varchar(20) DEFAULT concat('a',convert(0x5c using utf8mb4)) COMMENT 'x',
  `i` decimal(10,2) DEFAULT -1.50 CHECK (`i` > 0),
  `j` int(11) DEFAULT (1 + 1)
) ENGINE=InnoDB";

    #[test]
    fn a_definition_is_restated_as_it_was() {
        for (table, column, expected) in [
            (MYSQL, "id", "bigint unsigned NOT NULL AUTO_INCREMENT"),
            (
                MYSQL,
                "A",
                r"varchar(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s \\ x, (' COMMENT 'c''s'",
            ),
            (
                MYSQL,
                "b`x",
                "datetime(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)",
            ),
            (
                MYSQL,
                "c",
                "int GENERATED ALWAYS AS ((`i` + 1)) STORED NOT NULL",
            ),
            (MYSQL, "d", "text NULL DEFAULT (_utf8mb4'a)c')"),
            (
                MYSQL,
                "f",
                "enum('a','b''c') NULL DEFAULT 'a' /*!80023 INVISIBLE */",
            ),
            (MYSQL, "l", "bit(8) NULL DEFAULT b'101'"),
            (
                MARIADB,
                "e",
                "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL DEFAULT NULL CHECK (json_valid(`e`))",
            ),
            (
                MARIADB,
                "f",
                "varchar(20) NULL DEFAULT concat('a',convert(0x5c using utf8mb4)) COMMENT 'x'",
            ),
            (
                MARIADB,
                "i",
                "decimal(10,2) NULL DEFAULT -1.50 CHECK (`i` > 0)",
            ),
            (MARIADB, "j", "int(11) NULL DEFAULT (1 + 1)"),
        ] {
            let found = find(table, column, false).map(|found| found.text());
            assert_eq!(found.as_deref(), Some(expected), "{column}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(find(MYSQL, "ix", false), None);
        assert_eq!(find("CREATE TABLE `t` (`a` int", "a", false), None);
        assert_eq!(find("", "a", false), None);
    }

    #[test]
    fn a_backslash_escapes_unless_it_does_not() {
        let table = r"CREATE TABLE `t` (`a` int COMMENT '\'', `b` int)";
        assert!(find(table, "b", false).is_some());
        let table = r"CREATE TABLE `t` (`a` int COMMENT '\', `b` int)";
        assert!(find(table, "b", true).is_some());
    }
}
