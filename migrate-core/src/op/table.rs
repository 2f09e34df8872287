//! `table("…")`: a table to create, or the definition of one to drop.

use super::column::ColumnBuilder;
use super::constraint::{check, primary_key, unique};
use super::undropped::Undropped;
use crate::operation::Operation;
use crate::schema::{Constraint, ObjectName, Sql, Table};

/// A table, still without columns and constraints.
///
/// ```
/// use migrate_core::prelude::*;
///
/// let members = table("members")
///     .column(column("team", Integer).references("teams", "id").on_delete(Cascade))
///     .column(column("person", Integer).references("people", "id"))
///     .column(column("since", Date).default_sql("CURRENT_DATE"))
///     .primary_key(["team", "person"])
///     .check("team <> person");
/// ```
pub fn table(name: impl Into<ObjectName>) -> TableBuilder {
    TableBuilder(Undropped::new(Parts {
        table: Table::new(name),
        if_not_exists: false,
    }))
}

/// What `table` returns.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a table is created by `op.create_table(…)`"]
pub struct TableBuilder(Undropped<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    table: Table,
    if_not_exists: bool,
}

impl TableBuilder {
    /// Adds a column after the ones so far.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").column(column("id", Integer).primary_key());
    /// ```
    pub fn column<S>(mut self, column: ColumnBuilder<S>) -> TableBuilder {
        let (column, constraints) = column.into_parts();
        self.0.table.columns.push(column);
        self.0.table.constraints.extend(constraints);
        self
    }

    /// Adds a constraint.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").constraint(unique(["email"]).named("uq_users_email"));
    /// ```
    pub fn constraint(mut self, constraint: impl Into<Constraint>) -> TableBuilder {
        self.0.table.constraints.push(constraint.into());
        self
    }

    /// Adds an unnamed primary key over several columns.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("members").primary_key(["team", "person"]);
    /// ```
    pub fn primary_key(self, columns: impl IntoIterator<Item: Into<String>>) -> TableBuilder {
        self.constraint(primary_key(columns))
    }

    /// Adds an unnamed unique constraint over several columns.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("members").unique(["team", "position"]);
    /// ```
    pub fn unique(self, columns: impl IntoIterator<Item: Into<String>>) -> TableBuilder {
        self.constraint(unique(columns))
    }

    /// Adds an unnamed check.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("bookings").check("ends > begins");
    /// ```
    pub fn check(self, expression: impl Into<Sql>) -> TableBuilder {
        self.constraint(check(expression))
    }

    /// Sets the table's comment in the catalogue, where the server has comments.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").comment("people who ever signed up");
    /// ```
    pub fn comment(mut self, comment: impl Into<String>) -> TableBuilder {
        self.0.table.comment = Some(comment.into());
        self
    }

    /// Requires values to be of their column's type (SQLite's STRICT).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").column(column("id", Integer).primary_key()).strict();
    /// ```
    pub fn strict(mut self) -> TableBuilder {
        self.0.table.options.strict = true;
        self
    }

    /// Stores rows under the primary key itself (SQLite's WITHOUT ROWID).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("countries").column(column("code", Text).primary_key()).without_rowid();
    /// ```
    pub fn without_rowid(mut self) -> TableBuilder {
        self.0.table.options.without_rowid = true;
        self
    }

    /// Stores the rows with this engine (MySQL, MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").engine("InnoDB");
    /// ```
    pub fn engine(mut self, name: impl Into<String>) -> TableBuilder {
        self.0.table.options.engine = Some(name.into());
        self
    }

    /// Stores text in this character set (MySQL, MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").charset("utf8mb4");
    /// ```
    pub fn charset(mut self, name: impl Into<String>) -> TableBuilder {
        self.0.table.options.charset = Some(name.into());
        self
    }

    /// Compares text by this collation, unless a column has its own (MySQL, MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").collate("utf8mb4_bin");
    /// ```
    pub fn collate(mut self, collation: impl Into<String>) -> TableBuilder {
        self.0.table.options.collation = Some(collation.into());
        self
    }

    /// Does not log changes of its rows, which are lost in a crash (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("cache_entries").unlogged();
    /// ```
    pub fn unlogged(mut self) -> TableBuilder {
        self.0.table.options.unlogged = true;
        self
    }

    /// Sets a storage parameter (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").with("fillfactor", 70);
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`.with(\"fillfactor\", 70)` reads like SQL"
    )]
    pub fn with(mut self, parameter: impl Into<String>, value: impl ToString) -> TableBuilder {
        self.0
            .table
            .options
            .parameters
            .push((parameter.into(), value.to_string()));
        self
    }

    /// Adds raw SQL after the closing parenthesis.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("events").column(column("at", Timestamp)).suffix("PARTITION BY RANGE (at)");
    /// ```
    pub fn suffix(mut self, sql: impl Into<Sql>) -> TableBuilder {
        self.0.table.options.suffix = Some(sql.into());
        self
    }

    /// Does nothing if a table of this name already exists, whatever its definition.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// table("users").column(column("id", Integer).primary_key()).if_not_exists();
    /// ```
    pub fn if_not_exists(mut self) -> TableBuilder {
        self.0.if_not_exists = true;
        self
    }

    pub(super) fn into_operation(self) -> Operation {
        let Parts {
            table,
            if_not_exists,
        } = self.0.take();
        Operation::CreateTable {
            table,
            if_not_exists,
        }
    }
}

/// A table to be dropped: its name, or its whole definition, so that it can be recreated.
#[derive(Clone, Debug, PartialEq)]
pub struct DropTable {
    name: ObjectName,
    definition: Option<Table>,
}

impl DropTable {
    pub(super) fn into_operation(self, if_exists: bool) -> Operation {
        Operation::DropTable {
            name: self.name,
            definition: self.definition,
            if_exists,
        }
    }
}

impl<N: Into<ObjectName>> From<N> for DropTable {
    fn from(name: N) -> DropTable {
        DropTable {
            name: name.into(),
            definition: None,
        }
    }
}

impl From<TableBuilder> for DropTable {
    fn from(builder: TableBuilder) -> DropTable {
        let table = builder.0.take().table;
        DropTable {
            name: table.name.clone(),
            definition: Some(table),
        }
    }
}
