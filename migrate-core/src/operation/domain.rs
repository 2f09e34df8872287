//! Types with conditions on their values (PostgreSQL).

use std::fmt;

use super::Operation;
use super::reverse::{CAME_BEFORE, Missing, definition};
use crate::schema::{Domain, ObjectName};

/// An operation on a domain.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DomainOperation {
    /// Creates a domain.
    Create {
        /// The domain.
        domain: Domain,
    },
    /// Drops a domain.
    Drop {
        /// Its name.
        name: ObjectName,
        /// Its definition before.
        definition: Option<Domain>,
        /// Whether it does nothing if the domain does not exist.
        if_exists: bool,
    },
}

impl fmt::Display for DomainOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DomainOperation::Create { domain } => write!(f, "create domain `{}`", domain.name),
            DomainOperation::Drop { name, .. } => write!(f, "drop domain `{name}`"),
        }
    }
}

impl DomainOperation {
    pub(super) fn reverse(&self) -> Result<Operation, Missing> {
        let reverse = match self {
            DomainOperation::Create { domain } => DomainOperation::Drop {
                name: domain.name.clone(),
                definition: Some(domain.clone()),
                if_exists: false,
            },
            DomainOperation::Drop {
                if_exists: true, ..
            } => return Err(CAME_BEFORE),
            DomainOperation::Drop {
                definition: was, ..
            } => DomainOperation::Create {
                domain: definition(was, "op.drop_domain(domain(\"…\", …))")?,
            },
        };
        Ok(Operation::Domain(reverse))
    }
}
