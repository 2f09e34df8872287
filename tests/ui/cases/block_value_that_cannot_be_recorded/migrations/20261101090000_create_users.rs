use migrate_core::prelude::*;

/// Create users
#[revision(id = "20261101090000", down_revision = None, irreversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    let rows = with_connection!(op, |_connection| Result::Ok(vec![1_usize]))?;
    op.execute(format!("INSERT INTO log (rows) VALUES ({})", rows.len()))
}
