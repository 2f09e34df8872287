//! The hash of an operation, as a short text that is the same in every build. Pure.

use crate::operation::Operation;

/// The hash of an operation, in hexadecimal digits. Line endings of a checkout do not count.
pub(crate) fn of_operation(operation: &Operation) -> String {
    of_text(&format!("{operation:?}").replace("\\r\\n", "\\n"))
}

/// The hash of a text, in hexadecimal digits: FNV-1a with 64 bits.
pub(crate) fn of_text(text: &str) -> String {
    let number = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{number:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_definition() {
        assert_eq!(of_text(""), "cbf29ce484222325");
        assert_eq!(of_text("foobar"), "85944171f73967e8");
    }

    #[test]
    fn different_operations_have_different_hashes() {
        let execute = |sql: &str| Operation::Execute {
            sql: sql.into(),
            undo: None,
        };
        assert_eq!(of_operation(&execute("A")), of_operation(&execute("A")));
        assert_ne!(of_operation(&execute("A")), of_operation(&execute("B")));
        let [unix, windows] = ["A\nB\n", "A\r\nB\r\n"].map(|sql| of_operation(&execute(sql)));
        assert_eq!(unix, windows);
        let [one, other] = ["A\\r\\nB", "A\\nB"].map(|sql| of_operation(&execute(sql)));
        assert_ne!(one, other, "a backslash and a letter are no line end");
    }
}
