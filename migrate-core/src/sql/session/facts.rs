//! Facts about the session in the words of one statement: its temporary objects, the variables that
//! it reads and writes, and calls of `set_config`. Parsed once, for all modules that follow the
//! state of the session. Pure.

use crate::dialect::BackendKind;
use crate::sql::classify::in_temp;
use crate::sql::tokens::{Tokens, is_string};

/// A temporary object that a statement creates.
pub(in crate::sql) struct Temporary<'a> {
    /// Whether it is marked by `TEMPORARY` rather than by the schema in its name.
    pub(in crate::sql) is_marked: bool,
    /// `TABLE`, `VIEW`, as spelled.
    pub(in crate::sql) kind: &'a str,
    pub(in crate::sql) schema: Option<&'a str>,
    pub(in crate::sql) name: &'a str,
    /// Whether it is filled by a query.
    pub(in crate::sql) has_rows: bool,
}

/// The temporary object of a `CREATE`, after the first word.
pub(in crate::sql) fn temporary(mut tokens: Tokens<'_>) -> Option<Temporary<'_>> {
    tokens.take(&["OR", "REPLACE"]);
    tokens.skip_all(&["GLOBAL", "LOCAL"]);
    let is_marked = tokens.take_one(&["TEMP", "TEMPORARY"]).is_some();
    if !is_marked && tokens.is_mysql() {
        return None;
    }
    tokens.skip_all(&["RECURSIVE", "UNLOGGED", "VIRTUAL"]);
    let kind = tokens.next();
    tokens.take(&["IF", "NOT", "EXISTS"]);
    let in_temp = match tokens.backend() {
        BackendKind::Postgres => tokens.is(&["pg_temp", "."]),
        _ => in_temp(tokens),
    };
    if !is_marked && !in_temp {
        return None;
    }
    let (mut schema, mut name) = (None, tokens.next());
    while tokens.take(&["."]) {
        schema = Some(name);
        name = tokens.next();
    }
    let query = tokens.starting_at(&["SELECT", "WITH", "VALUES", "EXECUTE"]);
    Some(Temporary {
        is_marked,
        kind,
        schema,
        name,
        has_rows: kind.eq_ignore_ascii_case("TABLE") && query.is_some(),
    })
}

/// A call of PostgreSQL's `set_config(name, value, is_local)`.
pub(in crate::sql) struct SetConfig<'a> {
    /// In lower case.
    pub(in crate::sql) name: String,
    pub(in crate::sql) value: Tokens<'a>,
    /// Whether it ends with the transaction.
    pub(in crate::sql) is_local: bool,
}

/// The calls of `set_config` in a statement.
pub(in crate::sql) fn set_configs(tokens: Tokens<'_>) -> Vec<SetConfig<'_>> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while let Some(mut call) = rest.after("set_config") {
        rest = call;
        let arguments = call.parenthesized().map(Tokens::parts);
        if let Some([name, value, local]) = arguments.as_deref() {
            found.push(SetConfig {
                name: name.peek().trim_matches('\'').to_lowercase(),
                value: *value,
                is_local: local.is_any(&["TRUE", "'t'", "'true'"]),
            });
        }
    }
    found
}

/// A MySQL variable in a statement.
pub(in crate::sql) struct Variable<'a> {
    /// As spelled after the `@`.
    pub(in crate::sql) name: &'a str,
    /// Whether `SET`, `:=` or `INTO` assigns it, rather than the statement reading it.
    pub(in crate::sql) is_assigned: bool,
}

/// The variables of a statement, without system variables, `@@name`, and accounts, `'user'@'host'`.
pub(in crate::sql) fn variables(tokens: Tokens<'_>) -> Vec<Variable<'_>> {
    let all = tokens.rest();
    let is_set = tokens.is(&["SET"]);
    // within the list of an INTO, as long as it contains only variables
    let mut into = false;
    let mut found = Vec::new();
    for (at, token) in all.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |before| all[before]);
        let name = all.get(at + 1).copied().unwrap_or_default();
        into = match *token {
            "@" | "," => into,
            token => token.eq_ignore_ascii_case("INTO") || into && before == "@",
        };
        let is_system = name == "@" || before == "@";
        let is_account = is_string(before, true) || before.starts_with('`');
        if *token != "@" || name.is_empty() || is_system || is_account {
            continue;
        }
        let after = tokens.with(all.get(at + 2..).unwrap_or_default());
        found.push(Variable {
            name,
            is_assigned: into
                || after.is(&[":", "="])
                || is_set && after.is(&["="]) && (at == 1 || before == ","),
        });
    }
    found
}
