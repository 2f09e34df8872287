use migrate_core::autogenerate::Changes;

#[migrate_core::autogenerate(first)]
fn change(_: &mut Changes) {}
