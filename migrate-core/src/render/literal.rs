//! Text as Rust literals: names, SQL, numbers, bytes. Pure; it must not know where they stand.

/// A string literal. Text of several lines keeps them, and what is full of quotes is a raw string.
pub(super) fn string(text: &str) -> String {
    let lines = text.contains('\n');
    let plain = |sign: char| sign == '\n' || (lines && sign == '\t') || is_visible(sign);
    if !text.contains(['"', '\\']) || !text.chars().all(plain) {
        return format!("\"{}\"", escaped(text, lines));
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

fn escaped(text: &str, lines: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '"' | '\\' => escaped.extend(['\\', sign]),
            '\n' if lines => escaped.push('\n'),
            '\t' if lines => escaped.push('\t'),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\0' => escaped.push_str("\\0"),
            sign if is_visible(sign) => escaped.push(sign),
            sign => escaped.push_str(&format!("\\u{{{:x}}}", u32::from(sign))),
        }
    }
    escaped
}

/// Whether a person sees the character: no control character, no mark without a width, and none
/// that turns the direction of text, which the compiler refuses.
fn is_visible(sign: char) -> bool {
    !sign.is_control()
        && !matches!(
            sign,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// A literal of bytes.
pub(super) fn bytes(bytes: &[u8]) -> String {
    let escaped = bytes.iter().flat_map(|byte| byte.escape_ascii());
    format!("b\"{}\"", escaped.map(char::from).collect::<String>())
}

/// An integer, which the compiler takes for an `i32` unless it says otherwise.
pub(super) fn integer(number: i64) -> String {
    match i32::try_from(number) {
        Ok(number) => number.to_string(),
        Err(_) => format!("{number}_i64"),
    }
}

/// A number of a parameter that is an `i64`.
pub(super) fn long(number: i64) -> String {
    number.to_string()
}

/// A floating-point number.
pub(super) fn double(number: f64) -> String {
    match number {
        number if number.is_nan() => "f64::NAN".to_owned(),
        f64::INFINITY => "f64::INFINITY".to_owned(),
        f64::NEG_INFINITY => "f64::NEG_INFINITY".to_owned(),
        number => format!("{number:?}"),
    }
}

/// How many columns of a terminal a text takes: rustfmt counts wide characters as two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(sign: char) -> usize {
    match u32::from(sign) {
        0x20..=0x7e | 0xa0..=0x2ff => 1,
        0..=0x9f => 0,
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f => 0,
        0xfe00..=0xfe0f | 0x20d0..=0x20ff | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xa960..=0xa97c => 2,
        0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 => 2,
        0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_the_literal_that_reads_best() {
        for (text, literal) in [
            ("users", r#""users""#),
            ("a 'b'", r#""a 'b'""#),
            (r#"("Name" > 0)"#, r##"r#"("Name" > 0)"#"##),
            (r"a\b", r#"r"a\b""#),
            ("\"#", "r##\"\"#\"##"),
            ("a\tb", r#""a\tb""#),
            ("a\n\tb", "\"a\n\tb\""),
            ("a\r\nb", "\"a\\r\nb\""),
            ("a\"\r", r#""a\"\r""#),
            ("x\u{202e}", r#""x\u{202e}""#),
            ("größe", "\"größe\""),
        ] {
            assert_eq!(string(text), literal);
        }
        assert_eq!(bytes(b"a\"\\\x00\xff"), r#"b"a\"\\\x00\xff""#);
    }

    #[test]
    fn numbers_have_the_type_that_they_need() {
        assert_eq!(integer(-5), "-5");
        assert_eq!(integer(5_000_000_000), "5000000000_i64");
        assert_eq!(double(1.0), "1.0");
        assert_eq!(double(1e300), "1e300");
    }
}
