//! Rust expressions as a tree: the few forms that a revision's body needs. It knows nothing of
//! operations, and not how it is laid out.

use super::literal;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// What is never broken: a path, a number, a string.
    Atom(String),
    /// A call of a function.
    Call(String, Vec<Expr>),
    /// An array.
    Array(Vec<Expr>),
    /// A tuple.
    Tuple(Vec<Expr>),
    /// A value and the methods that are called on it, one after the other.
    Chain(Box<Expr>, Vec<Method>),
}

/// A call of a method: its name, its arguments, and whether `?` follows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) args: Vec<Expr>,
    pub(super) tries: bool,
}

impl Expr {
    pub(super) fn atom(text: impl Into<String>) -> Expr {
        Expr::Atom(text.into())
    }

    /// A string literal.
    pub(super) fn text(text: &str) -> Expr {
        Expr::Atom(literal::string(text))
    }

    pub(super) fn call(path: impl Into<String>, args: impl Into<Vec<Expr>>) -> Expr {
        Expr::Call(path.into(), args.into())
    }

    /// An array of string literals.
    pub(super) fn texts(texts: &[String]) -> Expr {
        match texts {
            // an array without elements has no type
            [] => Expr::atom("Vec::<String>::new()"),
            texts => Expr::Array(texts.iter().map(|text| Expr::text(text)).collect()),
        }
    }

    /// Calls a method on the expression.
    pub(super) fn method(self, name: &'static str, args: impl Into<Vec<Expr>>) -> Expr {
        let method = Method {
            name,
            args: args.into(),
            tries: false,
        };
        match self {
            Expr::Chain(root, mut methods) => {
                methods.push(method);
                Expr::Chain(root, methods)
            }
            root => Expr::Chain(Box::new(root), vec![method]),
        }
    }

    /// Calls a method if there is something to call it with.
    pub(super) fn optional<T>(
        self,
        name: &'static str,
        arg: Option<T>,
        write: impl FnOnce(T) -> Expr,
    ) -> Expr {
        match arg {
            Some(arg) => self.method(name, [write(arg)]),
            None => self,
        }
    }

    /// Calls a method without arguments if a condition holds.
    pub(super) fn flag(self, name: &'static str, holds: bool) -> Expr {
        match holds {
            true => self.method(name, []),
            false => self,
        }
    }

    /// The expression with `?` behind it.
    pub(super) fn tried(mut self) -> Expr {
        if let Expr::Chain(_, methods) = &mut self
            && let Some(last) = methods.last_mut()
        {
            last.tries = true;
        }
        self
    }

    /// Whether its parts are so simple that rustfmt puts several in a line.
    pub(super) fn is_simple(&self) -> bool {
        match self {
            // `a::b` is not, and `Vec::<String>::new()` is a call
            Expr::Atom(text) => text.starts_with(['"', 'r', 'b']) || !text.contains("::"),
            _ => false,
        }
    }
}
