//! A schema with everything spelled one way. Pure.

use super::Dialect;
use crate::schema::Schema;

/// The same schema, spelled one way.
pub(super) fn canonical(dialect: Dialect, schema: &Schema) -> Schema {
    let _ = dialect;
    let mut canonical = schema.clone();
    canonical.sort();
    canonical
}
