//! `domain("…", type)`: types with conditions on their values.

use super::Operations;
use super::constraint::CheckBuilder;
use crate::Result;
use crate::operation::{DomainOperation, Operation};
use crate::schema::{Check, Constraint, DefaultValue, Domain, ObjectName, Sql, Type, Value};

/// A domain over a type (PostgreSQL).
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.create_domain(domain("email", VarChar(320)).not_null().check("VALUE LIKE '%@%'"))?;
///     op.add_column("users", column("second_email", Type::named("email")).nullable())
/// }
/// ```
pub fn domain(name: impl Into<ObjectName>, ty: impl Into<Type>) -> DomainBuilder {
    DomainBuilder(Domain::new(name, ty))
}

/// What `domain` returns.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a domain is created by `op.create_domain(…)`"]
pub struct DomainBuilder(Domain);

impl DomainBuilder {
    /// Refuses NULL.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// domain("email", VarChar(320)).not_null();
    /// ```
    pub fn not_null(mut self) -> DomainBuilder {
        self.0.nullable = false;
        self
    }

    /// Sets a default value for a column of this type, for an INSERT that gives none.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// domain("level", Integer).default(1);
    /// ```
    pub fn default(mut self, value: impl Into<Value>) -> DomainBuilder {
        self.0.default = Some(DefaultValue::Value(value.into()));
        self
    }

    /// Sets a default expression for a column of this type, which the server evaluates for an
    /// INSERT that gives no value.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// domain("moment", Timestamptz).default_sql("now()");
    /// ```
    pub fn default_sql(mut self, expression: impl Into<Sql>) -> DomainBuilder {
        self.0.default = Some(DefaultValue::Expression(expression.into()));
        self
    }

    /// Compares text by the server's collation of this name.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// domain("code", Text).collate("C");
    /// ```
    pub fn collate(mut self, collation: impl Into<String>) -> DomainBuilder {
        self.0.collation = Some(collation.into());
        self
    }

    /// Refuses a value for which an expression over `VALUE` is false.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// domain("email", VarChar(320)).check("VALUE LIKE '%@%'");
    /// ```
    pub fn check(mut self, expression: impl Into<Sql>) -> DomainBuilder {
        self.0.checks.push(Check::new(expression));
        self
    }

    /// The same with a name.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// domain("level", Integer).constraint(check("VALUE > 0").named("positive"));
    /// ```
    pub fn constraint(mut self, check: CheckBuilder) -> DomainBuilder {
        if let Constraint::Check(check) = check.into() {
            self.0.checks.push(check);
        }
        self
    }
}

/// A domain to be dropped: its name, or its whole definition, so that it can be recreated.
#[derive(Clone, Debug, PartialEq)]
pub struct DropDomain {
    name: ObjectName,
    definition: Option<Domain>,
}

impl<N: Into<ObjectName>> From<N> for DropDomain {
    fn from(name: N) -> DropDomain {
        DropDomain {
            name: name.into(),
            definition: None,
        }
    }
}

impl From<DomainBuilder> for DropDomain {
    fn from(DomainBuilder(domain): DomainBuilder) -> DropDomain {
        DropDomain {
            name: domain.name.clone(),
            definition: Some(domain),
        }
    }
}

impl DropDomain {
    fn into_operation(self, if_exists: bool) -> Operation {
        Operation::Domain(DomainOperation::Drop {
            name: self.name,
            definition: self.definition,
            if_exists,
        })
    }
}

impl Operations<'_> {
    /// Creates a domain.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_domain(domain("email", Text).check("VALUE LIKE '%@%'"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_domain(&mut self, domain: DomainBuilder) -> Result<()> {
        self.apply(Operation::Domain(DomainOperation::Create {
            domain: domain.0,
        }))
    }

    /// Drops a domain, by name or by its whole definition; only the latter can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_domain("email")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_domain(&mut self, domain: impl Into<DropDomain>) -> Result<()> {
        self.apply(domain.into().into_operation(false))
    }

    /// Drops a domain if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_domain_if_exists("email")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_domain_if_exists(&mut self, domain: impl Into<DropDomain>) -> Result<()> {
        self.apply(domain.into().into_operation(true))
    }
}
