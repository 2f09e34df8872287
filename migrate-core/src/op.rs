//! The handle that a revision's function calls.

use std::marker::PhantomData;

/// What a revision's function changes the database through.
#[derive(Debug)]
pub struct Operations<'session> {
    session: PhantomData<&'session mut ()>,
}
