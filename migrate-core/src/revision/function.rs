//! The functions that can be a revision's body: a trait over the function's type, so that the
//! compiler and not the macro checks signatures.
//!
//! `Marker` keeps the implementations apart; it is always inferred. This module must not know any
//! backend by name: each implements the trait for its connection in its own file.

use std::error::Error;
use std::marker::PhantomData;

use super::Needs;
use crate::error::RevisionError;
use crate::op::Operations;

/// A function that can be the body of a revision.
///
/// It takes `&mut Operations` or one diesel connection of an enabled backend, and returns
/// `Result<(), E>` for any `E` that converts into `Box<dyn Error + Send + Sync>`.
#[diagnostic::on_unimplemented(
    message = "this function cannot be a revision's body",
    label = "expected `fn(&mut Operations) -> Result<()>`",
    note = "a body takes `&mut Operations`, or one diesel connection of an enabled backend such as `&mut SqliteConnection`",
    note = "and returns `Result<(), E>`, where `E` converts into `Box<dyn Error + Send + Sync>`"
)]
pub trait RevisionFunction<Marker>: Copy {
    /// The parameter of the function.
    const NEEDS: Needs;

    /// Calls the function with its parameter.
    ///
    /// # Errors
    ///
    /// The error that the function returns, or that the connected backend is not the one that it
    /// needs.
    fn call(self, op: &mut Operations<'_>) -> Result<(), RevisionError>;
}

/// A diesel connection that a revision's function may take instead of [`Operations`].
///
/// Each backend implements it for its connection.
pub trait BodyConnection: Sized {
    /// The backend's name, as in its feature.
    const BACKEND: &'static str;

    /// The connection of the handle.
    ///
    /// # Errors
    ///
    /// Another backend is connected, or none (as when operations are only collected).
    fn of<'op>(op: &'op mut Operations<'_>) -> Result<&'op mut Self, RevisionError>;
}

/// Marks functions that take [`Operations`].
pub struct TakesOperations<E>(PhantomData<fn(E)>);

/// Marks functions that take a connection.
pub struct TakesConnection<C, E>(PhantomData<fn(C, E)>);

impl<F, E> RevisionFunction<TakesOperations<E>> for F
where
    F: Fn(&mut Operations<'_>) -> Result<(), E> + Copy,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    const NEEDS: Needs = Needs::Operations;

    fn call(self, op: &mut Operations<'_>) -> Result<(), RevisionError> {
        self(op).map_err(|error| RevisionError::from_boxed(error.into()))
    }
}

impl<F, C, E> RevisionFunction<TakesConnection<C, E>> for F
where
    F: Fn(&mut C) -> Result<(), E> + Copy,
    C: BodyConnection,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    const NEEDS: Needs = Needs::Connection(C::BACKEND);

    fn call(self, op: &mut Operations<'_>) -> Result<(), RevisionError> {
        self(C::of(op)?).map_err(|error| RevisionError::from_boxed(error.into()))
    }
}

/// What `reversible` asks of a function's marker.
#[diagnostic::on_unimplemented(
    message = "`reversible` needs a function that takes `&mut Operations`",
    label = "what is done through a connection cannot be reversed from its record",
    note = "write `downgrade = function`, or `irreversible`"
)]
pub trait CanBeReversed {}

#[diagnostic::do_not_recommend]
impl<E> CanBeReversed for TakesOperations<E> {}

/// A question to the function of a body.
#[doc(hidden)]
#[derive(Debug)]
pub enum Ask<'ask, 'session> {
    /// Its parameter, to be written here.
    Needs(&'ask mut Needs),
    /// A call.
    Run(&'ask mut Operations<'session>),
}

impl Ask<'_, '_> {
    pub(super) fn needs(answer: fn(Ask<'_, '_>) -> Result<(), RevisionError>) -> Needs {
        let mut needs = Needs::Operations;
        // a function that is only asked for its parameter is not run, so it cannot fail
        let _ = answer(Ask::Needs(&mut needs));
        needs
    }
}

/// Answers for a function.
#[doc(hidden)]
pub fn answer<Marker, F>(function: F, ask: Ask<'_, '_>) -> Result<(), RevisionError>
where
    F: RevisionFunction<Marker>,
{
    match ask {
        Ask::Needs(needs) => {
            *needs = F::NEEDS;
            Ok(())
        }
        Ask::Run(op) => function.call(op),
    }
}

/// Answers for a function that takes [`Operations`]: by a pointer to it, so that all functions with
/// the same error share the code that calls them.
#[doc(hidden)]
pub fn operations<E>(
    function: fn(&mut Operations<'_>) -> Result<(), E>,
    ask: Ask<'_, '_>,
) -> Result<(), RevisionError>
where
    fn(&mut Operations<'_>) -> Result<(), E>: RevisionFunction<TakesOperations<E>>,
{
    answer(function, ask)
}

/// A function and its answers. All bounds on the function are on [`function`], so that a wrong
/// signature is one error.
#[doc(hidden)]
pub struct Function<F, Marker> {
    function: F,
    answer: fn(F, Ask<'_, '_>) -> Result<(), RevisionError>,
    marker: PhantomData<fn(Marker)>,
}

/// A function that can be a revision's body.
#[doc(hidden)]
pub fn function<Marker, F: RevisionFunction<Marker>>(function: F) -> Function<F, Marker> {
    Function {
        function,
        answer,
        marker: PhantomData,
    }
}

impl<F, Marker> Function<F, Marker> {
    /// The same, if the effect of the function can be reversed.
    #[must_use]
    pub fn reversible(self) -> Self
    where
        Marker: CanBeReversed,
    {
        self
    }

    /// Answers for the function.
    pub fn answer(self, ask: Ask<'_, '_>) -> Result<(), RevisionError> {
        (self.answer)(self.function, ask)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Body;
    use super::*;

    /// A connection of no backend.
    struct Wire;

    impl BodyConnection for Wire {
        const BACKEND: &'static str = "wire";

        fn of<'op>(_op: &'op mut Operations<'_>) -> Result<&'op mut Self, RevisionError> {
            Err(RevisionError::from_boxed("not connected".into()))
        }
    }

    fn operations(_op: &mut Operations<'_>) -> Result<(), String> {
        Ok(())
    }

    fn connection(_connection: &mut Wire) -> Result<(), std::fmt::Error> {
        Ok(())
    }

    #[test]
    fn a_body_knows_its_parameter() {
        const OPERATIONS: Body = Body::Asked(|ask| answer(operations, ask));
        const CONNECTION: Body = Body::Asked(|ask| answer(connection, ask));
        const REVERSIBLE: Body = Body::Asked(|ask| function(operations).reversible().answer(ask));
        assert_eq!(OPERATIONS.needs(), Needs::Operations);
        assert_eq!(CONNECTION.needs(), Needs::Connection("wire"));
        assert_eq!(REVERSIBLE.needs(), Needs::Operations);
    }
}
