use migrate_core::autogenerate::Changes;

#[migrate_core::autogenerate]
fn by_value(_: Changes) {}
