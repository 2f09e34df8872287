use migrate_core::prelude::*;
use model::*;

/// What an application may bring in beside the prelude: common words that no column type claims.
mod model {
    pub struct Name(pub &'static str);
    pub struct Set;
    pub struct Range;
    pub struct Enum;
    pub struct Other;
}

/// A revision.
#[revision(
    id = "20261101090000",
    down_revision = None,
    reversible,
)]
fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    let (Set, Range, Enum, Other) = (Set, Range, Enum, Other);
    let Name(users) = Name("users");
    op.create_table(
        table(users)
            .column(column("id", Integer).primary_key())
            .column(column("name", Text)),
    )
}
