migrate_core::migrations!();

#[migrate_core::migration_test("20261101090001")]
fn first(at: &mut AtRevision<'_>) -> migrate_core::Result<()> {
    at.up()
}

#[migrate_core::migration_test(20261101090000)]
fn second(at: &mut AtRevision<'_>) -> migrate_core::Result<()> {
    at.up()
}

#[migrate_core::migration_test("20261101090000")]
struct Third;
