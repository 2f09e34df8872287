#[migrate_core::autogenerate]
pub struct Changes;
