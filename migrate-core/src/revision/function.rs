//! Which functions can be a revision's body: a trait over the function's type, so that the
//! compiler and not the macro judges signatures.
//!
//! `Marker` keeps the implementations apart; it is always inferred. This module must not know
//! any backend by name: each says in its own file which connection it hands out.

use std::error::Error;
use std::marker::PhantomData;

use super::{Body, Downgrade, Needs};
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
    /// What the function takes.
    const NEEDS: Needs;

    /// Calls the function with what it takes.
    ///
    /// # Errors
    ///
    /// What the function returns, or that the connected backend is not the one it takes.
    fn call(self, op: &mut Operations<'_>) -> Result<(), RevisionError>;
}

/// A diesel connection that a revision's function may take instead of [`Operations`].
///
/// Each backend implements it for its connection.
pub trait BodyConnection: Sized {
    /// The backend's name, as in its feature.
    const BACKEND: &'static str;

    /// The live connection behind the handle.
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

/// A function that was found to be a revision's body.
///
/// The macro needs it twice, in the constant and in the function pointer; all bounds are on
/// [`function`], so that a wrong signature is one error however often the function is named.
pub struct Function<F, Marker> {
    function: F,
    needs: Needs,
    call: fn(F, &mut Operations<'_>) -> Result<(), RevisionError>,
    marker: PhantomData<fn(Marker)>,
}

/// Checks that this function can be a revision's body.
pub const fn function<Marker, F: RevisionFunction<Marker>>(function: F) -> Function<F, Marker> {
    Function {
        function,
        needs: F::NEEDS,
        call: F::call,
        marker: PhantomData,
    }
}

impl<F: Copy, Marker> Function<F, Marker> {
    /// The body that runs `run`, which must do no more than [`call`](Self::call) this function.
    pub const fn body(self, run: fn(&mut Operations<'_>) -> Result<(), RevisionError>) -> Body {
        Body::new(self.needs, run)
    }

    /// Calls the function.
    pub fn call(self, op: &mut Operations<'_>) -> Result<(), RevisionError> {
        (self.call)(self.function, op)
    }

    /// A downgrade by the reverse of what the function did.
    pub const fn reversible(self) -> Downgrade
    where
        Marker: CanBeReversed,
    {
        Downgrade::Reversible
    }
}
