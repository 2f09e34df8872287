use migrate_core::autogenerate::Changes;

#[migrate_core::autogenerate]
fn right_in_its_place(_: &mut Changes) {}

pub mod hooks {
    use migrate_core::autogenerate::Changes;

    #[migrate_core::autogenerate]
    fn not_found(_: &mut Changes) {}
}
