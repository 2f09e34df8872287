//! Names of the database as Rust names, as `diesel print-schema` forms them. Pure.

use heck::ToUpperCamelCase;

/// What `table!` uses itself.
const OF_TABLE: &[&str] = &["table", "columns", "is_nullable"];

/// What Rust keeps for itself.
const KEYWORDS: &[&str] = &[
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "Self", "self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether a name cannot be one of a table or column.
pub(super) fn is_reserved(name: &str) -> bool {
    name.is_empty()
        || KEYWORDS.contains(&name)
        || OF_TABLE.contains(&name)
        || (name.starts_with("__") && !name.ends_with('_'))
}

/// The Rust name of a table, a column or a schema; a column is not called as its table is.
pub(crate) fn rust_name(sql: &str, table: Option<&str>) -> String {
    let mut name = String::new();
    let mut gap = false;
    for sign in sql.chars() {
        let plain = sign.is_ascii_alphanumeric() || sign == '_';
        if name.is_empty() && sign.is_ascii_digit() {
            name.push('_');
        }
        if plain {
            name.push(sign);
        } else if !gap {
            name.push('_');
        }
        gap = !plain;
    }
    match is_reserved(&name) || table == Some(name.as_str()) {
        true => name + "_",
        false => name,
    }
}

/// The Rust name of a type.
pub(crate) fn type_name(sql: &str) -> String {
    sql.to_upper_camel_case()
}

/// A string literal: a raw one if there are quotes in it.
pub(super) fn literal(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let hashes = "#".repeat(text.matches('#').count() + 1);
    format!("r{hashes}\"{text}\"{hashes}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rust_names() {
        for (sql, rust) in [
            ("users", "users"),
            ("user-name", "user_name"),
            ("a--b", "a_b"),
            ("2fa", "_2fa"),
            ("größe", "gr_e"),
            ("type", "type_"),
            ("__x", "__x_"),
            ("__x_", "__x_"),
            ("table", "table_"),
            ("", "_"),
        ] {
            assert_eq!(rust_name(sql, None), rust, "{sql}");
        }
        assert_eq!(rust_name("users", Some("users")), "users_");
        assert_eq!(literal("a\"b#"), "r##\"a\"b#\"##");
    }
}
