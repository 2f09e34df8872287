//! A schema with everything spelled one way. Pure.

use crate::schema::Schema;

/// The same schema, spelled one way.
pub(super) fn canonical(schema: &Schema) -> Schema {
    let mut canonical = schema.clone();
    canonical.sort();
    canonical
}
