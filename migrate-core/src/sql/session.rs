//! What statements leave on their connection, and what later ones need from there. A run that
//! resumes has another connection: what the same text sets again is restored, and anything else is
//! lost.

mod changes;
mod facts;

use std::collections::HashSet;

use super::classify::{
    Assignment, Class, Set, StatementKind, Target, as_executed, calls, of_statement, set,
};
use super::tokens::{Tokens, bare, is_string, is_word};
use super::{Cut, Finding, statements};
use crate::dialect::BackendKind;
pub(crate) use changes::{
    SessionChange, may_change_session, released, session_changes, settings_left,
};
use facts::{set_configs, temporary, variables};

/// Something that a connection holds for later statements.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum SessionItem {
    /// A setting, which any later statement may use: its name, in lower case.
    Setting(String),
    /// A user variable of MySQL: `@name`, without the sign and in lower case.
    Variable(String),
    /// A temporary table, or another temporary object.
    Temporary(String),
    /// A prepared statement.
    Prepared(String),
    /// A cursor, or an open `HANDLER`.
    Cursor(String),
    /// The number that the last INSERT generated.
    GeneratedId,
    /// The numbers that this connection took from sequences.
    Sequences,
    /// How many rows the last statement changed or found.
    RowCount,
    /// Locks of tables, and those that have only a number or a name.
    Locks,
}

/// What a text leaves on the connection and needs from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionState {
    /// What the text leaves as it would on any other connection.
    pub(crate) restorable: Vec<SessionItem>,
    /// What it leaves that nothing restores: it was computed, or contains rows.
    pub(crate) lost: Vec<SessionItem>,
    /// What the text needs from the connection and did not leave there itself, except temporary
    /// objects: see [`SessionState::needs`].
    needs: Vec<SessionItem>,
    /// Temporary objects that no longer exist after the text, if they did before.
    pub(crate) dropped: Vec<SessionItem>,
    /// Every name in the text, in lower case, except those that are dropped.
    names: Vec<String>,
    /// Whether any statement of the text is more than a setting.
    does_more: bool,
}

impl SessionState {
    /// Whether the text leaves more than any change of rows does.
    pub(crate) fn lasts(&self) -> bool {
        use SessionItem::{GeneratedId, RowCount, Sequences};
        let mut left = self.restorable.iter().chain(&self.lost);
        left.any(|item| !matches!(item, GeneratedId | RowCount | Sequences))
    }

    /// Whether the text needs anything from the connection beside settings and temporary objects.
    pub(crate) fn needs_any(&self) -> bool {
        !self.needs.is_empty()
    }

    /// Whether the text needs this from the connection. Any statement uses any setting.
    pub(crate) fn needs(&self, item: &SessionItem) -> bool {
        match item {
            SessionItem::Setting(name) => {
                self.does_more || self.names.contains(name) && !self.restorable.contains(item)
            }
            SessionItem::Temporary(name) => self.names.contains(name),
            item => self.needs.contains(item),
        }
    }
}

impl std::fmt::Display for SessionItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SessionItem::Setting(name) => write!(f, "the setting `{name}`"),
            SessionItem::Variable(name) => write!(f, "the variable `@{name}`"),
            SessionItem::Temporary(name) => write!(f, "the temporary table `{name}`"),
            SessionItem::Prepared(name) => write!(f, "the prepared statement `{name}`"),
            SessionItem::Cursor(name) => write!(f, "the cursor `{name}`"),
            SessionItem::GeneratedId => f.write_str("the number that the last INSERT gave"),
            SessionItem::Sequences => f.write_str("the last number of a sequence"),
            SessionItem::RowCount => f.write_str("how many rows the last statement changed"),
            SessionItem::Locks => f.write_str("locks"),
        }
    }
}

/// What a text leaves on the connection, and needs from it.
pub(crate) fn session_state(sql: &str, backend: BackendKind) -> SessionState {
    let text = as_executed(sql, backend);
    let mut whole = SessionState::default();
    match statements(&text, backend) {
        Cut::Statements(list) => {
            for statement in list {
                Reader::new(backend, &mut whole).read(statement.sql);
            }
        }
        Cut::Uncertain(all) => Reader::new(backend, &mut whole).read(all.sql),
    }
    whole
}

/// A statement that sets the next generated number, which the next row in the journal would use.
/// `SET STATEMENT … FOR INSERT` is whole.
pub(crate) fn sets_next_id(sql: &str, backend: BackendKind) -> Option<Finding> {
    let mysql = matches!(backend, BackendKind::Mysql | BackendKind::Mariadb);
    if !mysql || !sql.to_ascii_lowercase().contains("insert_id") {
        return None; // a long text need not be read
    }
    let cut = statements(sql, backend);
    let next_id = SessionItem::Setting("insert_id".to_owned());
    let sets = cut.parts().iter().find(|statement| {
        let state = session_state(statement.sql, backend);
        state.restorable.contains(&next_id) || state.lost.contains(&next_id)
    })?;
    Some(Finding {
        line: sets.line,
        what: "the number that `SET insert_id` gives the next row would go to a row of the journal"
            .to_owned(),
        help: "leave it out, and write the number into the INSERT: `INSERT INTO t (id, …) VALUES (50, …)`",
    })
}

struct Reader<'s> {
    backend: BackendKind,
    state: &'s mut SessionState,
}

impl<'s> Reader<'s> {
    fn new(backend: BackendKind, state: &'s mut SessionState) -> Reader<'s> {
        Reader { backend, state }
    }

    fn read(&mut self, sql: &str) {
        let tokens = Tokens::of(sql, self.backend);
        let tokens = Tokens::new(&tokens, self.backend);
        let is_name = |token: &&&str| {
            is_word(token) && !token.starts_with(|sign: char| sign.is_ascii_digit())
                || token.starts_with(['"', '`', '['])
        };
        let names: HashSet<&str> = tokens.rest().iter().filter(is_name).copied().collect();
        let names = names.into_iter().map(bare);
        match tokens.is(&["DROP"]) {
            true => self.state.dropped.extend(names.map(SessionItem::Temporary)),
            false => self.state.names.extend(names),
        }
        let class = of_statement(tokens);
        self.state.does_more |= class.kind != StatementKind::Setting;
        self.calls(tokens);
        if tokens.is_mysql() {
            self.variables(tokens, class.kind == StatementKind::Setting);
        }
        self.leaves(tokens, class);
    }

    /// Something that the text needs, unless it has left it itself.
    fn need(&mut self, item: SessionItem) {
        let own = self.state.restorable.contains(&item) || self.state.lost.contains(&item);
        if !own && !self.state.needs.contains(&item) {
            self.state.needs.push(item);
        }
    }

    fn leave(&mut self, item: SessionItem, restorable: bool) {
        let (list, other) = match restorable {
            true => (&mut self.state.restorable, &mut self.state.lost),
            false => (&mut self.state.lost, &mut self.state.restorable),
        };
        other.retain(|left| *left != item);
        if !list.contains(&item) {
            list.push(item);
        }
    }

    /// Functions that read what the connection holds, or leave something.
    fn calls(&mut self, tokens: Tokens<'_>) {
        const GENERATED: [&str; 3] = ["LAST_INSERT_ID", "LAST_INSERT_ROWID", "LASTVAL"];
        const COUNTS: [&str; 4] = ["ROW_COUNT", "FOUND_ROWS", "CHANGES", "TOTAL_CHANGES"];
        let is_in =
            |list: &[&str], name: &str| list.iter().any(|other| name.eq_ignore_ascii_case(other));
        for (_, name) in calls(tokens) {
            let name = bare(name);
            if name == "currval" || name == "lastval" && self.backend == BackendKind::Mariadb {
                self.need(SessionItem::Sequences);
            } else if is_in(&GENERATED, &name) {
                self.need(SessionItem::GeneratedId);
            } else if is_in(&COUNTS, &name) {
                self.need(SessionItem::RowCount);
            } else if name == "set_config" {
                self.set_config(tokens);
            } else if name.starts_with("pg_advisory_unlock") || name == "release_lock" {
                self.need(SessionItem::Locks);
            } else if name.starts_with("pg_advisory_lock")
                || name.starts_with("pg_try_advisory_lock")
                || name == "get_lock"
            {
                self.leave(SessionItem::Locks, false);
            }
        }
        if tokens.has(&["PREVIOUS", "VALUE", "FOR"])
            || tokens.has(&["@", "identity"])
            || tokens.has(&["@", "last_insert_id"])
        {
            self.need(SessionItem::GeneratedId);
        }
        if tokens.has(&["@", "warning_count"]) || tokens.has(&["@", "error_count"]) {
            self.need(SessionItem::RowCount);
        }
    }

    /// `set_config(name, value, false)` anywhere but in a statement by itself, which is a setting.
    fn set_config(&mut self, tokens: Tokens<'_>) {
        for call in set_configs(tokens) {
            if !call.is_local {
                self.leave(SessionItem::Setting(call.name), false);
            }
        }
    }

    /// The settings that the body of a `DO` leaves, judged by its words.
    fn body(&mut self, tokens: Tokens<'_>) {
        const BEFORE: [&str; 5] = [";", "BEGIN", "THEN", "ELSE", "LOOP"];
        for token in tokens.rest().iter().filter(|token| is_string(token, false)) {
            let mark = token[1..].find('$').map_or(1, |end| end + 2);
            let mark = if token.starts_with('$') { mark } else { 1 };
            let inner = token.get(mark..token.len() - mark).unwrap_or_default();
            let words = Tokens::of(inner, self.backend);
            self.set_config(Tokens::new(&words, self.backend));
            for (at, word) in words.iter().enumerate() {
                let mut rest = Tokens::new(&words[at + 1..], self.backend);
                let begins = at == 0
                    || BEFORE
                        .iter()
                        .any(|word| words[at - 1].eq_ignore_ascii_case(word));
                if begins && word.eq_ignore_ascii_case("SET") && !rest.is(&["LOCAL"]) {
                    rest.take(&["SESSION"]);
                    self.leave(SessionItem::Setting(bare(rest.peek())), false);
                }
            }
        }
    }

    /// The variables that a statement of MySQL reads and writes.
    fn variables(&mut self, tokens: Tokens<'_>, restorable: bool) {
        let item = |name: &str| SessionItem::Variable(bare(name));
        let all = variables(tokens);
        for read in all.iter().filter(|variable| !variable.is_assigned) {
            self.need(item(read.name));
        }
        for left in all.iter().filter(|variable| variable.is_assigned) {
            self.leave(item(left.name), restorable);
        }
    }

    fn leaves(&mut self, mut tokens: Tokens<'_>, class: Class) {
        let all = tokens;
        let first = tokens.next().to_ascii_uppercase();
        match first.as_str() {
            "SET" => self.set(tokens),
            "USE" if tokens.is_mysql() => {
                self.leave(SessionItem::Setting("database".to_owned()), true);
            }
            "CREATE" => {
                if let Some(object) = temporary(tokens) {
                    let restorable = !object.has_rows && class.kind == StatementKind::Setting;
                    self.leave(SessionItem::Temporary(bare(object.name)), restorable);
                }
            }
            "SELECT" if class.kind == StatementKind::Setting => {
                let name = all.rest().iter().find(|token| is_string(token, false));
                let name = name.map_or("", |name| name.trim_matches('\''));
                self.leave(SessionItem::Setting(name.to_lowercase()), true);
            }
            "SELECT" | "WITH" => {
                for word in ["TEMP", "TEMPORARY"] {
                    if let Some(mut into) = all.after("INTO").filter(|into| into.is(&[word])) {
                        into.next();
                        into.take(&["TABLE"]);
                        self.leave(SessionItem::Temporary(bare(into.peek())), false);
                    }
                }
            }
            "PREPARE" if !tokens.is(&["TRANSACTION"]) => {
                self.leave(SessionItem::Prepared(bare(tokens.peek())), false);
            }
            "EXECUTE" => self.need(SessionItem::Prepared(bare(tokens.peek()))),
            "DEALLOCATE" => {
                tokens.take(&["PREPARE"]);
                self.need(SessionItem::Prepared(bare(tokens.peek())));
            }
            "DECLARE" => self.leave(SessionItem::Cursor(bare(tokens.peek())), false),
            "FETCH" | "MOVE" => {
                let name = tokens.rest().last().copied().unwrap_or_default();
                self.need(SessionItem::Cursor(bare(name)));
            }
            "CLOSE" => self.need(SessionItem::Cursor(bare(tokens.peek()))),
            "HANDLER" => {
                let item = SessionItem::Cursor(bare(tokens.next()));
                match tokens.is(&["OPEN"]) {
                    true => self.leave(item, false),
                    false => self.need(item),
                }
            }
            "LOCK" if tokens.is_mysql() => self.leave(SessionItem::Locks, false),
            "FLUSH" if class.kind == StatementKind::Opaque => self.leave(SessionItem::Locks, false),
            "UNLOCK" => self.need(SessionItem::Locks),
            "DO" if self.backend == BackendKind::Postgres => self.body(tokens),
            "ATTACH" => self.leave(SessionItem::Setting("attached databases".to_owned()), false),
            _ => {}
        }
        let changes = !matches!(
            class.kind,
            StatementKind::Setting | StatementKind::Transaction
        );
        if changes {
            self.leave(SessionItem::RowCount, false);
        }
        if matches!(class.kind, StatementKind::Rows | StatementKind::Opaque) {
            self.leave(SessionItem::GeneratedId, false);
            self.leave(SessionItem::Sequences, false);
        }
    }

    fn set(&mut self, mut tokens: Tokens<'_>) {
        let what = set(tokens);
        let restorable = what == Set::Setting;
        if !restorable && what != Set::Computes || tokens.is(&["STATEMENT"]) {
            return;
        }
        let is_mysql = tokens.is_mysql();
        let mut leave = |name: &str| {
            let name = bare(name);
            if is_mysql && matches!(name.as_str(), "last_insert_id" | "identity") {
                self.leave(SessionItem::GeneratedId, restorable);
            } else if !name.is_empty() && is_word(&name) {
                self.leave(SessionItem::Setting(name), restorable);
            }
        };
        if !is_mysql {
            tokens.skip_all(&["SESSION", "LOCAL"]);
            return leave(tokens.peek()); // what follows are values
        }
        for part in tokens.parts() {
            match Assignment::read(part) {
                Some(assignment) if assignment.target == Target::Session => {
                    leave(assignment.name[0]);
                }
                Some(_) => {}
                None => {
                    let mut part = part;
                    part.skip_all(&["SESSION", "LOCAL"]);
                    leave(part.peek()); // NAMES, TRANSACTION
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
