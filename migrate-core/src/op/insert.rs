//! Rows of `op.bulk_insert`: tuples, arrays and vectors of anything that converts into a value.

use crate::schema::Value;

/// A row: a tuple such as `(1, "Ada", None::<&str>)`, or an array or vector of values.
pub trait Row {
    /// The row's values, in the order of the columns.
    fn into_values(self) -> Vec<Value>;
}

impl<V: Into<Value>> Row for Vec<V> {
    fn into_values(self) -> Vec<Value> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<V: Into<Value>, const N: usize> Row for [V; N] {
    fn into_values(self) -> Vec<Value> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! row_of_tuples {
    ($($name:ident)*) => {
        row_of_tuples!(@ [] $($name)*);
    };
    (@ [$($done:ident)*]) => {};
    (@ [$($done:ident)*] $next:ident $($rest:ident)*) => {
        impl<$($done: Into<Value>,)* $next: Into<Value>> Row for ($($done,)* $next,) {
            fn into_values(self) -> Vec<Value> {
                #[expect(non_snake_case, reason = "the type's letter names the value too")]
                let ($($done,)* $next,) = self;
                vec![$($done.into(),)* $next.into()]
            }
        }
        row_of_tuples!(@ [$($done)* $next] $($rest)*);
    };
}

row_of_tuples!(A B C D E F G H I J K L M N O P);
