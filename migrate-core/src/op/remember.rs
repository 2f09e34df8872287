//! What a block with the live connection gave, as text in the journal: so that a run which goes on with a revision need not do the
//! block again to have its value. Only values whose text is all there is to them.

use std::any::Any;

use super::Operations;
use crate::Result;

/// What goes before the text of a value: it is a comment in SQL, where a statement stands for other operations.
const MARK: &str = "-- gave ";

/// The value as text, if it is of a type that can be written down.
fn written(value: &dyn Any) -> Option<String> {
    let text = if value.is::<()>() {
        "nothing".to_owned()
    } else if let Some(number) = value.downcast_ref::<usize>() {
        format!("rows {number}")
    } else if let Some(number) = value.downcast_ref::<i64>() {
        format!("bigint {number}")
    } else if let Some(number) = value.downcast_ref::<i32>() {
        format!("integer {number}")
    } else if let Some(is) = value.downcast_ref::<bool>() {
        format!("bool {is}")
    } else {
        format!("text {}", value.downcast_ref::<String>()?)
    };
    Some(format!("{MARK}{text}"))
}

/// The value of a text.
fn read(text: &str) -> Option<Box<dyn Any>> {
    let text = text.strip_prefix(MARK)?;
    let (kind, value) = text.split_once(' ').unwrap_or((text, ""));
    match kind {
        "nothing" => Some(Box::new(())),
        "rows" => Some(Box::new(value.parse::<usize>().ok()?)),
        "bigint" => Some(Box::new(value.parse::<i64>().ok()?)),
        "integer" => Some(Box::new(value.parse::<i32>().ok()?)),
        "bool" => Some(Box::new(value.parse::<bool>().ok()?)),
        "text" => Some(Box::new(value.to_owned())),
        _ => None,
    }
}

impl Operations<'_> {
    /// What the block that comes next gave to an earlier run, which has committed what it did; for `with_connection!`.
    #[doc(hidden)]
    pub fn remembered<T: 'static>(&mut self) -> Result<Option<T>> {
        let Some(text) = self.given_before() else {
            return Ok(None);
        };
        self.refuse_to_go_on()?;
        let value = read(&text).and_then(|value| value.downcast::<T>().ok());
        if value.is_some() {
            self.leave_out_block()?;
        }
        Ok(value.map(|value| *value))
    }

    /// Writes down what a block gives; for `with_connection!`.
    #[doc(hidden)]
    pub fn remember<T: 'static>(&mut self, value: &T) {
        self.give(written(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again<T: 'static + Clone>(value: &T) -> Option<T> {
        let read = read(&written(value)?)?;
        read.downcast().ok().map(|value| *value)
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(again(&()), Some(()));
        assert_eq!(again(&7_usize), Some(7));
        assert_eq!(again(&i64::MIN), Some(i64::MIN));
        assert_eq!(again(&-7_i32), Some(-7));
        assert_eq!(again(&true), Some(true));
        assert_eq!(again(&"a b\n".to_owned()), Some("a b\n".to_owned()));
        assert_eq!(again(&String::new()), Some(String::new()));
        assert_eq!(again(&vec![1]), None);
        assert!(read("SELECT 1").is_none());
    }
}
