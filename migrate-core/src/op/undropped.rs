//! What builders keep their parts in. It must not know the parts.

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

/// A value that is taken out, or else never dropped.
///
/// The bodies of revisions are compiled unoptimized, thousands of them. Between the calls of a
/// builder everything may panic, and for a builder that has to be dropped then, the compiler adds
/// branches that take it longer than the calls themselves. So a builder that no operation takes,
/// which is a mistake or a panic, leaks its parts. That the value is behind a pointer makes moves
/// short.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Undropped<T>(ManuallyDrop<Box<T>>);

impl<T> Undropped<T> {
    pub(super) fn new(value: T) -> Undropped<T> {
        Undropped(ManuallyDrop::new(Box::new(value)))
    }

    pub(super) fn take(self) -> T {
        *ManuallyDrop::into_inner(self.0)
    }
}

impl<T> Deref for Undropped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Undropped<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Undropped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_it_holds() {
        let mut held = Undropped::new(vec![1]);
        held.push(2);
        assert_eq!(held.clone(), held);
        assert_eq!(format!("{held:?}"), "[1, 2]");
        assert_eq!(held.take(), [1, 2]);
        assert!(!std::mem::needs_drop::<Undropped<Vec<u8>>>());
    }
}
