//! Data: a few rows in diesel's own language, and many in batches.

use diesel::prelude::*;
use migrate_core::prelude::*;

diesel::table! {
    principles { id -> Integer, title -> VarChar, strength -> Integer }
}

/// Tidy titles and strengths
///
/// What was there before is not known, and nothing needs it: the way down leaves the rows alone.
#[revision(id = "20260904000000", down_revision = "20260903000000", downgrade = "nothing")]
fn upgrade(op: &mut Operations) -> Result<()> {
    if op.is_offline() {
        return op.execute("UPDATE principles SET title = trim(title), strength = 5 WHERE strength > 5");
    }
    with_connection!(op, |connection| {
        let titles: Vec<(i32, String)> = principles::table
            .select((principles::id, principles::title))
            .filter(principles::title.like(" %"))
            .load(connection)?;
        for (id, title) in titles {
            diesel::update(principles::table.find(id))
                .set(principles::title.eq(title.trim()))
                .execute(connection)?;
        }
        QueryResult::Ok(())
    })?;
    op.batches("principles", "id")
        .filter("strength > 5")
        .size(10)
        .run(|op, batch| op.execute(format!("UPDATE principles SET strength = 5 WHERE {batch}")))
}
