//! Sequences: created, changed, renamed, dropped.

use migrate_core::prelude::*;

use super::{cases, nothing, users};

cases! {
    create_sequence: nothing, |op| {
        op.create_sequence(sequence("plain"))?;
        op.create_sequence(sequence("special").of_type(SmallInt).start(10).increment(-2).min(-100).max(100)
            .cache(5).cycle())
    };
    create_sequence_of_a_column: users, |op| op.create_sequence(
        sequence("numbers").owned_by("users", "id"));
    alter_sequence: |op| op.create_sequence(sequence("s").increment(1).max(50)),
        |op| op.alter_sequence(sequence("s").increment(5).max(500).was(sequence("s").increment(1).max(50)));
    rename_sequence: |op| op.create_sequence(sequence("s")), |op| op.rename_sequence("s", "t");
    drop_sequence: |op| op.create_sequence(sequence("s").start(3)), |op| op.drop_sequence(sequence("s").start(3));
}
