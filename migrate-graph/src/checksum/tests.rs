//! What counts in SQL, what does not, and that the numbers stay what they are.

use super::*;

fn sql(text: &str) -> Checksum {
    Checksum::of_sql(text, None, true)
}

fn tokens(text: &str) -> String {
    let mut tokens = Vec::new();
    sql::each_token(text, |token| tokens.push(token.to_owned()));
    tokens.join("|")
}

#[test]
fn tokens_of_sql() {
    for (text, expected) in [
        ("", ""),
        ("  \n-- only a comment", ""),
        ("select 1;", "select|1|;"),
        ("a -- b\n c /* d /* e */ f */ g", "a|c|g"),
        ("a /* no end", "a"),
        ("# mysql\n a # b\n#>> c", "a|#|b|#|>|>|c"),
        ("/*! run */ 1", "/|*|!|run|*|/|1"),
        ("'it''s -- no comment' x", "'it'|'s -- no comment'|x"),
        ("'no end", "'no end"),
        ("\"a  b\"`c  d`", "\"a  b\"|`c  d`"),
        ("$$ a  -- b $$ c", "$$ a  -- b $$|c"),
        ("$x$ $$ $x$;$1", "$x$ $$ $x$|;|$|1"),
        ("größe<=1", "größe|<|=|1"),
        ("$", "$"),
        ("$é", "$|é"),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn looks_do_not_count_and_content_does() {
    let one = sql("CREATE TABLE a (b text DEFAULT 'x  y');");
    assert_eq!(
        one,
        sql("-- Why.\r\nCREATE TABLE a(\r\n\tb text DEFAULT 'x  y'\r\n);\n")
    );
    assert_eq!(sql("'a\nb'"), sql("'a\r\nb'"), "line ends of a checkout");
    for other in [
        "CREATE TABLE a (b text DEFAULT 'x y');",
        "CREATE TABLE a (b text DEFAULT 'x  y')",
        "CREATE TABLE ab (text DEFAULT 'x  y');",
    ] {
        assert_ne!(one, sql(other), "{other}");
    }
}

#[test]
fn both_ways_and_the_transaction_count() {
    let all = [
        Checksum::of_sql("a b", None, true),
        Checksum::of_sql("a b", None, false),
        Checksum::of_sql("a b", Some(""), true),
        Checksum::of_sql("a", Some("b"), true),
        Checksum::of_sql("", Some("a b"), true),
    ];
    for (index, one) in all.iter().enumerate() {
        assert!(!all[index + 1..].contains(one), "{index}");
    }
}

/// These numbers are in people's databases.
#[test]
fn numbers_never_change() {
    assert_eq!(sql("select 1").to_string(), "1-4970f6fd24730f25");
}

#[test]
fn checksums_as_text() {
    let checksum = Checksum::new(0xab);
    assert_eq!(checksum.to_string(), "1-00000000000000ab");
    assert_eq!("1-00000000000000ab".parse(), Ok(checksum));
    for text in [
        "",
        "1-",
        "1-ab",
        "2-00000000000000ab",
        "1-00000000000000xy",
        "1-+0000000000000ab",
    ] {
        let parsed: Result<Checksum, NoChecksum> = text.parse();
        assert_eq!(parsed, Err(NoChecksum), "{text}");
    }
}
