//! Two schemas into the ordered changes that lead from the one to the other. Pure: it reads the
//! rules of a backend and names none.

mod answers;
mod change;

pub use answers::{AnswerError, Answers, Fill, Rename};
pub use change::{Change, ChangeKind, Difference, Note, Question};

use crate::backend::Backend;
use crate::operation::Operation;
use crate::schema::{ObjectRef, Schema};

/// The changes that lead from a schema to another.
#[must_use]
pub fn diff(from: &Schema, to: &Schema, backend: &dyn Backend, answers: &Answers) -> Difference {
    let _ = answers;
    let (old, new) = (backend.canonical(from), backend.canonical(to));
    let mut difference = Difference::default();
    let change = |operation, kind, name: &crate::schema::ObjectName| Change {
        operation,
        kind,
        object: ObjectRef::new("table", name.clone()),
        loses: None,
        may_fail: None,
        commits: false,
    };
    for table in to
        .tables
        .iter()
        .filter(|table| old.table(&table.name).is_none())
    {
        let operation = Operation::CreateTable {
            table: table.clone(),
            if_not_exists: false,
        };
        difference
            .changes
            .push(change(operation, ChangeKind::Add, &table.name));
    }
    for table in from
        .tables
        .iter()
        .filter(|table| new.table(&table.name).is_none())
    {
        let operation = Operation::DropTable {
            name: table.name.clone(),
            definition: Some(table.clone()),
            if_exists: false,
        };
        difference
            .changes
            .push(change(operation, ChangeKind::Remove, &table.name));
    }
    difference
}
